//! The skills that a tenant has besides its queues of calls: what else CXone routes,
//! and what nobody has cleaned up. Only the `realtime` dialect shows them, and who
//! reads it has to tell them from the queues.

use super::profile::{Profile, QUIET, of_row};

/// What a skill handles, and how.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kind {
    /// CXone's number and name of the medium. Of its numbers these are used here:
    /// 1 e-mail, 3 chat, 4 call, 5 voicemail.
    pub(crate) medium: (u64, &'static str),
    /// The number and name of the campaign that it belongs to.
    pub(crate) campaign: (u64, &'static str),
    pub(crate) active: bool,
    /// Whether its contacts start here.
    pub(crate) outbound: bool,
}

impl Kind {
    /// A queue of calls that come in.
    pub(crate) const QUEUE: Self = Self {
        medium: (4, "Call"),
        campaign: (1, "Inbound"),
        active: true,
        outbound: false,
    };
    const RETIRED: Self = Self {
        campaign: (9, "Archive"),
        active: false,
        ..Self::QUEUE
    };
    const OUTBOUND: Self = Self {
        campaign: (2, "Outbound"),
        outbound: true,
        ..Self::QUEUE
    };
    const CHAT: Self = Self::digital(3, "Chat");
    const E_MAIL: Self = Self::digital(1, "E-Mail");
    const VOICEMAIL: Self = Self::digital(5, "Voicemail");

    const fn digital(number: u64, name: &'static str) -> Self {
        Self {
            medium: (number, name),
            campaign: (3, "Digital"),
            ..Self::QUEUE
        }
    }
}

/// Id, kind, name, agents, hours, load, handling time, goal, as the queues have
/// them. No queue has their ids.
#[rustfmt::skip] // A table is read by its columns.
const SKILLS: [(u64, Kind, super::profile::Row); 8] = [
    (360_114, Kind::RETIRED,   ("Sales (old)",        8.0, (8.0, 18.0), (0.50, 0.20, 0.20), 280.0, (80,    30), QUIET)),
    (360_121, Kind::RETIRED,   ("Holiday Line 2024",  4.0, (8.0, 18.0), (0.50, 0.20, 0.20), 280.0, (80,    30), QUIET)),
    (360_133, Kind::RETIRED,   ("zz Test Do Not Use", 2.0, (8.0, 18.0), (0.50, 0.20, 0.20), 280.0, (80,    30), QUIET)),
    (360_140, Kind::OUTBOUND,  ("Win-Back Calls",     9.0, (9.0, 18.0), (0.60, 0.10, 0.10), 240.0, (80,    30), QUIET)),
    (360_149, Kind::CHAT,      ("Web Chat",          12.0, (8.0, 20.0), (0.55, 0.25, 0.25), 420.0, (80,    60), QUIET)),
    (360_152, Kind::E_MAIL,    ("Support E-Mail",    10.0, (8.0, 18.0), (0.80, 0.15, 0.10), 600.0, (90, 28_800), QUIET)),
    (360_160, Kind::E_MAIL,    ("Billing E-Mail",     5.0, (8.0, 18.0), (0.75, 0.15, 0.10), 540.0, (90, 28_800), QUIET)),
    (360_168, Kind::VOICEMAIL, ("Voicemail",          3.0, (8.0, 18.0), (0.60, 0.20, 0.10), 300.0, (90, 14_400), QUIET)),
];

/// Every one's id, kind and profile, the same for every seed.
pub(crate) fn all() -> impl Iterator<Item = (u64, Kind, Profile)> {
    let skills = SKILLS.into_iter();
    skills.map(|(id, kind, row)| (id, kind, of_row(row, 1.0)))
}

pub(crate) fn has(id: u64) -> bool {
    SKILLS.iter().any(|(other, ..)| *other == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::skill::profile;
    use std::collections::HashSet;

    #[test]
    fn their_ids_and_names_are_no_queues() {
        let queues = (0..5_000).map(|index| (profile::id(index), profile::profile(1, index).name));
        let skills = all().map(|(id, _, profile)| (id, profile.name));
        let (ids, names): (HashSet<_>, HashSet<_>) = queues.chain(skills).unzip();
        assert_eq!((ids.len(), names.len()), (5_008, 5_008));
    }

    #[test]
    fn each_differs_from_a_queue_of_calls_that_come_in() {
        for (id, kind, _) in all() {
            let looks_like_one = kind.medium == Kind::QUEUE.medium && kind.active && !kind.outbound;
            assert!(!looks_like_one, "{id}");
        }
    }
}
