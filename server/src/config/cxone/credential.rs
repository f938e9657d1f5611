//! One credential: a value, or a file that holds it. No message here ever quotes one.

use super::super::{keys::Setting, problem::Problem, reader::Reader};

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
        reader.variable_even_blank(setting).is_some() || reader.in_file(setting).is_some()
    })
}

/// Reads a credential that must be there; `None` after a problem.
pub(super) fn read(reader: &mut Reader<'_>, credential: &Credential) -> Option<String> {
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
        (Some(value), None) => Some(value.value.trim().to_owned()),
        (None, Some(_)) => from_file(reader, credential),
        (None, None) => match reader.in_file(credential.value) {
            Some(found) if found.value.trim().is_empty() => {
                reader
                    .problems
                    .push(found.problem("is empty", credential.remedy));
                None
            }
            Some(found) => Some(found.value.trim().to_owned()),
            None => from_file(reader, credential),
        },
    }
}

/// The content of the file that `…_FILE` or the file's key names.
fn from_file(reader: &mut Reader<'_>, credential: &Credential) -> Option<String> {
    let Some(found) = reader.path(credential.file) else {
        reader.problems.push(Problem::new(
            "environment",
            credential.value.variable.unwrap_or_default(),
            "is not set",
            credential.remedy,
        ));
        return None;
    };
    let bytes = reader.read_file_of(&found)?;
    let path = found.value.display();
    let Ok(text) = String::from_utf8(bytes) else {
        reader.problems.push(found.problem(
            format_args!("names {path}, which is not UTF-8 text"),
            "save it as UTF-8",
        ));
        return None;
    };
    let text = text.trim_end_matches(['\r', '\n']);
    if text.trim().is_empty() {
        reader.problems.push(found.problem(
            format_args!("names {path}, which is empty"),
            "write the value into it",
        ));
        return None;
    }
    if credential.is_secret && reader.surroundings.others_can_read(&found.value) {
        reader.warnings.push(format!(
            "{}: {} names {path}, which other users of this machine can read: chmod 600 it",
            found.place, found.key
        ));
    }
    Some(text.to_owned())
}
