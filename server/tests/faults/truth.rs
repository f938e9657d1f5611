//! The numbers that the tenant gives. Each holds for a few seconds, and says which queue
//! and which time it is of: so that one that is shown can be traced back.

use std::sync::{Arc, Mutex};

use queuewall_shared::snapshot::{BoardSnapshot, Queue};
use queuewall_simulator::{Control, QueueOverride};
use tokio::time::{Duration, sleep};

use crate::{shapes::Shape, world::TestClock};

/// How many queues the tenant has.
pub(crate) const QUEUES: u64 = 3;

/// How long one set of numbers holds.
const PERIOD: Duration = Duration::from_secs(4);

/// What was given, and until when.
pub(crate) struct Truth {
    control: Control,
    clock: TestClock,
    ids: Vec<String>,
    /// When each set of numbers began, in what has truly passed; the last one holds.
    begun: Mutex<Vec<Duration>>,
}

impl Truth {
    pub(crate) fn new(control: Control, clock: TestClock) -> Self {
        let mut ids = control.queue_ids();
        ids.truncate(QUEUES as usize);
        let truth = Self {
            control,
            clock,
            ids,
            begun: Mutex::default(),
        };
        truth.turn();
        truth
    }

    pub(crate) fn ids(&self) -> &[String] {
        &self.ids
    }

    /// Another set of numbers begins.
    pub(crate) fn turn(&self) {
        let mut begun = self.begun.lock().unwrap();
        let set = begun.len() as u64;
        begun.push(self.clock.truly());
        for (queue, id) in (0..).zip(&self.ids) {
            let code = set * QUEUES + queue;
            self.control.set(
                id,
                QueueOverride {
                    waiting: (1_000_000 + code).into(),
                    logged_on: (2_000_000 + code).into(),
                    available: (3_000_000 + code).into(),
                    busy: (4_000_000 + code).into(),
                    average_wait_ms: (5_000_000 + code).into(),
                    longest_wait_ms: (6_000_000 + code).into(),
                    in_sla: (7_000_000 + code).into(),
                    out_sla: 0.into(),
                    after_call_work: (8_000_000 + code).into(),
                    unavailable: (9_000_000 + code).into(),
                    service_level: percent(code).into(),
                    ..QueueOverride::default()
                },
            );
        }
    }

    /// Another one begins every few seconds, for as long as this is polled.
    pub(crate) async fn keep_turning(self: Arc<Self>) {
        loop {
            sleep(PERIOD).await;
            self.turn();
        }
    }

    /// The set of numbers that holds now.
    pub(crate) fn set(&self) -> u64 {
        self.begun.lock().unwrap().len() as u64 - 1
    }

    /// Traces every number of a board back. `before` is what had truly passed when it was
    /// asked for, and `age_ms` what it said of the age of its latest reading.
    ///
    /// # Panics
    /// At a number that was never given for its queue, or that is older than it looks, and
    /// at a tile that is not for a board of this shape.
    pub(crate) fn check(
        &self,
        shape: Shape,
        board: &BoardSnapshot,
        age_ms: Option<u64>,
        before: Duration,
    ) {
        shape.check(board, &self.ids);
        for tile in &board.queues {
            let Some(set) = self.set_of(shape, tile) else {
                continue;
            };
            let lag_ms = tile.lag_ms.expect("numbers have an age");
            let age_ms = age_ms.expect("numbers have an age") + lag_ms;
            let gone_at = self.begun.lock().unwrap().get(set as usize + 1).copied();
            if let Some(gone_at) = gone_at {
                let truly = before.saturating_sub(gone_at);
                assert!(
                    Duration::from_millis(age_ms + 1) >= truly,
                    "{} ms old, it is said, and gone for {truly:?}: {tile:?}",
                    age_ms
                );
            }
        }
        let shown = board.queues.iter().filter_map(|tile| tile.waiting);
        let sum = board.totals.waiting;
        let counted = board.totals.counted;
        match (counted, sum) {
            (0, sum) => assert_eq!(sum, None, "nothing counts, and it has a sum"),
            (_, Some(sum)) if counted == board.queues.len() => {
                assert_eq!(sum, shown.sum::<u64>());
            }
            (_, Some(sum)) => assert!(sum <= shown.sum::<u64>()),
            (_, None) => {}
        }
    }

    /// Which set a tile's numbers are of; `None` where it shows none.
    pub(crate) fn set_of(&self, shape: Shape, tile: &Queue) -> Option<u64> {
        let queue = self.ids.iter().position(|id| *id == tile.id).unwrap() as u64;
        let numbers = [
            (tile.waiting, 1),
            (tile.agents.logged_on, 2),
            (tile.agents.available, 3),
            (tile.agents.busy, 4),
            (tile.average_wait_ms, 5),
            (tile.longest_wait_ms, 6),
            (tile.service_level.sample, 7),
            (tile.agents.after_call_work, 8),
            (tile.agents.unavailable, 9),
        ];
        let mut codes: Vec<u64> = numbers
            .into_iter()
            .filter_map(|(number, millions)| Some((number?, millions * 1_000_000)))
            .map(|(number, base)| {
                let code = number.checked_sub(base + shape.added());
                code.unwrap_or_else(|| panic!("{number} was never given: {tile:?}"))
            })
            .collect();
        codes.dedup();
        let code = match codes.as_slice() {
            [] => {
                assert_eq!(tile.service_level.percent, None, "{tile:?}");
                return None;
            }
            [code] => *code,
            _ => panic!("numbers of several times, or never given: {tile:?}"),
        };
        if let Some(shown) = tile.service_level.percent {
            assert!((shown - percent(code)).abs() < 1e-9, "{tile:?}");
        }
        assert_eq!(code % QUEUES, queue, "another queue's numbers: {tile:?}");
        let set = code / QUEUES;
        assert!(set <= self.set(), "numbers of the future: {tile:?}");
        Some(set)
    }
}

/// The service level of a code.
fn percent(code: u64) -> f64 {
    (code % 1_000) as f64 / 10.0
}
