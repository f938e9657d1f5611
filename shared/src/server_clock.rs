//! The time of day, from the server: a TV's own clock is often wrong.

/// How far two estimates may lie apart and still mean the same clock, in
/// milliseconds: HTTP dates drop part seconds, and answers take their time.
const SAME_CLOCK_MS: f64 = 2_000.0;

/// The server's clock as seen from the page.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ServerClock {
    /// Server's milliseconds since 1970 less the page's monotonic milliseconds.
    offset_ms: Option<f64>,
}

impl ServerClock {
    /// Takes in an answer's `Date`, in milliseconds since 1970, that arrived at
    /// `monotonic_ms` of the page's clock.
    pub fn observe(&mut self, date_ms: f64, monotonic_ms: f64) {
        let offset_ms = date_ms - monotonic_ms;
        self.offset_ms = match self.offset_ms {
            // Every error makes an estimate too early, so the latest one is the best,
            // and the minute on the screen never jumps back and forth.
            Some(known) if (offset_ms - known).abs() <= SAME_CLOCK_MS => Some(known.max(offset_ms)),
            _ => Some(offset_ms),
        };
    }

    /// The server's milliseconds since 1970 at `monotonic_ms` of the page's clock;
    /// `None` before the first answer.
    #[must_use]
    pub fn at(&self, monotonic_ms: f64) -> Option<f64> {
        self.offset_ms.map(|offset_ms| offset_ms + monotonic_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_of_the_estimates_is_kept() {
        let mut clock = ServerClock::default();
        assert_eq!(clock.at(0.0), None);
        clock.observe(100_000.0, 500.0);
        clock.observe(105_000.0, 5_900.0);
        assert_eq!(clock.at(6_500.0), Some(106_000.0));
        clock.observe(110_000.0, 10_100.0);
        assert_eq!(clock.at(10_100.0), Some(110_000.0));
    }

    #[test]
    fn a_clock_that_was_set_is_followed() {
        let mut clock = ServerClock::default();
        clock.observe(100_000.0, 0.0);
        clock.observe(50_000.0, 5_000.0);
        assert_eq!(clock.at(5_000.0), Some(50_000.0));
    }
}
