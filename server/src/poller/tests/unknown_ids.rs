//! Ids that CXone does not know: how they are found, and what they cost.

use super::*;

#[tokio::test(start_paused = true)]
async fn one_dead_id_costs_one_tile_found_by_the_queue_list() {
    let ids = ids(100);
    let mut script = all_waiting(&ids);
    script.dead.insert("042".into());
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(1)).await;
    let found: Vec<String> = bench
        .latest()
        .queues
        .iter()
        .filter(|queue| queue.state == QueueState::NotFound)
        .map(|queue| queue.id.clone())
        .collect();
    assert_eq!(found, ["042"]);
    assert_eq!(bench.latest().totals.counted, 99);
    assert_eq!(
        bench.script(|script| (script.reads.len(), script.lists)),
        (3, 1)
    );

    // Left out of the batches, and tried alone after ten minutes.
    after(Duration::from_secs(590)).await;
    let with_it = |script: &mut Script| {
        script
            .reads
            .iter()
            .filter(|(_, ids, _)| ids.contains(&"042".into()))
            .count()
    };
    assert_eq!(bench.script(with_it), 2);
    bench.script(|script| script.dead.clear());
    after(Duration::from_secs(20)).await;
    assert_eq!(bench.latest().totals.counted, 100, "it came back");
}

#[tokio::test(start_paused = true)]
async fn unknown_id_is_found_by_halving_when_the_list_fails() {
    let ids = ids(100);
    let mut script = all_waiting(&ids);
    script.dead.insert("077".into());
    script.list_failure = Some(cxone::Error::Forbidden {
        remedy: cxone::Remedy::QueueScope,
    });
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(150)).await;
    assert_eq!(
        bench
            .states()
            .iter()
            .filter(|state| **state == QueueState::NotFound)
            .count(),
        1
    );
    assert_eq!(bench.latest().totals.counted, 99);
    let times: Vec<Instant> =
        bench.script(|script| script.reads.iter().map(|(at, ..)| *at).collect());
    for window in times.windows(11) {
        assert!(window[10] - window[0] >= Duration::from_secs(60));
    }
}

#[tokio::test(start_paused = true)]
async fn board_asks_for_ids_and_tenant_when_all_ids_are_dead() {
    let ids = ids(8);
    let mut script = all_waiting(&ids);
    script.dead = ids.iter().cloned().collect();
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(240)).await;
    assert!(
        bench
            .states()
            .iter()
            .all(|state| *state == QueueState::NotFound)
    );
    let cause = bench.latest().upstream.cause.unwrap();
    assert!(cause.contains("ids") && cause.contains("tenant"), "{cause}");
    bench.script(|script| script.dead.clear());
    after(POLL + Duration::from_secs(5)).await;
    assert_eq!(bench.latest().totals.counted, 8);
}

#[tokio::test(start_paused = true)]
async fn narrowing_one_board_down_starves_no_other() {
    let board = |slug: &str, skills: &[&str], ids: &[String]| BoardConfig {
        slug: slug.into(),
        title: slug.into(),
        skill_ids: skills.iter().map(|skill| (*skill).to_owned()).collect(),
        queues: ids.iter().map(QueueConfig::new).collect(),
        ..BoardConfig::default()
    };
    let (living, lost) = (
        ids(100),
        (500..600).map(|id| id.to_string()).collect::<Vec<_>>(),
    );
    let mut script = all_waiting(&living);
    script.dead = lost.iter().cloned().collect();
    script.list_failure = Some(server_error());
    let boards = vec![board("main", &[], &living), board("lost", &["7"], &lost)];
    let bench = Bench::start_boards(boards, script, 10);
    for _ in 0..60 {
        after(Duration::from_secs(20)).await;
        assert_eq!(
            bench.latest().totals.counted,
            100,
            "{:?}",
            bench.latest().upstream
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_lacks_most_queues_calls_none_of_them_dead() {
    let ids = ids(60);
    let mut script = all_waiting(&ids);
    script.dead.insert("030".into());
    script.unlisted = ids[10..].iter().cloned().collect();
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(240)).await;
    let dead = bench
        .latest()
        .queues
        .into_iter()
        .filter(|queue| queue.state == QueueState::NotFound);
    assert_eq!(dead.map(|queue| queue.id).collect::<Vec<_>>(), ["030"]);
    assert_eq!(bench.latest().totals.counted, 59);
}

#[tokio::test(start_paused = true)]
async fn queue_unknown_to_a_response_is_not_found_at_no_extra_cost() {
    let ids = ids(3);
    let mut script = all_waiting(&ids);
    script.unknown.insert(ids[1].clone());
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(301)).await;
    let board = bench.latest();
    assert_eq!(
        bench.states(),
        [QueueState::Open, QueueState::NotFound, QueueState::Open]
    );
    assert_eq!(board.upstream.state, UpstreamState::Ok);
    assert!((10..=12).contains(&bench.reads()), "{}", bench.reads());
    assert_eq!(bench.script(|script| script.lists), 0);

    bench.script(|script| script.unknown.clear());
    after(POLL).await;
    assert_eq!(bench.states(), [QueueState::Open; 3]);
}

#[tokio::test(start_paused = true)]
async fn queue_that_was_read_or_listed_is_left_out_when_missing() {
    let ids = ids(3);
    let mut script = all_waiting(&ids);
    script.unknown.insert(ids[0].clone());
    let boards = vec![board("main", &ids), board("all", &[])];
    let bench = Bench::start_boards(boards, script, 10);
    after(POLL).await;
    bench.script(|script| script.unknown.insert(ids[1].clone()));
    after(POLL * 4).await;
    let queues = bench.latest().queues;
    let causes = queues.iter().map(|queue| queue.cause_code);
    assert!(causes.eq([Some(Cause::LeftOut), Some(Cause::LeftOut), None]));
    assert_eq!(
        bench.states(),
        [QueueState::Unknown, QueueState::Open, QueueState::Open]
    );
    assert!(queues[1].lag_ms >= Some(90_000), "{:?}", queues[1].lag_ms);
    assert_eq!(bench.latest().totals.counted, 1);
}

#[tokio::test(start_paused = true)]
async fn a_board_whose_queues_are_all_unknown_says_so() {
    let ids = ids(2);
    let mut script = all_waiting(&ids);
    script.unknown = ids.iter().cloned().collect();
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(1)).await;
    let upstream = bench.latest().upstream;
    assert_eq!(upstream.state, UpstreamState::Down);
    assert_eq!(upstream.cause_code, Some(Cause::NoneFound));
}

#[tokio::test(start_paused = true)]
async fn refused_sign_in_is_over_though_an_id_is_unknown() {
    let ids = ids(3);
    let mut script = all_waiting(&ids);
    script.dead.insert("001".into());
    let bench = Bench::start(&ids, script, 30);
    after(POLL * 2).await;
    let before = bench.latest().upstream;
    bench.script(|script| script.failure = Some(rejected()));
    after(POLL * 2).await;
    let cause = bench.latest().upstream.cause_code;
    assert_eq!(cause, Some(Cause::SignInRejected));
    bench.script(|script| script.failure = None);
    // The unknown id is asked for again only later.
    after(POLL * 4).await;
    let upstream = bench.latest().upstream;
    assert_eq!(
        (upstream.state, upstream.cause_code),
        (before.state, before.cause_code)
    );
    assert_eq!(bench.states()[1], QueueState::NotFound);
}
