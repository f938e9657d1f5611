//! Many pictures on one: a page of thumbnails with captions, drawn by Chromium.

use std::{fs, path::Path, time::Duration};

use anyhow::{Context as _, Result};
use queuewall_e2e::devtools::Tab;

/// What a sheet in the documentation may weigh, in bytes.
const HEAVIEST: usize = 700_000;

/// Widths of a thumbnail, in pixels: the first that makes no sheet too heavy is taken.
const WIDTHS: [u32; 9] = [384, 320, 288, 256, 240, 224, 208, 192, 176];

/// A picture's file and what is written under it.
pub(crate) type Entry = (String, String);

/// Draws the pictures of `folder` named by `entries`, `columns` side by side, `scale`
/// times as wide as a thumbnail, into `file`. The page it was made from stays beside
/// the pictures.
pub(crate) async fn draw(
    tab: &mut Tab,
    folder: &Path,
    entries: &[Entry],
    (columns, scale): (u32, u32),
    file: &Path,
) -> Result<()> {
    let name = file.file_stem().context("a sheet has a name")?;
    let page = folder.join(name).with_extension("html");
    let mut picture = Vec::new();
    for width in WIDTHS.map(|width| width * scale) {
        fs::write(&page, html(entries, columns, width))?;
        picture = photograph(tab, &page, columns * (width + 16) + 16).await?;
        if picture.len() <= HEAVIEST {
            break;
        }
    }
    eprintln!("    {}: {} KB", file.display(), picture.len() / 1_000);
    fs::write(file, picture)?;
    Ok(())
}

async fn photograph(tab: &mut Tab, page: &Path, width: u32) -> Result<Vec<u8>> {
    tab.resize(width, 800).await?;
    let address = format!("file://{}", page.canonicalize()?.display());
    tab.open(&address).await?;
    let loaded =
        "Array.from(document.images).every(image => image.complete && image.naturalWidth > 0)";
    tab.wait_for(loaded, Duration::from_secs(60)).await?;
    let height = tab
        .evaluate("document.documentElement.scrollHeight")
        .await?;
    let height = height.as_u64().context("a height")?;
    tab.resize(width, u32::try_from(height)?).await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    tab.screenshot().await
}

fn html(entries: &[Entry], columns: u32, width: u32) -> String {
    let figures: String = entries
        .iter()
        .map(|(file, caption)| {
            format!(
                "<figure><img src=\"{file}\" alt=\"\"><figcaption>{caption}</figcaption></figure>\n"
            )
        })
        .collect();
    format!(
        "<!DOCTYPE html><meta charset=\"utf-8\"><title>Pictures</title><style>
body {{ margin: 16px; display: grid; grid-template-columns: repeat({columns}, {width}px);
  gap: 12px 16px; background: #6b7280; color: #fff; font: 13px/1.3 sans-serif; }}
figure {{ margin: 0; }}
img {{ display: block; max-width: 100%; max-height: {width}px; }}
</style>
{figures}"
    )
}
