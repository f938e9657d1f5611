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
    /// A number, or a text in quotes, is a word of the dictionary.
    Value { value: Index, word: Index },
}

/// Any change.
pub(crate) fn change() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    let length = || prop_oneof![Just(1), 1..=LONGEST_PART];
    // What leaves an input readable reaches the most.
    prop_oneof![
        1 => (at(), 0u8..8).prop_map(|(at, bit)| Change::Flip { at, bit }),
        1 => (at(), any::<u8>()).prop_map(|(at, byte)| Change::Set { at, byte }),
        1 => (at(), length()).prop_map(|(at, length)| Change::Cut { at, length }),
        1 => at().prop_map(|at| Change::End { at }),
        1 => (at(), length()).prop_map(|(at, length)| Change::Double { at, length }),
        1 => (at(), at(), at(), length()).prop_map(|(at, file, from, length)| Change::Splice {
            at,
            file,
            from,
            length
        }),
        1 => (at(), at(), at()).prop_map(|(at, file, from)| Change::Cross { at, file, from }),
        2 => (at(), at()).prop_map(|(at, word)| Change::Word { at, word }),
        12 => (at(), at()).prop_map(|(value, word)| Change::Value { value, word }),
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
            Self::Value { value, word } => {
                let values = values(bytes);
                if let Some(word) = one_word(corpus, word)
                    && !values.is_empty()
                {
                    let (start, end) = *value.get(&values);
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

/// Where digits stand together, with a sign or point among them, and where texts stand in
/// quotes on one line, each with its quotes.
fn values(bytes: &[u8]) -> Vec<(usize, usize)> {
    let is_numeric = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+');
    let mut values = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let length = if rest[0] == b'"' {
            let is_end = |byte: &u8| matches!(byte, b'"' | b'\n');
            rest[1..].iter().position(is_end).map(|end| end + 2)
        } else {
            let end = rest.iter().position(|byte| !is_numeric(*byte));
            let number = &rest[..end.unwrap_or(rest.len())];
            let is_number = number.iter().any(u8::is_ascii_digit);
            is_number.then_some(number.len())
        };
        values.extend(length.map(|length| (at, at + length)));
        at += length.unwrap_or(1);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_strings_are_located_in_json() {
        let text = b"{\"a\":-12.5,\"b\":[3],\"\":-}\"x";
        let found: Vec<_> = values(text)
            .into_iter()
            .map(|(start, end)| &text[start..end])
            .collect();
        let expected = [&b"\"a\""[..], b"-12.5", b"\"b\"", b"3", b"\"\""];
        assert_eq!(found, expected);
        assert_eq!(values(b"7"), [(0, 1)]);
        assert_eq!(values(b""), []);
    }
}
