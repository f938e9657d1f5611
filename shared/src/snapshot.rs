//! The board's snapshot as JSON: what `GET /api/boards/{slug}` answers.
//!
//! Other tools read it too, so the field names are a public contract: names may
//! be added, none may change. Anything unknown is `null`, never 0.
//!
//! Points in time are milliseconds on the scale of the server's uptime (0 is its first
//! start, where it has a history; else its start), and not ages, so that a body stays the same while time passes; the header
//! [`UPTIME_HEADER`](crate::http::UPTIME_HEADER) says where on it the answer was made.

use serde::{Deserialize, Serialize};

pub use crate::agents::AgentCounts;
pub use crate::cause::Cause;
use crate::choice::{Beside, Preset};
pub use crate::group::Group;
pub use crate::metric::{Direction, Metric};
pub use crate::today::{Today, TodayServiceLevel};

/// Everything one board shows at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoardSnapshot {
    /// Which board this is.
    pub board: Board,
    /// The server's build; a page that sees it change is older than its server.
    pub build: String,
    /// Milliseconds between two upstream reads of one queue, as in force now:
    /// the configured interval, stretched where the request budget asks for it.
    pub poll_interval_ms: u64,
    /// Within how many milliseconds today's numbers are read again, as in force now; `None`
    /// where CXone has none: the dialect `reporting-v2`.
    #[serde(default)]
    pub today_interval_ms: Option<u64>,
    /// One plain English sentence on why today's numbers are missing or grow old.
    #[serde(default)]
    pub today_cause: Option<String>,
    /// The same for machines, and for walls in other languages. Codes may be added.
    #[serde(default, deserialize_with = "crate::cause::known")]
    pub today_cause_code: Option<Cause>,
    /// How many agents do what; `None` where the board shows no agents, or the dialect has none.
    #[serde(default)]
    pub agents: Option<AgentCounts>,
    /// How the server gets on with CXone.
    pub upstream: Upstream,
    /// The queues in the board's configured order.
    pub queues: Vec<Queue>,
    /// The board's groups of queues in their configured order.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Sums over the queues whose readings were not stale when this was made.
    pub totals: Totals,
}

/// A board's identity and settings that the page needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// The board's name in addresses: `/board/{slug}`.
    pub slug: String,
    /// The board's heading.
    pub title: String,
    /// IANA time zone for the header's clock (`Europe/Berlin`); `None` means the
    /// screen's own.
    #[serde(default)]
    pub timezone: Option<String>,
    /// One line of text that the board's operator wants to show.
    #[serde(default)]
    pub notice: Option<String>,
    /// How the board is shown where neither the link nor the screen says otherwise.
    #[serde(default)]
    pub display: Display,
    /// The clock of a simulated contact centre; `None` where the numbers are real.
    #[serde(default)]
    pub simulated_clock: Option<SimulatedClock>,
}

/// A clock that shows another time than it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SimulatedClock {
    /// A point in time: uptime in milliseconds.
    pub uptime_ms: u64,
    /// What the clock shows then, in milliseconds since 1970.
    pub epoch_ms: i64,
    /// Simulated seconds a second, 0 and more.
    pub speed: f64,
}

impl SimulatedClock {
    /// What the clock shows at an uptime in milliseconds, in milliseconds since 1970.
    #[expect(
        clippy::cast_precision_loss,
        reason = "exact up to 2^53, which is far from any date"
    )]
    #[must_use]
    pub fn at(&self, uptime_ms: f64) -> f64 {
        self.epoch_ms as f64 + (uptime_ms - self.uptime_ms as f64) * self.speed
    }
}

/// A board's own defaults for its screens; `None` leaves it to the page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Display {
    /// The colours.
    pub theme: Option<Theme>,
    /// The language: `en`, `de`, `es`, `fr` or `pt`.
    pub language: Option<String>,
    /// How far away people read the screen, in metres: 0.3 to 30.
    pub metres: Option<f64>,
    /// The screen's diagonal in inches, as screens are sold: 5 to 150.
    pub inches: Option<f64>,
    /// How long a page of tiles stays, in seconds: 5 to 600.
    pub rotate_seconds: Option<u32>,
    /// The choice of numbers by its name, where one is configured.
    pub preset: Option<Preset>,
    /// The large number of each tile; `None`: calls waiting.
    pub hero: Option<Metric>,
    /// The numbers beside it, four at most; `None`: the wait and the service level. Both as the
    /// preset has them where they are not configured themselves.
    pub beside: Option<Beside>,
}

/// A set of colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Light on dark.
    Dark,
    /// Dark on light.
    Light,
    /// As much contrast as there is.
    Contrast,
}

