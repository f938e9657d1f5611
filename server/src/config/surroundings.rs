//! What the configuration is read from, handed in: so tests set no variable of
//! the process and write no file.

#[cfg(any(test, fuzzing))]
pub(super) mod pretended;

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
};

/// The variables and files that a configuration may name.
pub trait Surroundings: Send + Sync {
    /// Every environment variable.
    fn variables(&self) -> Vec<(OsString, OsString)>;

    /// A file's content; relative paths are meant from the working folder.
    ///
    /// # Errors
    /// As [`std::fs::read`].
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Whether a group or everybody may read the file. False where the system has
    /// no such notion, and where the file cannot be looked at.
    fn others_can_read(&self, path: &Path) -> bool;
}

/// The process's own variables, and the machine's files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Machine;

impl Surroundings for Machine {
    fn variables(&self) -> Vec<(OsString, OsString)> {
        std::env::vars_os().collect()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    #[cfg(unix)]
    fn others_can_read(&self, path: &Path) -> bool {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o044 != 0)
    }

    #[cfg(not(unix))]
    fn others_can_read(&self, _path: &Path) -> bool {
        false
    }
}

/// Joins a path from a configuration file onto that file's folder.
pub(super) fn beside(file: &Path, path: &str) -> PathBuf {
    file.parent()
        .map_or_else(|| PathBuf::from(path), |folder| folder.join(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_file_open_to_others_is_noticed() {
        use std::os::unix::fs::PermissionsExt as _;
        let file = tempfile::NamedTempFile::new().unwrap();
        for (mode, open) in [(0o600, false), (0o640, true), (0o604, true)] {
            std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(Machine.others_can_read(file.path()), open, "{mode:o}");
        }
    }
}
