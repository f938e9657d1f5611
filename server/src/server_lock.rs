//! One server a state folder: two would spend the request budget twice as fast as either
//! plans, and overwrite each other's files.

use std::{
    fs::{File, TryLockError},
    io::Write as _,
};

use thiserror::Error;
use tracing::warn;

use crate::state_dir::StateDir;

const FILE: &str = "server.lock";

/// Held while a server runs. The system releases it when the process ends, however it
/// does.
#[derive(Debug)]
pub struct ServerLock(
    #[expect(dead_code, reason = "the lock lives as long as the file is open")] File,
);

/// Another server runs on the folder.
#[derive(Debug, PartialEq, Eq, Error)]
#[error(
    "another queuewall server{} uses the state folder {folder}: end that one first, or give this one its own folder \
     with QUEUEWALL_STATE_DIR (server.state_dir)",
    .pid.map(process).unwrap_or_default()
)]
pub struct InUse {
    folder: String,
    pid: Option<u32>,
}

impl ServerLock {
    /// Takes the folder for this process. `None`, and a warning, where it cannot be
    /// locked: a server on a disk that cannot be written to still serves.
    ///
    /// # Errors
    /// When another server runs on it.
    pub fn take(dir: &StateDir) -> Result<Option<Self>, InUse> {
        let mut file = match dir.lock_file(FILE) {
            Ok(file) => file,
            Err(error) => {
                warn!("a second server on the state folder would not be noticed: {error}");
                return Ok(None);
            }
        };
        match file.try_lock() {
            Ok(()) => {
                // The number is for people; the lock holds without it.
                let _ = file.set_len(0);
                let _ = write!(file, "{}", std::process::id());
                Ok(Some(Self(file)))
            }
            Err(TryLockError::WouldBlock) => Err(InUse {
                folder: dir.path().display().to_string(),
                pid: read_pid(dir),
            }),
            Err(TryLockError::Error(error)) => {
                warn!(
                    "a second server on the state folder would not be noticed: {} cannot be locked ({error})",
                    dir.path().join(FILE).display()
                );
                Ok(None)
            }
        }
    }
}

/// 1 is the first process of a container, and none that its reader finds.
fn process(pid: u32) -> String {
    match pid {
        1 => " (in a container)".to_owned(),
        _ => format!(" (process {pid})"),
    }
}

fn read_pid(dir: &StateDir) -> Option<u32> {
    let bytes = dir.read(FILE).ok()??;
    std::str::from_utf8(&bytes).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_server_on_a_state_folder_is_refused_with_the_pid() {
        let folder = tempfile::tempdir().unwrap();
        let dir = StateDir::new(folder.path().join("state"));
        let first = ServerLock::take(&dir).unwrap().unwrap();
        let error = ServerLock::take(&dir).unwrap_err();
        assert_eq!(error.pid, Some(std::process::id()));
        let words = error.to_string();
        assert!(
            words.contains(&format!("(process {})", std::process::id())),
            "{words}"
        );
        assert!(words.contains("QUEUEWALL_STATE_DIR"), "{words}");
        drop(first);
        assert!(ServerLock::take(&dir).unwrap().is_some());
    }

    #[test]
    fn file_left_by_a_killed_server_locks_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let dir = StateDir::new(folder.path().to_owned());
        dir.write(FILE, b"1").unwrap();
        let lock = ServerLock::take(&dir).unwrap();
        assert!(lock.is_some());
        let id = std::process::id();
        assert_eq!(
            read_pid(&dir),
            Some(id),
            "a shorter number is left over of none"
        );
    }

    #[test]
    fn folder_that_cannot_be_locked_does_not_stop_the_server() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let dir = StateDir::new(file.join("state"));
        assert!(ServerLock::take(&dir).unwrap().is_none());
    }
}
