//! What is known of every queue: its latest reading, and what went wrong since.

mod handover;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    mem::discriminant,
    time::Duration,
};

use cxone::{QueueInfo, QueueReading, QueueReadings};
use queuewall_shared::{freshness::Freshness, snapshot::QueueState};

use super::{news::News, pulse::Pulse};
use crate::clock::Moment;
pub(crate) use handover::Handover;

/// What is known of all queues, by group.
#[derive(Debug, Default)]
pub(crate) struct Readings {
    groups: Vec<HashMap<String, Known>>,
    /// The queue list, where a board shows all queues.
    pub(crate) list: Option<Vec<QueueInfo>>,
    /// Why the queue list could not be read the last time.
    pub(crate) list_problem: Option<cxone::Error>,
    /// Whether the queue list lacks queues that it says there are.
    pub(crate) is_list_incomplete: bool,
    /// Whether CXone's clock moves on.
    pub(crate) pulse: Pulse,
}

/// What is known of one queue.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// The latest reading, and when it was asked for.
    pub(crate) reading: Option<(QueueReading, Moment)>,
    /// Upstream's latest name; it outlives the reading.
    pub(crate) name: Option<String>,
    /// Whether the latest answer repeated the one before, in every queue of the tenant and
    /// its own time.
    pub(crate) is_repeated: bool,
    /// What the latest try met, if not a reading.
    pub(crate) problem: Option<Problem>,
    /// Whether the latest answer was that CXone does not have it. Failures keep this.
    is_not_found: bool,
    /// The highest of the readings in this minute.
    pub(crate) highest: Highest,
    /// When the log last said that CXone does not answer it, and whether it has not said
    /// since that it does again.
    logged: Option<(Moment, bool)>,
}

/// The highest values of several readings; unknown is `None`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Highest {
    pub(crate) waiting: Option<u64>,
    pub(crate) longest_wait: Option<Duration>,
}

impl Highest {
    fn take_in(&mut self, reading: &QueueReading) {
        self.waiting = self.waiting.max(reading.waiting);
        self.longest_wait = self.longest_wait.max(reading.longest_wait);
    }
}

/// A queue that comes and goes is not logged again before this.
const LOG_PAUSE: Duration = Duration::from_secs(3_600);

impl Known {
    /// What kind of answer there is.
    pub(crate) fn state(&self) -> QueueState {
        match (&self.problem, &self.reading) {
            (Some(Problem::Failed(cxone::Error::Forbidden { .. })), _) => QueueState::Forbidden,
            _ if self.is_not_found => QueueState::NotFound,
            (_, Some((reading, _))) if is_closed(reading) => QueueState::Closed,
            (_, Some(_)) => QueueState::Open,
            (_, None) => QueueState::Unknown,
        }
    }

    /// The latest reading where it is not stale yet, with reads every `cycle`.
    pub(crate) fn current(&self, now: Moment, cycle: Duration) -> Option<(&QueueReading, Moment)> {
        let (reading, at) = self.reading.as_ref()?;
        let is_current = Freshness::of(at.age_at(now), cycle) != Freshness::Stale;
        is_current.then_some((reading, *at))
    }
}

impl Known {
    /// CXone answers without this queue, or does not know it. Whether that is to be logged.
    fn is_gone(&mut self, problem: Problem, now: Moment) -> bool {
        let before = self.problem.replace(problem);
        let is_same = match (&before, &self.problem) {
            (Some(Problem::Failed(before)), Some(Problem::Failed(after))) => {
                discriminant(before) == discriminant(after)
            }
            (before, after) => before == after,
        };
        let is_news =
            !is_same && (self.logged).is_none_or(|(logged, _)| logged.age_at(now) >= LOG_PAUSE);
        if is_news {
            self.logged = Some((now, true));
        }
        is_news
    }

    /// CXone answers it. Whether that is to be logged, since its absence was.
    fn is_back(&mut self) -> bool {
        let is_out = self.logged.as_mut().map(|(_, is_out)| is_out);
        is_out.is_some_and(std::mem::take)
    }
}

/// Nobody logged on and nothing waiting, both known.
fn is_closed(reading: &QueueReading) -> bool {
    reading.agents_logged_on == Some(0) && reading.waiting == Some(0)
}

/// What a try met instead of a reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The whole read failed.
    Failed(cxone::Error),
    /// The read succeeded, and left this queue out.
    Missing,
}

impl Readings {
    pub(crate) fn new(groups: usize) -> Self {
        Self {
            groups: (0..groups).map(|_| HashMap::new()).collect(),
            ..Self::default()
        }
    }

    /// What is known of a queue; `None` while it was never asked for.
    pub(crate) fn of(&self, group: usize, id: &str) -> Option<&Known> {
        self.groups[group].get(id)
    }

