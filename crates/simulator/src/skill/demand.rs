//! How many contacts a skill expects, how many come, and how many agents are planned.

use super::{
    Skill,
    profile::{DAY, Trouble},
};
use crate::random::{hash, unit};

/// The first simulated day is a Wednesday; 0 is Monday.
const WEEKDAY_OF_START: i64 = 2;
/// How busy the days of the week are, from Monday on.
const WEEK: [f64; 7] = [1.12, 1.02, 1.0, 0.98, 0.95, 0.45, 0.35];
/// What a planner adds to the agents that the mean load needs, in roots of the load:
/// with more, fewer wait.
const SPARE: (f64, f64) = (0.75, 1.3);
/// Over lunch more agents are away, and plans know a part of it.
const LUNCH: (f64, f64) = (675.0, 825.0);
/// How much of its office hours' working time a deferred skill's contacts take.
const DEFERRED_LOAD: f64 = 0.6;

const MINUTE_MS: i64 = 60_000;

/// Minutes after the midnight before a moment.
pub(crate) fn minute_of_day(ms: i64) -> f64 {
    ms.rem_euclid(DAY as i64 * MINUTE_MS) as f64 / MINUTE_MS as f64
}

/// Which day a moment is in; 0 is the first.
pub(crate) fn day_of(ms: i64) -> i64 {
    ms.div_euclid(DAY as i64 * MINUTE_MS)
}

/// Whether it is a moment at which breaks are long.
pub(crate) fn is_lunch(ms: i64) -> bool {
    (LUNCH.0..LUNCH.1).contains(&minute_of_day(ms))
}

fn weekday(day: i64) -> usize {
    (day + WEEKDAY_OF_START).rem_euclid(7) as usize
}

impl Skill {
    /// Contacts a second that come at a moment, on average.
    pub(crate) fn arrivals(&self, ms: i64) -> f64 {
        let expected = self.forecast(ms);
        let day = day_of(ms);
        let of_day = 0.12 * (self.chance(day, 1) - 0.5);
        let of_quarter = 0.24 * (self.chance(ms.div_euclid(15 * MINUTE_MS), 2) - 0.5);
        expected * (1.0 + of_day + of_quarter) * self.outage(ms)
    }

    /// How many agents are planned to work at a moment.
    pub(crate) fn team(&self, ms: i64) -> usize {
        if !self.kind.active || !self.is_open(ms) {
            return 0;
        }
        let minute = minute_of_day(ms);
        if self.is_deferred() {
            return self.profile.agents as usize;
        }
        let load = self.forecast(ms) * self.profile.handling_seconds;
        let working = load + self.spare() * load.sqrt();
        let away = if is_lunch(ms) { 0.22 } else { 0.13 };
        let planned = (working / (1.0 - away)).ceil().max(2.0);
        let missing = match self.profile.trouble {
            Trouble::ShortHanded { share } if minute < 780.0 && self.is_troubled(day_of(ms)) => {
                share
            }
            _ => 0.0,
        };
        (planned * (1.0 - missing)).round() as usize
    }

    /// The largest team that is ever planned.
    pub(crate) fn largest_team(&self) -> usize {
        let half_hours = 0..7 * 48;
        half_hours
            .map(|half_hour| self.team((half_hour * 30 + 15) * MINUTE_MS))
            .max()
            .unwrap_or_default()
    }

    /// Whether an agent does not come to work on a day.
    pub(crate) fn is_absent(&self, agent: usize, day: i64) -> bool {
        unit(hash(&[self.key, 3, agent as u64, day as u64])) < 0.02
    }

    /// Contacts a second at the height of an ordinary day: what the team can do then.
    pub(crate) fn peak_rate(&self) -> f64 {
        let profile = &self.profile;
        if self.is_deferred() {
            // What comes in on a whole day is done in the day's office hours.
            let all_day: f64 = (0..96)
                .map(|quarter| self.shape(quarter as f64 * 15.0))
                .sum();
            let capacity = profile.agents * profile.open_for / 15.0;
            return DEFERRED_LOAD * capacity / (all_day * profile.handling_seconds);
        }
        let working = profile.agents * 0.87;
        let spare = self.spare();
        // Solves load + spare × √load = working.
        let root = ((spare * spare + 4.0 * working).sqrt() - spare) / 2.0;
        let highest = (0..96).map(|quarter| self.shape(quarter as f64 * 15.0));
        let highest = highest.fold(0.1, f64::max);
        root * root / profile.handling_seconds / highest
    }

    /// Contacts a second that a planner expects.
    fn forecast(&self, ms: i64) -> f64 {
        let is_expected = self.kind.active && (self.is_deferred() || self.is_open(ms));
        if !is_expected {
            return 0.0;
        }
        self.peak * WEEK[weekday(day_of(ms))] * self.shape(minute_of_day(ms))
    }

    /// The course of a day.
    fn shape(&self, minute: f64) -> f64 {
        let profile = &self.profile;
        if self.is_deferred() {
            return 0.15 + bump(minute, 630.0, 110.0) + 0.8 * bump(minute, 915.0, 150.0);
        }
        let awake = if profile.open_for >= DAY {
            0.3 + 0.7 * step(360.0, 500.0, minute) * (1.0 - step(1_180.0, 1_320.0, minute))
        } else {
            1.0
        };
        let peaks = profile.morning * bump(minute, 630.0, 75.0)
            + profile.afternoon * bump(minute, 915.0, 75.0);
        awake * (profile.base + peaks)
    }

    /// Whether calls are taken.
    fn is_open(&self, ms: i64) -> bool {
        let profile = &self.profile;
        let since_opening = ms - (profile.opens * MINUTE_MS as f64) as i64;
        // Of a night shift, the day on which it began counts.
        let is_weekend = weekday(day_of(since_opening)) >= 5;
        let closes = profile.opens + profile.open_for;
        // Who takes calls until late takes some on weekends.
        let is_day_off = is_weekend && closes < 1_200.0;
        !is_day_off && minute_of_day(since_opening) < profile.open_for
    }

    /// How many times the usual contacts come at a moment.
    pub(crate) fn outage(&self, ms: i64) -> f64 {
        let minute = minute_of_day(ms);
        match self.profile.trouble {
            Trouble::Outage { from, until, times }
                if (from..until).contains(&minute) && self.is_troubled(day_of(ms)) =>
            {
                times
            }
            _ => 1.0,
        }
    }

    fn is_troubled(&self, day: i64) -> bool {
        day == 0 || self.chance(day, 4) < 0.25
    }

    fn spare(&self) -> f64 {
        SPARE.0 + (SPARE.1 - SPARE.0) * unit(hash(&[self.key, 5]))
    }

    fn chance(&self, which: i64, salt: u64) -> f64 {
        unit(hash(&[self.key, salt, which as u64]))
    }
}

/// A hill of height 1 around `centre`, falling off over `width` to each side.
fn bump(minute: f64, centre: f64, width: f64) -> f64 {
    let distance = (minute - centre) / width;
    (-0.5 * distance * distance).exp()
}

/// 0 up to `from`, 1 from `to` on, and a smooth way in between.
fn step(from: f64, to: f64, x: f64) -> f64 {
    let x = ((x - from) / (to - from)).clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}
