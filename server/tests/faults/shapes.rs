//! The boards of a wall, each of another shape: what is true on one must be on all, and no
//! number may stray from one to another.

use queuewall::config::{BoardConfig, QueueConfig};
use queuewall_shared::snapshot::BoardSnapshot;
use serde_json::{Value, json};

use crate::{
    line::{Honest, entries},
    scripted::Seen,
    world::Spoken,
};

/// The skill that one of the boards is limited to.
const SKILL: &str = "7";

/// What the tenant adds to its numbers when it is asked about that skill alone.
const OF_THE_SKILL: u64 = 500_000;

/// A name that CXone does not know.
const OWN_NAME: &str = "Ours";

/// One board's shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Shape {
    /// Its queues, by their ids.
    Main,
    /// Every queue that there is.
    All,
    /// The other way round, with a name of our own.
    Turned,
    /// One queue in the middle.
    One,
    /// The queues as far as one skill goes.
    BySkill,
}

impl Shape {
    /// Those that there are in a dialect, the main one first: in `realtime` a queue is a
    /// skill itself.
    pub(crate) fn of(spoken: Spoken) -> &'static [Self] {
        const ALL: [Shape; 5] = [
            Shape::Main,
            Shape::All,
            Shape::Turned,
            Shape::One,
            Shape::BySkill,
        ];
        match spoken {
            Spoken::ReportingV2 => &ALL,
            Spoken::Realtime => &ALL[..4],
        }
    }

    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::All => "all",
            Self::Turned => "turned",
            Self::One => "one",
            Self::BySkill => "skill",
        }
    }

    /// Those of the tenant's queues that it shows, in its order.
    fn shows(self, ids: &[String]) -> Vec<String> {
        match self {
            Self::Main | Self::All | Self::BySkill => ids.to_vec(),
            Self::Turned => ids.iter().rev().cloned().collect(),
            Self::One => vec![ids[1].clone()],
        }
    }

    /// The board of this shape, of a tenant that has these queues.
    pub(crate) fn board(self, ids: &[String]) -> BoardConfig {
        let mut queues: Vec<_> = self.shows(ids).iter().map(QueueConfig::new).collect();
        match self {
            Self::All => queues.clear(),
            Self::Turned => queues[0].name = Some(OWN_NAME.to_owned()),
            _ => {}
        }
        let skill_ids = match self {
            Self::BySkill => vec![SKILL.to_owned()],
            _ => Vec::new(),
        };
        BoardConfig {
            slug: self.slug().to_owned(),
            title: self.slug().to_owned(),
            queues,
            skill_ids,
            ..BoardConfig::default()
        }
    }

    /// What its numbers have that those of the tenant at large have not.
    pub(crate) fn added(self) -> u64 {
        match self {
            Self::BySkill => OF_THE_SKILL,
            _ => 0,
        }
    }

    /// The tiles are this board's, in its order, under its names.
    ///
    /// # Panics
    /// Where they are not.
    pub(crate) fn check(self, board: &BoardSnapshot, ids: &[String]) {
        let shown: Vec<_> = board.queues.iter().map(|tile| tile.id.clone()).collect();
        let mut expected = self.shows(ids);
        if self == Self::All {
            // Those that the tenant has come to know nothing of are on it no more.
            expected.retain(|id| shown.contains(id));
        }
        assert_eq!(shown, expected, "on the board {}", self.slug());
        if self == Self::Turned {
            assert_eq!(board.queues[0].name, OWN_NAME);
        }
    }
}

/// What the tenant answers to `seen`, by skill where it was asked so.
pub(crate) fn by_skill(seen: &Seen, honest: Honest) -> Honest {
    let asked: Option<Value> = serde_json::from_str(&seen.body).ok();
    let skills = asked.and_then(|asked| asked.get("skillIds").cloned());
    if honest.status != 200 || skills != Some(json!([SKILL])) {
        return honest;
    }
    let mut json = honest.json();
    for entry in entries(&mut json) {
        let fields = entry.as_object_mut().unwrap().iter_mut();
        for (_, number) in fields.filter(|(name, _)| *name != "queueId") {
            // Only numbers that can be told from others are so large.
            if let Some(whole) = number.as_u64().filter(|it| *it >= 1_000_000) {
                *number = json!(whole + OF_THE_SKILL);
            }
        }
    }
    Honest {
        body: json.to_string().into_bytes(),
        ..honest
    }
}
