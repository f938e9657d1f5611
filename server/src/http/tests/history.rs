//! The history: answers, files, bounds, and who may read them.

use queuewall_shared::snapshot::Queue;
use queuewall_store::{
    Location, Store,
    backfill::Hour,
    column::{COLUMNS, Column, Values},
    event::{Event, EventKind},
    history,
    retention::Retention,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    access::{linked, refusal},
    *,
};
use crate::{
    config::{AccessConfig, AccessMode},
    database::Database,
    history::HistoryConfig,
    servers::Status,
};

/// 2026-10-25, 00:00 UTC: in Berlin 02:00, and an hour later once more. In minutes since 1970.
const SECOND_TWO: i64 = 29_881_440;
const HISTORY: &str = "/api/boards/main/queues/4711/history";

/// A history in a folder that is removed with it.
struct Kept {
    history: Arc<History>,
    store: Arc<Store>,
    _folder: TempDir,
}

impl Kept {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let history = Arc::new(closed(&folder));
        history.start(&[], &SystemClock).await;
        Self {
            store: history.store().unwrap(),
            history,
            _folder: folder,
        }
    }

    async fn write(&self, id: &str, at: i64, values: Values) {
        let queue = history::Queue {
            id: id.to_owned(),
            skills: Vec::new(),
        };
        let row = (queue, values);
        self.store.write_minute(at, &[row], &[]).await.unwrap();
    }
}

fn closed(folder: &TempDir) -> History {
    let location = Location::File(folder.path().join("queuewall.db"));
    let config = HistoryConfig {
        database: Arc::new(Database::new(location)),
        retention: Retention::default(),
    };
    History::new(config).0
}

fn values(known: &[(&str, f64)]) -> Values {
    let mut values = [None; COLUMNS];
    for (name, value) in known {
        values[Column::from_name(name).unwrap().index()] = Some(*value);
    }
    values
}

impl Fixture {
    /// The same with a history, and a board of queues of these ids.
    fn keeping(mut self, history: &Arc<History>, board: &str, ids: &[&str]) -> Self {
        self.state.history = Some(Arc::clone(history));
        self.routes = router(self.state.clone());
        self.shows(board, ids, Some("Europe/Berlin"));
        self
    }

    fn shows(&self, board: &str, ids: &[&str], zone: Option<&str>) {
        let mut snapshot = self.boards.latest(board).unwrap().snapshot.clone();
        snapshot.board.timezone = zone.map(str::to_owned);
        snapshot.queues = ids
            .iter()
            .map(|id| Queue {
                id: (*id).to_owned(),
                ..Queue::default()
            })
            .collect();
        self.boards.publish(snapshot, Some(SystemClock.now()));
    }

    async fn json(&self, path: &str) -> Value {
        let response = self.get(path, &[]).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        serde_json::from_slice(&body(response).await).unwrap()
    }

    async fn text(&self, path: &str) -> String {
        String::from_utf8(body(self.get(path, &[]).await).await).unwrap()
    }
}

#[tokio::test]
async fn readyz_says_kept_only_where_this_server_keeps_the_history() {
    let kept = Kept::new().await;
    let mut fixture = fixture(page()).keeping(&kept.history, "main", &[]);
    fixture.boards.mark_assembled();
    assert_eq!(fixture.json("/readyz").await["history"], "kept");
    let status = Arc::new(Status::new("b:1".to_owned()));
    fixture.state.servers = Some(status);
    fixture.routes = router(fixture.state.clone());
    let history = &fixture.json("/readyz").await["history"];
    assert_eq!(history, "kept by the leader, if one is");
}

