//! The page's texts in every language: all of them differ. That no
//! phrase is missing, too wide or lacks a hole is the compiler's to find.

use std::collections::BTreeSet;
use std::time::Duration;

use queuewall_frontend::api::Refusal;
use queuewall_frontend::{language, numbers, text};
use queuewall_shared::cause::Cause;
use queuewall_shared::choice::Choice;
use queuewall_shared::fit::Form;
use queuewall_shared::language::Language;
use queuewall_shared::level::{Level, Metric, Reason};
use queuewall_shared::link::Failure;
use queuewall_shared::phrase::width;
use queuewall_shared::snapshot::{Agents, Queue, UpstreamState};
use queuewall_shared::tile_state::TileState;
use wasm_bindgen_test::wasm_bindgen_test;

/// Runs `say` in every language, English last so that it stays.
fn in_every_language(mut say: impl FnMut(Language)) {
    for language in Language::ALL.into_iter().rev() {
        language::speak(language);
        say(language);
    }
}

/// A critical queue whose metric is past that limit, or was.
fn at_fault(metric: Metric, limit: f64, held: bool) -> Queue {
    let reason = Reason {
        metric,
        direction: metric.direction(),
        limit,
        value: Some(limit * 2.0),
        since_ms: Some(0),
        since_at_least: false,
        held,
    };
    Queue {
        level: Level::Critical,
        reasons: vec![reason],
        waiting: Some(1),
        agents: Agents {
            logged_on: Some(188),
            available: Some(118),
            ..Agents::default()
        },
        ..Queue::default()
    }
}

/// Another choice of numbers than the usual one.
fn chosen() -> Choice {
    Choice {
        hero: Metric::Handled,
        ..Choice::default()
    }
}

/// Everything that is a sentence, and so differs from language to language.
fn sentences() -> Vec<String> {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    let mut said: Vec<String> = Cause::ALL
        .into_iter()
        .filter_map(|cause| text::server_cause(Some(cause), None).map(str::to_owned))
        .collect();
    said.extend(
        [
            Some(Failure::Unreachable),
            Some(Failure::TimedOut),
            Some(Failure::Status(502)),
            Some(Failure::Foreign(502)),
            Some(Failure::Unreadable),
        ]
        .map(text::failure),
    );
    said.extend([
        text::lost(None, None),
        text::lost(None, Some(text::since("10:55"))),
        text::next_try(None),
        text::next_try(Some(minutes(1))),
        text::upstream(UpstreamState::Degraded).into(),
        text::upstream(UpstreamState::Down).into(),
        text::refused(Refusal::NoAccess).into(),
        text::refused(Refusal::OtherBoard).into(),
        text::refused(Refusal::Revoked).into(),
        text::refused(Refusal::Expired).into(),
        text::refused(Refusal::UntrustedPeer).into(),
        text::refused(Refusal::NoCookies).into(),
        text::read_every(minutes(2)),
        text::no_such_zone("Europe/Kyiv"),
        text::let_in().into(),
        text::code_life(),
        text::stopped().into(),
        text::reading().into(),
        text::no_page().into(),
        text::no_board("main"),
        text::no_boards().into(),
        text::no_queues().into(),
        text::not_read(3),
        text::at_level(Level::Critical, 3),
        text::at_level(Level::Warning, 3),
        text::on_page(None),
        text::on_page(Some(4)),
        text::down("CXone", Some("since 18:29".into()), None),
        text::down(
            "CXone",
            Some("since 18:29".into()),
            Some("since 18:31".into()),
        ),
        text::worst_now().into(),
        text::ago(minutes(5)),
        text::old(minutes(5)),
        text::too_small().into(),
        text::left_out(Form::NoService, Choice::default()).into(),
        text::left_out(Form::NoWait, Choice::default()).into(),
        text::left_out(Form::NoWait, chosen()).into(),
        text::page_of(2, 5),
    ]);
    let tile_states = [
        TileState::Fresh,
        TileState::Ageing,
        TileState::Stale,
        TileState::Closed,
        TileState::Unknown,
        TileState::NotFound,
        TileState::Forbidden,
    ];
    said.extend(tile_states.map(|it| text::tile_label("", it, Level::None, "", Agents::default())));
    for (after_call_work, unavailable) in [(Some(1), None), (None, Some(1))] {
        let agents = Agents {
            after_call_work,
            unavailable,
            ..Agents::default()
        };
        said.push(text::tile_label(
            "",
            TileState::Fresh,
            Level::None,
            "",
            agents,
        ));
    }
    for metric in Metric::JUDGED {
        for held in [false, true] {
            let why = text::why(&at_fault(metric, 2_000.0, held), Some(minutes(4)));
            said.push([why.lead, why.matter].concat());
        }
    }
    said.push(text::was(Level::Critical, "18:37"));
    said.push(text::was(Level::Warning, "18:37"));
    said.push(text::closed_because(&Queue::default()));
    let outside = Queue {
        is_outside_hours: true,
        ..Queue::default()
    };
    said.push(text::closed_because(&outside));
    said
}

