//! What the server keeps of the queue that is open, and of the same days a week ago.

use js_sys::Date;
use queuewall_shared::chart::Series;
use queuewall_shared::chart::calendar::{HOUR, Zone};
use queuewall_shared::snapshot::Level;
use queuewall_shared::wire::{self, Json};
use wasm_bindgen_futures::spawn_local;

use super::clock::Clock;
use super::place::{Range, encoded};
use crate::api::{self, Answer};
use crate::base_path::below;
use crate::field::Field;
use crate::wire::Parsed;

const MINUTE: f64 = HOUR / 60.0;
/// A reading of a week ago is looked for so long before its time.
const NEAR_MS: f64 = 5.0 * MINUTE;
/// So many answers with events are read.
const MOST_ANSWERS: usize = 10;
/// What is compared with a week ago, as [`History::then`] has it.
const COMPARED: &str = "waiting,average_wait,service_level,agents_logged_on,available_agents";

/// Which history it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Key {
    pub(super) board: String,
    pub(super) id: String,
    pub(super) range: Range,
}

/// The moments of a chart.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Span {
    pub(super) from_ms: f64,
    /// Where it ends: after now, where it shows a whole day.
    pub(super) to_ms: f64,
    pub(super) now_ms: f64,
}

impl Span {
    pub(super) fn of(range: Range, now_ms: f64, clock: &Clock) -> Self {
        let (from_ms, to_ms) = match range {
            Range::HalfHour => (now_ms - HOUR / 2.0, now_ms),
            Range::ThreeHours => (now_ms - 3.0 * HOUR, now_ms),
            Range::Today => (clock.day_begin(now_ms), clock.day_end(now_ms)),
            Range::Week => {
                let begin = clock.day_begin(now_ms);
                (clock.days_before(begin, 6.0), clock.day_end(now_ms))
            }
        };
        Self {
            from_ms,
            to_ms,
            now_ms,
        }
    }
}

impl Range {
    /// How long a bin of calls waiting is.
    pub(super) fn step_ms(self) -> f64 {
        match self {
            Self::HalfHour | Self::ThreeHours => MINUTE,
            Self::Today => 5.0 * MINUTE,
            Self::Week => 30.0 * MINUTE,
        }
    }
}

/// A change of the queue's level.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Event {
    pub(super) at_ms: f64,
    pub(super) to: Level,
    /// Its first reason.
    pub(super) reason: Option<queuewall_shared::snapshot::Reason>,
}

/// What is kept of a queue.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct History {
    pub(super) span: Span,
    /// The most calls waiting of each bin.
    pub(super) waiting: Series,
    /// Agents logged on in the same bins.
    pub(super) logged_on: Series,
    /// The same of a week before, in the bins of today's clock.
    pub(super) before: Series,
    /// Service levels by quarter hour.
    pub(super) service: Series,
    /// From when to when these were read later, by the hour.
    pub(super) backfilled: Vec<(f64, f64)>,
    /// What was a week ago: the metrics of [`COMPARED`].
    pub(super) then: [Option<f64>; 5],
    /// Whether its service level was read later.
    pub(super) is_then_backfilled: bool,
    /// From how many calls waiting it is warning, and critical.
    pub(super) limits: [Option<f64>; 2],
    /// Today's events, the latest first.
    pub(super) events: Vec<Event>,
}

impl History {
    /// Whether nobody was logged on and nothing waited in a bin.
    pub(super) fn is_closed(&self, place: usize) -> bool {
        let at = |series: &Series| series.values.get(place).copied().flatten();
        at(&self.waiting) == Some(0.0) && at(&self.logged_on) == Some(0.0)
    }

    /// Whether the service level of a moment was read later.
    pub(super) fn is_backfilled(&self, at_ms: f64) -> bool {
        let mut runs = self.backfilled.iter();
        runs.any(|(from, to)| at_ms >= *from && at_ms < *to)
    }

    /// Of service levels those that were read later, or the others.
    pub(super) fn part(&self, service: &Series, is_later: bool) -> Series {
        let middle = |place: usize| service.begin(place) + service.step_ms / 2.0;
        let of_part = |(place, value): (usize, &Option<f64>)| {
            value.filter(|_| self.is_backfilled(middle(place)) == is_later)
        };
        Series {
            values: service.values.iter().enumerate().map(of_part).collect(),
            ..*service
        }
    }
}

/// What has come of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Loaded {
    /// It is on its way.
    #[default]
    Not,
    /// The server does not give it.
    Failed,
    /// It is here.
    Here(Box<History>),
}

