//! What the fuzz targets of the upstream share.
//!
//! # Layout
//! - `said`: which numbers a body holds, found in another way than the client finds them

mod said;

use std::sync::OnceLock;

use reqwest::StatusCode;
use serde_json::Value;

use super::{answer::Answer, json};
use crate::{
    Error, Host, Setting,
    clock::{Clock, Moment, SystemClock},
};

pub use super::{
    discovery::fuzzing::discovery,
    realtime::{fuzzing::realtime, fuzzing_reports::reports},
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
            setting: Setting::BaseUrl,
        },
        path: "/path".to_owned(),
        sent_at: *NOW.get_or_init(|| SystemClock.now()),
        status,
        date: None,
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
        Err(Error::NotJson { content, .. }) => {
            assert!(content.len() < 40, "{content}");
            None
        }
        Err(Error::MalformedJson { path, .. }) => {
            assert!(path.len() < 300, "{path}");
            None
        }
        Err(other) => panic!("{other:?}"),
    }
}

/// A body that cannot be understood is said to be so by kinds and the client's own names.
pub(super) fn check_refusal(error: &Error) {
    match error {
        Error::UnexpectedShape { detail } => assert!(detail.len() < 80, "{detail}"),
        other => panic!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use queuewall_replay::replay;

    use super::*;

    #[test]
    fn any_reporting_v2_answer_gives_its_own_numbers_or_none() {
        replay("reporting_v2", reporting_v2);
    }

    #[test]
    fn any_queue_list_gives_each_queue_once_and_stays_at_its_host() {
        replay("queue_list", queue_list);
    }

    #[test]
    fn any_realtime_answer_gives_its_own_numbers_or_none() {
        replay("realtime", realtime);
    }

    #[test]
    fn any_report_gives_its_own_numbers_and_no_unasked_names() {
        replay("reports", reports);
    }

    #[test]
    fn any_token_lives_a_while_and_shows_itself_nowhere() {
        replay("token", token);
    }

    #[test]
    fn any_discovery_leads_to_allowed_hosts_or_nowhere() {
        replay("discovery", discovery);
    }

    #[test]
    fn any_retry_after_is_kept_within_bounds() {
        replay("retry_after", retry_after);
    }
}
