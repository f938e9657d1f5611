//! What a tile says, as plain text: the last step before the screen, and without it.

use std::sync::Arc;
use std::time::Duration;

use queuewall_shared::choice::Choice;
use queuewall_shared::language::Language;
use queuewall_shared::metric::Unit;
use queuewall_shared::snapshot::{Agents, Level, Metric, Queue, QueueState};
use queuewall_shared::tile_state::TileState;
use queuewall_shared::trend::{self, Line};

use crate::board::LineEnd;
use crate::components::board::may_be_desk;
use crate::text::{self, Why, known};
use crate::{language, numbers};

/// What a tile's words are made of: while it stays equal, so do they.
#[derive(Clone, Debug)]
pub struct Gist {
    queue: Arc<Queue>,
    tile_state: TileState,
    /// With each time as exact as the words are.
    told: Told,
    language: Language,
}

/// What a tile tells of a queue besides the queue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// How old the reading is; `None` where the tile does not say it.
    pub age: Option<Duration>,
    /// For how long the first reason has been.
    pub lasting: Option<Duration>,
    /// By the clock, when a stale tile's reading was made; empty where no clock tells.
    pub read_at: String,
    /// Whether the board says why the numbers are old, for all tiles at once.
    pub is_told: bool,
    /// Its last three hours, where they are known, as [`BoardState`](crate::board::BoardState)
    /// keeps them.
    pub trend: TrendOf,
    /// Where its line ends.
    pub line_end: LineEnd,
    /// Which numbers the board shows.
    pub choice: Choice,
    /// How old today's numbers are, where that is too old.
    pub today_age: Option<Duration>,
    /// What a group's tells.
    pub group: crate::board::groups::Told,
}

/// A queue's trend, where it is known. Only the same one is equal: to compare what two say is
/// a KB of code, and they come once a minute.
#[derive(Clone, Debug, Default)]
pub struct TrendOf(pub Option<Arc<Queue>>);

impl PartialEq for TrendOf {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_ref().map(Arc::as_ptr) == other.0.as_ref().map(Arc::as_ptr)
    }
}

impl Gist {
    /// Of a queue, with each time to what the words tell of it.
    #[must_use]
    pub fn of(queue: Arc<Queue>, tile_state: TileState, told: Told) -> Self {
        let whole =
            |time: Duration, seconds: u64| Duration::from_secs(time.as_secs() / seconds * seconds);
        Self {
            queue,
            tile_state,
            told: Told {
                age: told.age.map(|age| match age.as_secs() {
                    // Counted in seconds up to here.
                    ..120 => whole(age, 1),
                    _ => whole(age, 60),
                }),
                lasting: told.lasting.map(|lasting| whole(lasting, 60)),
                today_age: told.today_age.map(|age| whole(age, 60)),
                ..told
            },
            language: language::current(),
        }
    }

    /// The words.
    #[must_use]
    pub fn view(&self) -> TileView {
        TileView::of(&self.queue, self.tile_state, &self.told)
    }
}

impl PartialEq for Gist {
    fn eq(&self, other: &Self) -> bool {
        // A queue that did not change stays where it is.
        Arc::ptr_eq(&self.queue, &other.queue)
            && (self.tile_state, self.language) == (other.tile_state, other.language)
            && self.told == other.told
    }
}

/// Everything in one tile that can change, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct TileView {
    /// The tile's state.
    pub tile_state: TileState,
    /// What its icon and cause tell: a stale tile keeps closed, not found and no permission.
    pub sight: TileState,
    /// Name and state, for screen readers.
    pub label: String,
    /// The queue's name.
    pub name: String,
    /// The large number and those beside it: calls waiting, the wait and the service level, unless
    /// the board chooses others.
    pub numbers: Vec<Fact>,
    /// How many more or fewer calls wait than a quarter of an hour ago, where that is the large
    /// number; else its unit.
    pub change: String,
    /// Length of the service level's bar, as a CSS length.
    pub service_bar: String,
    /// Agents ready to take a call.
    pub available: String,
    /// Agents on a call or in after-call work.
    pub busy: String,
    /// Agents logged on.
    pub logged_on: String,
    /// Agents in after-call work.
    pub after_call: String,
    /// Agents logged on who are not available for calls.
    pub away: String,
    /// Share of the free among those logged on, as a CSS length.
    pub available_bar: String,
    /// Share of the busy among those logged on, as a CSS length: without those in
    /// after-call work, who have a share of their own.
    pub busy_bar: String,
    /// Share of those in after-call work among those logged on, as a CSS length.
    pub after_call_bar: String,
    /// Share of the away among those logged on, as a CSS length.
    pub away_bar: String,
    /// The reading's age in words while it is ageing.
    pub ago: String,
    /// The reading's age when it is stale.
    pub age: String,
    /// Why numbers are missing or old.
    pub cause: String,
    /// What a stale tile was, and when.
    pub was: String,
    /// How bad it is. Only a reading that still counts has a level.
    pub level: Level,
    /// Why it is at that level.
    pub why: Why,
    /// A group's name, where it is one of several queues.
    pub group: String,
    /// Where the service level's goal is on its bar, as a CSS length.
    pub goal: String,
    /// The last three hours of calls waiting as an SVG path.
    pub line: String,
    /// The same of the dot for those of now.
    pub line_dot: String,
    /// The most calls waiting, where the line is cut off there.
    pub peak: String,
    /// How far from the right edge that number is, as a CSS length.
    pub peak_right: String,
}

