//! An error as a page for people: what a TV shows instead of JSON. It needs no other file,
//! since those may be out of reach as well.

use std::sync::LazyLock;

use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderValue, Method, Request, StatusCode,
        header::{ACCEPT_LANGUAGE, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use queuewall_shared::{language::Language, words};
use sha2::{Digest as _, Sha256};

use super::negotiate::accepts_type;

/// As the page's own style sheets have it, without their files.
const STYLE: &str = "body{margin:0;background:#0a0c10;color:#f5f7f9;\
    font:calc(.85vw + 1.6vh)/1.4 Inter,\"Segoe UI\",Roboto,\"LG Smart UI\",\"Helvetica Neue\",\"Noto Sans\",Arial,sans-serif}\
    main{max-width:34em;margin:0 auto;padding:18vh 1.5em 2em}p{margin:0 0 1em;color:#b0b9c6}\
    h1{margin:0 0 .8em;font-size:1.8em;font-weight:600;line-height:1.2}\
    .detail{padding:.8em 1em;border-radius:.4em;background:#171b22;color:#f5f7f9}\
    a{display:inline-block;padding:.5em 1em;border:2px solid #353c48;border-radius:.4em;color:#f5f7f9;text-decoration:none}";

/// A screen that nobody touches asks again after so many seconds.
const AGAIN_SECONDS: u32 = 60;

/// What people read above the cause, which is for administrators and in English.
struct Headlines {
    not_shown: &'static str,
    cause: &'static str,
}

/// In the order of [`Language`].
const HEADLINES: [Headlines; Language::ALL.len()] = [
    Headlines {
        not_shown: "This page cannot be shown.",
        cause: "For the administrator:",
    },
    Headlines {
        not_shown: "Diese Seite lässt sich nicht anzeigen.",
        cause: "Für die Administration (englisch):",
    },
    Headlines {
        not_shown: "No se puede mostrar esta página.",
        cause: "Para el administrador (en inglés):",
    },
    Headlines {
        not_shown: "Cette page ne peut pas s’afficher.",
        cause: "Pour l’administrateur (en anglais)\u{a0}:",
    },
    Headlines {
        not_shown: "Não é possível mostrar esta página.",
        cause: "Para o administrador (em inglês):",
    },
];

/// The language of the person: as the address asks, else as the browser prefers.
pub(super) fn language(request: &Request<Body>) -> Language {
    let query = request.uri().query().unwrap_or_default();
    let asked = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "lang");
    let accepted = request.headers().get(ACCEPT_LANGUAGE);
    let tags = accepted.and_then(|list| list.to_str().ok());
    // Browsers list them in the order of their weights.
    let tags = tags.unwrap_or_default().split(',');
    let tags = tags.map(|tag| tag.trim().split(';').next().unwrap_or_default().to_owned());
    let asked = asked.and_then(|(_, code)| Language::of_code(&code));
    Language::choose(asked, None, tags)
}

/// Whether a person reads the answer, and not a program: a browser that opens a page says
/// that it takes HTML, and its scripts do not.
pub(super) fn is_for_people(request: &Request<Body>) -> bool {
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_data = request.uri().path().starts_with("/api/");
    is_reading && !is_data && takes_html(request.headers())
}

fn takes_html(headers: &HeaderMap) -> bool {
    accepts_type(headers, "text/html") || accepts_type(headers, "application/xhtml+xml")
}

/// The same answer with `words` as a page; `home` is where the boards are listed.
pub(super) fn instead_of(
    mut response: Response,
    words: &str,
    home: &str,
    language: Language,
) -> Response {
    let page = write(response.status(), words, Some(home), language);
    let headers = response.headers_mut();
    headers.remove(CONTENT_LENGTH);
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(CONTENT_SECURITY_POLICY, policy("; frame-ancestors 'none'"));
    *response.body_mut() = Body::from(page);
    response
}

/// A page that says `words` wherever it is shown, in a frame too.
pub(super) fn anywhere(words: &str, language: Language) -> Response {
    let status = StatusCode::FORBIDDEN;
    let mut response = Response::new(Body::from(write(status, words, None, language)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(CONTENT_SECURITY_POLICY, policy(""));
    response
}

fn write(status: StatusCode, words: &str, home: Option<&str>, language: Language) -> String {
    let mut words = words.to_owned();
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let words = escaped(&words);
    let (said, headlines) = (
        &words::ALL[language as usize],
        &HEADLINES[language as usize],
    );
    let headline = match status {
        StatusCode::NOT_FOUND => said.no_page.text(),
        _ => headlines.not_shown,
    };
    let home = home.map_or_else(String::new, |home| {
        let boards = said.all_boards.text();
        format!("<p><a href=\"{}\">{boards}</a></p>", escaped(home))
    });
    format!(
        "<!DOCTYPE html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><meta http-equiv=\"refresh\" content=\"{AGAIN_SECONDS}\">\
         <title>Queuewall</title><style>{STYLE}</style></head><body><main><p>Queuewall</p>\
         <h1>{headline}</h1><p>{}</p><p class=\"detail\" lang=\"en\">{words}.</p>{home}</main></body></html>\n",
        language.code(),
        headlines.cause,
    )
}

fn policy(frames: &str) -> HeaderValue {
    static HASH: LazyLock<String> = LazyLock::new(|| hash_of(STYLE));
    let policy = format!(
        "default-src 'none'; style-src {}; base-uri 'none'; form-action 'none'{frames}",
        *HASH
    );
    HeaderValue::try_from(policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

/// How a policy names a style or script that stands in a page.
pub(super) fn hash_of(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
