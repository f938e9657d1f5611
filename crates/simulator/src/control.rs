//! The handle by which tests and scenarios change the tenant while it runs, and
//! learn what it was asked.

use std::{fmt, sync::Arc};

use crate::{
    acd::{Acd, Counts, Interval},
    endpoint::Endpoint,
    form::Form,
    quirk::{Quirk, Quirks},
    tenant::{Exceptions, Faults, QueueOverride, Request, ScopedFault, Tenant},
};

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
    pub fn queue_ids(&self) -> Vec<String> {
        let queues = self.tenant.skills().queues().iter();
        queues.map(|queue| queue.id().to_owned()).collect()
    }

    /// Pins fields of a queue's answer, in place of what was pinned there before.
    /// Pinned numbers are sent as they are: consistent or not, filtered or not.
    ///
    /// # Panics
    /// When the tenant never had this queue.
    pub fn set(&self, queue_id: &str, pins: QueueOverride) {
        self.change(queue_id, |exceptions| {
            exceptions.pinned.insert(queue_id.to_owned(), pins);
        });
    }

    /// Lets a queue follow the simulated day again.
    ///
    /// # Panics
    /// When the tenant never had this queue.
    pub fn clear(&self, queue_id: &str) {
        self.change(queue_id, |exceptions| {
            exceptions.pinned.remove(queue_id);
        });
    }

    /// Takes a queue off the tenant: off the lists, and 404 when asked for.
    ///
    /// # Panics
    /// When the tenant never had this queue.
    pub fn remove(&self, queue_id: &str) {
        self.change(queue_id, |exceptions| {
            exceptions.removed.insert(queue_id.to_owned());
        });
    }

    /// Leaves a queue out of the answers with live numbers, without a word.
    ///
    /// # Panics
    /// When the tenant never had this queue.
    pub fn omit(&self, queue_id: &str) {
        self.change(queue_id, |exceptions| {
            exceptions.omitted.insert(queue_id.to_owned());
        });
    }

    /// Undoes [`remove`](Self::remove) and [`omit`](Self::omit).
    ///
    /// # Panics
    /// When the tenant never had this queue.
    pub fn restore(&self, queue_id: &str) {
        self.change(queue_id, |exceptions| {
            exceptions.removed.remove(queue_id);
            exceptions.omitted.remove(queue_id);
        });
    }

    /// Answers with a fault until [`heal`](Self::heal): at every endpoint, or
    /// where [`Fault::on`](crate::Fault::on) says. It takes the place of an earlier one there.
    pub fn fail_with(&self, fault: impl Into<ScopedFault>) {
        self.tenant.state().faults.set(fault.into());
    }

    /// Ends every fault. Requests that hang go on hanging.
    pub fn heal(&self) {
        self.tenant.state().faults = Faults::default();
    }

    /// Forgets every access token issued so far: the next read with one gets 401.
    /// Refresh tokens go on holding.
    pub fn revoke_tokens(&self) {
        self.tenant.state().tokens.revoke_access();
    }

    /// Forgets every refresh token issued so far: the next refresh with one gets
    /// 400. Access tokens go on holding.
    pub fn revoke_refresh_tokens(&self) {
        self.tenant.state().tokens.revoke_refresh();
    }

    /// What `cxone-configuration` answers as `api_endpoint`, in place of the origin
    /// by which the client came; `None` is that again. The tenant itself stays.
    pub fn set_api_endpoint(&self, url: Option<&str>) {
        self.tenant.state().moved.api_endpoint = url.map(str::to_owned);
    }

    /// What `openid-configuration` answers as `token_endpoint`, in place of this
    /// tenant's own; `None` is that again.
    pub fn set_token_endpoint(&self, url: Option<&str>) {
        self.tenant.state().moved.token_endpoint = url.map(str::to_owned);
    }

    /// The latest requests, oldest first, those answered by a fault included; the
    /// last 2,000 are kept.
    pub fn requests(&self) -> Vec<Request> {
        self.tenant.state().log.requests()
    }

    /// How many requests an endpoint has had since the start.
    pub fn count(&self, endpoint: Endpoint) -> u64 {
        self.tenant.state().log.count(endpoint)
    }

    /// Answers in these odd forms from now on, in place of those before.
    pub fn set_quirks(&self, quirks: &[Quirk]) {
        let now_ms = self.tenant.clock().now_ms();
        let mut state = self.tenant.state();
        state.quirks = Quirks::new(quirks, now_ms);
        state.exceptions.changed_ms = now_ms;
    }

    /// Writes reports in this form from now on.
    pub fn set_form(&self, form: Form) {
        self.tenant.state().form = form;
    }

    /// What has happened in a queue since the simulated midnight.
    ///
    /// # Panics
    /// When the tenant never had this queue.
    pub fn today(&self, queue_id: &str) -> Counts {
        self.count_in(queue_id, |acd, queue| acd.today(queue))
    }

    /// What has happened in a queue in each quarter of an hour, oldest first; eight days
    /// are kept.
    ///
    /// # Panics
    /// When the tenant never had this queue.
    pub fn intervals(&self, queue_id: &str) -> Vec<Interval> {
        self.count_in(queue_id, |acd, queue| acd.intervals(queue))
    }

    /// The time that the simulated day shows now, in milliseconds since the midnight before
    /// the start.
    pub fn simulated_ms(&self) -> i64 {
        let clock = self.tenant.clock();
        clock.simulated_ms(clock.now_ms())
    }

    fn count_in<T>(&self, queue_id: &str, count: impl FnOnce(&Acd, usize) -> T) -> T {
        let queue = self.position(queue_id);
        let acd = self.tenant.acd_at(self.tenant.clock().now_ms());
        count(&acd, queue)
    }

    fn position(&self, queue_id: &str) -> usize {
        let position = self.tenant.skills().position(queue_id);
        position.unwrap_or_else(|| panic!("the simulated tenant has no queue {queue_id}"))
    }

    fn change(&self, queue_id: &str, change: impl FnOnce(&mut Exceptions)) {
        self.position(queue_id);
        let exceptions = &mut self.tenant.state().exceptions;
        exceptions.changed_ms = self.tenant.clock().now_ms();
        change(exceptions);
    }
}
