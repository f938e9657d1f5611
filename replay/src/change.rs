//! What is done to a file: what transport, people and other programs do to one.

use proptest::{
    prelude::{Just, Strategy, any, prop_oneof},
    sample::Index,
};

use crate::corpus::Corpus;

/// The longest part that is cut, doubled or spliced, in bytes.
const LONGEST_PART: usize = 64;

/// No input grows beyond this, in bytes.
const LONGEST_INPUT: usize = 64 * 1024;

/// One change. Places are shares of the length, since a file changes under them.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// A bit of a byte is another.
    Flip { at: Index, bit: u8 },
    /// A byte is another.
    Set { at: Index, byte: u8 },
    /// A part is missing.
    Cut { at: Index, length: usize },
    /// All that follows is missing.
    End { at: Index },
    /// A part is there twice.
    Double { at: Index, length: usize },
    /// A part of a file of the corpus stands in the middle.
    Splice {
        at: Index,
        file: Index,
        from: Index,
        length: usize,
    },
    /// The rest is another file's.
    Cross { at: Index, file: Index, from: Index },
    /// A word of the target's dictionary stands in the middle.
    Word { at: Index, word: Index },
    /// A number is a word of the dictionary.
    Number { number: Index, word: Index },
}

/// Any change.
pub(crate) fn change() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    let length = || prop_oneof![Just(1), 1..=LONGEST_PART];
    prop_oneof![
        (at(), 0u8..8).prop_map(|(at, bit)| Change::Flip { at, bit }),
        (at(), any::<u8>()).prop_map(|(at, byte)| Change::Set { at, byte }),
        (at(), length()).prop_map(|(at, length)| Change::Cut { at, length }),
        at().prop_map(|at| Change::End { at }),
        (at(), length()).prop_map(|(at, length)| Change::Double { at, length }),
        (at(), at(), at(), length()).prop_map(|(at, file, from, length)| Change::Splice {
            at,
            file,
            from,
            length
        }),
        (at(), at(), at()).prop_map(|(at, file, from)| Change::Cross { at, file, from }),
        (at(), at()).prop_map(|(at, word)| Change::Word { at, word }),
        (at(), at()).prop_map(|(number, word)| Change::Number { number, word }),
    ]
}

impl Change {
    /// Does it; where it cannot be done, nothing is.
    pub(crate) fn apply(&self, bytes: &mut Vec<u8>, corpus: &Corpus) {
        match self {
            Self::Flip { at, bit } => {
                if let Some(byte) = one(bytes, at) {
                    *byte ^= 1 << bit;
                }
            }
            Self::Set { at, byte: other } => {
                if let Some(byte) = one(bytes, at) {
                    *byte = *other;
                }
            }
            Self::Cut { at, length } => {
                let at = at.index(bytes.len() + 1);
                let end = bytes.len().min(at + length);
                bytes.drain(at..end);
            }
            Self::End { at } => bytes.truncate(at.index(bytes.len() + 1)),
            Self::Double { at, length } => {
                let part = part(bytes, at, *length).to_vec();
                insert(bytes, at.index(bytes.len() + 1), &part);
            }
            Self::Splice {
                at,
                file,
                from,
                length,
            } => {
                let other = &file.get(&corpus.files).bytes;
                insert(bytes, at.index(bytes.len() + 1), part(other, from, *length));
            }
            Self::Cross { at, file, from } => {
                let other = &file.get(&corpus.files).bytes;
                bytes.truncate(at.index(bytes.len() + 1));
                insert(bytes, bytes.len(), &other[from.index(other.len() + 1)..]);
            }
            Self::Word { at, word } => {
                if let Some(word) = one_word(corpus, word) {
                    insert(bytes, at.index(bytes.len() + 1), word);
                }
            }
            Self::Number { number, word } => {
                let numbers = numbers(bytes);
                if let Some(word) = one_word(corpus, word)
                    && !numbers.is_empty()
                {
                    let (start, end) = *number.get(&numbers);
                    bytes.drain(start..end);
                    insert(bytes, start, word);
                }
            }
        }
    }
}

fn one<'b>(bytes: &'b mut [u8], at: &Index) -> Option<&'b mut u8> {
    if bytes.is_empty() {
        return None;
    }
    Some(&mut bytes[at.index(bytes.len())])
}

fn one_word<'c>(corpus: &'c Corpus, word: &Index) -> Option<&'c [u8]> {
    if corpus.words.is_empty() {
        return None;
    }
    Some(word.get(&corpus.words).as_slice())
}

fn part<'b>(bytes: &'b [u8], at: &Index, length: usize) -> &'b [u8] {
    let at = at.index(bytes.len() + 1);
    &bytes[at..bytes.len().min(at + length)]
}

fn insert(bytes: &mut Vec<u8>, at: usize, part: &[u8]) {
    if bytes.len() + part.len() <= LONGEST_INPUT {
        bytes.splice(at..at, part.iter().copied());
    }
}

/// Where digits stand together, with a sign or point among them.
fn numbers(bytes: &[u8]) -> Vec<(usize, usize)> {
    let is_numeric = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+');
    let mut numbers = Vec::new();
    let mut at = 0;
    for run in bytes.chunk_by(|a, b| is_numeric(a) == is_numeric(b)) {
        if run.iter().any(u8::is_ascii_digit) {
            numbers.push((at, at + run.len()));
        }
        at += run.len();
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_where_they_stand() {
        let text = b"{\"a\":-12.5,\"b\":[3],\"c\":-}";
        let found: Vec<_> = numbers(text)
            .into_iter()
            .map(|(start, end)| &text[start..end])
            .collect();
        assert_eq!(found, [&b"-12.5"[..], b"3"]);
    }
}
