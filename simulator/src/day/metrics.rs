//! What is counted and measured in a queue.

/// One queue's metrics at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Metrics {
    /// Agents logged on in any state.
    pub(crate) logged_on: u64,
    /// Agents ready to take a call.
    pub(crate) available: u64,
    /// Agents on a call or in after-call work.
    pub(crate) busy: u64,
    /// Those of the busy agents that are in after-call work.
    pub(crate) after_call_work: u64,
    /// Calls waiting.
    pub(crate) waiting: u64,
    /// Mean wait of the calls waiting, in milliseconds; 0 when none does.
    pub(crate) average_wait_ms: u64,
    /// Wait of the call that has waited longest, in milliseconds; 0 when none does.
    pub(crate) longest_wait_ms: u64,
    /// Percent of calls answered in time, one decimal; 0 when nobody is logged on.
    pub(crate) service_level: f64,
    /// Calls of the last twenty minutes that were answered in time.
    pub(crate) in_time: u64,
    /// Calls of the last twenty minutes that were not.
    pub(crate) late: u64,
}

impl Metrics {
    /// Nobody is logged on, and nothing waits.
    pub(crate) const CLOSED: Self = Self {
        logged_on: 0,
        available: 0,
        busy: 0,
        after_call_work: 0,
        waiting: 0,
        average_wait_ms: 0,
        longest_wait_ms: 0,
        service_level: 0.0,
        in_time: 0,
        late: 0,
    };

    /// Agents that are logged on and cannot be reached: on a break, in training.
    pub(crate) fn unavailable(&self) -> u64 {
        self.logged_on - self.available - self.busy
    }

    /// What is left of these metrics when only a `share` (0 to 1) of the calls and
    /// agents has the skills asked for.
    pub(crate) fn of_share(self, share: f64) -> Self {
        let part = |count: u64| (count as f64 * share).floor() as u64;
        let waiting = part(self.waiting);
        Self {
            logged_on: part(self.logged_on),
            available: part(self.available),
            busy: part(self.busy),
            after_call_work: part(self.after_call_work),
            waiting,
            average_wait_ms: if waiting == 0 {
                0
            } else {
                self.average_wait_ms
            },
            longest_wait_ms: match waiting {
                0 => 0,
                1 => self.average_wait_ms,
                _ => self.longest_wait_ms,
            },
            ..self
        }
    }
}