#[tokio::test]
async fn history_has_a_value_a_bin_and_null_for_unknown() {
    let kept = Kept::new().await;
    let fixture = fixture(page()).keeping(&kept.history, "main", &["4711", "aB/1"]);
    for (at, waiting, level) in [(0, 3.0, 80.0), (1, 4.0, 75.5), (3, 1.0, 90.0)] {
        let known = [
            ("waiting", waiting),
            ("service_level", level),
            ("longest_wait", 61_000.0),
        ];
        kept.write("4711", SECOND_TWO + at, values(&known)).await;
    }
    let range = "from=2026-10-25T00:00:00Z&to=2026-10-25T02:04:00%2B02:00";
    let path = format!("{HISTORY}?metrics=waiting,service_level,longest_wait&{range}");
    assert_eq!(
        fixture.json(&path).await,
        json!({
            "board": "main",
            "queue": "4711",
            "from": "2026-10-25T00:00:00Z",
            "to": "2026-10-25T00:04:00Z",
            "step_seconds": 60,
            "metrics": {
                "waiting": [3, 4, null, 1],
                "service_level": [80, 75.5, null, 90],
                "longest_wait": [61_000, 61_000, null, 61_000],
            },
            "unit": { "waiting": "calls", "service_level": "percent", "longest_wait": "ms" },
            "aggregate": { "waiting": "mean", "service_level": "mean", "longest_wait": "highest" },
            "limits": { "waiting": { "warning": null, "critical": null } },
            "backfilled": [],
            "hours": [],
        })
    );
    let binned = fixture.json(&format!("{path}&step=120")).await;
    assert_eq!(binned["metrics"]["waiting"], json!([3.5, 1]));
    // An id of other letters, of which nothing is kept; all metrics of three hours.
    let other = fixture.json("/api/boards/main/queues/aB%2F1/history").await;
    assert_eq!(other["queue"], "aB/1");
    let metrics = other["metrics"].as_object().unwrap();
    assert_eq!(metrics.len(), COLUMNS);
    assert!(
        metrics
            .values()
            .all(|it| *it == json!(vec![Value::Null; 180]))
    );
}

#[tokio::test]
async fn history_of_queue_is_of_its_boards_skill_filter() {
    let kept = Kept::new().await;
    let fixture = fixture(page()).keeping(&kept.history, "main", &["4711"]);
    kept.write("4711", SECOND_TWO, values(&[("waiting", 9.0)]))
        .await;
    let board = crate::board::BoardConfig {
        slug: "main".into(),
        skill_ids: vec!["7".into()],
        ..Default::default()
    };
    let path = format!("{HISTORY}?metrics=waiting&from={0}&to={1}", ms(0), ms(1));
    assert_eq!(fixture.json(&path).await["metrics"]["waiting"], json!([9]));
    fixture.boards.set_skills(&[board]);
    assert_eq!(
        fixture.json(&path).await["metrics"]["waiting"],
        json!([null])
    );
}

/// Minutes after [`SECOND_TWO`], in milliseconds.
fn ms(minutes: i64) -> i64 {
    (SECOND_TWO + minutes) * 60_000
}

#[tokio::test]
async fn history_has_tag_of_its_bytes_and_unchanged_is_304() {
    let kept = Kept::new().await;
    let fixture = fixture(page()).keeping(&kept.history, "main", &["4711"]);
    let path = format!("{HISTORY}?from={}&to={}", ms(0), ms(9));
    let mut tags = std::collections::BTreeSet::new();
    for (accept, encoding) in [
        ("*/*", ""),
        ("*/*", "br"),
        ("*/*", "gzip"),
        ("text/csv", ""),
    ] {
        let headers = [("accept", accept), ("accept-encoding", encoding)];
        let response = fixture.get(&path, &headers).await;
        assert_eq!(header(&response, "content-encoding"), encoding);
        assert_eq!(header(&response, "cache-control"), "private, no-cache");
        assert_eq!(header(&response, "vary"), "accept, accept-encoding");
        let tag = header(&response, "etag").to_owned();
        let known = [headers[0], headers[1], ("if-none-match", tag.as_str())];
        let again = fixture.get(&path, &known).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert!(body(again).await.is_empty());
        let head = fixture.send("HEAD", &path, &headers).await;
        assert_eq!(
            (head.status(), header(&head, "etag")),
            (StatusCode::OK, tag.as_str())
        );
        kept.write(
            "4711",
            SECOND_TWO + tags.len() as i64,
            values(&[("waiting", 1.0)]),
        )
        .await;
        assert_eq!(fixture.get(&path, &known).await.status(), StatusCode::OK);
        tags.insert(tag);
    }
    assert_eq!(tags.len(), 4);
}

