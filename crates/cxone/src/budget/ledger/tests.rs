use std::sync::Mutex;

use proptest::prelude::*;

use super::*;
use crate::{
    budget::tests::memory_store::MemoryStore,
    clock::{Moment, SystemClock},
};

const NOW_MS: u64 = 1_767_607_200_000;

/// A wall clock that is set.
struct SetClock(Mutex<u64>);

impl SetClock {
    fn at(ms: u64) -> Arc<Self> {
        Arc::new(Self(Mutex::new(ms)))
    }

    fn set(&self, ms: u64) {
        *self.0.lock().unwrap() = ms;
    }
}

impl Clock for SetClock {
    fn now(&self) -> Moment {
        Moment {
            wall: UNIX_EPOCH + Duration::from_millis(*self.0.lock().unwrap()),
            ..SystemClock.now()
        }
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn brought_up(mut entries: Entries) -> (Usage, bool) {
    let is_set_back = entries.bring_up_to(NOW_MS);
    (entries.usage_at(NOW_MS), is_set_back)
}

fn ledger(store: &MemoryStore, clock: &Arc<SetClock>) -> Ledger {
    Ledger::new(store.clone(), Arc::clone(clock) as Arc<dyn Clock>)
}

#[test]
fn file_of_0_1_0_counts_what_has_ended_and_what_was_under_way() {
    let json = format!(
        r#"{{"ended":[{}, {}],"under_way":1,"hold_until":{}}}"#,
        NOW_MS - 61_000,
        NOW_MS - 45_000,
        NOW_MS + 7_000,
    );
    let (usage, is_set_back) = brought_up(serde_json::from_str(&json).unwrap());
    assert_eq!(usage.counts_for, [seconds(15), seconds(60)]);
    assert_eq!((usage.hold, is_set_back), (seconds(7), false));
}

#[test]
fn clock_set_back_holds_off_nothing_that_cxone_did_not_ask_for() {
    for (ended, hold_until) in [
        // Version 0.1.0, an hour and ten minutes ahead; nothing was held off.
        (vec![NOW_MS + 3_600_000], NOW_MS + 3_600_000),
        (vec![NOW_MS + 600_000], NOW_MS + 600_000),
        (vec![NOW_MS + 20_000], NOW_MS + 20_000),
        (Vec::new(), NOW_MS + 86_400_000),
    ] {
        let (usage, is_set_back) = brought_up(Entries {
            ended,
            hold_until,
            ..Entries::default()
        });
        assert_eq!((usage.hold, is_set_back), (Duration::ZERO, true));
        assert!(usage.counts_for.iter().all(|left| *left <= seconds(90)));
    }
}

#[test]
fn clock_set_back_makes_a_hold_no_longer_than_asked() {
    let store = MemoryStore::default();
    let clock = SetClock::at(NOW_MS);
    let it = ledger(&store, &clock);
    it.hold_off(10, seconds(40)).unwrap();
    clock.set(NOW_MS - 3_600_000);
    let usage = it.look(10).unwrap();
    assert_eq!((usage.hold, usage.is_set_back), (seconds(40), true));
    // It is told once, and runs out.
    clock.set(NOW_MS - 3_590_000);
    let usage = it.look(10).unwrap();
    assert_eq!((usage.hold, usage.is_set_back), (seconds(30), false));
    clock.set(NOW_MS - 3_500_000);
    assert_eq!(it.look(10).unwrap(), Usage::default());
}

#[test]
fn requests_count_a_minute_after_a_clock_is_set_back() {
    let store = MemoryStore::default();
    let clock = SetClock::at(NOW_MS);
    let it = ledger(&store, &clock);
    let (ticket, _) = it.reserve(1, 1).unwrap();
    it.ended(1, ticket.unwrap(), true).unwrap();
    clock.set(NOW_MS - 86_400_000);
    let usage = it.look(1).unwrap();
    assert_eq!(usage.counts_for, [WINDOW]);
    assert_eq!((usage.hold, usage.is_set_back), (Duration::ZERO, true));
    clock.set(NOW_MS - 86_400_000 + 61_000);
    assert!(it.reserve(1, 1).unwrap().0.is_some());
}

#[test]
fn two_ledgers_of_a_store_share_one_budget() {
    let store = MemoryStore::default();
    let clock = SetClock::at(NOW_MS);
    let (one, other) = (ledger(&store, &clock), ledger(&store, &clock));
    let mut granted = Vec::new();
    for it in [&one, &other, &one, &other] {
        granted.extend(it.reserve(3, 3).unwrap().0);
    }
    assert_eq!(granted.len(), 3, "and not four");
    // It counts from its end.
    clock.set(NOW_MS + 10_000);
    let usage = other.ended(3, granted[0], true).unwrap();
    assert_eq!(usage.counts_for.iter().min(), Some(&WINDOW));
    // One that was never sent counts no more, and one whose process died for a while.
    other.ended(3, granted[1], false).unwrap();
    clock.set(NOW_MS + 80_000);
    let left = one.look(3).unwrap().counts_for;
    assert_eq!(left, [seconds(10)]);
    clock.set(NOW_MS + 91_000);
    assert_eq!(one.look(3).unwrap(), Usage::default());
}

#[test]
fn damaged_file_is_a_budget_just_spent_and_is_replaced() {
    for damaged in [
        "",
        "{",
        "[]",
        "\u{0}\u{0}",
        r#"{"ended":[-1]}"#,
        "{}",
        "null",
    ] {
        let store = MemoryStore::default();
        let clock = SetClock::at(NOW_MS);
        let it = ledger(&store, &clock);
        assert_eq!(it.look(3).unwrap(), Usage::default(), "nothing kept");
        *store.bytes.lock().unwrap() = Some(damaged.into());
        let usage = it.look(3).unwrap();
        assert_eq!(
            (usage.counts_for, usage.is_damaged),
            (vec![WINDOW; 3], true)
        );
        assert!(!it.look(3).unwrap().is_damaged, "{damaged}");
        clock.set(NOW_MS + 61_000);
        assert!(it.reserve(3, 3).unwrap().0.is_some());
    }
}

proptest! {
    #[test]
    fn any_file_counts_for_a_request_and_a_minute_at_most(
        ended in prop::collection::vec(any::<u64>(), 0..20),
        under_way: usize,
        hold_until: u64,
        hold_from: u64,
    ) {
        let (usage, _) = brought_up(Entries {
            ended: ended.into_iter().map(|it| it / 2).collect(),
            under_way, hold_until: hold_until / 2, hold_from: hold_from / 2,
        });
        let longest = WINDOW + LONGEST_REQUEST + seconds(1);
        prop_assert!(usage.counts_for.iter().all(|left| *left <= longest));
        prop_assert!(usage.hold <= LONGEST_HOLD);
    }
}
