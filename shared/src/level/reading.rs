//! The numbers to judge.

use super::Metric;

/// One queue's metrics as far as levels are about them. `None` is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reading {
    /// Calls waiting now.
    pub waiting: Option<u64>,
    /// Mean wait of the calls waiting now, in milliseconds.
    pub average_wait_ms: Option<u64>,
    /// Wait of the call that waits longest, in milliseconds.
    pub longest_wait_ms: Option<u64>,
    /// Percent (0 to 100) of calls answered in time.
    pub service_level_percent: Option<f64>,
    /// How many calls that percentage is over, where the dialect tells.
    pub service_level_sample: Option<u64>,
    /// Agents logged on in any state.
    pub agents_logged_on: Option<u64>,
    /// Agents ready to take a call.
    pub agents_available: Option<u64>,
}

impl Reading {
    /// A metric's number, in its unit in the snapshot; `None` while it is unknown.
    #[must_use]
    pub fn value(&self, metric: Metric) -> Option<f64> {
        match metric {
            Metric::Waiting => self.waiting.map(number),
            Metric::AverageWait => self.wait(self.average_wait_ms),
            Metric::LongestWait => self.wait(self.longest_wait_ms),
            Metric::ServiceLevel => self
                .service_level_percent
                .filter(|percent| self.service_level_sample != Some(0) && percent.is_finite()),
            Metric::AvailableAgents => self.available_for_calls(),
        }
    }

    /// Where nobody waits, a wait that is not given is none: else a queue that was
    /// red for its wait would stay so when it has emptied.
    fn wait(&self, given: Option<u64>) -> Option<f64> {
        let none = (self.waiting == Some(0)).then_some(0);
        given.or(none).map(number)
    }

    /// Without calls waiting, as many agents as there need to be.
    fn available_for_calls(&self) -> Option<f64> {
        let nobody = (self.agents_logged_on == Some(0)).then_some(0);
        let available = nobody.or(self.agents_available)?;
        match self.waiting? {
            0 => Some(f64::INFINITY),
            _ => Some(number(available)),
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "exact up to 2^53, and limits are far below"
)]
fn number(count: u64) -> f64 {
    count as f64
}
