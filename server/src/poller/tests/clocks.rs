//! Machines that sleep, and clocks that are set: what is old must not look new.

use queuewall_shared::level::Level;

use super::*;
use crate::hours::Hours;

const HOUR: Duration = Duration::from_secs(3_600);

impl Bench {
    /// The machine sleeps, and its wall clock goes on.
    fn sleep(&self, by: Duration, is_known: bool) {
        *self.clock.ahead.lock().unwrap() += by;
        if is_known {
            *self.clock.slept.lock().unwrap() += by;
        }
    }

    fn set_back(&self, by: Duration) {
        *self.clock.ahead.lock().unwrap() -= by;
    }

    /// How old the latest numbers are said to be now.
    fn age(&self) -> Duration {
        let read = self.boards.latest("main").unwrap().latest_read.unwrap();
        read.age_at(self.clock.now())
    }
}

/// A wall that is well, and was read some seconds ago.
async fn read_a_while_ago() -> Bench {
    let ids = ids(2);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(Duration::from_secs(5)).await;
    let board = bench.latest();
    assert_eq!(board.upstream.state, UpstreamState::Ok);
    assert_eq!(board.totals.counted, 2);
    bench
}

/// Old at once, though it was not read again, and fresh with the next read.
async fn is_old_until_it_is_read(bench: &Bench) {
    let reads = bench.reads();
    after(Duration::from_secs(1)).await;
    let board = bench.latest();
    assert_eq!(bench.reads(), reads);
    assert_eq!(board.upstream.state, UpstreamState::Down);
    assert_eq!((board.totals.counted, board.totals.waiting), (0, None));
    after(POLL).await;
    let board = bench.latest();
    assert_eq!(board.upstream.state, UpstreamState::Ok);
    assert_eq!(board.totals.counted, 2);
    assert!(bench.age() <= POLL);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_in_the_same_moment_hides_no_sleep() {
    let bench = read_a_while_ago().await;
    bench.set_back(HOUR);
    bench.sleep(HOUR, true);
    assert!(bench.age() >= HOUR);
    is_old_until_it_is_read(&bench).await;
}

#[tokio::test(start_paused = true)]
async fn suspend_is_noticed_after_the_clock_was_set_back() {
    let bench = read_a_while_ago().await;
    bench.set_back(HOUR);
    after(Duration::from_secs(1)).await;
    assert_eq!(bench.latest().upstream.state, UpstreamState::Ok);
    bench.sleep(HOUR, false);
    is_old_until_it_is_read(&bench).await;
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_makes_nothing_old() {
    let bench = read_a_while_ago().await;
    bench.set_back(HOUR);
    for _ in 0..60 {
        after(Duration::from_secs(1)).await;
        assert_eq!(bench.latest().upstream.state, UpstreamState::Ok);
        assert!(bench.age() <= POLL + Duration::from_secs(1));
    }
}

#[tokio::test(start_paused = true)]
async fn outside_its_hours_a_queue_has_no_level() {
    // The bench begins on a Monday at 10:00 UTC.
    let mut configured = BoardConfig {
        timezone: Some("Europe/Berlin".into()),
        hours: Some(Hours::parse("Mo-Fr 08:00-11:10, Sa-Su 08:00-18:00").unwrap()),
        ..board("main", &ids(2))
    };
    configured.queues[1].hours = Some(Hours::parse("00:00-24:00").unwrap());
    let bench = Bench::start_boards(vec![configured], all_waiting(&ids(2)), 10);
    bench.wait("000", 12);
    bench.wait("001", 12);
    let outside = || {
        let queues = bench.latest().queues.into_iter();
        let levels = queues.map(|queue| (queue.is_outside_hours, queue.level));
        levels.collect::<Vec<_>>()
    };
    let (critical, closed) = ((false, Level::Critical), (true, Level::None));
    after(Duration::from_secs(9 * 60)).await;
    assert_eq!(outside(), [critical, critical]);
    after(Duration::from_secs(60)).await;
    assert_eq!(outside(), [closed, critical]);
    let queue = bench.latest().queues.remove(0);
    assert_eq!((queue.state, queue.waiting), (QueueState::Open, Some(12)));
    assert_eq!((queue.last_level, queue.reasons), (Level::None, Vec::new()));

    // To Sunday 29 March, 5:50 UTC: clocks went forward in the night, and show 7:50.
    let weeks = Duration::from_secs((12 * 7 - 1) * 86_400);
    bench.sleep(weeks - Duration::from_secs(4 * 3_600 + 20 * 60), true);
    after(Duration::from_secs(60)).await;
    assert_eq!(outside(), [closed, critical]);
    after(Duration::from_secs(10 * 60)).await;
    assert_eq!(outside(), [critical, critical], "8:01 in Berlin, 6:01 UTC");
}
