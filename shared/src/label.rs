//! Text from outside (queue names, titles, notices, labels) as it may stand on a screen:
//! on one line, in its own place, and with something to see.

/// The most combining marks on one letter. More would cover what stands above and below.
const MOST_MARKS: usize = 4;

/// `text` on one line and without what reorders or breaks a line; `None` where nothing of
/// it can be seen.
#[must_use]
pub fn clean(text: &str) -> Option<String> {
    let mut cleaned = String::with_capacity(text.len());
    let (mut is_visible, mut is_spaced, mut marks) = (false, false, 0);
    for character in text.chars() {
        if character.is_whitespace() || is_control(character) {
            // A control character that is no space is gone without a gap.
            is_spaced |= character.is_whitespace();
            continue;
        }
        // Most names are ASCII, and a board has thousands of letters.
        let is_plain = character.is_ascii();
        let is_mark = !is_plain && is_within(character, &MARKS);
        marks = if is_mark { marks + 1 } else { 0 };
        if marks > MOST_MARKS {
            continue;
        }
        if is_spaced && !cleaned.is_empty() {
            cleaned.push(' ');
        }
        is_spaced = false;
        is_visible |= is_plain || !(is_mark || is_within(character, &BLANKS));
        cleaned.push(character);
    }
    is_visible.then_some(cleaned)
}

/// Whether a character moves a cursor or the text around it: control characters and
/// those of bidirectional text.
#[must_use]
pub fn is_control(character: char) -> bool {
    character.is_control() || (!character.is_ascii() && is_within(character, &CONTROLS))
}

fn is_within(character: char, ranges: &[(u32, u32)]) -> bool {
    let code = u32::from(character);
    let place = ranges.partition_point(|range| range.1 < code);
    ranges.get(place).is_some_and(|range| range.0 <= code)
}

/// Marks of direction, embeddings, overrides and isolates; deprecated format characters;
/// the byte order mark; annotations; noncharacters.
const CONTROLS: [(u32, u32); 9] = [
    (0x061c, 0x061c),
    (0x200e, 0x200f),
    (0x2028, 0x202e),
    (0x2066, 0x206f),
    (0xfdd0, 0xfdef),
    (0xfeff, 0xfeff),
    (0xfff9, 0xfffb),
    (0xfffe, 0xffff),
    (0xe0001, 0xe0001),
];

/// Characters without a picture of their own that may be part of others: joiners, fillers,
/// selectors, tags.
const BLANKS: [(u32, u32); 15] = [
    (0x00ad, 0x00ad),
    (0x115f, 0x1160),
    (0x17b4, 0x17b5),
    (0x180b, 0x180f),
    (0x200b, 0x200d),
    (0x2060, 0x2065),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xfe00, 0xfe0f),
    (0xffa0, 0xffa0),
    (0x13430, 0x1343f),
    (0x1bca0, 0x1bca3),
    (0x1d159, 0x1d159),
    (0x1d173, 0x1d17a),
    (0xe0000, 0xe0fff),
];

