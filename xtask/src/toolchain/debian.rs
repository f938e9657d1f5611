//! The fall-back for machines that reach only package mirrors: Debian's Rust, made
//! to hold a wasm32 standard library that is built once from Debian's own sources.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use super::TARGET;
use crate::{
    command::{answer, clean, find_program, run_quietly},
    step::{note, step},
    workspace::Workspace,
};

/// The name under which rustup knows Debian's toolchain.
pub(crate) const NAME: &str = "queuewall-debian";

const PACKAGES: [&str; 5] = [
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "rust-web-llvm",
    "rust-web-clippy",
];

/// Whether this machine has Debian's package tools, and rustup to link with.
pub(crate) fn is_possible() -> bool {
    ["apt-get", "dpkg", "rustup"]
        .iter()
        .all(|tool| find_program(&[tool]).is_some())
}

/// Installs the packages, links the toolchain, builds and places the library.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    install_packages(&PACKAGES)?;
    let rustc = packaged_file("rustc-web", "/bin/rustc")?;
    let prefix = rustc
        .ancestors()
        .nth(2)
        .context("Debian's rustc lies in a bin folder")?;
    // The linker's version follows LLVM's: only the link tells its package's name.
    let linker = packaged_file("rust-web-llvm", "/bin/rust-lld")?;
    if !linker.exists() {
        let target = fs::read_link(&linker)
            .with_context(|| format!("{} is not a link", linker.display()))?;
        let package = target
            .file_name()
            .context("rust-lld links to a file")?
            .to_string_lossy()
            .into_owned();
        install_packages(&[&package])?;
    }
    run_quietly(
        clean("rustup")
            .args(["toolchain", "link", NAME])
            .arg(prefix),
        "rustup refused to link Debian's toolchain",
    )?;
    // Another user, root for one, may have built the library before.
    if super::Toolchain::Named(NAME).has_wasm() {
        return Ok(());
    }
    step(
        "Building the wasm32 standard library from Debian's sources (about a minute)",
        || build_library(workspace, &workspace.tools.join("wasm-library")),
    )
}

/// Installs Debian packages, as root or by a sudo that asks nothing.
pub(crate) fn install_packages(packages: &[&str]) -> Result<()> {
    let missing: Vec<&str> = packages
        .iter()
        .copied()
        .filter(|package| !is_installed(package))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let line = missing.join(" ");
    note(&format!("Debian packages: {line}"));
    let remedy =
        format!("run `sudo apt-get update && sudo apt-get install {line}`, then this again");
    // The lists may be missing or old: the index is brought up to date first.
    run_quietly(&mut apt_get(&["update"]), &remedy)?;
    let mut install = apt_get(&["install", "--yes", "--no-install-recommends"]);
    run_quietly(install.args(&missing), &remedy)?;
    Ok(())
}

fn apt_get(arguments: &[&str]) -> std::process::Command {
    let is_root = answer(clean("id").arg("-u")).as_deref() == Some("0");
    let mut command = if is_root {
        clean("apt-get")
    } else {
        clean("sudo")
    };
    if !is_root {
        command.args(["--non-interactive", "apt-get"]);
    }
    command
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn is_installed(package: &str) -> bool {
    answer(clean("dpkg-query").args(["--show", "--showformat=${db:Status-Status}", package]))
        .as_deref()
        == Some("installed")
}

fn packaged_file(package: &str, ending: &str) -> Result<PathBuf> {
    let listing = run_quietly(
        clean("dpkg").args(["--listfiles", package]),
        "reinstall the package",
    )?;
    match listing.lines().find(|line| line.ends_with(ending)) {
        Some(line) => Ok(PathBuf::from(line)),
        None => bail!(
            "Debian's package {package} holds no {ending}: its layout has changed, please report it"
        ),
    }
}

fn build_library(workspace: &Workspace, seed: &Path) -> Result<()> {
    fs::create_dir_all(seed.join("src"))?;
    fs::write(
        seed.join("Cargo.toml"),
        "[package]\nname = \"seed\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n",
    )?;
    fs::write(seed.join("src/lib.rs"), "")?;
    let built = seed.join("target");
    let mut cargo = clean("cargo");
    cargo
        .current_dir(seed)
        .args([
            "build",
            "--release",
            "--target",
            TARGET,
            "-Z",
            "build-std=std,panic_abort,test",
        ])
        .env("RUSTUP_TOOLCHAIN", NAME)
        // Debian's compiler is a stable one; building its library needs this leave.
        .env("RUSTC_BOOTSTRAP", "1")
        // The page is linked with `lto = "fat"`, which needs the library's bitcode too.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("CARGO_TARGET_DIR", &built);
    run_quietly(
        &mut cargo,
        "the package mirror for crates must be reachable",
    )?;

    let mut rustc = clean("rustc");
    rustc
        .args(["--print", "sysroot"])
        .env("RUSTUP_TOOLCHAIN", NAME);
    let sysroot = answer(&mut rustc).context("the linked toolchain does not answer")?;
    let library = Path::new(&sysroot)
        .join("lib/rustlib")
        .join(TARGET)
        .join("lib");
    fs::create_dir_all(&library).with_context(|| {
        format!(
            "{} cannot be made: run this once as root",
            library.display()
        )
    })?;
    for entry in fs::read_dir(built.join(TARGET).join("release/deps"))?.flatten() {
        let name = entry.file_name();
        let text = name.to_string_lossy();
        if text.ends_with(".rlib") && !text.starts_with("libseed-") {
            fs::copy(entry.path(), library.join(&name)).with_context(|| {
                format!(
                    "{} cannot be written: run this once as root",
                    library.display()
                )
            })?;
        }
    }
    fs::remove_dir_all(seed)
        .with_context(|| format!("{} cannot be removed", workspace.tools.display()))
}
