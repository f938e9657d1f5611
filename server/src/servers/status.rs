//! Who leads, and how this server stands.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use arc_swap::ArcSwap;
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};
use queuewall_store::lease::Fence;
use serde::Serialize;

/// How this server stands, at any moment.
#[derive(Debug)]
pub struct Status {
    name: String,
    standing: ArcSwap<Standing>,
    fence: ArcSwap<Option<Fence>>,
    /// When the scale of all points in time began, in milliseconds since 1970; 0 is unknown.
    origin_ms: AtomicI64,
}

/// How a server stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Which server reads CXone, or did last; empty where none ever did.
    pub leader: String,
    /// Whether it is this one.
    pub is_leader: bool,
    /// Whether the database answers.
    pub is_connected: bool,
    /// Whether boards and interval are the leader's; `None` where that is not known.
    pub has_same_configuration: Option<bool>,
}

impl Status {
    /// The status of the server of this name, which follows nobody yet.
    #[must_use]
    pub fn new(name: String) -> Self {
        Self {
            name,
            standing: ArcSwap::default(),
            fence: ArcSwap::default(),
            origin_ms: AtomicI64::new(0),
        }
    }

    /// This server's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it stands.
    #[must_use]
    pub fn standing(&self) -> Arc<Standing> {
        self.standing.load_full()
    }

    /// The date at a point in time, by the database's clock, as HTTP writes it (RFC 9110,
    /// 5.6.7); `None` while that is not known.
    #[must_use]
    pub fn date(&self, uptime_ms: u64) -> Option<String> {
        let origin_ms = self.origin_ms.load(Ordering::Relaxed);
        if origin_ms == 0 {
            return None;
        }
        let date = Timestamp::from_millisecond(origin_ms.checked_add_unsigned(uptime_ms)?);
        DateTimePrinter::new()
            .timestamp_to_rfc9110_string(&date.ok()?)
            .ok()
    }

    pub(super) fn set_origin(&self, origin_ms: i64) {
        self.origin_ms.store(origin_ms, Ordering::Relaxed);
    }

    /// The lease's number, where this server holds it.
    pub(crate) fn fence(&self) -> Option<Fence> {
        **self.fence.load()
    }

    /// Holds the lease with this number, or does not any more.
    pub(crate) fn lead(&self, fence: Option<Fence>) {
        self.fence.store(Arc::new(fence));
        self.change(|it| {
            it.is_leader = fence.is_some();
            if it.is_leader {
                it.leader.clone_from(&self.name);
                it.has_same_configuration = Some(true);
            }
        });
    }

    /// Changes how it stands. Whether that is another now.
    pub(super) fn change(&self, change: impl FnOnce(&mut Standing)) -> bool {
        let before = self.standing();
        let mut after = (*before).clone();
        change(&mut after);
        let is_new = after != *before;
        if is_new {
            self.standing.store(Arc::new(after));
        }
        is_new
    }
}
