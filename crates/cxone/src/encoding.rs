//! Bodies that come compressed although none was asked for: some proxies do it all the same.

use std::io::{self, Read};

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use reqwest::header::HeaderValue;

/// How often a body may be compressed: by a server, and by a proxy.
const MOST_LAYERS: usize = 2;

/// Why a body could not be decompressed.
#[derive(Debug, PartialEq)]
pub(super) enum EncodingError {
    /// It is larger than allowed.
    TooLarge,
    /// It is damaged, or compressed in another way; in words.
    Unreadable(&'static str),
}

/// The body as it was before compression: gzip is known by its first bytes, whatever the
/// header says, since JSON never begins like that; deflate only by the header. No more than
/// `limit` bytes are made of it.
pub(super) fn decompress(
    mut body: Vec<u8>,
    content_encoding: Option<&HeaderValue>,
    limit: usize,
) -> Result<Vec<u8>, EncodingError> {
    let named = content_encoding.and_then(|value| value.to_str().ok());
    let named = named.unwrap_or_default().to_ascii_lowercase();
    let is_named = |name: &str| named.split(',').any(|it| it.trim() == name);
    for _ in 0..MOST_LAYERS {
        if !body.starts_with(b"\x1f\x8b") {
            break;
        }
        body = read(MultiGzDecoder::new(body.as_slice()), limit)
            .map_err(|error| error.unwrap_or(EncodingError::Unreadable("a damaged gzip body")))?;
    }
    if body.is_empty() || looks_like_text(&body) {
        return Ok(body);
    }
    if is_named("deflate") {
        // Some mean the one by it, some the other.
        let found = match read(ZlibDecoder::new(body.as_slice()), limit) {
            Err(None) => read(DeflateDecoder::new(body.as_slice()), limit),
            found => found,
        };
        return found
            .map_err(|error| error.unwrap_or(EncodingError::Unreadable("a damaged deflate body")));
    }
    for (name, words) in [
        ("br", "a body compressed with br"),
        ("zstd", "a body compressed with zstd"),
        ("compress", "a body compressed with compress"),
        ("x-compress", "a body compressed with compress"),
        ("gzip", "a damaged gzip body"),
        ("x-gzip", "a damaged gzip body"),
    ] {
        if is_named(name) {
            return Err(EncodingError::Unreadable(words));
        }
    }
    Ok(body)
}

/// Whether a body needs no decompression, whatever its header says.
fn looks_like_text(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let start = body.trim_ascii_start().first();
    start.is_none_or(|byte| matches!(byte, b'{' | b'[' | b'<'))
}

/// The whole output of a decoder; an error without a message when it fails.
fn read(decoder: impl Read, limit: usize) -> Result<Vec<u8>, Option<EncodingError>> {
    let mut body = Vec::new();
    let most = limit as u64 + 1;
    let read: io::Result<usize> = decoder.take(most).read_to_end(&mut body);
    match read {
        Ok(_) if body.len() > limit => Err(Some(EncodingError::TooLarge)),
        Ok(_) => Ok(body),
        Err(_) => Err(None),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{
        Compression,
        write::{DeflateEncoder, GzEncoder, ZlibEncoder},
    };
    use proptest::prelude::*;

    use super::*;

    const JSON: &[u8] = br#"{"queues": []}"#;

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(body: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn deflate(body: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn of(body: Vec<u8>, encoding: &'static str) -> Result<Vec<u8>, EncodingError> {
        let header = HeaderValue::from_static(encoding);
        decompress(body, Some(&header).filter(|_| !encoding.is_empty()), 1_000)
    }

    #[test]
    fn gzip_and_deflate_are_read_however_they_are_labelled() {
        let halves = [gzip(&JSON[..5]), gzip(&JSON[5..])].concat();
        for (body, encoding) in [
            (gzip(JSON), "gzip"),
            (gzip(JSON), "x-gzip"),
            (gzip(JSON), "GZIP"),
            (gzip(JSON), ""),
            (gzip(JSON), "identity"),
            (gzip(JSON), "deflate"),
            (gzip(&gzip(JSON)), "gzip, gzip"),
            (halves, "gzip"),
            (zlib(JSON), "deflate"),
            (deflate(JSON), "Deflate"),
            (gzip(&zlib(JSON)), "deflate, gzip"),
            (JSON.to_vec(), "gzip"),
            (JSON.to_vec(), "br"),
            (JSON.to_vec(), ""),
        ] {
            assert_eq!(of(body, encoding).as_deref(), Ok(JSON), "{encoding}");
        }
        assert_eq!(of(Vec::new(), "gzip"), Ok(Vec::new()));
    }

    #[test]
    fn body_that_cannot_be_decompressed_is_named() {
        let mut damaged = gzip(JSON);
        damaged.truncate(12);
        for (body, encoding, words) in [
            (damaged.clone(), "gzip", "a damaged gzip body"),
            (damaged, "", "a damaged gzip body"),
            (b"\x01\x02".to_vec(), "gzip", "a damaged gzip body"),
            (b"\x01\x02".to_vec(), "deflate", "a damaged deflate body"),
            (b"\x8b\x06".to_vec(), "br", "a body compressed with br"),
            (b"\x28\xb5".to_vec(), "zstd", "a body compressed with zstd"),
        ] {
            let found = of(body, encoding);
            assert_eq!(found, Err(EncodingError::Unreadable(words)), "{encoding}");
        }
    }

    #[test]
    fn body_that_grows_too_large_is_not_read() {
        for body in [gzip(&[b' '; 1_001]), gzip(&gzip(&[b' '; 1_001]))] {
            assert_eq!(of(body, "gzip"), Err(EncodingError::TooLarge));
        }
        assert_eq!(
            of(zlib(&[0; 1_001]), "deflate"),
            Err(EncodingError::TooLarge)
        );
        assert_eq!(
            of(gzip(&[b' '; 1_000]), "gzip").map(|it| it.len()),
            Ok(1_000)
        );
    }

    proptest! {
        #[test]
        fn any_body_is_read_within_the_limit_or_named(
            body in proptest::collection::vec(any::<u8>(), 0..60),
            encoding in proptest::sample::select(&["", "gzip", "deflate", "br", "x, gzip"][..]),
        ) {
            if let Ok(body) = of(body, encoding) {
                prop_assert!(body.len() <= 1_000);
            }
        }
    }
}
