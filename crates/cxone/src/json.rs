//! A body as JSON, and fields that may hold anything.
//!
//! Values never reach an error or a log: a field's name says what is wrong with it.

mod times;
mod tolerant;

pub(super) use times::LONGEST;

use std::collections::BTreeSet;

use reqwest::header::HeaderValue;
use serde_json::{Map, Value};

use super::answer::Answer;
use crate::Error;

/// From here on a float no longer holds every whole number, nor does the page.
const COUNT_END: f64 = 9_007_199_254_740_992.0;

/// More characters than this are no number that anybody would send.
const LONGEST_NUMBER: usize = 32;

const HTML_PAGE: &str = "an HTML page";

/// Content types that an error may name; an answer has no say in its words.
const KNOWN_TYPES: [&str; 8] = [
    "text/plain",
    "text/css",
    "text/csv",
    "text/javascript",
    "application/javascript",
    "application/octet-stream",
    "application/pdf",
    "multipart/form-data",
];

/// Reads a body as JSON, tolerantly: one bad field costs no other.
///
/// # Errors
/// [`Error::NotJson`], with what came instead; [`Error::MalformedJson`], with
/// the place.
pub(super) fn parse(answer: &Answer) -> Result<Value, Error> {
    let body = (answer.body)
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(&answer.body);
    if let Ok(value) = serde_json::from_slice(body) {
        return Ok(value);
    }
    let text = tolerant::text(&answer.body);
    if let Some(content) = other_content(&text, answer) {
        return Err(Error::NotJson {
            host: answer.host.clone(),
            content: content.to_owned(),
        });
    }
    match tolerant::read(&text) {
        Ok(value) => {
            tracing::debug!(path = answer.path, "JSON with errors was read all the same");
            Ok(value)
        }
        Err(found) => Err(Error::MalformedJson {
            host: answer.host.clone(),
            ends_early: found.ends_early,
            byte: found.byte,
            path: found.path,
        }),
    }
}

pub(super) fn is_html(answer: &Answer) -> bool {
    other_content(&tolerant::text(&answer.body), answer) == Some(HTML_PAGE)
}

/// What came instead of JSON, in words; `None` where it begins as JSON does.
fn other_content(text: &str, answer: &Answer) -> Option<&'static str> {
    let text = text.trim_matches(|letter: char| letter.is_whitespace() || letter.is_control());
    if text.is_empty() {
        return Some("an empty body");
    }
    if text.starts_with(['{', '[']) {
        return None;
    }
    let media_type = media_type(answer.content_type.as_ref());
    if text.starts_with('<') {
        let start: String = text.chars().take(14).collect();
        let start = start.to_ascii_lowercase();
        let is_html = start.starts_with("<!doctype html") || start.starts_with("<html");
        return Some(if is_html || media_type == "text/html" {
            HTML_PAGE
        } else {
            "an XML document"
        });
    }
    let known = KNOWN_TYPES.into_iter().find(|known| *known == media_type);
    Some(known.unwrap_or("something else"))
}

fn media_type(content_type: Option<&HeaderValue>) -> String {
    content_type
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// A field by its name, or by its name in other letters: versions of the API differ in case.
pub(super) fn get<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    field(value.as_object()?, name)
}

fn field<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).or_else(|| {
        let mut fields = object.iter();
        fields.find_map(|(is, value)| is.eq_ignore_ascii_case(name).then_some(value))
    })
}

/// An object whose fields are read one by one, each for itself: one that is
/// missing, null, blank or of a wrong type is unknown and spoils no other.
pub(super) struct Fields<'a> {
    object: &'a Map<String, Value>,
    odd: &'a mut OddFields,
}

/// Names of fields that held something that could not be read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct OddFields(BTreeSet<&'static str>);

impl OddFields {
    pub(super) fn note(&mut self, name: &'static str) {
        self.0.insert(name);
    }

    /// One line for a whole answer.
    pub(super) fn log(&self, path: &str) {
        if !self.0.is_empty() {
            tracing::debug!(path, fields = ?self.0, "fields that could not be read are taken as unknown");
        }
    }
}

impl<'a> Fields<'a> {
    pub(super) fn new(object: &'a Map<String, Value>, odd: &'a mut OddFields) -> Self {
        Self { object, odd }
    }