    /// Every queue that was ever asked for, with its group and id.
    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = (usize, &str, &mut Known)> {
        let groups = self.groups.iter_mut().enumerate();
        groups.flat_map(|(group, queues)| {
            let queues = queues.iter_mut();
            queues.map(move |(id, known)| (group, id.as_str(), known))
        })
    }

    /// Whether any queue's last read failed, or that of the list where it `lists`. An id
    /// that CXone does not know is no failure.
    pub(crate) fn has_failures(&self, lists: bool) -> bool {
        let has_failed = |known: &Known| match &known.problem {
            Some(Problem::Failed(error)) => !matches!(error, cxone::Error::QueueNotFound { .. }),
            Some(Problem::Missing) | None => false,
        };
        (lists && self.list_problem.is_some())
            || self.groups.iter().flat_map(HashMap::values).any(has_failed)
    }

    /// A read of `asked` was answered with `answer`, by `now`.
    pub(crate) fn answered(
        &mut self,
        group: usize,
        asked: &[String],
        answer: QueueReadings,
        now: Moment,
    ) -> News {
        let mut news = News::default();
        let asked_at = answer.asked_at.unwrap_or(now);
        news.pulse = (answer.digest).and_then(|digest| self.pulse.beat(digest, asked_at));
        // Old numbers must not look new. A queue whose numbers stay while others move is
        // quiet, and not old.
        let repeated_since = answer.digest.and_then(|_| self.pulse.repeated_since());
        // `realtime` answers with the list of skills itself, which may lack one for a moment.
        let was_seen = |id: &String| {
            let known = self.of(group, id);
            known.is_some_and(|known| known.reading.is_some() || known.name.is_some())
                || self.list.iter().flatten().any(|queue| queue.id == *id)
        };
        let unknown = answer.unknown.into_iter().filter(|id| !was_seen(id));
        let unknown: BTreeSet<String> = unknown.collect();
        let known = &mut self.groups[group];
        let mut answered: HashMap<String, QueueReading> = HashMap::new();
        for reading in answer.queues {
            answered.entry(reading.id.clone()).or_insert(reading);
        }
        for id in asked.iter().filter(|id| !unknown.contains(*id)) {
            let known = known.entry(id.clone()).or_default();
            match answered.remove(id) {
                Some(reading) => {
                    if known.is_back() {
                        news.back.push(id.clone());
                    }
                    known.name = reading.name.clone().or(known.name.take());
                    known.is_repeated = repeated_since.is_some();
                    known.highest.take_in(&reading);
                    known.reading = Some((reading, repeated_since.unwrap_or(asked_at)));
                    known.problem = None;
                    known.is_not_found = false;
                }
                None => {
                    known.is_not_found = false;
                    if known.is_gone(Problem::Missing, now) {
                        news.left_out.push(id.clone());
                    }
                }
            }
        }
        news.not_found = self.unknown(group, &unknown, now).not_found;
        news
    }

    /// CXone does not know `ids`.
    pub(crate) fn unknown<'a>(
        &mut self,
        group: usize,
        ids: impl IntoIterator<Item = &'a String>,
        now: Moment,
    ) -> News {
        let mut news = News::default();
        for id in ids {
            let known = self.groups[group].entry(id.clone()).or_default();
            let ids = vec![id.clone()];
            let error = cxone::Error::QueueNotFound { ids };
            known.reading = None;
            known.is_not_found = true;
            if known.is_gone(Problem::Failed(error), now) {
                news.not_found.push(id.clone());
            }
        }
        news
    }

    /// A read of `asked` failed. A missing permission ends their readings at once; any
    /// other failure keeps them, with their age, and says nothing new of queues that CXone does
    /// not know: those are asked for so rarely that an outage would seem to go on for them.
    pub(crate) fn failed(&mut self, group: usize, asked: &[String], error: &cxone::Error) {
        let is_final = matches!(error, cxone::Error::Forbidden { .. });
        for id in asked {
            let known = self.groups[group].entry(id.clone()).or_default();
            if is_final {
                known.reading = None;
            } else if known.is_not_found {
                continue;
            }
            known.problem = Some(Problem::Failed(error.clone()));
        }
    }

    /// Makes room for the groups up to this number.
    pub(crate) fn grow(&mut self, groups: usize) {
        let groups = groups.max(self.groups.len());
        self.groups.resize_with(groups, HashMap::new);
    }

    /// Forgets the readings of these queues.
    pub(crate) fn forget(&mut self, group: usize, ids: &[String]) {
        for id in ids {
            if let Some(known) = self.groups[group].get_mut(id) {
                known.reading = None;
            }
        }
    }

    /// Forgets queues that no board shows any more.
    pub(crate) fn keep_only(&mut self, group: usize, wanted: &[String]) {
        let wanted: HashSet<&String> = wanted.iter().collect();
        self.groups[group].retain(|id, _| wanted.contains(id));
    }
}
