//! What a tile has of an answer, and what of a failure.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_reading_reaches_the_board_and_is_repeated_every_interval() {
    let ids = ids(3);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(Duration::ZERO).await;
    let first = bench.latest();
    assert_eq!(first.upstream.state, UpstreamState::Ok);
    assert_eq!(first.totals.waiting, Some(9));
    assert_eq!(first.queues[0].name, "Queue 000");
    assert_eq!(
        (&first.queues[0].cause, first.queues[0].cause_code),
        (&None, None)
    );
    assert_eq!(first.poll_interval_ms, 30_000);

    let reads = bench.reads();
    let tag = bench.tag();
    after(Duration::from_secs(300)).await;
    assert_eq!(bench.reads(), reads + 10);
    assert_eq!(bench.tag(), tag, "nothing changed: same bytes");

    bench.wait("001", 7);
    after(POLL).await;
    assert_eq!(bench.latest().queues[1].waiting, Some(7));
}

#[tokio::test(start_paused = true)]
async fn a_failed_read_keeps_the_readings_until_they_are_stale() {
    let ids = ids(2);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(Duration::ZERO).await;
    bench.script(|script| script.failure = Some(server_error()));
    after(POLL + Duration::from_secs(1)).await;
    let failing = bench.latest();
    assert_eq!(failing.upstream.state, UpstreamState::Degraded);
    assert_eq!(failing.queues[0].waiting, Some(3));
    assert_eq!(
        failing.queues[0].cause.as_deref(),
        Some("CXone is in trouble")
    );
    assert_eq!(failing.totals.counted, 2);

    after(Duration::from_secs(65)).await;
    let stale = bench.latest();
    assert_eq!(stale.upstream.state, UpstreamState::Down);
    assert_eq!((stale.totals.counted, stale.totals.waiting), (0, None));
    assert_eq!(
        stale.queues[0].waiting,
        Some(3),
        "the last reading is kept, with its age"
    );

    bench.script(|script| script.failure = None);
    after(POLL + Duration::from_secs(60)).await;
    assert_eq!(bench.latest().upstream.state, UpstreamState::Ok);
}

#[tokio::test(start_paused = true)]
async fn a_forbidden_queue_shows_no_number() {
    let ids = ids(1);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(Duration::ZERO).await;
    bench.script(|script| {
        script.failure = Some(cxone::Error::Forbidden {
            remedy: cxone::Remedy::QueueScope,
        })
    });
    after(POLL).await;
    assert_eq!(bench.states(), [QueueState::Forbidden]);
    assert_eq!(bench.latest().queues[0].waiting, None);
}

#[tokio::test(start_paused = true)]
async fn a_queue_left_out_of_the_answer_says_so() {
    let ids = ids(2);
    let mut script = all_waiting(&ids);
    script.left_out.insert("001".into());
    let bench = Bench::start(&ids, script, 10);
    after(Duration::ZERO).await;
    let latest = bench.latest();
    assert_eq!(bench.states(), [QueueState::Open, QueueState::Unknown]);
    assert_eq!(
        latest.queues[1].cause.as_deref(),
        Some("CXone left this queue out of its answer")
    );
    assert_eq!(
        latest.upstream.state,
        UpstreamState::Ok,
        "the batch was read"
    );
}

#[tokio::test(start_paused = true)]
async fn cause_without_failure_is_first_answer_or_all_left_out() {
    let ids = ids(1);
    let mut script = all_waiting(&ids);
    script.takes = Duration::from_secs(20);
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(2)).await;
    let cause = || bench.latest().upstream.cause_code;
    assert_eq!(cause(), Some(Cause::FirstAnswer));
    after(Duration::from_secs(20)).await;
    assert_eq!(cause(), None);
    bench.script(|script| script.left_out.insert("000".into()));
    after(POLL * 5).await;
    assert_eq!(cause(), Some(Cause::AllLeftOut));
}

#[tokio::test(start_paused = true)]
async fn closed_queue_has_no_cause_while_its_reading_counts() {
    let ids = ids(1);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    bench.wait("000", 0);
    bench.script(|script| script.beside.agents_logged_on = Some(0));
    after(Duration::ZERO).await;
    bench.script(|script| script.failure = Some(server_error()));
    after(POLL + Duration::from_secs(1)).await;
    let board = bench.latest();
    assert_eq!(board.upstream.cause_code, Some(Cause::UpstreamTrouble));
    let queue = &board.queues[0];
    assert_eq!((queue.state, queue.cause_code), (QueueState::Closed, None));
    after(3 * POLL).await;
    let queue = &bench.latest().queues[0];
    assert_eq!(queue.cause_code, Some(Cause::UpstreamTrouble), "stale");
}

#[tokio::test(start_paused = true)]
async fn nothing_visible_is_a_separate_cause_and_old_numbers_age() {
    let ids = ids(2);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(Duration::from_secs(1)).await;
    bench.script(|script| {
        script.failure = Some(cxone::Error::NothingVisible {
            remedy: cxone::Remedy::VisibleQueues,
        })
    });
    after(POLL).await;
    let board = bench.latest();
    assert_eq!(board.upstream.cause_code, Some(Cause::NothingVisible));
    assert_eq!(bench.states(), [QueueState::Open; 2], "and ageing");
    after(POLL * 3).await;
    assert_eq!(bench.latest().upstream.state, UpstreamState::Down);

    let bench = Bench::start(&[], Script::default(), 10);
    after(Duration::from_secs(1)).await;
    let board = bench.latest();
    assert_eq!(board.upstream.state, UpstreamState::Down);
    assert_eq!(board.upstream.cause_code, Some(Cause::NothingVisible));
    assert!(board.queues.is_empty());
}

#[tokio::test(start_paused = true)]
async fn repeated_numbers_keep_the_age_of_their_first_reading() {
    let ids = ids(1);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    let at = |seconds| Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
    bench.script(|script| script.beside.source_time = at(1_000));
    after(POLL * 4).await;
    assert!(bench.reads() >= 4, "it is read all the time");
    let board = bench.latest();
    assert_eq!(board.upstream.state, UpstreamState::Down);
    assert_eq!(board.totals.counted, 0, "too old to count");

    bench.script(|script| script.waiting.insert(ids[0].clone(), 77));
    after(POLL).await;
    let board = bench.latest();
    assert_eq!(board.totals.counted, 1, "other numbers are no repetition");

    after(POLL * 4).await;
    assert_eq!(bench.latest().totals.counted, 0);
    bench.script(|script| script.beside.source_time = at(1_001));
    after(POLL).await;
    let board = bench.latest();
    assert_eq!(
        (board.upstream.state, board.totals.counted),
        (UpstreamState::Ok, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn numbers_are_as_old_as_the_question_for_the_first_of_them() {
    let ids = ids(1);
    let mut script = all_waiting(&ids);
    script.takes = Duration::from_secs(20);
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(21)).await;
    let published = bench.boards.latest("main").unwrap();
    let age = Instant::now() - published.latest_read.unwrap().monotonic;
    assert_eq!(age.as_secs(), 21);
}
