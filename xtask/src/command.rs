//! Other programs: found, run, limited in time, and explained when they fail.

use std::{
    env,
    ffi::OsStr,
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

/// Cargo in the project's root, without what `cargo run` told xtask about itself.
pub(crate) fn cargo(workspace: &Workspace) -> Command {
    let mut command = clean("cargo");
    command
        .current_dir(&workspace.root)
        .env("CARGO_TARGET_DIR", &workspace.target);
    command
}

/// A program with the environment that xtask was started from.
///
/// `cargo run` adds variables on xtask's own package, and on where its toolchain's
/// libraries are: handed on, they mislead another toolchain's compiler.
pub(crate) fn clean(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "CARGO"
        {
            command.env_remove(&name);
        }
    }
    if let Some(libraries) = env::var_os("LD_LIBRARY_PATH") {
        let own: Vec<PathBuf> = env::split_paths(&libraries)
            .filter(|folder| !is_cargos_library_folder(folder))
            .collect();
        match env::join_paths(own) {
            Ok(own) if !own.is_empty() => command.env("LD_LIBRARY_PATH", own),
            _ => command.env_remove("LD_LIBRARY_PATH"),
        };
    }
    command
}

fn is_cargos_library_folder(folder: &std::path::Path) -> bool {
    folder
        .components()
        .any(|part| part.as_os_str() == ".rustup" || part.as_os_str() == "toolchains")
        || folder.join(".fingerprint").exists()
        || folder
            .parent()
            .is_some_and(|above| above.join(".fingerprint").exists())
}

/// Runs to the end, output shown; `remedy` is what to do when it fails.
pub(crate) fn run(command: &mut Command, remedy: &str) -> Result<()> {
    let name = describe(command);
    let status = command
        .status()
        .with_context(|| format!("`{name}` could not be started: {remedy}"))?;
    if !status.success() {
        bail!("`{name}` failed ({status}): {remedy}");
    }
    Ok(())
}

/// Runs to the end and shows what it printed only when it fails.
pub(crate) fn run_quietly(command: &mut Command, remedy: &str) -> Result<String> {
    let name = describe(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("`{name}` could not be started: {remedy}"))?;
    if !output.status.success() {
        eprintln!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        bail!("`{name}` failed ({}): {remedy}", output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs for at most `limit`; whether it succeeded in that time.
pub(crate) fn succeeds_within(command: &mut Command, limit: Duration) -> bool {
    let Ok(mut child) = command.stdin(Stdio::null()).spawn() else {
        return false;
    };
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if start.elapsed() < limit => thread::sleep(Duration::from_millis(50)),
            _ => {
                // It may have ended by itself since: then there is nothing to end.
                let _ = child.kill();
                let _ = child.wait();
                return false;
            }
        }
    }
}

/// What a program prints, trimmed; `None` when it is missing or fails.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The first of `names` that PATH holds.
pub(crate) fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    names
        .iter()
        .flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(name)))
        .map(|file| {
            if cfg!(windows) {
                file.with_extension("exe")
            } else {
                file
            }
        })
        .find(|file| file.is_file())
}

/// `folders` in front of this process's PATH.
pub(crate) fn path_with(folders: &[PathBuf]) -> Result<std::ffi::OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(env::split_paths(&path));
    env::join_paths(all).context("a folder's name holds PATH's separator")
}

fn describe(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let name = program
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned();
    command.get_args().fold(name, |line, argument| {
        format!("{line} {}", argument.to_string_lossy())
    })
}
