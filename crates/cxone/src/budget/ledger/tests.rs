use proptest::prelude::*;
use tokio::time::advance;

use super::*;
use crate::{
    budget::tests::memory_store::{MemoryStore, START_MS},
    clock::SystemClock,
};

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// One process on a store.
struct Process<'a> {
    ledger: Ledger,
    id: u64,
    limit: usize,
    leaves_one: bool,
    account: Account,
    store: &'a MemoryStore,
}

impl<'a> Process<'a> {
    fn new(id: u64, limit: usize, store: &'a MemoryStore) -> Self {
        Self {
            ledger: Ledger::new(store.clone(), Arc::new(SystemClock)),
            id,
            limit,
            leaves_one: false,
            account: Account {
                told_at: Instant::now(),
                under_way: Vec::new(),
                ended: Vec::new(),
                kept: 0,
                wanted: 0,
                ahead: 0,
                hold_until: None,
                is_last: false,
            },
            store,
        }
    }

    async fn exchange(&mut self, change: impl FnOnce(&mut Account)) -> Answer {
        self.account.told_at = Instant::now();
        change(&mut self.account);
        let (limit, leaves_one) = (self.limit, self.leaves_one);
        let answer = (self.ledger).exchange(self.id, limit, leaves_one, &self.account);
        let answer = answer.await.unwrap();
        self.account.kept += answer.granted;
        self.account.wanted = 0;
        answer
    }

    /// How many tickets it gets of so many.
    async fn take(&mut self, wanted: usize) -> usize {
        self.exchange(|it| it.wanted = wanted).await.granted
    }

    /// What another process is told.
    async fn look(&self) -> Answer {
        let mut other = Process::new(self.id + 1_000, self.limit, self.store);
        other.exchange(|_| ()).await
    }
}

fn brought_up(mut entries: Entries) -> (Answer, bool) {
    let is_set_back = entries.bring_up_to(START_MS);
    let account = Process::new(0, 10, &MemoryStore::default()).account;
    let answer = entries.exchange(0, 10, false, &account, START_MS);
    (answer, is_set_back)
}

#[tokio::test(start_paused = true)]
async fn text_of_0_1_0_counts_what_has_ended_and_was_under_way() {
    let json = format!(
        r#"{{"ended":[{}, {}],"under_way":1,"hold_until":{}}}"#,
        START_MS - 61_000,
        START_MS - 45_000,
        START_MS + 7_000,
    );
    let (answer, is_set_back) = brought_up(serde_json::from_str(&json).unwrap());
    assert_eq!(answer.others, [seconds(15), seconds(60)]);
    assert_eq!((answer.hold, is_set_back), (seconds(7), false));
}

#[tokio::test(start_paused = true)]
async fn clock_set_back_holds_off_nothing_that_cxone_did_not_ask_for() {
    for (ended, hold_until) in [
        // Version 0.1.0, an hour and ten minutes ahead; nothing was held off.
        (vec![START_MS + 3_600_000], START_MS + 3_600_000),
        (vec![START_MS + 600_000], START_MS + 600_000),
        (vec![START_MS + 20_000], START_MS + 20_000),
        (Vec::new(), START_MS + 86_400_000),
    ] {
        let (answer, is_set_back) = brought_up(Entries {
            ended,
            hold_until,
            ..Entries::default()
        });
        assert_eq!((answer.hold, is_set_back), (Duration::ZERO, true));
        assert!(answer.others.iter().all(|left| *left <= seconds(90)));
    }
}

#[tokio::test(start_paused = true)]
async fn clock_set_back_makes_a_hold_no_longer_than_asked() {
    let store = MemoryStore::default();
    let mut it = Process::new(1, 10, &store);
    let until = Instant::now() + seconds(40);
    it.exchange(|it| it.hold_until = Some(until)).await;
    store.set_clock(-3_600_000);
    let answer = it.look().await;
    assert_eq!((answer.hold, answer.is_set_back), (seconds(40), true));
    // It is told once, and runs out.
    advance(seconds(10)).await;
    let answer = it.look().await;
    assert_eq!((answer.hold, answer.is_set_back), (seconds(30), false));
    advance(seconds(90)).await;
    assert_eq!(it.look().await, Answer::default());
}

#[tokio::test(start_paused = true)]
async fn requests_count_a_minute_after_a_clock_is_set_back() {
    let store = MemoryStore::default();
    let mut it = Process::new(1, 1, &store);
    let now = Instant::now();
    it.exchange(|it| {
        it.ended.push(now);
        it.is_last = true;
    })
    .await;
    store.set_clock(-86_400_000);
    let answer = it.look().await;
    assert_eq!(answer.others, [WINDOW]);
    assert_eq!((answer.hold, answer.is_set_back), (Duration::ZERO, true));
    advance(seconds(61)).await;
    assert_eq!(it.look().await, Answer::default());
}

#[tokio::test(start_paused = true)]
async fn process_that_runs_puts_its_entry_right_after_a_clock_is_set_back() {
    let store = MemoryStore::default();
    let mut it = Process::new(1, 3, &store);
    let ended = Instant::now();
    it.exchange(|it| it.ended.push(ended)).await;
    store.set_clock(-86_400_000);
    advance(seconds(20)).await;
    assert_eq!(it.look().await.others, [WINDOW + LONGEST_REQUEST + BLOCK]);
    it.exchange(|_| ()).await;
    let left = it.look().await.others[0];
    assert!(left >= seconds(40) && left < seconds(41), "{left:?}");
}

