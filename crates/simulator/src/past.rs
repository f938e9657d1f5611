//! A tenant's contact centre before its start: what a history has to lead up to.

use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    acd::{Acd, Counts, DAY_MS, Metrics, QUARTERS_A_DAY},
    options::Options,
    skill::Skills,
};

/// Reports go back so many days.
const DAYS: i64 = 36;

/// The contact centre of a [`Simulator`](crate::Simulator) with the same options, in the days
/// before its start. Nothing is served.
pub struct Past {
    acd: Acd,
    skills: Arc<Skills>,
}

/// A skill's numbers at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Numbers {
    /// Contacts waiting.
    pub waiting: u64,
    /// Their mean wait, in milliseconds; 0 where none waits.
    pub average_wait_ms: u64,
    /// The longest of their waits.
    pub longest_wait_ms: u64,
    /// Percent of recent contacts answered in time; `None` where there was none.
    pub service_level: Option<f64>,
    /// Agents logged on in any state.
    pub agents_logged_on: u64,
    /// Agents ready to take a contact.
    pub agents_available: u64,
    /// Agents on a contact or in the work after it.
    pub agents_busy: u64,
}

impl Past {
    /// The centre at the midnight with which the first of `options.days_before` begins.
    #[must_use]
    pub fn new(options: &Options) -> Self {
        let skills = Arc::new(Skills::new(options.seed, options.queues));
        let mut acd = Acd::new(Arc::clone(&skills), options.days_before);
        if options.script {
            // Its first parts begin before the start.
            acd.play(options.start.milliseconds());
        }
        Self { acd, skills }
    }

    /// The ids of all skills: the queues in the order of the queue list, then the others.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.skills.all().iter().map(|skill| skill.id())
    }

    /// All skills' numbers at a moment, which must not be before that of an earlier call:
    /// milliseconds after the midnight before the start, negative in the days before.
    pub fn at(&mut self, simulated_ms: i64) -> Vec<Numbers> {
        self.acd.advance(simulated_ms);
        let skills = 0..self.skills.all().len();
        skills
            .map(|skill| numbers(self.acd.metrics(skill, &[])))
            .collect()
    }
}

/// What happened in the days before those that a tenant itself goes through: each with the day
/// before it to get going, as [`Past`] has it.
#[derive(Default)]
pub(crate) struct PastDays(Mutex<HashMap<i64, Arc<Day>>>);

/// The counts of each skill, by quarters of an hour.
type Day = Vec<Vec<Counts>>;

impl PastDays {
    /// The counts of each skill in these quarters of an hour, as far as they are in days before
    /// this one. A day that was not asked for yet is gone through.
    pub(crate) fn between(
        &self,
        skills: &Arc<Skills>,
        quarters: &Range<i64>,
        first_own: i64,
    ) -> Vec<Counts> {
        let mut sums = vec![Counts::default(); skills.all().len()];
        let first = quarters.start.div_euclid(QUARTERS_A_DAY).max(-DAYS);
        let days = first
            ..first_own.min(
                quarters
                    .end
                    .saturating_add(QUARTERS_A_DAY - 1)
                    .div_euclid(QUARTERS_A_DAY),
            );
        for day in days {
            let counted = self.day(skills, day);
            for (sum, of_skill) in sums.iter_mut().zip(counted.iter()) {
                let of_day = (day * QUARTERS_A_DAY..).zip(of_skill);
                for (_, counts) in of_day.filter(|(quarter, _)| quarters.contains(quarter)) {
                    *sum += *counts;
                }
            }
        }
        sums
    }

    fn day(&self, skills: &Arc<Skills>, day: i64) -> Arc<Day> {
        let mut days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = || {
            let days_before = u16::try_from(1 - day).unwrap_or(1);
            let mut acd = Acd::new(Arc::clone(skills), days_before);
            acd.advance((day + 1) * DAY_MS);
            let first = day * QUARTERS_A_DAY;
            let of_skill = |skill| {
                let quarters = first..first + QUARTERS_A_DAY;
                quarters
                    .map(|quarter| acd.between(skill, quarter..quarter + 1))
                    .collect()
            };
            Arc::new((0..skills.all().len()).map(of_skill).collect())
        };
        Arc::clone(days.entry(day).or_insert_with(count))
    }
}

fn numbers(metrics: Metrics) -> Numbers {
    let has_sample = metrics.in_time + metrics.late > 0;
    Numbers {
        waiting: metrics.waiting,
        average_wait_ms: metrics.average_wait_ms,
        longest_wait_ms: metrics.longest_wait_ms,
        service_level: has_sample.then(|| metrics.service_level()),
        agents_logged_on: metrics.logged_on,
        agents_available: metrics.available,
        agents_busy: metrics.busy(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::Tenant;

    #[tokio::test(start_paused = true)]
    async fn past_leads_to_what_the_tenant_shows_at_its_start() {
        let options = Options {
            script: true,
            ..Options::default()
        };
        let start = options.start.milliseconds();
        let mut past = Past::new(&options);
        past.at(start - 3_600_000);
        let tenant = Tenant::new(options);
        let mut acd = tenant.acd_at(tenant.clock().now_ms());
        let shown = (0..24).map(|skill| numbers(acd.metrics(skill, &[])));
        assert_eq!(past.at(start)[..24], shown.collect::<Vec<_>>());
    }
}
