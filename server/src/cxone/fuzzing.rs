//! What the fuzz targets of the upstream share.
//!
//! # Layout
//! - `said`: which numbers a body holds, found in another way than the client finds them

mod said;

use std::sync::OnceLock;

use reqwest::StatusCode;
use serde_json::Value;

use super::{json, transport::Answer};
use crate::{
    clock::{Clock, Moment, SystemClock},
    source::{Host, SourceError},
};

pub use super::{
    discovery::fuzzing::discovery,
    realtime::fuzzing::realtime,
    reporting_v2::fuzzing::{queue_list, reporting_v2},
    retry_after::fuzzing::retry_after,
    sign_in::fuzzing::token,
};
pub(super) use said::Said;

/// An answer with this body, as it comes from the transport.
pub(super) fn answer(status: StatusCode, body: &[u8]) -> Answer {
    // The same for all: what was found once is found again.
    static NOW: OnceLock<Moment> = OnceLock::new();
    Answer {
        host: Host {
            name: "api.example.com".to_owned(),
            setting: "CXONE_BASE_URL",
        },
        path: "/path".to_owned(),
        sent_at: *NOW.get_or_init(|| SystemClock.now()),
        status,
        content_type: Some("application/json".parse().expect("a header's value")),
        challenge: String::new(),
        next_link: None,
        body: body.to_owned(),
    }
}

/// The body as JSON; one that is none is said to be none, and nothing of it is repeated.
pub(super) fn json_of(body: &[u8]) -> Option<Value> {
    match json::parse(&answer(StatusCode::OK, body)) {
        Ok(json) => Some(json),
        Err(SourceError::NotJson { content, .. }) => {
            assert!(content.len() < 40, "{content}");
            None
        }
        Err(SourceError::MalformedJson { path, .. }) => {
            assert!(path.len() < 300, "{path}");
            None
        }
        Err(other) => panic!("{other:?}"),
    }
}

/// A body that cannot be understood is said to be so by kinds and the client's own names.
pub(super) fn check_refusal(error: &SourceError) {
    match error {
        SourceError::UnexpectedShape { detail } => assert!(detail.len() < 80, "{detail}"),
        other => panic!("{other:?}"),
    }
}
