//! The page's reading of the server's JSON into the types that both sides share, by hand:
//! a JSON parser and derived readers compiled into the page took 20 KB of it on the wire,
//! a fifth of the whole. Where the values come from is handed in: in the page it is the
//! browser's own parser.
//!
//! Numbers that are missing, null or nonsense are unknown; a reading without its frame
//! (board, queues, ids) is no reading.

mod agents;

use std::cell::Cell;

pub use agents::list as agent_list;

use crate::choice::{Beside, Preset};
use crate::snapshot::{
    Agents, Board, BoardList, BoardSnapshot, Cause, Direction, Display, Group, Level, Metric,
    Queue, QueueState, Reason, ServiceLevel, SimulatedClock, Theme, Today, TodayServiceLevel,
    Totals, Upstream, UpstreamState,
};
use crate::trend::{QueueTrend, Trends};

/// From here on a float no longer holds every whole number.
const COUNT_END: f64 = 9_007_199_254_740_992.0;

/// A parsed JSON value, or that there is none.
pub trait Json: Sized {
    /// A field; none where there is no such field, or no object.
    fn get(&self, name: &str) -> Self;

    /// The text that it is.
    fn text(&self) -> Option<String>;

    /// The number that it is.
    fn float(&self) -> Option<f64>;

    /// The truth value that it is.
    fn flag(&self) -> Option<bool>;

    /// What `read` makes of each item of the list that it is; `None` where it is no list,
    /// or one of them cannot be read.
    fn each<T>(&self, read: impl Fn(&Self) -> Option<T>) -> Option<Vec<T>>;
}

/// A board's snapshot around its `queues`; `None` when it is none. What a wall does not show is
/// left out of it unless it is for a desk.
pub fn snapshot(json: &impl Json, queues: Vec<Queue>, is_for_desk: bool) -> Option<BoardSnapshot> {
    let upstream = json.get("upstream");
    Some(BoardSnapshot {
        board: board(&json.get("board"))?,
        build: json.get("build").text()?,
        poll_interval_ms: count(&json.get("poll_interval_ms"))?,
        today_interval_ms: count(&json.get("today_interval_ms")),
        today_cause: json.get("today_cause").text(),
        today_cause_code: cause(json, "today_cause_code"),
        agents: agents::counts(&json.get("agents"), is_for_desk),
        upstream: Upstream {
            state: match upstream.get("state").text()?.as_str() {
                "ok" => UpstreamState::Ok,
                "down" => UpstreamState::Down,
                // A younger server's word: no reason to show nothing.
                _ => UpstreamState::Degraded,
            },
            cause: upstream.get("cause").text(),
            cause_code: cause(&upstream, "cause_code"),
            since_ms: count(&upstream.get("since_ms")),
            cause_since_ms: count(&upstream.get("cause_since_ms")),
            next_try_ms: count(&upstream.get("next_try_ms")),
        },
        queues,
        groups: match is_for_desk {
            true => json.get("groups").each(group).unwrap_or_default(),
            false => Vec::new(),
        },
        totals: match is_for_desk {
            true => totals(&json.get("totals"))?,
            false => Totals::default(),
        },
    })
}

fn totals(json: &impl Json) -> Option<Totals> {
    Some(Totals {
        waiting: count(&json.get("waiting")),
        longest_wait_ms: count(&json.get("longest_wait_ms")),
        average_wait_ms: count(&json.get("average_wait_ms")),
        counted: count(&json.get("counted"))?.try_into().ok()?,
        of: count(&json.get("of"))?.try_into().ok()?,
    })
}

/// The list of boards; `None` when it is none.
pub fn board_list(json: &impl Json) -> Option<BoardList> {
    Some(BoardList {
        boards: json.get("boards").each(board)?,
        build: json.get("build").text()?,
    })
}

fn board(json: &impl Json) -> Option<Board> {
    Some(Board {
        slug: json.get("slug").text()?,
        title: json.get("title").text()?,
        timezone: json.get("timezone").text(),
        notice: json.get("notice").text(),
        display: display(&json.get("display")),
        simulated_clock: simulated_clock(&json.get("simulated_clock")),
    })
}

