//! The dialect `realtime`: an API user's access key, with a registered application or
//! alone.

use cxone::{
    AccessKey, AllowedDomains, ApiVersion, MediaType, RealtimeSettings, SignInMethod, SkillFilter,
};
use secrecy::SecretString;

use super::{
    address,
    credential::{self, Credential},
    keys, warn_of_idle,
};
use crate::config::{
    keys::Setting,
    problem::{Problem, Spanned},
    reader::Reader,
};

const DEFAULT_ISSUER: &str = "https://cxone.niceincontact.com";

const ACCESS_KEY_ID: Credential = Credential {
    value: &keys::ACCESS_KEY_ID,
    file: &keys::ACCESS_KEY_ID_FILE,
    is_secret: false,
    remedy: "set it to the id of the API user's access key; docs/cxone.md says where CXone makes one",
};
const ACCESS_KEY_SECRET: Credential = Credential {
    value: &keys::ACCESS_KEY_SECRET,
    file: &keys::ACCESS_KEY_SECRET_FILE,
    is_secret: true,
    remedy: "set it to the access key's secret, which CXone shows once, or CXONE_ACCESS_KEY_SECRET_FILE to a \
             file that holds it",
};
const CLIENT_ID: Credential = Credential {
    value: &keys::CLIENT_ID,
    file: &keys::CLIENT_ID_FILE,
    is_secret: false,
    remedy: "set it to the client id of the application that CXone registered for you, or leave out \
             CXONE_CLIENT_SECRET as well and set CXONE_AREA_URL, to sign in by the access key alone",
};
const CLIENT_SECRET: Credential = Credential {
    value: &keys::CLIENT_SECRET,
    file: &keys::CLIENT_SECRET_FILE,
    is_secret: true,
    remedy: "set it to the secret of the application that CXone registered for you, or leave out \
             CXONE_CLIENT_ID as well and set CXONE_AREA_URL, to sign in by the access key alone",
};
const TENANT_ID: Credential = Credential {
    value: &keys::TENANT_ID,
    file: &keys::TENANT_ID_FILE,
    is_secret: false,
    remedy: "set it to your CXone tenant's id, or leave it out: the token says it",
};

/// Reads what the dialect needs; `None` after a problem.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<RealtimeSettings> {
    let id = credential::read(reader, &ACCESS_KEY_ID);
    let secret = credential::read(reader, &ACCESS_KEY_SECRET).map(SecretString::from);
    let sign_in = sign_in(reader);
    let issuer = address(reader, &keys::ISSUER, Some(DEFAULT_ISSUER)).flatten();
    let api_url = address(reader, &keys::BASE_URL, None);
    let tenant_id = match credential::is_given(reader, &TENANT_ID) {
        true => credential::read(reader, &TENANT_ID).map(Some),
        false => Some(None),
    };
    let api_version = api_version(reader);
    let allowed_domains = allowed_domains(reader);
    let skills = skills(reader);
    refuse_skill_filters(reader);
    Some(RealtimeSettings {
        access_key: AccessKey {
            id: id?,
            secret: secret?,
        },
        sign_in: sign_in?,
        issuer: issuer?,
        api_url: api_url?,
        tenant_id: tenant_id?,
        api_version: api_version?,
        allowed_domains: allowed_domains?,
        skills: skills?,
    })
}

/// With an application's id and secret the password grant, with neither the key alone.
fn sign_in(reader: &mut Reader<'_>) -> Option<SignInMethod> {
    let has_application = [&CLIENT_ID, &CLIENT_SECRET]
        .into_iter()
        .any(|credential| credential::is_given(reader, credential));
    if has_application {
        warn_of_idle(
            reader,
            [&keys::AREA_URL],
            "beside CXONE_CLIENT_ID and CXONE_CLIENT_SECRET: it is for signing in by the access key alone",
        );
        let client_id = credential::read(reader, &CLIENT_ID);
        let client_secret = credential::read(reader, &CLIENT_SECRET).map(SecretString::from);
        return Some(SignInMethod::Password {
            client_id: client_id?,
            client_secret: client_secret?,
        });
    }
    let area_url = address(reader, &keys::AREA_URL, None)?;
    if area_url.is_none() && !reader.is_refused(&keys::AREA_URL) {
        reader.problems.push(Problem::new(
            "environment",
            "CXONE_CLIENT_ID",
            "is not set, and neither is CXONE_AREA_URL",
            "set CXONE_CLIENT_ID and CXONE_CLIENT_SECRET to those of the application that CXone registered for \
             you, or, to sign in by the access key alone, CXONE_AREA_URL to https://AREA.nice-incontact.com \
             (with a hyphen), with your tenant's area, such as na1",
        ));
    }
    let area_url = area_url?;
    if area_url.to_string().ends_with(".niceincontact.com") {
        reader.warnings.push(format!(
            "CXONE_AREA_URL is {area_url}: areas are under nice-incontact.com, with a hyphen, as CXone \
             documents it"
        ));
    }
    Some(SignInMethod::KeyOnly { area_url })
}

