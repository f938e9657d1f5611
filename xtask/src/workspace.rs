//! Where things lie.

use std::{env, path::PathBuf};

use anyhow::{Context, Result};

/// The project's folders.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The folder of the root Cargo.toml.
    pub(crate) root: PathBuf,
    /// Tools that belong to this project alone; ignored by git.
    pub(crate) tools: PathBuf,
    pub(crate) target: PathBuf,
    /// Cargo's target folder for the page: separate, since the page may be
    /// compiled by another toolchain, and the two would discard each other's work.
    pub(crate) wasm_target: PathBuf,
    /// What Trunk writes before it is finished.
    pub(crate) staging: PathBuf,
    /// The finished page, which the server embeds.
    pub(crate) dist: PathBuf,
}

impl Workspace {
    /// Finds the project by where xtask was compiled.
    pub(crate) fn locate() -> Result<Self> {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask lies inside the workspace")?
            .to_owned();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => env::current_dir()?.join(folder),
            None => root.join("target"),
        };
        Ok(Self {
            tools: root.join(".tools"),
            wasm_target: target.join("wasm"),
            staging: target.join("page"),
            dist: root.join("dist"),
            target,
            root,
        })
    }

    /// A program that the release or debug build of the host wrote.
    pub(crate) fn program(&self, profile: &str, name: &str) -> PathBuf {
        self.target
            .join(profile)
            .join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }
}
