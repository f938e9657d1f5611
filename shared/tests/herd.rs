//! Two thousand screens and one server: when it comes back, their polls are spread out, and
//! none of them waits long.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

use std::time::Duration;

use proptest::prelude::*;
use queuewall_shared::link::{Action, Failure, Link, LinkState, PageTime};

const SCREENS: usize = 2_000;
/// How long polls are counted after the server's return: longer than any pause.
const COUNTED_SECONDS: u64 = 60;
/// The server's return is seen by every screen within this.
const LIVE_WITHIN_SECONDS: u64 = 15;
/// From a request to its answer.
const ANSWER_MS: u64 = 20;

/// How a server that is away meets a request.
#[derive(Clone, Copy, Debug)]
enum Absence {
    /// Its machine refuses the connection, at once.
    Refuses,
    /// Nothing comes back.
    Hangs,
}

fn at(ms: u64) -> PageTime {
    PageTime {
        monotonic: Duration::from_millis(ms),
        wall: Duration::from_millis(ms),
    }
}

/// What one screen did after the server's return.
struct Returned {
    /// When its polls reached the server, in seconds after the return.
    polled: Vec<usize>,
    /// Whether it was live again in time.
    is_live: bool,
}

/// A screen whose server is away for those milliseconds.
fn live_through(opened_ms: u64, away_ms: std::ops::Range<u64>, absence: Absence) -> Returned {
    let mut link = Link::new(at(opened_ms));
    let mut answer_at_ms: Option<u64> = None;
    let (mut polled, mut is_live) = (Vec::new(), false);
    let end = away_ms.end + COUNTED_SECONDS * 1_000;
    for now in (opened_ms..end).step_by(1_000) {
        if let Some(answered) = answer_at_ms.take_if(|answer| *answer <= now) {
            link.answered(at(answered));
        }
        let back_for_ms = now.checked_sub(away_ms.end);
        match link.tick(at(now)) {
            Action::Wait => {}
            Action::GiveUp => link.missed(at(now), Failure::TimedOut),
            Action::Poll if away_ms.contains(&now) => match absence {
                Absence::Refuses => link.missed(at(now), Failure::Unreachable),
                Absence::Hangs => {}
            },
            Action::Poll => {
                answer_at_ms = Some(now + ANSWER_MS);
                polled.extend(back_for_ms.map(|ms| (ms / 1_000) as usize));
            }
        }
        if back_for_ms.is_some_and(|ms| ms / 1_000 == LIVE_WITHIN_SECONDS) {
            is_live = link.state() == LinkState::Ok;
        }
    }
    Returned { polled, is_live }
}

/// How often the server goes away; `QUEUEWALL_CASES` says another number.
fn cases() -> u32 {
    let cases = std::env::var("QUEUEWALL_CASES");
    cases.map_or(24, |cases| cases.parse().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]
    #[test]
    fn returning_server_gets_spread_polls_and_screens_recover_soon(
        away_seconds in prop_oneof![1u64..20, 20u64..900],
        hangs: bool,
        seed: u64,
    ) {
        let absence = if hangs { Absence::Hangs } else { Absence::Refuses };
        // SplitMix64: any sequence of chances will do, the same one for a seed.
        let mut state = seed;
        let mut chance = move || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (z ^ (z >> 31)) as f64 / u64::MAX as f64
        };
        let mut counts = [0usize; COUNTED_SECONDS as usize];
        for _ in 0..SCREENS {
            // People switch screens on one after the other.
            let opened_ms = (chance() * 5_000.0) as u64;
            let away_ms = 30_000..(30 + away_seconds) * 1_000;
            let returned = live_through(opened_ms, away_ms, absence);
            prop_assert!(returned.is_live, "opened at {opened_ms} ms, away for {away_seconds} s");
            for second in returned.polled {
                counts[second] += 1;
            }
        }
        let mean = SCREENS as f64 / 5.0;
        let busiest = counts.iter().copied().max().unwrap_or_default() as f64;
        prop_assert!(busiest <= 1.5 * mean, "{:.2} times the mean: {counts:?}", busiest / mean);
    }
}
