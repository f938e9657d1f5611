//! A task and a bounded queue for each receiver.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use rand::Rng as _;
use tokio::{
    sync::Notify,
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};

use crate::{
    error::SendError,
    notification::{Kind, Notification},
    receiver::Receiver,
    send::deliver_once,
};

/// How many notifications wait for a receiver; the oldest is given up for one more.
const CAPACITY: usize = 100;
/// An alert of ten minutes ago helps nobody.
const GIVE_UP: Duration = Duration::from_secs(600);
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Slack and Google Chat take one message a second.
const PACE: Duration = Duration::from_secs(1);

/// The last delivery that failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// When.
    pub at: Timestamp,
    /// Why, without secrets.
    pub words: String,
}

/// How a receiver does.
#[derive(Clone, Debug)]
pub struct ReceiverStatus {
    /// Its name in the configuration.
    pub name: String,
    /// `slack`, `email` and so on.
    pub kind: &'static str,
    /// When it last took a notification.
    pub last_success: Option<Timestamp>,
    /// The last attempt that failed.
    pub last_failure: Option<Failure>,
    /// How many wait.
    pub pending: usize,
    /// How many were delivered.
    pub sent: u64,
    /// How many attempts failed.
    pub failed: u64,
    /// How many were given up: refused, too old, or too many.
    pub gave_up: u64,
    /// It answered 410, and gets nothing until the configuration is read again.
    pub switched_off: bool,
}

/// Delivers to receivers, each at its own pace. Its tasks end when it is dropped.
pub struct Outbox {
    lanes: HashMap<String, Arc<Lane>>,
    names: Vec<String>,
    _tasks: JoinSet<()>,
}

struct Lane {
    receiver: Receiver,
    state: Mutex<State>,
    more: Notify,
}

struct State {
    waiting: VecDeque<Waiting>,
    next: u64,
    status: ReceiverStatus,
}

#[derive(Clone)]
struct Waiting {
    number: u64,
    since: Instant,
    notification: Arc<Notification>,
}

impl Outbox {
    /// Starts a task for each receiver, on the current runtime.
    #[must_use]
    pub fn new(receivers: Vec<Receiver>) -> Self {
        let mut outbox = Self {
            lanes: HashMap::new(),
            names: Vec::new(),
            _tasks: JoinSet::new(),
        };
        for receiver in receivers {
            let name = receiver.name().to_owned();
            let lane = Arc::new(Lane::new(receiver));
            outbox._tasks.spawn(Arc::clone(&lane).run());
            outbox.names.push(name.clone());
            outbox.lanes.insert(name, lane);
        }
        outbox
    }

    /// Queues `notification` for the receiver of that name; says whether there is one. Never
    /// waits. What it makes out of date is dropped.
    pub fn send(&self, receiver: &str, notification: Notification) -> bool {
        let Some(lane) = self.lanes.get(receiver) else {
            return false;
        };
        lane.push(notification);
        true
    }

    /// How each receiver does, in their order.
    #[must_use]
    pub fn status(&self) -> Vec<ReceiverStatus> {
        let lanes = self.names.iter().filter_map(|name| self.lanes.get(name));
        lanes.map(|lane| lane.status()).collect()
    }
}

impl Lane {
    fn new(receiver: Receiver) -> Self {
        let status = ReceiverStatus {
            name: receiver.name().to_owned(),
            kind: receiver.target().kind(),
            last_success: None,
            last_failure: None,
            pending: 0,
            sent: 0,
            failed: 0,
            gave_up: 0,
            switched_off: false,
        };
        let state = Mutex::new(State {
            waiting: VecDeque::new(),
            next: 0,
            status,
        });
        Self {
            receiver,
            state,
            more: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn status(&self) -> ReceiverStatus {
        let state = self.state();
        ReceiverStatus {
            pending: state.waiting.len(),
            ..state.status.clone()
        }
    }

    fn push(&self, notification: Notification) {
        let mut state = self.state();
        if state.status.switched_off {
            state.status.gave_up += 1;
            return;
        }
        // A new state of the alert says all that an older one said and was not delivered.
        if matches!(notification.kind, Kind::Triggered(_) | Kind::Resolved) {
            state
                .waiting
                .retain(|older| older.notification.key != notification.key);
        }
        if state.waiting.len() >= CAPACITY {
            state.waiting.pop_front();
            state.status.gave_up += 1;
        }
        let number = state.next;
        state.next += 1;
        let notification = Arc::new(notification);
        state.waiting.push_back(Waiting {
            number,
            since: Instant::now(),
            notification,
        });
        drop(state);
        self.more.notify_one();
    }

    async fn run(self: Arc<Self>) {
        let mut failures = 0;
        loop {
            let first = self.state().waiting.front().cloned();
            let Some(first) = first else {
                self.more.notified().await;
                continue;
            };
            let result = deliver_once(&self.receiver, &first.notification).await;
            let wait = self.record(&first, result, &mut failures);
            if first.since + GIVE_UP < Instant::now() + wait {
                // No attempt would come in time.
                sleep_until(first.since + GIVE_UP).await;
                self.give_up(&first);
            } else {
                sleep(wait).await;
            }
        }
    }

    /// Notes how an attempt went, and says how long to wait before the next.
    fn record(&self, it: &Waiting, result: Result<(), SendError>, failures: &mut u32) -> Duration {
        let mut state = self.state();
        let Err(error) = result else {
            *failures = 0;
            state.status.sent += 1;
            state.status.last_success = Some(Timestamp::now());
            state.waiting.retain(|other| other.number != it.number);
            return PACE;
        };
        tracing::warn!(receiver = self.receiver.name(), %error, "a notification failed");
        state.status.failed += 1;
        state.status.last_failure = Some(Failure {
            at: Timestamp::now(),
            words: error.to_string(),
        });
        match error {
            SendError::Temporary { retry_after, .. } => {
                let wait = back_off(*failures);
                *failures += 1;
                return retry_after
                    .map_or(wait, |asked| asked.max(wait))
                    .min(GIVE_UP);
            }
            SendError::Gone { .. } => {
                state.status.switched_off = true;
                state.status.gave_up += state.waiting.len() as u64;
                state.waiting.clear();
            }
            SendError::Refused { .. } | SendError::Forbidden { .. } => {
                state.status.gave_up += 1;
                state.waiting.retain(|other| other.number != it.number);
            }
        }
        PACE
    }

    fn give_up(&self, it: &Waiting) {
        let mut state = self.state();
        let before = state.waiting.len();
        state.waiting.retain(|other| other.number != it.number);
        state.status.gave_up += (before - state.waiting.len()) as u64;
    }
}

/// Doubles from 2 seconds to a minute, less up to half at random.
fn back_off(failures: u32) -> Duration {
    let whole = FIRST_WAIT
        .saturating_mul(1 << failures.min(5))
        .min(LONGEST_WAIT);
    whole.mul_f64(rand::rng().random_range(0.5..=1.0))
}
