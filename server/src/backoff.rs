//! How long to wait after failures: exponential, with full jitter, so that many
//! instances that failed together do not come back together.

use std::time::Duration;

use rand::Rng;
use thiserror::Error;

/// A wait between zero and a ceiling that doubles with every failure in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    cap: Duration,
}

/// Bounds that make no sense.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("a back-off needs 0 < first <= cap, and got first = {first:?}, cap = {cap:?}")]
pub struct InvalidBackoff {
    first: Duration,
    cap: Duration,
}

impl Backoff {
    /// A back-off whose ceiling starts at `first` and stops growing at `cap`.
    ///
    /// # Errors
    /// When `first` is zero or above `cap`.
    pub fn try_new(first: Duration, cap: Duration) -> Result<Self, InvalidBackoff> {
        if first.is_zero() || first > cap {
            return Err(InvalidBackoff { first, cap });
        }
        Ok(Self { first, cap })
    }

    /// The most that is waited after `failures` in a row (1 is the first).
    #[must_use]
    pub fn ceiling(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(30);
        self.first.saturating_mul(1 << doublings).min(self.cap)
    }

    /// A random wait up to [`ceiling`](Self::ceiling).
    #[must_use]
    pub fn delay(&self, failures: u32, random: &mut impl Rng) -> Duration {
        self.ceiling(failures).mul_f64(random.random::<f64>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::{SeedableRng as _, rngs::StdRng};

    #[test]
    fn senseless_bounds_are_refused() {
        let second = Duration::from_secs(1);
        assert!(Backoff::try_new(Duration::ZERO, second).is_err());
        assert!(Backoff::try_new(second * 2, second).is_err());
        assert!(Backoff::try_new(second, second).is_ok());
    }

    proptest! {
        #[test]
        fn the_ceiling_grows_to_the_cap_and_no_delay_passes_it(
            first_ms in 1u64..10_000, factor in 1u32..1_000, failures in 0u32..u32::MAX, seed: u64,
        ) {
            let first = Duration::from_millis(first_ms);
            let backoff = Backoff::try_new(first, first * factor).unwrap();
            prop_assert!(backoff.ceiling(failures) <= first * factor);
            prop_assert!(backoff.ceiling(failures) <= backoff.ceiling(failures.saturating_add(1)));
            prop_assert_eq!(backoff.ceiling(1), first);
            let delay = backoff.delay(failures, &mut StdRng::seed_from_u64(seed));
            prop_assert!(delay <= backoff.ceiling(failures));
        }
    }

    #[test]
    fn the_jitter_is_full() {
        let backoff = Backoff::try_new(Duration::from_secs(1), Duration::from_secs(8)).unwrap();
        let mut random = StdRng::seed_from_u64(1);
        let delays: Vec<f64> = (0..1_000)
            .map(|_| backoff.delay(4, &mut random).as_secs_f64())
            .collect();
        let mean = delays.iter().sum::<f64>() / 1_000.0;
        assert!((3.5..4.5).contains(&mean), "mean {mean}");
        assert!(delays.iter().any(|delay| *delay < 0.5) && delays.iter().any(|delay| *delay > 7.5));
    }
}
