//! Which numbers a board shows: the large one of each tile and up to four beside it. The header
//! sums up the same.

use serde::{Deserialize, Serialize};

use crate::metric::Metric;
use crate::snapshot::{Display, Queue, Reason};

/// So many numbers stand beside the large one at most: two beside it, and two at the tile's foot.
pub const MOST_BESIDE: usize = 4;

/// The numbers beside the large one, in their order; in JSON a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Metric>", into = "Vec<Metric>")]
pub struct Beside([Option<Metric>; MOST_BESIDE]);

impl Beside {
    /// The number at a place from 0.
    #[must_use]
    pub fn at(self, place: usize) -> Option<Metric> {
        self.0.get(place).copied().flatten()
    }

    /// Adds one more, where there is a place for it.
    pub fn push(&mut self, metric: Metric) {
        if let Some(free) = self.0.iter_mut().find(|place| place.is_none()) {
            *free = Some(metric);
        }
    }
}

impl From<Vec<Metric>> for Beside {
    fn from(metrics: Vec<Metric>) -> Self {
        let mut beside = Self::default();
        metrics.into_iter().for_each(|metric| beside.push(metric));
        beside
    }
}

impl From<Beside> for Vec<Metric> {
    fn from(beside: Beside) -> Self {
        beside.0.into_iter().flatten().collect()
    }
}

/// What a board's tiles and its header show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The large number.
    pub hero: Metric,
    /// Those beside it, then those at the foot. While there are none for the foot, agents stand
    /// there.
    pub beside: Beside,
    /// Whether a wall may say nowhere that calls wait: in no reason, header or title.
    pub hides_waiting: bool,
}

impl Default for Choice {
    /// A supervisor's: calls waiting, with the wait and the service level beside them.
    fn default() -> Self {
        Self {
            hero: Metric::Waiting,
            beside: Beside([
                Some(Metric::AverageWait),
                Some(Metric::ServiceLevel),
                None,
                None,
            ]),
            hides_waiting: false,
        }
    }
}

impl Choice {
    /// What a board's display says.
    #[must_use]
    pub fn of(display: &Display) -> Self {
        let mut choice = Self::default();
        choice.hero = display.hero.unwrap_or(choice.hero);
        choice.beside = display.beside.unwrap_or(choice.beside);
        choice.hides_waiting =
            display.preset == Some(Preset::Agents) && !choice.has(Metric::is_of_waiting);
        choice
    }

    /// The number at a place: 0 is the large one, the others follow without a gap.
    #[must_use]
    pub fn at(self, place: usize) -> Option<Metric> {
        match place.checked_sub(1) {
            None => Some(self.hero),
            Some(place) => self.beside.at(place),
        }
    }

    /// Whether one of its numbers is such a metric.
    pub fn has(self, is_such: impl Fn(Metric) -> bool) -> bool {
        (0..=MOST_BESIDE).any(|place| self.at(place).is_some_and(&is_such))
    }

    /// Whether the large number is not calls waiting, so that a tile has to say what it is.
    #[must_use]
    pub fn is_labelled(self) -> bool {
        self.hero != Metric::Waiting
    }

    /// Whether numbers stand at the foot, in place of agents.
    #[must_use]
    pub fn has_foot(self) -> bool {
        self.beside.at(2).is_some()
    }
}

/// Leaves out of a queue what says that calls wait, and of its reasons all but the first of the
/// others. One that is held without a value may be held because nobody waits.
pub fn hide_waiting(queue: &mut Queue) {
    let is_said = |reason: &Reason| {
        !reason.metric.is_of_waiting() && (!reason.held || reason.value.is_some())
    };
    let reason = queue.reasons.iter().position(is_said);
    if let Some(place) = reason {
        queue.reasons.swap(0, place);
    }
    queue.reasons.truncate(usize::from(reason.is_some()));
    queue.waiting = None;
}

/// A choice of numbers under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Calls waiting, the wait, the service level, and agents.
    Supervisor,
    /// What agents can change. Nothing says that calls wait.
    Agents,
    /// How the day went.
    Service,
}

impl Preset {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Supervisor, Self::Agents, Self::Service];

    /// Its name in JSON and in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Supervisor => "supervisor",
            Self::Agents => "agents",
            Self::Service => "service",
        }
    }

    /// The preset of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == name)
    }

    /// Its large number and those beside it.
    #[must_use]
    pub const fn numbers(self) -> (Metric, &'static [Metric]) {
        use Metric as M;
        match self {
            Self::Supervisor => (M::Waiting, &[M::AverageWait, M::ServiceLevel]),
            // Agents stand at the foot.
            Self::Agents => (M::ServiceLevelToday, &[M::Handled, M::ServiceLevel]),
            Self::Service => (
                M::ServiceLevelToday,
                &[
                    M::AbandonRate,
                    M::AverageSpeedOfAnswer,
                    M::Offered,
                    M::Handled,
                ],
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preset(preset: Preset) -> Display {
        let (hero, beside) = preset.numbers();
        Display {
            preset: Some(preset),
            hero: Some(hero),
            beside: Some(beside.to_vec().into()),
            ..Display::default()
        }
    }

    #[test]
    fn display_without_choice_is_the_supervisor_preset() {
        let supervisor = Choice::of(&preset(Preset::Supervisor));
        assert_eq!(supervisor, Choice::default());
        assert_eq!(Choice::of(&Display::default()), supervisor);
        assert!(!supervisor.is_labelled() && !supervisor.has_foot());
        for preset in Preset::ALL {
            assert_eq!(serde_json::to_value(preset).unwrap(), preset.as_str());
            assert!(preset.numbers().1.len() <= MOST_BESIDE);
        }
    }

    #[test]
    fn agents_preset_hides_waiting_unless_it_is_chosen() {
        let mut display = preset(Preset::Agents);
        let choice = Choice::of(&display);
        assert!(choice.hides_waiting && choice.is_labelled());
        assert!(!Choice::of(&preset(Preset::Service)).hides_waiting);
        for chosen in [Metric::Waiting, Metric::AverageWait, Metric::LongestWait] {
            display.beside = Some(vec![Metric::Handled, chosen].into());
            assert!(!Choice::of(&display).hides_waiting, "{chosen:?}");
        }
    }

    #[test]
    fn reasons_about_waiting_are_left_out_where_waiting_is_hidden() {
        let reason = |metric: Metric, held: bool| Reason {
            metric,
            direction: metric.direction(),
            limit: 1.0,
            value: (!held).then_some(2.0),
            since_ms: None,
            since_at_least: false,
            held,
        };
        let mut queue = Queue {
            waiting: Some(9),
            reasons: vec![
                reason(Metric::AgentsLoggedOn, true),
                reason(Metric::LongestWait, false),
                reason(Metric::AverageWait, false),
                reason(Metric::Waiting, false),
                reason(Metric::ServiceLevel, false),
            ],
            ..Queue::default()
        };
        let service = queue.reasons[4];
        hide_waiting(&mut queue);
        assert_eq!((queue.waiting, queue.reasons), (None, vec![service]));
    }

    #[test]
    fn numbers_from_the_third_on_stand_at_the_foot() {
        let mut display = preset(Preset::Service);
        let choice = Choice::of(&display);
        assert_eq!(choice.at(4), Some(Metric::Handled));
        assert!(choice.has_foot());
        display.beside = Some(Beside::default());
        let alone = Choice::of(&display);
        assert_eq!(
            (alone.at(0), alone.at(1)),
            (Some(Metric::ServiceLevelToday), None)
        );
        assert!(!alone.has_foot());
    }
}
