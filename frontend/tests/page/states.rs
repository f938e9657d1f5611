//! What the tiles, the header and the banner show.

use queuewall_frontend::app::Page;
use queuewall_frontend::time;
use queuewall_shared::level::{Direction, Level, Metric, Reason};
use queuewall_shared::snapshot::{
    Cause, Queue, QueueState, SimulatedClock, Upstream, UpstreamState,
};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Shown, at, good_link, lost_link, queue, settle, silent, snapshot, trend};

#[wasm_bindgen(module = "/tests/page/browser.js")]
extern "C" {
    fn ignore_zones();
    fn zones_as_they_were();
}

#[wasm_bindgen_test]
async fn a_fresh_tile_shows_its_numbers() {
    let shown = Shown::new(vec![queue("a")], 3, 5).await;
    assert_eq!(shown.state("a"), "fresh");
    assert_eq!(shown.metric("a", "waiting"), "4");
    assert_eq!(shown.metric("a", "average_wait"), "1:32");
    assert_eq!(shown.metric("a", "service_level"), "83%");
    assert_eq!(shown.metric("a", "agents_available"), "3");
    assert_eq!(shown.metric("a", "agents_busy"), "7");
    assert_eq!(shown.metric("a", "agents_logged_on"), "12");
    let label = shown.find("[data-queue='a']").get_attribute("aria-label");
    assert_eq!(label.as_deref(), Some("Queue a: up to date"));
    assert_eq!(shown.text(".header-freshness"), "8\u{a0}s ago");
    // 10:00 UTC in the board's zone.
    assert_eq!(shown.text(".header-clock"), "11:00");
}

#[wasm_bindgen_test]
async fn an_unknown_number_is_a_dash_and_never_a_zero() {
    let mut blank = silent("a", QueueState::Open);
    blank.lag_ms = Some(0);
    let shown = Shown::new(vec![blank], 0, 0).await;
    assert_eq!(shown.state("a"), "fresh");
    for metric in [
        "waiting",
        "average_wait",
        "service_level",
        "agents_available",
        "agents_busy",
        "agents_logged_on",
    ] {
        assert_eq!(shown.metric("a", metric), "–", "{metric}");
    }
}

#[wasm_bindgen_test]
async fn longest_wait_is_shown_and_labelled_without_average_wait() {
    let mut longest = queue("a");
    (longest.average_wait_ms, longest.longest_wait_ms) = (None, Some(291_000));
    let shown = Shown::new(vec![longest], 0, 0).await;
    assert_eq!(shown.metric("a", "longest_wait"), "4:51");
    assert_eq!(shown.text("[data-queue='a'] dt"), "Longest");
}

/// As a tenant tells it that gives no mean wait, and counts agents off calls.
fn detailed(id: &str) -> Queue {
    let mut queue = queue(id);
    (queue.average_wait_ms, queue.longest_wait_ms) = (None, Some(108_000));
    queue.agents.after_call_work = Some(1);
    queue.agents.unavailable = Some(2);
    queue
}

#[wasm_bindgen_test]
async fn off_call_agents_have_a_line_and_bar_parts_when_counted() {
    let shown = Shown::asked("?view=tab", vec![detailed("a")], 0, 0).await;
    let line = |shown: &Shown| shown.find(".grid").get_attribute("data-off-call");
    assert_eq!(line(&shown).as_deref(), Some("true"));
    assert_eq!(
        shown.text("[data-queue='a'] .tile-off-call"),
        "1 wrap-up2 away"
    );
    let label = shown.find("[data-queue='a']").get_attribute("aria-label");
    assert_eq!(
        label.as_deref(),
        Some("Queue a: up to date, 1 in after-call work, 2 unavailable")
    );
    let width = |shown: &Shown, part: &str| {
        let style = shown.find(&format!(".bar-{part}")).get_attribute("style");
        style.unwrap_or_default()
    };
    // 3 + 7 + 1 + 2 would be 13 of 12: the one in after-call work is among the busy.
    assert_eq!(width(&shown, "available"), "width: 25%;");
    assert_eq!(width(&shown, "busy"), "width: 50%;");
    assert_eq!(width(&shown, "after-call"), "width: 8.3%;");
    assert_eq!(width(&shown, "away"), "width: 16.7%;");

    let mut beside = detailed("a");
    beside.agents.busy = Some(6);
    shown.board.take(snapshot(vec![beside]));
    settle().await;
    assert_eq!(width(&shown, "busy"), "width: 50%;");

    shown.board.take(snapshot(vec![queue("a")]));
    settle().await;
    assert_eq!(line(&shown).as_deref(), Some("false"));
    assert_eq!(width(&shown, "busy"), "width: 58.3%;");
    assert_eq!(width(&shown, "after-call"), "width: 0%;");
    assert_eq!(width(&shown, "away"), "width: 0%;");
    let label = shown.find("[data-queue='a']").get_attribute("aria-label");
    assert_eq!(label.as_deref(), Some("Queue a: up to date"));
}

