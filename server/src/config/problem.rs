//! Problems of a configuration, each with its place, key, value and remedy.

use std::{fmt, ops::RangeInclusive};

use thiserror::Error;

/// What is wrong with a value, and the remedy.
pub(super) type Fault<W = &'static str> = (W, &'static str);

/// A value of a setting, with its place in the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spanned<T> {
    /// What was found.
    pub(super) value: T,
    /// `environment`, `.env:3` or `queuewall.toml:12`.
    pub(super) place: String,
    /// The variable, or the file's dotted key.
    pub(super) key: String,
}

impl<T> Spanned<T> {
    /// The same place and key with another value.
    pub(super) fn with<U>(&self, value: U) -> Spanned<U> {
        Spanned {
            value,
            place: self.place.clone(),
            key: self.key.clone(),
        }
    }

    /// A warning of this setting.
    pub(super) fn warning(&self, what: impl fmt::Display) -> String {
        format!("{}: {} {what}", self.place, self.key)
    }

    /// What this setting does.
    pub(super) fn note(&self, what: impl fmt::Display) -> String {
        format!("{}: {}: {what}", self.place, self.key)
    }

    /// A problem with this setting that leaves its value unsaid: for secrets.
    pub(super) fn problem(&self, what: impl fmt::Display, remedy: impl fmt::Display) -> Problem {
        Problem::new(&self.place, &self.key, what, remedy)
    }
}

impl Spanned<String> {
    /// What `parse` makes of the value; `None` after a problem, which is what `parse` says
    /// is wrong, and the remedy.
    pub(super) fn parse<T, W: fmt::Display, R: fmt::Display>(
        &self,
        problems: &mut Vec<Problem>,
        parse: impl FnOnce(&str) -> Result<T, (W, R)>,
    ) -> Option<T> {
        let parsed = parse(self.value.trim());
        let parsed = parsed.map_err(|(what, remedy)| problems.push(self.wrong(what, remedy)));
        parsed.ok()
    }

    /// The number that stands here, within `bounds`; `None` after a problem.
    pub(super) fn number(
        &self,
        problems: &mut Vec<Problem>,
        bounds: RangeInclusive<f64>,
        is_whole: bool,
        unit: &str,
    ) -> Option<f64> {
        let kind = if is_whole { "whole number" } else { "number" };
        self.parse(problems, |text| {
            let number = text.parse::<f64>().ok();
            let number = number.filter(|it| it.is_finite() && !(is_whole && it.fract() != 0.0));
            let (start, end) = (bounds.start(), bounds.end());
            match number {
                Some(number) if bounds.contains(&number) => Ok(number),
                Some(_) => Err("is out of bounds".to_owned()),
                None => Err(format!("is not a {kind}")),
            }
            .map_err(|what| {
                (
                    what,
                    format!("give a {kind} from {start} to {end} ({unit})"),
                )
            })
        })
    }

    /// A problem with this setting that quotes its value, unless a password may be in it.
    pub(super) fn wrong(&self, what: impl fmt::Display, remedy: impl fmt::Display) -> Problem {
        let (key, value) = (&self.key, &self.value);
        if may_hold_secret(value) {
            return self.problem(what, remedy);
        }
        let key_and_value = if value.parse::<f64>().is_ok_and(f64::is_finite) {
            format!("{key} = {value}")
        } else {
            format!("{key} = {value:?}")
        };
        Problem::new(&self.place, &key_and_value, what, remedy)
    }
}

/// Whether a password may stand in an address's user name, or a token in its query or fragment.
pub(super) fn may_hold_secret(value: &str) -> bool {
    value.contains(['@', '?', '#'])
}

/// One problem. `Display` is `place: key = value what: remedy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(String);

impl Problem {
    /// Builds the sentence; nothing that is handed in may be a secret.
    pub(super) fn new(
        place: &str,
        key: &str,
        what: impl fmt::Display,
        remedy: impl fmt::Display,
    ) -> Self {
        Self(format!("{place}: {key} {what}: {remedy}"))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The configuration cannot be used. Holds every problem found, not just the first.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", list(.problems))]
pub struct ConfigError {
    /// At least one.
    pub problems: Vec<Problem>,
}

impl ConfigError {
    /// # Errors
    /// Where there is a problem.
    pub(super) fn unless_none(problems: Vec<Problem>) -> Result<(), Self> {
        match problems.is_empty() {
            true => Ok(()),
            false => Err(Self { problems }),
        }
    }
}

fn list(problems: &[Problem]) -> String {
    match problems {
        [problem] => problem.to_string(),
        _ => {
            let mut text = format!("the configuration has {} problems:", problems.len());
            for problem in problems {
                text.push_str("\n  - ");
                text.push_str(&problem.0);
            }
            text
        }
    }
}
