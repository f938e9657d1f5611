//! A server that says exactly what it is told: the finished page out of `dist/`, and one
//! board of which every number can be set from one poll to the next.
//!
//! Its answers are the real server's in form: entity tags and 304, brotli, the age and
//! the uptime in headers. What the real server does with a tenant's data is shown by
//! the tests on [`crate::wall`]; what a page does with a poll needs no tenant.

mod files;
mod history;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Result, bail};
use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use files::{Content, Files, respond};
use queuewall_shared::{
    agents::AgentList,
    http::{SNAPSHOT_AGE_HEADER, UPTIME_HEADER},
    snapshot::{BoardList, BoardSnapshot, Queue},
    trend::{QueueTrend, Trends, scale},
};
use tokio::{
    net::TcpListener,
    sync::oneshot,
    time::{Instant, sleep},
};

/// Why no agents are listed.
pub const NO_RIGHT: &str = "this link does not list agents: make one with --agents";

/// How long a page may take to ask.
const A_POLL: Duration = Duration::from_secs(30);

/// The running server.
pub struct Stage {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// Ends the server when it is dropped.
    _stop: oneshot::Sender<()>,
}

struct Shared {
    files: Files,
    script: Mutex<Script>,
}

/// What is answered.
struct Script {
    board: Content,
    trends: Content,
    list: Content,
    /// The board's agents; without them the page has no right to see any.
    agents: Option<Content>,
    /// The ids of the board's queues.
    queues: Vec<String>,
    age_ms: Option<u64>,
    uptime_ms: u64,
    /// How many times the board was set: part of its tag.
    version: u64,
    polls: u64,
    unchanged: u64,
}

impl Stage {
    /// Serves `board`, read `age` ago, or never, by a server that ran for `uptime`.
    pub async fn start(
        board: &BoardSnapshot,
        age: impl Into<Option<Duration>>,
        uptime: Duration,
    ) -> Result<Self> {
        let list = BoardList {
            boards: vec![board.board.clone()],
            build: board.build.clone(),
        };
        let milliseconds = |time: Duration| u64::try_from(time.as_millis());
        let shared = Arc::new(Shared {
            files: Files::load()?,
            script: Mutex::new(Script {
                board: Content::json(serde_json::to_vec(board)?, 0)?,
                trends: trends(board, uptime, 0)?,
                list: Content::json(serde_json::to_vec(&list)?, 0)?,
                agents: None,
                queues: board.queues.iter().map(|queue| queue.id.clone()).collect(),
                age_ms: age.into().map(milliseconds).transpose()?,
                uptime_ms: milliseconds(uptime)?,
                version: 0,
                polls: 0,
                unchanged: 0,
            }),
        });
        let router = Router::new()
            .route("/api/boards", get(boards))
            .route("/api/boards/main", get(board_of))
            .route("/api/boards/main/trends", get(trends_of))
            .route("/board/{slug}", get(index))
            .route("/api/boards/main/queues/{id}/history", get(history::values))
            .route("/api/boards/main/events", get(history::events))
            .route("/api/boards/main/agents", get(agents_of))
            .route("/desk/{slug}", get(desk))
            .route("/desk/{slug}/agents", get(desk))
            .route("/desk/{slug}/queues/{id}", get(desk))
            .fallback(file)
            .with_state(Arc::clone(&shared));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            // No graceful end: a page's open connection must not keep the server.
            tokio::select! {
                _ = stopped => {}
                _ = axum::serve(listener, router) => {}
            }
        });
        Ok(Self {
            address,
            shared,
            _stop: stop,
        })
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// From the next poll on: `board`, under a new tag though it may be equal to what
    /// was there before.
    pub fn set(&self, board: &BoardSnapshot) -> Result<()> {
        let mut script = self.shared.script();
        script.version += 1;
        let uptime = Duration::from_millis(script.uptime_ms);
        script.trends = trends(board, uptime, script.version)?;
        script.board = Content::json(serde_json::to_vec(board)?, script.version)?;
        Ok(())
    }

    /// From the next request on, these are the board's agents.
    pub fn list_agents(&self, list: &AgentList) -> Result<()> {
        let mut script = self.shared.script();
        script.version += 1;
        script.agents = Some(Content::json(serde_json::to_vec(list)?, script.version)?);
        Ok(())
    }

    /// How many times the board was asked for, and how many of these polls were
    /// answered with 304.
    pub fn polls(&self) -> (u64, u64) {
        let script = self.shared.script();
        (script.polls, script.unchanged)
    }

    /// Waits until the board was asked for more than `polls` times.
    pub async fn polled(&self, polls: u64) -> Result<()> {
        let start = Instant::now();
        while self.polls().0 <= polls {
            if start.elapsed() > A_POLL {
                bail!("the page does not poll");
            }
            sleep(Duration::from_millis(2)).await;
        }
        Ok(())
    }
}

