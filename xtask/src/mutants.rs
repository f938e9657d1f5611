//! `mutants`: whether some test notices when the code is wrong. cargo-mutants plants one
//! fault after the other; a fault that no test notices is missed, and has to be explained
//! in `docs/mutation.md` or met with a test.
//!
//! # Layout
//! - [`part`]: what of the sources is mutated, and by which tests it is judged
//! - [`ledger`]: what came of each mutant, kept from run to run
//! - [`explained`]: the mutants that no test can notice, and why
//! - [`table`]: the figures

mod explained;
mod ledger;
mod part;
mod table;

use std::{
    collections::BTreeSet,
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use explained::Explained;
use ledger::{Ledger, Outcome};
use part::Part;

use crate::{
    command::{cargo, path_with},
    step::step,
    tools,
    workspace::Workspace,
};

/// Runs what was not run yet, or was missed, of all parts or of the one that is named, and
/// fails when a mutant is missed that nobody has explained.
///
/// What came of each mutant is kept in `target/mutants/`: a run that is ended goes on where
/// it was, and a mutant that was missed is tried again.
pub(crate) fn mutants(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let (parts, shard) = part::chosen(arguments)?;
    let path = path_with(&[tools::cargo_mutants(workspace)?])?;
    let explained = Explained::read(&workspace.root.join("docs/mutation.md"))?;
    let mut rows = Vec::new();
    let mut unexplained = Vec::new();
    for part in parts {
        let run = Run::of(workspace, part, &path)?;
        let all = run.list()?;
        let mut ledger = Ledger::open(&run.ledger_file(), &all)?;
        // What an earlier run had done when it was ended.
        ledger.absorb(&run.folder)?;
        let pending = ledger.pending(shard.of(&all), &explained);
        if !pending.is_empty() {
            let title = format!(
                "{} of {} mutants of {}",
                pending.len(),
                all.len(),
                part.name
            );
            step(&title, || run.test(&pending))?;
            ledger.absorb(&run.folder)?;
        }
        ledger.write(&run.ledger_file())?;
        let missed = explained.without(ledger.with(Some(Outcome::Missed)));
        rows.push(table::row(part.name, &ledger, missed.len()));
        unexplained.extend(missed.into_iter().map(str::to_owned));
    }
    let table = format!("{}{}", table::HEAD, rows.concat());
    println!("{table}");
    if let Some(report) = env::var_os("QUEUEWALL_REPORT") {
        fs::write(&report, &table)
            .with_context(|| format!("{} cannot be written", Path::new(&report).display()))?;
    }
    if !unexplained.is_empty() {
        bail!(
            "no test noticed these: write one, or say in docs/mutation.md why none can\n{}",
            unexplained.join("\n")
        );
    }
    Ok(())
}

/// One part, on this machine.
struct Run<'w> {
    workspace: &'w Workspace,
    part: &'static Part,
    /// Where programs are found.
    path: &'w OsStr,
    /// Where cargo-mutants writes what it does.
    folder: PathBuf,
}

impl<'w> Run<'w> {
    fn of(workspace: &'w Workspace, part: &'static Part, path: &'w OsStr) -> Result<Self> {
        let folder = workspace.target.join("mutants").join(part.name);
        fs::create_dir_all(&folder).context("the folder of the outcomes cannot be made")?;
        Ok(Self {
            workspace,
            part,
            path,
            folder,
        })
    }

    fn ledger_file(&self) -> PathBuf {
        self.folder.with_extension("tsv")
    }

    /// Every mutant of this part, by file, line and what is changed.
    fn list(&self) -> Result<Vec<String>> {
        let output = self
            .command(self.part.files.iter().copied())?
            .arg("--list")
            .output()?;
        if !output.status.success() {
            bail!(
                "cargo-mutants lists nothing: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        let said = String::from_utf8(output.stdout).context("a mutant's name")?;
        Ok(said.lines().map(str::to_owned).collect())
    }

    /// Tries these mutants and no others.
    fn test(&self, mutants: &[&str]) -> Result<()> {
        // cargo-mutants 27.1 deletes fields whatever name is asked for: at least those of other
        // files are left alone.
        let files: BTreeSet<&str> = mutants.iter().copied().map(file_of).collect();
        let mut command = self.command(files)?;
        for mutant in mutants {
            command.arg("--re").arg(exactly(mutant));
        }
        command.arg("--output").arg(&self.folder);
        command.arg("--").args(self.part.tests);
        // Its own copy of the sources is compiled where the next run finds what others wrote.
        command.env(
            "CARGO_TARGET_DIR",
            self.workspace.target.join("mutants/build"),
        );
        let status = command.status()?;
        // 2: some were missed, 3: some did not end.
        match status.code() {
            Some(0 | 2 | 3) => Ok(()),
            _ => bail!("cargo-mutants ended with {status}: what it had done until then is kept"),
        }
    }

    /// Over these files, or the whole package where there are none.
    fn command<'f>(&self, files: impl IntoIterator<Item = &'f str>) -> Result<Command> {
        let mut command = cargo(self.workspace);
        command.env("PATH", self.path).args([
            "mutants",
            "--colors",
            "never",
            "--package",
            self.part.package,
        ]);
        for file in files {
            command.args(["--file", file]);
        }
        for target in self.part.targets {
            command.arg("--cargo-arg").arg(target);
        }
        Ok(command)
    }
}

/// Where a mutant is: its name begins so, before line and column.
fn file_of(name: &str) -> &str {
    name.split_once(':').map_or(name, |(file, _)| file)
}

/// A regular expression that matches this name alone.
fn exactly(name: &str) -> String {
    let mut pattern = String::from("^");
    for letter in name.chars() {
        if r"\.+*?()|[]{}^$#&-~".contains(letter) {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('$');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_matched_literally() {
        assert_eq!(
            exactly("a.rs:1:2: replace + with * in f -> [u8; 2]"),
            r"^a\.rs:1:2: replace \+ with \* in f \-> \[u8; 2\]$"
        );
    }
}
