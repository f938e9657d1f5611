//! How long to wait after failures: exponential, between a minimum and a maximum, with
//! jitter, so that many instances that failed together do not come back together.

use std::time::Duration;

use rand::Rng;
use thiserror::Error;

/// A random wait between bounds that double with every failure in a row. It is never
/// below the minimum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    min: Duration,
    max: Duration,
    jitter: f64,
}

/// Bounds that make no sense.
#[derive(Debug, PartialEq, Error)]
#[error(
    "a back-off needs 0 < min <= max and 0 <= jitter <= 1, and got min = {min:?}, max = {max:?}, jitter = {jitter}"
)]
pub struct InvalidBackoff {
    min: Duration,
    max: Duration,
    jitter: f64,
}

impl Backoff {
    /// A back-off of at least `min`, growing to `max`. `jitter` is the share of a wait
    /// that is random: 0 is none, 1 is all that is above `min`.
    ///
    /// # Errors
    /// When `min` is zero or above `max`, or `jitter` is not between 0 and 1.
    pub fn try_new(min: Duration, max: Duration, jitter: f64) -> Result<Self, InvalidBackoff> {
        if min.is_zero() || min > max || !(0.0..=1.0).contains(&jitter) {
            return Err(InvalidBackoff { min, max, jitter });
        }
        Ok(Self { min, max, jitter })
    }

    /// The longest wait after `failures` in a row (1 is the first): twice the minimum,
    /// doubled with each further failure, up to the maximum.
    #[must_use]
    pub fn ceiling(&self, failures: u32) -> Duration {
        let doublings = failures.clamp(1, 31);
        self.min.saturating_mul(1 << doublings).min(self.max)
    }

    /// The shortest wait after `failures` in a row.
    #[must_use]
    pub fn floor(&self, failures: u32) -> Duration {
        let ceiling = self.ceiling(failures);
        ceiling.mul_f64(1.0 - self.jitter).clamp(self.min, ceiling)
    }

    /// A random wait between [`floor`](Self::floor) and [`ceiling`](Self::ceiling).
    #[must_use]
    pub fn delay(&self, failures: u32, random: &mut impl Rng) -> Duration {
        let (floor, ceiling) = (self.floor(failures), self.ceiling(failures));
        floor + (ceiling - floor).mul_f64(random.random::<f64>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::{SeedableRng as _, rngs::StdRng};

    #[test]
    fn backoff_refuses_senseless_bounds() {
        let second = Duration::from_secs(1);
        assert!(Backoff::try_new(Duration::ZERO, second, 0.5).is_err());
        assert!(Backoff::try_new(second * 2, second, 0.5).is_err());
        for jitter in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert!(Backoff::try_new(second, second, jitter).is_err());
        }
        assert!(Backoff::try_new(second, second, 0.0).is_ok());
        assert!(Backoff::try_new(second, second * 9, 1.0).is_ok());
    }

    proptest! {
        #[test]
        fn backoff_grows_and_stays_between_min_and_max(
            min_ms in 1u64..10_000, factor in 1u32..1_000, jitter in 0.0f64..=1.0,
            failures in 0u32..u32::MAX, seed: u64,
        ) {
            let min = Duration::from_millis(min_ms);
            let backoff = Backoff::try_new(min, min * factor, jitter).unwrap();
            let more = failures.saturating_add(1);
            prop_assert!(backoff.ceiling(failures) <= min * factor);
            prop_assert!(backoff.ceiling(failures) <= backoff.ceiling(more));
            prop_assert!(backoff.floor(failures) <= backoff.floor(more));
            let delay = backoff.delay(failures, &mut StdRng::seed_from_u64(seed));
            prop_assert!(delay >= min);
            prop_assert!(delay >= backoff.floor(failures));
            prop_assert!(delay <= backoff.ceiling(failures));
        }
    }

    #[test]
    fn backoff_spreads_delays_by_its_jitter() {
        let (min, max) = (Duration::from_secs(1), Duration::from_secs(8));
        let backoff = Backoff::try_new(min, max, 0.5).unwrap();
        let mut random = StdRng::seed_from_u64(1);
        let delays: Vec<f64> = (0..1_000)
            .map(|_| backoff.delay(4, &mut random).as_secs_f64())
            .collect();
        let mean = delays.iter().sum::<f64>() / 1_000.0;
        assert!((5.5..6.5).contains(&mean), "mean {mean}");
        assert!(delays.iter().all(|delay| (4.0..=8.0).contains(delay)));
        let steady = Backoff::try_new(min, max, 0.0).unwrap();
        assert_eq!(steady.delay(2, &mut random), Duration::from_secs(4));
    }
}
