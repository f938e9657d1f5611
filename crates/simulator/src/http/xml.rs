//! An answer as XML, for who did not ask for JSON.

use std::fmt::Write as _;

use serde_json::Value;

/// A document whose root has this name: an object's values are elements of their
/// keys' names, and a list is its element again and again.
pub(crate) fn document(root: &str, value: &Value) -> String {
    let mut text = String::from(r#"<?xml version="1.0" encoding="utf-8"?>"#);
    write(&mut text, root, value);
    text
}

fn write(text: &mut String, name: &str, value: &Value) {
    if let Value::Array(items) = value {
        for item in items {
            write(text, name, item);
        }
        return;
    }
    // Writing to a string does not fail.
    let _ = write!(text, "<{name}>");
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            for (name, value) in fields {
                write(text, name, value);
            }
        }
        Value::String(content) => text.push_str(&escaped(content)),
        other => {
            let _ = write!(text, "{other}");
        }
    }
    let _ = write!(text, "</{name}>");
}

fn escaped(content: &str) -> String {
    let content = content.replace('&', "&amp;");
    content.replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_kind_of_value_has_its_element() {
        let value = json!({"a": [1, {"b": null}], "c": "R&B <x>", "d": true});
        assert_eq!(
            document("root", &value),
            concat!(
                r#"<?xml version="1.0" encoding="utf-8"?>"#,
                "<root><a>1</a><a><b></b></a><c>R&amp;B &lt;x&gt;</c><d>true</d></root>"
            )
        );
    }
}
