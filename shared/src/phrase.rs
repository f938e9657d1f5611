//! Words and sentences of a language, checked by the compiler: what is empty, too long
//! for its place, or lacks a hole that another language fills, does not build.
//!
//! ```compile_fail
//! use queuewall_shared::phrase::{Phrase, phrase};
//! // The age is missing.
//! const AGO: Phrase<1> = phrase("vor langer Zeit");
//! ```
//! ```compile_fail
//! use queuewall_shared::phrase::{Phrase, phrase};
//! const NOTHING: Phrase<0> = phrase("");
//! ```
//! ```compile_fail
//! use queuewall_shared::phrase::{Word, word};
//! // Three wide letters too many.
//! const SERVICE: Word<14> = word("Servicelevel");
//! ```

/// A label with a fixed place, at most `ROOM` half letters wide (see [`width`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<const ROOM: usize>(&'static str);

impl<const ROOM: usize> Word<ROOM> {
    /// For a label that was checked when its file was made.
    pub(crate) fn place(&mut self) -> &mut &'static str {
        &mut self.0
    }

    /// The label.
    #[must_use]
    pub const fn text(self) -> &'static str {
        self.0
    }
}

/// A label for its place.
///
/// # Panics
/// Where it is empty or too wide: while compiling, since it is for constants.
#[must_use]
pub const fn word<const ROOM: usize>(text: &'static str) -> Word<ROOM> {
    assert!(!text.is_empty(), "a word is missing");
    assert!(width(text) <= ROOM, "a word is too wide for its place");
    Word(text)
}

/// A sentence in which `{0}` and so on stand for what is filled in: `HOLES` of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phrase<const HOLES: usize>(&'static str);

impl Phrase<0> {
    /// The sentence.
    #[must_use]
    pub const fn text(self) -> &'static str {
        self.0
    }
}

impl<const HOLES: usize> Phrase<HOLES> {
    /// For a sentence that was checked when its file was made.
    pub(crate) fn place(&mut self) -> &mut &'static str {
        &mut self.0
    }

    /// The sentence with its holes.
    pub(crate) const fn template(self) -> &'static str {
        self.0
    }

    /// The sentence with `parts` in its holes.
    #[must_use]
    pub fn fill(self, parts: [&str; HOLES]) -> String {
        fill(self.0, &parts)
    }
}

/// A sentence with holes.
///
/// # Panics
/// Where it is empty, lacks a hole or has one too many: while compiling, since it is
/// for constants.
#[must_use]
pub const fn phrase<const HOLES: usize>(text: &'static str) -> Phrase<HOLES> {
    assert!(!text.is_empty(), "a phrase is missing");
    let found = holes(text);
    assert!(found == (1 << HOLES) - 1, "a phrase has other holes");
    Phrase(text)
}

/// The holes of a sentence, a bit each; all bits where a brace is no hole.
const fn holes(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let (mut at, mut found) = (0, 0);
    while at < bytes.len() {
        if bytes[at] == b'{' {
            let is_hole =
                at + 2 < bytes.len() && bytes[at + 1].is_ascii_digit() && bytes[at + 2] == b'}';
            if !is_hole {
                return u32::MAX;
            }
            found |= 1 << (bytes[at + 1] - b'0');
            at += 2;
        } else if bytes[at] == b'}' {
            return u32::MAX;
        }
        at += 1;
    }
    found
}

/// About how wide a text is, in half letters of a text face: 1 for narrow letters, 3
/// for the widest, 2 for all others.
#[must_use]
pub const fn width(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut width) = (0, 0);
    while at < bytes.len() {
        width += match bytes[at] {
            b'f' | b'i' | b'j' | b'l' | b'r' | b't' | b'I' | b'.' | b',' | b':' | b'\'' | b' ' => 1,
            // A space that does not break: two bytes, and the first is never the last.
            0xc2 if bytes[at + 1] == 0xa0 => 1,
            b'm' | b'w' | b'M' | b'W' => 3,
            // The bytes of a letter beyond ASCII after its first one.
            0x80..=0xbf => 0,
            _ => 2,
        };
        at += 1;
    }
    width
}

/// Not `format!`, whose templates must be known where it stands.
fn fill(template: &str, parts: &[&str]) -> String {
    let mut filled = String::new();
    let mut pieces = template.split('{');
    filled.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        // A digit and a brace: that is what a phrase was checked for.
        let hole = usize::from(piece.as_bytes().first().map_or(0, |digit| digit - b'0'));
        filled.push_str(parts.get(hole).copied().unwrap_or_default());
        filled.push_str(piece.get(2..).unwrap_or_default());
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_filled_in_the_order_of_the_sentence() {
        let of = phrase::<2>("von {1} zählen {0}");
        assert_eq!(of.fill(["3", "24"]), "von 24 zählen 3");
        assert_eq!(phrase::<1>("{0} alt").fill(["{1}"]), "{1} alt");
        assert_eq!(phrase::<1>("„{0}“ – „{0}“").fill(["ä"]), "„ä“ – „ä“");
        assert_eq!(phrase::<0>("ruhig").text(), "ruhig");
    }

    #[test]
    fn braces_that_are_no_holes_are_found() {
        assert_eq!(holes("a {0} b {2}"), 0b101);
        for odd in ["{", "}", "{}", "{0", "{00}", "{a}", "0}"] {
            assert_eq!(holes(odd), u32::MAX, "{odd}");
        }
    }

    #[test]
    #[should_panic(expected = "other holes")]
    fn a_hole_too_many_is_refused() {
        let _ = phrase::<1>("{0} of {1}");
    }

    #[test]
    #[should_panic(expected = "too wide")]
    fn a_wide_word_is_refused() {
        let _ = word::<10>("Wartezeit");
    }

    #[test]
    fn letters_beyond_ascii_are_letters() {
        assert_eq!(width("ää"), width("aa"));
        assert_eq!(width("ill."), 4);
        assert_eq!(width("mwMW"), 12);
        assert_eq!((width("«"), width("\u{a0}")), (2, 1));
        assert_eq!(word::<6>("été").text(), "été");
    }
}
