//! Events as they happen: what is told, and when a stream ends.

use http_body_util::BodyExt as _;
use queuewall_shared::snapshot::{Level, Queue, QueueState};
use serde_json::Value;
use tokio::sync::watch;

use super::{access::linked, *};

const STREAM: &str = "/api/boards/main/events/stream";

/// An answer whose events are read one at a time.
struct Stream(Body);

impl Stream {
    /// The next event and its data; `None` at the end.
    async fn next(&mut self) -> Option<(String, Value)> {
        let frame = self.0.frame().await?.unwrap();
        let bytes = frame.into_data().unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        let (name, rest) = text
            .strip_prefix("event: ")
            .expect(text)
            .split_once('\n')
            .unwrap();
        let data = rest.strip_prefix("data: ").expect(text).trim_end();
        Some((name.to_owned(), serde_json::from_str(data).unwrap()))
    }

    async fn expect(&mut self, name: &str) -> Value {
        let (is, data) = self.next().await.unwrap();
        assert_eq!(is, name, "{data}");
        data
    }
}

impl Fixture {
    /// Publishes a queue of this level; none is of a queue that is not read.
    fn shows_level(&self, level: Level) {
        let mut snapshot = self.boards.latest("main").unwrap().snapshot.clone();
        snapshot.queues = vec![Queue {
            id: "4711".into(),
            name: "Sales".into(),
            state: match level {
                Level::None => QueueState::Unknown,
                _ => QueueState::Open,
            },
            level,
            ..Queue::default()
        }];
        self.boards.publish(snapshot, Some(SystemClock.now()));
        self.boards.mark_assembled();
    }

    async fn stream(&self) -> Stream {
        let response = self.get(STREAM, &[]).await;
        assert_eq!(header(&response, "content-type"), "text/event-stream");
        assert_eq!(header(&response, "cache-control"), "no-cache");
        assert_eq!(header(&response, "x-accel-buffering"), "no");
        Stream(response.into_body())
    }

    async fn etag(&self) -> String {
        header(&self.get("/api/boards/main", &[]).await, "etag").to_owned()
    }
}

#[tokio::test]
async fn stream_tells_the_snapshots_tag_and_each_change_of_level() {
    let fixture = fixture(page());
    fixture.shows_level(Level::Ok);
    let mut stream = fixture.stream().await;
    let data = stream.expect("snapshot").await;
    assert_eq!(data["etag"], fixture.etag().await);
    assert!(data["uptime_ms"].as_u64().unwrap() >= 1_000_000);
    fixture.shows_level(Level::Critical);
    let data = stream.expect("level").await;
    for (key, value) in [
        ("from", "ok"),
        ("to", "critical"),
        ("queue", "4711"),
        ("name", "Sales"),
    ] {
        assert_eq!(data[key], value);
    }
    let data = stream.expect("snapshot").await;
    assert_eq!(data["etag"], fixture.etag().await);
    // Not read for a while, and then critical as before: no change of level.
    fixture.shows_level(Level::None);
    stream.expect("snapshot").await;
    fixture.shows_level(Level::Critical);
    stream.expect("snapshot").await;
    fixture.shows_level(Level::Warning);
    assert_eq!(stream.expect("level").await["to"], "warning");
}

#[tokio::test]
async fn stream_ends_when_the_server_stops() {
    let mut fixture = fixture(page());
    let (stop, stopping) = watch::channel(false);
    fixture.state.stopping = stopping;
    fixture.routes = router(fixture.state.clone());
    let mut stream = fixture.stream().await;
    stream.expect("snapshot").await;
    stop.send_replace(true);
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn stream_ends_with_the_access_of_its_caller() {
    let linked = linked(&[("main", "Main")]).await;
    let fixture = &linked.fixture;
    let refused = fixture.get(STREAM, &[]).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let cookie = linked.cookie("main", "good");
    let mut stream = Stream(fixture.with_cookie(STREAM, &cookie).await.into_body());
    stream.expect("snapshot").await;
    let backend = fixture.access.link_backend().unwrap();
    (backend.links).revoke(|link| link.id == "good", SystemClock.now().wall);
    fixture.boards.mark_assembled();
    assert!(stream.next().await.is_none());
}
