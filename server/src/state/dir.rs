//! The state folder: private files that the server and the command line share.
//!
//! The folder is made with mode 0700, its files with 0600. A file is read only if it
//! belongs to a trusted user and not everybody may write it, is never opened through a
//! symbolic link, and is replaced as a whole: written to a new file with an unpredictable
//! name, and renamed.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read as _, Write as _},
    path::{Path, PathBuf},
};

use thiserror::Error;

use crate::system_error::{Attempt, remedy};

/// Why a file of the folder, or the folder itself, is not used.
#[derive(Debug, Error)]
pub enum StateError {
    /// The system refuses.
    #[error(
        "{} cannot be {verb} ({error}): {}; or name another folder with QUEUEWALL_STATE_DIR \
         (server.state_dir)", .path.display(), remedy(*.attempt, .error)
    )]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// What was tried, as a participle.
        verb: &'static str,
        /// What was tried, for the remedy.
        attempt: Attempt,
        /// The system's error.
        error: io::Error,
    },
    /// Another user could have written it.
    #[error("{} {problem}: {remedy}", .path.display())]
    Untrusted {
        /// Which file or folder.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
        /// What to do.
        remedy: String,
    },
}

impl StateError {
    /// Whether it stays so until somebody acts: to try again does not help.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        use ErrorKind::{AlreadyExists, NotADirectory, PermissionDenied};
        match self {
            Self::Untrusted { .. } => true,
            Self::Io { error, .. } => {
                [AlreadyExists, NotADirectory, PermissionDenied].contains(&error.kind())
            }
        }
    }

    fn io(path: &Path, verb: &'static str, attempt: Attempt, error: io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            verb,
            attempt,
            error,
        }
    }
}

/// The folder of `QUEUEWALL_STATE_DIR` (`server.state_dir`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateDir {
    folder: PathBuf,
}

impl StateDir {
    /// The folder at this path, which need not exist yet.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// Makes the folder where it is missing, for this user alone, and checks its owner.
    ///
    /// # Errors
    /// When it cannot be made, or belongs to an untrusted user.
    pub fn prepare(&self) -> Result<(), StateError> {
        make_folder(&self.folder)
            .map_err(|error| StateError::io(&self.folder, "made", Attempt::Write, error))?;
        self.check_folder().map(|_| ())
    }

    /// Tries whether the folder could be written or, where it is missing, made. It is left as
    /// it is.
    ///
    /// # Errors
    /// When it could not, or belongs to an untrusted user.
    pub fn try_out(&self) -> Result<(), StateError> {
        let verb = if self.check_folder()? {
            "written"
        } else {
            "made"
        };
        let is_there = |path: &&Path| fs::symlink_metadata(path).is_ok();
        let place = self.folder.ancestors().find(is_there);
        let place = place.unwrap_or(Path::new("."));
        // A file without a name, and where there is no such thing, one for a moment.
        let named = || {
            tempfile::Builder::new().make_in(place, |path| {
                private().write(true).create_new(true).open(path)
            })
        };
        let file = tempfile::tempfile_in(place);
        let file = file.or_else(|_| named().map(tempfile::NamedTempFile::into_file));
        // A full disk is noticed when something is written.
        let tried = file.and_then(|mut file| file.write_all(&[0; 4096]));
        tried.map_err(|error| StateError::io(&self.folder, verb, Attempt::Write, error))
    }

