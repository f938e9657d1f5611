//! Dependencies: the list of their licences, and what `deny.toml` says about them.

use std::{collections::BTreeSet, fs, process::Command, time::Duration};

use anyhow::{Result, ensure};

use crate::{
    command::{cargo, find_program, run, run_quietly, succeeds_within},
    step::{note, step},
    toolchain,
    workspace::Workspace,
};

/// Its first lines of prose are in `docs/licences.md`, with the command that writes it.
const LIST: &str = "docs/licences.txt";
/// What is deployed: the server on Linux, and the page.
const SHIPPED: [(&str, &str); 2] = [
    ("queuewall", "x86_64-unknown-linux-gnu"),
    ("queuewall-frontend", toolchain::TARGET),
];
const FETCH: Duration = Duration::from_secs(60);

/// Checks that the list of licences is up to date and, where it is installed, runs cargo-deny.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    step("Checking the list of licences", || {
        let list = fs::read_to_string(workspace.root.join(LIST)).unwrap_or_default();
        ensure!(
            list.lines().eq(crates(workspace)?),
            "{LIST} is out of date: docs/licences.md has the command that writes it"
        );
        Ok(())
    })?;
    step("Checking dependencies with cargo-deny", || {
        if find_program(&["cargo-deny"]).is_none() {
            note("skipped: `cargo install cargo-deny --locked` installs it");
            return Ok(());
        }
        let remedy =
            "deny.toml says what may be used: choose another crate, or give a reason there";
        run(&mut deny(workspace, "check licenses bans sources"), remedy)?;
        if !succeeds_within(&mut deny(workspace, "fetch db"), FETCH) {
            note("advisories skipped: their database on GitHub cannot be reached");
            return Ok(());
        }
        run(&mut deny(workspace, "check advisories"), remedy)
    })
}

/// Name, version and licence of each crate that is linked into what is shipped, sorted.
fn crates(workspace: &Workspace) -> Result<BTreeSet<String>> {
    let mut crates = BTreeSet::new();
    for (package, target) in SHIPPED {
        let mut tree = cargo(workspace);
        tree.args(["tree", "--locked", "--package", package, "--target", target]);
        tree.args(["--edges", "normal,no-proc-macro", "--prefix", "none"]);
        tree.args(["--format", "{p} | {l}"]);
        let tree = run_quietly(&mut tree, "check Cargo.lock")?;
        crates.extend(parse(&tree)?.map(str::to_owned));
    }
    Ok(crates)
}

/// Lines without those of the workspace's own crates, which name their folder.
fn parse(tree: &str) -> Result<impl Iterator<Item = &str>> {
    let lines = tree.lines().map(|line| line.trim_end_matches(" (*)"));
    let others = lines.filter(|line| !line.contains(" (/") && !line.contains(":\\"));
    for line in others.clone() {
        ensure!(!line.ends_with("| "), "{line} names no licence");
    }
    Ok(others)
}

fn deny(workspace: &Workspace, arguments: &str) -> Command {
    let mut deny = cargo(workspace);
    deny.args(["deny", "--log-level", "error"]);
    deny.args(arguments.split(' '));
    deny
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tree_leaves_out_own_crates_and_refuses_a_missing_licence() {
        let tree =
            "queuewall v0.1.0 (/home/ann/server) | MIT\na v1.0.0 | MIT/ISC (*)\nb v2.0.0 | ISC\n";
        let crates: Vec<_> = parse(tree).unwrap().collect();
        assert_eq!(crates, ["a v1.0.0 | MIT/ISC", "b v2.0.0 | ISC"]);
        assert!(parse("a v1.0.0 | ").is_err());
    }
}
