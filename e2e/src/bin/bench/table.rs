//! The figures as a Markdown table, with what they were measured on.

use std::{fmt, fs};

/// One row a figure.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<[String; 3]>,
}

impl Table {
    /// Adds a figure and what it should be.
    pub(crate) fn add(
        &mut self,
        what: impl Into<String>,
        figure: impl Into<String>,
        aim: impl Into<String>,
    ) {
        self.rows.push([what.into(), figure.into(), aim.into()]);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nMeasured on {}.\n", machine())?;
        writeln!(f, "| what | figure | aim |\n|---|---|---|")?;
        for [what, figure, aim] in &self.rows {
            writeln!(f, "| {what} | {figure} | {aim} |")?;
        }
        Ok(())
    }
}

/// Processor, cores and system, as far as the system tells.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("an unnamed processor", |rest| {
            rest.trim_start_matches([' ', '\t', ':'])
        });
    format!("{cores} cores of {model}, {}", std::env::consts::OS)
}

/// The value that `share` of `list` do not exceed; not a number where it is empty.
pub(crate) fn quantile(list: &[f64], share: f64) -> f64 {
    let mut sorted = list.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() as f64 * share).ceil() as usize;
    sorted
        .get(place.saturating_sub(1))
        .copied()
        .unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantile_is_a_value_of_the_list() {
        let list: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(quantile(&list, 0.5), 50.0);
        assert_eq!(quantile(&list, 0.95), 95.0);
        assert_eq!(quantile(&[7.0], 0.95), 7.0);
        assert!(quantile(&[], 0.5).is_nan());
    }
}
