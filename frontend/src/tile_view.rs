//! What a tile says, as plain text: the last step before the screen, and without it.

use std::sync::Arc;
use std::time::Duration;

use queuewall_shared::format;
use queuewall_shared::language::Language;
use queuewall_shared::snapshot::{Agents, Level, Queue};
use queuewall_shared::tile_state::TileState;
use queuewall_shared::trend::{self, Direction};

use crate::{language, numbers, text};

/// What a tile's words are made of: while it stays equal, so do they.
#[derive(Clone, Debug)]
pub struct Gist {
    queue: Arc<Queue>,
    tile_state: TileState,
    /// As far as the tile says it.
    age: Option<Duration>,
    held: Option<Duration>,
    excuse: &'static str,
    language: Language,
}

impl Gist {
    /// Of a queue whose reading is `age` old and whose level has held for `held`, each to
    /// what the words tell of it. `excuse`: why the board knows no better.
    #[must_use]
    pub fn of(
        queue: Arc<Queue>,
        tile_state: TileState,
        age: Option<Duration>,
        held: Option<Duration>,
        excuse: &'static str,
    ) -> Self {
        let is_told = matches!(tile_state, TileState::Ageing | TileState::Stale);
        let whole =
            |time: Duration, seconds: u64| Duration::from_secs(time.as_secs() / seconds * seconds);
        Self {
            queue,
            tile_state,
            age: age.filter(|_| is_told).map(|age| match age.as_secs() {
                // Counted in seconds up to here.
                ..120 => whole(age, 1),
                _ => whole(age, 60),
            }),
            held: held.map(|held| whole(held, 60)),
            excuse,
            language: language::current(),
        }
    }

    /// The words.
    #[must_use]
    pub fn view(&self) -> TileView {
        TileView::of(
            &self.queue,
            self.tile_state,
            self.age,
            self.held,
            self.excuse,
        )
    }
}

impl PartialEq for Gist {
    fn eq(&self, other: &Self) -> bool {
        let rest = |it: &Self| (it.tile_state, it.age, it.held, it.language);
        // A queue that did not change stays where it is.
        Arc::ptr_eq(&self.queue, &other.queue)
            && rest(self) == rest(other)
            && self.excuse == other.excuse
    }
}

/// Everything in one tile that can change, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct TileView {
    /// The tile's state.
    pub tile_state: TileState,
    /// Name and state, for screen readers.
    pub label: String,
    /// The queue's name.
    pub name: String,
    /// Calls waiting.
    pub waiting: String,
    /// How much room that takes, for the style sheet: 1 to 3 figures, thousands, millions.
    pub digits: &'static str,
    /// What the wait is: the mean, or the longest where no mean is given.
    pub wait_label: &'static str,
    /// Which metric the wait is, for test hooks.
    pub wait_metric: &'static str,
    /// The wait.
    pub wait: String,
    /// Service level.
    pub service: String,
    /// The service level's unit, where it has a number.
    pub service_unit: &'static str,
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
    /// Agents logged on who are not to be had for calls.
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
    /// How bad it is. Only a reading that still counts has a level.
    pub level: Level,
    /// The level in a word.
    pub level_word: &'static str,
    /// Why it is at that level.
    pub reason: String,
    /// Where the service level's goal is on its bar, as a CSS length.
    pub goal: String,
    /// Where the calls waiting are going, for style sheets and test hooks.
    pub trend: &'static str,
    /// The same as an SVG path of an arrow.
    pub arrow: &'static str,
    /// The last half hour of calls waiting as an SVG path.
    pub line: String,
}

