//! `queuewall stats`: the live metrics of queues, and today's, once or again and again.

pub(super) mod watch;

use std::{
    collections::{BTreeSet, HashMap},
    io::{self, Write},
    time::{Duration, SystemTime},
};

use cxone::Report;
use jiff::tz::TimeZone;
use queuewall_shared::{
    format::{UNKNOWN, wait},
    label::clean,
    metric::{Metric, Unit},
    snapshot::{Queue, Today},
};
use serde::Serialize;

use super::{
    exit::{Exit, Failure},
    table::{self, Align, Column, Format},
    upstream::{Answers, Upstream},
};
use crate::{
    history::epoch_ms,
    mapping,
    poller::today::{midnight, read_once, window},
    remedy::explain,
};

/// What to say where CXone's list has queues, and all of them are left out.
const ALL_LEFT_OUT: &str = "error: every queue that CXone shows is left out: `queuewall queues` says which setting does it";

/// What to read, and how to print it.
pub(super) struct StatsRequest {
    /// Empty means those of a board of every queue.
    pub(super) queue_ids: Vec<String>,
    /// Empty means no limit.
    pub(super) skill_ids: Vec<String>,
    /// In which days begin.
    pub(super) day_zone: TimeZone,
    pub(super) format: Format,
    /// Whether the command line names just one queue: then JSON is an object, else an
    /// array, whatever is configured.
    pub(super) is_one: bool,
    /// Whether JSON is on one line.
    pub(super) is_line: bool,
}

/// One queue's metrics under the names that scripts know, which never change.
/// What CXone did not say is `null`; from the longest wait on, where one of its APIs
/// has nothing to say, the key is left out.
#[derive(Debug, Serialize)]
struct QueueStats {
    queue_id: String,
    name: Option<String>,
    agents_logged_on: Option<u64>,
    agents_available: Option<u64>,
    agents_busy: Option<u64>,
    calls_waiting: Option<u64>,
    avg_wait_time_ms: Option<u64>,
    service_level: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    longest_wait_time_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agents_after_call_work: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agents_unavailable: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_level_goal: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_level_threshold_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_level_sample: Option<u64>,
    /// As in the board's snapshot.
    #[serde(skip_serializing_if = "Option::is_none")]
    today: Option<Today>,
    /// The same by metric.
    #[serde(skip)]
    queue: Queue,
}

impl QueueStats {
    fn new(id: &str, answers: &Answers, today: Option<Today>) -> Self {
        let reading = answers.of(id).cloned().unwrap_or_default();
        let queue = Queue {
            today: today.clone(),
            ..mapping::queue(&reading)
        };
        let (agents, service_level) = (queue.agents, queue.service_level);
        Self {
            queue_id: id.to_owned(),
            name: reading.name,
            agents_logged_on: agents.logged_on,
            agents_available: agents.available,
            agents_busy: agents.busy,
            calls_waiting: queue.waiting,
            avg_wait_time_ms: queue.average_wait_ms,
            service_level: service_level.percent,
            longest_wait_time_ms: queue.longest_wait_ms,
            agents_after_call_work: agents.after_call_work,
            agents_unavailable: agents.unavailable,
            service_level_goal: service_level.goal,
            service_level_threshold_seconds: (reading.service_level_threshold)
                .map(|threshold| threshold.as_secs_f64()),
            service_level_sample: service_level.sample,
            today,
            queue,
        }
    }
}

