//! Other boards while the poller runs.

use proptest::prelude::*;
use queuewall_shared::{
    level::{Limits, Thresholds},
    snapshot::{Level, Metric},
};

use super::*;

/// Any sliding minute.
const MINUTE: Duration = Duration::from_secs(60);

impl Bench {
    /// These boards from now on; the poller has taken them over when this is done.
    async fn change(&self, boards: Vec<BoardConfig>) {
        self.changes.send_replace(live(boards));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }

    fn slugs(&self) -> Vec<String> {
        self.boards.set().slugs().map(str::to_owned).collect()
    }

    /// What was read so far, by id.
    fn reads_of(&self, id: &str) -> usize {
        self.script(|script| {
            let reads = script.reads.iter();
            reads
                .filter(|(_, ids, _)| ids.iter().any(|it| it == id))
                .count()
        })
    }

    /// How many requests began in the busiest minute.
    fn busiest_minute(&self) -> usize {
        let times = self.script(|script| script.asked.clone());
        let within = |start: &Instant| {
            let later = times.iter().filter(|at| *at >= start);
            later.filter(|at| **at - *start < MINUTE).count()
        };
        times.iter().map(within).max().unwrap_or(0)
    }
}

fn waiting_limit(board: BoardConfig, warning: f64, critical: f64) -> BoardConfig {
    let mut levels = Thresholds::default();
    levels.set(Metric::Waiting, Limits::new(warning, critical));
    BoardConfig { levels, ..board }
}

#[tokio::test(start_paused = true)]
async fn a_board_of_known_queues_answers_at_once_and_costs_nothing() {
    let ids = ids(4);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(Duration::from_secs(1)).await;
    let reads = bench.reads();
    let mut same = board("same", &ids[2..]);
    same.title = "The same again".into();
    bench.change(vec![same, board("main", &ids)]).await;
    assert_eq!(bench.slugs(), ["same", "main"]);
    let added = bench.board("same");
    assert_eq!(added.totals.waiting, Some(6));
    assert_eq!(added.board.title, "The same again");
    assert_eq!(added.upstream.state, UpstreamState::Ok);
    after(Duration::from_secs(20)).await;
    assert_eq!(bench.reads(), reads, "nothing new to ask");
}

#[tokio::test(start_paused = true)]
async fn a_removed_board_is_gone_and_its_queues_are_read_no_more() {
    let ids = ids(2);
    let boards = vec![board("main", &ids[..1]), board("gone", &ids[1..])];
    let bench = Bench::start_boards(boards, all_waiting(&ids), 10);
    after(Duration::from_secs(1)).await;
    bench.change(vec![board("main", &ids[..1])]).await;
    assert!(bench.boards.latest("gone").is_none());
    bench.script(|script| script.takes = Duration::from_millis(500));
    let reads = bench.reads_of("001");
    after(POLL * 5).await;
    assert_eq!(bench.reads_of("001"), reads);
    assert!(bench.reads_of("000") > 5);

    bench
        .change(vec![board("main", &ids[..1]), board("gone", &ids[1..])])
        .await;
    assert_eq!(bench.board("gone").queues[0].waiting, None, "forgotten");
    after(Duration::from_secs(1)).await;
    assert_eq!(bench.board("gone").queues[0].waiting, Some(3));
}

#[tokio::test(start_paused = true)]
async fn added_queue_is_read_soon_and_others_keep_their_readings() {
    let ids = ids(3);
    let bench = Bench::start(&ids[..2], all_waiting(&ids), 10);
    after(Duration::from_secs(5 * 60)).await;
    bench.script(|script| script.takes = Duration::from_secs(2));
    let before = bench.latest();
    let trends = bench.trends().0;
    bench
        .change(vec![board("main", &[ids[2].clone(), ids[1].clone()])])
        .await;
    let changed = bench.latest();
    assert_eq!(changed.queues[0].waiting, None);
    assert_eq!(changed.queues[0].cause_code, Some(Cause::FirstAnswer));
    assert_eq!(changed.queues[1].waiting, Some(3));
    let after_change = bench.trends().0;
    assert_eq!(after_change.queues[0].waiting_highest, [None; 36]);
    assert_eq!(after_change.queues[1], trends.queues[1], "at once");
    assert_eq!(trends.queues[1].waiting_highest[35], Some(3));
    assert_eq!(changed.upstream, before.upstream);
    after(Duration::from_secs(3)).await;
    assert_eq!(bench.latest().queues[0].waiting, Some(3));
}