#[tokio::test]
async fn csv_has_both_hours_when_clocks_go_back() {
    let kept = Kept::new().await;
    let fixture = fixture(page()).keeping(&kept.history, "main", &["4711", "=1+1"]);
    for hour in 0..2 {
        for minute in 0..60 {
            let known = [("waiting", hour as f64), ("longest_wait", 5_000.0)];
            kept.write("4711", SECOND_TWO + hour * 60 + minute, values(&known))
                .await;
        }
    }
    let quarter = SECOND_TWO / 15;
    kept.store.roll_up(quarter, quarter + 8).await.unwrap();
    let range = format!(
        "metrics=waiting,longest_wait&step=3600&from={}&to={}",
        ms(0),
        ms(180)
    );
    let expected = "time_utc,time_board,queue,waiting,longest_wait_ms,backfilled\r\n\
                    2026-10-25T00:00:00Z,2026-10-25T02:00:00+02:00,4711,0,5000,false\r\n\
                    2026-10-25T01:00:00Z,2026-10-25T02:00:00+01:00,4711,1,5000,false\r\n\
                    2026-10-25T02:00:00Z,2026-10-25T03:00:00+01:00,4711,,,false\r\n";
    assert_eq!(
        fixture.text(&format!("{HISTORY}.csv?{range}")).await,
        expected
    );
    let response = fixture
        .get(&format!("{HISTORY}?{range}"), &[("accept", "text/csv")])
        .await;
    assert!(header(&response, "content-type").starts_with("text/csv"));
    assert_eq!(
        header(&response, "content-disposition"),
        "attachment; filename=\"main-4711.csv\""
    );
    assert_eq!(body(response).await, expected.as_bytes());
    for refused in ["application/json, text/csv;q=0", "text/csv; q=0.0"] {
        let response = fixture
            .get(&format!("{HISTORY}?{range}"), &[("accept", refused)])
            .await;
        let kind = header(&response, "content-type");
        assert!(kind.starts_with("application/json"), "{refused}: {kind}");
    }
    let formula = format!("/api/boards/main/queues/%3D1%2B1/history.csv?{range}");
    let formula = fixture.get(&formula, &[]).await;
    assert_eq!(
        header(&formula, "content-disposition"),
        "attachment; filename=\"main--1-1.csv\""
    );
    let formula = String::from_utf8(body(formula).await).unwrap();
    assert_eq!(formula.matches(",'=1+1,").count(), 3, "{formula}");
    // A board without a zone has UTC.
    fixture.shows("main", &["4711"], None);
    let utc = fixture.text(&format!("{HISTORY}.csv?{range}")).await;
    assert!(
        utc.contains("\n2026-10-25T00:00:00Z,2026-10-25T00:00:00+00:00,"),
        "{utc}"
    );
}

