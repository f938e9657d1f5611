//! The files of 0.1.0, whole and damaged.

use super::*;
use crate::access::{Store as Access, TokenHash};

/// Of the token `abc`.
const HASH: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn links_file(revoked: &str) -> String {
    format!(
        r#"{{"version": 1, "links": [{{"id": "k3", "board": "main", "label": "Hall 2",
           "created": 1, "expires": null, "revoked": {revoked}, "sha256": "{HASH}"}}]}}"#
    )
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.0.path().join(name)).ok()
    }

    /// As a new process sees it.
    fn open(&self) -> Access {
        Access::new(self.0.path().to_owned())
    }

    async fn state(&self, name: &str) -> Option<String> {
        let file = self.0.path().join(crate::database::FILE);
        let database = Store::open(queuewall_store::Location::File(file)).await;
        database.unwrap().state(name).await.unwrap()
    }
}

#[tokio::test]
async fn links_and_budget_of_0_1_0_are_taken_over_once() {
    let budget = r#"{"version":1,"requests":[]}"#;
    for mark in ["", "\u{feff}"] {
        let file = format!("{mark}{}", links_file("null"));
        let folder = Folder::new(&[
            (LINKS, &file),
            (BUDGET, budget),
            (SCREENS, "{}"),
            (COOKIE_ID, "k7x2ab\n"),
        ]);
        let store = folder.open();
        let links = store.links().await.unwrap();
        assert_eq!(links[0].sha256, TokenHash::of("abc"));
        assert_eq!(links[0].label.as_deref(), Some("Hall 2"));
        assert_eq!(store.cookie_id().await.unwrap(), "k7x2ab");
        assert_eq!(folder.state("budget").await.as_deref(), Some(budget));
        for name in [LINKS, BUDGET, SCREENS, COOKIE_ID] {
            assert_eq!(folder.read(name), None, "{name}");
        }
        assert_eq!(folder.read("access.json.0.1.old"), Some(file));
        assert_eq!(folder.open().links().await.unwrap(), links);
    }
}

#[tokio::test]
async fn takeover_that_was_killed_is_done_again_and_revives_nothing() {
    let folder = Folder::new(&[(LINKS, &links_file("null")), (BUDGET, "first")]);
    let store = folder.open();
    store.links().await.unwrap();
    let revoked = store.change::<_, StoreError>(|links| {
        links[0].revoked = Some(7);
        Ok(())
    });
    revoked.await.unwrap();
    // As if it had been killed before the files were renamed.
    for name in [LINKS, BUDGET] {
        fs::remove_file(folder.0.path().join(old(name))).unwrap();
    }
    folder.write(LINKS, &links_file("null"));
    folder.write(BUDGET, "second");
    let links = folder.open().links().await.unwrap();
    assert_eq!((links.len(), links[0].revoked), (1, Some(7)));
    assert_eq!(folder.state("budget").await.as_deref(), Some("first"));
    assert_eq!(folder.read(LINKS), None);
}

#[tokio::test]
async fn many_processes_take_over_at_once() {
    let folder = Folder::new(&[(LINKS, &links_file("null")), (BUDGET, "text")]);
    let stores: Vec<_> = (0..4).map(|_| folder.open()).collect();
    let found = futures_util::future::join_all(stores.iter().map(Access::links)).await;
    for links in found {
        assert_eq!(links.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn damaged_links_of_0_1_0_are_left_alone() {
    let good = links_file("null");
    for damaged in [
        "",
        "{",
        &good[..good.len() / 2],
        &good.replace("\"version\": 1", "\"version\": 2"),
        &good.replace("\"sha256\": \"", "\"sha256\": \"0"),
        &good.replace("\"board\"", "\"bord\""),
    ] {
        let folder = Folder::new(&[(LINKS, damaged), (BUDGET, "text")]);
        let store = folder.open();
        for _ in 0..2 {
            let error = store.links().await.unwrap_err();
            assert!(matches!(&error, StoreError::Damaged { .. }), "{error}");
            assert!(error.to_string().contains("queuewall links add"), "{error}");
        }
        assert_eq!(folder.read(LINKS).as_deref(), Some(damaged));
        assert_eq!(folder.read(BUDGET).as_deref(), Some("text"));
    }
}

#[tokio::test]
async fn file_that_comes_back_is_not_read_until_the_old_one_is_gone() {
    let (said, _guard) = crate::logging::tests::Said::gather("queuewall=info");
    let folder = Folder::new(&[(LINKS, &links_file("null"))]);
    folder.open().links().await.unwrap();
    let other = links_file("null").replace("ba78", "ab78");
    folder.write(LINKS, &other);
    assert_eq!(folder.open().links().await.unwrap().len(), 1);
    let text = said.text();
    assert!(text.contains("access.json is not read"), "{text}");
    fs::remove_file(folder.0.path().join("access.json.0.1.old")).unwrap();
    assert_eq!(folder.open().links().await.unwrap().len(), 2);
    assert_eq!(folder.read("access.json.0.1.old"), Some(other));
}

#[tokio::test]
async fn what_is_exported_is_taken_over_again() {
    let folder = Folder::new(&[(LINKS, &links_file("7"))]);
    let links = folder.open().links().await.unwrap();
    let back = Folder::new(&[]);
    export(links.clone(), Some("{}"), back.0.path()).unwrap();
    assert_eq!(back.read(BUDGET).as_deref(), Some("{}"));
    assert_eq!(back.open().links().await.unwrap(), links);
}