/// One number of a tile.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Which metric it is, in style sheets and test hooks; empty where there is none.
    pub metric: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// The number, or what stands where it is unknown.
    pub value: String,
    /// Its unit, where it has a number.
    pub unit: &'static str,
    /// Whether it is of today, and too old.
    pub is_old: bool,
}

/// How far from the right edge a peak's number may be, in minutes: with room for itself.
const MOST_RIGHT: usize = 140;

static NO_NUMBER: Fact = Fact {
    metric: "",
    label: "",
    value: String::new(),
    unit: "",
    is_old: false,
};

impl TileView {
    /// The number at a place, 0 being the large one; an empty one where there is none.
    #[must_use]
    pub fn number(&self, place: usize) -> &Fact {
        self.numbers.get(place).unwrap_or(&NO_NUMBER)
    }

    /// The words for a queue in that state.
    #[must_use]
    pub fn of(queue: &Queue, tile_state: TileState, told: &Told) -> Self {
        let is_current = matches!(tile_state, TileState::Fresh | TileState::Ageing);
        let level = if is_current { queue.level } else { Level::None };
        let sight = sight(queue, tile_state);
        let was_closed = tile_state == TileState::Stale && sight == TileState::Closed;
        let agents = &queue.agents;
        let (counted, of) = match may_be_desk() {
            true => told.group.of,
            false => (0, 0),
        };
        // Of several queues there are at least so many, and nothing is a share of them.
        let is_at_least = of > 1;
        let share = |part: Option<u64>| match (part, agents.logged_on) {
            (Some(part), Some(all)) if all > 0 && !is_at_least => {
                length(part as f64 * 100.0 / all as f64)
            }
            _ => length(0.0),
        };
        let waiting = match tile_state {
            // Whatever the answer carries besides: this tile has nothing to claim.
            TileState::Unknown | TileState::NotFound | TileState::Forbidden => None,
            _ => queue.waiting,
        };
        let is_hero = !told.choice.is_labelled();
        let change = match (waiting, told.line_end.before(told.trend.0.as_deref())) {
            (Some(waiting), Some(before)) if is_current && is_hero => text::change(waiting, before),
            _ => String::new(),
        };
        let LineEnd {
            last_bin_minutes,
            late,
            scale,
        } = told.line_end;
        let line = match &told.trend.0 {
            Some(trend) if is_current => {
                trend::line(&trend.trend, last_bin_minutes, late, waiting, scale)
            }
            _ => Line::default(),
        };
        let (peak, peak_right) = match line.peak {
            Some((peak, at)) => (numbers::compact(peak), trend::LINE_WIDTH - at),
            None => Default::default(),
        };
        let of_agents = |agents: Option<u64>| match agents {
            Some(agents) if is_at_least => numbers::compact(agents) + "+",
            agents => count(agents),
        };
        let ago = match is_current {
            true => text::read_of(counted, of),
            false => String::new(),
        };
        let mut why = Why::default();
        if level > Level::Ok {
            why = text::why(queue, told.lasting);
            if of > 0 {
                why.is_of(&told.group.reason_of);
            }
        }
        let age = |is_said: bool, write: fn(Duration) -> String| {
            told.age.filter(|_| is_said).map_or_else(String::new, write)
        };
        let mut numbers = Vec::new();
        while let Some(metric) = told.choice.at(numbers.len()) {
            let metric = match metric {
                Metric::AverageWait => wait_of(queue, level),
                metric => metric,
            };
            let value = match tile_state {
                TileState::Unknown | TileState::NotFound | TileState::Forbidden => None,
                // Nobody waits: that is no wait of 0.
                _ if metric.is_of_waiting()
                    && metric != Metric::Waiting
                    && queue.waiting == Some(0) =>
                {
                    None
                }
                _ => queue.value(metric),
            };
            let (mut value, unit) = match value {
                Some(value) => text::value_of(metric, value),
                None => (known(None), ""),
            };
            if is_at_least && metric.unit() == Unit::Agents {
                value.push('+');
            }
            let is_of_today = metric.is_of_today();
            numbers.push(Fact {
                metric: metric.as_str(),
                label: text::label(metric),
                value,
                unit,
                is_old: is_of_today && told.today_age.is_some(),
            });
        }
        if let Some(hero) = numbers.first_mut().filter(|_| is_hero) {
            // Everybody knows what it is.
            hero.label = "";
            // Nobody waits where nobody works: no number of a queue that was open.
            if was_closed && waiting == Some(0) {
                hero.value = String::new();
            }
        }
        Self {
            tile_state,
            sight,
            label: text::tile_label(
                &queue.name,
                tile_state,
                level,
                &change,
                if is_current {
                    *agents
                } else {
                    Agents::default()
                },
            ),
            name: queue.name.clone(),
            change: match numbers.first() {
                Some(hero) if is_current && !is_hero => hero.unit.into(),
                _ => change,
            },
            numbers,
            service_bar: length(queue.value(Metric::ServiceLevel).unwrap_or(0.0)),
            available_bar: share(agents.available),
            busy_bar: share(on_calls(agents)),
            after_call_bar: share(agents.after_call_work),
            away_bar: share(agents.unavailable),
            available: of_agents(agents.available),
            busy: of_agents(agents.busy),
            logged_on: of_agents(agents.logged_on),
            after_call: of_agents(agents.after_call_work),
            away: of_agents(agents.unavailable),
            ago: match told.today_age {
                _ if !ago.is_empty() => ago,
                Some(age) if is_current => text::old(age),
                _ => age(
                    matches!(tile_state, TileState::Ageing | TileState::Closed),
                    text::ago,
                ),
            },
            age: age(tile_state == TileState::Stale, text::age),
            cause: match sight {
                TileState::Fresh | TileState::Ageing => String::new(),
                // Whether it still is so nobody knows.
                TileState::Closed if was_closed => String::new(),
                TileState::Closed => text::closed_because(queue),
                TileState::Stale if told.is_told => String::new(),
                _ => text::server_cause(queue.cause_code, queue.cause.as_deref())
                    .filter(|_| !told.is_told)
                    .unwrap_or_else(|| text::cause(sight))
                    .into(),
            },
            was: match tile_state {
                TileState::Stale if was_closed => match &*told.read_at {
                    "" => text::closed().into(),
                    time => text::was_closed(time),
                },
                TileState::Stale if told.read_at.is_empty() => String::new(),
                TileState::Stale => text::was(queue.level.max(queue.last_level), &told.read_at),
                _ => String::new(),
            },
            level,
            why,
            group: match of {
                0 => String::new(),
                _ => queue.name.clone(),
            },
            // Without a goal the mark is out of sight, beyond the bar's end.
            goal: queue
                .service_level
                .goal
                .map_or_else(|| "200%".into(), length),
            line: line.path,
            line_dot: line.dot,
            peak,
            peak_right: length(
                peak_right.min(MOST_RIGHT) as f64 * 100.0 / trend::LINE_WIDTH as f64,
            ),
        }
    }
}

