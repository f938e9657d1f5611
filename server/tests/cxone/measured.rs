//! What of the dealings with CXone is measured; never a secret among it.

use std::sync::Arc;

use queuewall::{
    budget::RequestBudget,
    clock::{Clock as _, SystemClock},
    metrics::{Doors, Format, Measured, Metrics, Polls, Requests},
    screens::{DARK_AFTER, Screens},
    snapshot::Boards,
    source::QueueSource,
};

use crate::{
    dialect::{CANARY_KEY, CANARY_REFRESH_TOKEN, CANARY_SECRET, CANARY_TOKEN},
    failures::SHORT_TIMEOUT,
    scripted::Reply,
    tenant::{client_with, http, ids, queues, settings, tenant},
};

fn written(source: &Arc<dyn QueueSource>, budget: &Arc<RequestBudget>) -> String {
    let clock = Arc::new(SystemClock);
    let metrics = Metrics::new(Measured {
        boards: Arc::new(Boards::new(Vec::new(), "1".into(), clock.now())),
        budget: Arc::clone(budget),
        source: Arc::clone(source),
        polls: Polls::default(),
        requests: Requests::default(),
        doors: Doors::default(),
        screens: Arc::new(Screens::new(DARK_AFTER)),
        clock,
    });
    metrics.write(Format::Prometheus).unwrap()
}

#[tokio::test]
async fn requests_are_counted_by_kind_and_outcome_and_no_secret_is_among_it() {
    let budget = Arc::new(RequestBudget::new(100));
    let good = tenant(|_| Reply::json(&queues(&["1"]))).await;
    let source = client_with(settings(&http(&good)), &budget);
    assert!(!written(&source, &budget).contains("\nqueuewall_upstream_token_age_seconds "));
    source.read_queues(&ids(&["1"]), &[]).await.unwrap();
    source.read_queues(&ids(&["1"]), &[]).await.unwrap();

    let echo = format!("{CANARY_SECRET} {CANARY_TOKEN}");
    let bad = tenant(move |_| Reply::new(503, "text/plain", echo.clone())).await;
    let failing = client_with(settings(&http(&bad)), &budget);
    failing.read_queues(&ids(&["1"]), &[]).await.unwrap_err();

    let text = written(&source, &budget);
    for line in [
        "queuewall_upstream_requests_total{kind=\"sign_in\",outcome=\"answered\"} 2",
        "queuewall_upstream_requests_total{kind=\"readings\",outcome=\"answered\"} 2",
        "queuewall_upstream_requests_total{kind=\"readings\",outcome=\"server_error\"} 1",
        "queuewall_upstream_requests_total{kind=\"queue_list\",outcome=\"answered\"} 0",
        "queuewall_upstream_request_seconds_count{kind=\"readings\"} 3",
        "queuewall_upstream_budget_used_requests 5",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(text.contains("\nqueuewall_upstream_token_age_seconds "));
    for secret in [
        CANARY_SECRET,
        CANARY_TOKEN,
        CANARY_KEY,
        CANARY_REFRESH_TOKEN,
        "canary",
    ] {
        assert!(!text.contains(secret), "{text}");
    }
    for debug in [format!("{:?}", budget), format!("{:?}", budget.calls())] {
        assert!(!debug.contains("canary"));
    }
}

#[tokio::test]
async fn every_request_is_counted_by_what_came_of_it() {
    let too_large = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", u32::MAX);
    for (outcome, reply) in [
        ("answered", Reply::json(&queues(&["1"]))),
        ("answered", Reply::new(200, "text/html", "<html>")),
        ("refused", Reply::status(403)),
        ("refused", Reply::status(404)),
        ("rate_limited", Reply::status(429)),
        ("server_error", Reply::status(500)),
        ("redirected", Reply::status(302)),
        ("timed_out", Reply::then_stall("")),
        ("no_connection", Reply::then_reset("")),
        (
            "no_connection",
            Reply::then_close("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"),
        ),
        ("unreadable", Reply::then_stall(&too_large)),
        ("unreadable", Reply::then_close("SSH-2.0-OpenSSH_9.6\r\n")),
    ] {
        let budget = Arc::new(RequestBudget::new(100));
        let is_stalled = outcome == "timed_out";
        let server = tenant(move |_| reply.clone()).await;
        let mut settings = settings(&http(&server));
        if is_stalled {
            settings.total_timeout = SHORT_TIMEOUT;
        }
        let source = client_with(settings, &budget);
        let _ = source.read_queues(&ids(&["1"]), &[]).await;
        let text = written(&source, &budget);
        let counted = text
            .lines()
            .filter_map(|line| line.strip_prefix("queuewall_upstream_requests_total"))
            .filter(|line| line.contains("\"readings\"") && !line.ends_with(" 0"));
        let expected = format!("{{kind=\"readings\",outcome=\"{outcome}\"}} 1");
        assert_eq!(counted.collect::<Vec<_>>(), [expected]);
    }
}
