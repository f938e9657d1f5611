//! `prove`: what the project claims, run again at length, and written down in
//! `docs/proof.md` with every figure. The short forms are part of `test`.
//!
//! # Layout
//! - [`claims`]: what is claimed, and what puts each claim to the test
//! - [`report`]: the document, in which a claim that is run alone replaces its section

mod claims;
mod report;

use std::{fs, path::Path, process::Command, thread};

use anyhow::{Context, Result, bail};
use claims::{CLAIMS, Claim, Figures};
use report::Report;

use crate::{
    browsers::{self, Browsers, Choice},
    command::{answer, cargo, run_quietly},
    page,
    step::step,
    tools,
    workspace::Workspace,
};

/// Runs every claim, or those that are named, and writes each into the report once it
/// held. A claim that fails ends it: its section then stays as it was.
pub(crate) fn prove(workspace: &Workspace, names: &[String]) -> Result<()> {
    let claims = chosen(names)?;
    let browsers = browsers::prepare(workspace, Choice::All)?;
    page::build(workspace, &tools::for_page(workspace)?)?;
    for program in ["debug", "release"] {
        if claims.iter().any(|claim| claim.program == program) {
            compile_server(workspace, program)?;
        }
    }
    let folder = workspace.target.join("proof");
    fs::create_dir_all(&folder)?;
    let file = workspace.root.join("docs/proof.md");
    let run_on = run_on(&browsers);
    for claim in claims {
        let figures = step(claim.title, || claim.prove(workspace, &browsers, &folder))?;
        let mut report = Report::read(&file)?;
        let Claim { title, about, .. } = claim;
        let command = claim.command_line();
        report.put(
            title,
            format!("{about}\n\n`{command}`\n\n{run_on}\n\n{figures}"),
        );
        fs::write(&file, report.to_string())
            .with_context(|| format!("{} cannot be written", file.display()))?;
    }
    Ok(())
}

fn chosen(names: &[String]) -> Result<Vec<&'static Claim>> {
    let is_unknown = |name: &&String| CLAIMS.iter().all(|claim| claim.name != **name);
    if let Some(unknown) = names.iter().find(is_unknown) {
        let all: Vec<_> = CLAIMS.iter().map(|claim| claim.name).collect();
        bail!(
            "there is no claim {unknown:?}; there are {}",
            all.join(", ")
        );
    }
    let is_meant = |claim: &&Claim| names.is_empty() || names.iter().any(|name| name == claim.name);
    Ok(CLAIMS.iter().filter(is_meant).collect())
}

fn compile_server(workspace: &Workspace, profile: &str) -> Result<()> {
    let mut build = cargo(workspace);
    build.args(["build", "--package", "queuewall"]);
    if profile == "release" {
        build.arg("--release");
    }
    step(&format!("Compiling the server ({profile})"), || {
        run_quietly(&mut build, "see the compiler's message").map(drop)
    })
}

impl Claim {
    fn prove(&self, workspace: &Workspace, browsers: &Browsers, folder: &Path) -> Result<String> {
        let report = folder.join("report.md");
        let _ = fs::remove_file(&report);
        let mut command = cargo(workspace);
        command
            .args(self.run)
            .envs(self.variables.iter().copied())
            .env("QUEUEWALL_REPORT", &report)
            .env("QUEUEWALL_AXE", tools::axe(workspace)?)
            .env(
                "QUEUEWALL_PROGRAM",
                workspace.program(self.program, "queuewall"),
            );
        browsers.tell(&mut command)?;
        let said = run_quietly(&mut command, "the claim does not hold: see above")?;
        Ok(match self.figures {
            Figures::Report => fs::read_to_string(&report)
                .with_context(|| format!("{} wrote no report", self.title))?,
            Figures::Printed => table_in(&said),
            Figures::Tests => passed_in(&said),
        })
    }

    fn command_line(&self) -> String {
        let variables = self.variables.iter();
        let variables: String = variables
            .map(|(name, value)| format!("{name}={value} "))
            .collect();
        format!("{variables}cargo {}", self.run.join(" "))
    }
}

/// What was run, when and on what: a claim that is run alone may be newer than its neighbour.
fn run_on(browsers: &Browsers) -> String {
    let said = |program: &str, arguments: &[&str]| {
        answer(Command::new(program).args(arguments)).unwrap_or_else(|| "unknown".to_owned())
    };
    let mut engines = vec![said(&browsers.chromium.to_string_lossy(), &["--version"])];
    for engine in &browsers.old_engines {
        let major = engine.file_name().unwrap_or_default();
        engines.push(format!("Chromium {}", major.to_string_lossy()));
    }
    if let Some(firefox) = &browsers.firefox {
        engines.push(said(&firefox.to_string_lossy(), &["--version"]));
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    format!(
        "Commit {}, {}; {}; {cores} cores; {}.",
        said("git", &["describe", "--always", "--dirty"]),
        said("date", &["-u", "+%Y-%m-%d"]),
        said("rustc", &["--version"]),
        engines.join(", ")
    )
}

/// The first Markdown table in what a program printed.
fn table_in(said: &str) -> String {
    let lines = said.lines().skip_while(|line| !line.starts_with('|'));
    let table = lines.take_while(|line| line.starts_with('|'));
    table.map(|line| format!("{line}\n")).collect()
}

/// The tests that passed, by their sentences, and how many were left out.
fn passed_in(said: &str) -> String {
    let mut names: Vec<String> = said
        .lines()
        .filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... ok"))
        .map(|name| name.rsplit("::").next().unwrap_or(name).replace('_', " "))
        .collect();
    names.sort();
    names.dedup();
    names.iter().map(|name| format!("- {name}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_in_what_programs_print() {
        let said = "warming up\n\n| what | figure |\n|---|---|\n| a | 1 |\n\n| other |\n";
        assert_eq!(table_in(said), "| what | figure |\n|---|---|\n| a | 1 |\n");
        let said = "running 2 tests\ntest a::tests::it_holds ... ok\ntest it_fails ... FAILED\n";
        assert_eq!(passed_in(said), "- it holds\n");
    }
}
