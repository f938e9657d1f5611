//! The queue list, and boards of every queue.

use super::*;

#[tokio::test(start_paused = true)]
async fn empty_board_has_cause_before_the_list_and_after_refused_sign_in() {
    let mut script = all_waiting(&ids(2));
    script.takes_list = Duration::from_secs(5);
    let rejected = rejected();
    script.list_failure = Some(rejected.clone());
    let bench = Bench::start(&[], script, 10);
    let upstream = || {
        let board = bench.latest();
        assert!(board.queues.is_empty());
        (board.upstream.state, board.upstream.cause_code)
    };
    let down = |cause| (UpstreamState::Down, Some(cause));
    assert_eq!(
        upstream(),
        down(Cause::FirstAnswer),
        "before the first turn"
    );
    after(Duration::from_secs(2)).await;
    assert_eq!(upstream(), down(Cause::FirstAnswer));
    after(Duration::from_secs(5)).await;
    assert_eq!(upstream(), down(Cause::SignInRejected));
    after(20 * POLL).await;
    assert_eq!(upstream(), down(Cause::SignInRejected), "still");
}

#[tokio::test(start_paused = true)]
async fn a_board_without_queues_shows_the_queue_list() {
    let ids = ids(5);
    let mut script = all_waiting(&ids);
    script.list_failure = Some(server_error());
    let bench = Bench::start(&[], script, 10);
    after(Duration::ZERO).await;
    let empty = bench.latest();
    assert_eq!(
        (empty.queues.len(), empty.upstream.state),
        (0, UpstreamState::Down)
    );
    assert_eq!(empty.upstream.cause.as_deref(), Some("CXone is in trouble"));

    bench.script(|script| script.list_failure = None);
    after(Duration::from_secs(30)).await;
    assert_eq!(bench.latest().totals.counted, 5);

    bench.script(|script| script.waiting.insert("new".into(), 1));
    after(Duration::from_secs(640)).await;
    assert_eq!(
        bench.latest().totals.counted,
        6,
        "the list is read again every ten minutes"
    );
}

#[tokio::test(start_paused = true)]
async fn a_list_that_keeps_failing_backs_off_though_the_reads_succeed() {
    let board = |slug: &str, ids: &[String]| BoardConfig {
        slug: slug.into(),
        title: slug.into(),
        queues: ids.iter().map(QueueConfig::new).collect(),
        ..BoardConfig::default()
    };
    let ids = ids(3);
    let mut script = all_waiting(&ids);
    script.list_failure = Some(server_error());
    let bench = Bench::start_boards(vec![board("main", &ids), board("all", &[])], script, 10);
    after(Duration::from_secs(600)).await;
    let lists = bench.script(|script| script.lists);
    // Full jitter up to 30 s, and the reads' own pace between them.
    assert!((15..=70).contains(&lists), "{lists} tries in ten minutes");
}

#[tokio::test(start_paused = true)]
async fn a_queue_list_in_which_nothing_is_visible_wipes_no_wall() {
    let ids = ids(5);
    let bench = Bench::start(&[], all_waiting(&ids), 10);
    after(Duration::from_secs(1)).await;
    bench.script(|script| script.unlisted = ids.iter().cloned().collect());
    after(Duration::from_secs(640)).await;
    assert_eq!(bench.latest().totals.counted, 5);
    bench.script(|script| {
        script.unlisted.clear();
        script.waiting.insert("new".into(), 1);
    });
    after(Duration::from_secs(60)).await;
    assert_eq!(
        bench.latest().totals.counted,
        6,
        "asked again after a cycle"
    );
}

#[tokio::test(start_paused = true)]
async fn what_the_list_leaves_out_is_on_no_board_of_every_queue() {
    let ids = ids(3);
    let mut script = all_waiting(&ids);
    script.hidden.insert(ids[0].clone());
    let named = board("named", &ids[..1]);
    let bench = Bench::start_boards(vec![board("main", &[]), named], script, 10);
    after(Duration::from_secs(1)).await;
    let shown: Vec<_> = bench.latest().queues.into_iter().map(|it| it.id).collect();
    assert_eq!(shown, ids[1..]);
    assert_eq!(
        bench.board("named").totals.counted,
        1,
        "a board that names it shows it"
    );
}

