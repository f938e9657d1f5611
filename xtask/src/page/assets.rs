//! Finished files: named by their content, so that browsers may keep them for a
//! year, and compressed once at build time as no server could afford on the fly.

use std::{
    fs,
    hash::{DefaultHasher, Hasher as _},
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};

/// The folder being filled.
pub(crate) struct Assets {
    folder: PathBuf,
    sizes: Sizes,
}

/// How much there is, in bytes.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sizes {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

impl Sizes {
    /// What came since `before`, in words.
    pub(crate) fn since(self, before: Self) -> String {
        format!(
            "{} bytes raw, {} gzip, {} brotli",
            self.raw - before.raw,
            self.gzip - before.gzip,
            self.brotli - before.brotli
        )
    }
}

impl Assets {
    /// Starts an empty folder.
    pub(crate) fn create(folder: &Path) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder.join("assets"))
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        Ok(Self {
            folder: folder.to_owned(),
            sizes: Sizes::default(),
        })
    }

    /// Adds one file; its address from the server's root.
    pub(crate) fn add(&mut self, stem: &str, extension: &str, content: &[u8]) -> Result<String> {
        let mut hasher = DefaultHasher::new();
        hasher.write(content);
        let address = format!("assets/{stem}-{:016x}.{extension}", hasher.finish());
        self.write(&address, content)?;
        Ok(format!("/{address}"))
    }

    /// Adds a file whose name is fixed.
    pub(crate) fn add_document(&mut self, name: &str, html: &str) -> Result<()> {
        self.write(name, html.as_bytes())
    }

    /// How much there is so far: what both pages have counts for each.
    pub(crate) fn sizes(&self) -> Sizes {
        self.sizes
    }

    fn write(&mut self, name: &str, content: &[u8]) -> Result<()> {
        let (gzip, brotli) = (gzip(content)?, brotli(content)?);
        self.sizes.raw += content.len();
        self.sizes.gzip += gzip.len();
        self.sizes.brotli += brotli.len();
        for (ending, bytes) in [("", content), (".gz", &gzip), (".br", &brotli)] {
            let file = self.folder.join(format!("{name}{ending}"));
            fs::write(&file, bytes)
                .with_context(|| format!("{} cannot be written", file.display()))?;
        }
        Ok(())
    }
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        // A page's program in one block.
        lgblock: 19,
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &parameters)?;
    Ok(compressed)
}
