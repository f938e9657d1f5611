//! A board's trends: what is answered, and to whom.

use queuewall_shared::trend::{QueueTrend, Trends};

use super::{
    access::{linked, refusal},
    *,
};

const TRENDS: &str = "/api/boards/main/trends";

impl Fixture {
    fn publish_trends(&self, waiting: u64) {
        let trends = |slug: &str| {
            let queue = QueueTrend {
                id: "4711".into(),
                waiting_highest: vec![None, Some(waiting)],
                waiting_before: None,
                waiting_limits: [Some(5), Some(10)],
            };
            let trends = Trends {
                to_ms: 60_000,
                step_ms: 300_000,
                scale: 12,
                queues: vec![queue],
            };
            (slug.to_owned(), trends)
        };
        let slugs = ["main", "sales"].into_iter();
        self.boards.publish_trends(slugs.map(trends));
    }
}

#[tokio::test]
async fn trends_have_a_tag_and_unchanged_is_304() {
    let fixture = fixture(page());
    let before = fixture.get(TRENDS, &[]).await;
    assert_eq!(before.status(), StatusCode::OK, "none are known yet");
    fixture.publish_trends(3);
    let response = fixture.get(TRENDS, &[("accept-encoding", "gzip")]).await;
    assert_eq!(header(&response, "content-encoding"), "gzip");
    let response = fixture.get(TRENDS, &[]).await;
    assert_eq!(header(&response, "content-type"), "application/json");
    assert_eq!(header(&response, "cache-control"), "private, no-cache");
    let tag = header(&response, "etag").to_owned();
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&body(response).await).unwrap(),
        serde_json::json!({
            "to_ms": 60_000,
            "step_ms": 300_000,
            "scale": 12,
            "queues": [{ "id": "4711", "waiting_highest": [null, 3], "waiting_before": null,
                "waiting_limits": [5, 10] }],
        })
    );
    let known = [("if-none-match", &*tag)];
    let again = fixture.get(TRENDS, &known).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_ne!(header(&again, "x-uptime-ms"), "");
    fixture.publish_trends(4);
    let changed = fixture.get(TRENDS, &known).await;
    assert_eq!(changed.status(), StatusCode::OK);
}

#[tokio::test]
async fn trends_of_unknown_board_are_404() {
    let fixture = fixture(page());
    let response = fixture.get("/api/boards/other/trends", &[]).await;
    assert_eq!(refusal(response).await, (404, "no_such_board".to_owned()));
}

#[tokio::test]
async fn trends_need_access_to_their_board() {
    let linked = linked(&[("main", "Main"), ("sales", "Sales")]).await;
    linked.fixture.publish_trends(3);
    for (kind, board, status, code) in [
        ("good", "main", 200, ""),
        ("revoked", "main", 410, "access_revoked"),
        ("expired", "main", 410, "access_expired"),
        ("forged", "main", 401, "no_access"),
        ("foreign", "main", 401, "no_access"),
        ("good", "nothing", 401, "no_access"),
    ] {
        let path = format!("/api/boards/{board}/trends");
        let cookie = linked.cookie(board, kind);
        let response = linked.fixture.with_cookie(&path, &cookie).await;
        if code.is_empty() {
            assert_eq!(response.status().as_u16(), status, "{kind} {board}");
        } else {
            let refused = (status, code.to_owned());
            assert_eq!(refusal(response).await, refused, "{kind} {board}");
        }
    }
}
