//! What a first load of each page costs: every file that its document names, as browsers by
//! https get it.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, ensure};

fn first_load(document: &str) -> Result<u64> {
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
    ensure!(files.len() >= 7, "{document} names {files:?}");
    let sizes = files.iter().map(|file| {
        let packed = fs::metadata(dist.join(format!("{file}.br")))?.len();
        Ok(packed.min(fs::metadata(dist.join(file))?.len()))
    });
    sizes.sum()
}

#[test]
fn first_load_of_wall_and_desk_stays_within_its_bytes() -> Result<()> {
    for (document, most) in [("index.html", 144_000), ("desk.html", 250_000)] {
        let bytes = first_load(document)?;
        println!("{document}: {bytes} bytes");
        ensure!(bytes <= most, "{document}: {bytes} of {most} bytes");
    }
    Ok(())
}
