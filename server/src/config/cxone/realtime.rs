//! The dialect `realtime`: an API user's access key, with a registered application or
//! alone.

use std::fmt::Display;

use cxone::{
    AccessKey, AllowedDomains, ApiVersion, MediaType, RealtimeSettings, SignInMethod, SkillFilter,
};
use secrecy::SecretString;

use super::{address, keys, warn_of_idle};
use crate::config::{
    credential::{self, Credential},
    keys::Setting,
    problem::Problem,
    reader::Reader,
};

const DEFAULT_ISSUER: &str = "https://cxone.niceincontact.com";

const ACCESS_KEY_ID: Credential = Credential(
    &keys::ACCESS_KEY_ID,
    &keys::ACCESS_KEY_ID_FILE,
    "set it to the id of the API user's access key; docs/cxone.md says where CXone makes one",
);
const ACCESS_KEY_SECRET: Credential = Credential(
    &keys::ACCESS_KEY_SECRET,
    &keys::ACCESS_KEY_SECRET_FILE,
    "set it to the access key's secret, which CXone shows once, or CXONE_ACCESS_KEY_SECRET_FILE to a \
             file that holds it",
);
const CLIENT_ID: Credential = Credential(
    &keys::CLIENT_ID,
    &keys::CLIENT_ID_FILE,
    "set it to the client id of the application that CXone registered for you, or leave out \
             CXONE_CLIENT_SECRET as well and set CXONE_AREA_URL, to sign in by the access key alone",
);
const CLIENT_SECRET: Credential = Credential(
    &keys::CLIENT_SECRET,
    &keys::CLIENT_SECRET_FILE,
    "set it to the secret of the application that CXone registered for you, or leave out \
             CXONE_CLIENT_ID as well and set CXONE_AREA_URL, to sign in by the access key alone",
);
const TENANT_ID: Credential = Credential(
    &keys::TENANT_ID,
    &keys::TENANT_ID_FILE,
    "set it to your CXone tenant's id, or leave it out: the token says it",
);

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
    if reader.text(&keys::API_VERSION).is_none() {
        return Some(ApiVersion::default());
    }
    reader.parse(&keys::API_VERSION, |text| {
        let remedy = format!("write it as in {}", ApiVersion::default());
        ApiVersion::parse(text).map_err(|error| (error, remedy))
    })
}

fn allowed_domains(reader: &mut Reader<'_>) -> Option<AllowedDomains> {
    let domains = parse_some(reader, &keys::ALLOWED_DOMAINS, |text| {
        let remedy = "write names such as niceincontact.com, without https:// and without *";
        let domain = AllowedDomains::parse([text]).map_err(|error| (error, remedy));
        domain.map(|_| text.to_owned())
    })?;
    match domains {
        Some(domains) => AllowedDomains::parse(domains.iter().map(String::as_str)).ok(),
        None => Some(AllowedDomains::default()),
    }
}

/// What `parse` makes of a list that must name something where it is given; `None` after a
/// problem, `Some(None)` where it is not given.
fn parse_some<T, W: Display, R: Display>(
    reader: &mut Reader<'_>,
    setting: &Setting,
    parse: impl FnMut(&str) -> Result<T, (W, R)>,
) -> Option<Option<Vec<T>>> {
    let Some(given) = reader.given(setting) else {
        return Some(None);
    };
    if given.value == 0 {
        let problem = given.problem("names nothing", "name something, or leave it out");
        reader.problems.push(problem);
        return None;
    }
    let parsed = reader.parse_list(setting, parse);
    (parsed.len() == given.value).then_some(Some(parsed))
}

fn skills(reader: &mut Reader<'_>) -> Option<SkillFilter> {
    let default = SkillFilter::default();
    let inactive = reader.flag(&keys::INACTIVE_SKILLS, default.inactive);
    let outbound = reader.flag(&keys::OUTBOUND_SKILLS, default.outbound);
    let found = parse_some(reader, &keys::MEDIA_TYPES, |text| {
        let remedy = format!("write {}, or CXone's number for it", MediaType::names());
        MediaType::parse(text).map_err(|error| (error, remedy))
    })?;
    let media_types = found.map_or(default.media_types, |found| {
        let mut media_types = Vec::new();
        for media_type in found {
            if !media_types.contains(&media_type) {
                media_types.push(media_type);
            }
        }
        media_types
    });
    Some(SkillFilter {
        media_types,
        inactive,
        outbound,
    })
}

/// Numbers that are not limited to the skills named would pass for ones that are.
fn refuse_skill_filters(reader: &mut Reader<'_>) {
    let in_boards = reader.boards().iter();
    let in_boards = in_boards.filter_map(|board| board.lists.get("skill_ids"));
    let in_boards = in_boards.map(|list| list.with(list.value.len()));
    let filters = in_boards.chain(reader.given(&keys::SKILL_IDS));
    let filters: Vec<_> = filters.filter(|found| found.value > 0).collect();
    reader.problems.extend(filters.iter().map(|found| {
        found.problem(
            "cannot be used with the dialect realtime, where a queue is a skill itself",
            "leave it out, and name the skills as queues: in boards.queues or TARGET_QUEUE_ID",
        )
    }));
}