#[tokio::test(start_paused = true)]
async fn levels_are_kept_when_their_thresholds_are_unchanged() {
    let ids = ids(1);
    let main = || waiting_limit(board("main", &ids), 2.0, 10.0);
    let bench = Bench::start_boards(vec![main()], all_waiting(&ids), 10);
    after(Duration::from_secs(60)).await;
    let judged = |bench: &Bench| {
        let queue = bench.latest().queues.remove(0);
        (queue.level, queue.level_since_ms)
    };
    let before = judged(&bench);
    assert_eq!(before.0, Level::Warning);

    let titled = BoardConfig {
        title: "Another title".into(),
        ..main()
    };
    bench.change(vec![titled]).await;
    assert_eq!(judged(&bench), before);

    bench.change(vec![waiting_limit(main(), 3.0, 10.0)]).await;
    assert_eq!(judged(&bench), before, "still amber, and as long as it was");

    let reads = bench.reads();
    bench.change(vec![waiting_limit(main(), 2.0, 3.0)]).await;
    assert_eq!(judged(&bench).0, Level::Critical, "at once");
    bench.change(vec![waiting_limit(main(), 5.0, 10.0)]).await;
    assert_eq!(judged(&bench), (Level::Ok, None));
    assert_eq!(bench.reads(), reads, "by the reading that is there");
}

#[tokio::test(start_paused = true)]
async fn changed_skill_filter_replaces_the_read() {
    let ids = ids(1);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(Duration::from_secs(1)).await;
    bench.script(|script| script.takes = Duration::from_millis(500));
    let filtered = BoardConfig {
        skill_ids: vec!["7".into()],
        ..board("main", &ids)
    };
    bench.change(vec![filtered]).await;
    assert_eq!(bench.latest().queues[0].waiting, None, "other numbers");
    after(Duration::from_secs(1)).await;
    assert_eq!(bench.latest().queues[0].waiting, Some(3));
    let skills = bench.script(|script| script.reads.last().unwrap().2.clone());
    assert_eq!(skills, ["7"]);
    after(POLL * 2).await;
    let unfiltered = bench.script(|script| {
        let reads = script.reads.iter();
        reads.filter(|(_, _, skills)| skills.is_empty()).count()
    });
    assert_eq!(unfiltered, 1, "the old filter is asked for no more");
}

#[tokio::test(start_paused = true)]
async fn an_answer_on_its_way_counts_for_what_is_still_shown() {
    let ids = ids(3);
    let mut script = all_waiting(&ids);
    script.takes = Duration::from_secs(5);
    let bench = Bench::start(&ids[..2], script, 10);
    after(Duration::from_secs(1)).await;
    let other = BoardConfig {
        skill_ids: vec!["7".into()],
        ..board("other", &ids[2..])
    };
    // The read of both is under way: one of them goes, and another group comes first.
    bench.change(vec![other, board("main", &ids[1..2])]).await;
    assert_eq!(bench.slugs(), ["other", "main"]);
    after(Duration::from_secs(5)).await;
    assert_eq!(bench.latest().queues[0].waiting, Some(3));
    after(Duration::from_secs(5)).await;
    assert_eq!(bench.board("other").queues[0].waiting, Some(3));
    assert_eq!(bench.reads_of("001"), 1, "not asked for again");

    bench.change(vec![board("main", &ids[..2])]).await;
    assert_eq!(bench.latest().queues[0].waiting, None, "nothing was kept");
}

#[tokio::test(start_paused = true)]
async fn refusal_of_an_outdated_request_marks_no_queue_not_found() {
    let ids = ids(2);
    let mut script = all_waiting(&ids);
    script.dead.insert("001".into());
    script.takes = Duration::from_secs(5);
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(1)).await;
    bench.change(vec![board("main", &ids[..1])]).await;
    for _ in 0..20 {
        after(Duration::from_secs(1)).await;
        assert_ne!(bench.states(), [QueueState::NotFound]);
    }
    assert_eq!(bench.latest().totals.counted, 1);
}

#[tokio::test(start_paused = true)]
async fn a_board_of_every_queue_uses_the_list_that_is_known() {
    let ids = ids(5);
    let bench = Bench::start(&[], all_waiting(&ids), 10);
    after(Duration::from_secs(1)).await;
    let lists = |bench: &Bench| bench.script(|script| script.lists);
    for _ in 0..5 {
        bench.change(vec![board("main", &ids[..1])]).await;
        assert_eq!(bench.latest().queues.len(), 1);
        bench.change(vec![board("main", &[])]).await;
        assert_eq!(bench.latest().queues.len(), 5);
    }
    after(POLL).await;
    assert_eq!(bench.latest().totals.counted, 5);
    assert_eq!(lists(&bench), 1);

    bench.change(vec![board("main", &ids[..1])]).await;
    after(Duration::from_secs(1_200)).await;
    assert_eq!(lists(&bench), 1, "nobody needs it");
    bench.change(vec![board("main", &[])]).await;
    after(Duration::from_secs(1)).await;
    assert_eq!(lists(&bench), 2, "too old to go by");
}

#[tokio::test(start_paused = true)]
async fn another_interval_holds_at_once() {
    let ids = ids(1);
    let bench = Bench::start(&ids, all_waiting(&ids), 60);
    after(Duration::from_secs(1)).await;
    let interval = |seconds| Live {
        interval: Duration::from_secs(seconds),
        ..live(vec![board("main", &ids)])
    };
    bench.changes.send_replace(interval(5));
    after(Duration::from_secs(1)).await;
    assert_eq!(bench.latest().poll_interval_ms, 5_000);
    let reads = bench.reads();
    after(Duration::from_secs(60)).await;
    assert!((11..=13).contains(&(bench.reads() - reads)));
    bench.changes.send_replace(interval(300));
    after(Duration::from_secs(10)).await;
    let reads = bench.reads();
    after(Duration::from_secs(280)).await;
    assert_eq!(bench.reads(), reads);
    assert_eq!(bench.latest().poll_interval_ms, 300_000);
}

