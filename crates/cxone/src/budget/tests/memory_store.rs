//! A ledger's store in memory, for tests: a copy stands for another process.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use tokio::time::{Instant, sleep};

use crate::budget::{LedgerChange, LedgerError, LedgerStore, StoreError};

/// When its clock starts.
pub(crate) const START_MS: u64 = 1_767_607_200_000;

#[derive(Clone)]
pub(crate) struct MemoryStore {
    pub(crate) text: Arc<Mutex<Option<String>>>,
    pub(crate) start: Instant,
    /// How far its clock was set.
    pub(crate) set_ms: Arc<AtomicI64>,
    /// How long updates take, one after the other, before the change and after it.
    pub(crate) delays_ms: Arc<Mutex<Vec<(u64, u64)>>>,
    /// Fails every update, with a refusal where one is set.
    pub(crate) fails: Arc<AtomicBool>,
    pub(crate) refusal: Option<&'static str>,
    pub(crate) is_shared_by_machines: bool,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self {
            text: Arc::default(),
            start: Instant::now(),
            set_ms: Arc::default(),
            delays_ms: Arc::default(),
            fails: Arc::default(),
            refusal: None,
            is_shared_by_machines: false,
        }
    }
}

impl MemoryStore {
    /// By so much its clock goes wrong.
    pub(crate) fn set_clock(&self, by_ms: i64) {
        self.set_ms.fetch_add(by_ms, Ordering::Relaxed);
    }

    /// The same one, as a process sees it that may be cut off.
    pub(crate) fn apart(&self) -> Self {
        Self {
            fails: Arc::default(),
            ..self.clone()
        }
    }

    pub(crate) fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::Relaxed);
    }

    fn now_ms(&self) -> u64 {
        let passed = u64::try_from(self.start.elapsed().as_millis()).unwrap();
        (START_MS + passed)
            .checked_add_signed(self.set_ms.load(Ordering::Relaxed))
            .unwrap()
    }
}

#[async_trait]
impl LedgerStore for MemoryStore {
    async fn update(&self, change: LedgerChange<'_>) -> Result<(), StoreError> {
        let delay = self.delays_ms.lock().unwrap().pop();
        let (before, after) = delay.unwrap_or_default();
        sleep_ms(before).await;
        if self.fails.load(Ordering::Relaxed) {
            return Err("no disk".into());
        }
        {
            let mut text = self.text.lock().unwrap();
            if let Some(new) = change(text.as_deref(), self.now_ms()) {
                *text = Some(new);
            }
        }
        sleep_ms(after).await;
        Ok(())
    }

    async fn refusal(&self, error: &LedgerError) -> Option<String> {
        (self.refusal).map(|refusal| format!("{refusal}: {error}"))
    }

    fn is_shared_by_machines(&self) -> bool {
        self.is_shared_by_machines
    }
}

async fn sleep_ms(ms: u64) {
    if ms > 0 {
        sleep(Duration::from_millis(ms)).await;
    }
}
