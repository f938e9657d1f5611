//! PostgreSQL for the store's tests, which start a server.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::{command::find_program, step::step, toolchain::debian};

/// Where Debian and Ubuntu put the programs, below a folder for each version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The folder of its programs, which are installed where that is possible.
pub(crate) fn prepare() -> Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    if !debian::is_possible() {
        bail!(
            "the store's tests need PostgreSQL 14 or newer: install it, with initdb, postgres and pg_ctl on PATH"
        );
    }
    step("Installing PostgreSQL", || {
        debian::install_packages(&["postgresql"])
    })?;
    find()
        .context("Debian's postgresql is installed, but its programs are not where they should be")
}

/// The newest that is installed: its programs are not on PATH in Debian.
fn find() -> Option<PathBuf> {
    let versions = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let version = |entry: fs::DirEntry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        Some((version, entry.path().join("bin")))
    };
    let installed = versions
        .filter_map(version)
        .filter(|(_, bin)| bin.join("initdb").exists());
    let newest = installed.max().map(|(_, bin)| bin);
    newest.or_else(|| Some(find_program(&["initdb"])?.parent()?.to_owned()))
}