#[wasm_bindgen_test]
async fn one_count_off_calls_that_is_not_given_is_a_dash() {
    let mut partly = detailed("a");
    partly.agents.unavailable = None;
    let shown = Shown::asked("?view=tab", vec![partly], 0, 0).await;
    assert_eq!(shown.metric("a", "agents_after_call_work"), "1");
    assert_eq!(shown.metric("a", "agents_unavailable"), "–");
}

#[wasm_bindgen_test]
async fn stale_tile_label_omits_off_call_agents() {
    let shown = Shown::new(vec![detailed("a")], 0, 0).await;
    let label = || shown.find("[data-queue='a']").get_attribute("aria-label");
    assert!(label().is_some_and(|label| label.contains("after-call work")));
    shown
        .board
        .advance(at(100).monotonic, &crate::support::good_link());
    settle().await;
    assert_eq!(label().as_deref(), Some("Queue a: too old to rely on"));
}

#[wasm_bindgen_test]
async fn the_longest_wait_leads_only_where_no_mean_is_given() {
    let mut both = detailed("b");
    both.average_wait_ms = Some(61_000);
    let shown = Shown::new(vec![detailed("a"), both], 0, 0).await;
    assert_eq!(shown.metric("a", "longest_wait"), "1:48");
    assert_eq!(shown.metric("b", "average_wait"), "1:01");
    assert_eq!(shown.text("[data-queue='b'] dt"), "Wait");
    // The header has the longest wait of all, whatever the tiles lead with.
    assert_eq!(shown.text("[data-total='wait']"), "1:48");
    let mut nobody = detailed("a");
    nobody.waiting = Some(0);
    shown.board.take(snapshot(vec![nobody]));
    settle().await;
    assert_eq!(shown.text(".header-wait"), "", "no wait where nobody waits");
}

#[wasm_bindgen_test]
async fn a_reading_ages_and_goes_stale_without_a_new_answer() {
    let mut older = queue("b");
    older.lag_ms = Some(40_000);
    let shown = Shown::new(vec![queue("a"), older], 0, 10).await;
    assert_eq!(
        (shown.state("a"), shown.state("b")),
        ("fresh".into(), "ageing".into())
    );
    assert_eq!(shown.text("[data-queue='b'] .tile-ago"), "50\u{a0}s ago");

    shown
        .board
        .advance(at(60).monotonic, &crate::support::good_link());
    settle().await;
    assert_eq!(
        (shown.state("a"), shown.state("b")),
        ("ageing".into(), "stale".into())
    );
    assert_eq!(shown.text("[data-queue='b'] [data-age]"), "100\u{a0}s");
    assert_eq!(shown.text(".header-unread"), "1 not read");
    assert_eq!(shown.text("[data-total='waiting']"), "4+");
}

