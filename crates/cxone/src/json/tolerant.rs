//! JSON that is almost JSON: read so that one bad field costs no other.
//!
//! What cannot be a value becomes null, so it is unknown and never a number; what cannot be
//! a character becomes `U+FFFD`. What cannot be repaired is located.

use std::borrow::Cow;

use serde_json::{Value, error::Category};

/// Objects and lists in deeper ones are null.
const DEEPEST: usize = 100;

const UNKNOWN: &str = "null";
const REPLACEMENT: &str = "\\ufffd";

/// The names that a path may show. An answer has no say in the words of an error.
const NAMES: [&str; 25] = [
    "_links",
    "access_token",
    "agentId",
    "agentStates",
    "agentsAvailable",
    "averageWaitTime",
    "callsWaiting",
    "earliestQueueTime",
    "entities",
    "id",
    "mediaTypeName",
    "name",
    "queueCount",
    "queueId",
    "queues",
    "resultSet",
    "serverTime",
    "serviceLevel",
    "serviceLevelSummaries",
    "skillActivity",
    "skillId",
    "skillName",
    "skillSummaries",
    "startDate",
    "totalRecords",
];

/// Where JSON cannot be read, and why.
#[derive(Debug, PartialEq)]
pub(super) struct Malformed {
    pub(super) ends_early: bool,
    /// Bytes before it, of the text.
    pub(super) byte: usize,
    /// Through which fields, as in `queues[3].name`.
    pub(super) path: String,
}

/// A body as text: UTF-16 with a byte order mark, or UTF-8 with or without one.
pub(super) fn text(body: &[u8]) -> Cow<'_, str> {
    let utf_16 = |body: &[u8], read: fn([u8; 2]) -> u16| {
        let units = body.chunks_exact(2).map(|it| read([it[0], it[1]]));
        let letters = char::decode_utf16(units);
        letters
            .map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    };
    match body {
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest),
        [0xFF, 0xFE, rest @ ..] => Cow::Owned(utf_16(rest, u16::from_le_bytes)),
        [0xFE, 0xFF, rest @ ..] => Cow::Owned(utf_16(rest, u16::from_be_bytes)),
        body => String::from_utf8_lossy(body),
    }
}

/// Reads text as JSON, as far as one field can be told from the next.
pub(super) fn read(text: &str) -> Result<Value, Malformed> {
    let mut repair = Repair {
        text,
        at: 0,
        out: String::with_capacity(text.len() + 16),
        places: Vec::new(),
        depth: 0,
        before: Before::Nothing,
    };
    repair.run();
    serde_json::from_str(&repair.out).map_err(|error| {
        let ends_early = error.classify() == Category::Eof;
        // The repaired text is one line. Its end is behind the last column.
        let place = error.column() - usize::from(!ends_early && error.column() > 0);
        let known = repair.places.partition_point(|(out, _)| *out <= place);
        let (out, byte) = repair.places.get(known.wrapping_sub(1)).unwrap_or(&(0, 0));
        Malformed {
            ends_early,
            byte: (byte + (place - out)).min(text.len()),
            path: path_to(&repair.out, place),
        }
    })
}

struct Repair<'a> {
    text: &'a str,
    at: usize,
    /// What is JSON, on one line.
    out: String,
    /// Where each token begins there, and in the text.
    places: Vec<(usize, usize)>,
    depth: usize,
    before: Before,
}

/// What stands before a token.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    Nothing,
    Colon,
    /// Not written yet: there is none before a closing bracket.
    Comma,
}

