//! How the poller reads today's numbers.

use std::{collections::BTreeSet, sync::Arc};

use tokio::time::Instant;

use super::{Midnight, ask};
use crate::{
    history::epoch_ms as wall_ms,
    poller::{Poller, board::Board},
};

impl Poller {
    /// Takes over what was answered.
    pub(in crate::poller) fn read_today(&mut self) {
        while let Some(ended) = self.asking_today.try_join_next() {
            let (Some(today), Ok(Some(answer))) = (&mut self.today, ended) else {
                continue;
            };
            self.polls.read_today(answer.outcome.is_ok());
            today.answered(answer, self.clock.now());
            self.is_handover_due = true;
        }
    }

    /// Sends the next request for them, if it is due at `now`.
    pub(in crate::poller) fn ask_today(&mut self, now: Instant) {
        let Some(today) = self.today.as_ref() else {
            return;
        };
        let at = self.clock.now();
        let epoch_ms = self.epoch_ms(self.published.uptime_ms(at), at);
        if let Some(asked) = today.due(&self.days(epoch_ms), now) {
            let source = Arc::clone(&self.source);
            let midnight_ms = u64::try_from(asked.begin).unwrap_or_default() * 1_000;
            // A simulated centre is asked by the real clock, as CXone is.
            let (start_ms, end_ms) = match self.boards.first().and_then(Board::simulated_clock) {
                Some(clock) if clock.speed > 0.0 => {
                    let now_ms = wall_ms(at.wall);
                    let since_ms = epoch_ms.saturating_sub(midnight_ms) as f64 / clock.speed;
                    (now_ms.saturating_sub(since_ms as u64), now_ms)
                }
                _ => (midnight_ms, epoch_ms),
            };
            self.asking_today
                .spawn(ask(source, asked, start_ms, end_ms));
        }
    }

    /// How many requests the budget has room for now; `None` while a live read is due or fails,
    /// and while nothing may be sent.
    pub(in crate::poller) fn free_beside_live(&self) -> Option<usize> {
        let now = Instant::now();
        let is_live_due = self.next_request.is_some_and(|due| due <= now);
        let (failures, _) = self.schedule.back_off_now();
        if is_live_due || failures > 0 || !self.schedule.first_round_is_over() {
            return None;
        }
        let free = self.budget.limit().saturating_sub(self.budget.used());
        // Asked after it, since it is now at the earliest.
        let is_held = self.budget.next_free() > Instant::now();
        (!is_held).then_some(free)
    }

    /// The days that boards are in.
    pub(in crate::poller) fn days(&self, epoch_ms: u64) -> BTreeSet<Midnight> {
        let boards = self.boards.iter();
        boards.map(|board| board.midnight(epoch_ms)).collect()
    }

    /// Begins the days that begin, and forgets those that no board shows any more.
    pub(in crate::poller) fn fit_days(&mut self, epoch_ms: u64) {
        let Some(today) = &mut self.today else {
            return;
        };
        let mut days = BTreeSet::new();
        for board in &mut self.boards {
            let midnight = board.midnight(epoch_ms);
            if today.day(midnight).is_some_and(super::Day::is_known) {
                board.shows_day(midnight);
            }
            days.insert(midnight);
            days.extend(board.shown_day());
        }
        today.keep_only(&days, Instant::now());
    }
}