#[wasm_bindgen_test]
fn every_sentence_is_said_and_no_two_of_a_language_are_mixed_up() {
    in_every_language(|language| {
        let said = sentences();
        let different: BTreeSet<_> = said.iter().collect();
        assert_eq!(different.len(), said.len(), "{language:?}: {said:#?}");
        for sentence in &said {
            assert!(!sentence.trim().is_empty(), "{language:?}");
            assert!(!sentence.contains(['{', '}']), "{language:?}: {sentence}");
        }
    });
}

#[wasm_bindgen_test]
fn no_sentence_was_left_in_english() {
    language::speak(Language::English);
    let english = sentences();
    in_every_language(|language| {
        if language == Language::English {
            return;
        }
        for (sentence, original) in sentences().iter().zip(&english) {
            assert_ne!(sentence, original, "{language:?}");
        }
    });
}

#[wasm_bindgen_test]
fn ages_have_the_languages_units() {
    let mut said = Vec::new();
    in_every_language(|_| {
        let ages = [48, 720, 10_800, 172_800].map(|s| text::age(Duration::from_secs(s)));
        said.push(ages.join(", ").replace('\u{a0}', "~"));
    });
    assert_eq!(
        said,
        [
            "48~s, 12~min, 3~h, 2~d",
            "48~s, 12~min, 3~h, 2~j",
            "48~s, 12~min, 3~h, 2~d",
            "48~s, 12~min, 3~h, 2~Tg.",
            "48~s, 12~min, 3~h, 2~d",
        ]
    );
}

#[wasm_bindgen_test]
fn numbers_are_grouped_and_have_the_languages_comma() {
    let mut said = Vec::new();
    in_every_language(|_| {
        let numbers = [
            numbers::count(0),
            numbers::count(999),
            numbers::count(1_234_567),
        ];
        let tenths = [80.0, 82.5, 0.04, 12_000.0].map(numbers::tenths);
        said.push(
            numbers
                .into_iter()
                .chain(tenths)
                .collect::<Vec<_>>()
                .join(" | "),
        );
    });
    assert_eq!(
        said,
        [
            "0 | 999 | 1.234.567 | 80 | 82,5 | 0 | 12.000",
            "0 | 999 | 1\u{202f}234\u{202f}567 | 80 | 82,5 | 0 | 12\u{202f}000",
            "0 | 999 | 1.234.567 | 80 | 82,5 | 0 | 12.000",
            "0 | 999 | 1.234.567 | 80 | 82,5 | 0 | 12.000",
            "0 | 999 | 1,234,567 | 80 | 82.5 | 0 | 12,000",
        ]
    );
}

#[wasm_bindgen_test]
fn long_waits_and_large_counts_are_compact_in_every_language() {
    let mut said = Vec::new();
    in_every_language(|_| {
        let waits = [45, 3_599, 5_400, 90_000, 2_592_000, 1_080_000_000];
        let waits = waits.map(|s| text::wait(Duration::from_secs(s)));
        let counts = [999, 1_000, 1_299, 12_345, 999_999, 1_250_000].map(numbers::compact);
        let all = waits.into_iter().chain(counts).collect::<Vec<_>>();
        said.push(all.join(" | ").replace('\u{a0}', "~"));
    });
    let of = |comma: &str, day: &str| {
        format!(
            "0:45 | 59:59 | 1~h~30 | 25~h | 30~{day} | 12k~{day} | \
             999 | 1k | 1{comma}2k | 12k | 999k | 1{comma}2M"
        )
    };
    assert_eq!(
        said,
        [
            of(",", "d"),
            of(",", "j"),
            of(",", "d"),
            of(",", "d"),
            of(".", "d"),
        ]
    );
}

