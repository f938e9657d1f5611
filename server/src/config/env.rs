//! What the configuration is read from, as a trait: so tests set no variable of the
//! process and write no file.

#[cfg(any(test, fuzzing))]
pub(super) mod fake;

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
};

use jiff::tz::TimeZone;

use crate::text_file;

/// The variables and files that a configuration may name.
pub trait Env: Send + Sync {
    /// Every environment variable.
    fn variables(&self) -> Vec<(OsString, OsString)>;

    /// A file's content; relative paths are meant from the working folder.
    ///
    /// # Errors
    /// As [`text_file::read`].
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The IANA name of the machine's time zone, where it has one.
    fn time_zone(&self) -> Option<String> {
        None
    }

    /// Who else may read and write the file. Nobody where the system has no such notion,
    /// and where the file cannot be looked at.
    fn permissions(&self, path: &Path) -> Permissions {
        let _ = path;
        Permissions::default()
    }
}

/// Who else may read and write a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    /// Whether a group or everybody may read it.
    pub others_read: bool,
    /// Whether everybody, or a group of several users, may write it.
    pub others_write: bool,
    /// Its owner's user id, where that is neither the user that runs the program nor root.
    pub foreign_owner: Option<u32>,
}

impl Permissions {
    /// Why a file that was not named must not say where secrets are sent, as the end of a
    /// sentence about it.
    pub(super) fn distrust(&self) -> Option<String> {
        match (self.foreign_owner, self.others_write) {
            (Some(uid), _) => Some(format!(
                "belongs to another user (uid {uid}), who decides where secrets are sent"
            )),
            (None, true) => {
                Some("can be written by other users, who decide where secrets are sent".to_owned())
            }
            (None, false) => None,
        }
    }
}

/// The process's own variables, and the machine's files.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsEnv;

impl Env for OsEnv {
    fn variables(&self) -> Vec<(OsString, OsString)> {
        std::env::vars_os().collect()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        text_file::read(path)
    }

    fn time_zone(&self) -> Option<String> {
        let zone = TimeZone::try_system().ok()?;
        zone.iana_name().map(str::to_owned)
    }

    #[cfg(unix)]
    fn permissions(&self, path: &Path) -> Permissions {
        use std::os::unix::fs::MetadataExt as _;
        let Ok(file) = std::fs::metadata(path) else {
            return Permissions::default();
        };
        // The owner of a link chose the file behind it.
        let link = std::fs::symlink_metadata(path).map_or(file.uid(), |link| link.uid());
        let is_foreign = |owner: &u32| ![0, rustix::process::geteuid().as_raw()].contains(owner);
        // On many systems each user has a group of the same number, with nobody else in it.
        let is_private_group = file.gid() == file.uid() && file.gid() >= FIRST_USER;
        let group = if is_private_group { 0 } else { 0o020 };
        // Its files are those of one container, whatever their mode.
        let is_in_pod = || std::fs::canonicalize(path).is_ok_and(|it| is_kubernetes_volume(&it));
        // Of root's files a service reads those of its group.
        let readers = if file.uid() == 0 { 0o004 } else { 0o044 };
        Permissions {
            others_read: file.mode() & readers != 0 && !is_in_pod(),
            others_write: file.mode() & (0o002 | group) != 0,
            foreign_owner: [file.uid(), link].into_iter().find(is_foreign),
        }
    }
}

/// The kubelet puts the files of a volume into a folder that is named `..` and a time.
#[cfg(unix)]
fn is_kubernetes_volume(canonical: &Path) -> bool {
    canonical.to_string_lossy().contains("/..2")
}

/// The ids below are those of the system's own users and groups.
#[cfg(unix)]
const FIRST_USER: u32 = 1000;

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
    fn permissions_of_others_are_seen() {
        use std::os::unix::fs::PermissionsExt as _;
        let file = tempfile::NamedTempFile::new().unwrap();
        let is_root = rustix::process::geteuid().is_root();
        for (mode, read, write) in [
            (0o600, false, false),
            (0o640, !is_root, false),
            (0o604, true, false),
            (0o602, false, true),
            (0o666, true, true),
        ] {
            std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap();
            let seen = OsEnv.permissions(file.path());
            assert_eq!(
                (seen.others_read, seen.others_write),
                (read, write),
                "{mode:o}"
            );
            assert_eq!(seen.foreign_owner, None, "our own");
        }
        let missing = OsEnv.permissions(Path::new("/no/such/file"));
        assert_eq!(missing, Permissions::default());
    }

    #[cfg(unix)]
    #[test]
    fn permissions_of_a_kubernetes_volume_are_narrow_enough() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let of = |name: &str| folder.path().join(name);
        std::fs::create_dir(of("..2026_11_30")).unwrap();
        std::fs::write(of("..2026_11_30/url"), "").unwrap();
        let mode = std::fs::Permissions::from_mode(0o444);
        std::fs::set_permissions(of("..2026_11_30/url"), mode).unwrap();
        symlink("..2026_11_30", of("..data")).unwrap();
        symlink("..data/url", of("url")).unwrap();
        assert_eq!(OsEnv.permissions(&of("url")), Permissions::default());
    }

    #[cfg(unix)]
    #[test]
    fn permissions_name_foreign_owner_of_file_and_of_link() {
        use std::os::unix::fs::{chown, lchown, symlink};
        let folder = tempfile::tempdir().unwrap();
        let [file, link] = ["file", "link"].map(|name| folder.path().join(name));
        std::fs::write(&file, "").unwrap();
        symlink(&file, &link).unwrap();
        // Only root gives files away.
        if lchown(&link, Some(12_345), None).is_err() {
            return;
        }
        assert_eq!(OsEnv.permissions(&link).foreign_owner, Some(12_345));
        assert_eq!(OsEnv.permissions(&file).foreign_owner, None);
        chown(&file, Some(12_346), None).unwrap();
        assert_eq!(OsEnv.permissions(&file).foreign_owner, Some(12_346));
    }
}