#[wasm_bindgen_test]
async fn header_counts_levels_and_the_change_against_a_quarter_ago() {
    let with = |id: &str, level, waiting| {
        let mut queue = queue(id);
        (queue.level, queue.waiting) = (level, Some(waiting));
        queue
    };
    let mut queues = vec![
        with("a", Level::Critical, 12),
        with("b", Level::Warning, 7),
        with("c", Level::Ok, 1),
    ];
    let before = |id, calls| trend(id, vec![Some(0); 36], calls);
    let shown = Shown::new(queues.clone(), 0, 0).await;
    let (a, b) = (before("a", Some(5)), before("b", Some(8)));
    shown.trends(&[a.clone(), b.clone(), before("c", Some(1))]);
    settle().await;
    let said = || {
        [
            shown.text(".header-total"),
            shown.text(".header-critical"),
            shown.text(".header-warning"),
            shown.text(".header-unread"),
        ]
        .join("|")
    };
    assert_eq!(said(), "20 waiting +6|1 critical|1 warning|");

    // What is not known a quarter of an hour ago is no change, and too old no level.
    queues[0].lag_ms = Some(100_000);
    shown.board.take(snapshot(queues));
    shown.trends(&[a, b, before("c", None)]);
    settle().await;
    assert_eq!(said(), "8+ waiting −1||1 warning|1 not read");
    shown.trends(&[before("b", None)]);
    settle().await;
    assert_eq!(said(), "8+ waiting||1 warning|1 not read");
}

#[wasm_bindgen_test]
async fn header_age_is_that_of_the_oldest_reading_that_counts() {
    let (mut older, mut stale) = (queue("b"), queue("c"));
    older.lag_ms = Some(20_000);
    stale.lag_ms = Some(600_000);
    let shown = Shown::new(vec![queue("a"), older, stale], 0, 4).await;
    assert_eq!(shown.text(".header-freshness"), "24\u{a0}s ago");
}

#[wasm_bindgen_test]
async fn header_shows_that_its_readings_are_ageing() {
    let shown = Shown::new(vec![queue("a"), queue("b")], 0, 50).await;
    assert_eq!((shown.state("a")), "ageing");
    assert_eq!(shown.text(".header-freshness"), "50\u{a0}s ago");
    let state = shown.find(".header-freshness");
    assert_eq!(
        state.get_attribute("data-freshness").as_deref(),
        Some("ageing")
    );
}

#[wasm_bindgen_test]
async fn closed_unknown_not_found_and_forbidden_are_told_apart() {
    let mut closed = queue("closed");
    (closed.state, closed.waiting) = (QueueState::Closed, Some(0));
    let mut forbidden = silent("forbidden", QueueState::Forbidden);
    forbidden.cause = Some("The client lacks reporting:queue:view".into());
    let queues = vec![
        closed,
        silent("unknown", QueueState::Unknown),
        silent("not_found", QueueState::NotFound),
        forbidden,
    ];
    let shown = Shown::new(queues, 0, 0).await;
    for (id, cause) in [
        ("closed", "Nobody logged on"),
        ("unknown", "No reading yet"),
        ("not_found", "No such queue in CXone"),
        ("forbidden", "The client lacks reporting:queue:view"),
    ] {
        assert_eq!(shown.state(id), id);
        assert_eq!(
            shown.text(&format!("[data-queue='{id}'] .tile-cause")),
            cause
        );
    }
    assert_eq!(shown.metric("unknown", "waiting"), "–");
    assert_eq!(shown.text(".header-unread"), "3 not read");
}

#[wasm_bindgen_test]
async fn stale_tile_of_closed_queue_says_that_and_no_zero() {
    let mut closed = queue("a");
    (closed.state, closed.waiting) = (QueueState::Closed, Some(0));
    let (mut outside, mut down) = (queue("b"), snapshot(vec![]));
    outside.is_outside_hours = true;
    down.queues = vec![closed, outside, queue("c")];
    for queue in &mut down.queues {
        queue.cause_code = Some(Cause::LeftOut);
    }
    down.upstream.state = UpstreamState::Down;
    down.upstream.cause_code = Some(Cause::AllLeftOut);
    let shown = Shown::new(down.queues.clone(), 0, 100).await;
    shown.board.take(down);
    settle().await;
    for (id, waiting, cause) in [
        ("a", "", "was closed at 11:00"),
        ("b", "4", "was closed at 11:00"),
        // The banner has it for all.
        ("c", "4", ""),
    ] {
        assert_eq!(shown.state(id), "stale");
        assert_eq!(shown.metric(id, "waiting"), waiting);
        let said = shown.text(&format!("[data-queue='{id}'] .tile-cause"));
        assert_eq!(said, cause);
    }
    let banner = shown.text(".banner-what");
    assert!(banner.contains("left these queues out"), "{banner}");
}

