//! The folder and its files, good and planted.

use super::*;

const NAME: &str = "a.json";

fn state() -> (tempfile::TempDir, StateDir) {
    let folder = tempfile::tempdir().unwrap();
    let state = StateDir::new(folder.path().join("deep/state"));
    (folder, state)
}

fn names(state: &StateDir) -> Vec<String> {
    let entries = fs::read_dir(state.path()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[test]
fn file_is_replaced_whole_and_nothing_is_left_beside_it() {
    let (_folder, state) = state();
    assert_eq!(state.read(NAME).unwrap(), None, "no folder yet");
    state.write_durably(NAME, b"one").unwrap();
    state.write(NAME, b"two").unwrap();
    assert_eq!(state.read(NAME).unwrap().unwrap(), b"two");
    assert_eq!(names(&state), [NAME]);
}

#[test]
fn write_that_fails_leaves_old_content_and_says_the_remedy() {
    let (_folder, state) = state();
    state.prepare().unwrap();
    // Nothing can be renamed over a folder.
    fs::create_dir(state.path().join(NAME)).unwrap();
    let error = state.write(NAME, b"new").unwrap_err().to_string();
    assert!(error.contains("a.json cannot be written"), "{error}");
    assert!(error.contains("QUEUEWALL_STATE_DIR"), "{error}");
    assert_eq!(names(&state), [NAME]);
}

#[test]
fn error_of_a_write_is_the_same_each_time() {
    let (_folder, state) = state();
    // Longer than a name may be.
    let write = || state.write(&"x".repeat(300), b"").unwrap_err();
    let (one, other) = (write(), write());
    assert_eq!(one.to_string(), other.to_string());
    let StateError::Io { error, .. } = one else {
        panic!("{one}");
    };
    assert!(error.raw_os_error().is_some(), "{error:?}");
}

#[test]
fn state_folder_that_is_a_file_is_an_error_not_an_empty_folder() {
    let (folder, _) = state();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for state in [
        StateDir::new(file.clone()),
        StateDir::new(file.join("state")),
    ] {
        let error = state.read(NAME).unwrap_err().to_string();
        assert!(error.contains("a part of the path is a file"), "{error}");
    }
}

#[test]
fn trying_a_folder_out_leaves_nothing_behind() {
    let (folder, state) = state();
    state.try_out().unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    state.write(NAME, b"").unwrap();
    state.try_out().unwrap();
    assert_eq!(names(&state), [NAME]);
    StateDir::new("queuewall-state".into()).try_out().unwrap();
    assert!(!Path::new("queuewall-state").exists());
}

#[test]
fn trying_out_what_cannot_be_made_or_written_says_the_remedy() {
    let (folder, _) = state();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for (path, words) in [
        (file.clone(), "a part of the path is a file"),
        (file.join("state"), "a part of the path is a file"),
        #[cfg(target_os = "linux")]
        ("/proc/1/x".into(), "/proc/1/x cannot be made ("),
    ] {
        let error = StateDir::new(path).try_out().unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        assert!(
            error.ends_with("QUEUEWALL_STATE_DIR (server.state_dir)"),
            "{error}"
        );
    }
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};

    use super::*;

    const STRANGER: u32 = 54_321;

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn refusal<T: std::fmt::Debug>(outcome: Result<T, StateError>) -> String {
        match outcome {
            Err(error @ StateError::Untrusted { .. }) => error.to_string(),
            other => panic!("not refused: {other:?}"),
        }
    }

    #[test]
    fn folder_and_files_are_private() {
        let (_folder, state) = state();
        state.write(NAME, b"").unwrap();
        state.lock_file("lock").unwrap();
        let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(state.path().to_owned()), 0o700);
        assert_eq!(mode(state.path().join(NAME)), 0o600);
        assert_eq!(mode(state.path().join("lock")), 0o600);
        assert!(state.warnings(&[NAME, "lock"]).is_empty());
    }

    #[test]
    fn symbolic_link_is_neither_read_nor_written_through() {
        let (folder, state) = state();
        state.prepare().unwrap();
        let other = folder.path().join("other");
        fs::write(&other, "theirs").unwrap();
        symlink(&other, state.path().join(NAME)).unwrap();
        assert!(refusal(state.read(NAME)).contains("is a symbolic link: "));
        assert!(refusal(state.lock_file(NAME)).contains("is a symbolic link: "));
        state.write(NAME, b"ours").unwrap();
        assert_eq!(fs::read(&other).unwrap(), b"theirs");
        assert_eq!(state.read(NAME).unwrap().unwrap(), b"ours");
        for planted in ["nowhere", NAME] {
            symlink(state.path().join(planted), state.path().join("dangling")).unwrap();
            assert!(refusal(state.read("dangling")).contains("symbolic link"));
            fs::remove_file(state.path().join("dangling")).unwrap();
        }
    }

    #[test]
    fn pipe_or_folder_in_place_of_a_file_is_refused_without_waiting() {
        let (_folder, state) = state();
        state.prepare().unwrap();
        let pipe = state.path().join(NAME);
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, 0o600.into()).unwrap();
        assert!(refusal(state.read(NAME)).contains("is not a regular file"));
        fs::remove_file(&pipe).unwrap();
        fs::create_dir(&pipe).unwrap();
        assert!(refusal(state.read(NAME)).contains("is not a regular file"));
    }

    #[test]
    fn try_out_fails_for_foreign_folder_or_dangling_link() {
        let (folder, state) = state();
        let link = StateDir::new(folder.path().join("link"));
        symlink(folder.path().join("nowhere"), link.path()).unwrap();
        assert!(link.try_out().is_err());
        state.prepare().unwrap();
        // Only root gives files away, and root trusts the folder's owner.
        if rustix::process::geteuid().is_root() {
            chown(state.path(), Some(STRANGER), None).unwrap();
            state.try_out().unwrap();
            assert_eq!(names(&state).len(), 0);
        }
    }

    #[test]
    fn file_that_everybody_may_write_is_refused() {
        let (_folder, state) = state();
        state.write(NAME, b"").unwrap();
        for (mode, is_refused) in [(0o666, true), (0o602, true), (0o644, false), (0o660, false)] {
            set_mode(&state.path().join(NAME), mode);
            let read = state.read(NAME);
            if is_refused {
                assert!(refusal(read).contains("chmod 600"), "{mode:o}");
            } else {
                assert_eq!(read.unwrap().unwrap(), b"", "{mode:o}");
            }
        }
        let [warning] = &state.warnings(&[NAME])[..] else {
            panic!("one warning, of mode 660");
        };
        assert!(warning.contains("every user of group"), "{warning}");
    }

    #[test]
    fn folder_that_others_may_write_is_warned_of() {
        let (_folder, state) = state();
        state.prepare().unwrap();
        for (mode, who) in [(0o777, "every user of this machine"), (0o770, "of group")] {
            set_mode(state.path(), mode);
            let warnings = state.warnings(&[NAME]);
            assert!(warnings[0].contains(who), "{warnings:?}");
            assert!(warnings[0].contains("chmod go-w"), "{warnings:?}");
        }
    }

    #[test]
    fn symlinked_state_folder_is_used() {
        let (folder, state) = state();
        state.write(NAME, b"x").unwrap();
        let link = folder.path().join("link");
        symlink(state.path(), &link).unwrap();
        let state = StateDir::new(link);
        assert_eq!(state.read(NAME).unwrap().unwrap(), b"x");
        state.write(NAME, b"y").unwrap();
        state.lock_file("lock").unwrap();
    }

    /// Only root may make files that belong to others.
    fn is_root() -> bool {
        rustix::process::geteuid().is_root()
    }

    #[test]
    fn planted_file_of_another_user_is_refused() {
        let (_folder, state) = state();
        state.write(NAME, b"").unwrap();
        if !is_root() {
            return;
        }
        chown(state.path().join(NAME), Some(STRANGER), None).unwrap();
        let refused = refusal(state.read(NAME));
        assert!(refused.contains("belongs to user 54321"), "{refused}");
        assert!(refused.contains("chown 0 "), "{refused}");
        assert!(refusal(state.lock_file(NAME)).contains("54321"));
    }

    #[test]
    fn root_works_in_the_folder_of_a_service_and_gives_it_new_files() {
        let (_folder, state) = state();
        state.prepare().unwrap();
        if !is_root() {
            return;
        }
        chown(state.path(), Some(STRANGER), Some(STRANGER)).unwrap();
        state.write(NAME, b"x").unwrap();
        state.lock_file("lock").unwrap();
        for name in [NAME, "lock"] {
            let found = fs::metadata(state.path().join(name)).unwrap();
            assert_eq!((found.uid(), found.gid()), (STRANGER, STRANGER), "{name}");
        }
        assert_eq!(state.read(NAME).unwrap().unwrap(), b"x");
        let warnings = state.warnings(&[]);
        assert!(
            warnings[0].contains("belongs to user 54321"),
            "{warnings:?}"
        );
    }
}