    /// A field by `read`, which says nothing of a value that it cannot read. Null and blank are
    /// nothing to read.
    pub(super) fn read<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Option<T> {
        let value = field(self.object, name).filter(|value| !is_blank(value))?;
        let known = read(value);
        if known.is_none() {
            self.odd.note(name);
        }
        known
    }

    /// A name for people; blank is unknown.
    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        self.read(name, |value| Some(value.as_str()?.trim().to_owned()))
            .filter(|text| !text.is_empty())
    }

    /// An id, which may be text or a whole number.
    pub(super) fn id(&mut self, name: &'static str) -> Option<String> {
        self.read(name, |value| match value {
            Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            Value::Number(number) if !number.is_f64() => Some(number.to_string()),
            Value::Number(_) => count(value).map(|number| number.to_string()),
            _ => None,
        })
    }

    /// How many.
    pub(super) fn count(&mut self, name: &'static str) -> Option<u64> {
        self.read(name, count)
    }

    /// Yes or no.
    pub(super) fn flag(&mut self, name: &'static str) -> Option<bool> {
        self.read(name, flag)
    }

    /// A number from 0 to `most`.
    pub(super) fn number_up_to(&mut self, name: &'static str, most: f64) -> Option<f64> {
        self.read(name, |value| {
            number(value)
                .filter(|number| (0.0..=most).contains(number))
                // A negative zero is a zero.
                .map(f64::abs)
        })
    }
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// A whole number of 0 or more, however it is written.
pub(super) fn count(value: &Value) -> Option<u64> {
    let number = number(value)?;
    let is_count = number.fract() == 0.0 && (0.0..COUNT_END).contains(&number);
    is_count.then_some(number as u64)
}

/// Yes or no, however it is written.
pub(super) fn flag(value: &Value) -> Option<bool> {
    if let Value::Bool(flag) = value {
        return Some(*flag);
    }
    if let Some(number) = number(value) {
        return match number {
            0.0 => Some(false),
            1.0 => Some(true),
            _ => None,
        };
    }
    match value.as_str()?.trim().to_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "on" | "active" | "enabled" => Some(true),
        "false" | "f" | "no" | "n" | "off" | "inactive" | "disabled" => Some(false),
        _ => None,
    }
}

/// Whether a body speaks of an error, under any of its usual names.
pub(super) fn has_error(body: &Value) -> bool {
    let names = [
        "error",
        "errors",
        "errorCode",
        "error_code",
        "errorMessage",
        "error_description",
        "fault",
    ];
    let is_said = |value: &Value| match value {
        Value::Null | Value::Bool(false) => false,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(errors) => !errors.is_empty(),
        Value::Object(error) => !error.is_empty(),
        Value::Bool(true) => true,
    };
    (names.iter()).any(|name| body.get(name).is_some_and(is_said))
}

/// A finite number, or a string that is one in plain decimals.
pub(super) fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => {
            let text = text.trim();
            // No exponents and no endless fractions: they could round to a 0.
            let is_plain = text.len() <= LONGEST_NUMBER
                && text
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+'));
            is_plain.then(|| text.parse::<f64>().ok())??
        }
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// A top level that is not what it should be.
pub(super) fn unexpected(detail: impl Into<String>) -> Error {
    Error::UnexpectedShape {
        detail: detail.into(),
    }
}

