//! Repeatable chance: streams of random numbers, each with a seed that depends on
//! nothing but what it is for.

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

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    key: u64,
    drawn: u64,
}

impl Random {
    /// The stream of these words.
    pub(crate) fn new(words: &[u64]) -> Self {
        Self {
            key: hash(words),
            drawn: 0,
        }
    }

    /// From 0 up to, and without, 1.
    pub(crate) fn unit(&mut self) -> f64 {
        self.drawn += 1;
        unit(hash(&[self.key, self.drawn]))
    }

    /// Evenly between two numbers.
    pub(crate) fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.unit()
    }

    /// Exponentially distributed: the time to the next of independent arrivals.
    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// Log-normally distributed with a spread of 0.6, as talk times are.
    pub(crate) fn log_normal(&mut self, mean: f64) -> f64 {
        const SPREAD: f64 = 0.6;
        // Box and Muller.
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        let normal = radius * (std::f64::consts::TAU * self.unit()).cos();
        mean * (SPREAD * normal - SPREAD * SPREAD / 2.0).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_of(draw: impl FnMut(usize) -> f64) -> f64 {
        const DRAWN: usize = 20_000;
        (0..DRAWN).map(draw).sum::<f64>() / DRAWN as f64
    }

    #[test]
    fn distributions_have_their_means() {
        let mut random = Random::new(&[1]);
        let close = |mean: f64, expected: f64| (mean / expected - 1.0).abs() < 0.05;
        assert!(close(mean_of(|_| random.unit()), 0.5));
        assert!(close(mean_of(|_| random.exponential(200.0)), 200.0));
        assert!(close(mean_of(|_| random.log_normal(300.0)), 300.0));
        assert!(close(mean_of(|_| random.between(2.0, 4.0)), 3.0));
    }

    #[test]
    fn streams_of_different_words_differ() {
        let draw = |word| Random::new(&[word]).unit();
        assert_ne!(draw(1), draw(2));
    }
}
