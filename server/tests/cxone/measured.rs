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
