//! The ledger as the budget asks it: on threads that may block, so that a disk which hangs
//! stalls nothing else, and no longer than [`PATIENCE`].

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    runtime::Handle,
    sync::{oneshot, watch},
    task::spawn_blocking,
    time::Instant,
};

use super::{
    Ledger, WINDOW,
    ledger::{LedgerError, Ticket, Usage},
};

/// How long the ledger is waited for; then requests go on without it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where so many changes wait for a disk that hangs, no more are begun.
const MOST_UNDER_WAY: usize = 16;

/// What counts by the ledger's last word.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Until when each request counts.
    pub(super) counts_until: Vec<Instant>,
    pub(super) hold_until: Option<Instant>,
}

/// A ledger, shared with other processes.
pub(super) struct Shared {
    ledger: Arc<Ledger>,
    limit: usize,
    /// How many requests may count when this process sends one, itself among them.
    pub(super) allowed: usize,
    /// Where the ledger was never of use: when the first request may be sent.
    unknown_until: Instant,
    is_command: bool,
    was_usable: AtomicBool,
    is_failing: AtomicBool,
    /// Why a command may send nothing more.
    refused: watch::Sender<Option<String>>,
    under_way: Arc<AtomicUsize>,
    known: Arc<Mutex<Known>>,
}

/// Whether a request may be sent.
pub(super) enum Grant {
    /// Written down; `None` where the ledger is of no use.
    Now(Option<Ticket>),
    /// Ask again then.
    Wait(Instant),
    /// Never: [`Shared::refused`] says why.
    Never,
}

impl Shared {
    pub(super) fn new(ledger: Ledger, limit: usize, is_command: bool) -> Self {
        // A command leaves the server a slot, so that no burst of commands stops the reads.
        let allowed = if is_command && limit > 2 {
            limit - 1
        } else {
            limit
        };
        Self {
            ledger: Arc::new(ledger),
            limit,
            allowed,
            unknown_until: Instant::now() + WINDOW,
            is_command,
            was_usable: AtomicBool::new(false),
            is_failing: AtomicBool::new(false),
            refused: watch::Sender::default(),
            under_way: Arc::default(),
            known: Arc::default(),
        }
    }