#[tokio::test]
async fn history_and_events_need_access_to_their_board() {
    let kept = Kept::new().await;
    let boards = [("main", "Main"), ("sales", "Sales")];
    let mut linked = linked(&boards).await;
    linked.fixture = linked.fixture.keeping(&kept.history, "main", &["4711"]);
    linked.fixture.shows("sales", &["12"], None);
    let paths = ["queues/4711/history", "queues/4711/history.csv", "events"];
    for (kind, board, status, code) in [
        ("good", "main", 200, ""),
        ("revoked", "main", 410, "access_revoked"),
        ("expired", "main", 410, "access_expired"),
        ("forged", "main", 401, "no_access"),
        ("foreign", "main", 401, "no_access"),
        ("good", "nothing", 401, "no_access"),
    ] {
        for path in paths {
            let path = format!("/api/boards/{board}/{path}");
            let cookie = linked.cookie(board, kind);
            let response = linked.fixture.with_cookie(&path, &cookie).await;
            if code.is_empty() {
                assert_eq!(response.status().as_u16(), status, "{kind} {path}");
            } else {
                assert_eq!(
                    refusal(response).await,
                    (status, code.to_owned()),
                    "{kind} {path}"
                );
            }
        }
    }
    // A queue of another board, and one that left the board.
    let path = "/api/boards/sales/queues/4711/history";
    let response = linked
        .fixture
        .with_cookie(path, &linked.cookie("sales", "foreign"))
        .await;
    assert_eq!(refusal(response).await, (404, "no_such_queue".to_owned()));
    kept.write("4711", SECOND_TWO, values(&[("waiting", 1.0)]))
        .await;
    linked.fixture.shows("main", &["5"], None);
    let response = linked
        .fixture
        .with_cookie(HISTORY, &linked.cookie("main", "good"))
        .await;
    assert_eq!(refusal(response).await, (404, "no_such_queue".to_owned()));
}

#[tokio::test]
async fn history_behind_proxy_is_for_named_users() {
    let kept = Kept::new().await;
    let config = AccessConfig {
        mode: AccessMode::Proxy,
        trusted_proxies: vec!["10.0.0.5/32".parse().unwrap()],
        ..AccessConfig::default()
    };
    let fixture = guarded(page(), config.guard_without_links(), &[("main", "Main")]);
    let fixture = fixture.keeping(&kept.history, "main", &["4711"]);
    for (peer, user, status) in [
        ("10.0.0.5:9", Some("ann"), 200),
        ("10.0.0.5:9", None, 401),
        ("192.0.2.7:9", Some("ann"), 403),
    ] {
        for path in [HISTORY, "/api/boards/main/events"] {
            let mut request = Request::builder().uri(path);
            if let Some(user) = user {
                request = request.header("x-forwarded-user", user);
            }
            let mut request = request.body(Body::empty()).unwrap();
            let peer: std::net::SocketAddr = peer.parse().unwrap();
            request
                .extensions_mut()
                .insert(axum::extract::ConnectInfo(peer));
            let response = fixture.answer(request).await;
            assert_eq!(response.status().as_u16(), status, "{path} {peer} {user:?}");
        }
    }
}

#[tokio::test]
async fn wrong_query_is_refused_with_what_to_write() {
    let kept = Kept::new().await;
    let fixture = fixture(page()).keeping(&kept.history, "main", &["4711"]);
    for (query, words) in [
        (
            "metrics=waitng",
            "did you mean waiting? the metrics are waiting, waiting_highest",
        ),
        (
            "metrics=waiting,s3cret",
            "unknown metric: the metrics are waiting",
        ),
        ("metrics=%ff", "unknown metric"),
        (
            "form=0",
            "did you mean from? the parameters are metrics, from, to, step",
        ),
        ("%ff=0", "unknown parameter"),
        (
            "from=yesterday",
            "from is not a time: write it as 2026-11-30T08:00:00Z",
        ),
        ("to=2026-11-30T08:00:00", "to is not a time"),
        ("from=2026-11-30T08:00:00%2B99:00", "from is not a time"),
        ("from=-5", "from is not a time"),
        ("from=99999999999999999999", "from is not a time"),
        ("step=60&step=900", "step is given twice: give it once"),
        ("from=1000&to=2000&from=1000", "from is given twice"),
        ("from=2000&to=2000", "from is not before to"),
        ("from=4102444800000", "from is not before to"),
        ("step=0", "step is not a length"),
        ("step=90", "60 or a multiple"),
        ("step=-60", "step is not a length"),
        ("step=86460", "at most 86400"),
        ("step=1e9", "step is not a length"),
        (
            "from=0",
            "at most 1500 for each metric; ask for a shorter range",
        ),
        (
            "from=0&to=90060000&step=60",
            "set step to 120, or ask for a shorter range",
        ),
    ] {
        for ending in ["", ".csv"] {
            let response = fixture
                .get(&format!("{HISTORY}{ending}?{query}"), &[])
                .await;
            assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{query}");
            let error: Value = serde_json::from_slice(&body(response).await).unwrap();
            assert_eq!(error["code"], "bad_query");
            let said = error["error"].as_str().unwrap();
            assert!(said.contains(words), "{query}: {said}");
            assert!(!said.contains("s3cret"), "what was written may be a secret");
        }
    }
    let wrong = fixture.get("/api/boards/main/events?step=60", &[]).await;
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
    let path = "/api/boards/main/queues/%ff/history";
    assert_eq!(
        fixture.get(path, &[]).await.status(),
        StatusCode::BAD_REQUEST
    );
    let early = fixture.json(&format!("{HISTORY}?to=60000")).await;
    assert_eq!(early["from"], "1970-01-01T00:00:00Z");
    // An empty query asks for nothing else.
    let range = format!("{HISTORY}?metrics=,&from={}&to={}", ms(0), ms(1_500));
    let whole = fixture.json(&format!("{range}&step=60")).await;
    assert_eq!(whole["metrics"]["waiting"].as_array().unwrap().len(), 1_500);
}

