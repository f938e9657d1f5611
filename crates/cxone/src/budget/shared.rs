//! The ledger as the budget uses it: a separate task asks it, so that a store which hangs
//! delays no request for which there is a ticket, and the others no longer than [`PATIENCE`].

use std::{
    hash::{BuildHasher as _, RandomState},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use tokio::{
    runtime::Handle,
    sync::{Notify, watch},
    task::AbortHandle,
    time::{Instant, sleep_until, timeout},
};

use super::{
    Ledger, WINDOW,
    ledger::{Answer, LedgerError},
    pool::Pool,
};
use crate::Error;

/// How long the ledger is waited for; then requests go on without it.
const PATIENCE: Duration = Duration::from_secs(2);

/// The same where machines share it, and no request goes on without it: a database far away
/// takes several round trips.
const SHARED_PATIENCE: Duration = Duration::from_secs(8);

/// A ledger, shared with other processes.
pub(super) struct Shared {
    inner: Arc<Inner>,
    /// What asks the ledger, from the first request on.
    asking: OnceLock<AbortHandle>,
}

struct Inner {
    ledger: Ledger,
    /// By which the ledger knows this process.
    process: u64,
    limit: usize,
    /// Where the ledger was never of use: when the first request may be sent.
    unknown_until: Instant,
    is_command: bool,
    pool: Mutex<Pool>,
    /// There may be something to ask.
    wake: Notify,
    /// The ledger answered, or failed: then why.
    answered: watch::Sender<Option<LedgerError>>,
    /// Why a command may send nothing more.
    refused: watch::Sender<Option<String>>,
}

/// Whether a request may be sent.
pub(super) enum Grant {
    /// It may; its number.
    Now(u64),
    /// See again whether it may.
    Again,
    /// Not until the ledger works again, which others use, too.
    Lost(Error),
}

/// What a look into the pool says.
enum Look {
    Now(u64),
    Held(Instant),
    Unanswered,
    Unknown(Instant),
    Lost,
    Never,
}

impl Shared {
    pub(super) fn new(ledger: Ledger, limit: usize, is_command: bool) -> Self {
        let now = Instant::now();
        Self {
            inner: Arc::new(Inner {
                ledger,
                // Keyed by the system's randomness.
                process: RandomState::new().hash_one(std::process::id()),
                limit,
                unknown_until: now + WINDOW,
                is_command,
                pool: Mutex::new(Pool::new(limit, is_command)),
                wake: Notify::new(),
                answered: watch::Sender::default(),
                refused: watch::Sender::default(),
            }),
            asking: OnceLock::new(),
        }
    }

    /// Waits for a ticket, or until something changes.
    pub(super) async fn acquire(&self) -> Grant {
        self.start();
        let inner = &*self.inner;
        let mut answered = inner.answered.subscribe();
        let until = match inner.look() {
            Look::Now(number) => return Grant::Now(number),
            Look::Lost => {
                let why = answered.borrow().as_ref().map(ToString::to_string);
                return Grant::Lost(Error::LedgerLost {
                    ledger: inner.ledger.store().name(),
                    why: why.unwrap_or_default(),
                });
            }
            Look::Never => return std::future::pending().await,
            Look::Held(until) => {
                sleep_until(until).await;
                return Grant::Again;
            }
            Look::Unknown(until) => Some(until),
            Look::Unanswered => None,
        };
        let _waits = Waits::new(inner);
        let end = async {
            match until {
                Some(until) => sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            // The sender lives as long as this.
            _ = answered.changed() => {}
            () = end => {}
        }
        Grant::Again
    }

    /// Waits until the ledger answers or fails again.
    pub(super) async fn changed(&self) {
        let _ = self.inner.answered.subscribe().changed().await;
    }

    /// Waits until nothing may be sent any more; says why.
    pub(super) async fn refused(&self) -> String {
        let mut refused = self.inner.refused.subscribe();
        let why = refused.wait_for(Option::is_some).await;
        why.ok().and_then(|why| why.clone()).unwrap_or_default()
    }

    /// A request has ended; nobody waits until that is written down.
    pub(super) fn ended(&self, number: u64) {
        self.inner.pool().end(number, Instant::now());
        self.inner.wake.notify_one();
    }

    /// CXone is to be left alone for so long.
    pub(super) fn hold_off(&self, hold: Duration) {
        self.start();
        self.inner.pool().hold_off(Instant::now() + hold);
        self.inner.wake.notify_one();
    }

    /// Tells the ledger all, and gives the tickets back.
    pub(super) async fn close(&self) {
        if self.asking.get().is_none() {
            return;
        }
        let mut answered = self.inner.answered.subscribe();
        self.inner.pool().is_closing = true;
        self.inner.wake.notify_one();
        let told = async {
            // One exchange may be under way, which does not know of the end yet.
            while answered.changed().await.is_ok() && !self.inner.pool().is_closed {}
        };
        let _ = timeout(PATIENCE, told).await;
    }

    /// Looks into the pool.
    pub(super) fn pool<T>(&self, look: impl FnOnce(&Pool) -> T) -> T {
        look(&self.inner.pool())
    }

    /// When the next request could pass, or fail for want of the ledger.
    pub(super) fn next_free(&self) -> Instant {
        let now = self.inner.ledger.now();
        let pool = self.inner.pool();
        match pool.is_failing && self.inner.is_needed() {
            true => now.monotonic,
            false => pool.next_free(now),
        }
    }

    /// Starts to ask the ledger.
    fn start(&self) {
        if let Ok(runtime) = Handle::try_current() {
            let ask = || runtime.spawn(Arc::clone(&self.inner).run()).abort_handle();
            self.asking.get_or_init(ask);
        }
    }

    /// Ends as a process does that is killed: the ledger learns of nothing more.
    #[cfg(test)]
    pub(super) fn kill(&self) {
        self.start();
        if let Some(asking) = self.asking.get() {
            asking.abort();
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(asking) = self.asking.get() {
            asking.abort();
        }
    }
}

impl Inner {
    /// Asks the ledger whenever it is due.
    async fn run(self: Arc<Self>) {
        loop {
            let due = self.pool().due(self.ledger.now());
            match due {
                Some(due) if due <= Instant::now() => {
                    self.exchange().await;
                    continue;
                }
                Some(due) => {
                    tokio::select! {
                        () = self.wake.notified() => {}
                        () = sleep_until(due) => {}
                    }
                }
                None => self.wake.notified().await,
            }
        }
    }

    fn look(&self) -> Look {
        let now = self.ledger.now();
        let mut pool = self.pool();
        if let Some(until) = pool.held_until(now.monotonic) {
            return Look::Held(until);
        }
        if pool.is_closing {
            return Look::Never;
        }
        if let Some(number) = pool.take(now) {
            return Look::Now(number);
        }
        if !pool.is_failing {
            Look::Unanswered
        } else if self.is_command && self.refused.borrow().is_some() {
            Look::Never
        } else if self.is_needed() {
            Look::Lost
        } else if !pool.was_usable && !self.is_command && self.unknown_until > now.monotonic {
            Look::Unknown(self.unknown_until)
        } else {
            Look::Now(pool.send_without(now.monotonic))
        }
    }

    /// Whether this server may send nothing that the ledger does not know.
    fn is_needed(&self) -> bool {
        !self.is_command && self.ledger.store().is_shared_by_machines()
    }

    /// Tells the ledger what happened, and takes tickets.
    async fn exchange(&self) {
        let told_at = self.ledger.now();
        let account = self.pool().account(told_at);
        let (process, limit) = (self.process, self.limit);
        let exchange = (self.ledger).exchange(process, limit, self.is_command, &account);
        let patience = match self.ledger.store().is_shared_by_machines() {
            true => SHARED_PATIENCE,
            false => PATIENCE,
        };
        let answer = timeout(patience, exchange).await;
        let failed = match answer.unwrap_or(Err(LedgerError::Silent)) {
            Ok(answer) => {
                self.log(&answer);
                let mut pool = self.pool();
                pool.answered(&account, told_at, &answer);
                pool.is_closed = account.is_last;
                None
            }
            Err(error) => {
                self.fail(&error).await;
                Some(error)
            }
        };
        self.answered.send_replace(failed);
    }

    async fn fail(&self, error: &LedgerError) {
        if self.is_command {
            let refusal = timeout(PATIENCE, self.ledger.store().refusal(error)).await;
            if let Ok(Some(why)) = refusal {
                self.pool().failed();
                self.refused.send_replace(Some(why));
                return;
            }
        }
        let (was_failing, was_usable) = {
            let mut pool = self.pool();
            let was_failing = pool.is_failing;
            pool.failed();
            (was_failing, pool.was_usable)
        };
        if !was_failing {
            self.warn(error, was_usable);
        }
    }

    fn log(&self, answer: &Answer) {
        let (was_failing, was_usable) = {
            let pool = self.pool();
            (pool.is_failing, pool.was_usable)
        };
        let name = self.ledger.store().name();
        if was_failing {
            tracing::info!("{name} is written again");
        }
        if let (false, false, Some(longest)) =
            (was_usable, self.is_command, answer.others.iter().max())
        {
            tracing::info!(
                "{} of the {} requests a minute count as spent, before this start or by other processes; the last one \
                 for {} s more",
                answer.others.len(),
                self.limit,
                longest.as_secs_f64().ceil()
            );
        }
        if !was_usable && !answer.hold.is_zero() {
            tracing::warn!(
                "CXone asked for a pause (Retry-After) before this start: the first request waits {} s",
                answer.hold.as_secs_f64().ceil()
            );
        }
        if answer.is_set_back {
            tracing::warn!(
                "the clock was set back since {name} was written: requests of the last minute count from now, and a \
                 pause is no longer than CXone asked for"
            );
        }
        if answer.is_damaged {
            tracing::warn!(
                "the request ledger in {name} was damaged and is written again: what was sent to CXone in the last \
                 minute is not known, so the next request waits for one"
            );
        }
    }

    fn warn(&self, why: &LedgerError, was_usable: bool) {
        let name = self.ledger.store().name();
        if self.is_command {
            tracing::warn!(
                "the request budget is not shared with other commands, nor with a server, if one runs: {why}"
            );
        } else if self.is_needed() {
            tracing::warn!(
                "{name} cannot be used ({why}): other servers may share the request budget in it, so only requests \
                 reserved before are sent to CXone until it works again"
            );
        } else if was_usable {
            tracing::warn!(
                "requests to CXone go on, and are not written to {name} ({why}): commands, and a restart within \
                 a minute, would not know of them"
            );
        } else {
            tracing::warn!(
                "{name} cannot be used ({why}): what was sent to CXone in the last minute is not known, so the \
                 first request waits for one"
            );
        }
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        // Every change is a single step, so a panic elsewhere leaves it whole.
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a request that waits for a ticket, while it lives.
struct Waits<'a>(&'a Inner);

impl<'a> Waits<'a> {
    fn new(inner: &'a Inner) -> Self {
        inner.pool().waiting += 1;
        inner.wake.notify_one();
        Self(inner)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.pool().waiting -= 1;
    }
}
