//! Minute by minute, how many calls waited: what the tiles' trends are made of.

use queuewall_shared::trend::TREND_MINUTES;

use super::{assemble::Frame, readings::Readings};

const MINUTE_MS: u64 = 60_000;

/// Which minutes of the server's uptime are recorded.
#[derive(Debug, Default)]
pub(crate) struct Minutes {
    ended: u64,
}

impl Minutes {
    /// Records the minutes that have ended since the last call. What is known and not
    /// stale is the last one's value; those before it, which the machine slept
    /// through, are gaps.
    pub(crate) fn record(&mut self, readings: &mut Readings, frame: Frame<'_>) {
        let ended = frame.uptime_ms / MINUTE_MS;
        // Behind it, where the machine's clock was set back: nothing has ended.
        let new = ended.saturating_sub(self.ended);
        self.ended = ended;
        if new == 0 {
            return;
        }
        let gaps = usize::try_from(new - 1).map_or(TREND_MINUTES, |it| it.min(TREND_MINUTES));
        for known in readings.all_mut() {
            for _ in 0..gaps {
                known.trend.push(None);
            }
            let current = known.current(frame.now, frame.cycle);
            let waiting = current.and_then(|(reading, _)| reading.waiting);
            known.trend.push(waiting);
        }
    }
}
