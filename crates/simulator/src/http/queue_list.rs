//! `GET /api/v2/queues`: ids and names, in pages where the options say so.

use std::num::NonZeroUsize;

use hyper::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};

use super::{
    answer::Answer,
    gate::{self, Permission},
    page::Cut,
    realtime::wire_id,
};
use crate::{
    quirk::{Quirk, Quirks},
    tenant::Tenant,
};

/// The most queues of a page, where pages are cut off without a word.
const UNSAID_LIMIT: usize = 100;

/// Answers the first page, or the one that `?page=`, or `?skip=` and `?top=`, name.
pub(crate) fn answer(tenant: &Tenant, headers: &HeaderMap, uri: &Uri, quirks: &Quirks) -> Answer {
    if let Err(refusal) = gate::admit_read(tenant, headers, Permission::Scope) {
        return refusal;
    }
    let queues: Vec<Value> = {
        let removed = &tenant.state().exceptions.removed;
        let queues = tenant.skills().queues().iter().enumerate();
        queues
            .filter(|(_, queue)| !removed.contains(queue.id()))
            .map(|(position, queue)| {
                let name = quirks.name(position, queue.name());
                json!({"queueId": wire_id(position, queue.id()), "name": name, "isActive": true})
            })
            .collect()
    };
    let unsaid = quirks.has(Quirk::PagesWithoutLink) || quirks.has(Quirk::NoLinks);
    let page_size = tenant
        .options()
        .list_page_size
        .or(unsaid.then_some(UNSAID_LIMIT))
        .unwrap_or(queues.len())
        .max(1);
    let numbers = (number(uri, "page"), number(uri, "skip"), number(uri, "top"));
    let (Ok(page), Ok(skip), Ok(top)) = numbers else {
        let message = "page, skip and top must be numbers";
        return Answer::error(StatusCode::BAD_REQUEST, message);
    };
    let Some(page) = NonZeroUsize::new(page.unwrap_or(1)) else {
        return Answer::error(StatusCode::BAD_REQUEST, "page must be a number from 1 on");
    };
    let top = top.map_or(page_size, |top| top.clamp(1, page_size));
    let by_skip = skip.is_some();
    let cut = Cut {
        skip: skip.unwrap_or_else(|| page_size.saturating_mul(page.get() - 1)),
        top,
        link: &|skip, top| {
            if by_skip {
                format!("{}?skip={skip}&top={top}", uri.path())
            } else {
                format!("{}?page={}", uri.path(), skip.div_ceil(top) + 1)
            }
        },
    };
    match cut.page("queues", &queues, headers, uri, quirks) {
        Ok(page) => Answer::new(StatusCode::OK, &page),
        Err(answer) => answer,
    }
}

/// A number in the query; an error where it is none.
fn number(uri: &Uri, name: &str) -> Result<Option<usize>, ()> {
    let query = uri.query().unwrap_or_default();
    let found = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
    found
        .map(|(_, value)| value.parse().map_err(|_| ()))
        .transpose()
}
