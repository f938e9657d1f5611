//! `GET /incontactAPI/services/v{N}/skills/summary`, `…/skills/sla-summary` and
//! `…/agents/states`: contacts counted over a time, and what each agent does.

mod agents;
mod summaries;
mod window;

use hyper::{HeaderMap, StatusCode, Uri, header::HeaderName};
use serde_json::{Value, json};

use super::{
    activity::{self, query::Query},
    answer::Answer,
    gate::{self, Permission},
    page::Cut,
};
use crate::{
    clock::utc,
    quirk::{Quirk, Quirks},
    tenant::Tenant,
};
use window::Window;

/// The most entries of a page, and how many it has where the request does not say.
const PAGE: (usize, usize) = (1_000, 100);

/// Where CXone says why it refuses a request.
const REASON: HeaderName = HeaderName::from_static("icstatusdescription");

/// A report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    Summaries,
    ServiceLevels,
    Agents,
}

impl Report {
    /// The list's name.
    fn list(self) -> &'static str {
        match self {
            Self::Summaries => "skillSummaries",
            Self::ServiceLevels => "serviceLevelSummaries",
            Self::Agents => "agentStates",
        }
    }
}

/// Answers a report; where JSON is not asked for by name there is no way to write it.
pub(crate) fn answer(
    tenant: &Tenant,
    headers: &HeaderMap,
    uri: &Uri,
    report: Report,
    quirks: &Quirks,
) -> Answer {
    let answered = gate::admit_read(tenant, headers, Permission::RealTimeData).and_then(|()| {
        if !activity::wants_json(headers) {
            let message = "No known way to render data".to_owned();
            return Err(Answer::text(StatusCode::BAD_REQUEST, message));
        }
        let query = Query::parse(uri).map_err(|reason| refused(&reason))?;
        let window = match report {
            Report::Agents => None,
            _ => Some(Window::parse(uri).map_err(refused)?),
        };
        report_of(tenant, headers, uri, report, &query, window, quirks)
    });
    answered.unwrap_or_else(|refusal| refusal)
}

fn report_of(
    tenant: &Tenant,
    headers: &HeaderMap,
    uri: &Uri,
    report: Report,
    query: &Query,
    window: Option<Window>,
    quirks: &Quirks,
) -> Result<Answer, Answer> {
    let now_ms = tenant.clock().now_ms();
    let form = tenant.state().form;
    let server_time_ms = quirks.server_time_ms(now_ms);
    let quarters = window.map(|window| window.quarters(tenant.clock(), now_ms));
    let entries: Vec<Value> = match quarters {
        Some(quarters) => summaries::all(tenant, now_ms, quarters, report, query, quirks),
        None => agents::all(tenant, now_ms, server_time_ms, form, quirks),
    }
    .into_iter()
    .map(|mut entry| {
        entry.retain(|name, _| query.wants_field(name));
        Value::Object(entry)
    })
    .collect();
    let mut page = match report {
        Report::Summaries if entries.is_empty() && quirks.has(Quirk::EmptyIs204) => {
            return Err(Answer::no_content());
        }
        Report::Summaries => json!({ "skillSummaries": entries }),
        _ => {
            let cut = Cut {
                skip: query.skip,
                top: query.top.map_or(PAGE.1, |top| top.min(PAGE.0)),
                link: &|skip, top| activity::query::page(uri, skip, top),
            };
            cut.page(report.list(), &entries, headers, uri, quirks)?
        }
    };
    if report == Report::Agents {
        page["lastPollTime"] = utc(server_time_ms);
    }
    form.spell(&mut page);
    Ok(Answer::new(StatusCode::OK, &page))
}

fn refused(reason: &str) -> Answer {
    Answer::error(StatusCode::BAD_REQUEST, reason).header(REASON, reason)
}