#[wasm_bindgen_test]
async fn lost_server_greys_tiles_and_banner_says_since_when() {
    let queues = vec![queue("a"), silent("b", QueueState::NotFound)];
    let shown = Shown::new(queues, 0, 14).await;
    assert!(shown.find(".banner").has_attribute("hidden"));

    shown.board.advance(at(15).monotonic, &lost_link());
    settle().await;
    assert_eq!(
        shown.find(".board").get_attribute("data-link").as_deref(),
        Some("lost")
    );
    assert_eq!(
        (shown.state("a"), shown.state("b")),
        ("stale".into(), "stale".into())
    );
    let cause = shown.text("[data-queue='b'] .tile-cause");
    assert_eq!(cause, "No such queue in CXone");
    assert_eq!(shown.text("[data-total='waiting']"), "–");
    assert!(!shown.find(".banner").has_attribute("hidden"));
    assert_eq!(
        shown.text(".banner-what"),
        "No connection to the Queuewall server since 11:00: it answers with status 502."
    );
    assert_eq!(shown.text(".banner-next"), "Next try in 6\u{a0}s");

    shown
        .board
        .advance(at(20).monotonic, &crate::support::good_link());
    settle().await;
    assert!(shown.find(".banner").has_attribute("hidden"));
    assert_eq!(
        (shown.state("a"), shown.state("b")),
        ("fresh".into(), "not_found".into())
    );
}

#[wasm_bindgen_test]
async fn trouble_with_cxone_is_said_by_its_cause() {
    let shown = Shown::new(vec![queue("a")], 0, 0).await;
    let cause = "CXone refuses the client id or secret";
    let with = |state| {
        let mut changed = snapshot(vec![queue("a")]);
        changed.upstream = Upstream {
            state,
            cause: Some(cause.into()),
            cause_code: None,
            since_ms: Some(300_000),
            cause_since_ms: Some(300_000),
            next_try_ms: Some(610_000),
        };
        changed
    };
    shown.board.take(with(UpstreamState::Degraded));
    settle().await;
    assert_eq!(shown.text(".foot-notice"), cause);
    assert!(shown.find(".banner").has_attribute("hidden"));

    shown.board.take(with(UpstreamState::Down));
    settle().await;
    assert_eq!(shown.text(".foot-notice"), "");
    // Five minutes before second 0, which is 11:00 in the board's zone.
    let what = || shown.text(".banner-what");
    assert_eq!(what(), format!("No reading since 11:00 · {cause}"));
    assert_eq!(shown.text(".banner-title"), "Customer Care");
    assert_eq!(shown.text(".banner-clock"), "11:00");
    assert_eq!(shown.text(".banner-next"), "Next try in 11\u{a0}s");

    // Another cause than at first has its own time.
    let mut later = with(UpstreamState::Down);
    later.upstream.cause_since_ms = Some(420_000);
    shown.board.take(later);
    settle().await;
    assert_eq!(
        what(),
        format!("No reading since 11:00 · now: {cause}, since 10:57")
    );
    // Where nothing was ever read, only the trouble has a time.
    shown.answer_without_reading();
    settle().await;
    assert_eq!(what(), format!("{cause}, since 10:57"));
}

#[wasm_bindgen_test]
async fn board_without_queues_says_why_where_none_was_ever_read() {
    let shown = Shown::new(vec![], 0, 0).await;
    let said = || shown.text(".grid-empty");
    assert_eq!(said(), "This board has no queues.");
    let mut changed = snapshot(vec![]);
    changed.upstream.cause = Some("CXone refuses the client id or secret".into());
    changed.upstream.state = UpstreamState::Degraded;
    shown.board.take(changed.clone());
    settle().await;
    assert_eq!(said(), "CXone refuses the client id or secret");
    changed.upstream.state = UpstreamState::Down;
    shown.board.take(changed);
    settle().await;
    assert_eq!(said(), "No reading yet");
}

