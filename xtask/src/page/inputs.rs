//! Whether the page has to be built again: a fingerprint of all that goes into it.

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::tools;

/// Folders and files whose content makes the page.
const INPUTS: [&str; 12] = [
    "frontend",
    "shared",
    "style",
    "index.html",
    "desk.html",
    "Trunk.toml",
    "Trunk.desk.toml",
    "Cargo.toml",
    "Cargo.lock",
    ".cargo/config.toml",
    "xtask/src/page",
    "xtask/src/page.rs",
];

/// A fingerprint of every input's name and content without its tests, and of the tools'
/// versions; that of wasm-bindgen is in `Cargo.lock`.
pub(crate) fn fingerprint(root: &Path) -> Result<String> {
    let mut files = Vec::new();
    for input in INPUTS {
        collect(&root.join(input), &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    tools::PAGE_VERSIONS.hash(&mut hasher);
    for file in files {
        let content =
            fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        file.strip_prefix(root)?.hash(&mut hasher);
        without_tests(&content).hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let is_test = path.ends_with("tests") || path.ends_with("tests.rs");
    if path.is_dir() && !is_test {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if !is_test {
        files.push(path.to_owned());
    }
    Ok(())
}

/// A source file up to its tests, which are last in it: clippy sees to that.
fn without_tests(content: &[u8]) -> &[u8] {
    const TESTS: &[u8] = b"\n#[cfg(test)]\nmod tests";
    let start = content
        .windows(TESTS.len())
        .position(|window| window == TESTS);
    &content[..start.unwrap_or(content.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn change_of_a_test_leaves_the_fingerprint() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let file = root.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        };
        for input in INPUTS {
            let is_file = input.contains('.');
            write(
                &if is_file {
                    input.into()
                } else {
                    format!("{input}/file")
                },
                "",
            );
        }
        let now = || fingerprint(root.path()).unwrap();
        let code = "fn a() {}\n\n#[cfg(test)]\nmod tests {";
        write("frontend/src.rs", code);
        let before = now();
        write("frontend/tests/a.rs", "fn b() {}");
        write("frontend/src.rs", &format!("{code} fn c() {{}}"));
        assert_eq!(now(), before);
        write("frontend/src.rs", "fn b() {}");
        assert_ne!(now(), before);
    }
}