impl Shared {
    fn script(&self) -> MutexGuard<'_, Script> {
        // A panic while it was held failed its test already.
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn boards(State(shared): State<Arc<Shared>>, request: HeaderMap) -> Response {
    let script = shared.script();
    let mut response = respond(&script.list, &request);
    let name = HeaderName::from_static(UPTIME_HEADER);
    let uptime_ms = HeaderValue::from(script.uptime_ms);
    response.headers_mut().insert(name, uptime_ms);
    response
}

async fn board_of(State(shared): State<Arc<Shared>>, request: HeaderMap) -> Response {
    let mut script = shared.script();
    let mut response = respond(&script.board, &request);
    script.polls += 1;
    script.unchanged += u64::from(response.status() == StatusCode::NOT_MODIFIED);
    let headers = response.headers_mut();
    let name = HeaderName::from_static;
    headers.insert(name(UPTIME_HEADER), HeaderValue::from(script.uptime_ms));
    if let Some(age_ms) = script.age_ms {
        headers.insert(name(SNAPSHOT_AGE_HEADER), HeaderValue::from(age_ms));
    }
    response
}

async fn trends_of(State(shared): State<Arc<Shared>>, request: HeaderMap) -> Response {
    let script = shared.script();
    let mut response = respond(&script.trends, &request);
    let name = HeaderName::from_static(UPTIME_HEADER);
    let uptime_ms = HeaderValue::from(script.uptime_ms);
    response.headers_mut().insert(name, uptime_ms);
    response
}

async fn agents_of(State(shared): State<Arc<Shared>>, request: HeaderMap) -> Response {
    let script = shared.script();
    let Some(agents) = &script.agents else {
        let body = serde_json::json!({ "error": NO_RIGHT, "code": "no_agents" });
        return (StatusCode::FORBIDDEN, axum::Json(body)).into_response();
    };
    let mut response = respond(agents, &request);
    let name = HeaderName::from_static(UPTIME_HEADER);
    let uptime_ms = HeaderValue::from(script.uptime_ms);
    response.headers_mut().insert(name, uptime_ms);
    response
}

/// The made-up bins of the board's queues, which end now.
fn trends(board: &BoardSnapshot, uptime: Duration, version: u64) -> Result<Content> {
    let queue = |queue: &Queue| QueueTrend {
        id: queue.id.clone(),
        waiting_highest: queue.trend.clone(),
        waiting_before: queue.trend.iter().rev().nth(3).copied().flatten(),
        waiting_limits: [Some(5), Some(10)],
    };
    let queues: Vec<_> = board.queues.iter().map(queue).collect();
    let trends = Trends {
        to_ms: u64::try_from(uptime.as_millis())?,
        step_ms: 300_000,
        scale: scale(&queues, Some(10.0)),
        queues,
    };
    Content::json(serde_json::to_vec(&trends)?, version)
}

async fn index(State(shared): State<Arc<Shared>>, request: HeaderMap) -> Response {
    shared.files.answer("/index.html", &request)
}

async fn desk(State(shared): State<Arc<Shared>>, request: HeaderMap) -> Response {
    shared.files.answer("/desk.html", &request)
}

async fn file(State(shared): State<Arc<Shared>>, request: axum::extract::Request) -> Response {
    let path = match request.uri().path() {
        "/" => "/desk.html",
        path => path,
    };
    shared.files.answer(path, request.headers())
}

/// 404, without a word.
fn nothing() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, HeaderValue::from(0));
    response
}
