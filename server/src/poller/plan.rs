//! Which queues are read together, and how often the request budget lets them be.

use std::time::Duration;

use cxone::{QueueInfo, budget::WINDOW};
use queuewall_store::history::Queue;

use super::PollConfig;
use crate::board::BoardConfig;

/// Requests a minute that the regular reads leave for a new token and a repeat.
const RESERVE: usize = 2;

/// Queues read with the same skill filter. Boards that share a filter share reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// The skill filter; empty means none.
    pub(crate) skills: Vec<String>,
    /// The ids, each once, in the boards' order.
    pub(crate) ids: Vec<String>,
    /// Whether some board of this group shows all queues.
    pub(crate) all: bool,
}

impl Group {
    /// A queue as it is read with this group.
    pub(crate) fn queue(&self, id: &str) -> Queue {
        Queue {
            id: id.to_owned(),
            skills: self.skills.clone(),
        }
    }

    /// The queues to read: those that boards name, and those of `list` that a board of
    /// all queues shows, where there is such a board.
    pub(crate) fn wanted(&self, list: &[QueueInfo]) -> Vec<String> {
        let mut wanted = self.ids.clone();
        if self.all {
            let shown = list.iter().filter(|queue| queue.left_out.is_none());
            let unnamed = shown.map(|queue| &queue.id);
            wanted.extend(unnamed.filter(|id| !self.ids.contains(id)).cloned());
        }
        wanted
    }
}

/// One group for every skill filter that the boards use, and each board's group.
pub(crate) fn group(boards: &[BoardConfig]) -> (Vec<Group>, Vec<usize>) {
    let mut groups: Vec<Group> = Vec::new();
    let mut of_board = Vec::with_capacity(boards.len());
    for board in boards {
        let index = groups
            .iter()
            .position(|group| group.skills == board.skill_ids)
            .unwrap_or_else(|| {
                groups.push(Group {
                    skills: board.skill_ids.clone(),
                    ids: Vec::new(),
                    all: false,
                });
                groups.len() - 1
            });
        let group = &mut groups[index];
        group.all |= board.queues.is_empty();
        for queue in &board.queues {
            if !group.ids.contains(&queue.id) {
                group.ids.push(queue.id.clone());
            }
        }
        of_board.push(index);
    }
    (groups, of_board)
}

/// How long one round of `requests` takes: the configured interval, or as
/// long as `budget_per_minute` asks for, rounded up to a second.
pub(crate) fn cycle(requests: usize, interval: Duration, budget_per_minute: usize) -> Duration {
    let usable = budget_per_minute.saturating_sub(RESERVE).max(1);
    let seconds = (requests as u64 * WINDOW.as_secs()).div_ceil(usable as u64);
    interval.max(Duration::from_secs(seconds))
}

/// How long after one page of a queue list the next is read, where a round of `requests`
/// takes a `cycle`: so that the pages use what the reads leave.
pub(crate) fn page_gap(requests: usize, cycle: Duration, budget_per_minute: usize) -> Duration {
    let reads = requests.saturating_sub(1) as f64 * WINDOW.as_secs_f64() / cycle.as_secs_f64();
    let usable = budget_per_minute.saturating_sub(RESERVE).max(1) as f64;
    WINDOW.div_f64((usable - reads).max(WINDOW.as_secs_f64() / cycle.as_secs_f64()))
}

/// The smallest budget a minute, of those above the reserve, with which a round of
/// `requests` takes no longer than `interval`.
pub(crate) fn sufficient_budget(requests: usize, interval: Duration) -> usize {
    let seconds = interval.as_secs().max(1);
    let needed = (requests as u64 * WINDOW.as_secs()).div_ceil(seconds);
    usize::try_from(needed.max(1)).map_or(usize::MAX, |needed| needed.saturating_add(RESERVE))
}