#[tokio::test(start_paused = true)]
async fn two_processes_share_one_budget() {
    let store = MemoryStore::default();
    let (mut one, mut other) = (Process::new(1, 3, &store), Process::new(2, 3, &store));
    assert_eq!((one.take(1).await, other.take(1).await), (1, 1));
    assert_eq!((one.take(2).await, other.take(1).await), (1, 0));
    // One was never sent, and one has ended.
    advance(seconds(10)).await;
    let answer = one.exchange(|it| {
        it.kept = 0;
        it.ended.push(it.told_at);
    });
    answer.await;
    assert_eq!(other.take(2).await, 1, "what was given back");
    assert_eq!(
        other.exchange(|_| ()).await.others,
        [WINDOW],
        "from its end"
    );
    // The other dies with its tickets: they count until their requests could have ended.
    advance(WINDOW).await;
    one.exchange(|it| it.ended.clear()).await;
    assert_eq!(one.take(3).await, 1);
    advance(LONGEST_REQUEST + BLOCK).await;
    assert_eq!(one.take(3).await, 2);
}

#[tokio::test(start_paused = true)]
async fn exchange_that_is_repeated_changes_nothing() {
    let store = MemoryStore::default();
    let mut it = Process::new(1, 9, &store);
    let now = Instant::now();
    it.exchange(|it| {
        it.wanted = 4;
        it.ended = vec![now; 2];
        it.under_way = vec![now];
    })
    .await;
    for _ in 0..3 {
        it.exchange(|_| ()).await;
        assert_eq!(it.look().await.others.len(), 7);
    }
    // An answer that was lost: it does not know of tickets that it got.
    it.account.kept = 0;
    assert_eq!(it.take(6).await, 6);
}

#[tokio::test(start_paused = true)]
async fn command_leaves_one_and_tickets_ahead_leave_it_one() {
    let store = MemoryStore::default();
    let (mut server, mut command) = (Process::new(1, 4, &store), Process::new(2, 4, &store));
    command.leaves_one = true;
    assert_eq!(server.exchange(|it| it.ahead = 4).await.granted, 2);
    assert_eq!(command.take(4).await, 1);
    assert_eq!(server.exchange(|it| it.ahead = 4).await.granted, 0);
    server.exchange(|it| (it.kept, it.ahead) = (0, 0)).await;
    assert_eq!(command.take(4).await, 2);
    assert_eq!(server.take(2).await, 1, "what is left");
}

#[tokio::test(start_paused = true)]
async fn no_ticket_is_given_during_a_hold() {
    let store = MemoryStore::default();
    let (mut one, mut other) = (Process::new(1, 3, &store), Process::new(2, 3, &store));
    let until = Instant::now() + seconds(5);
    one.exchange(|it| it.hold_until = Some(until)).await;
    assert_eq!(other.take(1).await, 0);
    advance(seconds(6)).await;
    assert_eq!(other.take(1).await, 1);
}

#[tokio::test(start_paused = true)]
async fn ledger_of_ended_processes_is_text_that_0_1_0_can_read() {
    let store = MemoryStore::default();
    let mut it = Process::new(u64::MAX - 1_000, 3, &store);
    it.take(1).await;
    let text = || store.text.lock().unwrap().clone().unwrap();
    assert!(text().contains("processes"));
    assert_eq!(it.look().await.others.len(), 1, "read again");
    it.exchange(|it| it.is_last = true).await;
    assert!(!text().contains("processes"), "{}", text());
}

#[tokio::test(start_paused = true)]
async fn damaged_text_is_a_budget_just_spent_and_is_replaced() {
    for damaged in ["", "{", "[]", "\0", r#"{"ended":[-1]}"#, "{}", "null"] {
        let store = MemoryStore::default();
        let mut it = Process::new(1, 3, &store);
        assert_eq!(it.exchange(|_| ()).await, Answer::default(), "nothing kept");
        *store.text.lock().unwrap() = Some(damaged.into());
        let answer = it.exchange(|_| ()).await;
        assert_eq!((answer.others, answer.is_damaged), (vec![WINDOW; 3], true));
        assert!(!it.exchange(|_| ()).await.is_damaged, "{damaged}");
        advance(seconds(61)).await;
        assert_eq!(it.take(1).await, 1);
    }
}

proptest! {
    #[test]
    fn any_text_counts_for_a_ticket_and_a_minute_at_most(
        ended in prop::collection::vec(any::<u64>(), 0..20),
        process in prop::collection::vec(any::<u64>(), 0..20),
        under_way: usize,
        hold_until: u64,
        hold_from: u64,
    ) {
        let half = |ends: Vec<u64>| ends.into_iter().map(|it| it / 2).collect();
        let (answer, _) = brought_up(Entries {
            ended: half(ended),
            processes: [(1, half(process))].into(),
            under_way, hold_until: hold_until / 2, hold_from: hold_from / 2,
        });
        let longest = WINDOW + LONGEST_REQUEST + BLOCK + seconds(1);
        prop_assert!(answer.others.iter().all(|left| *left <= longest));
        prop_assert!(answer.hold <= LONGEST_HOLD);
    }
}
