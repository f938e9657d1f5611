//! The page's build tools, Trunk, wasm-bindgen, wasm-opt and esbuild: each of the version
//! this project was built with, in the project's own `.tools` folder.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{
    command::{answer, clean, path_with, run_quietly},
    step::step,
    toolchain::{self, Toolchain},
    workspace::Workspace,
};

/// The newest that Rust 1.95 compiles.
const TRUNK: &str = "0.21.14";
const BINARYEN: &str = "132.0.0";
const ESBUILD: &str = "0.28.2";
/// Checks what people who do not see the wall as others do can make of it.
const AXE: &str = "4.14.0";
/// What the page's bytes depend on, beside its sources.
pub(crate) const PAGE_VERSIONS: [&str; 3] = [TRUNK, BINARYEN, ESBUILD];

/// Everything that builds the page.
#[derive(Debug)]
pub(crate) struct PageTools {
    toolchain: Toolchain,
    folders: Vec<PathBuf>,
    wasm_target: PathBuf,
    root: PathBuf,
}

impl PageTools {
    /// A command in the project's root that finds the tools and the toolchain.
    pub(crate) fn command(&self, program: &str) -> Result<Command> {
        let program = self
            .locate(program)
            .unwrap_or_else(|| PathBuf::from(program));
        let mut command = clean(program);
        self.toolchain
            .apply(&mut command)
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.wasm_target)
            .env("PATH", path_with(&self.folders)?);
        Ok(command)
    }

    /// Where a tool lies, if it is one of ours.
    pub(crate) fn locate(&self, program: &str) -> Option<PathBuf> {
        let endings = if cfg!(windows) {
            &[".exe", ".cmd"][..]
        } else {
            &[""][..]
        };
        self.folders
            .iter()
            .flat_map(|folder| {
                endings
                    .iter()
                    .map(move |ending| folder.join(format!("{program}{ending}")))
            })
            .find(|file| file.exists())
    }
}

/// Finds or installs all that the page's build needs.
pub(crate) fn for_page(workspace: &Workspace) -> Result<PageTools> {
    fs::create_dir_all(&workspace.tools)?;
    let tools = PageTools {
        toolchain: toolchain::for_wasm(workspace)?,
        folders: vec![
            workspace.tools.join("bin"),
            workspace.tools.join("node_modules/.bin"),
        ],
        wasm_target: workspace.wasm_target.clone(),
        root: workspace.root.clone(),
    };
    node_tools(workspace)?;
    let bindgen = locked_version(workspace, "wasm-bindgen")?;
    // Without --locked: its lock file names releases that a mirror may not have yet.
    cargo_tool(
        workspace,
        tools.locate("wasm-bindgen"),
        "wasm-bindgen-cli",
        &bindgen,
        &[],
    )?;
    let lean = ["--locked", "--no-default-features", "--features", "rustls"];
    cargo_tool(workspace, tools.locate("trunk"), "trunk", TRUNK, &lean)?;
    Ok(tools)
}

/// Finds or installs wasm-opt, esbuild and axe-core.
fn node_tools(workspace: &Workspace) -> Result<()> {
    let packages = [
        ("binaryen", BINARYEN),
        ("esbuild", ESBUILD),
        ("axe-core", AXE),
    ];
    let is_there = |(name, version): &(&str, &str)| {
        let manifest = node_modules(workspace).join(name).join("package.json");
        fs::read_to_string(manifest)
            .is_ok_and(|text| text.contains(&format!("\"version\": \"{version}\"")))
    };
    if packages.iter().all(is_there) {
        return Ok(());
    }
    step("Installing wasm-opt, esbuild and axe-core from npm", || {
        let mut npm = clean(if cfg!(windows) { "npm.cmd" } else { "npm" });
        npm.args(["install", "--no-save", "--no-package-lock"])
            .args(["--no-audit", "--no-fund", "--prefix"])
            .arg(&workspace.tools)
            .args(packages.map(|(name, version)| format!("{name}@{version}")));
        let remedy =
            "Node.js with npm is needed (https://nodejs.org), and a reachable npm registry";
        run_quietly(&mut npm, remedy).map(drop)
    })
}

fn node_modules(workspace: &Workspace) -> PathBuf {
    workspace.tools.join("node_modules")
}

/// axe-core's script, which the browser tests run in the page.
pub(crate) fn axe(workspace: &Workspace) -> PathBuf {
    node_modules(workspace).join("axe-core/axe.min.js")
}

/// Installs a package unless its program is there, and of this version.
fn cargo_tool(
    workspace: &Workspace,
    program: Option<PathBuf>,
    package: &str,
    version: &str,
    options: &[&str],
) -> Result<()> {
    let installed = program.and_then(|file| answer(clean(file).arg("--version")));
    if installed.is_some_and(|text| text.split_whitespace().any(|word| word == version)) {
        return Ok(());
    }
    step(
        &format!("Compiling {package} {version} (once, some minutes)"),
        || {
            let build = workspace.tools.join("build");
            let mut cargo = clean("cargo");
            cargo
                .args([
                    "install",
                    package,
                    "--version",
                    version,
                    "--debug",
                    "--force",
                ])
                .args(options)
                .arg("--root")
                .arg(&workspace.tools)
                // A debug build takes a third of the time and runs fast enough.
                .env("CARGO_PROFILE_DEV_DEBUG", "0")
                .env("CARGO_TARGET_DIR", &build);
            run_quietly(
                &mut cargo,
                "crates.io or a mirror of it must be reachable, and a C compiler installed",
            )?;
            fs::remove_dir_all(&build).context("the tools' build folder cannot be removed")
        },
    )
}

fn locked_version(workspace: &Workspace, package: &str) -> Result<String> {
    let lock = fs::read_to_string(workspace.root.join("Cargo.lock"))
        .context("Cargo.lock cannot be read")?;
    let mut lines = lock.lines();
    lines
        .find(|line| *line == format!("name = \"{package}\""))
        .and_then(|_| lines.next())
        .and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'))
        .map(str::to_owned)
        .with_context(|| format!("Cargo.lock does not name {package}"))
}
