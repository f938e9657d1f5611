//! What the poller tells of itself: reads that ended, and failures that hold it back.

use prometheus_client::{encoding::text, registry::Registry};

use super::*;

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
    bench.script(|script| script.failure = Some(server_error()));
    after(POLL).await;
    assert_eq!(bench.ended(), [2, 1]);
}

#[tokio::test(start_paused = true)]
async fn reads_of_the_queue_list_are_counted_too() {
    let mut script = all_waiting(&ids(1));
    script.list_failure = Some(server_error());
    let bench = Bench::start(&[], script, 10);
    after(Duration::ZERO).await;
    assert_eq!(bench.ended(), [0, 1]);
    bench.script(|script| script.list_failure = None);
    after(POLL).await;
    let [good, failed] = bench.ended();
    assert!(
        good >= 2 && failed == 1,
        "list and queues: {good}, {failed}"
    );
}

#[tokio::test(start_paused = true)]
async fn failures_in_a_row_and_the_end_of_their_back_off_are_told() {
    let mut script = all_waiting(&ids(1));
    script.failure = Some(server_error());
    let bench = Bench::start(&ids(1), script, 10);
    after(Duration::ZERO).await;
    let first = bench.polls.back_off();
    assert_eq!(first.failures, 1);
    assert!(first.until.unwrap() > Instant::now());
    after(POLL).await;
    assert!(bench.polls.back_off().failures > 1);
    bench.script(|script| script.failure = None);
    after(POLL).await;
    assert_eq!(bench.polls.back_off(), BackOff::default());
}