/// The server's dealings with CXone, in one word and one sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upstream {
    /// One word for machines.
    pub state: UpstreamState,
    /// One plain English sentence for the wall, without secrets or internals.
    pub cause: Option<String>,
    /// The same for machines, and for walls in other languages. Codes may be added.
    #[serde(default, deserialize_with = "crate::cause::known")]
    pub cause_code: Option<Cause>,
    /// While the state is not ok: since when it is not. While it is: since when it
    /// is. Uptime in milliseconds.
    #[serde(default)]
    pub since_ms: Option<u64>,
    /// While the state is not ok: since when it is for this cause. Uptime in milliseconds.
    #[serde(default)]
    pub cause_since_ms: Option<u64>,
    /// While the state is not ok: when this board's queues are asked for next, or
    /// were, where that request is under way. Uptime in milliseconds.
    #[serde(default)]
    pub next_try_ms: Option<u64>,
}

/// How much of the last round of reads succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpstreamState {
    /// Every batch was read.
    Ok,
    /// Some batch failed, and some were read within three intervals.
    Degraded,
    /// No batch was read for three intervals, or none ever.
    Down,
}

/// One queue's latest reading and what is known about it. The default knows nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    /// CXone's id, always text here though CXone may send a number.
    pub id: String,
    /// The display name: configured, else CXone's, else the id.
    pub name: String,
    /// What kind of answer there is.
    pub state: QueueState,
    /// One plain English sentence on why the numbers are missing or old.
    pub cause: Option<String>,
    /// The same for machines, and for walls in other languages. Codes may be added.
    #[serde(default, deserialize_with = "crate::cause::known")]
    pub cause_code: Option<Cause>,
    /// How many milliseconds older this reading is than the board's latest
    /// successful read; `None` while the queue was never read.
    pub lag_ms: Option<u64>,
    /// Whether it is outside the hours in which its levels are judged: a tile says closed, and
    /// how many wait.
    #[serde(default)]
    pub is_outside_hours: bool,
    /// Calls waiting now.
    pub waiting: Option<u64>,
    /// Mean wait of the calls waiting now, in milliseconds.
    pub average_wait_ms: Option<u64>,
    /// Wait of the call that waits longest, in milliseconds.
    pub longest_wait_ms: Option<u64>,
    /// Agents who serve this queue.
    pub agents: Agents,
    /// Calls answered in time.
    pub service_level: ServiceLevel,
    /// Contacts since midnight of the board's time zone; `None` where they were never read.
    #[serde(default)]
    pub today: Option<Today>,
    /// How bad it is, as the server judges it by the board's thresholds.
    #[serde(default)]
    pub level: Level,
    /// Since when that level holds; `None` for none and ok. Uptime in milliseconds.
    #[serde(default)]
    pub level_since_ms: Option<u64>,
    /// Whether that level may have begun earlier: the reading before was not judged.
    #[serde(default)]
    pub level_since_at_least: bool,
    /// How far past its limit the worst of the reasons is: 1 at the limit, less where it is back
    /// behind it, 100 at most; `None` for none and ok.
    /// Within a level, more is worse. It moves only by more than the levels' margin.
    #[serde(default)]
    pub times_past: Option<f64>,
    /// The level of the latest reading that was judged, where none is judged now; else none.
    #[serde(default)]
    pub last_level: Level,
    /// The metrics at that level, those past their limit first, then the most telling; empty
    /// for none and ok.
    #[serde(default)]
    pub reasons: Vec<Reason>,
    /// Empty: up to 0.1.0 the last 30 minutes of calls waiting, which are in
    /// [`Trends`](crate::trend::Trends) now, so that a quiet board stays the same.
    #[serde(default)]
    pub trend: Vec<Option<u64>>,
    /// Another number whenever anything else here is different, and the same while it is
    /// not: what a page compares. Below 2^53, which every JSON reader holds.
    #[serde(default)]
    pub revision: Option<u64>,
}

impl Queue {
    /// Whether there are readings to show: the queue was read and CXone still
    /// lets us see it.
    #[must_use]
    pub fn has_reading(&self) -> bool {
        matches!(self.state, QueueState::Open | QueueState::Closed) && self.lag_ms.is_some()
    }
}

