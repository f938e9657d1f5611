//! The handle by which tests and scenarios change the tenant while it runs, and
//! learn what it was asked.

mod fault;
mod log;
mod overrides;

use std::{fmt, sync::Arc};

pub(crate) use fault::Faults;
pub use fault::{Fault, ScopedFault};
pub(crate) use log::Log;
pub use log::Request;
pub use overrides::{Field, QueueOverride};

use crate::tenant::Tenant;

/// One of the contract's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `POST /oauth2/token`
    Token,
    /// `POST /api/v2/reporting/queues/realtime`
    Realtime,
    /// `GET /api/v2/queues`
    QueueList,
}

impl Endpoint {
    /// Every endpoint.
    pub const ALL: [Self; 3] = [Self::Token, Self::Realtime, Self::QueueList];
}

/// Changes a running simulator. Clones act on the same simulator, and outlive it
/// harmlessly. Changes hold from the next request on.
#[derive(Clone)]
pub struct Control {
    tenant: Arc<Tenant>,
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").finish_non_exhaustive()
    }
}

impl Control {
    pub(crate) fn new(tenant: Arc<Tenant>) -> Self {
        Self { tenant }
    }

    /// Every queue's id in the order of the queue list, removed ones included.
    #[must_use]
    pub fn queue_ids(&self) -> Vec<String> {
        let queues = self.tenant.day().queues();
        queues.map(|(id, _)| id.to_owned()).collect()
    }

    /// Pins fields of a queue's answer, in place of what was pinned there before.
    /// Pinned numbers are sent as they are: consistent or not, filtered or not.
    ///
    /// # Panics
    /// When the tenant never had this queue.
    pub fn set(&self, queue_id: &str, pins: QueueOverride) {
        self.assert_known(queue_id);
        let pinned = &mut self.tenant.state().exceptions.pinned;
        pinned.insert(queue_id.to_owned(), pins);
    }

    /// Lets a queue follow the simulated day again.
    ///
    /// # Panics
    /// When the tenant never had this queue.
    pub fn clear(&self, queue_id: &str) {
        self.assert_known(queue_id);
        self.tenant.state().exceptions.pinned.remove(queue_id);
    }

    /// Takes a queue off the tenant: off the list, and 404 when asked for.
    ///
    /// # Panics
    /// When the tenant never had this queue.
    pub fn remove(&self, queue_id: &str) {
        self.assert_known(queue_id);
        let removed = &mut self.tenant.state().exceptions.removed;
        removed.insert(queue_id.to_owned());
    }

    /// Leaves a queue out of the answers that ask for it, without a word.
    ///
    /// # Panics
    /// When the tenant never had this queue.
    pub fn omit(&self, queue_id: &str) {
        self.assert_known(queue_id);
        let omitted = &mut self.tenant.state().exceptions.omitted;
        omitted.insert(queue_id.to_owned());
    }

    /// Undoes [`remove`](Self::remove) and [`omit`](Self::omit).
    ///
    /// # Panics
    /// When the tenant never had this queue.
    pub fn restore(&self, queue_id: &str) {
        self.assert_known(queue_id);
        let exceptions = &mut self.tenant.state().exceptions;
        exceptions.removed.remove(queue_id);
        exceptions.omitted.remove(queue_id);
    }

    /// Answers with a fault until [`heal`](Self::heal): at every endpoint, or
    /// where [`Fault::on`] says. It takes the place of an earlier one there.
    pub fn fail_with(&self, fault: impl Into<ScopedFault>) {
        self.tenant.state().faults.set(fault.into());
    }

    /// Ends every fault. Requests that hang go on hanging.
    pub fn heal(&self) {
        self.tenant.state().faults = Faults::default();
    }

    /// Forgets every token issued so far: the next read with one gets 401.
    pub fn revoke_tokens(&self) {
        self.tenant.state().tokens.revoke_all();
    }

    /// The latest requests, oldest first, those answered by a fault included; the
    /// last 2,000 are kept.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.tenant.state().log.requests()
    }

    /// How many requests an endpoint has had since the start.
    #[must_use]
    pub fn count(&self, endpoint: Endpoint) -> u64 {
        self.tenant.state().log.count(endpoint)
    }

    fn assert_known(&self, queue_id: &str) {
        let known = self.tenant.day().position(queue_id).is_some();
        assert!(known, "the simulated tenant has no queue {queue_id}");
    }
}
