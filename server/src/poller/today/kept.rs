//! What is known of one day.

use std::collections::HashMap;

use cxone::{Error, ServiceLevelSummary, SkillSummary};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::Instant;

use super::{Call, Midnight, asking::Counted};
use crate::clock::Moment;

/// Numbers that are older are not handed over.
const LONGEST_AGE_MS: u64 = 3_600_000;

/// A day's two answers.
#[derive(Debug)]
pub(crate) struct Day {
    pub(crate) contacts: Part<SkillSummary>,
    pub(crate) service_levels: Part<ServiceLevelSummary>,
}

/// One call's latest answer, and when it is asked for again.
#[derive(Debug)]
pub(crate) struct Part<T> {
    /// By skill, with when they were asked for.
    pub(crate) known: Option<(HashMap<String, T>, Moment)>,
    due: Instant,
    /// In a row.
    failures: u32,
    problem: Option<Error>,
}

impl<T> Part<T> {
    fn unread(due: Instant) -> Self {
        Self {
            known: None,
            due,
            failures: 0,
            problem: None,
        }
    }

    fn answered(&mut self, entries: impl Iterator<Item = (String, T)>, asked_at: Moment) {
        self.known = Some((entries.collect(), asked_at));
        self.failures = 0;
        self.problem = None;
    }

    fn failed(&mut self, error: Error) -> u32 {
        self.failures = self.failures.saturating_add(1);
        self.problem = Some(error);
        self.failures
    }
}

impl Day {
    pub(crate) fn unread(due: Instant) -> Self {
        Self {
            contacts: Part::unread(due),
            service_levels: Part::unread(due),
        }
    }

    /// Whether anything was answered.
    pub(crate) fn is_known(&self) -> bool {
        self.contacts.known.is_some() || self.service_levels.known.is_some()
    }

    pub(super) fn due(&self, call: Call) -> Instant {
        match call {
            Call::Summaries => self.contacts.due,
            Call::ServiceLevels => self.service_levels.due,
        }
    }

    pub(super) fn set_due(&mut self, call: Call, due: Instant) {
        match call {
            Call::Summaries => self.contacts.due = due,
            Call::ServiceLevels => self.service_levels.due = due,
        }
    }

    /// Answers when it was asked for.
    pub(super) fn answered(&mut self, counted: Counted) -> Moment {
        match counted {
            Counted::Summaries(report) => {
                let entries = report.entries.into_iter().map(|it| (it.id.clone(), it));
                self.contacts.answered(entries, report.asked_at);
                report.asked_at
            }
            Counted::ServiceLevels(report) => {
                let entries = report.entries.into_iter().map(|it| (it.id.clone(), it));
                self.service_levels.answered(entries, report.asked_at);
                report.asked_at
            }
        }
    }

    /// Answers how many failures there were in a row.
    pub(super) fn failed(&mut self, call: Call, error: Error) -> u32 {
        match call {
            Call::Summaries => self.contacts.failed(error),
            Call::ServiceLevels => self.service_levels.failed(error),
        }
    }

    pub(super) fn problem(&self) -> Option<&Error> {
        let problems = [&self.contacts.problem, &self.service_levels.problem];
        problems.into_iter().flatten().next()
    }
}

/// A day's numbers for the next poller. Times are milliseconds on the scale of the uptime.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct DayHandover {
    pub(super) midnight: Midnight,
    contacts: Option<(HashMap<String, SkillSummary>, u64)>,
    service_levels: Option<(HashMap<String, ServiceLevelSummary>, u64)>,
}

impl Day {
    pub(super) fn hand_over(
        &self,
        midnight: Midnight,
        is_shown: impl Fn(&str) -> bool,
        now: Moment,
        uptime_ms: u64,
    ) -> DayHandover {
        DayHandover {
            midnight,
            contacts: handed_over(&self.contacts, &is_shown, now, uptime_ms),
            service_levels: handed_over(&self.service_levels, &is_shown, now, uptime_ms),
        }
    }

    pub(super) fn taken_over(
        handover: DayHandover,
        now: Moment,
        uptime_ms: u64,
        period: Duration,
    ) -> Self {
        Self {
            contacts: taken_over(handover.contacts, now, uptime_ms, period),
            service_levels: taken_over(handover.service_levels, now, uptime_ms, period),
        }
    }
}

fn handed_over<T: Clone>(
    part: &Part<T>,
    is_shown: impl Fn(&str) -> bool,
    now: Moment,
    uptime_ms: u64,
) -> Option<(HashMap<String, T>, u64)> {
    let (entries, at) = part.known.as_ref()?;
    let shown = entries.iter().filter(|(id, _)| is_shown(id));
    let shown = shown.map(|(id, entry)| (id.clone(), entry.clone()));
    Some((shown.collect(), uptime_ms.saturating_sub(at.age_ms_at(now))))
}

fn taken_over<T>(
    known: Option<(HashMap<String, T>, u64)>,
    now: Moment,
    uptime_ms: u64,
    period: Duration,
) -> Part<T> {
    let mut part = Part::unread(now.monotonic);
    if let Some((entries, read_ms)) = known {
        let age_ms = uptime_ms.saturating_sub(read_ms);
        if age_ms <= LONGEST_AGE_MS {
            let left = period.saturating_sub(Duration::from_millis(age_ms));
            part.due = now.monotonic + left;
            part.known = Some((entries, now.before(age_ms)));
        }
    }
    part
}
