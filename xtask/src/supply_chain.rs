//! What others wrote: under which licences it becomes part of the server and the page
//! (`docs/licences.md`), and whether all of it may (`deny.toml`).

use std::{collections::BTreeMap, fmt::Write as _, fs, process::Command, time::Duration};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{
    command::{cargo, find_program, run, run_quietly, succeeds_within},
    step::{note, step},
    toolchain,
    workspace::Workspace,
};

const LIST: &str = "docs/licences.md";
/// The server as it is deployed; other systems need a few crates more to be spoken to.
const SERVERS_TARGET: &str = "x86_64-unknown-linux-gnu";
const FETCH: Duration = Duration::from_secs(60);

/// Name and version.
type Crate = (String, String);

/// Writes the list of licences anew.
pub(crate) fn write_licences(workspace: &Workspace) -> Result<()> {
    let list = licences(workspace)?;
    fs::write(workspace.root.join(LIST), list).with_context(|| format!("writing {LIST}"))
}

/// That the list of licences is up to date, and, where cargo-deny is installed, that it
/// has nothing to say.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    step("Checking the list of licences", || {
        let is = fs::read_to_string(workspace.root.join(LIST)).unwrap_or_default();
        let is_current = is.replace("\r\n", "\n") == licences(workspace)?;
        ensure!(
            is_current,
            "{LIST} is out of date: run `cargo xtask licences`"
        );
        Ok(())
    })?;
    step(
        "Checking licences, bans and sources of dependencies",
        || {
            if find_program(&["cargo-deny"]).is_none() {
                note("left out: `cargo install cargo-deny --locked` installs what it takes");
                return Ok(());
            }
            run(
                &mut deny(workspace, "--log-level error check licenses bans sources"),
                "deny.toml says what may be used: choose another crate, or give a reason there",
            )?;
            if !succeeds_within(&mut deny(workspace, "--log-level off fetch db"), FETCH) {
                note(
                    "advisories were left out: their database, on GitHub, cannot be had from here",
                );
                return Ok(());
            }
            run(
                &mut deny(workspace, "--log-level error check advisories"),
                "update the crate that is named above, or give a reason in deny.toml",
            )
        },
    )
}

fn licences(workspace: &Workspace) -> Result<String> {
    let server = crates(workspace, "queuewall", SERVERS_TARGET)?;
    let page = crates(workspace, "queuewall-frontend", toolchain::TARGET)?;
    let mut list = format!(
        "# Licences of what others wrote\n\n\
         <!-- Written by `cargo xtask licences`; `cargo xtask test` fails when it is out of date. -->\n\n\
         Queuewall itself is under [MIT](../LICENSE-MIT) or [Apache-2.0](../LICENSE-APACHE). What \
         follows is part of the server's binary ({} crates, on Linux) or of the page that it \
         carries ({} crates), as `cargo tree` has it; what only builds or tests them is not. The \
         texts of these licences are in each crate's package on crates.io.\n\n\
         ## Not crates\n\n\
         | what | where | licence |\n|---|---|---|\n",
        server.len(),
        page.len()
    );
    for font in fonts(workspace)? {
        writeln!(
            list,
            "| `style/{font}` | page | OFL-1.1, [style/INTER-LICENSE](../style/INTER-LICENSE) |"
        )?;
    }
    list += "| Rust's standard library | server, page | MIT OR Apache-2.0 |\n\
             | JavaScript that wasm-bindgen writes | page | MIT OR Apache-2.0 |\n\
             | `style/icon.svg`, and the marks in the page | page | Queuewall's own |\n\n\
             ## Crates\n\n\
             | crate | version | where | licence |\n|---|---|---|---|\n";
    let mut all = server.clone();
    all.extend(page.clone());
    for (of, licence) in &all {
        let place = match (server.contains_key(of), page.contains_key(of)) {
            (true, true) => "server, page",
            (true, false) => "server",
            _ => "page",
        };
        let (name, version) = of;
        writeln!(list, "| {name} | {version} | {place} | {licence} |")?;
    }
    Ok(list)
}

/// The licences of everything from elsewhere that is linked into a package.
fn crates(workspace: &Workspace, package: &str, target: &str) -> Result<BTreeMap<Crate, String>> {
    let mut tree = cargo(workspace);
    tree.args(["tree", "--locked", "--package", package, "--target", target]);
    tree.args(["--edges", "normal,no-proc-macro", "--prefix", "none"]);
    tree.args(["--format", "{p}|{l}"]);
    let tree = run_quietly(&mut tree, "check Cargo.lock")?;
    parse(&tree)
}

/// Lines as `name v1.2.3|MIT`, some with a ` (*)`: they stood there before. Our own have
/// their folder behind the version.
fn parse(tree: &str) -> Result<BTreeMap<Crate, String>> {
    let mut crates = BTreeMap::new();
    for line in tree.lines() {
        let line = line.trim_end_matches(" (*)");
        let (package, licence) = line.rsplit_once('|').context("no licence in a line")?;
        let mut words = package.split(' ');
        let (Some(name), Some(version)) = (words.next(), words.next()) else {
            bail!("no crate: {line:?}");
        };
        if words.next().is_some() {
            continue;
        }
        ensure!(
            !licence.is_empty(),
            "{name} names no licence: look into its package"
        );
        let version = version.trim_start_matches('v').to_owned();
        crates.insert((name.to_owned(), version), spdx(licence));
    }
    Ok(crates)
}

/// As SPDX writes it; older crates have a slash for the choice.
fn spdx(licence: &str) -> String {
    let parts: Vec<_> = licence.split('/').map(str::trim).collect();
    parts.join(" OR ")
}

/// The fonts' files. Each has to be one whose licence is known.
fn fonts(workspace: &Workspace) -> Result<Vec<String>> {
    let mut fonts = Vec::new();
    for entry in fs::read_dir(workspace.root.join("style"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".woff2") {
            ensure!(
                name.starts_with("inter-"),
                "{name}: say here under which licence it is"
            );
            fonts.push(name);
        }
    }
    fonts.sort();
    Ok(fonts)
}

fn deny(workspace: &Workspace, arguments: &str) -> Command {
    let mut deny = cargo(workspace);
    deny.arg("deny").args(arguments.split(' '));
    deny
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_read_without_our_own_crates_and_each_crate_once() {
        let tree = "queuewall v0.1.0 (/home/ann/queuewall/server)|MIT OR Apache-2.0\n\
                    a v1.0.0|MIT/Apache-2.0\n\
                    b-sys v0.2.0+3|Apache-2.0 AND ISC\n\
                    a v1.0.0|MIT/Apache-2.0 (*)\n\
                    a v2.0.0|Zlib\n";
        let crates: Vec<_> = parse(tree).unwrap().into_iter().collect();
        let crate_of = |name: &str, version: &str| (name.to_owned(), version.to_owned());
        assert_eq!(
            crates,
            [
                (crate_of("a", "1.0.0"), "MIT OR Apache-2.0".to_owned()),
                (crate_of("a", "2.0.0"), "Zlib".to_owned()),
                (
                    crate_of("b-sys", "0.2.0+3"),
                    "Apache-2.0 AND ISC".to_owned()
                ),
            ]
        );
        assert!(parse("a v1.0.0|").is_err() && parse("a v1.0.0").is_err());
    }
}