impl TileView {
    /// The words for a queue whose reading is `age` old and whose level has held for
    /// `held`. `excuse` is the board's own reason for a stale tile (a lost server), and
    /// comes before the queue's.
    #[must_use]
    pub fn of(
        queue: &Queue,
        tile_state: TileState,
        age: Option<Duration>,
        held: Option<Duration>,
        excuse: &str,
    ) -> Self {
        let is_current = matches!(tile_state, TileState::Fresh | TileState::Ageing);
        let level = if is_current { queue.level } else { Level::None };
        let is_trouble = matches!(level, Level::Warning | Level::Critical);
        let (wait_label, wait_metric, wait_ms) =
            match (queue.average_wait_ms, queue.longest_wait_ms) {
                (None, Some(longest)) => (text::tile_longest_wait(), "longest_wait", Some(longest)),
                (average, _) => (text::tile_wait(), "average_wait", average),
            };
        let agents = &queue.agents;
        let share = |part: Option<u64>| match (part, agents.logged_on) {
            (Some(part), Some(all)) if all > 0 => length(part as f64 * 100.0 / all as f64),
            _ => length(0.0),
        };
        let percent = queue.service_level.percent;
        let available = count(agents.available);
        let busy = count(agents.busy);
        let logged_on = count(agents.logged_on);
        let waiting = match tile_state {
            // Whatever the answer carries besides: this tile has nothing to claim.
            TileState::Unknown | TileState::NotFound | TileState::Forbidden => None,
            _ => queue.waiting,
        };
        let trend = trend::direction(&queue.trend).filter(|_| is_current);
        let (trend_name, arrow) = match trend {
            Some(Direction::Rising) => ("rising", "M12 20V5M5.5 11.5L12 5l6.5 6.5"),
            Some(Direction::Falling) => ("falling", "M12 4v15M5.5 12.5L12 19l6.5-6.5"),
            Some(Direction::Steady) | None => ("none", ""),
        };
        Self {
            tile_state,
            label: text::tile_label(
                &queue.name,
                tile_state,
                level,
                trend,
                if is_current {
                    *agents
                } else {
                    Agents::default()
                },
            ),
            name: queue.name.clone(),
            waiting: count(waiting),
            digits: digits(waiting),
            wait_label,
            wait_metric,
            wait: known(wait_ms.map(|ms| text::wait(Duration::from_millis(ms)))),
            service: known(percent.map(format::whole_percent)),
            service_unit: match percent {
                None => "",
                Some(percent) if percent < 100.0 => text::percent(),
                // Three figures leave no room for a space before it.
                Some(_) => "%",
            },
            service_bar: length(percent.unwrap_or(0.0)),
            available_bar: share(agents.available),
            busy_bar: share(on_calls(agents)),
            after_call_bar: share(agents.after_call_work),
            away_bar: share(agents.unavailable),
            available,
            busy,
            logged_on,
            after_call: count(agents.after_call_work),
            away: count(agents.unavailable),
            ago: match (tile_state, age) {
                (TileState::Ageing, Some(age)) => text::ago(age),
                _ => String::new(),
            },
            age: match (tile_state, age) {
                (TileState::Stale, Some(age)) => text::age(age),
                _ => String::new(),
            },
            cause: match tile_state {
                TileState::Fresh | TileState::Ageing => String::new(),
                TileState::Stale if !excuse.is_empty() => excuse.into(),
                _ => text::server_cause(queue.cause_code, queue.cause.as_deref())
                    .unwrap_or_else(|| text::cause(tile_state))
                    .into(),
            },
            level,
            level_word: text::level(level),
            reason: if is_trouble {
                text::reason(queue.reasons.first(), held)
            } else {
                String::new()
            },
            // Without a goal the mark is out of sight, beyond the bar's end.
            goal: queue
                .service_level
                .goal
                .map_or_else(|| "200%".into(), length),
            trend: trend_name,
            arrow,
            line: if is_current {
                trend::line(&queue.trend)
            } else {
                String::new()
            },
        }
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

fn known(text: Option<String>) -> String {
    text.unwrap_or_else(|| format::UNKNOWN.into())
}

fn count(count: Option<u64>) -> String {
    known(count.map(numbers::compact))
}

/// How much room a number takes as [`numbers::compact`] writes it: figures, thousands,
/// millions.
fn digits(count: Option<u64>) -> &'static str {
    match count.unwrap_or(0) {
        0..10 => "1",
        10..100 => "2",
        100..1_000 => "3",
        1_000..1_000_000 => "4",
        _ => "5",
    }
}

/// A percentage as a CSS length, within 0 to 100 and to a tenth.
fn length(percent: f64) -> String {
    let tenths = (percent.clamp(0.0, 100.0) * 10.0).round() as u32;
    format!("{}.{}%", tenths / 10, tenths % 10)
}
