//! One server a state folder: two would spend the request budget twice as fast as either
//! plans, and overwrite each other's files.

use std::{
    fs::{File, TryLockError},
    io::Write as _,
    time::Duration,
};

use thiserror::Error;
use tracing::warn;

use crate::state::StateDir;

const FILE: &str = "server.lock";

/// How long a command holds the lock at most, to see whether a server does.
const A_LOOK: Duration = Duration::from_millis(20);

/// Held while a server runs: the lock file and the folder itself, since a full or read-only
/// disk may let no file be made. The system releases it when the process ends, however it
/// does.
#[derive(Debug)]
pub struct ServerLock(
    #[expect(dead_code, reason = "the lock lives as long as the files are open")] Vec<File>,
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
        // The file first, which makes the folder.
        let opened = [
            dir.lock_file(FILE).map_err(|error| error.to_string()),
            File::open(dir.path()).map_err(|error| error.to_string()),
        ];
        let (mut held, mut problems) = (Vec::new(), Vec::new());
        for opened in opened {
            let locked = opened.map(|file| (try_lock(&file), file));
            match locked {
                Ok((Ok(()), file)) => held.push(file),
                Ok((Err(TryLockError::WouldBlock), _)) => {
                    return Err(InUse {
                        folder: dir.path().display().to_string(),
                        pid: pid_of_server(dir).flatten(),
                    });
                }
                Ok((Err(TryLockError::Error(error)), _)) => problems.push(format!(
                    "{} cannot be locked ({error})",
                    dir.path().join(FILE).display()
                )),
                Err(problem) => problems.push(problem),
            }
        }
        let Some(file) = held.first_mut() else {
            let problem = problems.swap_remove(0);
            warn!("a second server on the state folder would not be noticed: {problem}");
            return Ok(None);
        };
        // The number is for people; the lock holds without it. Where an earlier one stood, a
        // full disk has room for it.
        let pid = format!("{:<10}", std::process::id());
        let written = file.write_all(pid.as_bytes());
        let _ = file.set_len(written.map_or(0, |()| pid.len() as u64));
        Ok(Some(Self(held)))
    }
}

/// The server that runs on the folder, in words; `None` where there is none, or where this
/// process may not find out.
pub(crate) fn server_on(dir: &StateDir) -> Option<String> {
    let pid = pid_of_server(dir)?;
    Some(format!(
        "the server{}",
        pid.map(process).unwrap_or_default()
    ))
}

/// Whether a server runs on the folder, and its process where that is known.
fn pid_of_server(dir: &StateDir) -> Option<Option<u32>> {
    let is_locked = |file: File| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
    // What is written in a file that nobody holds is left over.
    if (dir.open_to_read(FILE).ok().flatten()).is_some_and(is_locked) {
        return Some(read_pid(dir));
    }
    File::open(dir.path()).is_ok_and(is_locked).then_some(None)
}

/// Tries twice: a command that looks for a server holds the lock for an instant.
fn try_lock(file: &File) -> Result<(), TryLockError> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            std::thread::sleep(A_LOOK);
            file.try_lock()
        }
        locked => locked,
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
    fn folder_is_locked_where_no_file_can_be() {
        let folder = tempfile::tempdir().unwrap();
        let dir = StateDir::new(folder.path().to_owned());
        // Stands in for a file on a read-only disk.
        std::fs::create_dir(folder.path().join(FILE)).unwrap();
        assert_eq!(server_on(&dir), None);
        let first = ServerLock::take(&dir).unwrap().unwrap();
        assert_eq!(server_on(&dir).unwrap(), "the server");
        assert_eq!(ServerLock::take(&dir).unwrap_err().pid, None);
        drop(first);
        assert!(ServerLock::take(&dir).unwrap().is_some());
    }

    #[test]
    fn server_is_found_while_it_runs_and_looks_do_not_stop_it() {
        let folder = tempfile::tempdir().unwrap();
        let dir = StateDir::new(folder.path().to_owned());
        dir.write(FILE, b"4294967295").unwrap();
        assert_eq!(server_on(&dir), None, "left over");
        let lock = ServerLock::take(&dir).unwrap();
        let id = std::process::id();
        assert_eq!(
            server_on(&dir).unwrap(),
            format!("the server (process {id})")
        );
        drop(lock);
        let looks = File::open(folder.path()).unwrap();
        looks.lock_shared().unwrap();
        let server = std::thread::spawn(move || ServerLock::take(&dir));
        std::thread::sleep(A_LOOK / 4);
        drop(looks);
        assert!(server.join().unwrap().unwrap().is_some());
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