fn simulated_clock(json: &impl Json) -> Option<SimulatedClock> {
    Some(SimulatedClock {
        uptime_ms: count(&json.get("uptime_ms"))?,
        epoch_ms: number(&json.get("epoch_ms"))? as i64,
        speed: number(&json.get("speed"))?,
    })
}

fn display(json: &impl Json) -> Display {
    Display {
        theme: match json.get("theme").text().as_deref() {
            Some("dark") => Some(Theme::Dark),
            Some("light") => Some(Theme::Light),
            Some("contrast") => Some(Theme::Contrast),
            _ => None,
        },
        language: json.get("language").text(),
        metres: number(&json.get("metres")),
        inches: number(&json.get("inches")),
        rotate_seconds: count(&json.get("rotate_seconds")).and_then(|it| it.try_into().ok()),
        preset: preset(&json.get("preset")),
        hero: metric(&json.get("hero")),
        beside: beside(&json.get("beside")),
    }
}

/// In a cell: a list of another type would be half a KB of the page.
fn beside(json: &impl Json) -> Option<Beside> {
    let beside = Cell::new(Beside::default());
    json.each(|item| {
        let mut longer = beside.get();
        longer.push(metric(item)?);
        beside.set(longer);
        Some(())
    })?;
    Some(beside.get())
}

fn preset(json: &impl Json) -> Option<Preset> {
    Preset::of_name(&json.text()?)
}

fn metric(json: &impl Json) -> Option<Metric> {
    Metric::of_name(&json.text()?)
}

/// One queue; `None` where it has no id, name or state.
pub fn queue(json: &impl Json) -> Option<Queue> {
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
        cause_code: cause(json, "cause_code"),
        lag_ms: count(&json.get("lag_ms")),
        is_outside_hours: flag(&json.get("is_outside_hours")),
        waiting: count(&json.get("waiting")),
        average_wait_ms: count(&json.get("average_wait_ms")),
        longest_wait_ms: count(&json.get("longest_wait_ms")),
        agents: Agents {
            logged_on: count(&agents.get("logged_on")),
            available: count(&agents.get("available")),
            busy: count(&agents.get("busy")),
            after_call_work: count(&agents.get("after_call_work")),
            unavailable: count(&agents.get("unavailable")),
        },
        service_level: ServiceLevel {
            percent: percent(&service_level.get("percent")),
            goal: percent(&service_level.get("goal")),
            threshold_ms: count(&service_level.get("threshold_ms")),
            sample: count(&service_level.get("sample")),
        },
        today: today(&json.get("today")),
        level: level(&json.get("level")),
        level_since_ms: count(&json.get("level_since_ms")),
        level_since_at_least: flag(&json.get("level_since_at_least")),
        times_past: number(&json.get("times_past")),
        last_level: level(&json.get("last_level")),
        reasons: json.get("reasons").each(reason).unwrap_or_default(),
        trend: Vec::new(),
        revision: revision(json),
    })
}

/// One group; `None` where it has no name or members.
fn group(json: &impl Json) -> Option<Group> {
    Some(Group {
        reading: queue(json)?,
        queues: json.get("queues").each(Json::text)?,
        counted: count(&json.get("counted"))?.try_into().ok()?,
        oldest_lag_ms: count(&json.get("oldest_lag_ms")),
        reason_queue: json.get("reason_queue").text(),
    })
}

/// Today's numbers; `None` where they have no day or no age.
fn today(json: &impl Json) -> Option<Today> {
    let of = |name: &str| count(&json.get(name));
    let service_level = json.get("service_level");
    Some(Today {
        from: json.get("from").text()?,
        lag_ms: of("lag_ms")?,
        offered: of("offered"),
        queued: of("queued"),
        handled: of("handled"),
        abandoned: of("abandoned"),
        abandon_rate_percent: percent(&json.get("abandon_rate_percent")),
        average_speed_of_answer_ms: of("average_speed_of_answer_ms"),
        average_handle_ms: of("average_handle_ms"),
        average_talk_ms: of("average_talk_ms"),
        average_wrap_ms: of("average_wrap_ms"),
        service_level: TodayServiceLevel {
            percent: percent(&service_level.get("percent")),
            sample: count(&service_level.get("sample")),
        },
    })
}

