//! What a first load of each page costs, as browsers by https get it.

use anyhow::{Result, ensure};
use queuewall_e2e::first_load::{self, FirstLoad};

#[test]
fn first_load_of_wall_and_desk_stays_within_its_bytes() -> Result<()> {
    for (document, most) in [("index.html", 130_000), ("desk.html", 300_000)] {
        let FirstLoad { always, language } = first_load::of(document, ".br")?;
        println!("{document}: {always} bytes, and {language} for a language");
        let bytes = always + language;
        ensure!(bytes <= most, "{document}: {bytes} of {most} bytes");
    }
    Ok(())
}
