//! What the poller tells of itself: reads that ended, failures that hold it back, and in the
//! log what somebody has to know who looks for a reason.

use prometheus_client::{encoding::text, registry::Registry};

use super::*;
use crate::logging::tests::Said;

impl Bench {
    /// How many reads of queues or of their list were good, and how many failed.
    fn ended(&self) -> [u64; 2] {
        let mut registry = Registry::default();
        self.polls.register(&mut registry);
        let mut page = String::new();
        text::encode(&mut page, &registry).unwrap();
        ["read", "failed"].map(|outcome| {
            let series = format!("poll_seconds_count{{outcome=\"{outcome}\"}} ");
            let counted = page.lines().find_map(|line| line.strip_prefix(&series));
            counted.unwrap().parse().unwrap()
        })
    }
}

#[tokio::test(start_paused = true)]
async fn every_read_is_counted_by_how_it_ended() {
    let bench = Bench::start(&ids(1), all_waiting(&ids(1)), 10);
    after(POLL).await;
    assert_eq!(bench.ended(), [2, 0]);
    bench.script(|script| script.failure = Some(bad_request()));
    after(POLL).await;
    assert_eq!(bench.ended(), [2, 1]);
}

#[tokio::test(start_paused = true)]
async fn reads_of_the_queue_list_are_counted_too() {
    let mut script = all_waiting(&ids(1));
    script.list_failure = Some(bad_request());
    let bench = Bench::start(&[], script, 10);
    after(Duration::ZERO).await;
    assert_eq!(bench.ended(), [0, 1]);
    bench.script(|script| script.list_failure = None);
    after(POLL).await;
    assert_eq!(bench.ended(), [2, 1], "the list, and the queue in it");
}

#[tokio::test(start_paused = true)]
async fn failures_in_a_row_and_the_end_of_their_back_off_are_told() {
    let mut script = all_waiting(&ids(1));
    script.failure = Some(SourceError::CredentialsRejected {
        status: 401,
        oauth_error: None,
        remedy: "",
    });
    let start = Instant::now();
    let bench = Bench::start(&ids(1), script, 10);
    after(Duration::ZERO).await;
    let told = |failures, until| BackOff {
        failures,
        until: Some(start + until),
    };
    // Whoever is refused waits an interval, and two the next time.
    assert_eq!(bench.polls.back_off(), told(1, POLL));
    after(POLL).await;
    assert_eq!(bench.polls.back_off(), told(2, POLL * 3));
    bench.script(|script| script.failure = None);
    after(POLL * 2).await;
    assert_eq!(bench.polls.back_off(), BackOff::default());
}

/// The levels of the lines that hold these words.
fn levels(said: &Said, words: &str) -> Vec<String> {
    let lines = said.lines().into_iter();
    lines
        .filter(|line| line["message"].as_str().unwrap().contains(words))
        .map(|line| line["level"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn an_interval_that_does_not_fit_the_budget_is_warned_of_and_its_return_is_told() {
    let ids = ids(900);
    let (said, _guard) = Said::gather("queuewall=info");
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(Duration::from_secs(1)).await;
    assert_eq!(
        levels(&said, "do not fit 30 s within 10 requests"),
        ["WARN"]
    );
    assert!(levels(&said, "again").is_empty());
    bench
        .changes
        .send_replace(live(vec![board("main", &ids[..1])]));
    after(Duration::from_secs(1)).await;
    assert_eq!(
        levels(&said, "each queue is read every 30 s again"),
        ["INFO"]
    );
    assert_eq!(levels(&said, "do not fit").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn queues_that_an_answer_does_not_know_are_named_in_the_log() {
    let ids = ids(2);
    let (said, _guard) = Said::gather("queuewall=debug");
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(Duration::ZERO).await;
    let words = "CXone does not know these queues";
    assert!(levels(&said, words).is_empty());
    bench.script(|script| script.unknown.insert("001".into()));
    after(POLL).await;
    assert_eq!(levels(&said, words), ["DEBUG"]);
    assert!(said.text().contains(r#"[\"001\"]"#), "{}", said.text());
}
