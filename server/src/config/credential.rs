//! One credential: a value, or a file that holds it. No message here ever quotes one.

use super::{
    keys::{Secrecy, Setting},
    problem::Problem,
    reader::Reader,
    value,
};

/// A credential: the setting with its value, the one that names a file with it, and what to
/// do where it is missing.
pub(super) struct Credential(
    pub(super) &'static Setting,
    pub(super) &'static Setting,
    pub(super) &'static str,
);

/// Whether something is given for it, right or wrong.
pub(super) fn is_given(reader: &Reader<'_>, credential: &Credential) -> bool {
    [credential.0, credential.1].into_iter().any(|setting| {
        reader.is_refused(setting)
            || reader.variable_even_blank(setting).is_some()
            || reader.in_file(setting).is_some()
    })
}

/// Reads a credential that must be there; `None` after a problem.
pub(super) fn read(reader: &mut Reader<'_>, credential: &Credential) -> Option<String> {
    let Credential(setting, file, remedy) = *credential;
    if reader.is_refused(setting) || reader.is_refused(file) {
        return None;
    }
    let file = reader.variable_even_blank(file);
    // A variable, even of the file, wins over a value in queuewall.toml.
    let in_file = reader.in_file(setting).filter(|_| file.is_none());
    let value = reader.variable_even_blank(setting).or(in_file);
    let mut given = [&value, &file].into_iter().flatten();
    let blank = given.find(|found| found.value.trim().is_empty());
    let problem = match (blank, &value, &file) {
        (Some(blank), ..) => blank.problem("is empty", remedy),
        (_, Some(value), Some(file)) => value.problem(
            format_args!("and {} ({}) are both given", file.key, file.place),
            "keep one of the two",
        ),
        (_, Some(found), None) => match value::credential(&found.value) {
            Ok(value) => return Some(value.to_owned()),
            Err((what, remedy)) => found.problem(what, remedy),
        },
        (_, None, _) => return from_file(reader, credential),
    };
    reader.problems.push(problem);
    None
}

/// The content of the file that `…_FILE` or the file's key names.
fn from_file(reader: &mut Reader<'_>, credential: &Credential) -> Option<String> {
    let Credential(setting, file, remedy) = *credential;
    let Some(found) = reader.path(file) else {
        let counts = reader.environment.dotenv_path().display();
        let passed_over = match reader.environment.is_passed_over {
            true => {
                format!("; the .env of the working folder is not read: what counts is {counts}")
            }
            false => String::new(),
        };
        reader.problems.push(Problem::new(
            "environment",
            setting.variable.unwrap_or_default(),
            "is not set",
            format_args!("{remedy}{passed_over}"),
        ));
        return None;
    };
    let text = reader.read_text_of(&found, setting.secrecy == Secrecy::Secret)?;
    let path = found.value.display();
    match value::credential(&text) {
        Ok(value) => {
            // Docker, Kubernetes and systemd hand a secret's file over as it is, and so do we.
            if value::has_comment(value) || value.starts_with("# ") {
                reader.warnings.push(found.warning(format_args!(
                    "names {path}, whose line has a # in it, and the whole line is sent: remove it from there on if \
                     it is a comment"
                )));
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
