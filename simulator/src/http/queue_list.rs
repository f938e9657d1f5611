//! `GET /api/v2/queues`: ids and names, in pages where the options say so.

use std::num::NonZeroUsize;

use hyper::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};

use super::{
    answer::Answer,
    gate::{self, Permission},
    origin::origin,
    realtime::wire_id,
};
use crate::tenant::Tenant;

/// Answers the first page, or the one that `?page=` names.
pub(crate) fn answer(tenant: &Tenant, headers: &HeaderMap, uri: &Uri) -> Answer {
    if let Err(refusal) = gate::admit_read(tenant, headers, Permission::Scope) {
        return refusal;
    }
    let Some(page) = page_number(uri) else {
        return Answer::error(StatusCode::BAD_REQUEST, "page must be a number from 1 on");
    };
    let queues: Vec<Value> = {
        let removed = &tenant.state().exceptions.removed;
        let queues = tenant.day().queues().enumerate();
        queues
            .filter(|(_, (id, _))| !removed.contains(*id))
            .map(|(position, (id, name))| {
                json!({"queueId": wire_id(position, id), "name": name, "isActive": true})
            })
            .collect()
    };
    let page_size = tenant
        .options()
        .list_page_size
        .unwrap_or(queues.len())
        .max(1);
    let first = page_size.saturating_mul(page.get() - 1).min(queues.len());
    let end = first.saturating_add(page_size).min(queues.len());
    let link = |page: usize| format!("{}{}?page={page}", origin(headers), uri.path());
    let next = (end < queues.len()).then(|| link(page.get() + 1));
    Answer::new(
        StatusCode::OK,
        &json!({
            "totalRecords": queues.len(),
            "queues": queues[first..end],
            "_links": {"self": link(page.get()), "next": next},
        }),
    )
}

fn page_number(uri: &Uri) -> Option<NonZeroUsize> {
    let query = uri.query().unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == "page")
        .map_or(Some(NonZeroUsize::MIN), |(_, page)| page.parse().ok())
}
