//! How the server gets on, in one line for `systemctl status`.

use std::collections::HashSet;

use queuewall_shared::snapshot::UpstreamState;

use crate::{clock::Moment, snapshot::Boards};

/// One line: the worst board's word and cause, how many queues there are, and when any
/// was last read.
pub(super) fn of(boards: &Boards, now: Moment) -> String {
    let set = boards.set();
    let published: Vec<_> = (set.slugs())
        .filter_map(|slug| boards.latest(slug))
        .collect();
    let upstreams = published.iter().map(|it| &it.snapshot.upstream);
    let Some(worst) = upstreams.max_by_key(|it| rank(it.state)) else {
        return "no boards".to_owned();
    };
    let word = match worst.state {
        UpstreamState::Ok => "live",
        UpstreamState::Degraded => "live in part",
        UpstreamState::Down => "not live",
    };
    let queues = published.iter().flat_map(|it| &it.snapshot.queues);
    let queues: HashSet<_> = queues.map(|queue| queue.id.as_str()).collect();
    let latest = published.iter().filter_map(|it| it.latest_read);
    let last_read = match latest.map(|read| read.age_at(now)).min() {
        Some(age) => format!("last read {} s ago", age.as_secs()),
        None => "nothing read yet".to_owned(),
    };
    let cause = match &worst.cause {
        Some(cause) => format!("; {cause}"),
        None => String::new(),
    };
    let count = queues.len();
    let line = format!("{word}: {count} queues, {last_read}{cause}");
    // A line break would begin another word to the manager.
    line.replace(['\n', '\r'], " ")
}

fn rank(state: UpstreamState) -> u8 {
    match state {
        UpstreamState::Ok => 0,
        UpstreamState::Degraded => 1,
        UpstreamState::Down => 2,
    }
}