#[wasm_bindgen_test]
fn two_addresses_are_pages() {
    assert_eq!(Page::at("/"), Page::Boards);
    assert_eq!(Page::at("/board/main"), Page::Board("main".into()));
    assert_eq!(Page::at("/board/main/"), Page::Board("main".into()));
    // What follows a slug got there by mistake, and is shown nowhere.
    assert_eq!(Page::at("/board/a%20b/"), Page::Board("a".into()));
    for nowhere in ["/board", "/board/a/b", "/board/%23t=abc", "/boards/a", "/x"] {
        assert_eq!(Page::at(nowhere), Page::Nowhere, "{nowhere}");
    }
}

#[wasm_bindgen_test]
async fn critical_tile_says_why_and_stale_tile_loses_level() {
    let mut red = queue("a");
    red.level = Level::Critical;
    // Nine minutes before second 0, on the server's uptime scale; its reason four.
    red.level_since_ms = Some(60_000);
    red.waiting = Some(9);
    red.average_wait_ms = Some(185_000);
    red.agents.available = Some(0);
    red.agents.logged_on = Some(19);
    red.reasons = vec![Reason {
        metric: Metric::AverageWait,
        direction: Direction::Above,
        limit: 120_000.0,
        value: Some(185_000.0),
        since_ms: Some(360_000),
        since_at_least: true,
        held: false,
    }];
    let shown = Shown::new(vec![red], 0, 5).await;
    shown.trends(&[trend("a", vec![None; 36], Some(5))]);
    settle().await;
    let level = || shown.find("[data-queue='a']").get_attribute("data-level");
    assert_eq!(level().as_deref(), Some("critical"));
    let reason = ["p", ".tile-since"]
        .map(|line| shown.text(&format!("[data-queue='a'] .tile-reason {line}")));
    assert_eq!(
        reason,
        [
            "Critical: wait over 2:00",
            "at least 4\u{a0}min ·\u{a0}0\u{a0}of\u{a0}19\u{a0}free"
        ]
    );
    let short = shown
        .find("[data-queue='a'] .tile-since span")
        .get_attribute("data-short");
    assert_eq!(
        short.as_deref(),
        Some(">\u{a0}4\u{a0}min ·\u{a0}0\u{a0}of\u{a0}19\u{a0}free")
    );
    let label = shown.find("[data-queue='a']").get_attribute("aria-label");
    assert_eq!(
        label.as_deref(),
        Some("Queue a: Critical, +4 in 15\u{a0}min")
    );
    let change = || shown.text("[data-queue='a'] .tile-change");
    assert_eq!(change(), "+4");

    shown
        .board
        .advance(at(100).monotonic, &crate::support::good_link());
    settle().await;
    assert_eq!(shown.state("a"), "stale");
    assert_eq!(level().as_deref(), Some("none"));
    assert_eq!(change(), "");
    let was = shown.text("[data-queue='a'] .tile-cause");
    assert_eq!(was, "was critical at 11:00No newer reading");
}

#[wasm_bindgen_test]
async fn level_that_is_held_says_the_number_that_is_better() {
    let mut easing = queue("a");
    easing.level = Level::Critical;
    easing.waiting = Some(9);
    easing.reasons = vec![Reason {
        metric: Metric::Waiting,
        direction: Direction::Above,
        limit: 10.0,
        value: Some(9.0),
        since_ms: Some(360_000),
        since_at_least: false,
        held: true,
    }];
    let shown = Shown::new(vec![easing], 0, 5).await;
    assert_eq!(
        shown.text("[data-queue='a'] .tile-reason p"),
        "Easing: 9 waiting"
    );
}

