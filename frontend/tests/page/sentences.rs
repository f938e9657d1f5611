//! No tile says what its numbers refute: over random readings, thresholds, levels and times,
//! in every language. The sentences are read back from the words that they were made with.

use std::time::Duration;

use queuewall_frontend::language;
use queuewall_frontend::tile_view::{TileView, Told};
use queuewall_shared::language::Language;
use queuewall_shared::level::{Judge, Level, Limits, Metric, Thresholds};
use queuewall_shared::phrase::Phrase;
use queuewall_shared::snapshot::{Agents, Cause, Queue, QueueState, ServiceLevel};
use queuewall_shared::tile_state::TileState;
use queuewall_shared::words::{self, Words};
use wasm_bindgen_test::wasm_bindgen_test;

/// As many boards' worth of tiles as take some seconds.
const ROUNDS: u32 = 3_000;
const POLL: Duration = Duration::from_secs(30);

/// Random numbers, the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % end
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    /// One of these, or nothing once in a while.
    fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        let at = self.below(of.len() as u64) as usize;
        (!self.one_in(8)).then_some(of[at])
    }

    /// A wait at a boundary, or anywhere.
    fn wait_ms(&mut self) -> Option<u64> {
        let boundary =
            self.pick(&[59_999, 60_000, 60_999, 119_000, 120_500, 300_000, 5_425_000])?;
        Some(if self.one_in(2) {
            boundary
        } else {
            self.below(900_000)
        })
    }

    fn queue(&mut self) -> Queue {
        let logged_on = self.pick(&[0, 0, 1, 3, 19, 120]);
        let available = logged_on.map(|all| self.below(all + 1).min(self.below(4)));
        let waiting = self.pick(&[0, 0, 1, 4, 5, 9, 10, 22, 1_204, 1_290, 250_000]);
        Queue {
            id: "q".into(),
            name: "Sales".into(),
            state: match (logged_on, waiting) {
                (Some(0), Some(0)) => QueueState::Closed,
                _ => QueueState::Open,
            },
            lag_ms: Some(0),
            waiting,
            average_wait_ms: self.wait_ms(),
            longest_wait_ms: self.wait_ms(),
            agents: Agents {
                logged_on,
                available: available.filter(|_| !self.one_in(6)),
                ..Agents::default()
            },
            service_level: ServiceLevel {
                percent: self.pick(&[0.0, 59.96, 60.0, 79.4, 79.99, 80.0, 82.45, 100.0]),
                sample: self.pick(&[0, 4, 40]),
                ..ServiceLevel::default()
            },
            is_outside_hours: self.one_in(12),
            ..Queue::default()
        }
    }

    fn thresholds(&mut self) -> Thresholds {
        let mut thresholds = Thresholds::default();
        if self.one_in(3) {
            let limit = [0.0, 2.0][self.below(2) as usize];
            thresholds.set(
                Metric::AvailableAgents,
                Limits {
                    critical: Some(limit),
                    ..Limits::default()
                },
            );
            thresholds.set(
                Metric::AgentsLoggedOn,
                Limits {
                    critical: Some(limit),
                    ..Limits::default()
                },
            );
        }
        if self.one_in(4) {
            thresholds.set(Metric::Waiting, Limits::new(5.0, 1_250.0));
            thresholds.set(Metric::AverageWait, Limits::new(60_000.0, 5_400_000.0));
            thresholds.set(Metric::ServiceLevel, Limits::new(82.5, 60.0));
        }
        thresholds
    }
}

/// What fills the hole of a phrase in a text that was made of it.
fn hole(phrase: Phrase<1>, text: &str) -> Option<&str> {
    let made = phrase.fill(["\0"]);
    let (before, after) = made.split_once('\0')?;
    text.strip_prefix(before)?.strip_suffix(after)
}

/// A count as it is written: `22`, `1.2k`, `1,2k`.
fn number(text: &str) -> f64 {
    let (digits, times) = match text.strip_suffix('k') {
        Some(thousands) => (thousands, 1_000.0),
        None => (text, 1.0),
    };
    let digits = digits.replace(',', ".");
    times
        * digits
            .parse::<f64>()
            .unwrap_or_else(|_| panic!("{text:?} is no number"))
}

