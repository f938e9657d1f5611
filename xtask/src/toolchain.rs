//! A Rust toolchain that can compile the page: the active one with the wasm32
//! standard library added by rustup, or, on machines that reach only a package
//! mirror, Debian's.

pub(crate) mod debian;

use std::{path::Path, process::Command, time::Duration};

use anyhow::{Result, bail};

use crate::{
    command::{answer, clean, succeeds_within},
    step::{note, step},
    workspace::Workspace,
};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// rustup retries for minutes where its server cannot be reached.
const RUSTUP_LIMIT: Duration = Duration::from_secs(240);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The one that compiled xtask.
    Active,
    /// One that rustup knows by this name.
    Named(&'static str),
}

impl Toolchain {
    /// Makes `command` use it.
    pub(crate) fn apply<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        match self {
            Self::Active => command,
            Self::Named(name) => command.env("RUSTUP_TOOLCHAIN", name),
        }
    }

    /// Whether its standard library for wasm32 is in place.
    fn has_wasm(&self) -> bool {
        let mut rustc = clean("rustc");
        rustc.args(["--print", "target-libdir", "--target", TARGET]);
        answer(self.apply(&mut rustc)).is_some_and(|folder| holds_core(Path::new(&folder)))
    }
}

/// Finds or installs a toolchain for the page.
pub(crate) fn for_wasm(workspace: &Workspace) -> Result<Toolchain> {
    let found = [Toolchain::Active, Toolchain::Named(debian::NAME)]
        .into_iter()
        .find(Toolchain::has_wasm);
    if let Some(toolchain) = found {
        return Ok(toolchain);
    }
    step("Adding Rust's wasm32 standard library", || {
        let mut rustup = clean("rustup");
        rustup
            .args(["target", "add", TARGET])
            .env("RUSTUP_MAX_RETRIES", "0");
        if succeeds_within(&mut rustup, RUSTUP_LIMIT) && Toolchain::Active.has_wasm() {
            return Ok(Toolchain::Active);
        }
        note("rustup could not fetch it; trying Debian's packages");
        if !debian::is_possible() {
            bail!(
                "the wasm32 standard library is missing: run `rustup target add {TARGET}` with internet, or use \
                 Debian or Ubuntu, where `cargo xtask` can take it from the distribution's packages"
            );
        }
        debian::install(workspace)?;
        let toolchain = Toolchain::Named(debian::NAME);
        if !toolchain.has_wasm() {
            bail!(
                "Debian's toolchain was set up, but does not find its wasm32 library: remove it with \
                   `rustup toolchain uninstall {}` and run this again",
                debian::NAME
            );
        }
        Ok(toolchain)
    })
}

fn holds_core(folder: &Path) -> bool {
    let Ok(entries) = folder.read_dir() else {
        return false;
    };
    entries
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-"))
}