/// Prints an object for the one id that the command line names, else an array. A queue
/// without an answer is named on stderr and ends with [`Exit::NotFound`], and so does
/// a tenant that shows none.
pub(super) async fn run(
    upstream: &mut Upstream<'_>,
    request: &StatsRequest,
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    let mut seen = BTreeSet::new();
    let mut ids = request.queue_ids.clone();
    ids.retain(|id| seen.insert(id.clone()));
    let mut exit = Exit::Done;
    if ids.is_empty() {
        let listed = upstream.list_queues().await;
        if let (Err(cxone::Error::NothingVisible { .. }), Format::Json) = (&listed, request.format)
        {
            writeln!(out, "[]")?;
        }
        ids = (listed?.into_iter())
            .filter(|queue| queue.left_out.is_none())
            .map(|queue| queue.id)
            .collect();
        if ids.is_empty() {
            upstream.note(ALL_LEFT_OUT)?;
            exit = Exit::NotFound;
        }
    }
    let answers = upstream.read_all(&ids, &request.skill_ids).await?;
    let mut today = match ids.is_empty() {
        true => None,
        false => read_today(upstream, &request.day_zone).await?,
    };
    let has_today = today.is_some();
    let stats: Vec<_> = (ids.iter())
        .map(|id| {
            let today = today.as_mut().and_then(|today| today.remove(id));
            QueueStats::new(id, &answers, today)
        })
        .collect();
    match (request.format, stats.as_slice()) {
        (Format::Table, _) => write_table(out, &stats, has_today)?,
        (Format::Json, [one]) if request.is_one => write_json(out, one, request.is_line)?,
        (Format::Json, _) => write_json(out, &stats, request.is_line)?,
    }
    for id in ids.iter().filter(|id| answers.of(id).is_none()) {
        upstream.note(&format!("error: {}", answers.why_missing(id)))?;
        exit = Exit::NotFound;
    }
    Ok(exit)
}

/// Today's numbers by queue; `None` where the dialect has none. Those that cannot be read are
/// missing, and a note says why.
async fn read_today(
    upstream: &mut Upstream<'_>,
    zone: &TimeZone,
) -> io::Result<Option<HashMap<String, Today>>> {
    let now_ms = epoch_ms(SystemTime::now());
    let midnight = midnight(now_ms, zone);
    let start_ms = u64::try_from(midnight).unwrap_or_default() * 1_000;
    let Some(reports) = upstream.reports(window(start_ms, now_ms)).await else {
        return Ok(None);
    };
    let (contacts, levels) = (reports.contacts, reports.service_levels);
    let failure = match (&contacts, &levels) {
        (Err(error), _) => Some(("today's numbers", error)),
        (_, Some(Err(error))) => Some(("today's service levels", error)),
        _ => None,
    };
    if let Some((what, error)) = failure {
        upstream.note(&format!("{what} cannot be read: {}", explain(error)))?;
    }
    let mut contacts = by_id(contacts.ok(), |it| it.id.clone());
    let mut levels = by_id(levels.and_then(Result::ok), |it| it.id.clone());
    let ids: BTreeSet<_> = contacts.keys().chain(levels.keys()).cloned().collect();
    let today = ids.into_iter().filter_map(|id| {
        let today = read_once(midnight, contacts.remove(&id), levels.remove(&id))?;
        Some((id, today))
    });
    Ok(Some(today.collect()))
}

fn by_id<T>(report: Option<Report<T>>, id: impl Fn(&T) -> String) -> HashMap<String, T> {
    let entries = report.into_iter().flat_map(|report| report.entries);
    entries.map(|entry| (id(&entry), entry)).collect()
}

fn write_json(
    out: &mut dyn Write,
    value: &(impl Serialize + ?Sized),
    is_line: bool,
) -> io::Result<()> {
    match is_line {
        true => serde_json::to_writer(&mut *out, value)?,
        false => serde_json::to_writer_pretty(&mut *out, value)?,
    }
    writeln!(out)
}

/// The columns of numbers, in their order.
const COLUMNS: [Metric; 7] = [
    Metric::Waiting,
    Metric::AverageWait,
    Metric::LongestWait,
    Metric::ServiceLevel,
    Metric::AvailableAgents,
    Metric::AgentsBusy,
    Metric::AgentsLoggedOn,
];

/// Those of today, where the dialect has them.
const COLUMNS_OF_TODAY: [Metric; 3] = [
    Metric::Offered,
    Metric::Abandoned,
    Metric::AverageSpeedOfAnswer,
];

