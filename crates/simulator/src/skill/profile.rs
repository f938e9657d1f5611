//! Who the tenant's queues are: names, sizes, hours and habits of a mid-sized
//! contact centre, and regional copies of them where more are asked for.

use super::other;
use crate::random::{hash, unit};

/// What one skill's day is made of. Times are minutes after midnight; loads are
/// relative to each other.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    /// The name that answers carry.
    pub(crate) name: String,
    /// Agents on shift at the height of the day.
    pub(crate) agents: f64,
    /// When calls are first taken.
    pub(crate) opens: f64,
    /// How long calls are taken, in minutes; 1440 is round the clock.
    pub(crate) open_for: f64,
    /// Load in a quiet hour.
    pub(crate) base: f64,
    /// Load that the late morning adds at its height.
    pub(crate) morning: f64,
    /// Load that the afternoon adds at its height.
    pub(crate) afternoon: f64,
    /// Mean time that a call and its after-call work take, in seconds.
    pub(crate) handling_seconds: f64,
    /// What it is measured by.
    pub(crate) goal: Goal,
    /// What goes wrong there.
    pub(crate) trouble: Trouble,
}

/// The service level that a queue is to reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Goal {
    /// Percent of calls that are to be answered in time.
    pub(crate) percent: u64,
    /// Within how many seconds an answer is in time.
    pub(crate) seconds: u64,
}

/// What goes wrong in a queue on the first day, and on some others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Trouble {
    /// Nothing.
    None,
    /// A product outage brings so many times the usual contacts between `from` and
    /// `until`, in minutes.
    Outage { from: f64, until: f64, times: f64 },
    /// A `share` of the team is missing until early afternoon.
    ShortHanded { share: f64 },
}

pub(crate) const DAY: f64 = 1_440.0;
/// Nothing goes wrong.
pub(crate) const QUIET: Trouble = Trouble::None;
const OUTAGE: Trouble = Trouble::Outage {
    from: 600.0,
    until: 645.0,
    times: 2.1,
};
/// Who could not be helped calls here next.
const AFTERMATH: Trouble = Trouble::Outage {
    from: 635.0,
    until: 690.0,
    times: 1.7,
};
const SHORT_HANDED: Trouble = Trouble::ShortHanded { share: 0.25 };

/// A profile as a line of a table.
pub(crate) type Row = (
    &'static str,
    f64,
    (f64, f64),
    (f64, f64, f64),
    f64,
    (u64, u64),
    Trouble,
);

/// Name, agents, opening and closing hour, load (quiet, morning, afternoon),
/// handling time, goal (percent within seconds), trouble. The first six make a
/// small board that shows it all.
#[rustfmt::skip] // A table is read by its columns.
const ROWS: [Row; 24] = [
    ("Sales",               24.0, ( 8.0, 20.0), (0.52, 0.24, 0.28), 280.0, (80, 30), QUIET),
    ("Technical Support",   20.0, ( 7.0, 22.0), (0.52, 0.26, 0.34), 420.0, (80, 30), OUTAGE),
    ("Billing & Payments",  20.0, ( 8.0, 18.0), (0.56, 0.38, 0.36), 420.0, (80, 30), QUIET),
    ("Claims",              16.0, ( 8.0, 18.0), (0.52, 0.24, 0.42), 400.0, (80, 30), QUIET),
    ("Partner Line",         5.0, ( 8.0, 18.0), (0.56, 0.18, 0.10), 300.0, (80, 30), SHORT_HANDED),
    ("West Coast Support",  12.0, (11.0, 23.0), (0.55, 0.10, 0.25), 360.0, (80, 30), QUIET),
    ("Roadside Assistance", 14.0, ( 0.0, 24.0), (0.50, 0.22, 0.42), 300.0, (80, 20), QUIET),
    ("Renewals",            12.0, ( 8.0, 18.0), (0.48, 0.28, 0.22), 260.0, (80, 30), QUIET),
    ("Español",             10.0, ( 8.0, 20.0), (0.52, 0.26, 0.30), 300.0, (80, 30), QUIET),
    ("VIP",                  6.0, ( 7.0, 22.0), (0.36, 0.18, 0.18), 320.0, (85, 20), QUIET),
    ("Complaints",           9.0, ( 8.0, 18.0), (0.48, 0.20, 0.24), 480.0, (70, 60), AFTERMATH),
    ("Mortgage Desk",        8.0, ( 9.0, 17.0), (0.54, 0.42, 0.36), 400.0, (80, 30), QUIET),
    ("Fraud Hotline",        7.0, ( 0.0, 24.0), (0.40, 0.30, 0.20), 380.0, (85, 20), QUIET),
    ("Customer Care",       30.0, ( 7.0, 21.0), (0.52, 0.25, 0.27), 270.0, (80, 30), QUIET),
    ("Deutsch",              8.0, ( 8.0, 18.0), (0.46, 0.32, 0.20), 310.0, (80, 30), QUIET),
    ("Français",             6.0, ( 8.0, 18.0), (0.44, 0.26, 0.28), 310.0, (80, 30), QUIET),
    ("Order Status",        15.0, ( 8.0, 20.0), (0.54, 0.22, 0.32), 180.0, (75, 45), QUIET),
    ("Returns & Refunds",   10.0, ( 8.0, 20.0), (0.46, 0.30, 0.28), 290.0, (80, 30), QUIET),
    ("Cancellations",        9.0, ( 8.0, 18.0), (0.52, 0.20, 0.42), 340.0, (80, 30), QUIET),
    ("Appointments",         7.0, ( 7.0, 17.0), (0.44, 0.34, 0.16), 200.0, (80, 30), QUIET),
    ("Lost & Stolen Cards",  6.0, ( 0.0, 24.0), (0.38, 0.24, 0.22), 240.0, (85, 20), QUIET),
    ("Business Accounts",   11.0, ( 8.0, 18.0), (0.50, 0.24, 0.26), 350.0, (80, 30), QUIET),
    ("Internet & TV",       13.0, ( 8.0, 22.0), (0.52, 0.25, 0.32), 360.0, (80, 30), QUIET),
    ("After-Hours Desk",     8.0, (18.0, 31.0), (0.62, 0.00, 0.00), 330.0, (70, 60), QUIET),
];

