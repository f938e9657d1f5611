//! `prove`: what the project claims, run again at length, and written down in
//! `docs/proof.md` with every figure. The short forms are part of `test`.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result};

use crate::{
    browsers::{self, Browsers},
    command::{answer, cargo, run_quietly},
    page,
    step::step,
    tools,
    workspace::Workspace,
};

/// A claim, and how it is put to the test.
struct Claim {
    title: &'static str,
    /// What is done, and what must come of it.
    about: &'static str,
    /// Arguments for Cargo.
    run: &'static [&'static str],
    /// What makes it long.
    variables: &'static [(&'static str, &'static str)],
    figures: Figures,
}

/// Where the figures come from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Figures {
    /// A table that the program writes where `QUEUEWALL_REPORT` says.
    Report,
    /// A table that it prints.
    Printed,
    /// The names of the tests that passed.
    Tests,
}

const CLAIMS: [Claim; 5] = [
    Claim {
        title: "Faults",
        about: "Every fault in both dialects, against the real server over real sockets: no panic, no number \
                that the tenant did not give, the right state and words within a poll, and fresh again within \
                one interval and 5 s of the later of the fault's end and the retry that was announced. Then \
                five random sequences in each dialect, and a hundred ends of a token without a lost poll.",
        run: &["test", "--package", "queuewall", "--test", "faults"],
        variables: &[
            ("QUEUEWALL_FAULT_RUNS", "5"),
            ("QUEUEWALL_TOKEN_LIVES", "100"),
        ],
        figures: Figures::Report,
    },
    Claim {
        title: "The budget",
        about: "A thousand random schedules under paused time, with crashes and restarts: never more requests \
                than the budget in any sliding minute, none before a `Retry-After` has passed.",
        run: &["test", "--package", "queuewall", "--lib", "budget::"],
        variables: &[("QUEUEWALL_CASES", "1000")],
        figures: Figures::Tests,
    },
    Claim {
        title: "Two thousand screens",
        about: "A thousand times a server is away, refusing or silent, for up to 15 minutes: afterwards its \
                busiest second has at most 1.5 times the mean, and every screen is live within 15 s.",
        run: &[
            "test",
            "--release",
            "--package",
            "queuewall-shared",
            "--test",
            "herd",
        ],
        variables: &[("QUEUEWALL_CASES", "1000")],
        figures: Figures::Tests,
    },
    Claim {
        title: "It comes back by itself",
        about: "Each loss twenty times in stepped time in today's Chromium: live again within 15 s.",
        run: &["test", "--package", "queuewall-e2e", "--test", "recovery"],
        variables: &[("QUEUEWALL_TRIALS", "20")],
        figures: Figures::Report,
    },
    Claim {
        title: "A week on the wall",
        about: "The page through 120,960 polls in stepped time, with nights, outages and a lost server; then \
                the leaks that are planted to be found.",
        run: &[
            "run",
            "--release",
            "--package",
            "queuewall-e2e",
            "--bin",
            "bench",
            "--",
            "soak",
        ],
        variables: &[],
        figures: Figures::Printed,
    },
];

/// What this report does not show.
const NOT_SHOWN: &str = "\
- The wall in each engine: that is `cargo xtask test`, every time.
- Real time: ten minutes without a network and a sleep of the machine are stepped, not waited for.
- Upstream calls with 2,000 clients beside 1, and the p99 of 2,000 clients on their poll.
- A server's own soak over millions of polls and connections.
- Fuzzing guided by coverage, and mutation of the sources.
- Any real TV, and any real tenant of CXone.
";

/// Runs every claim, and writes the report. A claim that fails ends it: nothing is written
/// then.
pub(crate) fn prove(workspace: &Workspace) -> Result<()> {
    let browsers = browsers::prepare(workspace)?;
    page::build(workspace, &tools::for_page(workspace)?)?;
    let program = ["build", "--package", "queuewall"];
    step("Compiling the server", || {
        run_quietly(cargo(workspace).args(program), "see the compiler's message").map(drop)
    })?;
    let folder = workspace.target.join("proof");
    fs::create_dir_all(&folder)?;
    let mut report = head(&browsers);
    for claim in &CLAIMS {
        let figures = step(claim.title, || claim.prove(workspace, &browsers, &folder))?;
        report.push_str(&format!(
            "\n## {}\n\n{}\n\n`{}`\n\n{figures}",
            claim.title,
            claim.about,
            claim.command_line()
        ));
    }
    report.push_str(&format!("\n## Not shown here\n\n{NOT_SHOWN}"));
    let file = workspace.root.join("docs/proof.md");
    fs::write(&file, report).with_context(|| format!("{} cannot be written", file.display()))
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
            .env("QUEUEWALL_PROGRAM", workspace.program("debug", "queuewall"));
        browsers.tell(&mut command);
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

fn head(browsers: &Browsers) -> String {
    let said = |program: &str, arguments: &[&str]| {
        answer(Command::new(program).args(arguments)).unwrap_or_else(|| "unknown".to_owned())
    };
    let mut engines = vec![said(&browsers.chromium.to_string_lossy(), &["--version"])];
    if browsers.old_engines.is_some() {
        engines.push("Chromium 66, 80 and 88".to_owned());
    }
    if let Some(firefox) = &browsers.firefox {
        engines.push(said(&firefox.to_string_lossy(), &["--version"]));
    }
    format!(
        "# Proof\n\nWhat Queuewall claims, run by `cargo xtask prove`, which writes this file. Commit {}, \
         {}, {}; {}.\n",
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
