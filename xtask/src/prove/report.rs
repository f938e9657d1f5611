//! The report: a section a claim, in the claims' order.

use std::{collections::BTreeMap, fmt, fs, io, path::Path};

use anyhow::{Context, Result};

use super::claims::{CLAIMS, NOT_SHOWN};

const HEAD: &str = "\
# Proof

What Queuewall claims, run again at length by `cargo xtask prove`, which writes this file.
`cargo xtask prove NAME` runs one claim anew: ";

/// What stands where a claim was never run.
const NOT_RUN: &str = "Not run yet.\n";

/// The document.
#[derive(Debug, Default)]
pub(super) struct Report {
    sections: BTreeMap<String, String>,
}

impl Report {
    /// What an earlier run wrote, or an empty one.
    ///
    /// # Errors
    /// When there is a file that cannot be read.
    pub(super) fn read(file: &Path) -> Result<Self> {
        match fs::read_to_string(file) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", file.display())),
        }
    }

    fn parse(text: &str) -> Self {
        let sections = text.split("\n## ").skip(1).filter_map(|section| {
            let (title, body) = section.split_once("\n\n")?;
            Some((title.to_owned(), body.to_owned()))
        });
        Self {
            sections: sections.collect(),
        }
    }

    /// Replaces the section of a claim.
    pub(super) fn put(&mut self, title: &str, body: String) {
        self.sections.insert(title.to_owned(), body);
    }
}

/// With the claims of today alone: a section whose claim is gone goes with it.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = CLAIMS.iter().map(|it| format!("`{}`", it.name)).collect();
        writeln!(f, "{HEAD}{}.", names.join(", "))?;
        for claim in CLAIMS {
            let body = self.sections.get(claim.title).map_or(NOT_RUN, |it| it);
            write!(f, "\n## {}\n\n{}\n", claim.title, body.trim_end())?;
        }
        write!(f, "\n## Not shown here\n\n{NOT_SHOWN}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_that_is_run_alone_leaves_the_others_as_they_were() {
        let mut first = Report::default();
        first.put(CLAIMS[0].title, "about\n\n| a |\n|---|\n| 1 |\n".to_owned());
        first.put(CLAIMS[1].title, "- it holds\n".to_owned());
        let mut second = Report::parse(&first.to_string());
        assert_eq!(second.to_string(), first.to_string());
        second.put(CLAIMS[1].title, "- it still holds\n".to_owned());
        let text = second.to_string();
        assert!(text.contains("about\n\n| a |\n|---|\n| 1 |\n\n## "));
        assert!(text.contains("\n\n- it still holds\n\n## "));
        assert!(!text.contains("- it holds"));
        assert!(text.contains(&format!("## {}\n\n{NOT_RUN}", CLAIMS[2].title)));
        assert!(text.ends_with(NOT_SHOWN));
    }
}