/// A column's heading. Beside today's columns the others have about 100 characters: theirs are
/// short.
fn heading(metric: Metric, has_today: bool) -> String {
    let label = match metric {
        Metric::AverageSpeedOfAnswer => "answered in",
        Metric::LongestWait if has_today => "longest",
        Metric::ServiceLevel if has_today => "SL",
        Metric::AvailableAgents if has_today => "free",
        Metric::AgentsLoggedOn if has_today => "agents",
        metric => metric.label(),
    };
    label.to_uppercase()
}

/// Which wait CXone tells depends on its API: a column that would be empty goes,
/// as long as the other one is not.
fn write_table(out: &mut dyn Write, stats: &[QueueStats], has_today: bool) -> io::Result<()> {
    let words = |heading: &str, cell: &dyn Fn(&QueueStats) -> String| {
        Column::new(heading, Align::Left, stats.iter().map(cell))
    };
    let is_known = |metric| stats.iter().any(|it| it.queue.value(metric).is_some());
    let is_shown = |metric: &Metric| match metric {
        Metric::LongestWait => is_known(Metric::LongestWait),
        Metric::AverageWait => is_known(Metric::AverageWait) || !is_known(Metric::LongestWait),
        _ => true,
    };
    let mut columns = vec![
        words("QUEUE ID", &|it| it.queue_id.clone()),
        words("NAME", &|it| {
            let name = it.name.as_deref().and_then(clean);
            name.unwrap_or_else(|| UNKNOWN.to_owned())
        }),
    ];
    let of_today = COLUMNS_OF_TODAY.into_iter().filter(|_| has_today);
    let shown = COLUMNS.into_iter().filter(is_shown).chain(of_today);
    columns.extend(shown.map(|metric| {
        let cells = stats.iter().map(|it| cell(&it.queue, metric));
        Column::new(heading(metric, has_today), Align::Right, cells)
    }));
    table::write(out, &columns)
}

