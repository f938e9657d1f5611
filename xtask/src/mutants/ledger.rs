//! What came of each mutant, kept from run to run.

use std::{collections::BTreeMap, fs, io::ErrorKind, path::Path};

use anyhow::{Context, Result};

use super::explained::Explained;

/// What came of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A test failed.
    Caught,
    /// It does not compile.
    Unviable,
    /// The tests did not end, as they do without it: noticed, too.
    Timeout,
    /// All tests passed.
    Missed,
}

impl Outcome {
    const ALL: [Self; 4] = [Self::Caught, Self::Unviable, Self::Timeout, Self::Missed];

    /// As cargo-mutants calls it, and the list of those.
    fn as_str(self) -> &'static str {
        match self {
            Self::Caught => "caught",
            Self::Unviable => "unviable",
            Self::Timeout => "timeout",
            Self::Missed => "missed",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// The outcomes of one part's mutants.
#[derive(Debug)]
pub(super) struct Ledger {
    /// By the mutant's name; `None` is one that was not run.
    outcomes: BTreeMap<String, Option<Outcome>>,
}

impl Ledger {
    /// What the file says of these mutants; others, which are gone from the sources or stand
    /// elsewhere now, are forgotten.
    pub(super) fn open(file: &Path, mutants: &[String]) -> Result<Self> {
        let unknown = mutants.iter().map(|name| (name.clone(), None));
        let mut ledger = Self {
            outcomes: unknown.collect(),
        };
        for line in read(file)?.lines() {
            let (outcome, name) = line.split_once('\t').unwrap_or_default();
            ledger.note(name, Outcome::parse(outcome));
        }
        Ok(ledger)
    }

    fn note(&mut self, name: &str, outcome: Option<Outcome>) {
        if let Some(known) = self.outcomes.get_mut(name) {
            *known = outcome;
        }
    }

    /// Takes over what cargo-mutants wrote into its folder.
    pub(super) fn absorb(&mut self, folder: &Path) -> Result<()> {
        for outcome in Outcome::ALL {
            let file = folder.join("mutants.out").join(outcome.as_str());
            for name in read(&file.with_extension("txt"))?.lines() {
                self.note(name, Some(outcome));
            }
        }
        Ok(())
    }

    /// Writes all that is known.
    pub(super) fn write(&self, file: &Path) -> Result<()> {
        let known = self.outcomes.iter();
        let known = known.filter_map(|(name, outcome)| Some((name, (*outcome)?)));
        let text: String = known
            .map(|(name, outcome)| format!("{}\t{name}\n", outcome.as_str()))
            .collect();
        fs::write(file, text).with_context(|| format!("{} cannot be written", file.display()))
    }

    /// Those of `mutants` that have to be tried: new, or missed without an explanation.
    pub(super) fn pending<'m>(&self, mutants: &'m [String], explained: &Explained) -> Vec<&'m str> {
        let not_run = self.with(None);
        let missed = explained.without(self.with(Some(Outcome::Missed)));
        mutants
            .iter()
            .map(String::as_str)
            .filter(|name| not_run.contains(name) || missed.contains(name))
            .collect()
    }

    /// The mutants of which this came.
    pub(super) fn with(&self, outcome: Option<Outcome>) -> Vec<&str> {
        let those = self.outcomes.iter().filter(|(_, it)| **it == outcome);
        those.map(|(name, _)| name.as_str()).collect()
    }
}

/// A file's text; none where there is no file.
fn read(file: &Path) -> Result<String> {
    match fs::read_to_string(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        read => read.with_context(|| format!("{} cannot be read", file.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_run_goes_on_where_the_last_one_was_ended_and_tries_again_what_was_missed() {
        let folder = std::env::temp_dir().join(format!("queuewall-ledger-{}", std::process::id()));
        let (file, out) = (folder.join("part.tsv"), folder.join("mutants.out"));
        fs::create_dir_all(&out).unwrap();
        let all = names(&["a", "b", "c", "d"]);
        let explained = Explained::in_text("");

        let mut ledger = Ledger::open(&file, &all).unwrap();
        assert_eq!(ledger.pending(&all, &explained), ["a", "b", "c", "d"]);
        fs::write(out.join("caught.txt"), "a\ngone\n").unwrap();
        fs::write(out.join("missed.txt"), "b\nc\n").unwrap();
        ledger.absorb(&folder).unwrap();
        ledger.write(&file).unwrap();

        let ledger = Ledger::open(&file, &all).unwrap();
        assert_eq!(ledger.with(Some(Outcome::Caught)), ["a"]);
        assert_eq!(ledger.pending(&all, &explained), ["b", "c", "d"]);
        assert_eq!(ledger.pending(&all[2..], &explained), ["c", "d"]);
        let explained = Explained::in_text("- `c`: it is a shortcut.\n");
        assert_eq!(ledger.pending(&all, &explained), ["b", "d"]);
        // What stands elsewhere by now is tried again.
        let moved = names(&["a2", "b"]);
        let ledger = Ledger::open(&file, &moved).unwrap();
        assert_eq!(ledger.pending(&moved, &explained), ["a2", "b"]);
        fs::remove_dir_all(&folder).unwrap();
    }
}
