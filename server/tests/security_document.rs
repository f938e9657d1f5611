//! `docs/security.md` says nothing that is not so: the tests that it names are there, and
//! the page keeps nothing in the browser but what it says.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All sources with one of these endings in a folder and beneath.
fn sources(folder: &Path, endings: &[&str]) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        if path.is_dir() {
            texts.extend(sources(&path, endings));
        } else if ending.is_some_and(|ending| endings.contains(&ending)) {
            texts.push(fs::read_to_string(&path).unwrap());
        }
    }
    texts
}

#[test]
fn every_test_that_the_document_names_is_there() {
    let document = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let quoted = document.split('`').skip(1).step_by(2);
    let is_sentence = |name: &&str| {
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        name.bytes().all(is_name) && name.matches('_').count() >= 3
    };
    let named: Vec<_> = quoted.filter(is_sentence).collect();
    assert!(named.len() > 40, "{named:?}");
    let folders = ["server/src", "server/tests", "crates", "e2e/tests/e2e"];
    let texts: Vec<_> = folders
        .iter()
        .flat_map(|folder| sources(&root().join(folder), &["rs"]))
        .collect();
    for name in named {
        // A property test has its arguments on the next line.
        let is_there = texts
            .iter()
            .any(|text| text.contains(&format!("fn {name}(")));
        assert!(is_there, "there is no test {name}");
    }
}

#[test]
fn the_page_keeps_its_restarts_in_the_browser_and_nothing_else() {
    let page = root().join("frontend");
    let mut texts = sources(&page.join("src"), &["rs"]);
    // Either script writes under its own key, which the document names.
    let document = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let keyed = |name: &str, key: &str| {
        let text = fs::read_to_string(page.join(name)).unwrap();
        assert!(text.contains(&format!("const KEY = \"{key}\";")));
        assert!(document.contains(&format!("`{key}`")), "{key}");
        let text = text.replace("sessionStorage.getItem(KEY)", "");
        text.replace("sessionStorage.setItem(KEY, ", "")
    };
    texts.extend([
        keyed("restart.js", "queuewall"),
        keyed("boot.js", "queuewall-desk"),
    ]);
    texts.push(fs::read_to_string(page.join("tick.js")).unwrap());
    texts.push(fs::read_to_string(root().join("desk.html")).unwrap());
    texts.push(fs::read_to_string(root().join("index.html")).unwrap());
    assert!(texts.len() > 50);
    for text in texts {
        for way in [
            "local_storage(",
            "localStorage",
            "session_storage(",
            "sessionStorage",
            "indexed_db(",
            "indexedDB",
            "document.cookie",
            "set_cookie(",
            "service_worker(",
            "serviceWorker",
            "CacheStorage",
        ] {
            assert!(!text.contains(way), "{way}");
        }
    }
}