/// What shortens a round of `requests` that does not fit, each within the bounds of its
/// setting; at least one. Where one list holds the numbers of all queues, it costs the same
/// however few of them are shown.
pub(crate) fn remedies(requests: usize, poll: &PollConfig, is_one_list: bool) -> Vec<String> {
    let enough = sufficient_budget(requests, poll.interval);
    let cycle = cycle(requests, poll.interval, poll.budget_per_minute).as_secs();
    let mut remedies = Vec::new();
    if PollConfig::BUDGET.contains(&(enough as u64)) {
        remedies.push(format!(
            "set QUEUEWALL_BUDGET_PER_MINUTE to {enough}, if CXone allows that many"
        ));
    }
    if PollConfig::SECONDS.contains(&cycle) {
        remedies.push(format!("set QUEUEWALL_POLL_SECONDS to {cycle}"));
    }
    if remedies.is_empty() {
        let fewer = match is_one_list {
            true => "let CXONE_MEDIA_TYPES name one channel alone",
            false => "name fewer queues in boards.queues or TARGET_QUEUE_ID",
        };
        remedies.push(format!(
            "neither budget nor interval can be set so high: {fewer}"
        ));
    }
    remedies
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::QueueConfig;

    fn board(skills: &[&str], ids: &[&str]) -> BoardConfig {
        BoardConfig {
            slug: "b".into(),
            title: "B".into(),
            skill_ids: skills.iter().map(|skill| (*skill).to_owned()).collect(),
            queues: ids.iter().map(|id| QueueConfig::new(*id)).collect(),
            ..BoardConfig::default()
        }
    }

    #[test]
    fn boards_with_the_same_skill_filter_share_reads() {
        let (groups, of_board) = group(&[
            board(&[], &["1", "2"]),
            board(&["s"], &["2"]),
            board(&[], &["2", "3"]),
            board(&["s"], &[]),
        ]);
        assert_eq!(of_board, [0, 1, 0, 1]);
        assert_eq!(groups[0].ids, ["1", "2", "3"]);
        assert_eq!((groups[0].all, groups[1].all), (false, true));
    }

    #[test]
    fn the_interval_stretches_only_when_the_budget_asks_for_it() {
        let interval = Duration::from_secs(30);
        assert_eq!(cycle(1, interval, 10), interval);
        assert_eq!(cycle(4, interval, 10), interval);
        assert_eq!(cycle(5, interval, 10), Duration::from_secs(38));
        assert_eq!(cycle(1, Duration::from_secs(5), 1), Duration::from_secs(60));
        assert_eq!(cycle(0, interval, 10), interval);
    }

    #[test]
    fn pages_of_the_list_use_what_the_reads_leave() {
        let seconds = Duration::from_secs;
        // Without reads all but the reserve, with one read each 30 s two fewer.
        assert_eq!(page_gap(1, seconds(30), 10), seconds(60) / 8);
        assert_eq!(page_gap(2, seconds(30), 10), seconds(10));
        // At least one a cycle, in which it is counted.
        let full = cycle(5 + 1, seconds(30), 10);
        assert!(page_gap(5 + 1, full, 10) <= full);
        assert_eq!(page_gap(60, seconds(60), 10), seconds(60));
    }

    #[test]
    fn the_sufficient_budget_is_the_smallest_that_stretches_nothing() {
        for seconds in [5, 7, 30, 60, 300] {
            let interval = Duration::from_secs(seconds);
            for requests in 1..50 {
                let budget = sufficient_budget(requests, interval);
                assert_eq!(cycle(requests, interval, budget), interval);
                assert!(budget == 1 + RESERVE || cycle(requests, interval, budget - 1) > interval);
            }
        }
    }

    #[test]
    fn remedies_are_within_the_bounds_of_their_settings() {
        for (requests, is_one_list, expected) in [
            (
                6,
                false,
                vec![
                    "set QUEUEWALL_BUDGET_PER_MINUTE to 14,",
                    "set QUEUEWALL_POLL_SECONDS to 45",
                ],
            ),
            (120, true, vec!["set QUEUEWALL_BUDGET_PER_MINUTE to 242,"]),
            (
                2_000,
                false,
                vec!["neither budget nor interval can be set so high: name fewer queues"],
            ),
            (
                2_000,
                true,
                vec!["neither budget nor interval can be set so high: let CXONE_MEDIA_TYPES"],
            ),
        ] {
            let poll = PollConfig {
                interval: Duration::from_secs(30),
                budget_per_minute: 10,
            };
            let remedies = remedies(requests, &poll, is_one_list);
            assert_eq!(remedies.len(), expected.len(), "{remedies:?}");
            for (remedy, expected) in remedies.iter().zip(expected) {
                assert!(remedy.starts_with(expected), "{remedy}");
            }
        }
    }

    #[test]
    fn group_of_all_queues_has_named_first_and_no_excluded() {
        let listed = |id: &str, left_out: Option<cxone::LeftOut>| QueueInfo {
            id: id.to_owned(),
            left_out,
            ..QueueInfo::default()
        };
        let list = [
            listed("1", None),
            listed("2", None),
            listed("3", Some(cxone::LeftOut::Inactive)),
            listed("4", Some(cxone::LeftOut::Inactive)),
        ];
        let (groups, _) = group(&[board(&[], &["3", "2"]), board(&[], &[])]);
        assert_eq!(groups[0].wanted(&list), ["3", "2", "1"]);
        let (groups, _) = group(&[board(&[], &["3", "2"])]);
        assert_eq!(groups[0].wanted(&list), ["3", "2"]);
    }
}
