//! The numbers of a body by the names of their fields, however deep: read in another way
//! than the client's, to hold its readings against.

use std::collections::BTreeMap;

use serde_json::Value;

/// From here on a float no longer holds every whole number.
const COUNT_END: f64 = 9_007_199_254_740_992.0;

/// What a body says.
#[derive(Default)]
pub(crate) struct Said<'b>(BTreeMap<String, Vec<&'b Value>>);

impl<'b> Said<'b> {
    /// By every field of `body`.
    pub(crate) fn by(body: &'b Value) -> Self {
        let mut said = Self::default();
        said.add(body);
        said
    }

    fn add(&mut self, value: &'b Value) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    self.0.entry(plain(name)).or_default().push(value);
                    self.add(value);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.add(item)),
            _ => {}
        }
    }

    /// Every value of a field.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &'b Value> {
        self.0.get(&plain(name)).into_iter().flatten().copied()
    }

    /// Every number of a field.
    pub(crate) fn numbers(&self, name: &str) -> impl Iterator<Item = f64> {
        self.values(name).filter_map(number)
    }

    /// That a count, where there is one, is a whole number that stands under this name.
    pub(crate) fn check_count(&self, name: &str, count: Option<u64>) {
        let Some(count) = count else { return };
        let count = count as f64;
        assert!(count < COUNT_END, "{name} = {count}");
        let is_said = self.numbers(name).any(|number| number == count);
        assert!(is_said, "{name} = {count} comes from nowhere");
    }

    /// That a number, where there is one, is within bounds and stands under this name.
    pub(crate) fn check_number(&self, name: &str, number: Option<f64>, most: f64) {
        let Some(number) = number else { return };
        assert!((0.0..=most).contains(&number), "{name} = {number}");
        assert!(number.is_sign_positive(), "{name} is a negative zero");
        let is_said = self.numbers(name).any(|said| said == number);
        assert!(is_said, "{name} = {number} comes from nowhere");
    }
}

/// A name in any case, and as some versions of the API misspell it.
fn plain(name: &str) -> String {
    name.to_ascii_lowercase().replace("avaliable", "available")
}

/// A number, or a text that writes one out in decimals. One that is too small for a float
/// is not a zero.
fn number(value: &Value) -> Option<f64> {
    let text = match value {
        Value::Number(number) => return number.as_f64(),
        Value::String(text) => text.trim(),
        _ => return None,
    };
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_decimal = unsigned.bytes().any(|byte| byte.is_ascii_digit())
        && unsigned
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
        && unsigned.matches('.').count() <= 1;
    let number: f64 = is_decimal.then(|| text.parse().ok())??;
    let is_zero = unsigned.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    (is_zero || number != 0.0).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_found_under_their_names_and_nothing_else_is_one() {
        let body = json!({
            "a": [{"n": 1}, {"n": "-2.50"}, {"n": "NaN"}, {"n": "1e3"}, {"n": "."}],
            "n": format!("0.{}1", "0".repeat(400)),
            "b": {"n": null}
        });
        let said = Said::by(&body);
        assert_eq!(said.numbers("n").collect::<Vec<_>>(), [1.0, -2.5]);
        assert_eq!(said.numbers("a").count(), 0);
    }

    #[test]
    #[should_panic(expected = "comes from nowhere")]
    fn a_count_of_another_field_is_found_out() {
        Said::by(&json!({"a": 1, "b": 2})).check_count("a", Some(2));
    }
}
