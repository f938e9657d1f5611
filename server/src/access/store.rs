//! The folder that the server and the command line share. A file in it is always
//! whole: it is written beside and renamed.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use thiserror::Error;

use super::{Link, PendingScreen};

const LINKS: &str = "access.json";
const SCREENS: &str = "screens.json";
/// Held while somebody changes the links.
const LOCK: &str = "access.lock";
/// What this program writes, and all that it reads.
const VERSION: u32 = 1;

/// Why the folder is of no use.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A file's content is not what this program writes.
    #[error(
        "{} is damaged ({what}): restore it from a backup, or move it away and make the links \
         anew with `queuewall links add`", .path.display()
    )]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The system does not let it be read or written.
    #[error(
        "{} cannot be {verb} ({error}): let the user that runs queuewall read and write the \
         folder, or name another with QUEUEWALL_STATE_DIR (server.state_dir)", .path.display()
    )]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// What was tried, as a participle.
        verb: &'static str,
        /// What the system says.
        error: io::Error,
    },
}

/// The shared folder: `access.json` with the links, which the command line writes, and
/// `screens.json` with the waiting screens, which the server writes.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
}

/// What tells one state of a file from the next: when it was written, and its length;
/// `None` where there is no file.
pub(super) type Stamp = Option<(SystemTime, u64)>;

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
        Self { folder }
    }

    /// Makes the folder where it is missing, for this user alone.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn prepare(&self) -> Result<(), StoreError> {
        make_folder(&self.folder).map_err(|error| io_error(&self.folder, "made", error))
    }

    /// The links; none where there is no file yet.
    ///
    /// # Errors
    /// When the file is damaged or cannot be read.
    pub fn links(&self) -> Result<Vec<Link>, StoreError> {
        let file: Option<LinksFile> = self.read(LINKS)?;
        let Some(file) = file else {
            return Ok(Vec::new());
        };
        self.check_version(LINKS, file.version)?;
        Ok(file.links)
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
        self.prepare()?;
        // Let go when it is closed.
        let _lock = self.lock()?;
        let mut links = self.links()?;
        let done = change(&mut links)?;
        let version = VERSION;
        self.write(LINKS, &LinksFile { version, links })?;
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
        self.prepare()?;
        let file = ScreensFile {
            version: VERSION,
            screens: screens.to_vec(),
        };
        self.write(SCREENS, &file)
    }

    /// Which state of the links' file this is.
    pub(super) fn stamp(&self) -> io::Result<Stamp> {
        match fs::metadata(self.folder.join(LINKS)) {
            Ok(metadata) => Ok(Some((metadata.modified()?, metadata.len()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn lock(&self) -> Result<File, StoreError> {
        let path = self.folder.join(LOCK);
        let locked = || {
            // Given away only by whoever makes it: what lies there already may be a link to
            // another file, laid by the folder's owner for root to give away.
            let file = match private().write(true).create_new(true).open(&path) {
                Ok(file) => {
                    give_to_owner_of(&self.folder, &file)?;
                    file
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    OpenOptions::new().write(true).open(&path)?
                }
                Err(error) => return Err(error),
            };
            file.lock()?;
            Ok(file)
        };
        locked().map_err(|error| io_error(&path, "locked", error))
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, StoreError> {
        let path = self.folder.join(name);
        match fs::read(&path) {
            // The error names a place and a type, and never what stands there.
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| {
                let what = format!("line {}, column {}", error.line(), error.column());
                StoreError::Damaged { path, what }
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_error(&path, "read", error)),
        }
    }

    fn check_version(&self, name: &str, version: u32) -> Result<(), StoreError> {
        if version == VERSION {
            return Ok(());
        }
        Err(StoreError::Damaged {
            path: self.folder.join(name),
            what: format!("its version is {version}, and this program knows {VERSION}"),
        })
    }

    fn write<T: Serialize>(&self, name: &str, content: &T) -> Result<(), StoreError> {
        let path = self.folder.join(name);
        let written = || {
            let beside = self.folder.join(format!("{name}.new"));
            // Left over from a crash: its permissions could be anybody's.
            match fs::remove_file(&beside) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = private().write(true).create_new(true).open(&beside)?;
            give_to_owner_of(&self.folder, &file)?;
            let mut bytes = serde_json::to_vec_pretty(content)?;
            bytes.push(b'\n');
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&beside, &path)?;
            sync_folder(&self.folder)
        };
        written().map_err(|error| io_error(&path, "written", error))
    }
}

fn io_error(path: &Path, verb: &'static str, error: io::Error) -> StoreError {
    StoreError::Io {
        path: path.to_owned(),
        verb,
        error,
    }
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Options for a file that no other user may read.
#[cfg(unix)]
pub(crate) fn private() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(not(unix))]
pub(crate) fn private() -> OpenOptions {
    OpenOptions::new()
}

/// What the administrator writes, the server has to read: with the command line run as
/// root and the server as its own user, the file belongs to whom the folder belongs to.
#[cfg(unix)]
fn give_to_owner_of(folder: &Path, file: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let (of_folder, of_file) = (fs::metadata(folder)?, file.metadata()?);
    if of_folder.uid() == of_file.uid() {
        return Ok(());
    }
    fchown(file, Some(of_folder.uid()), Some(of_folder.gid()))
}

#[cfg(not(unix))]
fn give_to_owner_of(_folder: &Path, _file: &File) -> io::Result<()> {
    Ok(())
}

/// So that the new name outlives a power cut.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::access::TokenHash;

    /// A link of `token`, without an end.
    pub(in crate::access) fn link(board: &str, token: &str) -> Link {
        Link {
            id: format!("{board}-{token}"),
            board: board.to_owned(),
            label: None,
            created: 0,
            expires: None,
            revoked: None,
            sha256: TokenHash::of(token),
        }
    }

    fn add(store: &Store, link: Link) -> Result<(), StoreError> {
        store.change(|links| {
            links.push(link);
            Ok(())
        })
    }

    #[test]
    fn what_is_written_is_read_back_and_holds_no_token() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().join("deep/state"));
        assert_eq!(store.links().unwrap(), []);
        assert_eq!(store.stamp().unwrap(), None);
        add(&store, link("main", "s3cret")).unwrap();
        let first = store.stamp().unwrap();
        add(&store, link("sales", "other")).unwrap();
        assert_ne!(store.stamp().unwrap(), first);
        assert_eq!(store.links().unwrap().len(), 2);
        let mut names: Vec<_> = fs::read_dir(&store.folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, [LINKS, LOCK], "nothing is left over");
        let mut stored = link("main", "s3cret");
        stored.id = "id".into();
        let text = serde_json::to_string(&stored).unwrap();
        assert!(!text.contains("s3cret"));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().join("state"));
        add(&store, link("main", "a")).unwrap();
        store.write_screens(&[]).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&store.folder), 0o700);
        for name in [LINKS, SCREENS, LOCK] {
            assert_eq!(mode(&store.folder.join(name)), 0o600, "{name}");
        }
    }

    /// Needs root, who alone may give files away; others have nothing to give.
    #[cfg(unix)]
    #[test]
    fn what_root_writes_belongs_to_the_folders_owner_and_nothing_else_is_given_away() {
        use std::os::unix::fs::{MetadataExt as _, chown, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (state, other) = (folder.path().join("state"), folder.path().join("other"));
        let store = Store::new(state.clone());
        store.prepare().unwrap();
        let owner = |path: &Path| fs::metadata(path).unwrap().uid();
        let service = if owner(&state) == 0 {
            54_321
        } else {
            owner(&state)
        };
        chown(&state, Some(service), Some(service)).unwrap_or_default();
        add(&store, link("main", "a")).unwrap();
        store.write_screens(&[]).unwrap();
        for name in [LINKS, SCREENS, LOCK] {
            assert_eq!(owner(&state.join(name)), owner(&state), "{name}");
        }

        fs::write(&other, "").unwrap();
        let before = owner(&other);
        for name in [LINKS, SCREENS, LOCK] {
            fs::remove_file(state.join(name)).unwrap();
            if name == LOCK {
                symlink(&other, state.join(name)).unwrap();
            }
        }
        symlink(&other, state.join(format!("{LINKS}.new"))).unwrap();
        add(&store, link("main", "b")).unwrap();
        assert_eq!(owner(&other), before);
        assert_eq!(fs::read(&other).unwrap(), b"");
    }

    #[test]
    fn a_damaged_file_is_refused_and_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_owned());
        add(&store, link("main", "a")).unwrap();
        let path = folder.path().join(LINKS);
        let good = fs::read_to_string(&path).unwrap();
        for damaged in [
            "",
            "{",
            &good[..good.len() / 2],
            &good.replace("\"version\": 1", "\"version\": 2"),
            &good.replace("\"sha256\": \"", "\"sha256\": \"0"),
            &good.replace("\"board\"", "\"bord\""),
        ] {
            fs::write(&path, damaged).unwrap();
            let error = add(&store, link("main", "b")).unwrap_err();
            let is_damaged = matches!(&error, StoreError::Damaged { .. });
            assert!(is_damaged, "{error}");
            assert!(error.to_string().contains("queuewall links add"), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), damaged, "left alone");
        }
    }

    #[test]
    fn many_at_once_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_owned());
        std::thread::scope(|threads| {
            for thread in 0..4 {
                let store = &store;
                threads.spawn(move || {
                    for number in 0..5 {
                        add(store, link("main", &format!("{thread}-{number}"))).unwrap();
                    }
                });
            }
        });
        assert_eq!(store.links().unwrap().len(), 20);
    }
}
