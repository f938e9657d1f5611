//! What browsers ask this server, counted by route and status.

use axum::{
    body::HttpBody as _,
    http::{StatusCode, Uri},
    response::Response,
};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family},
    registry::{Registry, Unit},
};

/// What a request was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// A board's snapshot.
    Board,
    /// The list of boards.
    Boards,
    /// A board's trends.
    Trends,
    /// A board's agents.
    Agents,
    /// What is kept of a board and its queues.
    History,
    /// A link's token, or a screen's code.
    Access,
    /// The wall or the desk.
    Page,
    /// A file of theirs.
    Asset,
    /// The process's health.
    Health,
    /// Anything else.
    Other,
}

impl Route {
    const ALL: [Self; 10] = [
        Self::Board,
        Self::Boards,
        Self::Trends,
        Self::Agents,
        Self::History,
        Self::Access,
        Self::Page,
        Self::Asset,
        Self::Health,
        Self::Other,
    ];

    /// Of an address; of its beginning only, so that nobody makes up a kind.
    #[must_use]
    pub fn of(uri: &Uri) -> Self {
        let path = uri.path();
        if let Some(rest) = path.strip_prefix("/api/") {
            return match rest.strip_prefix("boards/") {
                Some(board) => match board.split_once('/') {
                    Some((_, "trends")) => Self::Trends,
                    Some((_, "agents")) => Self::Agents,
                    Some(_) => Self::History,
                    None => Self::Board,
                },
                None => match rest {
                    "boards" => Self::Boards,
                    "access" | "screens" | "screens/wait" => Self::Access,
                    _ => Self::Other,
                },
            };
        }
        match path {
            "/" | "/desk" => Self::Page,
            "/healthz" | "/readyz" => Self::Health,
            _ if path.starts_with("/assets/") => Self::Asset,
            _ if path.starts_with("/board/") || path.starts_with("/desk/") => Self::Page,
            _ => Self::Other,
        }
    }

    /// Its name in metrics and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Board => "board",
            Self::Boards => "boards",
            Self::Trends => "trends",
            Self::Agents => "agents",
            Self::History => "history",
            Self::Access => "access",
            Self::Page => "page",
            Self::Asset => "asset",
            Self::Health => "health",
            Self::Other => "other",
        }
    }
}

/// Classes of statuses; "unchanged" is a separate one.
const STATUSES: [&str; 5] = ["2xx", "304", "3xx", "4xx", "5xx"];

const fn class_of(status: StatusCode) -> &'static str {
    STATUSES[match status.as_u16() {
        304 => 1,
        300..400 => 2,
        400..500 => 3,
        500.. => 4,
        _ => 0,
    }]
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    route: &'static str,
    status: &'static str,
}

/// Requests so far. A clone counts on the same.
#[derive(Clone, Debug)]
pub struct Requests {
    counts: Family<Labels, Counter>,
    body_bytes: Counter,
}

impl Default for Requests {
    fn default() -> Self {
        let counts = Family::default();
        // Every route and status is there from the start, as 0.
        for route in Route::ALL.map(Route::as_str) {
            for status in STATUSES {
                drop(counts.get_or_create(&Labels { route, status }));
            }
        }
        Self {
            counts,
            body_bytes: Counter::default(),
        }
    }
}

impl Requests {
    /// Counts an answer.
    pub fn answered(&self, route: Route, response: &Response) {
        let labels = Labels {
            route: route.as_str(),
            status: class_of(response.status()),
        };
        self.counts.get_or_create(&labels).inc();
        // Every answer's length is known before it is sent.
        if let Some(bytes) = response.body().size_hint().exact() {
            self.body_bytes.inc_by(bytes);
        }
    }

    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "http_requests",
            "Requests answered on the public listener, by what was asked for and the answer's status",
            self.counts.clone(),
        );
        registry.register_with_unit(
            "http_response_body",
            "Bytes in the bodies of these answers, compressed; without headers",
            Unit::Bytes,
            self.body_bytes.clone(),
        );
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn every_path_is_one_of_a_few_routes() {
        for (path, route) in [
            ("/api/boards/main", Route::Board),
            ("/api/boards/no-such-board?x=1", Route::Board),
            ("/api/boards", Route::Boards),
            ("/api/boards/main/trends", Route::Trends),
            ("/api/boards/main/queues/1/history.csv", Route::History),
            ("/api/boards/main/events?from=0", Route::History),
            ("/api/access", Route::Access),
            ("/api/screens", Route::Access),
            ("/api/screens/wait", Route::Access),
            ("/api/other", Route::Other),
            ("/", Route::Page),
            ("/?lang=de", Route::Page),
            ("/board/main", Route::Page),
            ("/desk", Route::Page),
            ("/desk/main", Route::Page),
            ("/desk/main/queues/4711", Route::Page),
            ("/desk/main/agents", Route::Page),
            ("/assets/page-1.wasm", Route::Asset),
            ("/healthz", Route::Health),
            ("/readyz", Route::Health),
            ("/wp-login.php", Route::Other),
            ("/metrics", Route::Other),
        ] {
            assert_eq!(Route::of(&path.parse().unwrap()), route, "{path}");
        }
    }

    #[test]
    fn answers_are_counted_by_route_and_status() {
        let requests = Requests::default();
        let answer = |status: u16, body: &'static str| {
            let mut response = Response::new(Body::from(body));
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            response
        };
        requests.answered(Route::Board, &answer(200, "12345"));
        requests.answered(Route::Board, &answer(304, ""));
        requests.answered(Route::Board, &answer(304, ""));
        requests.answered(Route::Other, &answer(404, "no"));
        let count = |route, status| {
            let labels = Labels { route, status };
            requests.counts.get_or_create(&labels).get()
        };
        assert_eq!(count("board", "2xx"), 1);
        assert_eq!(count("board", "304"), 2);
        assert_eq!(count("other", "4xx"), 1);
        assert_eq!(count("board", "4xx"), 0);
        assert_eq!(requests.body_bytes.get(), 7);
        let classes = [
            (302, "3xx"),
            (500, "5xx"),
            (503, "5xx"),
            (204, "2xx"),
            (429, "4xx"),
            (101, "2xx"),
        ];
        for (status, class) in classes {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(class_of(status), class, "{status}");
        }
    }
}