    /// Reads a file; `None` where the file or the folder does not exist.
    ///
    /// # Errors
    /// When it cannot be read, or an untrusted user could have written it.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StateError> {
        let Some(mut file) = self.open_to_read(name)? else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        match file.read_to_end(&mut bytes) {
            Ok(_) => Ok(Some(bytes)),
            Err(error) => Err(self.error(name, "read", Attempt::Read, error)),
        }
    }

    /// Opens a file; `None` where the file or the folder does not exist.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn open_to_read(&self, name: &str) -> Result<Option<File>, StateError> {
        if !self.check_folder()? {
            return Ok(None);
        }
        self.open(name, OpenOptions::new().read(true), Attempt::Read)
    }

    /// Replaces a file, or makes it. Readers see the old content or the new one, never a
    /// part of it; a power cut may bring back the old one.
    ///
    /// # Errors
    /// When it cannot be written; the old content then stays.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StateError> {
        self.replace(name, bytes, false)
    }

    /// [`Self::write`], which returns once the content is on the disk.
    ///
    /// # Errors
    /// When it cannot be written; the old content then stays.
    pub fn write_durably(&self, name: &str, bytes: &[u8]) -> Result<(), StateError> {
        self.replace(name, bytes, true)
    }

    /// Locks a file, which is made where it is missing; waits for other processes that
    /// hold the lock. It is released when the file is closed.
    ///
    /// # Errors
    /// When it cannot be opened or locked, or belongs to an untrusted user.
    pub fn lock(&self, name: &str) -> Result<File, StateError> {
        let file = self.lock_file(name)?;
        match file.lock() {
            Ok(()) => Ok(file),
            Err(error) => Err(self.error(name, "locked", Attempt::Write, error)),
        }
    }

    /// Opens a file to be locked, and makes it where it is missing. Its content is left
    /// as it is.
    ///
    /// # Errors
    /// When it cannot be opened, or belongs to an untrusted user.
    pub fn lock_file(&self, name: &str) -> Result<File, StateError> {
        self.prepare()?;
        let made = private()
            .write(true)
            .create_new(true)
            .open(self.folder.join(name));
        let failed = |error| self.error(name, "made", Attempt::Write, error);
        match made {
            // Only what was just made is given away.
            Ok(file) => match give_to_owner_of(&self.folder, &file) {
                Ok(()) => Ok(file),
                Err(error) => Err(failed(error)),
            },
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let found = self.open(name, OpenOptions::new().write(true), Attempt::Write)?;
                found.ok_or_else(|| failed(ErrorKind::NotFound.into()))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Gives a file another name.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn rename(&self, name: &str, to: &str) -> Result<(), StateError> {
        let renamed = fs::rename(self.folder.join(name), self.folder.join(to))
            .and_then(|()| sync_folder(&self.folder));
        renamed.map_err(|error| self.error(name, "renamed", Attempt::Write, error))
    }

    /// What an administrator should know of the folder and of these files, though they
    /// are used: who else may change them.
    #[must_use]
    pub fn warnings(&self, names: &[&str]) -> Vec<String> {
        let files = names.iter().map(|name| self.folder.join(name));
        let found = std::iter::once(self.folder.clone()).chain(files);
        let found = found.filter_map(|path| Some((fs::metadata(&path).ok()?, path)));
        found
            .filter_map(|(found, path)| warning(&path, &found))
            .collect()
    }

    /// Whether the folder exists.
    ///
    /// # Errors
    /// When it belongs to an untrusted user, or the system does not say.
    pub(crate) fn check_folder(&self) -> Result<bool, StateError> {
        // A symbolic link may lead to the folder: then both have an owner.
        let found = fs::symlink_metadata(&self.folder)
            .and_then(|link| Ok((link, fs::metadata(&self.folder)?)));
        match found {
            Ok((link, folder)) => {
                check_owner(&self.folder, &link, None)?;
                check_owner(&self.folder, &folder, None)?;
                Ok(true)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(StateError::io(&self.folder, "read", Attempt::Read, error)),
        }
    }

    /// Opens an existing file that may be trusted; `None` where there is none.
    fn open(
        &self,
        name: &str,
        options: &mut OpenOptions,
        attempt: Attempt,
    ) -> Result<Option<File>, StateError> {
        let path = self.folder.join(name);
        let opened = without_links(options).open(&path);
        let is_link = || fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink());
        let file = match opened {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(_) if is_link() => {
                return Err(StateError::Untrusted {
                    path,
                    problem: "is a symbolic link".to_owned(),
                    remedy: "put the file itself there, or remove the link".to_owned(),
                });
            }
            Err(error) => return Err(StateError::io(&path, "opened", attempt, error)),
        };
        let found = file
            .metadata()
            .map_err(|error| StateError::io(&path, "read", attempt, error))?;
        if !found.is_file() {
            return Err(StateError::Untrusted {
                path,
                problem: "is not a regular file".to_owned(),
                remedy: "remove it".to_owned(),
            });
        }
        check_owner(&path, &found, fs::metadata(&self.folder).ok().as_ref())?;
        check_mode(&path, &found)?;
        Ok(Some(file))
    }

    fn replace(&self, name: &str, bytes: &[u8], durably: bool) -> Result<(), StateError> {
        self.prepare()?;
        let written = || {
            let mut beside = tempfile::Builder::new()
                .prefix(&format!(".{name}."))
                .make_in(&self.folder, |path| {
                    private().write(true).create_new(true).open(path)
                })?;
            give_to_owner_of(&self.folder, beside.as_file())?;
            // Not through `beside`, which adds its random path to errors: the log would
            // take each for a new one.
            beside.as_file_mut().write_all(bytes)?;
            if durably {
                beside.as_file().sync_all()?;
            }
            (beside.persist(self.folder.join(name))).map_err(|failed| failed.error)?;
            if durably {
                sync_folder(&self.folder)
            } else {
                Ok(())
            }
        };
        written().map_err(|error: io::Error| self.error(name, "written", Attempt::Write, error))
    }

    fn error(
        &self,
        name: &str,
        verb: &'static str,
        attempt: Attempt,
        error: io::Error,
    ) -> StateError {
        StateError::io(&self.folder.join(name), verb, attempt, error)
    }
}

#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix::*;

#[cfg(not(unix))]
mod elsewhere {
    use super::*;

    pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)
    }

    pub(super) fn private() -> OpenOptions {
        OpenOptions::new()
    }

    pub(super) fn without_links(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub(super) fn check_owner(
        _path: &Path,
        _found: &fs::Metadata,
        _folder: Option<&fs::Metadata>,
    ) -> Result<(), StateError> {
        Ok(())
    }

    pub(super) fn check_mode(_path: &Path, _found: &fs::Metadata) -> Result<(), StateError> {
        Ok(())
    }

    pub(super) fn warning(_path: &Path, _found: &fs::Metadata) -> Option<String> {
        None
    }

    pub(super) fn give_to_owner_of(_folder: &Path, _file: &File) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn sync_folder(_folder: &Path) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(not(unix))]
use elsewhere::*;

#[cfg(test)]
mod tests;
