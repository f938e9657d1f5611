//! What is served, with its compressed form beside it.

use std::{collections::HashMap, fs, path::Path};

use anyhow::{Context, Result};
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};

use super::nothing;

/// One thing to answer with.
pub(super) struct Content {
    raw: Bytes,
    brotli: Option<Bytes>,
    media_type: &'static str,
    cache_control: &'static str,
    etag: HeaderValue,
}

impl Content {
    /// JSON that a page asks for again and again.
    pub(super) fn json(raw: Vec<u8>, version: u64) -> Result<Self> {
        Ok(Self {
            brotli: Some(brotli(&raw, 5)?),
            raw: raw.into(),
            media_type: "application/json",
            cache_control: "no-cache",
            etag: HeaderValue::from_str(&format!("\"{version}\""))?,
        })
    }

    fn of_file(name: &str, raw: Vec<u8>, brotli: Option<Vec<u8>>) -> Result<Self> {
        let (media_type, cache_control) = kind(name);
        Ok(Self {
            etag: HeaderValue::from_str(&format!("\"{}\"", raw.len()))?,
            raw: raw.into(),
            brotli: brotli.map(Bytes::from),
            media_type,
            cache_control,
        })
    }
}

/// The page's files, by their path.
pub(super) struct Files(HashMap<String, Content>);

impl Files {
    pub(super) fn load() -> Result<Self> {
        let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist");
        let mut files = HashMap::new();
        for folder in ["", "/assets"] {
            let entries = fs::read_dir(dist.join(folder.trim_start_matches('/'))).context(
                "no page was built: run this through `cargo xtask`, or `cargo xtask page` before",
            )?;
            for entry in entries.flatten() {
                let (file, name) = (entry.path(), entry.file_name());
                let name = name.to_string_lossy();
                if file.is_dir() || name.ends_with(".br") || name.ends_with(".gz") {
                    continue;
                }
                let packed = fs::read(file.with_file_name(format!("{name}.br"))).ok();
                let content = Content::of_file(&name, fs::read(&file)?, packed)?;
                files.insert(format!("{folder}/{name}"), content);
            }
        }
        Ok(Self(files))
    }

    /// The file at `path`, or 404.
    pub(super) fn answer(&self, path: &str, request: &HeaderMap) -> Response {
        match self.0.get(path) {
            Some(content) => respond(content, request),
            None => nothing(),
        }
    }
}

/// 304 where the request has it, else 200, packed where the request takes that.
pub(super) fn respond(content: &Content, request: &HeaderMap) -> Response {
    let holds = |name, text: &str| {
        let value = request.get(name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.contains(text))
    };
    let is_known = request.get(header::IF_NONE_MATCH) == Some(&content.etag);
    let packed = content
        .brotli
        .as_ref()
        .filter(|_| holds(header::ACCEPT_ENCODING, "br"));
    let mut response = Response::new(match packed {
        _ if is_known => Body::empty(),
        Some(packed) => Body::from(packed.clone()),
        None => Body::from(content.raw.clone()),
    });
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    let fixed = HeaderValue::from_static;
    headers.insert(header::ETAG, content.etag.clone());
    headers.insert(header::VARY, fixed("accept-encoding"));
    headers.insert(header::CACHE_CONTROL, fixed(content.cache_control));
    headers.insert(header::CONTENT_TYPE, fixed(content.media_type));
    if packed.is_some() && !is_known {
        headers.insert(header::CONTENT_ENCODING, fixed("br"));
    }
    response
}

fn kind(name: &str) -> (&'static str, &'static str) {
    const KEPT: &str = "public, max-age=31536000, immutable";
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => ("text/html; charset=utf-8", "no-cache"),
        "css" => ("text/css; charset=utf-8", KEPT),
        "js" => ("text/javascript; charset=utf-8", KEPT),
        "svg" => ("image/svg+xml", KEPT),
        "wasm" => ("application/wasm", KEPT),
        _ => ("application/octet-stream", KEPT),
    }
}

fn brotli(raw: &[u8], quality: i32) -> Result<Bytes> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality,
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &raw[..], &mut packed, &parameters)?;
    Ok(packed.into())
}
