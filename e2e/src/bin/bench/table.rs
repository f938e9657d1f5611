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
