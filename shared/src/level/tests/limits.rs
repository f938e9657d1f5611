//! Which values have a level.

use super::*;

#[test]
fn a_level_is_called_the_same_in_json_and_in_the_style_sheet() {
    let style = include_str!("../../../../style/tile_states.css");
    for level in [Unjudged, Fine, Warning, Critical] {
        assert_eq!(serde_json::to_value(level).unwrap(), level.as_str());
    }
    for level in [Warning, Critical] {
        assert!(style.contains(&format!("[data-level=\"{}\"]", level.as_str())));
    }
}

#[test]
fn counts_trigger_at_their_limit_waits_and_percentages_beyond() {
    let first = |reading: &Queue| levels([reading])[0];
    let wait = |ms| Queue {
        average_wait_ms: Some(ms),
        ..waiting(1)
    };
    let longest = |ms| Queue {
        longest_wait_ms: Some(ms),
        ..waiting(1)
    };
    let service = |percent| with_service(Some(percent), None);
    for (reading, level) in [
        (waiting(4), Fine),
        (waiting(5), Warning),
        (waiting(9), Warning),
        (waiting(10), Critical),
        (wait(60_999), Fine),
        (wait(61_000), Warning),
        (wait(190_000), Critical),
        (longest(120_000), Fine),
        (longest(300_000), Warning),
        (longest(300_999), Warning),
        (longest(301_000), Critical),
        (service(80.0), Fine),
        (service(79.9), Warning),
        (service(60.0), Warning),
        (service(59.9), Critical),
    ] {
        assert_eq!(first(&reading), level, "{reading:?}");
    }
}

/// `calls` waiting, and these agents.
fn agents(logged_on: Option<u64>, available: Option<u64>, calls: u64) -> Queue {
    Queue {
        agents: Agents {
            logged_on,
            available,
            ..Agents::default()
        },
        ..waiting(calls)
    }
}

#[test]
fn nobody_logged_on_is_critical_while_calls_wait() {
    for (reading, level) in [
        (agents(Some(0), Some(0), 1), Critical),
        (agents(Some(0), None, 1), Critical),
        (agents(Some(0), Some(0), 0), Fine),
        (agents(None, None, 1), Fine),
        // Calls wait because nobody is free.
        (agents(Some(12), Some(0), 3), Fine),
    ] {
        assert_eq!(levels([&reading])[0], level, "{reading:?}");
    }
}

#[test]
fn nobody_available_has_a_level_where_it_is_set() {
    let mut thresholds = Thresholds::default();
    let limits = Limits {
        critical: Some(0.0),
        for_ms: 120_000,
        ..Limits::default()
    };
    thresholds.set(Metric::AvailableAgents, limits);
    let mut judge = Judge::default();
    let mut level = |available, calls, now_ms| {
        let reading = agents(Some(3), Some(available), calls);
        judge.step(&reading, &thresholds, now_ms).level
    };
    assert_eq!([0, 60, 119].map(|s| level(0, 1, s * 1_000)), [Fine; 3]);
    assert_eq!(level(0, 1, 120_000), Critical);
    assert_eq!([130, 140].map(|s| level(0, 0, s * 1_000)), [Critical, Fine]);
    assert_eq!([150, 160].map(|s| level(0, 1, s * 1_000)), [Fine; 2]);
    assert_eq!(
        level(1, 1, 260_000),
        Fine,
        "one free: counted from here again"
    );
    assert_eq!([270, 380].map(|s| level(0, 1, s * 1_000)), [Fine; 2]);
    assert_eq!(level(0, 1, 390_000), Critical);
}

#[test]
fn waits_of_other_media_have_no_level_by_default() {
    let late = Queue {
        average_wait_ms: Some(9_000_000),
        longest_wait_ms: Some(90_000_000),
        ..agents(Some(0), Some(0), 40)
    };
    let level = |thresholds: Thresholds| Judge::default().step(&late, &thresholds, 0).level;
    let of = |media| Thresholds::default().with_media(media);
    assert_eq!(
        [Media::Voice, Media::Chat, Media::Other].map(|media| level(of(media))),
        [Critical, Critical, Fine]
    );
    let mut set = of(Media::Other);
    set.set(Metric::Waiting, Limits::new(20.0, 50.0));
    assert_eq!(level(set), Warning);
}

#[test]
fn disabled_metric_is_unjudged_and_single_level_is_judged() {
    let mut thresholds = Thresholds::default();
    for metric in Metric::JUDGED {
        thresholds.set(metric, Limits::default());
    }
    let level = |thresholds: &Thresholds| Judge::default().step(&waiting(12), thresholds, 0).level;
    assert_eq!(level(&thresholds), Unjudged, "nothing is judged");
    let only_warning = Limits {
        warning: Some(5.0),
        ..Limits::default()
    };
    thresholds.set(Metric::Waiting, only_warning);
    assert_eq!(level(&thresholds), Warning);
}
