//! Agents' ids and made-up names.

use crate::random::hash;

const FIRST: [&str; 40] = [
    "Ada", "Amir", "Ana", "Ben", "Bianca", "Carlos", "Chloe", "Daniel", "Diego", "Elena", "Emma",
    "Erik", "Fatima", "Felix", "Grace", "Hana", "Hugo", "Ines", "Ivan", "Jack", "Jana", "Jonas",
    "Kai", "Lena", "Liam", "Lucía", "Marta", "Mei", "Milo", "Nadia", "Noah", "Olga", "Omar",
    "Paula", "Priya", "Ravi", "Sofia", "Tomás", "Yusuf", "Zoë",
];

const LAST: [&str; 40] = [
    "Abbott", "Alvarez", "Baker", "Becker", "Bennett", "Bianchi", "Brooks", "Castro", "Chen",
    "Cooper", "Costa", "Dubois", "Evans", "Fischer", "Foster", "Garcia", "Gupta", "Hansen",
    "Hughes", "Ito", "Jensen", "Kaya", "Keller", "Khan", "Kowalski", "Laurent", "Lopez", "Martin",
    "Meyer", "Moreau", "Nguyen", "Novak", "O'Brien", "Okafor", "Patel", "Rossi", "Santos",
    "Schmidt", "Silva", "Walker",
];

/// The id of the agent at a place in the list.
pub(crate) fn id(index: usize) -> u64 {
    293_558 + 3 * index as u64
}

/// First and last name of the agent at a place in the list.
pub(crate) fn name(index: usize) -> (&'static str, &'static str) {
    let pick =
        |names: &[&'static str; 40], salt| names[(hash(&[salt, index as u64]) % 40) as usize];
    (pick(&FIRST, 21), pick(&LAST, 22))
}

/// Why an agent is unavailable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Break,
    Lunch,
    Coaching,
    Training,
}

impl Reason {
    /// Its number in the tenant.
    pub(crate) fn id(self) -> u64 {
        self as u64 + 11
    }

    /// The tenant's word for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Break => "Break",
            Self::Lunch => "Lunch",
            Self::Coaching => "Coaching",
            Self::Training => "Training",
        }
    }
}