#[wasm_bindgen_test]
async fn queue_outside_hours_is_closed_and_says_who_waits() {
    let mut evening = queue("a");
    evening.is_outside_hours = true;
    evening.waiting = Some(5);
    evening.cause_code = Some(Cause::UpstreamTrouble);
    let shown = Shown::new(vec![evening], 0, 5).await;
    assert_eq!(shown.state("a"), "closed");
    assert_eq!(
        shown.text("[data-queue='a'] .tile-cause"),
        "Outside opening hours · 5 waiting"
    );
}

#[wasm_bindgen_test]
async fn age_of_all_tiles_is_not_said_in_each() {
    let shown = Shown::new(vec![queue("a"), queue("b")], 0, 50).await;
    for id in ["a", "b"] {
        assert_eq!(shown.state(id), "ageing");
        assert_eq!(shown.text(&format!("[data-queue='{id}'] .tile-ago")), "");
    }
}

#[wasm_bindgen_test]
async fn the_foot_carries_the_notice_and_the_board_its_theme() {
    let shown = Shown::new(vec![queue("a")], 0, 0).await;
    let mut changed = snapshot(vec![queue("a")]);
    changed.board.notice = Some("Town hall at 14:00".into());
    changed.board.display.theme = Some(queuewall_shared::snapshot::Theme::Light);
    shown.board.take(changed);
    settle().await;
    assert_eq!(shown.text(".foot-notice"), "Town hall at 14:00");
    let theme = shown.find(".board").get_attribute("data-theme");
    assert_eq!(theme.as_deref(), Some("light"));
}

#[wasm_bindgen_test]
async fn interval_above_a_minute_is_said_instead_of_the_age() {
    let shown = Shown::new(vec![queue("a")], 0, 0).await;
    assert_eq!(shown.text(".header-freshness"), "0\u{a0}s ago");
    let mut slow = snapshot(vec![queue("a")]);
    slow.poll_interval_ms = 60_000;
    shown.board.take(slow.clone());
    settle().await;
    assert_eq!(shown.text(".header-freshness"), "0\u{a0}s ago");
    slow.poll_interval_ms = 150_000;
    shown.board.take(slow);
    settle().await;
    assert_eq!(
        shown.text(".header-every"),
        "each queue is read every\u{a0}2:30"
    );
    shown.board.advance(at(200).monotonic, &good_link());
    settle().await;
    assert_eq!(shown.text(".header-freshness"), "3\u{a0}min ago");
    shown.board.advance(at(500).monotonic, &good_link());
    settle().await;
    assert_eq!(shown.text(".header-freshness"), "8\u{a0}min old");
}

#[wasm_bindgen_test]
async fn simulated_clock_is_shown_at_its_speed_and_named() {
    let shown = Shown::new(vec![queue("a")], 0, 0).await;
    assert_eq!(shown.text(".header-kind"), "");
    let mut simulated = snapshot(vec![queue("a")]);
    simulated.board.timezone = Some("UTC".into());
    // The server runs for 600 s at second 0: half of them at the simulated 10:20.
    simulated.board.simulated_clock = Some(SimulatedClock {
        uptime_ms: 300_000,
        epoch_ms: 1_767_781_200_000,
        speed: 2.0,
    });
    simulated.upstream.state = UpstreamState::Down;
    simulated.upstream.since_ms = Some(500_000);
    simulated.upstream.cause_since_ms = Some(540_000);
    simulated.queues[0].level = Level::Warning;
    simulated.queues[0].level_since_ms = Some(480_000);
    shown.board.take(simulated);
    settle().await;
    assert_eq!(shown.text(".header-clock"), "10:30");
    assert_eq!(shown.text(".header-kind"), "simulated");
    let notice = "Simulated contact centre: its clock and its numbers are not real";
    assert_eq!(shown.text(".foot-notice"), notice);
    let trouble = shown.board.trouble().what;
    assert!(trouble.contains("10:28"), "{trouble}");
    let lasting = shown.text("[data-queue='a'] .tile-since");
    assert!(lasting.contains("4\u{a0}min"), "{lasting}");
    shown.board.advance(at(90).monotonic, &good_link());
    settle().await;
    assert_eq!(shown.text(".header-clock"), "10:33");
}

