//! Owners and modes.

use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, fchown};

use rustix::{fs::OFlags, process::geteuid};

use super::*;

const ROOT: u32 = 0;
const WRITTEN_BY_ALL: u32 = 0o002;
const WRITTEN_BY_GROUP: u32 = 0o020;

pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    // Not through `mkdir` first: that fails on a read-only disk though the folder exists.
    if folder.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

/// Options for a file that no other user may read.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

/// Nor does it wait for the other end of a pipe.
pub(super) fn without_links(options: &mut OpenOptions) -> &mut OpenOptions {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    options.custom_flags(flags.bits().cast_signed())
}

/// Trusted are root, this user, and to root who owns the folder: the service's user.
pub(super) fn check_owner(
    path: &Path,
    found: &fs::Metadata,
    folder: Option<&fs::Metadata>,
) -> Result<(), StateError> {
    let (user, owner) = (geteuid().as_raw(), found.uid());
    let is_service = folder.is_none_or(|folder| folder.uid() == owner);
    if owner == ROOT || owner == user || (user == ROOT && is_service) {
        return Ok(());
    }
    let quoted = path.display();
    let remedy = match folder {
        None => format!(
            "run queuewall as user {owner} or as root, if you trust that user; else name another folder with \
             QUEUEWALL_STATE_DIR (server.state_dir)"
        ),
        Some(_) => format!("check its content, then run `chown {user} {quoted}`; or remove it"),
    };
    Err(StateError::Untrusted {
        path: path.to_owned(),
        problem: format!("belongs to user {owner}, and this program runs as user {user}"),
        remedy,
    })
}

pub(super) fn check_mode(path: &Path, found: &fs::Metadata) -> Result<(), StateError> {
    if found.mode() & WRITTEN_BY_ALL == 0 {
        return Ok(());
    }
    Err(StateError::Untrusted {
        path: path.to_owned(),
        problem: "may be written by every user of this machine".to_owned(),
        remedy: format!("check its content, then run `chmod 600 {}`", path.display()),
    })
}

pub(super) fn warning(path: &Path, found: &fs::Metadata) -> Option<String> {
    let (mode, path) = (found.mode(), path.display());
    let others = if mode & WRITTEN_BY_ALL != 0 {
        "every user of this machine".to_owned()
    } else if mode & WRITTEN_BY_GROUP != 0 {
        format!("every user of group {}", found.gid())
    } else if geteuid().is_root() && found.is_dir() && found.uid() != ROOT {
        return Some(format!(
            "{path} belongs to user {}, who can let anybody see every board: run the server as that user, or \
             run `chown 0 {path}`",
            found.uid()
        ));
    } else {
        return None;
    };
    Some(format!(
        "{path} may be changed by {others}, who could let anybody see every board: run `chmod go-w {path}`"
    ))
}

/// What the administrator writes, the server has to read: with the command line run as
/// root and the server as its own user, the file belongs to the folder's owner.
pub(super) fn give_to_owner_of(folder: &Path, file: &File) -> io::Result<()> {
    let (of_folder, of_file) = (fs::metadata(folder)?, file.metadata()?);
    if of_folder.uid() == of_file.uid() || !geteuid().is_root() {
        return Ok(());
    }
    fchown(file, Some(of_folder.uid()), Some(of_folder.gid()))
}

/// So that the new name outlives a power cut.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
