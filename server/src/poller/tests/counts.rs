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
    script.failure = Some(cxone::Error::CredentialsRejected {
        status: 401,
        oauth_error: None,
        remedy: cxone::Remedy::ApiClient,
    });
    let start = Instant::now();
    let bench = Bench::start(&ids(1), script, 10);
    after(Duration::ZERO).await;
    let told = |failures, until| BackOff {
        failures,
        until: Some(start + until),
    };
    // The back-off is one interval, and two the next time.
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
async fn interval_longer_due_to_budget_and_its_end_are_logged() {
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
async fn outage_is_logged_once_then_rarely_and_its_end() {
    let (said, _guard) = Said::gather("queuewall=info");
    let bench = Bench::start(&ids(2), all_waiting(&ids(2)), 10);
    after(POLL).await;
    bench.script(|script| script.failure = Some(server_error()));
    after(Duration::from_secs(600)).await;
    bench.script(|script| script.failure = None);
    after(2 * POLL).await;
    let text = said.text();
    let lines: Vec<_> = text.lines().collect();
    let trouble = lines
        .iter()
        .filter(|line| line.contains("HTTP 503"))
        .count();
    // At 0, 1, 3 and 7 minutes.
    assert_eq!(trouble, 4, "{lines:#?}");
    let last = lines.last().unwrap();
    assert!(
        last.contains("INFO") && last.contains("CXone answers again"),
        "{last}"
    );
    assert!(last.contains(" min in which "), "{last}");
}

#[tokio::test(start_paused = true)]
async fn queues_left_out_or_unknown_are_logged_once() {
    for is_unknown in [false, true] {
        let (said, _guard) = Said::gather("queuewall=info");
        let mut script = all_waiting(&ids(2));
        let gone = if is_unknown {
            &mut script.unknown
        } else {
            &mut script.left_out
        };
        gone.insert("001".to_owned());
        let bench = Bench::start(&ids(2), script, 10);
        after(20 * POLL).await;
        bench.script(|script| {
            script.unknown.clear();
            script.left_out.clear();
        });
        after(2 * POLL).await;
        // One that comes and goes fills no log.
        for turn in 0..10 {
            bench.script(|script| match turn % 2 {
                0 => script.left_out.insert("001".to_owned()),
                _ => script.left_out.remove("001"),
            });
            after(POLL).await;
        }
        let text = said.text();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{lines:#?}");
        assert!(lines[0].contains("WARN") && lines[0].contains("the queue 001"));
        assert!(lines[1].contains("CXone answers the queue 001 again"));
    }
}

#[tokio::test(start_paused = true)]
async fn dead_queues_are_logged_once_however_often_they_are_tried() {
    let (said, _guard) = Said::gather("queuewall=info");
    let mut script = all_waiting(&ids(2));
    script.dead.extend(ids(2));
    let _bench = Bench::start(&ids(2), script, 10);
    after(100 * POLL).await;
    let text = said.text();
    let lines: Vec<_> = text.lines().collect();
    let about = |text: &str| lines.iter().filter(|line| line.contains(text)).count();
    assert_eq!(about("CXone knows none of the queues"), 1, "{lines:#?}");
    assert_eq!(about("does not know"), 2, "{lines:#?}");
}

#[tokio::test(start_paused = true)]
async fn rate_limit_without_a_wait_pauses_an_interval_at_least() {
    for retry_after in [None, Some(Duration::ZERO), Some(Duration::from_secs(1))] {
        let mut script = all_waiting(&ids(1));
        script.failure = Some(cxone::Error::RateLimited { retry_after });
        let bench = Bench::start(&ids(1), script, 10);
        after(Duration::from_secs(600)).await;
        let reads = bench.script(|script| script.reads.clone());
        let gaps: Vec<_> = reads.windows(2).map(|it| it[1].0 - it[0].0).collect();
        assert!(gaps.iter().all(|gap| *gap >= POLL), "{gaps:?}");
        let later = &gaps[2..];
        assert!(
            later.iter().all(|gap| *gap >= 2 * POLL),
            "it grows: {gaps:?}"
        );
        assert!(gaps.iter().all(|gap| *gap <= 5 * POLL), "{gaps:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn failure_is_retried_after_a_second_at_least() {
    let mut script = all_waiting(&ids(1));
    script.failure = Some(server_error());
    let bench = Bench::start(&ids(1), script, 100);
    after(Duration::from_secs(20)).await;
    let reads = bench.script(|script| script.reads.clone());
    let gaps: Vec<_> = reads.windows(2).map(|it| it[1].0 - it[0].0).collect();
    assert!(gaps.iter().all(|gap| *gap >= MIN_BACKOFF), "{gaps:?}");
}
