//! What a first load of each page transfers.

use anyhow::Result;
use queuewall_e2e::first_load;

use crate::table::Table;

/// Adds up the files of the finished pages.
pub(crate) fn measure(table: &mut Table) -> Result<()> {
    let kb = |bytes: u64| format!("{:.1} KB", bytes as f64 / 1_000.0);
    for (page, document, aim) in [
        ("wall", "index.html", "≤ 130 KB"),
        ("desk", "desk.html", "≤ 250 KB"),
    ] {
        for (encoding, suffix, aim) in [
            ("brotli", ".br", aim),
            ("gzip (browsers offer brotli over https only)", ".gz", ""),
            ("raw", "", ""),
        ] {
            let bytes = first_load::of(document, suffix)?;
            table.add(
                format!("all files of a first load of the {page}, {encoding}"),
                format!(
                    "{}, and at most {} for a language",
                    kb(bytes.always),
                    kb(bytes.language)
                ),
                aim,
            );
        }
    }
    Ok(())
}
