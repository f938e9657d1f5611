//! The dialect `reporting-v2`: an API client's credentials.

use cxone::ReportingV2Settings;
use secrecy::SecretString;

use super::{address, keys, warn_of_idle};
use crate::config::{
    credential::{self, Credential},
    problem::Problem,
    reader::Reader,
};

const DEFAULT_BASE_URL: &str = "https://api-us-02.nice-incontact.com";

const CLIENT_ID: Credential = Credential(
    &keys::CLIENT_ID,
    &keys::CLIENT_ID_FILE,
    "set it to the client id that CXone shows under Administration > Security > API Clients",
);
const CLIENT_SECRET: Credential = Credential(
    &keys::CLIENT_SECRET,
    &keys::CLIENT_SECRET_FILE,
    "set it to the API client's secret, or CXONE_CLIENT_SECRET_FILE to a file that holds it",
);
const TENANT_ID: Credential = Credential(
    &keys::TENANT_ID,
    &keys::TENANT_ID_FILE,
    "set it to your CXone tenant's id",
);

/// Reads what the dialect needs; `None` after a problem.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<ReportingV2Settings> {
    if let Some(problem) = forgotten_dialect(reader) {
        // What this dialect lacks is then none of the operator's business.
        reader.problems.push(problem);
        return None;
    }
    let base_url = address(reader, &keys::BASE_URL, Some(DEFAULT_BASE_URL)).flatten();
    let client_id = credential::read(reader, &CLIENT_ID);
    let client_secret = credential::read(reader, &CLIENT_SECRET).map(SecretString::from);
    let tenant_id = credential::read(reader, &TENANT_ID);
    warn_of_idle(
        reader,
        keys::SETTINGS
            .iter()
            .copied()
            .filter(|it| it.is_realtime_only),
        "with the dialect reporting-v2: set CXONE_DIALECT=realtime if CXone gave you an access key",
    );
    Some(ReportingV2Settings {
        base_url: base_url?,
        client_id: client_id?,
        client_secret: client_secret?,
        tenant_id: tenant_id?,
    })
}

/// The problem where an access key is set without a dialect: the key belongs to the other one.
fn forgotten_dialect(reader: &Reader<'_>) -> Option<Problem> {
    if reader.text(&keys::DIALECT).is_some() {
        return None;
    }
    let settings = [
        &keys::ACCESS_KEY_ID,
        &keys::ACCESS_KEY_SECRET,
        &keys::ACCESS_KEY_ID_FILE,
        &keys::ACCESS_KEY_SECRET_FILE,
    ];
    let found = settings
        .into_iter()
        .find_map(|setting| reader.text(setting))?;
    Some(found.problem(
        "is for the dialect realtime, and no dialect is set",
        "set CXONE_DIALECT=realtime (cxone.dialect), or leave it out",
    ))
}
