//! The two pages, wall and desk: embedded in the binary at compile time from `dist/`,
//! which `cargo xtask` builds. A server compiled without them says so.

use std::{borrow::Cow, collections::HashMap};

use axum::{
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header::CACHE_CONTROL},
    response::{Html, IntoResponse as _, Redirect, Response},
};
use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

use super::{
    AppState, Name, address,
    error::ApiError,
    error_page,
    negotiate::{Content, respond},
};
use crate::access::Caller;
use crate::snapshot::{Representation, Representations};

/// The files of `dist/`, each with its `.gz` and `.br` beside it.
#[derive(RustEmbed)]
#[folder = "../dist"]
#[allow_missing = true]
struct Dist;

/// For names that hold a hash of the content.
const KEPT_FOR_A_YEAR: &str = "public, max-age=31536000, immutable";

/// The documents of the wall and of the desk.
const WALL: &str = "index.html";
const DESK: &str = "desk.html";

const NOT_BUILT: &str = "<!DOCTYPE html><title>Queuewall</title>
<h1>This server was compiled without its page</h1>
<p>Run <code>cargo xtask demo</code> or <code>cargo xtask serve</code>, which build the page first.
The data is at <a href=\"/api/boards\">/api/boards</a>.</p>";

/// The pages' files, ready to be served.
#[derive(Debug)]
pub struct Page {
    files: HashMap<String, Representations>,
    build: String,
}

impl Page {
    /// The page that was embedded at compile time, if there was one.
    #[must_use]
    pub fn embedded() -> Self {
        Self::from_files(
            Dist::iter().filter_map(|name| Some((name.to_string(), Dist::get(&name)?.data))),
        )
    }

