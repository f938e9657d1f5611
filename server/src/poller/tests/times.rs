//! Points in time and minutes: since when, when next, and the trend.

use super::*;

/// The last of a queue's bins, as many as are asked for.
fn last_bins<const N: usize>(bench: &Bench) -> [Option<u64>; N] {
    let (trends, _) = bench.trends();
    let bins = &trends.queues[0].waiting_highest;
    assert_eq!(bins.len(), 36);
    bins[36 - N..].try_into().unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_outage_says_since_when_and_when_the_next_try_is() {
    let ids = ids(1);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(Duration::ZERO).await;
    let fine = bench.latest().upstream;
    assert_eq!(fine.state, UpstreamState::Ok);
    assert!(fine.since_ms.unwrap() < 1_000, "since the first answer");
    assert_eq!(fine.next_try_ms, None);

    // Only a person can help, so the next try is an interval later.
    let rejected = rejected();
    bench.script(|script| script.failure = Some(rejected));
    after(POLL + Duration::from_secs(1)).await;
    let first = bench.latest().upstream;
    assert_eq!(first.state, UpstreamState::Degraded);
    let (since, next) = (first.since_ms.unwrap(), first.next_try_ms.unwrap());
    assert!((30_000..31_000).contains(&since), "{since}");
    assert!((60_000..61_000).contains(&next), "{next}");

    let tag = bench.tag();
    after(Duration::from_secs(20)).await;
    assert_eq!(bench.tag(), tag, "while it waits, nothing changes");

    after(Duration::from_secs(50)).await;
    let later = bench.latest().upstream;
    assert_eq!(later.state, UpstreamState::Down);
    assert_eq!(later.since_ms, Some(since), "it has not been ok since");
    let next = later.next_try_ms.unwrap();
    assert!((120_000..122_000).contains(&next), "{next}");

    bench.script(|script| script.failure = None);
    after(POLL).await;
    let again = bench.latest().upstream;
    assert_eq!(again.state, UpstreamState::Ok);
    let since = again.since_ms.unwrap();
    assert!((120_000..122_000).contains(&since), "{since}");
    assert_eq!(again.next_try_ms, None);
}

#[tokio::test(start_paused = true)]
async fn changed_cause_of_an_outage_has_a_later_start() {
    let ids = ids(1);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(Duration::ZERO).await;
    assert_eq!(bench.latest().upstream.cause_since_ms, None);

    bench.script(|script| script.failure = Some(server_error()));
    after(3 * POLL).await;
    let trouble = bench.latest().upstream;
    assert_eq!(trouble.cause_code, Some(Cause::UpstreamTrouble));
    let since = trouble.since_ms.unwrap();
    assert!((30_000..31_000).contains(&since), "{since}");
    assert_eq!(trouble.cause_since_ms, Some(since));

    bench.script(|script| {
        script.failure = Some(cxone::Error::Forbidden {
            remedy: cxone::Remedy::QueueScope,
        })
    });
    after(2 * POLL).await;
    let refused = bench.latest().upstream;
    assert_eq!(refused.cause_code, Some(Cause::Forbidden));
    assert_eq!(refused.since_ms, Some(since), "no reading since");
    let cause_since = refused.cause_since_ms.unwrap();
    assert!((90_000..150_000).contains(&cause_since), "{cause_since}");

    bench.script(|script| script.failure = None);
    after(2 * POLL).await;
    let again = bench.latest().upstream;
    assert_eq!(again.state, UpstreamState::Ok);
    assert_eq!((again.cause_code, again.cause_since_ms), (None, None));
    assert!(again.since_ms.unwrap() > cause_since);
}

#[tokio::test(start_paused = true)]
async fn the_next_try_is_when_the_source_is_asked() {
    let ids = ids(1);
    let mut script = all_waiting(&ids);
    script.failure = Some(server_error());
    let start = Instant::now();
    let bench = Bench::start(&ids, script, 10);
    for _ in 0..20 {
        after(Duration::from_secs(1)).await;
        let announced = bench.latest().upstream.next_try_ms.unwrap();
        let reads = bench.reads();
        while bench.reads() == reads {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let asked = bench.script(|script| script.reads[reads].0);
        let asked_ms = (asked - start).as_millis() as u64;
        assert!(asked_ms.abs_diff(announced) <= 2, "{asked_ms} {announced}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_next_try_is_that_of_the_boards_own_queues() {
    let other = BoardConfig {
        skill_ids: vec!["7".into()],
        ..board("other", &ids(1))
    };
    let bench = Bench::start_boards(
        vec![board("main", &ids(1)), other],
        all_waiting(&ids(1)),
        10,
    );
    after(Duration::from_secs(1)).await;
    bench.script(|script| script.failure = Some(bad_request()));
    after(POLL + Duration::from_secs(1)).await;
    let next = |slug: &str| bench.board(slug).upstream.next_try_ms.unwrap();
    let (main, other) = (next("main"), next("other"));
    assert!(main.abs_diff(other) >= 10_000, "their turns are apart");
}

#[tokio::test(start_paused = true)]
async fn next_try_is_that_of_the_list_for_boards_of_all_queues() {
    let mut script = all_waiting(&ids(1));
    script.list_failure = Some(server_error());
    script.failure = Some(bad_request());
    let boards = vec![board("main", &[]), board("named", &ids(1))];
    let bench = Bench::start_boards(boards, script, 60);
    after(Duration::from_millis(2_100)).await;
    let next = |slug: &str| bench.board(slug).upstream.next_try_ms.unwrap();
    let (main, named) = (next("main"), next("named"));
    // The list is tried again by the back-off, what was asked wrongly an interval later.
    assert!(named >= 30_000, "{named}");
    assert!(main < named, "{main} {named}");
}

#[tokio::test(start_paused = true)]
async fn trend_has_the_highest_of_five_minutes_and_gaps() {
    let ids = ids(1);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(Duration::from_secs(59)).await;
    assert_eq!(last_bins(&bench), [None], "no whole minute");
    after(Duration::from_secs(2)).await;
    assert_eq!(last_bins(&bench), [None, Some(3)]);
    bench.wait("000", 7);
    after(POLL).await;
    bench.wait("000", 2);
    after(Duration::from_secs(4 * 60)).await;
    assert_eq!(last_bins(&bench), [None, Some(7)]);

    // Stale after 90 s: only the reading of 5:30 counts after that.
    bench.script(|script| script.failure = Some(server_error()));
    after(Duration::from_secs(10 * 60)).await;
    assert_eq!(last_bins(&bench), [Some(7), Some(2), None]);

    bench.script(|script| script.failure = None);
    after(Duration::from_secs(10 * 60)).await;
    assert_eq!(last_bins(&bench), [Some(2), None, Some(2), Some(2)]);
    let (trends, _) = bench.trends();
    assert_eq!((trends.to_ms, trends.step_ms), (25 * 60_000, 300_000));
    assert!(bench.latest().queues[0].trend.is_empty());
}

#[tokio::test(start_paused = true)]
async fn unchanged_centre_has_one_tag_for_two_hours() {
    let ids = ids(2);
    let mut script = all_waiting(&ids);
    script.today = Some(super::today::Script::default());
    let bench = Bench::start(&ids, script, 10);
    // Today's numbers follow the live ones.
    after(Duration::from_secs(5)).await;
    assert!(bench.latest().queues[0].today.is_some());
    let tag = bench.tag();
    let mut trends = Vec::new();
    for _ in 0..7_200 {
        trends.push(bench.trends().1);
        assert_eq!(bench.tag(), tag);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let changes: Vec<_> = (1..trends.len())
        .filter(|second| trends[*second] != trends[second - 1])
        .collect();
    assert_eq!(changes.len(), 120, "one a minute");
    assert!(changes.windows(2).all(|pair| pair[1] - pair[0] >= 59));
}

#[tokio::test(start_paused = true)]
async fn change_is_told_against_fifteen_minutes_ago() {
    let ids = ids(1);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(Duration::from_secs(14 * 60)).await;
    assert_eq!(bench.trends().0.queues[0].waiting_before, None);
    bench.wait("000", 9);
    after(Duration::from_secs(14 * 60)).await;
    assert_eq!(bench.trends().0.queues[0].waiting_before, Some(3));
    after(Duration::from_secs(2 * 60)).await;
    assert_eq!(bench.trends().0.queues[0].waiting_before, Some(9));
}

/// When each skill's batch was read from `start` on.
fn reads_since(bench: &Bench, start: Instant) -> BTreeMap<String, Vec<Duration>> {
    let mut reads = BTreeMap::<String, Vec<Duration>>::new();
    for (at, _, skills) in bench.script(|script| script.reads.clone()) {
        if at >= start {
            reads.entry(skills.concat()).or_default().push(at - start);
        }
    }
    reads
}

#[tokio::test(start_paused = true)]
async fn each_batch_is_read_once_after_a_hold_of_several_cycles() {
    for hold in [40, 61, 89, 301] {
        let ids = ids(1);
        let of_skill = |skill: &str| BoardConfig {
            skill_ids: vec![skill.into()],
            ..board(skill, &ids)
        };
        let boards = ["a", "b", "c"].map(of_skill).to_vec();
        let bench = Bench::start_boards(boards, all_waiting(&ids), 20);
        after(POLL * 2).await;
        bench.source.budget.hold_off(Duration::from_secs(hold));
        let start = Instant::now() + Duration::from_secs(hold);
        tokio::time::sleep_until(start + POLL / 2 - Duration::from_millis(100)).await;
        let reads = reads_since(&bench, start);
        assert_eq!(reads.len(), 3, "after {hold} s: {reads:?}");
        let is_once = reads.values().all(|at| at.len() == 1);
        assert!(is_once, "after {hold} s: {reads:?}");
        // Then at the usual pace, and spread as before.
        after(POLL * 5).await;
        for at in reads_since(&bench, start).values() {
            let gaps: Vec<_> = at.windows(2).map(|it| it[1] - it[0]).collect();
            assert!(gaps[0] >= POLL / 2 && gaps[0] <= POLL * 3 / 2, "{gaps:?}");
            let usual = |gap: &Duration| gap.abs_diff(POLL).as_millis() < 20;
            assert!(gaps[1..].iter().all(usual), "{gaps:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn queues_left_out_from_the_start_are_the_boards_cause() {
    let ids = ids(2);
    let mut script = all_waiting(&ids);
    script.left_out.extend(ids.clone());
    let bench = Bench::start(&ids, script, 10);
    after(POLL).await;
    let board = bench.latest();
    assert_eq!(board.upstream.cause_code, Some(Cause::AllLeftOut));
    assert_eq!(board.queues[0].cause_code, Some(Cause::LeftOut));
    // One that is unknown besides makes it no other cause.
    bench.script(|script| script.unknown.insert(ids[0].clone()));
    after(POLL).await;
    let cause = bench.latest().upstream.cause_code;
    assert_eq!(cause, Some(Cause::AllLeftOut));
}

#[tokio::test(start_paused = true)]
async fn numbers_that_stand_still_are_the_cause_since_they_do() {
    let ids = ids(1);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(POLL).await;
    let time = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000));
    bench.script(|script| script.beside.source_time = time);
    after(POLL * 5).await;
    let board = bench.latest();
    assert_eq!(board.upstream.state, UpstreamState::Down);
    assert_eq!(board.upstream.cause_code, Some(Cause::StoodStill));
    assert_eq!(board.queues[0].cause_code, Some(Cause::StoodStill));
    let since = board.upstream.since_ms.unwrap();
    assert!((60_000..62_000).contains(&since), "{since}");
}

#[tokio::test(start_paused = true)]
async fn numbers_made_every_30_s_do_not_flap_when_read_every_5_s() {
    for step in [10, 15, 30, 45, 60] {
        let ids = ids(1);
        let bench = Bench::start(&ids, all_waiting(&ids), 30);
        let often = Live {
            interval: Duration::from_secs(5),
            ..live(vec![board("main", &ids)])
        };
        bench.changes.send_replace(often);
        for second in 0..400 {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(second / step * step);
            bench.script(|script| script.beside.source_time = Some(time));
            after(Duration::from_millis(990)).await;
            let board = bench.latest();
            assert_eq!(board.upstream.state, UpstreamState::Ok, "{step}: {second}");
            assert_eq!(board.totals.counted, 1, "{step}: {second}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn quiet_queue_is_not_stale_while_another_moves() {
    let ids = ids(3);
    // One board shows the busy queue too, the other does not.
    let boards = vec![board("main", &ids), board("quiet", &ids[1..])];
    let mut script = all_waiting(&ids);
    script.beside.source_time = Some(SystemTime::UNIX_EPOCH);
    let bench = Bench::start_boards(boards, script, 10);
    for round in 0..10 {
        bench.wait(&ids[0], round);
        after(POLL).await;
        for slug in ["main", "quiet"] {
            let board = bench.board(slug);
            assert_eq!(board.upstream.state, UpstreamState::Ok, "{slug}: {round}");
            let stale = board.queues.iter().filter(|it| it.cause_code.is_some());
            assert_eq!(stale.count(), 0, "{slug}: {round}");
            assert_eq!(board.totals.counted as usize, board.queues.len());
        }
    }
    after(POLL * 4).await;
    for slug in ["main", "quiet"] {
        let cause = bench.board(slug).upstream.cause_code;
        assert_eq!(cause, Some(Cause::StoodStill), "{slug}");
    }
}

#[tokio::test(start_paused = true)]
async fn standstill_is_seen_as_soon_as_failed_reads() {
    const OFTEN: Duration = Duration::from_secs(5);
    let ids = ids(1);
    let start = async || {
        let bench = Bench::start(&ids, all_waiting(&ids), 30);
        bench.changes.send_replace(Live {
            interval: OFTEN,
            ..live(vec![board("main", &ids)])
        });
        for second in 0..60 {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(second);
            bench.script(|script| script.beside.source_time = Some(time));
            after(Duration::from_millis(990)).await;
        }
        bench
    };
    let seconds_until_down = async |bench: &Bench| {
        let mut seconds = 0_u32;
        while bench.latest().upstream.state != UpstreamState::Down {
            after(Duration::from_millis(990)).await;
            seconds += 1;
        }
        seconds
    };
    let stands = start().await;
    let stood = seconds_until_down(&stands).await;
    assert_eq!(stands.latest().upstream.cause_code, Some(Cause::StoodStill));
    let fails = start().await;
    fails.script(|script| script.failure = Some(server_error()));
    let failed = seconds_until_down(&fails).await;
    // Either way three intervals after the last new numbers, which a read finds up to one later.
    assert!(failed <= 16 && stood <= 21, "{failed} {stood}");
}
