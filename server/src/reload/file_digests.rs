//! The content of the configuration's files, as digests to compare.

use std::{
    io,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use crate::config::{self, Env};

/// A digest of each file's content. A new modification time or inode is no change; an edit
/// within the clock's resolution is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileDigests(Vec<(PathBuf, Seen)>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    /// SHA-256: the content itself may be secret.
    Content {
        digest: [u8; 32],
        /// Whether anything but blank lines and comments is in it.
        sets_something: bool,
    },
    Missing,
    Unreadable(io::ErrorKind),
}

impl FileDigests {
    /// Reads the files. `file` is the path of `--config`.
    pub(super) fn at(env: &dyn Env, file: Option<&Path>) -> Self {
        let seen = |path: &Path| match env.read(path) {
            Ok(bytes) => Seen::Content {
                sets_something: sets_something(&bytes),
                digest: Sha256::digest(bytes).into(),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Seen::Missing,
            Err(error) => Seen::Unreadable(error.kind()),
        };
        let paths = config::files(env, file).into_iter();
        let files = paths.map(|path| {
            let seen = seen(&path);
            (path, seen)
        });
        Self(files.collect())
    }

    /// The files that set something in `before` and set nothing now.
    pub(super) fn emptied_since(&self, before: &Self) -> Vec<PathBuf> {
        let is_empty = |seen: &Seen| {
            matches!(
                seen,
                Seen::Content {
                    sets_something: false,
                    ..
                }
            )
        };
        let set_something = |path: &PathBuf| {
            let mut before = before.0.iter();
            before.any(|(it, seen)| {
                it == path
                    && matches!(
                        seen,
                        Seen::Content {
                            sets_something: true,
                            ..
                        }
                    )
            })
        };
        let empty = self.0.iter().filter(|(_, seen)| is_empty(seen));
        let empty = empty
            .map(|(path, _)| path)
            .filter(|path| set_something(path));
        empty.cloned().collect()
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

/// Whether anything is set: by more than blank lines, comments, headers of tables, and the
/// NULs of a file that was not written to its end.
fn sets_something(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let is_blank = |byte: &u8| *byte == 0 || byte.is_ascii_whitespace();
    let mut lines = text.split(|byte| matches!(byte, b'\n' | b'\r'));
    lines.any(|line| {
        let first = line.iter().find(|byte| !is_blank(byte));
        first.is_some_and(|first| !matches!(first, b'#' | b'['))
    })
}
