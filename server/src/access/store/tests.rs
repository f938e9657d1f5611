//! What is kept, good and damaged.

use std::{fs, path::Path};

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
    let mut names: Vec<_> = fs::read_dir(store.state.path())
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
fn stored_files_are_readable_by_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let store = Store::new(path.clone());
    add(&store, link("main", "a")).unwrap();
    store.write_screens(&[]).unwrap();
    store.make_cookie_id().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    for name in [LINKS, SCREENS, LOCK, COOKIE_ID] {
        assert_eq!(mode(&path.join(name)), 0o600, "{name}");
    }
}

/// A fresh install's first command may fail; then no file was removed.
#[test]
fn refused_first_change_is_not_taken_for_a_removed_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().to_owned());
    let no = || StoreError::Random(io::Error::other("no"));
    store.change::<(), _>(|_| Err(no())).unwrap_err();
    assert_eq!(store.links().unwrap(), []);
    add(&store, link("main", "a")).unwrap();
    fs::remove_file(folder.path().join(LINKS)).unwrap();
    let error = add(&store, link("main", "b")).unwrap_err().to_string();
    assert!(
        error.contains("access.json was removed: restore it"),
        "{error}"
    );
    fs::remove_file(folder.path().join(LOCK)).unwrap();
    add(&store, link("main", "b")).unwrap();
}

#[test]
fn links_of_0_1_0_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().to_owned());
    let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let file = format!(
        r#"{{"version": 1, "links": [{{"id": "k3", "board": "main", "label": "Hall 2",
           "created": 1, "expires": null, "revoked": null, "sha256": "{hash}"}}]}}"#
    );
    for file in [file.clone(), format!("\u{feff}{file}")] {
        fs::write(folder.path().join(LINKS), file).unwrap();
        let links = store.links().unwrap();
        assert_eq!(links[0].sha256, TokenHash::of("abc"));
    }
}

#[test]
fn cookie_id_is_kept_and_a_damaged_one_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().to_owned());
    assert_eq!(store.cookie_id().unwrap(), None);
    let id = store.make_cookie_id().unwrap();
    assert_eq!(store.cookie_id().unwrap(), Some(id));
    for damaged in [&b""[..], b"a_b", b"a b", b"\xff", &[b'a'; 17], b"a; Path=/"] {
        fs::write(folder.path().join(COOKIE_ID), damaged).unwrap();
        assert_eq!(store.cookie_id().unwrap(), None);
    }
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