impl Queue {
    /// A metric's value in its unit; `None` while it is unknown. Whether it is stale is for the
    /// caller to judge, of the live ones by [`TileState`](crate::tile_state::TileState), of
    /// today's by [`today_freshness`](Self::today_freshness).
    #[must_use]
    pub fn value(&self, metric: Metric) -> Option<f64> {
        match metric {
            Metric::AvailableAgents => self.agents.available.map(number),
            Metric::LongestWait => self.longest_wait_ms.map(number),
            Metric::AverageWait => self.average_wait_ms.map(number),
            Metric::Waiting => self.waiting.map(number),
            Metric::ServiceLevel => (self.service_level.percent)
                .filter(|percent| self.service_level.sample != Some(0) && percent.is_finite()),
            Metric::AgentsLoggedOn => self.agents.logged_on.map(number),
            Metric::AgentsBusy => self.agents.busy.map(number),
            Metric::AgentsAfterCallWork => self.agents.after_call_work.map(number),
            Metric::AgentsUnavailable => self.agents.unavailable.map(number),
            Metric::ServiceLevelSample => self.service_level.sample.map(number),
            today => self.value_of_today(today),
        }
    }

    fn value_of_today(&self, metric: Metric) -> Option<f64> {
        let today = self.today.as_ref()?;
        let service_level = &today.service_level;
        match metric {
            Metric::AbandonRate => today.abandon_rate_percent.filter(|it| it.is_finite()),
            Metric::ServiceLevelToday => (service_level.percent)
                .filter(|percent| service_level.sample != Some(0) && percent.is_finite()),
            Metric::AverageSpeedOfAnswer => today.average_speed_of_answer_ms.map(number),
            Metric::Offered => today.offered.map(number),
            Metric::Queued => today.queued.map(number),
            Metric::Handled => today.handled.map(number),
            Metric::Abandoned => today.abandoned.map(number),
            Metric::AverageHandle => today.average_handle_ms.map(number),
            Metric::AverageTalk => today.average_talk_ms.map(number),
            Metric::AverageWrap => today.average_wrap_ms.map(number),
            Metric::ServiceLevelTodaySample => service_level.sample.map(number),
            _ => None,
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "exact up to 2^53, and counts are far below"
)]
fn number(count: u64) -> f64 {
    count as f64
}

/// How bad it is, from nothing said to worst.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Not judged: unknown, closed, not found, forbidden or stale, or every metric's
    /// judgement is switched off.
    #[default]
    None,
    /// Judged, and nothing is the matter.
    Ok,
    /// Past a warning threshold.
    Warning,
    /// Past a critical threshold.
    Critical,
}

impl Level {
    /// The level's name in JSON, class names and test hooks.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// Why a queue is at its level.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// What is the matter.
    pub metric: Metric,
    /// On which side of the limit it is, or was until it was a margin's width back.
    pub direction: Direction,
    /// The threshold, in the metric's unit in the snapshot: calls, milliseconds,
    /// percent or agents.
    pub limit: f64,
    /// The metric's value in the reading that was judged, in the same unit; `None` where it
    /// was unknown, and for agents while no call waits.
    #[serde(default)]
    pub value: Option<f64>,
    /// Since when the metric has been past the limit, in milliseconds of uptime.
    #[serde(default)]
    pub since_ms: Option<u64>,
    /// Whether it may have been past the limit for longer: the reading before `since_ms` did
    /// not tell.
    #[serde(default)]
    pub since_at_least: bool,
    /// Whether the value is back behind the limit, or unknown, and the level has not ended yet.
    #[serde(default)]
    pub held: bool,
}

/// What kind of answer there is for a queue. Each looks different on the wall.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueState {
    /// Read, and at work.
    Open,
    /// Read: nobody logged on and nothing waiting.
    Closed,
    /// Never read, or CXone left it out of its answer.
    #[default]
    Unknown,
    /// CXone does not know this id, or does not show it to this tenant.
    NotFound,
    /// The API client may not read it.
    Forbidden,
}

/// Agents by state; counts, each unknown on its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agents {
    /// Logged on in any state.
    pub logged_on: Option<u64>,
    /// Ready to take a call.
    pub available: Option<u64>,
    /// On a call or in after-call work.
    pub busy: Option<u64>,
    /// In after-call work, where CXone counts these on their own. Whether they are
    /// among the busy, too, is CXone's to say.
    #[serde(default)]
    pub after_call_work: Option<u64>,
    /// Logged on and not to be had for calls: breaks, meetings.
    #[serde(default)]
    pub unavailable: Option<u64>,
}

/// The share of calls answered within the queue's threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceLevel {
    /// Percent, 0 to 100. `None` where it is over no call at all.
    pub percent: Option<f64>,
    /// The percentage to reach: where the queue's warning begins. `None` where the
    /// service level has no warning.
    #[serde(default)]
    pub goal: Option<f64>,
    /// Within which time a call counts as answered in time, in milliseconds.
    #[serde(default)]
    pub threshold_ms: Option<u64>,
    /// How many calls the percentage is over.
    #[serde(default)]
    pub sample: Option<u64>,
}

