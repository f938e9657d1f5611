//! Whether one JSON value still holds another.

use std::mem::discriminant;

use serde_json::Value;

/// Asserts that `now` has every field of `then`, with the same value.
pub(crate) fn assert_holds(now: &Value, then: &Value) {
    compare("", now, then, &|now, then| now == then);
}

/// Asserts that `now` has every field of `then`, with the same type or `null`.
pub(crate) fn assert_has_shape_of(now: &Value, then: &Value) {
    compare("", now, then, &|now, then| {
        now.is_null() || then.is_null() || discriminant(now) == discriminant(then)
    });
}

fn compare(path: &str, now: &Value, then: &Value, fits: &impl Fn(&Value, &Value) -> bool) {
    match (now, then) {
        (Value::Object(now), Value::Object(then)) => {
            for (name, then) in then {
                let path = format!("{path}.{name}");
                let now = now.get(name).unwrap_or_else(|| panic!("{path} is lost"));
                compare(&path, now, then, fits);
            }
        }
        // The first entry of a list stands for those that are missing.
        (Value::Array(now), Value::Array(then)) => {
            for (index, then) in then.iter().enumerate() {
                if let Some(now) = now.get(index).or(now.first()) {
                    compare(&format!("{path}[{index}]"), now, then, fits);
                }
            }
        }
        _ => assert!(fits(now, then), "{path}: {now}, and then it was {then}"),
    }
}

#[test]
fn lost_and_retyped_fields_fail_the_comparison() {
    let then = serde_json::json!({"queues": [{"id": "1"}]});
    for (now, fits) in [
        (r#"{"queues": [{"id": null, "name": 1}]}"#, true),
        (r#"{"queues": [{"name": ""}]}"#, false),
        (r#"{"queues": [{"id": 1}]}"#, false),
    ] {
        let now = serde_json::from_str(now).unwrap();
        let compared = std::panic::catch_unwind(|| assert_has_shape_of(&now, &then));
        assert_eq!(compared.is_ok(), fits, "{now}");
    }
}
