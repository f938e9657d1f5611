//! Groups of a board's queues.

use queuewall_shared::{
    level::{Limits, Thresholds},
    snapshot::{Group, Level, Metric},
};

use super::*;
use crate::board::GroupConfig;

/// A board of four queues, three of which are a group.
fn grouped(levels: Option<Thresholds>) -> BoardConfig {
    BoardConfig {
        groups: vec![GroupConfig {
            name: "Sales".into(),
            queues: ids(3),
            levels,
        }],
        ..board("main", &ids(4))
    }
}

fn start(levels: Option<Thresholds>) -> Bench {
    Bench::start_boards(vec![grouped(levels)], all_waiting(&ids(4)), 10)
}

/// Judged on calls waiting alone.
fn waiting(warning: f64, critical: f64) -> Thresholds {
    let mut levels = Thresholds::default().without_limits();
    levels.set(Metric::Waiting, Limits::new(warning, critical));
    levels
}

impl Bench {
    fn sales(&self) -> Group {
        self.latest().groups[0].clone()
    }
}

#[tokio::test(start_paused = true)]
async fn group_sums_what_is_read_and_counts_the_rest() {
    let bench = start(None);
    after(Duration::ZERO).await;
    let sales = bench.sales();
    assert_eq!((sales.reading.waiting, sales.counted), (Some(9), 3));
    assert_eq!(sales.queues, ids(3));
    bench.script(|script| script.left_out.insert("001".into()));
    after(4 * POLL).await;
    let sales = bench.sales();
    assert_eq!((sales.reading.waiting, sales.counted), (Some(6), 2));
    assert_eq!(bench.latest().totals.of, 4, "totals count queues");
}

#[tokio::test(start_paused = true)]
async fn group_has_the_level_of_its_worst_queue() {
    let bench = start(None);
    bench.wait("001", 12);
    bench.wait("003", 99);
    after(Duration::ZERO).await;
    let sales = bench.sales();
    assert_eq!(sales.reading.level, Level::Critical);
    assert_eq!(sales.reason_queue.as_deref(), Some("001"));
    assert_eq!(sales.reading.reasons, bench.latest().queues[1].reasons);
}

#[tokio::test(start_paused = true)]
async fn own_level_of_a_group_needs_two_rounds_of_readings() {
    let bench = start(Some(waiting(11.0, 20.0)));
    after(Duration::ZERO).await;
    assert_eq!(bench.sales().reading.level, Level::Ok);
    bench.wait("000", 4);
    bench.wait("001", 4);
    bench.wait("002", 4);
    after(POLL).await;
    assert_eq!(bench.sales().reading.level, Level::Ok, "one round");
    after(POLL).await;
    let sales = bench.sales();
    assert_eq!(sales.reading.level, Level::Warning);
    assert_eq!(sales.reason_queue, None);
    let reason = sales.reading.reasons[0];
    assert_eq!((reason.limit, reason.value), (11.0, Some(12.0)));
    assert!(sales.reading.level_since_ms.is_some());
}

#[tokio::test(start_paused = true)]
async fn stale_group_has_no_level_and_says_what_it_was() {
    let bench = start(Some(waiting(5.0, 8.0)));
    after(Duration::ZERO).await;
    assert_eq!(bench.sales().reading.level, Level::Critical);
    bench.script(|script| script.failure = Some(server_error()));
    after(3 * POLL + Duration::from_secs(1)).await;
    let sales = bench.sales();
    assert_eq!((sales.counted, sales.reading.level), (0, Level::None));
    assert_eq!(sales.reading.waiting, Some(9), "what was known last");
    bench.script(|script| script.failure = None);
    after(10 * POLL).await;
    assert_eq!(bench.sales().reading.level, Level::Critical);
}

#[tokio::test(start_paused = true)]
async fn groups_change_while_the_server_runs() {
    let bench = start(Some(waiting(90.0, 99.0)));
    after(Duration::ZERO).await;
    assert_eq!(bench.sales().reading.level, Level::Ok);
    let reads = bench.reads();
    bench.changes.send_replace(live(vec![BoardConfig {
        groups: vec![GroupConfig {
            queues: ids(2),
            ..grouped(Some(waiting(5.0, 6.0))).groups.remove(0)
        }],
        ..board("main", &ids(4))
    }]));
    after(Duration::ZERO).await;
    let sales = bench.sales();
    assert_eq!(sales.reading.waiting, Some(6));
    assert_eq!(sales.reading.level, Level::Critical, "judged at once");
    assert_eq!(bench.reads(), reads, "nothing is read for it");
    let other = board("main", &ids(4));
    bench.changes.send_replace(live(vec![other]));
    after(Duration::ZERO).await;
    assert_eq!(bench.latest().groups, []);
}
