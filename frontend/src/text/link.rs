//! Which link broke, and when it is tried again.

use std::time::Duration;

use queuewall_shared::link::Failure;
use queuewall_shared::snapshot::UpstreamState;

use super::words;
use crate::numbers;

/// Why a poll of the server failed.
#[must_use]
pub fn failure(failure: Option<Failure>) -> String {
    let words = words();
    match failure {
        Some(Failure::Unreachable) => words.unreachable.text().into(),
        Some(Failure::TimedOut) | None => words.timed_out.text().into(),
        Some(Failure::Status(status)) => words.bad_status.fill([&status.to_string()]),
        Some(Failure::Foreign(status)) => words.foreign_answer.fill([&status.to_string()]),
        Some(Failure::Unreadable) => words.unreadable.text().into(),
    }
}

/// Which link broke, since when (`None`: it never stood), and why.
#[must_use]
pub fn lost(failed: Option<Failure>, since: Option<String>) -> String {
    let words = words();
    let since = since.as_deref().unwrap_or(words.since_opened.text());
    words.lost.fill([since, &failure(failed)])
}

/// When the page tries again.
#[must_use]
pub fn next_try(pause: Option<Duration>) -> String {
    let words = words();
    match pause {
        None => words.trying.text().into(),
        Some(pause) => words.next_try.fill([&numbers::count(pause.as_secs() + 1)]),
    }
}

/// What is wrong between the server and CXone: `read` is since when nothing was read, and
/// `since` since when it is for this cause, where that is another moment.
#[must_use]
pub fn down(cause: &str, read: Option<String>, since: Option<String>) -> String {
    let words = words();
    let read = read.map(|read| words.no_reading.fill([&read]));
    match (read, since) {
        (None, None) => cause.into(),
        (None, Some(since)) => [cause, &since].join(", "),
        (Some(read), None) => [&read, cause].join(" · "),
        (Some(read), Some(since)) => {
            let now = [cause, &since].join(", ");
            [read, words.now.fill([&now])].join(" · ")
        }
    }
}

/// What the server's dealings with CXone mean, where it gives no cause.
#[must_use]
pub fn upstream(state: UpstreamState) -> &'static str {
    match state {
        UpstreamState::Ok => "",
        UpstreamState::Degraded => words().some_unread.text(),
        UpstreamState::Down => words().none_read.text(),
    }
}
