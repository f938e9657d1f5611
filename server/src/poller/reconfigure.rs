//! Other boards while the poller runs. What goes on keeps what is known of it.

use tokio::{sync::watch, time::Instant};

use super::{Board, Poller, backoff_within, plan};
use crate::{board::BoardConfig, live::Live};

/// The next change; never, where none can come.
pub(super) async fn next(changes: &mut Option<watch::Receiver<Live>>) -> Live {
    if let Some(receiver) = changes
        && receiver.changed().await.is_ok()
    {
        return receiver.borrow_and_update().clone();
    }
    *changes = None;
    std::future::pending().await
}

impl Poller {
    /// The same poller, which takes over what `changes` brings: whatever comes while it
    /// is busy, the last counts.
    #[must_use]
    pub fn reconfigured_by(mut self, changes: watch::Receiver<Live>) -> Self {
        self.changes = Some(changes);
        self
    }

    /// Takes boards and interval over, and shows them at once.
    pub(super) fn reconfigure(&mut self, live: Live) {
        let now = Instant::now();
        self.poll.interval = live.interval;
        self.backoff = backoff_within(live.interval);
        if let Some(backfill) = &mut self.backfill {
            backfill.set_days(live.backfill_days);
        }
        let group_of_board = self.regroup(&live.boards);
        let list = self.readings.list.as_deref().unwrap_or_default();
        let wanted = self.groups.iter().map(|group| group.wanted(list)).collect();
        let lists = self.groups.iter().any(|group| group.all);
        if self.schedule.regroup(wanted, lists, now) {
            self.is_spread = false;
        }
        self.readings.grow(self.groups.len());
        self.is_reconfigured = true;
        self.has_new_trends = true;
        self.forget_unwanted();
        self.fit_cycle();

        self.published.set_skills(&live.boards);
        let mut before = std::mem::take(&mut self.boards);
        let boards = live.boards.into_iter().zip(group_of_board);
        self.boards = boards
            .map(|(config, group)| {
                let known = before.iter().position(|it| it.slug() == config.slug);
                match known {
                    Some(index) => before.swap_remove(index).reconfigured(config, group),
                    None => Board::new(config, group),
                }
            })
            .collect();
        self.serve_agents();
        self.fit_beside();
        let snapshots = self.snapshots();
        self.published.replace(snapshots);
        if let Some(recorder) = &self.recorder {
            recorder.server("reconfigured", self.clock.now().wall);
        }
    }

    /// Every board's group. A group keeps its place for good, since a read of it may be
    /// under way; one that no board uses any more wants nothing. There are never more
    /// than skill filters that were ever configured.
    fn regroup(&mut self, boards: &[BoardConfig]) -> Vec<usize> {
        let (planned, group_of_board) = plan::group(boards);
        for group in &mut self.groups {
            group.ids.clear();
            group.all = false;
        }
        let mut places = Vec::with_capacity(planned.len());
        for group in planned {
            let known = self.groups.iter().position(|it| it.skills == group.skills);
            let place = known.unwrap_or(self.groups.len());
            match self.groups.get_mut(place) {
                Some(there) => *there = group,
                None => self.groups.push(group),
            }
            places.push(place);
        }
        group_of_board.into_iter().map(|it| places[it]).collect()
    }

    /// Forgets what no board shows any more: when boards change, and when an answer came
    /// that was asked for before.
    pub(super) fn forget_unwanted(&mut self) {
        for group in 0..self.groups.len() {
            self.readings.keep_only(group, self.schedule.wanted(group));
        }
    }
}