/// A wait as it is written, in seconds: `2:05`, `1 h 30`.
fn seconds(text: &str) -> u64 {
    let numbers = text
        .split([':', '\u{a0}'])
        .filter_map(|part| part.parse::<u64>().ok());
    let numbers: Vec<u64> = numbers.collect();
    match (numbers.as_slice(), text.contains(':')) {
        ([minutes, seconds], true) => minutes * 60 + seconds,
        ([hours, minutes], false) => hours * 3_600 + minutes * 60,
        _ => panic!("{text:?} is no wait"),
    }
}

/// Whether the reason's sentence stands beside these numbers; `None` where it is none.
fn stands(words: &Words, queue: &Queue, tile: &TileView) -> Option<bool> {
    let said = tile.why.matter.as_str();
    let of = |phrase| hole(phrase, said);
    // What the tile shows of a wait is one of the two.
    let (waiting, wait, service) = (tile.number(0), tile.number(1), tile.number(2));
    let (waiting, wait, wait_metric) = (&*waiting.value, &*wait.value, wait.metric);
    let is_shown = |metric: &str| wait_metric == metric && wait != "–";
    let held = queue.reasons[0].held;
    // The longer phrase first where one begins like another.
    Some(if said == words.none_waiting.text() {
        held && waiting == "0"
    } else if said == words.now_unknown.text() {
        held && queue.reasons[0].value.is_none()
    } else if said == words.nobody_free.text() {
        !held && (tile.available == "0" || tile.logged_on == "0")
    } else if said == words.none_logged_on.text() && !held {
        tile.logged_on == "0"
    } else if let Some(limit) = of(words.many_waiting) {
        !held && number(waiting) >= number(limit)
    } else if let Some(limit) = of(words.service_under) {
        !held && number(&service.value) < number(limit)
    } else if let Some(now) = of(words.service_now) {
        held && now == service.value
    } else if let Some(limit) = of(words.longest_over) {
        !held && is_shown("longest_wait") && seconds(wait) > seconds(limit)
    } else if let Some(limit) = of(words.wait_over) {
        !held && is_shown("average_wait") && seconds(wait) > seconds(limit)
    } else if let Some(limit) = of(words.few_free) {
        !held && (tile.logged_on == "0" || number(&tile.available) <= number(limit))
    } else if let Some(limit) = of(words.few_logged_on) {
        !held && number(&tile.logged_on) <= number(limit)
    } else if let Some(now) = of(words.waiting_now) {
        now == waiting
    } else if let Some(now) = of(words.logged_on_now) {
        held && now == tile.logged_on
    } else if let Some(now) = of(words.free_now) {
        held && (now == tile.available || tile.logged_on == "0")
    } else if let Some(now) = of(words.longest_now) {
        now == wait
    } else {
        let now = of(words.wait_now)?;
        now == wait || (now == "–" && queue.average_wait_ms.is_none())
    })
}