/// Reads it, and puts it into `loaded` where that is still what is asked for then.
pub(super) fn load(
    key: Key,
    span: Span,
    clock: &Clock,
    asked: Field<Option<Key>>,
    loaded: Field<Loaded>,
) {
    let week_ago = |at_ms| clock.days_before(at_ms, 7.0);
    let before = (week_ago(span.from_ms), week_ago(span.to_ms));
    let then = week_ago(span.now_ms);
    let day_begin = clock.day_begin(span.now_ms);
    let step = key.range.step_ms();
    // In the bins of today's clock: on a day of 23 or 25 hours they are not those of a week ago.
    let count = ((span.to_ms - span.from_ms) / step).ceil() as usize;
    let begin = (span.from_ms / step).floor() * step;
    let places: Vec<f64> = (0..=count)
        .map(|place| week_ago(begin + place as f64 * step + step / 2.0))
        .collect();
    spawn_local(async move {
        let read = async || -> Option<History> {
            let queue = [
                &key.board,
                "/queues/",
                &encoded(&key.id),
                "/history?metrics=",
            ]
            .concat();
            let bins = |metrics: &str, from_ms: f64, to_ms: f64, step_ms: f64| {
                let number = |ms: f64| (ms as i64).to_string();
                let (from, to) = (number(from_ms), number(to_ms));
                let step = number(step_ms / 1_000.0);
                [
                    &queue, metrics, "&from=", &from, "&to=", &to, "&step=", &step,
                ]
                .concat()
            };
            let now_ms = span.now_ms;
            let both = "waiting_highest,agents_logged_on";
            let today = get(&bins(both, span.from_ms, now_ms, step)).await?;
            let week = get(&bins("waiting_highest", before.0, before.1, step)).await?;
            let quarter = 15.0 * MINUTE;
            let service = get(&bins("service_level", span.from_ms, now_ms, quarter)).await?;
            let near = get(&bins(COMPARED, then - NEAR_MS, then + 1.0, MINUTE)).await?;
            let number = |ms: f64| (ms as i64).to_string();
            let mut events = Vec::new();
            let mut from = Some(number(day_begin));
            // An answer has so many events, of all the board's queues.
            for _ in 0..MOST_ANSWERS {
                let Some(at) = from.take() else {
                    break;
                };
                let answer = get(&[&key.board, "/events?from=", &at].concat()).await?;
                events.extend(happened(&answer, &key.id));
                from = answer.get("next_from").text();
            }
            events.reverse();
            let before = series(&week, "waiting_highest");
            let limit = |name| today.get("limits").get("waiting").get(name).float();
            Some(History {
                span,
                waiting: series(&today, "waiting_highest"),
                logged_on: series(&today, "agents_logged_on"),
                before: Series {
                    from_ms: begin,
                    step_ms: step,
                    values: places.iter().map(|at| before.at(*at)).collect(),
                },
                service: series(&service, "service_level"),
                backfilled: backfilled(&service),
                then: latest(&near),
                is_then_backfilled: !backfilled(&near).is_empty(),
                limits: [limit("warning"), limit("critical")],
                events,
            })
        };
        let history = read().await;
        if asked.with_untracked(|asked| asked.as_ref() != Some(&key)) {
            return;
        }
        match history {
            Some(history) => loaded.set(Loaded::Here(Box::new(history))),
            // What is shown of it ends where it ends.
            None if loaded.with_untracked(|it| matches!(it, Loaded::Here(_))) => {}
            None => loaded.set(Loaded::Failed),
        }
    });
}

async fn get(path: &str) -> Option<Parsed> {
    match api::get(path, None, None, None).await {
        Ok(Answer::Changed { body, .. }) => Some(Parsed(body)),
        _ => None,
    }
}

/// The path of a board's answers, by the path of its page.
pub(super) fn board_of(path: &str) -> String {
    let slug = path.rsplit('/').next().unwrap_or_default();
    below(&["/api/boards/", slug].concat())
}

fn time(json: &Parsed) -> f64 {
    json.text().map_or(f64::NAN, |text| Date::parse(&text))
}

fn series(json: &Parsed, metric: &str) -> Series {
    let values = json.get("metrics").get(metric);
    Series {
        from_ms: time(&json.get("from")),
        step_ms: json.get("step_seconds").float().unwrap_or(60.0) * 1_000.0,
        values: values.each(|value| Some(value.float())).unwrap_or_default(),
    }
}

/// From when to when service levels were read later.
fn backfilled(json: &Parsed) -> Vec<(f64, f64)> {
    let run = |run: &Parsed| Some((time(&run.get("from")), time(&run.get("to"))));
    json.get("backfilled").each(run).unwrap_or_default()
}

/// The latest known of each metric that is compared.
fn latest(json: &Parsed) -> [Option<f64>; 5] {
    let mut names = COMPARED.split(',');
    [(); 5].map(|()| {
        let series = series(json, names.next().unwrap_or_default());
        series.values.iter().rev().copied().flatten().next()
    })
}

/// Those of the queue.
fn happened(json: &Parsed, id: &str) -> Vec<Event> {
    let event = |json: &Parsed| {
        let is_of_queue = json.get("queue").text().as_deref() == Some(id);
        let detail = json.get("detail");
        let to = match detail.get("to").text().as_deref() {
            Some("critical") => Level::Critical,
            Some("warning") => Level::Warning,
            Some("ok") => Level::Ok,
            _ => Level::None,
        };
        let reasons = detail.get("reasons");
        let reasons = reasons.each(|reason| Some(wire::reason(reason)));
        Some(is_of_queue.then(|| Event {
            at_ms: time(&json.get("at")),
            to,
            reason: reasons.into_iter().flatten().flatten().next(),
        }))
    };
    let events = json.get("events").each(event).unwrap_or_default();
    events.into_iter().flatten().collect()
}
