//! What every command line with a simulated tenant takes.

use clap::Args;

use crate::{
    options::{Options, TimeOfDay},
    quirk::Quirk,
};

/// The simulated day, as a command line names it.
#[derive(Clone, Debug, Args)]
pub struct DayArgs {
    /// The same seed gives the same day
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// Simulated seconds per second, up to 3600; 0 stops the clock
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = speed)]
    pub speed: f64,
    /// Time of day at which the simulated day starts
    #[arg(long, value_name = "HH:MM", default_value_t = TimeOfDay::BUSY_MORNING)]
    pub start: TimeOfDay,
    /// Odd forms of the tenant's answers, several separated by commas
    #[arg(
        long = "quirk",
        value_name = "QUIRK",
        value_enum,
        value_delimiter = ','
    )]
    pub quirks: Vec<Quirk>,
    /// All quirks that can be combined and leave every number unchanged
    #[arg(long)]
    pub all_quirks: bool,
}

impl DayArgs {
    /// The tenant of such a day; all else is as by default.
    #[must_use]
    pub fn options(&self) -> Options {
        let harmless = Quirk::HARMLESS.iter().filter(|_| self.all_quirks);
        Options {
            seed: self.seed,
            speed: self.speed,
            start: self.start,
            quirks: harmless.chain(&self.quirks).copied().collect(),
            ..Options::default()
        }
    }
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if (0.0..=3_600.0).contains(&speed) => Ok(speed),
        _ => Err("give a number from 0 to 3600, for example 60".to_owned()),
    }
}