#[wasm_bindgen_test]
fn a_level_lasts_for_minutes_then_hours_then_days() {
    language::speak(Language::English);
    let of = |seconds| {
        let queue = at_fault(Metric::Waiting, 10.0, false);
        let why = text::why(&queue, Some(Duration::from_secs(seconds)));
        why.lasting.replace('\u{a0}', "~")
    };
    assert_eq!(
        [59, 60, 119, 120, 7_199, 7_200, 172_800].map(of),
        ["", "1~min", "1~min", "2~min", "119~min", "2~h", "2~d"]
    );
}

/// How many lines of `room` half letters a text takes.
fn lines(text: &str, room: usize) -> usize {
    let (mut lines, mut taken) = (1, 0);
    for word in text.split(' ') {
        let wide = width(word);
        if taken > 0 && taken + 1 + wide > room {
            (lines, taken) = (lines + 1, wide);
        } else {
            taken += wide + usize::from(taken > 0);
        }
    }
    lines
}

#[wasm_bindgen_test]
fn time_since_a_restart_fits_beside_agents() {
    // A line of a tile, as below; the dot is half as wide as it counts.
    const ROOM: usize = 41;
    in_every_language(|language| {
        let mut queue = at_fault(Metric::AverageWait, 120_000.0, false);
        queue.reasons[0].since_at_least = true;
        (queue.agents.available, queue.agents.logged_on) = (Some(0), Some(20));
        let why = text::why(&queue, Some(Duration::from_secs(26 * 60)));
        let [long, short] = why.second_line().map(|line| line.replace('\u{a0}', " "));
        assert!(long.contains(&*why.free) && short.contains(&*why.free));
        assert!(width(&short) <= ROOM, "{language:?}: {short}");
    });
}

#[wasm_bindgen_test]
fn nobody_free_is_said_once() {
    let said = |limit| {
        let queue = at_fault(Metric::AvailableAgents, limit, false);
        text::why(&queue, Some(Duration::from_secs(180))).second_line()[0].replace('\u{a0}', " ")
    };
    assert_eq!(said(0.0), "3 min");
    assert_eq!(said(2.0), "3 min · 118 of 188 free");
}

#[wasm_bindgen_test]
fn every_reason_fits_its_line_of_a_tile() {
    // A half letter of the page's face is 0.3em less a little, and a tile's line 11.86em.
    const ROOM: usize = 40;
    assert_eq!(lines("Critical: wait over 10:00", ROOM), 1);
    assert_eq!(lines("Critical: longest wait over 10:00", ROOM), 2);
    in_every_language(|language| {
        for metric in Metric::JUDGED {
            let limits = match metric {
                Metric::AverageWait | Metric::LongestWait | Metric::AverageSpeedOfAnswer => {
                    [300_000.0, 600_000.0]
                }
                Metric::Waiting => [10.0, 100.0],
                Metric::ServiceLevel | Metric::ServiceLevelToday => [80.0, 82.5],
                Metric::AbandonRate => [5.0, 12.5],
                _ => [0.0, 10.0],
            };
            let kinds = [(0, false), (1, false), (0, true), (1, true)];
            let levels = [Level::Warning, Level::Critical];
            for ((limit, held), level) in kinds
                .into_iter()
                .flat_map(|kind| levels.map(|it| (kind, it)))
            {
                let queue = Queue {
                    level,
                    ..at_fault(metric, limits[limit], held)
                };
                let lasting = Some(Duration::from_secs(119 * 60));
                let why = text::why(&queue, lasting);
                let said = [why.lead, why.matter.clone()].concat();
                // Twice a usual limit may take the other line too.
                assert!(lines(&said, ROOM) <= 1 + limit, "{language:?}: {said}");
                // In the leanest tile it has two lines without the level's word.
                assert!(lines(&why.matter, 23) <= 2, "{language:?}: {}", why.matter);
                assert!(
                    lines(&why.lasting, ROOM) <= 1,
                    "{language:?}: {}",
                    why.lasting
                );
            }
        }
    });
}