/// The trends of a board's queues; `None` when it is none.
pub fn trends(json: &impl Json) -> Option<Trends> {
    Some(Trends {
        to_ms: count(&json.get("to_ms"))?,
        step_ms: count(&json.get("step_ms"))?,
        scale: count(&json.get("scale")).unwrap_or(0),
        queues: json.get("queues").each(|queue| {
            Some(QueueTrend {
                id: queue.get("id").text()?,
                waiting_highest: queue.get("waiting_highest").each(|bin| Some(count(bin)))?,
                waiting_before: count(&queue.get("waiting_before")),
                waiting_limits: [None; 2],
            })
        })?,
    })
}

/// A queue's revision, where the server gives one.
pub fn revision(json: &impl Json) -> Option<u64> {
    count(&json.get("revision"))
}

/// A younger server's code is none: its sentence stands beside it.
fn cause(json: &impl Json, name: &str) -> Option<Cause> {
    Cause::of_code(&json.get(name).text()?)
}

/// A younger server's reason that this page has no words for makes the tile no less
/// red: the other reasons, or none, are shown with it.
pub fn reason(json: &impl Json) -> Option<Reason> {
    let metric = metric(&json.get("metric")).filter(|it| Metric::JUDGED.contains(it))?;
    let direction = match json.get("direction").text()?.as_str() {
        "above" => Direction::Above,
        _ => Direction::Below,
    };
    Some(Reason {
        metric,
        direction,
        limit: number(&json.get("limit"))?,
        value: number(&json.get("value")),
        since_ms: count(&json.get("since_ms")),
        since_at_least: flag(&json.get("since_at_least")),
        held: flag(&json.get("held")),
    })
}

fn level(json: &impl Json) -> Level {
    match json.text().as_deref() {
        Some("ok") => Level::Ok,
        Some("warning") => Level::Warning,
        Some("critical") => Level::Critical,
        _ => Level::None,
    }
}

fn flag(json: &impl Json) -> bool {
    json.flag().unwrap_or_default()
}

fn number(json: &impl Json) -> Option<f64> {
    json.float().filter(|number| number.is_finite())
}

/// A whole number from 0 up, as far as floats hold every one.
fn count(json: &impl Json) -> Option<u64> {
    let is_count = |number: &f64| (0.0..COUNT_END).contains(number) && number.fract() == 0.0;
    json.float().filter(is_count).map(|number| number as u64)
}

