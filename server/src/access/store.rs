//! What is kept in the state folder: the links, the waiting screens, and the id in the
//! cookies' names. A file is always whole.

use std::{fs::File, io, io::Write as _, path::PathBuf};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use thiserror::Error;

use super::{Link, PendingScreen, code};
use crate::state::{Stamp, StateDir, StateError};

const LINKS: &str = "access.json";
const SCREENS: &str = "screens.json";
/// Held while somebody changes the links. Not empty once there were some.
const LOCK: &str = "access.lock";
const COOKIE_ID: &str = "cookie-id";
/// What this program writes, and all that it reads.
const VERSION: u32 = 1;

/// Why the folder is of no use.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A file's content is not what this program writes.
    #[error(
        "{} is damaged ({what}): restore it from a backup; or, to end all links, move it and \
         access.lock away and make new ones with `queuewall links add`", .path.display()
    )]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The links' file existed, and does not any more.
    #[error(
        "{} was removed: restore it from a backup; or, to end all links, remove access.lock too \
         and make new ones with `queuewall links add`", .path.display()
    )]
    Gone {
        /// Which file.
        path: PathBuf,
    },
    /// A file cannot be read or written, or may not be trusted.
    #[error(transparent)]
    State(#[from] StateError),
    /// There are no random numbers.
    #[error(transparent)]
    Random(#[from] io::Error),
}

impl StoreError {
    /// Whether it stays so until somebody acts: starting again does not help.
    pub fn is_lasting(&self) -> bool {
        use io::ErrorKind::{NotADirectory, PermissionDenied};
        match self {
            Self::Damaged { .. } | Self::Gone { .. } => true,
            Self::State(StateError::Untrusted { .. }) => true,
            Self::State(StateError::Io { error, .. }) => {
                [NotADirectory, PermissionDenied].contains(&error.kind())
            }
            Self::Random(_) => false,
        }
    }
}

/// The shared files: `access.json` with the links, which the command line writes (and the
/// server only to note a revocation), and `screens.json` with the waiting screens, which
/// the server writes.
#[derive(Clone, Debug)]
pub struct Store {
    state: StateDir,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LinksFile {
    version: u32,
    links: Vec<Link>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScreensFile {
    version: u32,
    screens: Vec<PendingScreen>,
}

impl Store {
    /// The store in `folder`, which need not be there yet.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self {
            state: StateDir::new(folder),
        }
    }

    /// The folder.
    pub fn state_dir(&self) -> &StateDir {
        &self.state
    }

    /// Makes the folder where it is missing, for this user alone.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn prepare(&self) -> Result<(), StoreError> {
        Ok(self.state.prepare()?)
    }

    /// The links; none where none were made yet.
    ///
    /// # Errors
    /// When the file is damaged, was removed or cannot be read.
    pub fn links(&self) -> Result<Vec<Link>, StoreError> {
        let file: Option<LinksFile> = self.read(LINKS)?;
        let Some(file) = file else {
            if self.had_links() {
                return Err(self.gone());
            }
            return Ok(Vec::new());
        };
        self.check_version(LINKS, file.version)?;
        Ok(file.links)
    }

    /// That the links' file was removed.
    pub(super) fn gone(&self) -> StoreError {
        StoreError::Gone {
            path: self.state.path().join(LINKS),
        }
    }

    /// Changes the links, one at a time however many ask. What `change` refuses is not
    /// written.
    ///
    /// # Errors
    /// What `change` answers, or when the file is damaged, which is then left as it is,
    /// or cannot be written.
    pub fn change<T, E: From<StoreError>>(
        &self,
        change: impl FnOnce(&mut Vec<Link>) -> Result<T, E>,
    ) -> Result<T, E> {
        // Released when it is closed.
        let lock = self.lock()?;
        let mut links = self.links()?;
        let done = change(&mut links)?;
        let version = VERSION;
        self.write(LINKS, &LinksFile { version, links })?;
        // Where this fails, a removed file is taken for one that never was.
        let _ = mark(&lock);
        Ok(done)
    }

    /// The waiting screens, as the server last wrote them.
    ///
    /// # Errors
    /// When the file is damaged or cannot be read.
    pub fn screens(&self) -> Result<Vec<PendingScreen>, StoreError> {
        let file: Option<ScreensFile> = self.read(SCREENS)?;
        let Some(file) = file else {
            return Ok(Vec::new());
        };
        self.check_version(SCREENS, file.version)?;
        Ok(file.screens)
    }

    /// Writes the waiting screens: for the server alone.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_screens(&self, screens: &[PendingScreen]) -> Result<(), StoreError> {
        let file = ScreensFile {
            version: VERSION,
            screens: screens.to_vec(),
        };
        self.write(SCREENS, &file)
    }

    /// The id in the cookies' names; `None` where there is none yet.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn cookie_id(&self) -> Result<Option<String>, StoreError> {
        let bytes = self.state.read(COOKIE_ID)?;
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let id = text.map(|text| text.trim().to_owned());
        Ok(id.filter(|id| is_cookie_id(id)))
    }

    /// Makes an id for the cookies' names.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn make_cookie_id(&self) -> Result<String, StoreError> {
        let id = code::generate()?.to_ascii_lowercase();
        self.state
            .write_durably(COOKIE_ID, format!("{id}\n").as_bytes())?;
        Ok(id)
    }

    /// What an administrator should know of the folder, though it is used.
    pub(crate) fn warnings(&self) -> Vec<String> {
        self.state.warnings(&[LINKS, SCREENS, LOCK, COOKIE_ID])
    }

    /// Which content the links' file has now.
    pub(super) fn stamp(&self) -> io::Result<Stamp> {
        self.state.stamp(LINKS)
    }

    /// Notes that there are links, which 0.1.0 did not.
    pub(super) fn mark_links(&self) -> Result<(), StoreError> {
        if !self.had_links() {
            let _ = mark(&self.lock()?);
        }
        Ok(())
    }

    fn had_links(&self) -> bool {
        let marked = self.state.stamp(LOCK);
        marked.is_ok_and(|stamp| stamp.is_some_and(|(_, length, _)| length > 0))
    }

    fn lock(&self) -> Result<File, StoreError> {
        Ok(self.state.lock(LOCK)?)
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, StoreError> {
        let Some(bytes) = self.state.read(name)? else {
            return Ok(None);
        };
        // An editor of Windows writes the mark.
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        // The error names a place and a type, and never what stands there.
        serde_json::from_slice(bytes).map(Some).map_err(|error| {
            let path = self.state.path().join(name);
            let what = format!("line {}, column {}", error.line(), error.column());
            StoreError::Damaged { path, what }
        })
    }

    fn check_version(&self, name: &str, version: u32) -> Result<(), StoreError> {
        if version == VERSION {
            return Ok(());
        }
        Err(StoreError::Damaged {
            path: self.state.path().join(name),
            what: format!("its version is {version}, and this program knows {VERSION}"),
        })
    }

    fn write<T: Serialize>(&self, name: &str, content: &T) -> Result<(), StoreError> {
        let mut bytes = serde_json::to_vec_pretty(content).map_err(io::Error::from)?;
        bytes.push(b'\n');
        Ok(self.state.write_durably(name, &bytes)?)
    }
}

fn mark(mut lock: &File) -> io::Result<()> {
    if lock.metadata()?.len() == 0 {
        lock.write_all(b"access.json exists\n")?;
    }
    Ok(())
}

fn is_cookie_id(id: &str) -> bool {
    (1..=16).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
pub(super) mod tests;
