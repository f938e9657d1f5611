//! One content in the encodings that browsers ask for, each with its own strong tag.

use std::io::Write as _;

use axum::{body::Bytes, http::HeaderValue};
use flate2::{Compression, write::GzEncoder};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// Brotli quality for what changes with every poll: most of the gain for a
/// hundredth of the time that the best takes.
const BROTLI_QUALITY: i32 = 5;

/// One content, as it is and compressed.
#[derive(Clone, Debug)]
pub struct Representations {
    /// As it is.
    pub raw: Representation,
    /// Compressed with gzip, where that was made.
    pub gzip: Option<Representation>,
    /// Compressed with brotli, where that was made.
    pub brotli: Option<Representation>,
}

/// Bytes and the entity tag that stands for exactly these.
#[derive(Clone, Debug)]
pub struct Representation {
    /// The body.
    pub bytes: Bytes,
    /// A strong entity tag (RFC 9110, 8.8.3), in its quotes.
    pub etag: HeaderValue,
}

impl Representation {
    /// Tags `bytes`. Other bytes, an other encoding of the same content too, get
    /// another tag.
    #[must_use]
    pub fn new(bytes: Bytes) -> Self {
        let digest = Sha256::digest(&bytes);
        let hex: String = digest
            .iter()
            .take(12)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        #[expect(
            clippy::expect_used,
            reason = "quotes and hexadecimal digits are header characters"
        )]
        let etag = HeaderValue::from_str(&format!("\"{hex}\"")).expect("a valid header value");
        Self { bytes, etag }
    }
}

impl Representations {
    /// Serialises and compresses.
    #[must_use]
    pub fn of_json(content: &impl Serialize) -> Self {
        #[expect(
            clippy::expect_used,
            reason = "snapshots are structs of text and numbers, which cannot fail"
        )]
        let raw = serde_json::to_vec(content).expect("JSON");
        Self::of_bytes(raw.into())
    }

    /// Compresses.
    #[must_use]
    pub fn of_bytes(raw: Bytes) -> Self {
        Self::of_bytes_in(raw, true, true)
    }

    /// Compresses with just these.
    #[must_use]
    pub fn of_bytes_in(raw: Bytes, has_brotli: bool, has_gzip: bool) -> Self {
        let tagged = |bytes: Vec<u8>| Representation::new(bytes.into());
        let gzip = has_gzip.then(|| gzip(&raw)).flatten();
        let brotli = has_brotli.then(|| brotli(&raw)).flatten();
        Self {
            gzip: gzip.map(tagged),
            brotli: brotli.map(tagged),
            raw: Representation::new(raw),
        }
    }
}

/// `None` cannot happen when writing to memory; then the content is served raw.
fn gzip(content: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).ok()?;
    encoder.finish().ok()
}

fn brotli(content: &[u8]) -> Option<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        // As large a window as the content, and no larger: it is memory on both sides.
        lgwin: 18,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &parameters).ok()?;
    Some(compressed)
}
