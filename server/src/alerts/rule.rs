//! What is alerted of, and to whom.

use std::collections::BTreeMap;

use queuewall_shared::{metric::Metric, snapshot::Level};

use crate::hours::Hours;

/// The name of the rule that every watched board has: no alert of the configuration has it.
pub(crate) const MISSING: &str = "numbers are missing";

/// How long numbers are missing before that is said, where no alert says otherwise: longer than
/// most deployments and restarts of an upstream take.
const MISSING_MS: u64 = 180_000;

/// An alert of the configuration: `[[alerts]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its name, which no other alert has. `alerts.name`.
    pub name: String,
    /// The boards it watches, by slug; empty means all of them. `alerts.boards`.
    pub boards: Vec<String>,
    /// The queues it watches, by id; empty means all of the boards', where `groups` is empty too.
    /// `alerts.queues`.
    pub queues: Vec<String>,
    /// The groups it watches, by name. `alerts.groups`.
    pub groups: Vec<String>,
    /// What the trouble is.
    pub what: What,
    /// How long it must last. `alerts.for_seconds`, `alerts.unread_seconds`.
    pub for_ms: u64,
    /// The receivers, by name; at least one. `alerts.to`.
    pub to: Vec<String>,
    /// When nothing is sent, by the clocks of the board. `alerts.quiet`.
    pub quiet: Option<Hours>,
}

/// What is trouble.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum What {
    /// A queue or a group at this level or worse: `alerts.level`.
    Level(Level),
    /// A metric past its limit: `alerts.metric`, `alerts.limit`.
    Metric {
        /// Of a queue or a group.
        metric: Metric,
        /// In the metric's unit in the snapshot.
        limit: f64,
        /// How bad that is.
        level: Level,
    },
    /// Numbers that are missing: `alerts.unread_seconds`.
    Unread,
    /// At least so many screens with a name are dark: `alerts.dark_screens`.
    DarkScreens(u64),
}

impl Rule {
    /// Whether it watches the board.
    #[must_use]
    pub fn watches(&self, slug: &str) -> bool {
        self.boards.is_empty() || self.boards.iter().any(|board| board == slug)
    }

    fn is_of_numbers(&self) -> bool {
        matches!(self.what, What::Level(_) | What::Metric { .. })
    }
}

/// The rules, and for each board whose numbers they watch one that says when these are missing,
/// where none of them does: an alert that cannot be given is silent, and silence means that all
/// is well. Boards with the same receivers share one, so that an outage is one message.
pub(super) fn with_missing<'b>(rules: &[Rule], boards: impl Iterator<Item = &'b str>) -> Vec<Rule> {
    let mut by_receivers: BTreeMap<Vec<String>, Rule> = BTreeMap::new();
    for slug in boards {
        let watching = || rules.iter().filter(|rule| rule.watches(slug));
        if watching().any(|rule| rule.what == What::Unread) {
            continue;
        }
        let of_numbers: Vec<_> = watching().filter(|rule| rule.is_of_numbers()).collect();
        let Some(first) = of_numbers.first() else {
            continue;
        };
        let to = of_numbers.iter().flat_map(|rule| rule.to.iter().cloned());
        let mut to: Vec<_> = to.collect();
        to.sort_unstable();
        to.dedup();
        let is_alike = of_numbers.iter().all(|rule| rule.quiet == first.quiet);
        let shared = by_receivers.entry(to.clone()).or_insert_with(|| Rule {
            name: MISSING.to_owned(),
            boards: Vec::new(),
            queues: Vec::new(),
            groups: Vec::new(),
            what: What::Unread,
            for_ms: MISSING_MS,
            to,
            quiet: first.quiet.clone().filter(|_| is_alike),
        });
        if shared.quiet != first.quiet || !is_alike {
            shared.quiet = None;
        }
        shared.boards.push(slug.to_owned());
    }
    rules
        .iter()
        .cloned()
        .chain(by_receivers.into_values())
        .collect()
}
