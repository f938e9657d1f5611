//! What a first load of a page transfers: every file that its document names.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, ensure};

/// The bytes of a page's files.
#[derive(Clone, Copy, Debug)]
pub struct FirstLoad {
    /// Of what is always loaded, English included.
    pub always: u64,
    /// Of the largest of the other languages, of which a page loads one.
    pub language: u64,
}

/// Adds up what `document` of `dist/` names, each file as it is with `suffix` (`.br`, `.gz`, or
/// nothing), or without where that is smaller.
///
/// # Errors
/// When no page was built, or its document does not name what it should.
pub fn of(document: &str, suffix: &str) -> Result<FirstLoad> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist");
    let html = fs::read_to_string(dist.join(document)).context("run `cargo xtask page` first")?;
    let mut files: Vec<&str> = html
        .split('"')
        .filter(|word| word.starts_with("/assets/"))
        .map(|word| word.trim_start_matches('/'))
        .chain([document])
        .collect();
    files.sort_unstable();
    files.dedup();
    let size = |file: &&str| -> Result<u64> {
        let plain = fs::metadata(dist.join(file))?.len();
        let packed = fs::metadata(dist.join(format!("{file}{suffix}")));
        Ok(packed.map_or(plain, |packed| packed.len().min(plain)))
    };
    let (languages, files): (Vec<&str>, Vec<&str>) =
        files.iter().partition(|file| file.ends_with(".words"));
    ensure!(files.len() >= 7, "{document} names {files:?}");
    ensure!(languages.len() == 4, "{document} names {languages:?}");
    let languages = languages.iter().map(size).collect::<Result<Vec<_>>>()?;
    Ok(FirstLoad {
        always: files.iter().map(size).sum::<Result<u64>>()?,
        language: languages.into_iter().max().unwrap_or_default(),
    })
}