#[wasm_bindgen_test]
fn no_tile_says_what_its_numbers_refute() {
    let mut dice = Dice(16);
    let (mut troubled, mut easing, mut stale) = (0, 0, 0);
    for round in 0..ROUNDS {
        let language = Language::ALL[round as usize % 5];
        language::speak(language);
        let words = &words::ALL[language as usize];
        let (mut judge, thresholds) = (Judge::default(), dice.thresholds());
        let (mut queue, mut now_ms) = (dice.queue(), 1_000_000);
        for reading in 0..1 + dice.below(6) {
            if reading > 0 && !dice.one_in(3) {
                // The same in most readings, but for one number.
                let other = dice.queue();
                match dice.below(4) {
                    0 => queue.waiting = other.waiting,
                    1 => queue.average_wait_ms = other.average_wait_ms,
                    2 => queue.agents = other.agents,
                    _ => queue.service_level = other.service_level,
                }
            }
            now_ms += 30_000 * (1 + dice.below(4));
            let judgement = match dice.one_in(9) {
                true => judge.interrupt(),
                false => judge.step(&queue, &thresholds, now_ms),
            };
            queue.level = judgement.level;
            queue.level_since_ms = judgement.since_ms;
            queue.level_since_at_least = judgement.since_at_least;
            queue.last_level = judgement.last_level;
            queue.reasons = judgement.reasons;
        }
        if dice.one_in(3) {
            queue.cause_code = Some(Cause::UpstreamTrouble);
        }
        let age = Duration::from_secs(dice.below(200));
        let tile_state = TileState::of(&queue, Some(age), POLL, !dice.one_in(20));
        let since_ms = queue.reasons.first().and_then(|reason| reason.since_ms);
        let lasting = since_ms.map(|since| Duration::from_millis(now_ms - since) + age);
        let told = Told {
            age: Some(age),
            lasting,
            read_at: "18:37".into(),
            is_told: dice.one_in(4),
            ..Told::default()
        };
        let tile = TileView::of(&queue, tile_state, &told);
        let about = || format!("{language:?}: {tile:#?} of {queue:#?}");

        assert!(
            tile.number(0).value != "0" || tile.number(1).value == "–",
            "{}",
            about()
        );
        if tile_state == TileState::Closed {
            let is_own = !Cause::ALL
                .iter()
                .any(|cause| tile.cause.contains(cause.sentence()));
            assert!(is_own && !tile.cause.is_empty(), "{}", about());
            if let Some(now) = tile.cause.split(" · ").nth(1) {
                assert_eq!(
                    hole(words.waiting_now, now),
                    Some(&*tile.number(0).value),
                    "{}",
                    about()
                );
            }
        }
        let is_current = matches!(tile_state, TileState::Fresh | TileState::Ageing);
        if !is_current {
            assert_eq!(
                (tile.level, &tile.why.matter),
                (Level::None, &String::new())
            );
            let was = queue.level.max(queue.last_level);
            let said = match (tile_state, was) {
                (TileState::Stale, _) if tile.sight == TileState::Closed => {
                    words.was_closed.fill(["18:37"])
                }
                (TileState::Stale, Level::Critical) => words.was_critical.fill(["18:37"]),
                (TileState::Stale, Level::Warning) => words.was_warning.fill(["18:37"]),
                _ => String::new(),
            };
            assert_eq!(tile.was, said, "{}", about());
            stale += u32::from(!said.is_empty());
            continue;
        }
        if tile.level <= Level::Ok {
            assert_eq!(tile.why, Default::default(), "{}", about());
            continue;
        }
        troubled += 1;
        let held = queue.reasons[0].held;
        easing += u32::from(held);
        let is_known = tile.why.matter != words.now_unknown.text();
        let is_easing = tile.why.lead.starts_with(words.easing.text());
        assert_eq!(is_easing, held && is_known, "{}", about());
        assert_eq!(stands(words, &queue, &tile), Some(true), "{}", about());
        if !tile.why.free.is_empty() {
            let free = words.free_of.fill([&tile.available, &tile.logged_on]);
            assert_eq!(tile.why.free.trim_start_matches("· "), free, "{}", about());
        }
        let at_least = hole(words.at_least, &tile.why.lasting);
        let is_at_least = queue.reasons[0].since_at_least && !tile.why.lasting.is_empty();
        assert_eq!(at_least.is_some(), is_at_least, "{}", about());
        let minutes = lasting.map_or(0, |lasting| lasting.as_secs() / 60);
        let said = at_least.unwrap_or(&tile.why.lasting);
        let said = said.split('\u{a0}').next().unwrap_or_default();
        assert_eq!(said.parse().unwrap_or(0), minutes, "{}", about());
    }
    language::speak(Language::English);
    // Enough of each kind was seen.
    assert!(
        troubled > 300 && easing > 30 && stale > 30,
        "{troubled} {easing} {stale}"
    );
}
