//! What a first load of the page transfers: every file of `dist/`.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::table::Table;

/// Adds up the finished page.
pub(crate) fn measure(table: &mut Table) -> Result<()> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist");
    let (mut raw, mut gzip, mut brotli) = (0, 0, 0);
    for folder in [dist.clone(), dist.join("assets")] {
        for entry in fs::read_dir(folder)
            .context("no page was built: use `cargo xtask bench`")?
            .flatten()
        {
            let size = entry.metadata()?;
            if !size.is_file() {
                continue;
            }
            match entry
                .path()
                .extension()
                .and_then(|extension| extension.to_str())
            {
                Some("br") => brotli += size.len(),
                Some("gz") => gzip += size.len(),
                _ => raw += size.len(),
            }
        }
    }
    let kib = |bytes: u64| format!("{:.1} KB", bytes as f64 / 1_000.0);
    table.add(
        "page, all files of a first load, brotli",
        kib(brotli),
        "≤ 130 KB",
    );
    table.add(
        "the same, gzip (browsers offer brotli over https only)",
        kib(gzip),
        "",
    );
    table.add("the same, raw", kib(raw), "");
    Ok(())
}