/// Which wait a tile shows: the one that the reason for its level is about, else the mean, and
/// the longest where no mean is given.
fn wait_of(queue: &Queue, level: Level) -> Metric {
    let reason = queue.reasons.first().filter(|_| level > Level::Ok);
    let wants_longest = reason.is_some_and(|reason| reason.metric == Metric::LongestWait)
        || queue.average_wait_ms.is_none();
    match queue.longest_wait_ms {
        Some(_) if wants_longest => Metric::LongestWait,
        _ => Metric::AverageWait,
    }
}

/// What a stale tile was, where that is no number; else its state.
fn sight(queue: &Queue, tile_state: TileState) -> TileState {
    match queue.state {
        _ if tile_state != TileState::Stale => tile_state,
        QueueState::NotFound => TileState::NotFound,
        QueueState::Forbidden => TileState::Forbidden,
        QueueState::Closed => TileState::Closed,
        QueueState::Open if queue.is_outside_hours => TileState::Closed,
        QueueState::Open | QueueState::Unknown => tile_state,
    }
}

/// The busy who are on a call. After-call work may be among the busy or beside them:
/// it is among them where all together would be more than are logged on.
fn on_calls(agents: &Agents) -> Option<u64> {
    let busy = agents.busy?;
    let (Some(after_call_work), Some(logged_on)) = (agents.after_call_work, agents.logged_on)
    else {
        return Some(busy);
    };
    let others = [agents.available, agents.unavailable, Some(after_call_work)];
    let all = others.into_iter().flatten().fold(busy, u64::saturating_add);
    match all > logged_on {
        true => Some(busy.saturating_sub(after_call_work)),
        false => Some(busy),
    }
}

fn count(count: Option<u64>) -> String {
    known(count.map(numbers::compact))
}

/// A percentage as a CSS length, within 0 to 100 and to a tenth.
fn length(percent: f64) -> String {
    let tenths = (percent.clamp(0.0, 100.0) * 10.0).round() as u32;
    format!("{}.{}%", tenths / 10, tenths % 10)
}
