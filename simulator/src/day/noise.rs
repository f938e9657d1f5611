//! Repeatable chance: numbers that look random and depend on nothing but their
//! arguments, so that nobody's polling changes them.

/// Spreads the words over all 64 bits (SplitMix64's finaliser, chained).
pub(crate) fn hash(words: &[u64]) -> u64 {
    words.iter().fold(0x9e37_79b9_7f4a_7c15, |state, word| {
        let mut z = (state ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    })
}

/// A hash as a number from 0 up to, and without, 1.
pub(crate) fn unit(hash: u64) -> f64 {
    // The upper 53 bits are all that an f64 holds.
    (hash >> 11) as f64 / (1u64 << 53) as f64
}

/// A source of smooth random walks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noise {
    /// Tells one walk from another.
    pub(crate) key: u64,
}

impl Noise {
    /// The walk at `seconds`, from −1 to 1: a random height every `period_seconds`,
    /// and a smooth way from each to the next.
    pub(crate) fn at(self, seconds: f64, period_seconds: f64) -> f64 {
        let position = seconds / period_seconds;
        let step = position.floor();
        let height = |step: f64| {
            let words = [self.key, step.to_bits(), period_seconds.to_bits()];
            unit(hash(&words)) * 2.0 - 1.0
        };
        let (from, to) = (height(step), height(step + 1.0));
        from + (to - from) * smooth_step(0.0, 1.0, position - step)
    }
}

/// 0 up to `from`, 1 from `to` on, and a smooth way in between.
pub(crate) fn smooth_step(from: f64, to: f64, x: f64) -> f64 {
    let x = ((x - from) / (to - from)).clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_walk_stays_in_its_bounds_and_has_no_jumps(
            key: u64, seconds in 0.0..1e7, period in 10.0..1_000.0,
        ) {
            let noise = Noise { key };
            let here = noise.at(seconds, period);
            prop_assert!((-1.0..=1.0).contains(&here));
            // The steepest slope of the smooth step is 1.5 heights a period.
            let there = noise.at(seconds + period / 100.0, period);
            prop_assert!((here - there).abs() <= 2.0 * 1.5 / 100.0 + 1e-6);
        }

        #[test]
        fn a_unit_is_below_one(word: u64) {
            prop_assert!((0.0..1.0).contains(&unit(word)));
        }
    }

    #[test]
    fn walks_of_different_keys_differ() {
        let at = |key| Noise { key }.at(1_234.5, 60.0);
        assert_ne!(at(1), at(2));
    }
}