#[tokio::test]
async fn history_that_is_not_open_is_503_and_none_is_404() {
    let folder = tempfile::tempdir().unwrap();
    let history = Arc::new(closed(&folder));
    let none = fixture(page());
    none.shows("main", &["4711"], None);
    let unopened = fixture(page()).keeping(&history, "main", &["4711"]);
    let paths = [HISTORY, "/api/boards/main/events"];
    for path in paths {
        assert_eq!(
            refusal(none.get(path, &[]).await).await,
            (404, "no_history".to_owned())
        );
        let response = unopened.get(path, &[]).await;
        assert_eq!(header(&response, "retry-after"), "5");
        assert_eq!(
            refusal(response).await,
            (503, "history_unavailable".to_owned())
        );
    }
    // Before the queue list is known, a queue may be the board's.
    let mut starting = fixture(page());
    starting.state.history = Some(history);
    starting.routes = router(starting.state.clone());
    let response = starting.get(HISTORY, &[]).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
}

fn level(at_ms: i64, queue: &str) -> Event {
    Event {
        at_ms,
        kind: EventKind::Level,
        board: Some("main".into()),
        queue: Some(queue.into()),
        detail: r#"{"from":"ok","to":"warning"}"#.into(),
    }
}

#[tokio::test]
async fn events_are_those_of_the_board_and_its_queues() {
    let kept = Kept::new().await;
    let fixture = fixture(page()).keeping(&kept.history, "main", &["4711"]);
    let other = |board: Option<&str>, kind| Event {
        kind,
        board: board.map(str::to_owned),
        queue: None,
        ..level(ms(2), "")
    };
    let events = [
        level(ms(1) + 5, "4711"),
        level(ms(1), "left"),
        other(Some("sales"), EventKind::Upstream),
        other(Some("main"), EventKind::Upstream),
        other(None, EventKind::Server),
        level(ms(3), "4711"),
    ];
    kept.store.write_events(&events, &[], None).await.unwrap();
    let path = format!("/api/boards/main/events?from={}&to={}", ms(0), ms(3));
    let detail = json!({ "from": "ok", "to": "warning" });
    assert_eq!(
        fixture.json(&path).await,
        json!({
            "board": "main",
            "from": "2026-10-25T00:00:00Z",
            "to": "2026-10-25T00:03:00Z",
            "truncated": false,
            "next_from": null,
            "events": [
                { "at": "2026-10-25T00:01:00.005Z", "kind": "level", "queue": "4711", "detail": detail },
                { "at": "2026-10-25T00:02:00Z", "kind": "upstream", "queue": null, "detail": detail },
                { "at": "2026-10-25T00:02:00Z", "kind": "server", "queue": null, "detail": detail },
            ],
        })
    );
    let response = fixture.get(&path, &[]).await;
    let tag = header(&response, "etag").to_owned();
    let again = fixture.get(&path, &[("if-none-match", &tag)]).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    // Of the last day, where nothing is asked for.
    let now = SystemClock.now().wall;
    let now = now
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_millis() as i64;
    let hours_ago = |hours: i64| level(now - hours * 3_600_000, "4711");
    kept.store
        .write_events(&[hours_ago(25), hours_ago(23)], &[], None)
        .await
        .unwrap();
    let day = fixture.json("/api/boards/main/events").await;
    assert_eq!(day["events"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn truncated_events_say_where_to_go_on() {
    let kept = Kept::new().await;
    let fixture = fixture(page()).keeping(&kept.history, "main", &["4711"]);
    // Two a millisecond, and then more than one answer holds in one.
    let mut events: Vec<_> = (0..2_400).map(|it| level(ms(0) + it / 2, "4711")).collect();
    events.extend((0..1_100).map(|_| level(ms(1), "4711")));
    kept.store.write_events(&events, &[], None).await.unwrap();
    let (mut from, mut counts) = (json!(ms(0).to_string()), Vec::new());
    while let Some(text) = from.as_str() {
        let path = format!("/api/boards/main/events?from={text}&to={}", ms(2));
        let answer = fixture.json(&path).await;
        counts.push(answer["events"].as_array().unwrap().len());
        from = answer["next_from"].clone();
        assert_eq!(answer["truncated"], json!(!from.is_null()));
    }
    assert_eq!(counts, [1_000, 1_000, 400, 1_100, 0]);
}

#[tokio::test]
async fn hours_that_were_read_later_are_marked_in_json_and_csv() {
    let kept = Kept::new().await;
    let fixture = fixture(page()).keeping(&kept.history, "main", &["4711"]);
    kept.write("4711", SECOND_TWO + 75, values(&[("service_level", 90.0)]))
        .await;
    let queue = history::Queue {
        id: "4711".to_owned(),
        skills: Vec::new(),
    };
    let hour = Hour {
        offered: Some(5),
        abandoned: Some(1),
        in_time: Some(3),
        late: Some(1),
        ..Hour::default()
    };
    for at in [SECOND_TWO / 60, SECOND_TWO / 60 + 1] {
        let row = [(queue.clone(), hour)];
        kept.store.write_hour(at, &row, &[]).await.unwrap();
    }
    let range = format!("step=900&from={}&to={}", ms(30), ms(105));
    let path = format!("{HISTORY}?metrics=service_level&{range}");
    let answer = fixture.json(&path).await;
    let levels = json!([75, 75, 75, 90, 75]);
    assert_eq!(answer["metrics"]["service_level"], levels);
    assert_eq!(
        answer["backfilled"],
        json!([
            { "from": "2026-10-25T00:30:00Z", "to": "2026-10-25T01:15:00Z" },
            { "from": "2026-10-25T01:30:00Z", "to": "2026-10-25T01:45:00Z" },
        ])
    );
    assert_eq!(answer["hours"].as_array().unwrap().len(), 2);
    let first = json!({
        "from": "2026-10-25T00:00:00Z",
        "offered": 5, "queued": null, "handled": null, "abandoned": 1, "in_time": 3, "late": 1,
    });
    assert_eq!(answer["hours"][0], first);
    let csv = format!("{HISTORY}.csv?metrics=service_level&{range}");
    let csv = fixture.text(&csv).await;
    let marks: Vec<_> = csv
        .lines()
        .map(|line| line.rsplit(',').next().unwrap())
        .collect();
    assert_eq!(
        marks,
        ["backfilled", "true", "true", "true", "false", "true"]
    );
    let none = fixture
        .json(&format!("{HISTORY}?metrics=waiting&{range}"))
        .await;
    assert_eq!(none["backfilled"], json!([]));
}