#[tokio::test(start_paused = true)]
async fn a_list_of_which_everything_is_left_out_is_as_good_as_none() {
    let ids = ids(2);
    let mut script = all_waiting(&ids);
    script.hidden = ids.iter().cloned().collect();
    let bench = Bench::start(&[], script, 10);
    after(Duration::from_secs(1)).await;
    let upstream = bench.latest().upstream;
    assert_eq!(upstream.state, UpstreamState::Down);
    assert_eq!(upstream.cause_code, Some(Cause::NothingVisible));
    assert_eq!(bench.script(|script| script.lists), 1, "and not at once");
    bench.script(|script| script.hidden.clear());
    after(POLL * 2).await;
    assert_eq!(
        bench.latest().totals.counted,
        2,
        "it is asked for again soon"
    );
}

#[tokio::test(start_paused = true)]
async fn long_queue_list_is_read_a_page_at_a_time_between_the_reads() {
    let ids = ids(500);
    let mut script = all_waiting(&ids);
    script.page = 10;
    // All but a few are for other boards.
    script.hidden = ids[20..].iter().cloned().collect();
    let named = board("named", &ids[..1]);
    let bench = Bench::start_boards(vec![board("main", &[]), named], script, 10);
    after(Duration::from_secs(60)).await;
    assert_eq!(
        bench.latest().queues.len(),
        20,
        "what is known of the list is shown"
    );
    for second in 0..900 {
        after(Duration::from_secs(1)).await;
        for slug in ["main", "named"] {
            let board = bench.board(slug);
            assert_eq!(board.upstream.state, UpstreamState::Ok, "{slug}: {second}");
            assert_eq!(board.totals.counted, board.queues.len(), "{slug}: {second}");
        }
    }
    let (asked, lists) = bench.script(|script| (script.asked.clone(), script.lists));
    assert!(
        (50..150).contains(&lists),
        "{lists} pages: read once, and begun again"
    );
    for window in asked.windows(11) {
        assert!(window[10] - window[0] >= Duration::from_secs(60));
    }
    let reads = bench.script(|script| script.reads.clone());
    let gaps = reads.windows(2).map(|it| it[1].0 - it[0].0);
    assert!(gaps.max().unwrap() <= POLL * 3 / 2, "live reads come first");
}

#[tokio::test(start_paused = true)]
async fn long_queue_list_is_logged_when_begun_and_when_read() {
    let (said, _guard) = Said::gather("queuewall=info");
    let mut script = all_waiting(&ids(30));
    script.page = 10;
    let _bench = Bench::start_boards(vec![board("main", &[])], script, 10);
    after(Duration::from_secs(3_600)).await;
    let lines = said.lines();
    let lines = lines.iter().filter_map(|line| line["message"].as_str());
    let lines: Vec<_> = lines.filter(|it| it.contains("queue list")).collect();
    let begun = "the queue list is being read, one page at a time between the reads of numbers: page 1, 10 queues \
                 so far";
    let read = "the queue list has been read: 30 queues";
    assert_eq!(lines, [begun, read], "once");
}

#[tokio::test(start_paused = true)]
async fn incomplete_queue_list_is_said_on_boards_of_every_queue() {
    let mut script = all_waiting(&ids(2));
    script.shortfall = Some(Shortfall {
        listed: 2,
        total: Some(9),
    });
    let boards = vec![board("main", &[]), board("named", &ids(1))];
    let bench = Bench::start_boards(boards, script, 10);
    after(Duration::from_secs(1)).await;
    let cause = bench.latest().upstream.cause_code;
    assert_eq!(cause, Some(Cause::ListIncomplete));
    assert_eq!(bench.board("named").upstream.cause_code, None);
}