fn cell(queue: &Queue, metric: Metric) -> String {
    let Some(value) = queue.value(metric) else {
        return UNKNOWN.to_owned();
    };
    match metric.unit() {
        Unit::Milliseconds => wait(Duration::from_millis(value as u64)),
        Unit::Percent => format!("{value:.1} %"),
        Unit::Calls | Unit::Agents => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use cxone::{Error, budget::RequestBudget};
    use jiff::{Timestamp, tz::TimeZoneDatabase};

    use super::{
        super::upstream::tests::{Tenant, ids, without},
        *,
    };
    async fn printed(
        tenant: &Tenant,
        queue_ids: &[&str],
        format: Format,
    ) -> Result<(Exit, String, String), Failure> {
        let (budget, mut notes, mut out) = (RequestBudget::new(10), Vec::new(), Vec::new());
        let mut upstream = Upstream::new(tenant, &budget, &mut notes);
        let request = StatsRequest {
            queue_ids: ids(queue_ids),
            skill_ids: Vec::new(),
            day_zone: TimeZoneDatabase::bundled().get("Asia/Kathmandu").unwrap(),
            format,
            is_one: queue_ids.len() == 1,
            is_line: false,
        };
        let exit = run(&mut upstream, &request, &mut out).await?;
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ok((exit, text(out), text(notes)))
    }

    fn busy_tenant() -> Tenant {
        let mut tenant = Tenant::of(&["4711", "9"]);
        let queue = &mut tenant.queues[0];
        queue.agents_logged_on = Some(12);
        queue.agents_available = Some(0);
        queue.agents_busy = Some(7);
        queue.average_wait = Some(Duration::from_millis(92_000));
        queue.service_level_percent = Some(83.5);
        tenant
    }

    #[tokio::test]
    async fn one_id_is_an_object_with_exactly_the_promised_keys() {
        let (exit, json, notes) = printed(&busy_tenant(), &["4711"], Format::Json)
            .await
            .unwrap();
        assert_eq!((exit, notes.as_str()), (Exit::Done, ""));
        assert_eq!(
            json,
            "{\n  \"queue_id\": \"4711\",\n  \"name\": \"Queue 4711\",\n  \"agents_logged_on\": 12,\n  \
             \"agents_available\": 0,\n  \"agents_busy\": 7,\n  \"calls_waiting\": 3,\n  \
             \"avg_wait_time_ms\": 92000,\n  \"service_level\": 83.5\n}\n"
        );
    }

    #[tokio::test]
    async fn many_ids_are_an_array_in_their_order_each_once() {
        let (_, json, _) = printed(&busy_tenant(), &["9", "4711", "9"], Format::Json)
            .await
            .unwrap();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let found: Vec<_> = json
            .as_array()
            .unwrap()
            .iter()
            .map(|q| &q["queue_id"])
            .collect();
        assert_eq!(found, ["9", "4711"]);
        assert_eq!(json[0]["agents_busy"], serde_json::Value::Null);
    }

    #[tokio::test]
    async fn one_configured_id_stays_an_array() {
        let (tenant, budget) = (busy_tenant(), RequestBudget::new(10));
        let (mut notes, mut out) = (Vec::new(), Vec::new());
        let request = StatsRequest {
            queue_ids: ids(&["4711"]),
            skill_ids: Vec::new(),
            day_zone: TimeZone::UTC,
            format: Format::Json,
            is_one: false,
            is_line: false,
        };
        let mut upstream = Upstream::new(&tenant, &budget, &mut notes);
        run(&mut upstream, &request, &mut out).await.unwrap();
        let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(json[0]["queue_id"], "4711");
    }

    #[tokio::test]
    async fn no_id_means_all_and_stays_an_array() {
        let (_, json, _) = printed(&Tenant::of(&["1"]), &[], Format::Json)
            .await
            .unwrap();
        assert!(json.starts_with("[\n"));
    }

    #[tokio::test]
    async fn all_means_what_a_board_of_every_queue_shows() {
        let mut tenant = Tenant::of(&["1", "2"]);
        tenant.leaves_out("1", without("chat"));
        let (exit, json, notes) = printed(&tenant, &[], Format::Json).await.unwrap();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!((exit, notes.as_str()), (Exit::Done, ""));
        assert_eq!(
            (json.as_array().unwrap().len(), &json[0]["queue_id"]),
            (1, &"2".into())
        );

        tenant.leaves_out("2", without("chat"));
        let (exit, json, notes) = printed(&tenant, &[], Format::Json).await.unwrap();
        assert_eq!((exit, json.as_str()), (Exit::NotFound, "[]\n"));
        assert!(notes.starts_with("error: every queue that CXone shows is left out"));
    }

    #[tokio::test]
    async fn a_tenant_that_shows_no_queue_is_an_empty_array_and_an_error() {
        for (format, text) in [(Format::Json, "[]\n"), (Format::Table, "")] {
            let (budget, mut notes, mut out) = (RequestBudget::new(10), Vec::new(), Vec::new());
            let tenant = Tenant::default();
            let mut upstream = Upstream::new(&tenant, &budget, &mut notes);
            let request = StatsRequest {
                queue_ids: Vec::new(),
                skill_ids: Vec::new(),
                day_zone: TimeZone::UTC,
                format,
                is_one: false,
                is_line: false,
            };
            let end = run(&mut upstream, &request, &mut out).await;
            assert_eq!(end.unwrap_err().exit, Exit::NotFound);
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
    }

    #[tokio::test]
    async fn what_only_one_dialect_knows_follows_the_promised_keys() {
        let mut tenant = busy_tenant();
        let queue = &mut tenant.queues[0];
        queue.average_wait = None;
        queue.longest_wait = Some(Duration::from_secs(108));
        queue.agents_after_call_work = Some(1);
        queue.agents_unavailable = Some(2);
        queue.service_level_goal = Some(80.0);
        queue.service_level_threshold = Some(Duration::from_secs(30));
        queue.service_level_sample = Some(100);
        let (_, json, _) = printed(&tenant, &["4711"], Format::Json).await.unwrap();
        assert!(
            json.ends_with(
                "  \"avg_wait_time_ms\": null,\n  \"service_level\": 83.5,\n  \
                 \"longest_wait_time_ms\": 108000,\n  \"agents_after_call_work\": 1,\n  \
                 \"agents_unavailable\": 2,\n  \"service_level_goal\": 80.0,\n  \
                 \"service_level_threshold_seconds\": 30.0,\n  \"service_level_sample\": 100\n}\n"
            ),
            "{json}"
        );
    }

    #[tokio::test]
    async fn a_table_has_the_waits_that_some_queue_has() {
        let mut tenant = busy_tenant();
        tenant.queues[0].longest_wait = Some(Duration::from_secs(108));
        let (_, table, _) = printed(&tenant, &[], Format::Table).await.unwrap();
        assert_eq!(
            table,
            "QUEUE ID  NAME        WAITING  AVG WAIT  LONGEST WAIT  SERVICE LEVEL  AVAILABLE  BUSY  LOGGED ON\n\
             4711      Queue 4711        3      1:32          1:48         83.5 %          0     7         12\n\
             9         Queue 9           3         –             –              –          –     –          –\n"
        );
        tenant.queues[0].average_wait = None;
        let (_, table, _) = printed(&tenant, &[], Format::Table).await.unwrap();
        assert!(
            table.starts_with("QUEUE ID  NAME        WAITING  LONGEST WAIT  SERVICE LEVEL  "),
            "{table}"
        );
        tenant.queues[0].longest_wait = None;
        let (_, table, _) = printed(&tenant, &[], Format::Table).await.unwrap();
        assert!(
            table.starts_with("QUEUE ID  NAME        WAITING  AVG WAIT  SERVICE LEVEL  "),
            "{table}"
        );
    }

    #[tokio::test]
    async fn a_table_shows_unknown_as_a_dash() {
        let (_, table, _) = printed(&busy_tenant(), &[], Format::Table).await.unwrap();
        assert_eq!(
            table,
            "QUEUE ID  NAME        WAITING  AVG WAIT  SERVICE LEVEL  AVAILABLE  BUSY  LOGGED ON\n\
             4711      Queue 4711        3      1:32         83.5 %          0     7         12\n\
             9         Queue 9           3         –              –          –     –          –\n"
        );
    }

    fn with_today(reports: [Result<usize, Error>; 2]) -> Tenant {
        let mut tenant = busy_tenant();
        let queue = &mut tenant.queues[0];
        queue.average_wait = None;
        queue.longest_wait = Some(Duration::from_secs(108));
        tenant.reports = Some(reports);
        tenant
    }

    #[tokio::test]
    async fn realtime_table_has_todays_columns_within_100() {
        let tenant = with_today([Ok(1), Ok(1)]);
        let (exit, table, notes) = printed(&tenant, &[], Format::Table).await.unwrap();
        assert_eq!((exit, notes.as_str()), (Exit::Done, ""));
        assert_eq!(
            table,
            "QUEUE ID  NAME        WAITING  LONGEST      SL  FREE  BUSY  AGENTS  OFFERED  ABANDONED  ANSWERED IN\n\
             4711      Queue 4711        3     1:48  83.5 %     0     7      12       52          2         0:23\n\
             9         Queue 9           3        –       –     –     –       –        –          –            –\n"
        );
    }

    #[tokio::test]
    async fn realtime_json_has_today_since_midnight_of_the_zone() {
        let tenant = with_today([Ok(1), Ok(1)]);
        let (_, json, _) = printed(&tenant, &[], Format::Json).await.unwrap();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let today: Today = serde_json::from_value(json[0]["today"].clone()).unwrap();
        let from: Timestamp = today.from.parse().unwrap();
        // 5:45 ahead of UTC.
        assert!(today.from.ends_with("T18:15:00Z"), "{today:?}");
        assert_eq!((today.lag_ms, today.offered), (0, Some(52)));
        assert_eq!(today.abandon_rate_percent, Some(4.0));
        assert_eq!(today.service_level.percent, Some(75.0));
        assert!(json[1].get("today").is_none(), "not counted: {json}");
        let windows = tenant.windows.lock().unwrap();
        assert_eq!(windows.len(), 2);
        for window in &*windows {
            let start_ms = i64::try_from(epoch_ms(window.start)).unwrap();
            assert_eq!(start_ms, from.as_millisecond());
            assert!(window.end.elapsed().unwrap() < Duration::from_secs(60));
        }
    }

    #[tokio::test]
    async fn todays_numbers_that_cannot_be_read_are_a_note() {
        let refusal = Error::Forbidden {
            remedy: cxone::Remedy::ReportPermission,
        };
        let note = |what: &str| format!("{what} cannot be read: {}\n", explain(&refusal));
        let tenant = with_today([Err(refusal.clone()), Err(refusal.clone())]);
        let (exit, table, notes) = printed(&tenant, &[], Format::Table).await.unwrap();
        assert_eq!((exit, notes), (Exit::Done, note("today's numbers")));
        let first = table.lines().nth(1).unwrap();
        let words: Vec<_> = first.split_whitespace().collect();
        assert!(words.ends_with(&["12", "–", "–", "–"]), "{table}");

        let tenant = with_today([Ok(1), Err(refusal.clone())]);
        let (exit, json, notes) = printed(&tenant, &["4711"], Format::Json).await.unwrap();
        assert_eq!((exit, notes), (Exit::Done, note("today's service levels")));
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["today"]["offered"], 52);
        assert!(json["today"]["service_level"]["sample"].is_null());
    }

    #[tokio::test]
    async fn queues_without_an_answer_are_null_and_named() {
        let mut tenant = busy_tenant();
        tenant.unanswered = ids(&["9"]);
        let (exit, json, notes) = printed(&tenant, &["4711", "9", "404"], Format::Json)
            .await
            .unwrap();
        assert_eq!(exit, Exit::NotFound);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json[0]["calls_waiting"], 3);
        for row in [&json[1], &json[2]] {
            assert_eq!(row["calls_waiting"], serde_json::Value::Null);
        }
        assert_eq!(
            notes,
            "error: CXone left the queue 9 out of its answer: compare with `queuewall queues`, which \
             lists what this tenant shows\n\
             error: CXone does not know the queue 404: compare with `queuewall queues`, which lists what \
             this tenant shows\n"
        );
    }

    #[tokio::test]
    async fn a_failed_read_prints_nothing_and_has_its_exit_code() {
        for (error, exit) in [
            (
                cxone::Error::TokenRefused {
                    status: 401,
                    remedy: cxone::Remedy::ApiClient,
                },
                Exit::Credentials,
            ),
            (
                cxone::Error::Forbidden {
                    remedy: cxone::Remedy::QueueScope,
                },
                Exit::Permission,
            ),
            (
                cxone::Error::RateLimited { retry_after: None },
                Exit::RateLimit,
            ),
            (
                cxone::Error::Dns {
                    name: "host".into(),
                    setting: cxone::Setting::BaseUrl,
                },
                Exit::Network,
            ),
            (
                cxone::Error::ServerError {
                    status: 503,
                    retry_after: None,
                },
                Exit::Other,
            ),
        ] {
            let mut tenant = busy_tenant();
            tenant.read = Some(error.clone());
            let failure = printed(&tenant, &["9"], Format::Json).await.unwrap_err();
            assert_eq!(failure, Failure::new(exit, explain(&error)));
        }
    }
}
