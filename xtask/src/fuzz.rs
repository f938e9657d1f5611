//! `fuzz`: runs the targets of `fuzz/`, guided by coverage, and says in a table what came
//! of it. What holds of any input lies in the crates that are tested, in modules named
//! `fuzzing`; `test` runs the same over the committed corpus and random changes of it.

use std::{
    ffi::OsString,
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{
    command::{clean, path_with, run},
    step::step,
    tools,
    workspace::Workspace,
};

/// How long a target runs unless the command says otherwise, in seconds.
const SECONDS: u32 = 60;

/// The longest input that is tried, in bytes: whole answers fit, and it stays fast.
const LONGEST_INPUT: u32 = 4_096;

/// Where the table is written to, besides being printed.
const REPORT: &str = "QUEUEWALL_REPORT";

/// Runs every target, or those that are named, for so many seconds each.
pub(crate) fn fuzz(workspace: &Workspace, mut arguments: Vec<String>) -> Result<()> {
    let seconds = match arguments.first().map(|first| first.parse()) {
        Some(Ok(seconds)) => {
            arguments.remove(0);
            seconds
        }
        _ => SECONDS,
    };
    let fuzzing = Fuzzing::prepare(workspace)?;
    let targets = fuzzing.targets(&arguments)?;
    step("Compiling the targets", || {
        run(
            &mut fuzzing.command("build"),
            "see the compiler's message; a C++ compiler is needed too",
        )
    })?;
    let mut table = format!(
        "| target, {seconds} s each | runs | edges | features | inputs kept | committed | failures |\n\
         |---|---|---|---|---|---|---|\n"
    );
    let mut failed = Vec::new();
    for target in targets {
        let outcome = step(&format!("Fuzzing {target}"), || {
            fuzzing.run(&target, seconds)
        })?;
        table.push_str(&outcome.row(&target));
        if outcome.has_failed {
            failed.push(target);
        }
    }
    println!("\n{table}");
    if let Some(report) = std::env::var_os(REPORT) {
        fs::write(&report, &table).context("the report cannot be written")?;
    }
    if !failed.is_empty() {
        bail!(
            "{} failed: mend it, and keep what is in fuzz/artifacts/ as a file of fuzz/corpus/",
            failed.join(", ")
        );
    }
    Ok(())
}

/// Where things are, and cargo-fuzz ready to run.
struct Fuzzing {
    /// `fuzz/`.
    folder: PathBuf,
    /// Compiled programs, and what was found.
    target: PathBuf,
    path: OsString,
}

impl Fuzzing {
    fn prepare(workspace: &Workspace) -> Result<Self> {
        let tools = tools::cargo_fuzz(workspace)?;
        Ok(Self {
            folder: workspace.root.join("fuzz"),
            target: workspace.target.join("fuzz"),
            path: path_with(&[tools])?,
        })
    }

    /// All targets, or those that are named.
    fn targets(&self, named: &[String]) -> Result<Vec<String>> {
        let entries = fs::read_dir(self.folder.join("fuzz_targets"))?;
        let mut all = Vec::new();
        for entry in entries {
            let file = entry?.path();
            all.extend(file.file_stem().map(|it| it.to_string_lossy().into_owned()));
        }
        all.sort();
        if let Some(unknown) = named.iter().find(|name| !all.contains(name)) {
            bail!(
                "there is no target {unknown:?}; there are {}",
                all.join(", ")
            );
        }
        all.retain(|target| named.is_empty() || named.contains(target));
        Ok(all)
    }

    /// A command of cargo-fuzz. Coverage and sanitizer are a nightly compiler's flags,
    /// which the stable one takes where it is told that this is no product.
    fn command(&self, command: &str) -> Command {
        let mut cargo = clean("cargo");
        cargo
            .args(["fuzz", command])
            .current_dir(&self.folder)
            .env("PATH", &self.path)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("RUSTC_BOOTSTRAP", "1");
        cargo
    }

    fn run(&self, target: &str, seconds: u32) -> Result<Outcome> {
        // What is found goes into the first folder; it is kept from run to run.
        let found = self.target.join("found").join(target);
        fs::create_dir_all(&found)?;
        let committed = self.folder.join("corpus").join(target);
        let mut command = self.command("run");
        command.arg(target).args([&found, &committed]).arg("--");
        command
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-max_len={LONGEST_INPUT}"))
            // An input that takes so long, in seconds, would hold up a poll.
            .arg("-timeout=5");
        let words = self.folder.join(format!("dictionaries/{target}.dict"));
        if words.exists() {
            command.arg(format!("-dict={}", words.display()));
        }
        let output = command.stdin(Stdio::null()).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            eprintln!("{said}");
        }
        let figures = Figures::in_words(&said).with_context(|| format!("{target} never ran"))?;
        Ok(Outcome {
            figures,
            committed: fs::read_dir(committed)?.count(),
            has_failed: !output.status.success(),
        })
    }
}

/// What came of a target.
struct Outcome {
    figures: Figures,
    committed: usize,
    has_failed: bool,
}

impl Outcome {
    fn row(&self, target: &str) -> String {
        let Figures {
            runs,
            edges,
            features,
            kept,
        } = self.figures;
        let (committed, failures) = (self.committed, u8::from(self.has_failed));
        format!(
            "| {target} | {runs} | {edges} | {features} | {kept} | {committed} | {failures} |\n"
        )
    }
}

/// What libFuzzer counts: `#123 DONE cov: 45 ft: 67 corp: 8/90b …`.
#[derive(Debug, PartialEq, Eq)]
struct Figures {
    runs: u64,
    edges: u64,
    features: u64,
    kept: u64,
}

impl Figures {
    /// In the last line that has them.
    fn in_words(said: &str) -> Option<Self> {
        said.lines().rev().find_map(|line| {
            let mut words = line.strip_prefix('#')?.split_whitespace();
            let runs = words.next()?.parse().ok()?;
            let words: Vec<_> = words.collect();
            let after = |name| {
                let place = words.iter().position(|word| *word == name)?;
                words.get(place + 1)?.split('/').next()?.parse().ok()
            };
            Some(Self {
                runs,
                edges: after("cov:")?,
                features: after("ft:")?,
                kept: after("corp:")?,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_last_line_that_has_them() {
        let said = "INFO: Seed: 1\n#2\tINITED cov: 1 ft: 2 corp: 1/1b exec/s: 0 rss: 40Mb\n\
                    #512\tDONE   cov: 45 ft: 67 corp: 8/90Kb lim: 4096 exec/s: 256 rss: 50Mb\n\
                    Done 512 runs in 2 second(s)\n";
        let figures = Figures {
            runs: 512,
            edges: 45,
            features: 67,
            kept: 8,
        };
        assert_eq!(Figures::in_words(said), Some(figures));
        assert_eq!(Figures::in_words("error: could not compile\n"), None);
    }
}
