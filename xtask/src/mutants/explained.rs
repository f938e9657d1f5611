//! The mutants that no test can notice, and why: the lists in `docs/mutation.md`.

use std::{fs, path::Path};

use anyhow::{Context, Result};

/// Names of mutants without their lines, which move; one stands for one mutant.
#[derive(Debug)]
pub(super) struct Explained {
    names: Vec<String>,
}

impl Explained {
    pub(super) fn read(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file)
            .with_context(|| format!("{} cannot be read", file.display()))?;
        Ok(Self::in_text(&text))
    }

    /// Lines of the form "- `NAME`: why", with several names where the reason is one, and
    /// "(twice)" or the like written out as the name again.
    pub(super) fn in_text(text: &str) -> Self {
        let mut names = Vec::new();
        for line in text.lines() {
            let mut rest = line.strip_prefix("- `");
            while let Some((name, after)) = rest.and_then(|rest| rest.split_once('`')) {
                names.push(name.to_owned());
                rest = after.strip_prefix(", `");
            }
        }
        Self { names }
    }

    /// Those of `mutants` that nobody has explained.
    pub(super) fn without<'m>(&self, mutants: Vec<&'m str>) -> Vec<&'m str> {
        let mut left: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let mut is_unexplained = |mutant: &&str| {
            let name = without_place(mutant);
            let at = left.iter().position(|explained| *explained == name);
            at.map(|at| left.swap_remove(at)).is_none()
        };
        let mut mutants = mutants;
        mutants.retain(|mutant| is_unexplained(mutant));
        mutants
    }
}

/// `file.rs:12:3: replace …` is `file.rs: replace …`.
fn without_place(mutant: &str) -> String {
    let Some((place, what)) = mutant.split_once(": ") else {
        return mutant.to_owned();
    };
    let file = place.split(':').next().unwrap_or(place);
    format!("{file}: {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_stands_for_one_mutant_wherever_it_moves() {
        let text = "# Title\n\n- `a.rs: replace < with <= in f`, `b.rs: delete ! in g`: why `not`.\n- a word\n";
        let explained = Explained::in_text(text);
        let missed = vec![
            "a.rs:1:2: replace < with <= in f",
            "a.rs:9:2: replace < with <= in f",
            "b.rs:7:1: delete ! in g",
            "c.rs:1:1: delete - in h",
        ];
        assert_eq!(
            explained.without(missed),
            [
                "a.rs:9:2: replace < with <= in f",
                "c.rs:1:1: delete - in h"
            ]
        );
    }
}
