//! What the rarer moods change, and how the server gets on with CXone in each.

use queuewall_shared::snapshot::{Cause, Queue, QueueState, Upstream, UpstreamState};

use super::{Mood, ago_ms, set_waiting};

pub(super) const TROUBLE_SECONDS: u64 = 7 * 60;
pub(super) const OUTAGE_SECONDS: u64 = 12 * 60;

pub(super) fn upstream(mood: Mood) -> Upstream {
    use UpstreamState::{Degraded, Down};
    let (state, cause, seconds, cause_seconds) = match mood {
        Mood::Down => (
            Down,
            Cause::UpstreamTrouble,
            TROUBLE_SECONDS,
            TROUBLE_SECONDS,
        ),
        // The trouble came first, and then the refusal.
        Mood::Refused => (Down, Cause::Forbidden, OUTAGE_SECONDS, 3 * 60),
        Mood::PartlyRead => (Degraded, Cause::TimedOut, OUTAGE_SECONDS, OUTAGE_SECONDS),
        Mood::NoSignIn => (Down, Cause::SignInRejected, 60, 60),
        _ => {
            return Upstream {
                state: UpstreamState::Ok,
                cause: None,
                cause_code: None,
                since_ms: Some(1_000),
                cause_since_ms: None,
                next_try_ms: None,
            };
        }
    };
    Upstream {
        state,
        cause: Some(cause.sentence().into()),
        cause_code: Some(cause),
        since_ms: Some(ago_ms(seconds)),
        cause_since_ms: Some(ago_ms(cause_seconds)),
        next_try_ms: Some(ago_ms(0) + 20_000),
    }
}

/// Calls wait where no agent is free, for less than any limit.
pub(super) fn healthy(queue: &mut Queue, index: usize) {
    let is_full = index.is_multiple_of(2);
    set_waiting(queue, u64::from(is_full) * (1 + index as u64 / 2 % 4));
    if is_full {
        queue.average_wait_ms = Some(24_000);
        queue.longest_wait_ms = Some(41_000);
        queue.agents.available = Some(0);
        queue.agents.busy = queue.agents.logged_on;
    }
}

/// A critical level that is held, one whose reason is another by now, and a warning that is
/// held: [`before_easing`] is what they were.
pub(super) fn ease(queue: &mut Queue, index: usize) {
    match index % 4 {
        0 => set_waiting(queue, 9),
        1 => {
            set_waiting(queue, 4);
            queue.average_wait_ms = Some(130_000);
            queue.longest_wait_ms = Some(194_000);
        }
        2 => {
            set_waiting(queue, 3);
            queue.average_wait_ms = Some(57_000);
        }
        _ => {}
    }
}

/// The readings before [`ease`].
pub(super) fn before_easing(queue: &Queue, index: usize) -> Queue {
    let mut before = queue.clone();
    match index % 4 {
        0 => set_waiting(&mut before, 12),
        1 => {
            set_waiting(&mut before, 12);
            before.average_wait_ms = Some(90_000);
        }
        2 => before.average_wait_ms = Some(66_000),
        _ => {}
    }
    before
}

/// Every third queue has an old reading, or none.
pub(super) fn leave_unread(queue: &mut Queue, index: usize) {
    match index % 6 {
        0 => queue.lag_ms = Some(OUTAGE_SECONDS * 1_000 + 30_000),
        3 => {
            *queue = Queue {
                id: queue.id.clone(),
                name: queue.name.clone(),
                state: QueueState::Unknown,
                ..Queue::default()
            }
        }
        _ => return,
    }
    set_cause(queue, Cause::TimedOut);
}

pub(super) fn set_cause(queue: &mut Queue, cause: Cause) {
    queue.cause = Some(cause.sentence().into());
    queue.cause_code = Some(cause);
}