const REGIONS: [&str; 20] = [
    "North",
    "South",
    "East",
    "West",
    "Central",
    "Coast",
    "Lakes",
    "Valley",
    "Highlands",
    "Islands",
    "Midlands",
    "Capital",
    "Harbor",
    "Prairie",
    "Delta",
    "Mountain",
    "Desert",
    "Forest",
    "Gulf",
    "Border",
];

/// The profile of the queue at `index`, the first being 0.
pub(crate) fn profile(seed: u64, index: usize) -> Profile {
    let row = ROWS[index % ROWS.len()];
    let chance = |salt: u64| unit(hash(&[seed, index as u64, salt]));
    let copy = index / ROWS.len();
    if copy == 0 {
        return of_row(row, 0.95 + 0.1 * chance(1));
    }
    // Copies are calmer and their team is their own; trouble stays a rarity.
    let original = of_row(row, 0.6 + 0.7 * chance(1));
    let peaks = 0.6 + 0.4 * chance(2);
    Profile {
        name: match REGIONS.get(copy - 1) {
            Some(region) => format!("{} {region}", original.name),
            None => format!("{} {}", original.name, copy + 1),
        },
        morning: original.morning * peaks,
        afternoon: original.afternoon * peaks,
        trouble: QUIET,
        ..original
    }
}

/// The profile of a row, with `size` times its agents.
pub(crate) fn of_row(row: Row, size: f64) -> Profile {
    let (name, agents, (opens, closes), (base, morning, afternoon), handling, goal, trouble) = row;
    Profile {
        name: name.to_owned(),
        agents: (agents * size).round().max(2.0),
        opens: opens * 60.0,
        open_for: ((closes - opens) * 60.0).min(DAY),
        base,
        morning,
        afternoon,
        handling_seconds: handling,
        goal: Goal {
            percent: goal.0,
            seconds: goal.1,
        },
        trouble,
    }
}

/// Queues whose agents may have each other's skills, by their rows.
const GROUPS: [&[usize]; 5] = [
    &[0, 7, 18, 21],  // selling
    &[1, 22],         // technology
    &[2, 13, 16, 17], // orders and bills
    &[3, 10, 11],     // claims
    &[6, 12, 20],     // round the clock
];

/// The group of the queue at `index`, and which copy of it; `None` for a team that
/// shares nobody.
pub(crate) fn group(index: usize) -> Option<(usize, usize)> {
    let row = index % ROWS.len();
    let group = GROUPS.iter().position(|rows| rows.contains(&row));
    group.map(|group| (group, index / ROWS.len()))
}

impl Profile {
    /// Whether the other team works at all of this team's hours.
    pub(crate) fn is_within_hours_of(&self, other: &Self) -> bool {
        other.open_for >= DAY
            || (self.opens >= other.opens
                && self.opens + self.open_for <= other.opens + other.open_for)
    }
}

/// The id of the queue at `index`: six digits with gaps, as a grown
/// tenant has them, and none of the skills that are no queues. The same for every seed, so
/// that examples stay true.
pub(crate) fn id(index: usize) -> u64 {
    let index = index as u64;
    let first = 352_669 + index * 7;
    let mut gap = if index == 0 { 0 } else { hash(&[index]) % 7 };
    // It ends: those skills do not have seven ids in a row.
    while other::has(first + gap) {
        gap = (gap + 1) % 7;
    }
    first + gap
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn five_hundred_queues_have_different_ids_and_names() {
        let ids: HashSet<_> = (0..500).map(id).collect();
        let names: HashSet<_> = (0..500).map(|index| profile(1, index).name).collect();
        assert_eq!((ids.len(), names.len()), (500, 500));
        assert_eq!(id(0), 352_669);
    }
}
