//! How the poller reads hours of the past.

use std::{sync::Arc, time::Duration};

use queuewall_store::backfill;
use tokio::time::Instant;

use super::{Answered, PAGE, epoch_ms, gap, reserved};
use crate::{
    history::Hour,
    poller::{Poller, today::ask},
};

impl Poller {
    /// The same poller, which reads hours that nothing recorded, of so many days before now.
    #[must_use]
    pub fn backfilling(mut self, days: u32) -> Self {
        if let Some(backfill) = &mut self.backfill {
            backfill.set_days(days);
        }
        self
    }

    /// Takes over what was answered, and hands it over to the history.
    pub(in crate::poller) fn read_past(&mut self) {
        while let Some(ended) = self.asking_past.try_join_next() {
            let now_ms = epoch_ms(self.clock.now().wall);
            let (Some(backfill), Ok(Some(answer))) = (&mut self.backfill, ended) else {
                continue;
            };
            let has_failed = answer.outcome.is_err();
            let hour = backfill.answered(answer, now_ms);
            let state = backfill.progress(now_ms).to_state();
            backfill.end_if_done(now_ms);
            let Some(recorder) = &self.recorder else {
                continue;
            };
            if let Some(hour) = hour {
                let mut hour = self.past_hour(hour);
                hour.state = state;
                recorder.hour(hour);
            } else if has_failed {
                recorder.hour(Hour {
                    state,
                    ..Hour::default()
                });
            }
        }
    }

    /// Sends the next request, if one is due: one at a time, after today's numbers and while
    /// those are read, and never the last one that the budget has room for.
    pub(in crate::poller) fn ask_past(&mut self) {
        // A simulated past is there from the start.
        let is_simulated = (self.boards.first()).is_some_and(|it| it.simulated_clock().is_some());
        let is_asking = !(self.asking_today.is_empty() && self.asking_agents.is_empty());
        if is_simulated || is_asking || !self.asking_past.is_empty() {
            return;
        }
        let at = self.clock.now();
        let now_ms = epoch_ms(at.wall);
        let (Some(backfill), Some(today)) = (&self.backfill, &self.today) else {
            return;
        };
        let Some(asked) = backfill.next(now_ms, Instant::now()) else {
            return;
        };
        let (days, now) = (
            self.days(self.epoch_ms(self.published.uptime_ms(at), at)),
            Instant::now(),
        );
        let are_agents_due = (self.agents.as_ref()).is_some_and(|it| it.due(now).is_some());
        if !today.is_read() || today.due(&days, now).is_some() || are_agents_due {
            return;
        }
        let (pages, Some(gap)) = (self.past_pages(), self.past_gap()) else {
            let (limit, enough) = (self.budget.limit(), self.enough_for_past());
            if let Some(backfill) = &mut self.backfill {
                backfill.refuse(limit, enough);
            }
            return;
        };
        if self.free_beside_live().is_none_or(|free| free <= pages) {
            return;
        }
        let start_ms = u64::try_from(asked.begin).unwrap_or_default() * 1_000;
        let source = Arc::clone(&self.source);
        let end_ms = start_ms + 3_600_000;
        self.asking_past.spawn(ask(source, asked, start_ms, end_ms));
        if let Some(backfill) = &mut self.backfill {
            backfill.sent(asked.call, gap, pages, now_ms);
        }
    }

    /// How many requests the service levels of an hour take.
    fn past_pages(&self) -> usize {
        let skills = self.today.as_ref().map_or(0, |today| today.skills());
        skills.div_ceil(PAGE).max(1)
    }

    /// How long after one request the next is sent; `None` where the budget has no room.
    fn past_gap(&self) -> Option<Duration> {
        let live = self.requests() as f64 * 60.0 / self.cycle.as_secs_f64();
        let pages = self.source.requests_per_read();
        let today = self.today.as_ref()?.requests_a_minute(pages);
        let agents = self.agents.as_ref().map_or(0.0, |agents| agents.rate());
        gap(self.budget.limit(), live, today + agents)
    }

    /// The budget with which a request a minute is left, where nothing else has to wait.
    fn enough_for_past(&self) -> usize {
        let live = self.requests() as f64 * 60.0 / self.poll.interval.as_secs_f64();
        let today = self.today.as_ref().map_or(0, |today| today.days());
        let today = today * (1 + self.source.requests_per_read());
        let agents = self.agents.as_ref().map_or(0.0, |agents| agents.rate());
        (live + today as f64 + agents + reserved() + 1.0).ceil() as usize
    }

    /// What is known of each queue that some board shows.
    fn past_hour(&self, (at, contacts, in_time): Answered) -> Hour {
        let mut rows = Vec::new();
        for (place, group) in self.groups.iter().enumerate() {
            for id in self.schedule.wanted(place) {
                let contacts = contacts.get(id).cloned().unwrap_or_default();
                let in_time = in_time.get(id).cloned().unwrap_or_default();
                let hour = backfill::Hour {
                    offered: contacts.offered,
                    queued: contacts.queued,
                    handled: contacts.handled,
                    abandoned: contacts.abandoned,
                    in_time: in_time.in_time,
                    late: in_time.late,
                };
                rows.push((group.queue(id), hour));
            }
        }
        Hour {
            at,
            rows,
            state: Vec::new(),
        }
    }
}