impl Repair<'_> {
    fn run(&mut self) {
        while let Some(letter) = self.text[self.at..].chars().next() {
            match letter {
                '"' => {
                    self.begin_value();
                    self.string();
                }
                '{' | '[' => {
                    self.begin_value();
                    if self.depth == DEEPEST {
                        self.out.push_str(UNKNOWN);
                        self.at = end_of_nested(self.text, self.at);
                    } else {
                        self.depth += 1;
                        self.put(letter);
                    }
                }
                '}' | ']' => {
                    self.end_value();
                    self.depth = self.depth.saturating_sub(1);
                    self.put(letter);
                }
                ',' => {
                    self.end_value();
                    self.before = Before::Comma;
                    self.at += 1;
                }
                ':' => {
                    self.put(letter);
                    self.before = Before::Colon;
                }
                letter if letter.is_whitespace() || letter.is_control() => {
                    // Without it two values would become one.
                    self.out.push(' ');
                    self.at += letter.len_utf8();
                }
                _ => {
                    self.begin_value();
                    self.word();
                }
            }
        }
    }

    fn put(&mut self, letter: char) {
        self.places.push((self.out.len(), self.at));
        self.out.push(letter);
        self.at += letter.len_utf8();
    }

    fn begin_value(&mut self) {
        if self.before == Before::Comma {
            self.out.push(',');
        }
        self.before = Before::Nothing;
        self.places.push((self.out.len(), self.at));
    }

    fn end_value(&mut self) {
        if self.before == Before::Colon {
            self.out.push_str(UNKNOWN);
        }
        self.before = Before::Nothing;
    }

    /// `NaN`, `Infinity`, `1e999`, `.5`, `undefined`: whatever is no value is unknown.
    fn word(&mut self) {
        let rest = &self.text[self.at..];
        let ends = |it: char| it.is_whitespace() || ",:]}[{\"".contains(it);
        let word = &rest[..rest.find(ends).unwrap_or(rest.len())];
        let is_value = serde_json::from_str::<Value>(word).is_ok();
        self.out.push_str(if is_value { word } else { UNKNOWN });
        self.at += word.len();
    }

    fn string(&mut self) {
        self.out.push('"');
        self.at += 1;
        while let Some(letter) = self.text[self.at..].chars().next() {
            match letter {
                '"' => {
                    self.out.push('"');
                    self.at += 1;
                    return;
                }
                '\\' => self.escape(),
                letter if letter.is_ascii_control() => {
                    self.out.push_str(&format!("\\u{:04x}", u32::from(letter)));
                    self.at += 1;
                }
                letter => {
                    self.out.push(letter);
                    self.at += letter.len_utf8();
                }
            }
        }
    }

    fn escape(&mut self) {
        let rest = &self.text[self.at..];
        let taken = match rest.as_bytes().get(1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.out.push_str(&rest[..2]);
                2
            }
            Some(b'u') => match (unit(rest), rest.get(6..).and_then(unit)) {
                (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => {
                    self.out.push_str(&rest[..12]);
                    12
                }
                (Some(0xD800..=0xDFFF), _) => {
                    self.out.push_str(REPLACEMENT);
                    6
                }
                (Some(_), _) => {
                    self.out.push_str(&rest[..6]);
                    6
                }
                (None, _) => {
                    self.out.push_str(REPLACEMENT);
                    2
                }
            },
            Some(b'\'') => {
                self.out.push('\'');
                2
            }
            // A backslash that nobody escaped.
            Some(_) => {
                self.out.push_str("\\\\");
                1
            }
            None => 1,
        };
        self.at += taken;
    }
}

/// The UTF-16 unit of an escape such as `\ud83d` at the start of the text.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let is_hex = digits.bytes().all(|it| it.is_ascii_hexdigit());
    is_hex.then(|| u16::from_str_radix(digits, 16).ok())?
}

/// Behind the object or list that begins at `from`.
fn end_of_nested(text: &str, from: usize) -> usize {
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    for (offset, byte) in text.bytes().enumerate().skip(from) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return offset + 1;
        }
    }
    text.len()
}

