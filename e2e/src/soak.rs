//! What a page or a server still holds after many rounds of use, and what of it is a leak.
//!
//! After each round the subject comes to rest and is read. Counts may vary by a few. Bytes
//! are judged by the median slope between any two readings (Theil and Sen): a leak adds up
//! over any two, a step, which an allocator makes now and then, does not.
//!
//! # Layout
//! - [`page`]: the wall in a tab, in stepped time
//! - [`server`]: the program's process; `traffic`: what happens to it; [`leaking`]: the
//!   same with a planted leak

pub mod leaking;
pub mod page;
pub mod server;
mod traffic;

use std::fmt;

use anyhow::{Result, ensure};

/// A quantity that is read, and how much more of it is no leak.
#[derive(Clone, Debug)]
pub struct Gauge {
    /// Also the name of the leak that is planted in it.
    pub name: &'static str,
    a_round: f64,
    in_all: f64,
    share: f64,
}

impl Gauge {
    /// What is counted: `some` may come and go.
    #[must_use]
    pub const fn count(name: &'static str, some: f64) -> Self {
        Self {
            name,
            a_round: f64::INFINITY,
            in_all: some,
            share: 0.0,
        }
    }

    /// Bytes: a slope of so many a round, and this share more in all, are no leak.
    #[must_use]
    pub const fn bytes(name: &'static str, a_round: f64, share: f64) -> Self {
        Self {
            name,
            a_round,
            in_all: 0.0,
            share,
        }
    }
}

/// What is soaked.
#[expect(async_fn_in_trait, reason = "nothing here is spawned")]
pub trait Subject {
    /// What is read.
    fn gauges(&self) -> Vec<Gauge>;

    /// Lets the round of this number pass.
    async fn round(&mut self, number: u32) -> Result<()>;

    /// A value for each gauge, at rest.
    async fn read(&mut self) -> Result<Vec<f64>>;
}

/// Readings after the warm-up and after each round since.
#[derive(Clone, Debug)]
pub struct Growth {
    gauges: Vec<Gauge>,
    readings: Vec<Vec<f64>>,
}

/// Lets rounds pass after some to warm up.
pub async fn grow(subject: &mut impl Subject, warm_up: u32, rounds: u32) -> Result<Growth> {
    let gauges = subject.gauges();
    let mut readings = Vec::new();
    for number in 0..warm_up + rounds {
        if number == warm_up && readings.is_empty() {
            readings.push(subject.read().await?);
        }
        subject.round(number).await?;
        let reading = subject.read().await?;
        eprintln!("    round {number}: {reading:?}");
        if number + 1 >= warm_up {
            readings.push(reading);
        }
    }
    Ok(Growth { gauges, readings })
}

impl Growth {
    /// The names of the gauges that show a leak; none for what can run for ever.
    pub fn leaks(&self) -> Vec<&'static str> {
        let is_leak = |(place, gauge): (usize, &Gauge)| {
            let (first, last) = self.ends(place);
            let is_steep = self.slope(place) > gauge.a_round;
            (is_steep || last > first * (1.0 + gauge.share) + gauge.in_all).then_some(gauge.name)
        };
        self.gauges.iter().enumerate().filter_map(is_leak).collect()
    }

    /// Fails when there is a leak.
    pub fn check(&self) -> Result<()> {
        ensure!(self.leaks().is_empty(), "{:?}: {self:#?}", self.leaks());
        Ok(())
    }

    /// Fails when the leak of this name, which was planted, is not found.
    pub fn check_found(&self, leak: &str) -> Result<()> {
        ensure!(self.leaks().contains(&leak), "no {leak}: {self:#?}");
        Ok(())
    }

    /// How much more of this gauge there is after each round.
    pub fn a_round(&self, name: &str) -> f64 {
        let place = self.gauges.iter().position(|gauge| gauge.name == name);
        place.map_or(0.0, |place| self.slope(place))
    }

    /// The slope of all rounds or of their later half, whichever is less: a leak goes on, a
    /// warm-up comes to an end.
    fn slope(&self, gauge: usize) -> f64 {
        let values: Vec<f64> = self.readings.iter().map(|it| it[gauge]).collect();
        let later_half = &values[values.len() / 2..];
        if later_half.len() < 2 {
            return median_slope(&values);
        }
        median_slope(&values).min(median_slope(later_half))
    }

    fn ends(&self, gauge: usize) -> (f64, f64) {
        let at = |reading: Option<&Vec<f64>>| reading.map_or(0.0, |values| values[gauge]);
        (at(self.readings.first()), at(self.readings.last()))
    }
}

/// As `threads 4 → 4; memory 22_830_000 → 23_150_000, +4100 a round`.
impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, gauge) in self.gauges.iter().enumerate() {
            let (first, last) = self.ends(place);
            let between = if place == 0 { "" } else { "; " };
            write!(f, "{between}{} {first:.0} → {last:.0}", gauge.name)?;
            if gauge.a_round.is_finite() {
                let allowed = gauge.a_round;
                write!(f, ", {:+.0} of {allowed:.0} a round", self.slope(place))?;
            }
        }
        Ok(())
    }
}

fn median_slope(values: &[f64]) -> f64 {
    let mut slopes: Vec<f64> = (values.iter().enumerate())
        .flat_map(|(from, one)| {
            let later = values.iter().enumerate().skip(from + 1);
            later.map(move |(to, other)| (other - one) / (to - from) as f64)
        })
        .collect();
    slopes.sort_by(f64::total_cmp);
    slopes.get(slopes.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: f64 = 1024.0 * 1024.0;

    fn growth(values: impl IntoIterator<Item = f64>) -> Growth {
        Growth {
            gauges: vec![Gauge::bytes("memory", 1.5 * MIB, 0.25)],
            readings: values.into_iter().map(|mib| vec![mib * MIB]).collect(),
        }
    }

    #[test]
    fn memory_that_adds_up_is_a_leak_and_a_step_is_not() {
        let rounds = || (0..12).map(f64::from);
        let is_leak = |values: &mut dyn Iterator<Item = f64>| !growth(values).leaks().is_empty();
        assert!(!is_leak(&mut rounds().map(|_| 20.0)), "constant");
        let step = &mut rounds().map(|round| 20.0 + (round / 6.0).floor());
        assert!(!is_leak(step), "a step");
        assert!(
            !is_leak(&mut rounds().map(|round| 20.0 + round % 2.0)),
            "up and down"
        );
        let warm_up = [34.3, 35.0, 35.1, 36.6, 36.6, 36.6, 36.6, 36.6];
        assert!(!is_leak(&mut warm_up.into_iter()), "a warm-up");
        assert!(
            is_leak(&mut rounds().map(|round| 20.0 + round * 2.0)),
            "a slope"
        );
        let by_twos = &mut rounds().map(|round| 20.0 + (round / 2.0).floor() * 4.0);
        assert!(is_leak(by_twos), "by twos");
        let at_once = &mut rounds().map(|round| 20.0 + (round / 11.0).floor() * 6.0);
        assert!(is_leak(at_once), "far more at once");
    }

    #[test]
    fn counts_may_vary_by_some_and_no_more() {
        let of = |last| Growth {
            gauges: vec![Gauge::count("threads", 4.0)],
            readings: vec![vec![6.0], vec![last]],
        };
        assert!(of(10.0).leaks().is_empty());
        assert!(of(3.0).leaks().is_empty());
        assert_eq!(of(11.0).leaks(), ["threads"]);
        assert_eq!(of(11.0).to_string(), "threads 6 → 11");
    }
}