    fn from_files(all: impl Iterator<Item = (String, Cow<'static, [u8]>)>) -> Self {
        let mut bytes: HashMap<String, Bytes> =
            all.map(|(name, data)| (name, into_bytes(data))).collect();
        let mut names: Vec<String> = bytes
            .keys()
            .filter(|name| !name.ends_with(".br") && !name.ends_with(".gz"))
            .cloned()
            .collect();
        names.sort();
        let mut content = Sha256::new();
        let mut files = HashMap::new();
        for name in names {
            let mut take = |ending: &str| {
                bytes
                    .remove(&format!("{name}{ending}"))
                    .map(Representation::new)
            };
            let (gzip, brotli) = (take(".gz"), take(".br"));
            let Some(raw) = take("") else { continue };
            content.update(&raw.bytes);
            files.insert(name, Representations { raw, gzip, brotli });
        }
        let digest = content.finalize();
        let page = digest
            .iter()
            .take(4)
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>();
        Self {
            files,
            build: format!("{}-{page}", env!("CARGO_PKG_VERSION")),
        }
    }

    /// The version, and a hash of the page: what tells a screen that it is old.
    pub fn build(&self) -> &str {
        &self.build
    }

    /// The same page under another build's name, as a newer server would have it.
    #[must_use]
    pub fn of_build(self, build: &str) -> Self {
        Self {
            build: build.to_owned(),
            ..self
        }
    }

    /// The same page below a path, as in `/wall`, and in frames where it may be. Its files
    /// name each other by where they lie; the document alone names them from the root.
    #[must_use]
    pub fn placed(mut self, base_path: &str, is_framed: bool) -> Self {
        if base_path.is_empty() && !is_framed {
            return self;
        }
        for name in [WALL, DESK] {
            let Some(document) = self.files.get_mut(name) else {
                continue;
            };
            let html = String::from_utf8_lossy(&document.raw.bytes);
            let mut html = html.replace("\"/assets/", &format!("\"{base_path}/assets/"));
            if is_framed {
                html = html.replacen("<html", "<html data-frames", 1);
            }
            *document = Representations::of_bytes(html.into());
        }
        self
    }

    /// The hash of the script that stands in both documents, as a policy names it.
    pub(super) fn inline_script(&self) -> Option<String> {
        let html = String::from_utf8_lossy(&self.files.get(WALL)?.raw.bytes);
        let (_, after) = html.split_once("<script>")?;
        let (script, _) = after.split_once("</script>")?;
        Some(error_page::hash_of(script))
    }

    fn document(&self, name: &str, request: Request) -> Response {
        let kind = Content {
            media_type: "text/html; charset=utf-8",
            cache_control: "no-cache",
        };
        match self.files.get(name) {
            Some(document) => respond(document, request.into_parts().0.headers, kind),
            None => (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response(),
        }
    }
}

/// `GET /`: the list of boards, which is part of the desk's page, or the wall of the only
/// board that this screen may see.
pub(super) async fn index(State(state): State<AppState>, request: Request) -> Response {
    match only_board(&state, &request) {
        Some(slug) => redirect(&state, &format!("/board/{slug}"), request.uri().query()),
        None => state.page.document(DESK, request),
    }
}

/// `GET /desk`: the same for desks.
pub(super) async fn desks(State(state): State<AppState>, request: Request) -> Response {
    match only_board(&state, &request) {
        Some(slug) => redirect(&state, &format!("/desk/{slug}"), request.uri().query()),
        None => state.page.document(DESK, request),
    }
}

/// `GET /board/{slug}`: the wall. `view=tab` is the desk's address up to 0.1.0.
pub(super) async fn board(
    State(state): State<AppState>,
    Name(slug): Name,
    request: Request,
) -> Response {
    let query = request.uri().query().unwrap_or_default();
    if let Some(fragment) = query.split('&').find_map(after_view_tab) {
        // As it is written: what is encoded stays encoded.
        let others = query.split('&').filter(|it| after_view_tab(it).is_none());
        let mut others = others.collect::<Vec<_>>().join("&");
        if !fragment.is_empty() {
            others += "#";
            others += fragment;
        }
        let others = Some(&*others).filter(|it| !it.is_empty());
        let path = request.uri().path().replacen("/board/", "/desk/", 1);
        return redirect(&state, &path, others);
    }
    of_board(&state, WALL, &slug, request)
}

/// Where a part of a query is `view=tab`, however it is encoded: what follows behind a `#`
/// that was encoded on the way, as links are when they are pasted.
fn after_view_tab(pair: &str) -> Option<&str> {
    let encoded = ["%2523", "%23"].into_iter();
    let (view, fragment) = encoded
        .filter_map(|hash| pair.split_once(hash))
        .next()
        .unwrap_or((pair, ""));
    let (name, value) = url::form_urlencoded::parse(view.as_bytes()).next()?;
    (name == "view" && value.trim() == "tab").then_some(fragment)
}

/// `GET /desk/{slug}` and `GET /desk/{slug}/agents`: the desk.
pub(super) async fn desk(
    State(state): State<AppState>,
    Name(slug): Name,
    request: Request,
) -> Response {
    of_board(&state, DESK, &slug, request)
}

/// `GET /desk/{slug}/queues/{id}`: the desk, which shows the queue, or says that there is none.
pub(super) async fn desk_queue(
    State(state): State<AppState>,
    Name((slug, _)): Name<(String, String)>,
    request: Request,
) -> Response {
    of_board(&state, DESK, &slug, request)
}

/// A board's document: an unknown board is a 404 that the page puts into words, for those
/// who may know that it is unknown.
fn of_board(state: &AppState, document: &str, slug: &str, request: Request) -> Response {
    let now = state.clock.now().wall;
    let is_not_found = state.boards.latest(slug).is_none()
        && state.access.admit(slug, Caller::of(&request), now).is_ok();
    let mut response = state.page.document(document, request);
    if is_not_found && response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// The board that the caller may see, where it is one alone.
fn only_board(state: &AppState, request: &Request) -> Option<String> {
    let now = state.clock.now().wall;
    let boards = state.boards.set();
    let admitted = state
        .access
        .admitted(boards.slugs(), Caller::of(request), now)
        .ok()?;
    let slugs = match admitted {
        Some(slugs) => slugs,
        None if error_page::is_for_people(request) => boards.slugs().collect(),
        // A health check wants 200.
        None => return None,
    };
    match slugs.as_slice() {
        [slug] => Some((*slug).to_owned()),
        _ => None,
    }
}

/// To a path below the base path.
fn redirect(state: &AppState, path: &str, query: Option<&str>) -> Response {
    let sign = if query.is_some() { "?" } else { "" };
    let query = query.unwrap_or_default();
    let to = format!("{}{path}{sign}{query}", state.base_path);
    ([(CACHE_CONTROL, "no-store")], Redirect::to(&to)).into_response()
}

/// Where no route is: for people the page, which says so in their language; for programs
/// JSON.
pub(super) async fn nowhere(
    State(state): State<AppState>,
    request: Request,
) -> Result<Response, ApiError> {
    if address::seems_below_a_path(request.uri().path()) {
        return Err(ApiError::BelowAPath);
    }
    if !error_page::is_for_people(&request) {
        return Err(ApiError::NoSuchPath);
    }
    let mut response = state.page.document(WALL, request);
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    Ok(response)
}

pub(super) async fn asset(
    State(state): State<AppState>,
    Name(file): Name,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let name = format!("assets/{file}");
    let (content, media_type) = state
        .page
        .files
        .get(&name)
        .zip(media_type(&file))
        .ok_or(ApiError::NoSuchPath)?;
    Ok(respond(
        content,
        headers,
        Content {
            media_type,
            cache_control: KEPT_FOR_A_YEAR,
        },
    ))
}

/// The kinds of file that the page consists of; others are not served.
fn media_type(file: &str) -> Option<&'static str> {
    match file.rsplit_once('.')?.1 {
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "wasm" => Some("application/wasm"),
        "woff2" => Some("font/woff2"),
        "words" => Some("text/plain; charset=utf-8"),
        _ => None,
    }
}

fn into_bytes(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    }
}

#[cfg(test)]
impl Page {
    /// A page of the given files, for tests.
    pub(crate) fn of(files: &[(&str, &'static [u8])]) -> Self {
        Self::from_files(
            files
                .iter()
                .map(|(name, data)| ((*name).to_owned(), Cow::Borrowed(*data))),
        )
    }
}
