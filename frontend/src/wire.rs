//! Reads the server's JSON into the types that both sides share.
//!
//! Parsed by the browser itself and read by hand: a JSON parser and derived readers
//! compiled into the page took 20 KB of it on the wire, a fifth of the whole. The
//! tests hold every name here against what the server writes.
//!
//! Numbers that are missing, null or nonsense are unknown; a reading without its
//! frame (board, queues, ids) is no reading.

use js_sys::{Array, JSON, JsString, Reflect};
use queuewall_shared::snapshot::{
    Agents, Board, BoardList, BoardSnapshot, Cause, Direction, Display, Level, Metric, Queue,
    QueueState, Reason, ServiceLevel, Theme, Totals, Upstream, UpstreamState,
};
use wasm_bindgen::{JsCast, JsValue};

/// Reads one snapshot after another. A queue whose JSON is that of the one before is not
/// read again: most are, and every value read costs a way from JavaScript and back.
#[derive(Default)]
pub struct Reader {
    /// The queues of the latest snapshot, by their place in it.
    latest: Vec<(JsString, Queue)>,
}

impl Reader {
    /// The snapshot in an answer's parsed body; `None` when it is none.
    pub fn snapshot(&mut self, body: JsValue) -> Option<BoardSnapshot> {
        let json = Json(body);
        let queues = self.queues(&json.get("queues"))?;
        snapshot(&json, queues)
    }

    fn queues(&mut self, json: &Json) -> Option<Vec<Queue>> {
        let mut latest = std::mem::take(&mut self.latest).into_iter();
        let items: &Array = json.0.dyn_ref()?;
        for item in items.iter() {
            let text = JSON::stringify(&item).ok()?;
            let known = latest.next().filter(|known| known.0 == text);
            let queue = match known {
                Some((_, queue)) => queue,
                None => queue(&Json(item))?,
            };
            self.latest.push((text, queue));
        }
        Some(self.latest.iter().map(|read| read.1.clone()).collect())
    }
}

fn snapshot(json: &Json, queues: Vec<Queue>) -> Option<BoardSnapshot> {
    let upstream = json.get("upstream");
    let totals = json.get("totals");
    Some(BoardSnapshot {
        board: board(&json.get("board"))?,
        build: json.get("build").text()?,
        poll_interval_ms: json.get("poll_interval_ms").count()?,
        upstream: Upstream {
            state: match upstream.get("state").text()?.as_str() {
                "ok" => UpstreamState::Ok,
                "down" => UpstreamState::Down,
                // A younger server's word: no reason to show nothing.
                _ => UpstreamState::Degraded,
            },
            cause: upstream.get("cause").text(),
            cause_code: cause(&upstream),
            since_ms: upstream.get("since_ms").count(),
            next_try_ms: upstream.get("next_try_ms").count(),
        },
        queues,
        totals: Totals {
            waiting: totals.get("waiting").count(),
            longest_wait_ms: totals.get("longest_wait_ms").count(),
            average_wait_ms: totals.get("average_wait_ms").count(),
            counted: totals.get("counted").count()? as usize,
            of: totals.get("of").count()? as usize,
        },
    })
}

/// The list of boards in an answer's parsed body; `None` when it is none.
#[must_use]
pub fn board_list(body: JsValue) -> Option<BoardList> {
    let json = Json(body);
    Some(BoardList {
        boards: json.get("boards").each(board)?,
        build: json.get("build").text()?,
    })
}

fn board(json: &Json) -> Option<Board> {
    Some(Board {
        slug: json.get("slug").text()?,
        title: json.get("title").text()?,
        timezone: json.get("timezone").text(),
        notice: json.get("notice").text(),
        display: display(&json.get("display")),
    })
}

