//! Values that a copy, an editor or a container engine changed on their way.

use super::{
    keys::{self, Secrecy},
    placeholder,
    problem::Fault,
};

const NO_QUOTES: &str = "remove the quotes: Docker's and Podman's --env-file and Kubernetes hand them over as a \
     part of the value; deploy/container.env.sample has none";

/// What is wrong with a variable of the process that was meant to be read as in a `.env`
/// file, and was handed over as it stood there.
pub(super) fn changed_by_container(variable: &str, value: &str) -> Option<Fault> {
    let value = value.trim();
    let secrecy = keys::of_variable(variable).map(|setting| setting.secrecy);
    let is_credential = secrecy.is_some_and(|secrecy| secrecy != Secrecy::Public);
    if is_quoted(value) {
        return Some(("is in quotes", NO_QUOTES));
    }
    if value.starts_with(['"', '\'']) && has_comment(value) {
        return Some(("is in quotes, and a comment follows", NO_QUOTES));
    }
    (is_credential && has_comment(value)).then_some((
        "is followed by a comment",
        "write the comment on its own line: Docker's and Podman's --env-file take it for a part of the value",
    ))
}

/// Whether a part of it looks like a comment.
pub(super) fn has_comment(value: &str) -> bool {
    value.contains(" #") || value.contains("\t#")
}

/// A credential as it is sent: without a byte order mark and blanks around it.
///
/// # Errors
/// Where it is not one line of visible characters, or a placeholder. The value is not
/// quoted.
pub(super) fn credential(text: &str) -> Result<&str, Fault<String>> {
    let fault = |what: &str, remedy| Err((what.to_owned(), remedy));
    let value =
        text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}');
    if value.is_empty() {
        return fault("is empty", "write the value");
    }
    if value.contains(['\n', '\r']) {
        return fault(
            "has more than one line",
            "keep the value alone, on one line",
        );
    }
    if let Some(c) = value.chars().find(|c| is_invisible(*c)) {
        return Err((
            format!("holds an invisible character (U+{:04X})", u32::from(c)),
            "copy the value again, without what stands around it",
        ));
    }
    if is_quoted(value) {
        return fault("is in quotes", "remove the quotes: they would be sent");
    }
    let assigned = value.strip_prefix("export ").map_or(value, str::trim_start);
    if keys::variables().any(|name| {
        assigned
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with('='))
    }) {
        return fault("begins with a variable's name", "keep the value alone");
    }
    if placeholder::is_value(value) {
        return fault(
            "is a placeholder",
            "put your value in its place: docs/cxone.md says where CXone shows its own, docs/operating.md is about the \
             database",
        );
    }
    Ok(value)
}

fn is_quoted(value: &str) -> bool {
    let mut chars = value.chars();
    let (Some(first), Some(last)) = (chars.next(), chars.next_back()) else {
        return false;
    };
    let is_plain = first == last && ['"', '\'', '`'].contains(&first);
    // German and French keyboards, and mixed ones: any opening mark with any closing one.
    let is_typographic = |c: char| "“”„‟‘’‚«»″′".contains(c);
    is_plain || is_typographic(first) && is_typographic(last)
}

pub(super) fn is_invisible(c: char) -> bool {
    (c.is_control() || c.is_whitespace()) && c != ' '
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credential_is_trimmed_and_byte_order_mark_dropped() {
        for text in [
            "abc",
            " abc\t",
            "\u{feff}abc\r\n",
            "abc\n\n",
            "\u{a0}abc\u{200b}",
        ] {
            assert_eq!(credential(text), Ok("abc"), "{text:?}");
        }
        let texts = "pa$word|a'b|x|xyz|youth-4711|'|a\"b\"|0a1b|id|secret|two words";
        for good in texts.split('|') {
            assert_eq!(credential(good), Ok(good));
        }
    }

    #[test]
    fn credential_is_refused_without_quoting_it() {
        for (text, what) in [
            ("", "is empty"),
            ("\u{feff}\n", "is empty"),
            ("hunter2\nsecond", "more than one line"),
            ("hunter2\rsecond", "more than one line"),
            ("hun\u{200b}ter2", "U+200B"),
            ("hun\tter2", "U+0009"),
            ("hun\u{a0}ter2", "U+00A0"),
            ("hun\u{fffd}ter2", "U+FFFD"),
            ("'hunter2'", "quotes"),
            ("\"hunter2\"", "quotes"),
            ("“hunter2”", "quotes"),
            ("„hunter2“", "quotes"),
            ("”hunter2”", "quotes"),
            ("«hunter2»", "quotes"),
            ("`hunter2`", "quotes"),
            ("CXONE_CLIENT_SECRET=hunter2", "variable's name"),
            ("export CXONE_CLIENT_SECRET=hunter2", "variable's name"),
        ] {
            let (found, remedy) = credential(text).unwrap_err();
            assert!(found.contains(what), "{text:?}: {found}");
            assert!(!found.contains("unter") && !remedy.contains("unter"));
        }
    }

    #[test]
    fn variable_of_process_in_quotes_is_refused() {
        for value in ["'1,2'", "\"1,2\"", "“1”", "'1' # comment"] {
            let (what, remedy) = changed_by_container("TARGET_QUEUE_ID", value).unwrap();
            assert!(what.contains("quotes") && remedy.contains("--env-file"));
        }
        assert!(changed_by_container("CXONE_CLIENT_SECRET", "abc # it").is_some());
        assert!(changed_by_container("QUEUEWALL_TITLE", "Team # 1").is_none());
        assert!(changed_by_container("QUEUEWALL_TITLE", "'Til late").is_none());
        assert!(changed_by_container("QUEUEWALL_TITLE", "\"").is_none());
    }
}