/// Through which fields the place leads, in text that is JSON up to there.
fn path_to(json: &str, place: usize) -> String {
    enum Step<'a> {
        Field(Option<&'a str>),
        Entry(usize),
    }
    let mut steps = Vec::new();
    let mut from = None;
    let mut is_escaped = false;
    for (at, byte) in json.bytes().enumerate().take(place) {
        match (byte, from) {
            _ if is_escaped => is_escaped = false,
            (b'\\', Some(_)) => is_escaped = true,
            (b'"', Some(start)) => {
                if let Some(Step::Field(field @ None)) = steps.last_mut() {
                    *field = Some(&json[start..at]);
                }
                from = None;
            }
            (b'"', None) => from = Some(at + 1),
            (_, Some(_)) => {}
            (b'{', None) => steps.push(Step::Field(None)),
            (b'[', None) => steps.push(Step::Entry(0)),
            (b'}' | b']', None) => drop(steps.pop()),
            (b',', None) => match steps.last_mut() {
                Some(Step::Field(field)) => *field = None,
                Some(Step::Entry(number)) => *number += 1,
                None => {}
            },
            _ => {}
        }
    }
    let mut path = String::new();
    // Deeper than this it is none of the contract's.
    for step in steps.iter().take(6) {
        match step {
            Step::Field(name) => {
                if !path.is_empty() {
                    path.push('.');
                }
                let known = NAMES.iter().find(|known| Some(**known) == *name);
                path.push_str(known.unwrap_or(&"…"));
            }
            Step::Entry(number) => path.push_str(&format!("[{number}]")),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn one_bad_field_costs_no_other() {
        for (bad, mended) in [
            (r#""VIP \ud83d""#, json!("VIP \u{fffd}")),
            (r#""\udc00VIP""#, json!("\u{fffd}VIP")),
            (r#""\ud83d\ud83d\ude00""#, json!("\u{fffd}\u{1f600}")),
            (r#""\ud83dx\ude00""#, json!("\u{fffd}x\u{fffd}")),
            (r#""\u12""#, json!("\u{fffd}12")),
            (r#""\uzzzzz""#, json!("\u{fffd}zzzzz")),
            (r#""it\'s""#, json!("it's")),
            (r#""C:\path\x""#, json!("C:\\path\\x")),
            ("\"two\nlines\tand\u{0}\"", json!("two\nlines\tand\u{0}")),
            ("NaN", json!(null)),
            ("-Infinity", json!(null)),
            ("+1", json!(null)),
            (".5", json!(null)),
            ("5.", json!(null)),
            ("007", json!(null)),
            ("0x10", json!(null)),
            ("1e999", json!(null)),
            ("1\u{1}2", json!(null)),
            ("undefined", json!(null)),
            ("None", json!(null)),
            ("", json!(null)),
            ("[1, 2, ]", json!([1, 2])),
            (r#"{"c": 1, }"#, json!({"c": 1})),
            (
                r#""\"\\\/\b\f\n\r\t\u00fc""#,
                json!("\"\\/\u{8}\u{c}\n\r\tü"),
            ),
        ] {
            let text = format!(r#"{{"a": 1, "bad": {bad}, "b": [2, {{"c": "d"}}]}}"#);
            let expected = json!({"a": 1, "bad": mended, "b": [2, {"c": "d"}]});
            assert_eq!(read(&text), Ok(expected), "{bad}");
        }
    }

    #[test]
    fn text_is_read_in_utf_8_and_in_utf_16_with_a_mark() {
        let utf_16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "\u{feff}[\"ü\"]".encode_utf16().flat_map(bytes).collect()
        };
        for body in [
            "[\"ü\"]".as_bytes().to_vec(),
            "\u{feff}[\"ü\"]".as_bytes().to_vec(),
            utf_16(u16::to_le_bytes),
            utf_16(u16::to_be_bytes),
        ] {
            assert_eq!(text(&body), "[\"ü\"]");
        }
        assert_eq!(text(b"[\"\xff\"]"), "[\"\u{fffd}\"]");
    }

    #[test]
    fn deep_nesting_is_unknown_and_costs_no_other_field() {
        let deep = format!("{}\"]\"{}", "[".repeat(300), "]".repeat(300));
        let found = read(&format!(r#"{{"a": 1, "deep": {deep}, "b": 2}}"#)).unwrap();
        assert_eq!((&found["a"], &found["b"]), (&json!(1), &json!(2)));
    }

    #[test]
    fn unreadable_json_is_located_by_byte_and_path() {
        for (text, byte, path, ends_early) in [
            (
                r#"{"queues": [{"queueId": "q"#,
                26,
                "queues[0].queueId",
                true,
            ),
            (
                r#"{"queues": [{}, {"name": "a"b"}]}"#,
                28,
                "queues[1].name",
                false,
            ),
            (
                r#"{"queues": NaN, "canary": {"id": 1 2}}"#,
                35,
                "….id",
                false,
            ),
            ("{}{}", 2, "", false),
            ("[1 2]", 3, "[0]", false),
            ("[1, 2", 5, "[1]", true),
        ] {
            let found = read(text).unwrap_err();
            assert_eq!((found.byte, found.path.as_str()), (byte, path), "{text}");
            assert_eq!(found.ends_early, ends_early, "{text}");
        }
    }

    proptest! {
        #[test]
        fn json_stays_what_it_is(value in crate::tests::any_json::any_json()) {
            let text = value.to_string();
            prop_assert_eq!(read(&text).ok(), serde_json::from_str(&text).ok());
        }

        #[test]
        fn any_text_is_read_or_located(text in r#"[\[\]{}",:\\u0-9a-fN \n\u{e9}]{0,40}"#) {
            if let Err(found) = read(&text) {
                prop_assert!(found.byte <= text.len());
                prop_assert!(found.path.len() < 300);
            }
        }
    }
}
