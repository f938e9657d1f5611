//! What is counted and measured in a skill.

/// One skill's metrics at one moment, all counted from the same state.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Metrics {
    /// Agents logged on in any state.
    pub(crate) logged_on: u64,
    /// Agents ready to take a call.
    pub(crate) available: u64,
    /// Agents on a contact, of this skill or another of theirs.
    pub(crate) working: u64,
    /// Agents in after-call work.
    pub(crate) after_call_work: u64,
    /// Agents that are logged on and cannot be reached: on a break, in training.
    pub(crate) unavailable: u64,
    /// Contacts waiting.
    pub(crate) waiting: u64,
    /// Contacts of this skill that agents work on.
    pub(crate) in_progress: u64,
    /// Mean wait of the contacts waiting, in milliseconds; 0 when none does.
    pub(crate) average_wait_ms: u64,
    /// Wait of the contact that has waited longest, in milliseconds; 0 when none does.
    pub(crate) longest_wait_ms: u64,
    /// Recent contacts that were answered in time.
    pub(crate) in_time: u64,
    /// Recent contacts that were answered or abandoned late.
    pub(crate) late: u64,
}

impl Metrics {
    /// Agents on a contact or in after-call work.
    pub(crate) fn busy(&self) -> u64 {
        self.working + self.after_call_work
    }

    /// Percent of contacts answered in time, with one decimal; 0 when there was none,
    /// as CXone has it.
    pub(crate) fn service_level(&self) -> f64 {
        let sample = self.in_time + self.late;
        let percent = self.in_time as f64 * 100.0 / sample.max(1) as f64;
        (percent * 10.0).round() / 10.0
    }
}