fn display(json: &Json) -> Display {
    Display {
        theme: match json.get("theme").text().as_deref() {
            Some("dark") => Some(Theme::Dark),
            Some("light") => Some(Theme::Light),
            Some("contrast") => Some(Theme::Contrast),
            _ => None,
        },
        language: json.get("language").text(),
        metres: json.get("metres").number(),
        inches: json.get("inches").number(),
        rotate_seconds: json
            .get("rotate_seconds")
            .count()
            .map(|seconds| seconds as u32),
    }
}

fn queue(json: &Json) -> Option<Queue> {
    let agents = json.get("agents");
    let service_level = json.get("service_level");
    Some(Queue {
        id: json.get("id").text()?,
        name: json.get("name").text()?,
        state: match json.get("state").text()?.as_str() {
            "open" => QueueState::Open,
            "closed" => QueueState::Closed,
            "not_found" => QueueState::NotFound,
            "forbidden" => QueueState::Forbidden,
            // A younger server's word is not known here either.
            _ => QueueState::Unknown,
        },
        cause: json.get("cause").text(),
        cause_code: cause(json),
        lag_ms: json.get("lag_ms").count(),
        waiting: json.get("waiting").count(),
        average_wait_ms: json.get("average_wait_ms").count(),
        longest_wait_ms: json.get("longest_wait_ms").count(),
        agents: Agents {
            logged_on: agents.get("logged_on").count(),
            available: agents.get("available").count(),
            busy: agents.get("busy").count(),
            after_call_work: agents.get("after_call_work").count(),
            unavailable: agents.get("unavailable").count(),
        },
        service_level: ServiceLevel {
            percent: service_level.get("percent").number(),
            goal: service_level.get("goal").number(),
            threshold_ms: service_level.get("threshold_ms").count(),
            sample: service_level.get("sample").count(),
        },
        level: match json.get("level").text().as_deref() {
            Some("ok") => Level::Ok,
            Some("warning") => Level::Warning,
            Some("critical") => Level::Critical,
            _ => Level::None,
        },
        level_since_ms: json.get("level_since_ms").count(),
        reasons: json.get("reasons").each(reason).unwrap_or_default(),
        trend: json
            .get("trend")
            .each(|minute| Some(minute.count()))
            .unwrap_or_default(),
    })
}

/// A younger server's code is none: its sentence stands beside it.
fn cause(json: &Json) -> Option<Cause> {
    Cause::of_code(&json.get("cause_code").text()?)
}

/// A younger server's reason that this page has no words for makes the tile no less
/// red: the other reasons, or none, are shown with it.
fn reason(json: &Json) -> Option<Reason> {
    let metric = match json.get("metric").text()?.as_str() {
        "available_agents" => Metric::AvailableAgents,
        "longest_wait" => Metric::LongestWait,
        "average_wait" => Metric::AverageWait,
        "waiting" => Metric::Waiting,
        "service_level" => Metric::ServiceLevel,
        _ => return None,
    };
    let direction = match json.get("direction").text()?.as_str() {
        "above" => Direction::Above,
        _ => Direction::Below,
    };
    Some(Reason {
        metric,
        direction,
        limit: json.get("limit").number()?,
    })
}

/// A parsed value; `undefined` where there was none.
struct Json(JsValue);

impl Json {
    fn get(&self, name: &str) -> Self {
        Self(Reflect::get(&self.0, &name.into()).unwrap_or(JsValue::UNDEFINED))
    }

    fn text(&self) -> Option<String> {
        self.0.as_string()
    }

    fn number(&self) -> Option<f64> {
        self.0.as_f64()
    }

    /// A whole number from 0 up.
    fn count(&self) -> Option<u64> {
        let whole = |number: &f64| *number >= 0.0 && number.fract() == 0.0;
        self.number().filter(whole).map(|number| number as u64)
    }

    fn each<T>(&self, read: fn(&Self) -> Option<T>) -> Option<Vec<T>> {
        let items: &Array = self.0.dyn_ref()?;
        items.iter().map(|item| read(&Self(item))).collect()
    }
}
