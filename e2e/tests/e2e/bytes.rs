//! What a first load of each page costs: every file that its document names, as browsers by
//! https get it, with the largest of the languages, of which a page loads one.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, ensure};

/// What is always loaded, and the largest language.
fn first_load(document: &str) -> Result<(u64, u64)> {
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
        let packed = fs::metadata(dist.join(format!("{file}.br")))?.len();
        Ok(packed.min(fs::metadata(dist.join(file))?.len()))
    };
    let (languages, files): (Vec<&str>, Vec<&str>) =
        files.iter().partition(|file| file.ends_with(".words"));
    ensure!(files.len() >= 7, "{document} names {files:?}");
    ensure!(languages.len() == 4, "{document} names {languages:?}");
    let languages: Result<Vec<u64>> = languages.iter().map(size).collect();
    let always = files.iter().map(size).sum::<Result<u64>>()?;
    Ok((always, languages?.into_iter().max().unwrap_or_default()))
}

#[test]
fn first_load_of_wall_and_desk_stays_within_its_bytes() -> Result<()> {
    for (document, most) in [("index.html", 130_000), ("desk.html", 250_000)] {
        let (always, language) = first_load(document)?;
        println!("{document}: {always} bytes, and {language} for a language");
        let bytes = always + language;
        ensure!(bytes <= most, "{document}: {bytes} of {most} bytes");
    }
    Ok(())
}
