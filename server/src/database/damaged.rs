//! Moving a damaged SQLite file aside.

use std::{
    io,
    path::{Path, PathBuf},
};

/// What SQLite has beside its file. They go before it: a new file must not find the log of
/// another one.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// Moves SQLite's files to a free name; which one.
pub(super) fn move_aside(file: &Path) -> io::Result<PathBuf> {
    let free = |number: &u32| {
        let aside = suffixed(file, &format!(".damaged-{number}"));
        (!aside.exists()).then_some(aside)
    };
    let aside = (1..).find_map(|number| free(&number));
    let aside = aside.ok_or(io::ErrorKind::AlreadyExists)?;
    for suffix in BESIDE.into_iter().chain([""]) {
        match std::fs::rename(suffixed(file, suffix), suffixed(&aside, suffix)) {
            Err(error) if suffix.is_empty() || error.kind() != io::ErrorKind::NotFound => {
                return Err(error);
            }
            _ => {}
        }
    }
    Ok(aside)
}

pub(super) fn suffixed(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
