//! `POST /api/v2/reporting/queues/realtime`: the live numbers of up to 100 queues.

use std::collections::HashSet;

use hyper::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};

use super::{
    answer::Answer,
    gate::{self, Permission},
};
use crate::{
    acd::Metrics,
    quirk::{Quirk, Quirks},
    tenant::Tenant,
};

const IDS_LIMIT: usize = 100;

/// What a read asks for; ids are text here, whatever they were in JSON.
#[derive(Clone, Debug, Default)]
pub(crate) struct Read {
    /// Whether the queue was named as `queueId`.
    pub(crate) single: bool,
    /// The queues in the order of the request.
    pub(crate) queue_ids: Vec<String>,
    pub(crate) skill_ids: Vec<String>,
}

/// Understands a read's body.
///
/// # Errors
/// What is wrong with it, for a 400.
pub(crate) fn parse(body: &[u8]) -> Result<Read, &'static str> {
    let body: Map<String, Value> =
        serde_json::from_slice(body).map_err(|_| "the body must be a JSON object")?;
    let (single, queue_ids) = match (body.get("queueId"), body.get("queueIds")) {
        (Some(id), None) => (true, vec![id_text(id)?]),
        (None, Some(ids)) => (false, id_texts(ids)?),
        (None, None) => return Err("queueId or queueIds is missing"),
        (Some(_), Some(_)) => return Err("queueId and queueIds exclude each other"),
    };
    if queue_ids.is_empty() {
        return Err("queueIds is empty");
    }
    let skill_ids = body.get("skillIds").map_or(Ok(Vec::new()), id_texts)?;
    Ok(Read {
        single,
        queue_ids,
        skill_ids,
    })
}

/// Answers a read, parsed or not.
pub(crate) fn answer(
    tenant: &Tenant,
    headers: &HeaderMap,
    read: Result<Read, &'static str>,
    quirks: &Quirks,
) -> Answer {
    let answered = gate::admit_read(tenant, headers, Permission::Scope).and_then(|()| {
        let read = read.map_err(|message| Answer::error(StatusCode::BAD_REQUEST, message))?;
        queues(tenant, &read, quirks)
    });
    match answered {
        Ok(queues) => Answer::new(StatusCode::OK, &json!({ "queues": queues })),
        Err(refusal) => refusal,
    }
}

fn queues(tenant: &Tenant, read: &Read, quirks: &Quirks) -> Result<Vec<Value>, Answer> {
    if read.queue_ids.len() > IDS_LIMIT {
        let message = format!("at most {IDS_LIMIT} queueIds a request");
        return Err(Answer::error(StatusCode::BAD_REQUEST, &message));
    }
    let exceptions = &tenant.state().exceptions;
    let mut acd = tenant.acd_at(tenant.clock().now_ms());
    let mut answered = Vec::new();
    let mut seen = HashSet::new();
    for id in &read.queue_ids {
        let position = tenant.skills().position(id);
        let Some(position) = position.filter(|_| !exceptions.removed.contains(id)) else {
            let message = format!("queue {id} not found");
            return Err(Answer::error(StatusCode::NOT_FOUND, &message));
        };
        let is_left_out = exceptions.omitted.contains(id)
            || acd.leaves_out(position)
            || quirks.has(Quirk::QueuesLeftOut);
        if is_left_out || !seen.insert(id) {
            continue;
        }
        let name = quirks.name(position, tenant.skills().queues()[position].name());
        let metrics = acd.metrics(position, &read.skill_ids);
        let mut queue = describe(wire_id(position, id), name, metrics);
        if let Some(pins) = exceptions.pinned.get(id) {
            pins.apply(&mut queue);
        }
        answered.push(Value::Object(queue));
    }
    Ok(answered)
}

fn describe(id: Value, name: String, metrics: Metrics) -> Map<String, Value> {
    let fields = [
        ("queueId", id),
        ("name", name.into()),
        ("agentsLoggedOn", metrics.logged_on.into()),
        ("agentsAvailable", metrics.available.into()),
        ("agentsBusy", metrics.busy().into()),
        ("callsWaiting", metrics.waiting.into()),
        ("averageWaitTime", metrics.average_wait_ms.into()),
        ("serviceLevel", metrics.service_level().into()),
        // Fields that the contract does not name appear over time.
        ("mediaType", "Call".into()),
    ];
    let fields = fields.map(|(key, value)| (key.to_owned(), value));
    Map::from_iter(fields)
}

/// A queue's id as answers carry it: every third is a JSON number, since tenants
/// have both.
pub(crate) fn wire_id(position: usize, id: &str) -> Value {
    match id.parse::<u64>() {
        Ok(number) if position % 3 == 2 => number.into(),
        _ => id.into(),
    }
}

fn id_texts(ids: &Value) -> Result<Vec<String>, &'static str> {
    let ids = ids.as_array().ok_or("ids must be a list")?;
    ids.iter().map(id_text).collect()
}

fn id_text(id: &Value) -> Result<String, &'static str> {
    match id {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err("an id must be a string or a number"),
    }
}
