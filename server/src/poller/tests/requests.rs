//! When requests are sent, and how many.

use super::*;

#[tokio::test(start_paused = true)]
async fn many_queues_are_read_in_turn_within_the_budget() {
    let ids = ids(1_000);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(Duration::from_secs(60)).await;
    assert_eq!(bench.latest().totals.counted, 1_000);
    assert_eq!(
        bench.latest().poll_interval_ms,
        75_000,
        "10 batches at 8 a minute"
    );
    after(Duration::from_secs(600)).await;
    let times: Vec<Instant> =
        bench.script(|script| script.reads.iter().map(|(at, ..)| *at).collect());
    for window in times.windows(11) {
        assert!(window[10] - window[0] >= Duration::from_secs(60));
    }
    let late: Vec<Duration> = times[times.len() - 20..]
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .collect();
    assert!(
        late.iter().all(|gap| *gap >= Duration::from_secs(7)),
        "spread out: {late:?}"
    );
    assert_eq!(bench.latest().totals.counted, 1_000, "none ever grew stale");
}

#[tokio::test(start_paused = true)]
async fn while_cxone_fails_the_tries_stay_apart_and_within_the_budget() {
    let ids = ids(300);
    let mut script = all_waiting(&ids);
    script.failure = Some(server_error());
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(600)).await;
    let reads = bench.reads();
    // Full jitter up to 30 s: 15 s apart in the mean once the back-off has grown.
    assert!((25..=100).contains(&reads), "{reads} tries in ten minutes");
}

#[tokio::test(start_paused = true)]
async fn rejected_credentials_are_retried_once_per_interval() {
    let ids = ids(300);
    let mut script = all_waiting(&ids);
    script.failure = Some(rejected());
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(1)).await;
    let causes: BTreeSet<_> = bench
        .latest()
        .queues
        .iter()
        .map(|queue| queue.cause.clone())
        .collect();
    assert_eq!(
        causes,
        BTreeSet::from([Some("CXone rejects our sign-in".to_owned())])
    );
    after(Duration::from_secs(299)).await;
    // At 0, 30, 90 and 210 s: the back-off grows.
    assert_eq!(bench.reads(), 4);
    after(Duration::from_secs(3_600)).await;
    let reads = bench.reads();
    assert!(
        (15..=17).contains(&reads),
        "and no longer than every 5 minutes: {reads}"
    );
}

#[tokio::test(start_paused = true)]
async fn boards_with_different_skill_filters_are_separate_reads() {
    let board = |slug: &str, skills: &[&str]| BoardConfig {
        skill_ids: skills.iter().map(|skill| (*skill).to_owned()).collect(),
        ..board(slug, &ids(1))
    };
    let script = all_waiting(&ids(1));
    let bench = Bench::start_boards(
        vec![board("main", &[]), board("vip", &["7"]), board("same", &[])],
        script,
        10,
    );
    after(Duration::from_secs(1)).await;
    let skills: Vec<_> = bench.script(|script| {
        script
            .reads
            .iter()
            .map(|(_, _, skills)| skills.clone())
            .collect()
    });
    assert_eq!(skills, [vec![], vec!["7".to_owned()]]);
    for slug in ["main", "vip", "same"] {
        assert_eq!(
            bench.boards.latest(slug).unwrap().snapshot.totals.counted,
            1
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_of_several_requests_stretches_the_cycle() {
    let ids = ids(2);
    let mut script = all_waiting(&ids);
    script.more_requests = 15;
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(1)).await;
    // 16 requests a round, of 8 a minute that the budget leaves for reads.
    assert_eq!(bench.latest().poll_interval_ms, 120_000);
}
