//! What stands in the configuration's files, as far as it can be compared.

use std::{
    io,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use crate::config::{self, Surroundings};

/// The files by their content: neither a new time of writing nor another place on the
/// disk makes a configuration another one, and an edit within the clock's grain does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Look(Vec<(PathBuf, Seen)>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    /// SHA-256: the content itself may be secret.
    Content([u8; 32]),
    Missing,
    Unreadable(io::ErrorKind),
}

impl Look {
    /// Looks now. `file` is the path of `--config`.
    pub(super) fn at(surroundings: &dyn Surroundings, file: Option<&Path>) -> Self {
        let seen = |path: &Path| match surroundings.read(path) {
            Ok(bytes) => Seen::Content(Sha256::digest(bytes).into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Seen::Missing,
            Err(error) => Seen::Unreadable(error.kind()),
        };
        let paths = config::files(surroundings, file).into_iter();
        let files = paths.map(|path| {
            let seen = seen(&path);
            (path, seen)
        });
        Self(files.collect())
    }

    /// The files that were there in `before` and are missing now.
    pub(super) fn lacks(&self, before: &Self) -> Vec<PathBuf> {
        let was_there = |path: &PathBuf| {
            let mut before = before.0.iter();
            before.any(|(it, seen)| it == path && *seen != Seen::Missing)
        };
        let missing = self.0.iter().filter(|(_, seen)| *seen == Seen::Missing);
        let missing = missing.map(|(path, _)| path).filter(|path| was_there(path));
        missing.cloned().collect()
    }
}