/// What kind of JSON this is, in words.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Host,
        clock::{Clock, SystemClock},
    };
    use proptest::prelude::*;
    use reqwest::StatusCode;
    use serde_json::json;

    fn count_of(value: Value) -> (Option<u64>, bool) {
        let mut odd = OddFields::default();
        let object = json!({ "n": value });
        let count = Fields::new(object.as_object().unwrap(), &mut odd).count("n");
        (count, odd != OddFields::default())
    }

    #[test]
    fn counts_are_read_however_they_are_written() {
        for (value, expected) in [
            (json!(0), 0),
            (json!(4), 4),
            (json!(4.0), 4),
            (json!("4"), 4),
            (json!(" 4 "), 4),
            (json!("4.0"), 4),
            (json!(9_007_199_254_740_991_u64), 9_007_199_254_740_991),
        ] {
            assert_eq!(count_of(value.clone()), (Some(expected), false), "{value}");
        }
    }

    #[test]
    fn invalid_count_is_unknown_and_noted() {
        for value in [
            json!(-1),
            json!(4.5),
            json!(0.000_1),
            json!(1e300),
            json!(u64::MAX),
            json!(true),
            json!([4]),
            json!({"value": 4}),
            json!("-"),
            json!("four"),
            json!("4,0"),
            json!("1e3"),
            json!("1e-400"),
            json!("NaN"),
            json!("Infinity"),
            json!("0x10"),
            json!(format!("0.{}1", "0".repeat(400))),
        ] {
            assert_eq!(count_of(value.clone()), (None, true), "{value}");
        }
        for absent in [Value::Null, json!(""), json!("  ")] {
            assert_eq!(count_of(absent), (None, false));
        }
    }

    #[test]
    fn yes_and_no_are_read_however_they_are_written() {
        let flag = |value: Value| {
            let mut odd = OddFields::default();
            let object = json!({ "is": value });
            let flag = Fields::new(object.as_object().unwrap(), &mut odd).flag("is");
            (flag, odd != OddFields::default())
        };
        for (yes, no) in [
            (json!(true), json!(false)),
            (json!("True"), json!(" FALSE ")),
            (json!(1), json!(0)),
            (json!(1.0), json!(0.0)),
            (json!("1"), json!("0")),
            (json!("Y"), json!("n")),
            (json!(" Yes\t"), json!("NO")),
            (json!("t"), json!("F")),
            (json!("on"), json!("Off")),
            (json!("Active"), json!("Inactive")),
            (json!("enabled"), json!("DISABLED")),
        ] {
            assert_eq!(flag(yes.clone()), (Some(true), false), "{yes}");
            assert_eq!(flag(no.clone()), (Some(false), false), "{no}");
        }
        assert_eq!(flag(json!("")), (None, false));
        for value in [json!("maybe"), json!(2), json!(-1), json!([true])] {
            assert_eq!(flag(value.clone()), (None, true), "{value}");
        }
        assert_eq!(flag(Value::Null), (None, false));
    }

    #[test]
    fn json_kind_is_named_in_errors() {
        for (value, words) in [
            (json!(null), "null"),
            (json!(true), "a boolean"),
            (json!(1), "a number"),
            (json!("1"), "a string"),
            (json!([]), "a list"),
            (json!({}), "an object"),
        ] {
            assert_eq!(kind(&value), words);
        }
    }

    #[test]
    fn ids_are_text_or_whole_numbers() {
        let id = |value: Value| {
            let object = json!({ "id": value });
            Fields::new(object.as_object().unwrap(), &mut OddFields::default()).id("id")
        };
        for (value, expected) in [
            (json!("q-1"), "q-1"),
            (json!(352_669), "352669"),
            (json!(352_669.0), "352669"),
            (json!(0), "0"),
            (json!(u64::MAX), "18446744073709551615"),
        ] {
            assert_eq!(id(value), Some(expected.to_owned()));
        }
        for value in [
            json!(""),
            json!("  "),
            json!(1.5),
            json!(1e40),
            json!(true),
            json!([]),
        ] {
            assert_eq!(id(value), None);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_json_or_said_not_to_be(
            bytes in proptest::collection::vec(any::<u8>(), 0..40),
            text in "[ {\\[\"<!a-z:,0-9}\\]\u{FEFF}]{0,20}",
            content_type in proptest::option::of("[a-z/;= ]{0,12}"),
        ) {
            for body in [bytes, text.into_bytes()] {
                let answer = Answer {
                    host: Host { name: "host".into(), setting: crate::Setting::BaseUrl },
                    path: "/".into(),
                    sent_at: SystemClock.now(),
                    status: StatusCode::OK,
                    date: None,
                    content_type: content_type.as_deref().and_then(|it| it.parse().ok()),
                    challenge: String::new(),
                    next_link: None,
                    body,
                };
                if let Err(error) = parse(&answer) {
                    let is_named = matches!(
                        error,
                        Error::NotJson { .. } | Error::MalformedJson { .. }
                    );
                    prop_assert!(is_named, "{:?}", error);
                }
            }
        }
    }
}