#[tokio::test(start_paused = true)]
async fn fifty_reloads_stay_within_budget_and_read_every_queue() {
    let ids = ids(600);
    let bench = Bench::start(&ids[..450], all_waiting(&ids), 10);
    after(Duration::from_secs(60)).await;
    for round in 0..50 {
        // Other queues come and go, and the rest stands in another order each time.
        let mut shown = ids[..400].to_vec();
        shown.rotate_left(round * 37 % 400);
        shown.extend_from_slice(&ids[400 + round..420 + round]);
        bench.change(vec![board("main", &shown)]).await;
        after(Duration::from_secs(3)).await;
        assert_eq!(bench.latest().queues.len(), 420);
        let lasting = bench.latest().queues.into_iter();
        let unknown = lasting.filter(|it| it.id.as_str() < "400" && it.waiting.is_none());
        assert_eq!(unknown.count(), 0);
    }
    assert!(bench.busiest_minute() <= 10, "{}", bench.busiest_minute());
    let oldest = bench
        .latest()
        .queues
        .iter()
        .filter_map(|it| it.lag_ms)
        .max();
    assert!(oldest.unwrap() <= 120_000, "{oldest:?}");
    after(Duration::from_secs(90)).await;
    assert_eq!(bench.latest().totals.counted, 420);
}

/// A board, by the seeds of its name, its queues and its filter.
fn any_board() -> impl Strategy<Value = (usize, Vec<usize>, bool)> {
    (
        0..3_usize,
        prop::collection::vec(0..250_usize, 0..160),
        any::<bool>(),
    )
}

fn boards_of(seeds: &[(usize, Vec<usize>, bool)]) -> Vec<BoardConfig> {
    let mut boards: Vec<BoardConfig> = Vec::new();
    for (name, queues, is_filtered) in seeds {
        let queues: BTreeSet<String> = queues.iter().map(|it| format!("{it:03}")).collect();
        let queues: Vec<_> = queues.into_iter().collect();
        let made = BoardConfig {
            skill_ids: if *is_filtered {
                vec!["7".into()]
            } else {
                Vec::new()
            },
            ..board(&format!("b{name}"), &queues)
        };
        if !boards.iter().any(|it| it.slug == made.slug) {
            boards.push(made);
        }
    }
    boards
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn budget_holds_and_last_boards_are_shown_after_any_changes(
        sets in prop::collection::vec(
            (prop::collection::vec(any_board(), 1..4), 0_u64..20_000),
            1..20,
        ),
        takes_ms in 0_u64..4_000,
        fails in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let ids = ids(250);
            let mut script = all_waiting(&ids);
            script.takes = Duration::from_millis(takes_ms);
            script.dead = [ids[7].clone(), ids[133].clone()].into();
            script.failure = fails.then(server_error);
            let bench = Bench::start_boards(boards_of(&sets[0].0), script, 10);
            for (set, pause_ms) in &sets {
                bench.changes.send_replace(live(boards_of(set)));
                tokio::time::sleep(Duration::from_millis(*pause_ms)).await;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
            let last = boards_of(&sets[sets.len() - 1].0);
            let slugs: Vec<_> = last.iter().map(|board| board.slug.clone()).collect();
            assert_eq!(bench.slugs(), slugs);

            bench.script(|script| script.failure = None);
            after(Duration::from_secs(300)).await;
            assert!(bench.busiest_minute() <= 10, "{}", bench.busiest_minute());
            for board in &last {
                let shown = bench.board(&board.slug);
                if !board.queues.is_empty() {
                    let of_board: Vec<_> = board.queues.iter().map(|it| &it.id).collect();
                    let is: Vec<_> = shown.queues.iter().map(|it| &it.id).collect();
                    assert_eq!(is, of_board);
                }
                for queue in &shown.queues {
                    let is_dead = [&ids[7], &ids[133]].contains(&&queue.id);
                    let expected = (!is_dead).then_some(3);
                    assert_eq!(queue.waiting, expected, "{} of {}", queue.id, board.slug);
                }
            }
            // Nothing but that is asked for any more.
            let skip = bench.reads();
            after(Duration::from_secs(120)).await;
            let reads = bench.script(|script| script.reads[skip..].to_vec());
            let shows_all = last.iter().any(|board| board.queues.is_empty());
            for (_, asked, skills) in reads {
                for id in asked {
                    let is_shown = last.iter().any(|board| {
                        board.skill_ids == skills && board.queues.iter().any(|it| it.id == id)
                    });
                    assert!(is_shown || shows_all, "{id}");
                }
            }
        });
    }
}
