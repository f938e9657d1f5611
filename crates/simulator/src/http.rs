//! The contracts over HTTP: finds the endpoint, notes the request, and lets a
//! fault or the endpoint answer.

mod activity;
mod answer;
mod discovery;
mod faults;
mod gate;
mod oauth;
mod origin;
mod page;
mod queue_list;
mod realtime;
mod reports;
mod sign_in;
mod token;
mod xml;

use std::io;

use http_body_util::{BodyExt, Limited};
use hyper::{Method, Request, Response, StatusCode, body::Incoming, header};
use serde_json::json;
use tokio::time::Instant;

use crate::{
    endpoint::Endpoint,
    quirk::Quirk,
    tenant::{self, Tenant},
};
use answer::{Answer, Body};
use reports::Report;

/// More than a hundred ids and as many skills ever need.
const BODY_LIMIT_BYTES: usize = 1 << 20;

/// Answers one request.
///
/// # Errors
/// When the connection is to be closed without an answer.
pub(crate) async fn respond(
    tenant: &Tenant,
    request: Request<Incoming>,
) -> io::Result<Response<Body>> {
    let (parts, body) = request.into_parts();
    let endpoint = match find(&parts.method, parts.uri.path()) {
        Ok(endpoint) => endpoint,
        Err(answer) => return Ok(answer.into_response(&tenant.state().quirks)),
    };
    let Ok(body) = Limited::new(body, BODY_LIMIT_BYTES).collect().await else {
        let answer = Answer::error(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body too large or broken off",
        );
        let answer = answer.header(header::CONNECTION, "close");
        return Ok(answer.into_response(&tenant.state().quirks));
    };
    let body = body.to_bytes();
    let read = match endpoint {
        Endpoint::Realtime => realtime::parse(&body),
        _ => Ok(realtime::Read::default()),
    };
    let grant_type = match endpoint {
        Endpoint::Token | Endpoint::AuthToken => oauth::grant_type(&body),
        _ => None,
    };

    let (number, fault, quirks) = {
        let asked = read.as_ref().ok().cloned().unwrap_or_default();
        let mut state = tenant.state();
        let number = state.log.begin(tenant::Request {
            endpoint,
            at: Instant::now(),
            single: asked.single,
            queue_ids: asked.queue_ids,
            skill_ids: asked.skill_ids,
            query: parts.uri.query().unwrap_or_default().to_owned(),
            grant_type,
            status: None,
        });
        (number, state.faults.take(endpoint), state.quirks.clone())
    };

    let response = match fault {
        Some(fault) => faults::respond(fault, endpoint).await?,
        None => {
            let (headers, uri) = (&parts.headers, &parts.uri);
            match endpoint {
                Endpoint::Token | Endpoint::AuthToken | Endpoint::AccessKeyToken
                    if quirks.has(Quirk::TokenError) =>
                {
                    oauth::error_as_success()
                }
                Endpoint::Token => token::answer(tenant, headers, &body),
                Endpoint::Realtime => realtime::answer(tenant, headers, read, &quirks),
                Endpoint::QueueList => queue_list::answer(tenant, headers, uri, &quirks),
                Endpoint::OpenIdConfiguration => discovery::openid_configuration(tenant, headers),
                Endpoint::CxoneConfiguration => {
                    discovery::cxone_configuration(tenant, headers, uri)
                }
                Endpoint::AuthToken => sign_in::auth_token(tenant, headers, &body),
                Endpoint::AccessKeyToken => sign_in::access_key(tenant, headers, &body),
                Endpoint::SkillActivity => activity::answer(tenant, headers, uri, &quirks),
                Endpoint::SkillSummary => {
                    reports::answer(tenant, headers, uri, Report::Summaries, &quirks)
                }
                Endpoint::ServiceLevelSummary => {
                    reports::answer(tenant, headers, uri, Report::ServiceLevels, &quirks)
                }
                Endpoint::AgentStates => {
                    reports::answer(tenant, headers, uri, Report::Agents, &quirks)
                }
            }
            .into_response(&quirks)
        }
    };
    let status = response.status().as_u16();
    tenant.state().log.finish(number, status);
    tracing::debug!("{} {} -> {status}", parts.method, parts.uri.path());
    Ok(response)
}

fn find(method: &Method, path: &str) -> Result<Endpoint, Answer> {
    let (endpoint, allowed) = match path {
        "/oauth2/token" => (Endpoint::Token, Method::POST),
        "/api/v2/reporting/queues/realtime" => (Endpoint::Realtime, Method::POST),
        "/api/v2/queues" => (Endpoint::QueueList, Method::GET),
        "/.well-known/openid-configuration" => (Endpoint::OpenIdConfiguration, Method::GET),
        "/.well-known/cxone-configuration" => (Endpoint::CxoneConfiguration, Method::GET),
        "/auth/token" => (Endpoint::AuthToken, Method::POST),
        "/authentication/v1/token/access-key" => (Endpoint::AccessKeyToken, Method::POST),
        path => match activity::resource_at(path) {
            Some("skills/activity") => (Endpoint::SkillActivity, Method::GET),
            Some("skills/summary") => (Endpoint::SkillSummary, Method::GET),
            Some("skills/sla-summary") => (Endpoint::ServiceLevelSummary, Method::GET),
            Some("agents/states") => (Endpoint::AgentStates, Method::GET),
            _ => return Err(Answer::error(StatusCode::NOT_FOUND, "no such resource")),
        },
    };
    if *method == allowed {
        Ok(endpoint)
    } else {
        Err(Answer::new(
            StatusCode::METHOD_NOT_ALLOWED,
            &json!({"error": "method_not_allowed", "message": format!("use {allowed}")}),
        )
        .header(header::ALLOW, allowed.as_str()))
    }
}