#[wasm_bindgen_test]
async fn unknown_time_zone_shows_hint_and_no_clock() {
    let shown = Shown::new(vec![queue("a")], 0, 0).await;
    let hint = || shown.text("[data-hint='zone']");
    assert_eq!(
        (shown.text(".header-clock"), hint()),
        ("11:00".into(), String::new())
    );
    let mut odd = snapshot(vec![queue("a")]);
    odd.board.timezone = Some("Europe/Brlin".into());
    shown.board.take(odd);
    settle().await;
    assert_eq!(shown.text(".header-clock"), "");
    assert_eq!(
        hint(),
        "No clock: this browser cannot show the time of Europe/Brlin"
    );
    shown.board.take(snapshot(vec![queue("a")]));
    settle().await;
    assert_eq!(
        (shown.text(".header-clock"), hint()),
        ("11:00".into(), String::new())
    );
}

#[wasm_bindgen_test]
async fn browser_that_ignores_time_zones_is_found_out() {
    assert!(time::knows_zones());
    ignore_zones();
    let knows = time::knows_zones();
    zones_as_they_were();
    assert!(!knows);
}

#[wasm_bindgen_test]
async fn line_of_three_hours_has_a_gap_and_ends_now() {
    let shown = Shown::new(vec![queue("a"), queue("b")], 0, 0).await;
    let drawn = |id: &str| {
        let part = |path| {
            let path = shown.find(&format!("[data-queue='{id}'] .tile-line {path}"));
            path.get_attribute("d").unwrap_or_default()
        };
        (part("path"), part("path + path"))
    };
    let nothing = (String::new(), String::new());
    assert_eq!(drawn("a"), nothing);
    let mut bins = vec![None; 33];
    bins.extend([Some(10), None, Some(5)]);
    bins[0] = Some(2);
    shown.trends(&[trend("a", bins, None)]);
    settle().await;
    let line = "M0 80H5M165 0H170M175 50H180";
    let dot = "M180 60h0".to_owned();
    assert_eq!(drawn("a"), ([line, "V60"].concat(), dot.clone()));
    assert_eq!(drawn("b"), nothing, "nothing is known of it");

    // Nine minutes later, with numbers of then, and still these trends.
    for seconds in [179, 540] {
        shown.answer_times(0, seconds);
        shown.board.advance(at(seconds).monotonic, &good_link());
        settle().await;
        if seconds == 179 {
            assert_eq!(drawn("a").1, dot, "they may be as old as that");
        }
    }
    assert_eq!(drawn("a"), ("M156 0H161M166 50H171".to_owned(), dot));
    // Without numbers that count there is no line.
    shown.board.advance(at(900).monotonic, &good_link());
    settle().await;
    assert_eq!(drawn("a"), nothing);
}

#[wasm_bindgen_test]
async fn number_stands_where_the_line_is_cut_off() {
    let shown = Shown::new(vec![queue("a"), queue("b")], 0, 0).await;
    let bins = |highest| [vec![Some(0); 34], vec![Some(highest), Some(3)]].concat();
    shown.trends(&[trend("a", bins(34), None), trend("b", bins(10), None)]);
    settle().await;
    let peak = |id: &str| shown.find(&format!("[data-queue='{id}'] .tile-peak"));
    assert_eq!(peak("a").text_content().as_deref(), Some("34"));
    let place = peak("a").get_attribute("style").unwrap_or_default();
    assert!(place.contains("margin-right: 5.6%"), "{place}");
    assert_eq!(peak("b").text_content().as_deref(), Some(""), "all of it");
}

#[wasm_bindgen_test]
async fn change_is_not_told_against_old_trends() {
    let shown = Shown::new(vec![queue("a")], 0, 0).await;
    shown.trends(&[trend("a", vec![Some(0); 36], Some(1))]);
    settle().await;
    assert_eq!(shown.text("[data-queue='a'] .tile-change"), "+3");
    shown.answer_times(0, 180);
    shown.board.advance(at(180).monotonic, &good_link());
    settle().await;
    assert_eq!(shown.text("[data-queue='a'] .tile-change"), "");
}
