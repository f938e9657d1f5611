//! What the upstream client needs: address, credentials, certificate, time-outs.
//! No message here ever quotes a credential.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::{
    PollConfig,
    keys::{self, Setting},
    problem::{Found, Problem},
    reader::Reader,
};
use crate::cxone::{BaseUrl, Dialect, ReportingV2Settings, Settings};

const DEFAULT_BASE_URL: &str = "https://api-us-02.nice-incontact.com";

/// One of the three credentials, and where each form of it may stand.
struct Credential {
    value: &'static Setting,
    file: &'static Setting,
    /// Whether others must not read it.
    is_secret: bool,
    remedy: &'static str,
}

const CLIENT_ID: Credential = Credential {
    value: &keys::CLIENT_ID,
    file: &keys::CLIENT_ID_FILE,
    is_secret: false,
    remedy: "set it to the client id that CXone shows under Administration > Security > API Clients",
};
const CLIENT_SECRET: Credential = Credential {
    value: &keys::CLIENT_SECRET,
    file: &keys::CLIENT_SECRET_FILE,
    is_secret: true,
    remedy: "set it to the API client's secret, or CXONE_CLIENT_SECRET_FILE to a file that holds it",
};
const TENANT_ID: Credential = Credential {
    value: &keys::TENANT_ID,
    file: &keys::TENANT_ID_FILE,
    is_secret: false,
    remedy: "set it to your CXone tenant's id",
};

/// Reads everything that the upstream client needs; `None` after a problem.
pub(super) fn read(reader: &mut Reader<'_>, poll: &PollConfig) -> Option<Settings> {
    let base_url = base_url(reader);
    let client_id = credential(reader, &CLIENT_ID);
    let client_secret = credential(reader, &CLIENT_SECRET).map(SecretString::from);
    let tenant_id = credential(reader, &TENANT_ID);
    let ca_file = ca_file(reader);
    Some(Settings {
        dialect: Dialect::ReportingV2(ReportingV2Settings {
            base_url: base_url?,
            client_id: client_id?,
            client_secret: client_secret?,
            tenant_id: tenant_id?,
        }),
        ca_file,
        connect_timeout: poll.connect_timeout(),
        total_timeout: poll.total_timeout(),
    })
}

fn base_url(reader: &mut Reader<'_>) -> Option<BaseUrl> {
    let found = reader.text(&keys::BASE_URL).unwrap_or_else(|| Found {
        value: DEFAULT_BASE_URL.to_owned(),
        place: "default".to_owned(),
        key: "CXONE_BASE_URL".to_owned(),
    });
    match BaseUrl::parse(found.value.trim()) {
        Ok(base_url) => Some(base_url),
        Err(error) => {
            // A password may stand before an @; the error itself quotes nothing.
            let problem = if found.value.contains('@') {
                found.problem("is refused", error)
            } else {
                found.wrong("is refused", error)
            };
            reader.problems.push(problem);
            None
        }
    }
}

fn credential(reader: &mut Reader<'_>, credential: &Credential) -> Option<String> {
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
    let bytes = read_file(reader, &found)?;
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

fn ca_file(reader: &mut Reader<'_>) -> Option<PathBuf> {
    let found = reader.path(&keys::CA_FILE)?;
    // Read here only so that a wrong path is reported with all else.
    read_file(reader, &found)?;
    Some(found.value)
}

fn read_file(reader: &mut Reader<'_>, found: &Found<PathBuf>) -> Option<Vec<u8>> {
    let path: &Path = &found.value;
    match reader.surroundings.read(path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            reader.problems.push(found.problem(
                format_args!("names {}, which cannot be read ({error})", path.display()),
                "check the path and its permissions",
            ));
            None
        }
    }
}
