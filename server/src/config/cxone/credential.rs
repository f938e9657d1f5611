//! One credential: a value, or a file that holds it. No message here ever quotes one.

use super::super::{
    keys::Setting,
    problem::{Problem, Spanned},
    reader::Reader,
    value,
};

/// A credential, and where each form of it may stand.
pub(super) struct Credential {
    pub(super) value: &'static Setting,
    pub(super) file: &'static Setting,
    /// Whether others must not read it.
    pub(super) is_secret: bool,
    pub(super) remedy: &'static str,
}

/// Whether something is given for it, right or wrong.
pub(super) fn is_given(reader: &Reader<'_>, credential: &Credential) -> bool {
    let settings = [credential.value, credential.file];
    settings.into_iter().any(|setting| {
        reader.is_refused(setting)
            || reader.variable_even_blank(setting).is_some()
            || reader.in_file(setting).is_some()
    })
}

/// Reads a credential that must be there; `None` after a problem.
pub(super) fn read(reader: &mut Reader<'_>, credential: &Credential) -> Option<String> {
    let forms = [credential.value, credential.file];
    if forms.iter().any(|setting| reader.is_refused(setting)) {
        return None;
    }
    let value = reader.variable_even_blank(credential.value);
    let file = reader.variable_even_blank(credential.file);
    let blank = [&value, &file]
        .into_iter()
        .flatten()
        .find(|found| found.value.trim().is_empty());
    if let Some(blank) = blank {
        reader
            .problems
            .push(blank.problem("is empty", credential.remedy));
        return None;
    }
    match (value, file) {
        (Some(value), Some(file)) => {
            reader.problems.push(value.problem(
                format_args!("and {} ({}) are both given", file.key, file.place),
                "keep one of the two",
            ));
            None
        }
        (Some(value), None) => usable(reader, &value),
        (None, Some(_)) => from_file(reader, credential),
        (None, None) => match reader.in_file(credential.value) {
            Some(found) if found.value.trim().is_empty() => {
                reader
                    .problems
                    .push(found.problem("is empty", credential.remedy));
                None
            }
            Some(found) => usable(reader, &found),
            None => from_file(reader, credential),
        },
    }
}

/// The value as it is sent; `None` after a problem.
fn usable(reader: &mut Reader<'_>, found: &Spanned<String>) -> Option<String> {
    match value::credential(&found.value) {
        Ok(value) => Some(value.to_owned()),
        Err((what, remedy)) => {
            reader.problems.push(found.problem(what, remedy));
            None
        }
    }
}

/// The content of the file that `…_FILE` or the file's key names.
fn from_file(reader: &mut Reader<'_>, credential: &Credential) -> Option<String> {
    let Some(found) = reader.path(credential.file) else {
        let passed_over = match reader.passed_over_dotenv() {
            Some(counts) => {
                format!("; the .env of the working folder is not read: what counts is {counts}")
            }
            None => String::new(),
        };
        reader.problems.push(Problem::new(
            "environment",
            credential.value.variable.unwrap_or_default(),
            "is not set",
            format_args!("{}{passed_over}", credential.remedy),
        ));
        return None;
    };
    let text = reader.read_text_of(&found, credential.is_secret)?;
    let path = found.value.display();
    match value::credential(&text) {
        Ok(value) => {
            // Docker, Kubernetes and systemd hand a secret's file over as it is, and so do we.
            if value::has_comment(value) || value.starts_with("# ") {
                let (place, key) = (&found.place, &found.key);
                reader.warnings.push(format!(
                    "{place}: {key} names {path}, whose line has a # in it, and the whole line is sent: remove it from \
                     there on if it is a comment"
                ));
            }
            Some(value.to_owned())
        }
        Err((what, remedy)) => {
            let what = format_args!("names {path}, whose content {what}");
            reader.problems.push(found.problem(what, remedy));
            None
        }
    }
}