/// Sums over the queues whose readings still count.
///
/// No agents (one agent serves several queues) and no service level (percentages
/// without their samples do not add up).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Calls waiting in all counted queues; `None` when none is known.
    pub waiting: Option<u64>,
    /// The longest wait of any counted queue, in milliseconds.
    pub longest_wait_ms: Option<u64>,
    /// Mean wait in milliseconds, each queue weighted by its calls waiting.
    pub average_wait_ms: Option<u64>,
    /// How many queues the sums are over.
    pub counted: usize,
    /// How many queues the board has.
    pub of: usize,
}

/// What `GET /api/boards` answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoardList {
    /// The boards in configured order.
    pub boards: Vec<Board>,
    /// The server's build, as in [`BoardSnapshot::build`].
    pub build: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn example() -> BoardSnapshot {
        BoardSnapshot {
            board: Board {
                slug: "main".into(),
                title: "Main".into(),
                ..Board::default()
            },
            build: "b".into(),
            poll_interval_ms: 30_000,
            today_interval_ms: None,
            today_cause: None,
            today_cause_code: None,
            agents: None,
            upstream: Upstream {
                state: UpstreamState::Degraded,
                cause: None,
                cause_code: None,
                since_ms: None,
                cause_since_ms: None,
                next_try_ms: None,
            },
            queues: vec![Queue {
                id: "q1".into(),
                name: "Sales".into(),
                state: QueueState::NotFound,
                ..Queue::default()
            }],
            groups: Vec::new(),
            totals: Totals {
                of: 1,
                ..Totals::default()
            },
        }
    }

    fn there_and_back(snapshot: &BoardSnapshot) -> serde_json::Value {
        let json = serde_json::to_value(snapshot).unwrap();
        let back: BoardSnapshot = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(&back, snapshot);
        json
    }

    #[test]
    fn the_public_field_names_and_nulls_stay() {
        assert_eq!(
            there_and_back(&example()),
            json!({
                "board": {
                    "slug": "main", "title": "Main", "timezone": null, "notice": null,
                    "simulated_clock": null,
                    "display": {
                        "theme": null, "language": null, "metres": null, "inches": null,
                        "rotate_seconds": null, "preset": null, "hero": null,
                        "beside": null
                    }
                },
                "build": "b",
                "poll_interval_ms": 30_000,
                "today_interval_ms": null, "today_cause": null, "today_cause_code": null,
                "agents": null,
                "upstream": {
                    "state": "degraded", "cause": null, "cause_code": null, "since_ms": null,
                    "cause_since_ms": null, "next_try_ms": null
                },
                "queues": [{
                    "id": "q1", "name": "Sales", "state": "not_found", "is_outside_hours": false,
                    "cause": null, "cause_code": null, "lag_ms": null,
                    "waiting": null, "average_wait_ms": null, "longest_wait_ms": null,
                    "agents": {
                        "logged_on": null, "available": null, "busy": null,
                        "after_call_work": null, "unavailable": null
                    },
                    "service_level": {
                        "percent": null, "goal": null, "threshold_ms": null, "sample": null
                    },
                    "today": null,
                    "level": "none", "level_since_ms": null, "level_since_at_least": false,
                    "times_past": null, "last_level": "none", "reasons": [], "trend": [],
                    "revision": null
                }],
                "groups": [],
                "totals": {
                    "waiting": null, "longest_wait_ms": null, "average_wait_ms": null,
                    "counted": 0, "of": 1
                }
            })
        );
    }

    #[test]
    fn levels_display_and_trend_have_their_public_words() {
        let mut snapshot = example();
        snapshot.board.display = Display {
            theme: Some(Theme::Contrast),
            language: Some("pt".into()),
            metres: Some(5.5),
            inches: Some(55.0),
            rotate_seconds: Some(15),
            preset: Some(Preset::Agents),
            hero: Some(Metric::ServiceLevelToday),
            beside: Some(vec![Metric::Handled, Metric::AvailableAgents].into()),
        };
        let queue = &mut snapshot.queues[0];
        queue.level = Level::Critical;
        queue.level_since_ms = Some(60_000);
        queue.reasons = Metric::JUDGED
            .map(|metric| Reason {
                metric,
                direction: metric.direction(),
                limit: 1.5,
                value: Some(2.5),
                since_ms: Some(9),
                since_at_least: true,
                held: false,
            })
            .to_vec();
        queue.trend = vec![None, Some(3)];
        let json = there_and_back(&snapshot);
        assert_eq!(
            json["board"]["display"],
            json!({
                "theme": "contrast", "language": "pt", "metres": 5.5, "inches": 55.0,
                "rotate_seconds": 15, "preset": "agents", "hero": "service_level_today",
                "beside": ["handled", "available_agents"]
            })
        );
        let queue = &json["queues"][0];
        assert_eq!(queue["level"], "critical");
        assert_eq!(queue["trend"], json!([null, 3]));
        let reason = |metric, direction| {
            json!({
                "metric": metric, "direction": direction, "limit": 1.5, "value": 2.5,
                "since_ms": 9, "since_at_least": true, "held": false
            })
        };
        assert_eq!(
            queue["reasons"],
            json!([
                reason("agents_logged_on", "below"),
                reason("longest_wait", "above"),
                reason("average_wait", "above"),
                reason("waiting", "above"),
                reason("available_agents", "below"),
                reason("service_level", "below"),
                reason("abandon_rate", "above"),
                reason("service_level_today", "below"),
                reason("average_speed_of_answer", "above"),
            ])
        );
    }

    #[test]
    fn todays_numbers_have_their_public_names() {
        let mut snapshot = example();
        snapshot.today_interval_ms = Some(75_000);
        snapshot.today_cause_code = Some(Cause::Forbidden);
        let from = "2026-11-29T05:00:00Z";
        snapshot.queues[0].today = Some(Today {
            from: from.into(),
            lag_ms: 75_000,
            offered: Some(30),
            abandon_rate_percent: Some(12.5),
            average_wrap_ms: Some(9_000),
            ..Today::default()
        });
        let json = there_and_back(&snapshot);
        assert_eq!(json["today_interval_ms"], 75_000);
        assert_eq!(json["today_cause_code"], "forbidden");
        assert_eq!(
            json["queues"][0]["today"],
            json!({
                "from": from, "lag_ms": 75_000, "offered": 30, "queued": null, "handled": null,
                "abandoned": null, "abandon_rate_percent": 12.5,
                "average_speed_of_answer_ms": null, "average_handle_ms": null,
                "average_talk_ms": null, "average_wrap_ms": 9_000,
                "service_level": { "percent": null, "sample": null }
            })
        );
    }

    #[test]
    fn group_has_the_public_names_of_a_queue_and_its_own() {
        let mut snapshot = example();
        let group = Group::of("Sales", [(&snapshot.queues[0], true)]);
        snapshot.groups = vec![group];
        let json = there_and_back(&snapshot);
        let mut expected = json["queues"][0].clone();
        let fields = expected.as_object_mut().unwrap();
        for (name, value) in [
            ("id", json!("[Sales]")),
            ("queues", json!(["q1"])),
            ("counted", json!(0)),
            ("oldest_lag_ms", json!(null)),
            ("reason_queue", json!(null)),
        ] {
            fields.insert(name.into(), value);
        }
        assert_eq!(json["groups"], json!([expected]));
    }

    #[test]
    fn a_cause_has_a_code_and_a_younger_servers_one_is_none() {
        let mut snapshot = example();
        snapshot.queues[0].cause_code = Some(Cause::LeftOut);
        snapshot.upstream.cause_code = Some(Cause::RateLimited);
        let mut json = there_and_back(&snapshot);
        assert_eq!(json["queues"][0]["cause_code"], "left_out");
        assert_eq!(json["upstream"]["cause_code"], "rate_limited");
        json["queues"][0]["cause_code"] = json!("moon_phase");
        let read: BoardSnapshot = serde_json::from_value(json).unwrap();
        assert_eq!(read.queues[0].cause_code, None);
    }

    #[test]
    fn fields_missing_from_older_servers_have_defaults() {
        let mut json = there_and_back(&example());
        let mut drop = |pointer: &str, names: &[&str]| {
            let object = json.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
            object.retain(|name, _| !names.contains(&name.as_str()));
        };
        drop(
            "",
            &[
                "today_interval_ms",
                "today_cause",
                "today_cause_code",
                "agents",
                "groups",
            ],
        );
        drop("/board", &["notice", "display"]);
        drop("/upstream", &["cause_code", "since_ms", "next_try_ms"]);
        drop(
            "/queues/0",
            &[
                "cause_code",
                "level",
                "level_since_ms",
                "reasons",
                "today",
                "trend",
            ],
        );
        drop("/queues/0/agents", &["after_call_work", "unavailable"]);
        drop(
            "/queues/0/service_level",
            &["goal", "threshold_ms", "sample"],
        );
        let snapshot: BoardSnapshot = serde_json::from_value(json).unwrap();
        assert_eq!(snapshot, example());
    }
}
