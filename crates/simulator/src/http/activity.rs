//! `GET /incontactAPI/services/v{N}/skills/activity`: the live numbers of every skill
//! that the API user sees.

pub(crate) mod query;
mod skill;

use std::ops::RangeInclusive;

use hyper::{HeaderMap, StatusCode, Uri, header::ACCEPT};
use serde_json::{Value, json};

use super::{
    answer::Answer,
    gate::{self, Permission},
    page::Cut,
    xml,
};
use crate::{
    clock::utc,
    options::ActivityShape,
    quirk::{Quirk, Quirks},
    tenant::Tenant,
};
use query::Query;
pub(crate) use skill::BUSINESS_UNIT;

/// The versions of the API that are in use.
const VERSIONS: RangeInclusive<u32> = 23..=34;

/// The resource of the API at a path, in one of its versions: `v34.0`, or `v34`.
pub(crate) fn resource_at(path: &str) -> Option<&str> {
    let (version, resource) = path
        .strip_prefix("/incontactAPI/services/v")?
        .split_once('/')?;
    let version = version.strip_suffix(".0").unwrap_or(version);
    let mut versions = VERSIONS;
    let is_known = versions.any(|known| known.to_string() == version);
    is_known.then_some(resource)
}

/// Answers a page of skills, in XML unless JSON is asked for by name.
pub(crate) fn answer(tenant: &Tenant, headers: &HeaderMap, uri: &Uri, quirks: &Quirks) -> Answer {
    let answered = gate::admit_read(tenant, headers, Permission::RealTimeData).and_then(|()| {
        let query = Query::parse(uri);
        query.map_err(|message| Answer::error(StatusCode::BAD_REQUEST, &message))
    });
    let query = match answered {
        Ok(query) => query,
        Err(refusal) => return refusal,
    };
    let now_ms = tenant.clock().now_ms();
    let skills = skills(tenant, &query, now_ms, quirks);
    let page_size = tenant.options().activity_page_size.max(1);
    let cut = Cut {
        skip: query.skip,
        top: query.top.map_or(page_size, |top| top.min(page_size)),
        link: &|skip, top| query::page(uri, skip, top),
    };
    let server_time = utc(quirks.server_time_ms(now_ms));
    let form = tenant.state().form;
    let page = match cut.page("skillActivity", &skills, headers, uri, quirks) {
        Ok(mut page) => {
            page["lastPollTime"] = server_time;
            form.spell(&mut page);
            page
        }
        Err(answer) => return answer,
    };
    let body = match tenant.options().activity_shape {
        ActivityShape::Plain => page,
        ActivityShape::ResultSet => json!({ "resultSet": page }),
    };
    if wants_json(headers) {
        Answer::new(StatusCode::OK, &body)
    } else {
        Answer::xml(StatusCode::OK, xml::document("response", &body))
    }
}

fn skills(tenant: &Tenant, query: &Query, now_ms: i64, quirks: &Quirks) -> Vec<Value> {
    let clock = tenant.clock();
    let exceptions = &tenant.state().exceptions;
    let mut acd = tenant.acd_at(now_ms);
    // An exception that has changed since may be of any skill.
    let then = query
        .updated_since_ms
        .filter(|since_ms| *since_ms > exceptions.changed_ms)
        .map(|since_ms| clock.simulated_ms(since_ms.min(now_ms)));
    let server_time_ms = quirks.server_time_ms(now_ms);
    let queue_time_ms = server_time_ms + quirks.queue_time_ahead_ms();
    tenant
        .visible_skills()
        .filter(|(_, skill)| query.wants(skill))
        .filter(|(_, skill)| !exceptions.hides(skill.id()) && !quirks.has(Quirk::QueuesLeftOut))
        .filter_map(|(index, skill)| {
            if acd.leaves_out(index) {
                return None;
            }
            let metrics = acd.metrics(index, &[]);
            if then.is_some_and(|then| acd.changed(index) <= then) {
                return None;
            }
            let name = quirks.name(index, skill.name());
            let mut activity = skill::describe(skill, name, metrics, server_time_ms, queue_time_ms);
            if let Some(pins) = exceptions.pinned.get(skill.id()) {
                pins.apply_to_activity(&mut activity, queue_time_ms);
            }
            activity.retain(|name, _| query.wants_field(name));
            Some(Value::Object(activity))
        })
        .collect()
}

pub(crate) fn wants_json(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).into_iter();
    let mut accepted = accepted.filter_map(|value| value.to_str().ok());
    accepted.any(|value| value.to_ascii_lowercase().contains("application/json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_in_use_are_found_and_no_others() {
        let at = |version: &str| {
            let path = format!("/incontactAPI/services/{version}/skills/activity");
            resource_at(&path) == Some("skills/activity")
        };
        for known in ["v23", "v23.0", "v31.0", "v34", "v34.0"] {
            assert!(at(known), "{known}");
        }
        for other in [
            "v22.0", "v35.0", "v34.1", "v34.0.0", "v034", "v+34", "v", "34.0", "x",
        ] {
            assert!(!at(other), "{other}");
        }
        assert_eq!(
            resource_at("/incontactapi/services/v34.0/skills/activity"),
            None
        );
    }
}
