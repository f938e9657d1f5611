//! The contract over HTTP: finds the endpoint, notes the request, and lets a
//! fault or the endpoint answer.

mod answer;
mod faults;
mod gate;
mod queue_list;
mod realtime;
mod token;

use std::io;

use http_body_util::{BodyExt, Limited};
use hyper::{Method, Request, Response, StatusCode, body::Incoming, header};
use serde_json::json;
use tokio::time::Instant;

use crate::{
    control::{self, Endpoint},
    tenant::Tenant,
};
use answer::{Answer, Body};

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
        Err(answer) => return Ok(answer.into_response()),
    };
    let Ok(body) = Limited::new(body, BODY_LIMIT_BYTES).collect().await else {
        let answer = Answer::error(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body too large or broken off",
        );
        return Ok(answer.header(header::CONNECTION, "close").into_response());
    };
    let body = body.to_bytes();
    let read = match endpoint {
        Endpoint::Realtime => realtime::parse(&body),
        Endpoint::Token | Endpoint::QueueList => Ok(realtime::Read::default()),
    };

    let (number, fault) = {
        let asked = read.as_ref().ok().cloned().unwrap_or_default();
        let mut state = tenant.state();
        let number = state.log.begin(control::Request {
            endpoint,
            at: Instant::now(),
            single: asked.single,
            queue_ids: asked.queue_ids,
            skill_ids: asked.skill_ids,
            status: None,
        });
        (number, state.faults.take(endpoint))
    };

    let response = match fault {
        Some(fault) => faults::respond(fault, endpoint).await?,
        None => match endpoint {
            Endpoint::Token => token::answer(tenant, &parts.headers, &body),
            Endpoint::Realtime => realtime::answer(tenant, &parts.headers, read),
            Endpoint::QueueList => queue_list::answer(tenant, &parts.headers, &parts.uri),
        }
        .into_response(),
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
        _ => return Err(Answer::error(StatusCode::NOT_FOUND, "no such resource")),
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