/// Marks that are drawn on another character (general categories Mn and Me) in the scripts
/// of contact centres, and the combining blocks.
const MARKS: [(u32, u32); 56] = [
    (0x0300, 0x036f),
    (0x0483, 0x0489),
    (0x0591, 0x05bd),
    (0x05bf, 0x05bf),
    (0x05c1, 0x05c2),
    (0x05c4, 0x05c5),
    (0x05c7, 0x05c7),
    (0x0610, 0x061a),
    (0x064b, 0x065f),
    (0x0670, 0x0670),
    (0x06d6, 0x06dc),
    (0x06df, 0x06e4),
    (0x06e7, 0x06e8),
    (0x06ea, 0x06ed),
    (0x0711, 0x0711),
    (0x0730, 0x074a),
    (0x07a6, 0x07b0),
    (0x07eb, 0x07f3),
    (0x0816, 0x0819),
    (0x081b, 0x082d),
    (0x0859, 0x085b),
    (0x0898, 0x089f),
    (0x08ca, 0x08e1),
    (0x08e3, 0x0903),
    (0x093a, 0x093c),
    (0x093e, 0x094f),
    (0x0951, 0x0957),
    (0x0962, 0x0963),
    (0x0981, 0x0983),
    (0x09bc, 0x09bc),
    (0x09be, 0x09cd),
    (0x0a3c, 0x0a51),
    (0x0abc, 0x0abc),
    (0x0abe, 0x0acd),
    (0x0b3c, 0x0b3c),
    (0x0b3e, 0x0b57),
    (0x0bbe, 0x0bcd),
    (0x0c3c, 0x0c3c),
    (0x0c3e, 0x0c56),
    (0x0cbc, 0x0cbc),
    (0x0cbe, 0x0cd6),
    (0x0d3b, 0x0d3c),
    (0x0d3e, 0x0d4d),
    (0x0e31, 0x0e31),
    (0x0e34, 0x0e3a),
    (0x0e47, 0x0e4e),
    (0x0eb1, 0x0eb1),
    (0x0eb4, 0x0ebc),
    (0x0ec8, 0x0ece),
    (0x135d, 0x135f),
    (0x17b6, 0x17d3),
    (0x1ab0, 0x1aff),
    (0x1dc0, 0x1dff),
    (0x20d0, 0x20ff),
    (0x3099, 0x309a),
    (0xfe20, 0xfe2f),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn label_without_visible_character_is_none() {
        for blank in [
            "",
            " \t\n\u{a0}\u{2003}\u{3000}\u{205f}\u{1680}",
            "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}",
            "\u{202e}\u{2067}\u{200f}\u{61c}",
            "\u{3164}",
            "\u{ffa0}\u{115f}\u{1160}",
            "\u{2800}",
            "\u{ad}\u{34f}\u{180e}",
            "\u{e0041}\u{e007f}",
            "\u{301}\u{20dd}\u{fe0f}",
            "\u{5b0}\u{64b}\u{e34}\u{94d}",
            "\0\u{7f}\u{85}\u{9b}",
            "\u{e0101}\u{1d173}",
        ] {
            assert_eq!(clean(blank), None, "{blank:?}");
        }
    }

    #[test]
    fn label_keeps_every_script_and_emoji() {
        for name in [
            "Sales 🔥",
            "ฝ่ายขาย",
            "बिक्री",
            "Vertrieb – Süd",
            "مبيعات",
            "מכירות",
            "می\u{200c}خواهم",
            "👩\u{200d}💻 IT",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "❤\u{fe0f}",
            "e\u{301}",
            "\u{fffd}",
            "·",
        ] {
            assert_eq!(clean(name).as_deref(), Some(name), "{name:?}");
        }
    }

    #[test]
    fn label_loses_what_reorders_or_breaks_a_line() {
        for (name, cleaned) in [
            ("abc\u{202e}def", "abcdef"),
            ("\u{2066}a\u{2069} b\u{200f}", "a b"),
            ("a\u{202d}\u{202c}", "a"),
            (" Sales\r\n\tNorth  1 ", "Sales North 1"),
            ("a\u{2028}b\u{2029}c\u{85}d", "a b c d"),
            ("a\u{1b}[2Jb\0", "a[2Jb"),
            ("a\u{a0}b", "a b"),
            ("\u{feff}a", "a"),
        ] {
            assert_eq!(clean(name).as_deref(), Some(cleaned), "{name:?}");
        }
    }

    #[test]
    fn label_has_few_marks_on_one_letter() {
        let name = ["a", &"\u{301}".repeat(90), "b"].concat();
        let cleaned = clean(&name).unwrap();
        assert_eq!(cleaned, ["a", &"\u{301}".repeat(MOST_MARKS), "b"].concat());
    }

    #[test]
    fn label_ranges_are_in_order() {
        for ranges in [&CONTROLS[..], &BLANKS, &MARKS] {
            assert!(ranges.iter().all(|range| range.0 <= range.1));
            assert!(ranges.windows(2).all(|pair| pair[0].1 < pair[1].0));
        }
    }

    proptest! {
        #[test]
        fn label_cleaned_twice_is_the_same(text in "\\PC{0,20}|.{0,20}") {
            if let Some(cleaned) = clean(&text) {
                prop_assert_eq!(clean(&cleaned), Some(cleaned.clone()));
                prop_assert!(!cleaned.contains(is_control));
            }
        }
    }
}
