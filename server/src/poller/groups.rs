//! A board's groups, each over the queues that the board shows. Pure.

use std::collections::HashMap;

use queuewall_shared::{group::Group, level::Metric, snapshot::Queue};

use super::{
    assemble::{Frame, Shown},
    judging::Judging,
    today::OfBoard,
};
use crate::{
    board::{BoardConfig, GroupConfig},
    clock::Moment,
};

/// A queue as it is known and as it is shown, and when it was read, where that counts.
type Member<'a> = (&'a Shown<'a>, &'a Queue, Option<Moment>);

/// The groups of `board`, whose queues look like `queues`, each at the place of its `shown`.
pub(crate) fn groups(
    board: &BoardConfig,
    shown: &[Shown<'_>],
    queues: &[Queue],
    today: Option<&OfBoard<'_>>,
    judging: &mut Judging,
    frame: Frame<'_>,
) -> Vec<Group> {
    if board.groups.is_empty() {
        return Vec::new();
    }
    let places: HashMap<&str, usize> = shown.iter().map(|it| it.id).zip(0..).collect();
    let of = |config: &GroupConfig| {
        let ids = config.queues.iter();
        let mut places: Vec<usize> = ids.filter_map(|id| places.get(&**id).copied()).collect();
        places.sort_unstable();
        let members: Vec<Member<'_>> = places
            .into_iter()
            .map(|place| (&shown[place], &queues[place]))
            .map(|(shown, queue)| {
                let current = shown.known.filter(|_| queue.has_reading());
                let current = current.and_then(|it| it.current(frame.now, frame.cycle));
                (shown, queue, current.map(|(_, at)| at))
            })
            .collect();
        group(config, &members, today, judging, frame)
    };
    board.groups.iter().map(of).collect()
}

fn group(
    config: &GroupConfig,
    members: &[Member<'_>],
    today: Option<&OfBoard<'_>>,
    judging: &mut Judging,
    frame: Frame<'_>,
) -> Group {
    let all = members.iter().map(|(_, queue, at)| (*queue, at.is_some()));
    let mut group = Group::of(&config.name, all);
    let Some(own) = config.levels else {
        return group;
    };
    let goal = own.limits(Metric::ServiceLevel).warning;
    group.reading.service_level.goal = goal.or(group.reading.service_level.goal);
    // What is stale of today is shown as such, and is not judged.
    let current: Vec<Queue> = (members.iter().filter(|(.., at)| at.is_some()))
        .map(|(shown, queue, _)| Queue {
            today: today.and_then(|today| today.current(shown.id)),
            ..(*queue).clone()
        })
        .collect();
    let judged = Group::of(&config.name, current.iter().map(|queue| (queue, true)));
    let read_at = members.iter().filter_map(|(.., at)| *at);
    let oldest = read_at.min_by_key(|at| at.monotonic);
    group.with_own(judging.judge_group(&judged, oldest, today, frame))
}