fn api_version(reader: &mut Reader<'_>) -> Option<ApiVersion> {
    let Some(found) = reader.text(&keys::API_VERSION) else {
        return Some(ApiVersion::default());
    };
    match ApiVersion::parse(&found.value) {
        Ok(version) => Some(version),
        Err(error) => {
            let remedy = format_args!("write it as in {}", ApiVersion::default());
            reader.problems.push(found.wrong(error, remedy));
            None
        }
    }
}

fn allowed_domains(reader: &mut Reader<'_>) -> Option<AllowedDomains> {
    let Some(domains) = some_of(reader, &keys::ALLOWED_DOMAINS)? else {
        return Some(AllowedDomains::default());
    };
    let mut is_good = true;
    for found in &domains {
        if let Err(error) = AllowedDomains::parse([found.value.as_str()]) {
            let remedy = "write names such as niceincontact.com, without https:// and without *";
            reader.problems.push(found.wrong(error, remedy));
            is_good = false;
        }
    }
    let domains = AllowedDomains::parse(domains.iter().map(|found| found.value.as_str()));
    domains.ok().filter(|_| is_good)
}

/// A list that must name something where it is given; `None` after a problem,
/// `Some(None)` where it is not given.
fn some_of(reader: &mut Reader<'_>, setting: &Setting) -> Option<Option<Vec<Spanned<String>>>> {
    let given = match reader.variable(setting) {
        Some(variable) => variable.with(()),
        None => match reader.list_in_file(setting) {
            Some(list) => list.with(()),
            None => return Some(None),
        },
    };
    let list = reader.list(setting);
    if list.is_empty() {
        let problem = given.problem("names nothing", "name something, or leave it out");
        reader.problems.push(problem);
        return None;
    }
    Some(Some(list))
}

fn skills(reader: &mut Reader<'_>) -> Option<SkillFilter> {
    let default = SkillFilter::default();
    let inactive = reader.flag(&keys::INACTIVE_SKILLS, default.inactive);
    let outbound = reader.flag(&keys::OUTBOUND_SKILLS, default.outbound);
    let mut media_types = Vec::new();
    let mut is_good = true;
    let found = some_of(reader, &keys::MEDIA_TYPES)?;
    for found in found.iter().flatten() {
        match MediaType::parse(&found.value) {
            Ok(media_type) if media_types.contains(&media_type) => {}
            Ok(media_type) => media_types.push(media_type),
            Err(error) => {
                let remedy = format_args!("write {}, or CXone's number for it", MediaType::names());
                reader.problems.push(found.wrong(error, remedy));
                is_good = false;
            }
        }
    }
    if found.is_none() {
        media_types = default.media_types;
    }
    is_good.then_some(SkillFilter {
        media_types,
        inactive,
        outbound,
    })
}

/// Numbers that are not limited to the skills named would pass for ones that are.
fn refuse_skill_filters(reader: &mut Reader<'_>) {
    let everywhere = match reader.variable(&keys::SKILL_IDS) {
        Some(variable) => Some(variable.with(1)),
        None => reader
            .list_in_file(&keys::SKILL_IDS)
            .map(|list| list.with(list.value.len())),
    };
    let in_boards = reader
        .boards()
        .iter()
        .filter_map(|board| board.skill_ids.as_ref());
    let filters: Vec<_> = in_boards
        .map(|list| list.with(list.value.len()))
        .chain(everywhere)
        .filter(|found| found.value > 0)
        .collect();
    for found in filters {
        reader.problems.push(found.problem(
            "cannot be used with the dialect realtime, where a queue is a skill itself",
            "leave it out, and name the skills as queues: in boards.queues or TARGET_QUEUE_ID",
        ));
    }
}