    /// What counts by the ledger's last word.
    pub(super) fn known<T>(&self, ask: impl FnOnce(&Known) -> T) -> T {
        ask(&self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Asks whether a request may be sent.
    pub(super) async fn reserve(&self) -> Grant {
        let (limit, allowed) = (self.limit, self.allowed);
        let undo = move |ledger: &Ledger, granted: (Option<Ticket>, Usage)| {
            if let Some(ticket) = granted.0 {
                // Nobody waits for it any more.
                let _ = ledger.ended(limit, ticket, false);
            }
        };
        let asked = self
            .run(move |ledger| ledger.reserve(limit, allowed), undo)
            .await;
        let (ticket, usage) = match asked {
            Ok(granted) => granted,
            Err(error) => return self.without_ledger(error).await,
        };
        let next = self.note(usage);
        match ticket {
            Some(_) => Grant::Now(ticket),
            None => Grant::Wait(next),
        }
    }

    /// What holds while the ledger is of no use.
    async fn without_ledger(&self, error: LedgerError) -> Grant {
        let error = Arc::new(error);
        if self.is_command
            && let Some(why) = self.refusal(&error).await
        {
            self.refused.send_replace(Some(why));
            return Grant::Never;
        }
        self.warn(&error);
        let now = Instant::now();
        let is_known = self.was_usable.load(Ordering::Relaxed) || self.is_command;
        match !is_known && self.unknown_until > now {
            true => Grant::Wait(self.unknown_until),
            false => Grant::Now(None),
        }
    }

    /// Why nothing may be sent without the ledger, as far as the store knows.
    async fn refusal(&self, error: &Arc<LedgerError>) -> Option<String> {
        let (ledger, error) = (Arc::clone(&self.ledger), Arc::clone(error));
        let refusal = spawn_blocking(move || ledger.store().refusal(&error));
        tokio::time::timeout(PATIENCE, refusal).await.ok()?.ok()?
    }

    /// Waits until nothing may be sent any more; says why.
    pub(super) async fn refused(&self) -> String {
        let mut refused = self.refused.subscribe();
        let why = refused.wait_for(Option::is_some).await;
        // The sender lives as long as this.
        why.ok().and_then(|why| why.clone()).unwrap_or_default()
    }

    /// A request has ended; nobody waits until that is written down.
    pub(super) fn ended(&self, ticket: Ticket) {
        let limit = self.limit;
        self.tell(move |ledger| ledger.ended(limit, ticket, true));
    }

    /// CXone is to be left alone for so long.
    pub(super) fn hold_off(&self, hold: Duration) {
        let limit = self.limit;
        self.tell(move |ledger| ledger.hold_off(limit, hold));
    }

    /// Takes over what counts; answers when the next request could pass.
    fn note(&self, usage: Usage) -> Instant {
        let now = Instant::now();
        if !self.was_usable.swap(true, Ordering::Relaxed) && !usage.hold.is_zero() {
            tracing::warn!(
                "CXone asked for a pause (Retry-After) before this start: the first request waits {} s",
                usage.hold.as_secs_f64().ceil()
            );
        }
        if usage.is_set_back {
            tracing::warn!(
                "the clock was set back since {} was written: requests of the last minute count from now, and a pause is \
                 no longer than CXone asked for",
                self.name()
            );
        }
        if usage.is_damaged {
            tracing::warn!(
                "{} was damaged and is written again: what was sent to CXone in the last minute is not known, so the \
                 next request waits for one",
                self.name()
            );
        }
        let known = Known::new(&usage, now);
        let next = known.next_free(self.allowed, now);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = known;
        next
    }

    /// Runs `op` where it may block; `undo` is called with a result that nobody took.
    async fn run<T: Send + 'static>(
        &self,
        op: impl FnOnce(&Ledger) -> Result<T, LedgerError> + Send + 'static,
        undo: impl FnOnce(&Ledger, T) + Send + 'static,
    ) -> Result<T, LedgerError> {
        let change = UnderWay::one_more(&self.under_way).ok_or(LedgerError::Silent)?;
        let (reply, answer) = oneshot::channel();
        let ledger = Arc::clone(&self.ledger);
        spawn_blocking(move || {
            let result = op(&ledger);
            drop(change);
            if let Err(Ok(result)) = reply.send(result) {
                undo(&ledger, result);
            }
        });
        let answer = tokio::time::timeout(PATIENCE, answer).await;
        let result = answer.map_or(Err(LedgerError::Silent), |it| {
            it.unwrap_or(Err(LedgerError::Silent))
        })?;
        if self.is_failing.swap(false, Ordering::Relaxed) {
            tracing::info!("{} is written again", self.name());
        }
        Ok(result)
    }

    /// Runs `op` where it may block, and does not wait for it.
    fn tell(&self, op: impl FnOnce(&Ledger) -> Result<Usage, LedgerError> + Send + 'static) {
        let Some(change) = UnderWay::one_more(&self.under_way) else {
            return;
        };
        let (ledger, known) = (Arc::clone(&self.ledger), Arc::clone(&self.known));
        let write = move || {
            // Where it fails, the next request says so.
            if let Ok(usage) = op(&ledger) {
                let new = Known::new(&usage, Instant::now());
                *known.lock().unwrap_or_else(PoisonError::into_inner) = new;
            }
            drop(change);
        };
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(write)),
            Err(_) => write(),
        }
    }

    fn name(&self) -> &str {
        self.ledger.store().name()
    }

    fn warn(&self, why: &LedgerError) {
        if self.is_failing.swap(true, Ordering::Relaxed) {
            return;
        }
        let name = self.name();
        if self.is_command {
            tracing::warn!(
                "the request budget is not shared with other commands, nor with a server, if one runs: {why}"
            );
        } else if self.was_usable.load(Ordering::Relaxed) {
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

    /// Ends as a process does that is killed: the file learns of nothing more.
    #[cfg(test)]
    pub(super) fn kill(&self) {
        self.under_way.fetch_add(MOST_UNDER_WAY, Ordering::Relaxed);
    }
}

impl Known {
    fn new(usage: &Usage, now: Instant) -> Self {
        let counts_until = usage.counts_for.iter().map(|left| now + *left);
        Self {
            counts_until: counts_until.collect(),
            hold_until: (!usage.hold.is_zero()).then(|| now + usage.hold),
        }
    }

    /// When the next request could pass where so many may count, itself among them.
    pub(super) fn next_free(&self, allowed: usize, now: Instant) -> Instant {
        let mut counting: Vec<_> = self.counts_until.iter().filter(|it| **it > now).collect();
        counting.sort_unstable();
        let over = counting.len().checked_sub(allowed.max(1));
        let slot = over.map_or(now, |over| *counting[over]);
        slot.max(self.hold_until.unwrap_or(now)).max(now)
    }
}

/// One change of the ledger that is under way.
struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    fn one_more(under_way: &Arc<AtomicUsize>) -> Option<Self> {
        let before = under_way.fetch_add(1, Ordering::Relaxed);
        let one = Self(Arc::clone(under_way));
        (before < MOST_UNDER_WAY).then_some(one)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