fn percent(json: &impl Json) -> Option<f64> {
    json.float().filter(|number| (0.0..=100.0).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        agents::{ActivityCounts, AgentActivity, AgentCounts, AgentsOver, AgentsShown},
        fuzzing,
    };

    const STATES: [QueueState; 5] = [
        QueueState::Open,
        QueueState::Closed,
        QueueState::Unknown,
        QueueState::NotFound,
        QueueState::Forbidden,
    ];
    const LEVELS: [Level; 4] = [Level::None, Level::Ok, Level::Warning, Level::Critical];
    const THEMES: [Theme; 3] = [Theme::Dark, Theme::Light, Theme::Contrast];

    /// Checked by the fuzz tests of both readers: they must agree on it.
    fn agree_on(snapshot: &BoardSnapshot) {
        fuzzing::snapshot(&serde_json::to_vec(snapshot).unwrap());
    }

    fn of(queue: Queue) -> BoardSnapshot {
        BoardSnapshot {
            board: Board::default(),
            build: "b".into(),
            poll_interval_ms: 30_000,
            today_interval_ms: None,
            today_cause: None,
            today_cause_code: None,
            agents: None,
            upstream: Upstream {
                state: UpstreamState::Down,
                cause: None,
                cause_code: None,
                since_ms: Some(5),
                cause_since_ms: None,
                next_try_ms: None,
            },
            queues: vec![queue],
            groups: Vec::new(),
            totals: Totals::default(),
        }
    }

    #[test]
    fn group_is_read_as_it_was_written() {
        let member = Queue {
            id: "1".into(),
            state: QueueState::Open,
            lag_ms: Some(4_000),
            waiting: Some(7),
            level: Level::Critical,
            ..Queue::default()
        };
        let mut snapshot = of(member.clone());
        snapshot.groups = vec![Group::of("Sales", [(&member, true)])];
        assert_eq!(snapshot.groups[0].reason_queue.as_deref(), Some("1"));
        agree_on(&snapshot);
    }

    #[test]
    fn every_enum_value_is_read_as_it_was_written() {
        for state in STATES {
            for level in LEVELS {
                agree_on(&of(Queue {
                    state,
                    level,
                    ..Queue::default()
                }));
            }
        }
        for cause in Cause::ALL {
            let mut snapshot = of(Queue {
                cause_code: Some(cause),
                ..Queue::default()
            });
            snapshot.today_cause_code = Some(cause);
            agree_on(&snapshot);
        }
        for count in [None, Some(0), Some(9), Some(u64::MAX)] {
            let percent = count.map(|count| count as f64);
            let mut snapshot = of(Queue {
                today: Some(Today {
                    from: "2026-11-29T05:00:00Z".into(),
                    lag_ms: count.unwrap_or(5),
                    offered: count,
                    queued: count,
                    handled: count,
                    abandoned: count,
                    abandon_rate_percent: percent,
                    average_speed_of_answer_ms: count,
                    average_handle_ms: count,
                    average_talk_ms: count,
                    average_wrap_ms: count,
                    service_level: TodayServiceLevel {
                        percent,
                        sample: count,
                    },
                }),
                ..Queue::default()
            });
            snapshot.today_interval_ms = count;
            let limit_ms = count.unwrap_or(5);
            snapshot.agents = Some(AgentCounts {
                kind: AgentsShown::Counts,
                now: count.map(|available| ActivityCounts {
                    available,
                    ..ActivityCounts::default()
                }),
                over: vec![AgentsOver {
                    activity: AgentActivity::Unavailable,
                    reason: None,
                    level: Level::Warning,
                    limit_ms,
                    agents: 1,
                }],
                level: Level::Warning,
                lag_ms: count,
                interval_ms: 60_000,
                cause: None,
                cause_code: None,
            });
            agree_on(&snapshot);
        }
        for metric in Metric::JUDGED {
            for direction in [Direction::Above, Direction::Below] {
                let limit = 2.5;
                let reason = Reason {
                    metric,
                    direction,
                    limit,
                    value: Some(3.0),
                    since_ms: Some(4),
                    since_at_least: true,
                    held: true,
                };
                agree_on(&of(Queue {
                    reasons: vec![reason],
                    ..Queue::default()
                }));
            }
        }
        for theme in THEMES {
            let mut snapshot = of(Queue::default());
            snapshot.board.display.theme = Some(theme);
            agree_on(&snapshot);
        }
        for preset in Preset::ALL {
            for hero in Metric::ALL {
                let mut snapshot = of(Queue::default());
                let display = &mut snapshot.board.display;
                (display.preset, display.hero) = (Some(preset), Some(hero));
                display.beside = Some(Metric::ALL[..hero as usize % 5].to_vec().into());
                agree_on(&snapshot);
            }
        }
    }

    #[test]
    fn trends_are_read_as_they_were_written() {
        let trends = r#"{"to_ms":60000,"step_ms":300000,"queues":[
            {"id":"a","waiting_highest":[null,3,0],"waiting_before":7},
            {"id":"b","waiting_highest":[],"waiting_before":null}]}"#;
        // It asserts that both readers agree.
        fuzzing::snapshot(trends.as_bytes());
        assert!(serde_json::from_str::<Trends>(trends).is_ok());
    }
}
