//! What browsers ask this server: counted without a lock, a look-up or an allocation,
//! since thousands of screens ask all the time.

use std::array;

use axum::{
    body::HttpBody as _,
    http::{StatusCode, Uri},
    response::Response,
};
use prometheus_client::{
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
    /// A link's token, or a screen's code.
    Access,
    /// The page.
    Page,
    /// A file of the page.
    Asset,
    /// The process's health.
    Health,
    /// Anything else.
    Other,
}

impl Route {
    const ALL: [Self; 7] = [
        Self::Board,
        Self::Boards,
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
            return match rest {
                "boards" => Self::Boards,
                "access" | "screens" | "screens/wait" => Self::Access,
                _ if rest.starts_with("boards/") => Self::Board,
                _ => Self::Other,
            };
        }
        match path {
            "/" => Self::Page,
            "/healthz" | "/readyz" => Self::Health,
            _ if path.starts_with("/assets/") => Self::Asset,
            _ if path.starts_with("/board/") => Self::Page,
            _ => Self::Other,
        }
    }

    /// Its name in metrics and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Board => "board",
            Self::Boards => "boards",
            Self::Access => "access",
            Self::Page => "page",
            Self::Asset => "asset",
            Self::Health => "health",
            Self::Other => "other",
        }
    }
}

/// Classes of statuses; "unchanged" has one of its own.
const STATUSES: [&str; 5] = ["2xx", "304", "3xx", "4xx", "5xx"];

fn class_of(status: StatusCode) -> usize {
    match status.as_u16() {
        304 => 1,
        300..400 => 2,
        400..500 => 3,
        500.. => 4,
        _ => 0,
    }
}

/// Requests so far. A copy counts on the same.
#[derive(Clone, Debug)]
pub struct Requests {
    counts: Family<[(&'static str, &'static str); 2], Counter>,
    by_route: [[Counter; STATUSES.len()]; Route::ALL.len()],
    body_bytes: Counter,
}

impl Default for Requests {
    fn default() -> Self {
        let counts = Family::<[(&'static str, &'static str); 2], Counter>::default();
        let by_route = array::from_fn(|route| {
            let route = ("route", Route::ALL[route].as_str());
            array::from_fn(|status| {
                let status = ("status", STATUSES[status]);
                counts.get_or_create(&[route, status]).clone()
            })
        });
        Self {
            counts,
            by_route,
            body_bytes: Counter::default(),
        }
    }
}

impl Requests {
    /// A request of this kind is answered so.
    pub fn answered(&self, route: Route, response: &Response) {
        self.by_route[route as usize][class_of(response.status())].inc();
        // Every answer's length is known before it is sent.
        if let Some(bytes) = response.body().size_hint().exact() {
            self.body_bytes.inc_by(bytes);
        }
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "http_requests",
            "Requests answered on the public listener, by what was asked for and the answer's status",
            self.counts.clone(),
        );
        registry.register_with_unit(
            "http_response_body",
            "Bytes in the bodies of these answers, as compressed; without their heads",
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
    fn an_address_is_of_one_of_a_few_kinds_whatever_stands_in_it() {
        for (path, route) in [
            ("/api/boards/main", Route::Board),
            ("/api/boards/no-such-board?x=1", Route::Board),
            ("/api/boards", Route::Boards),
            ("/api/access", Route::Access),
            ("/api/screens", Route::Access),
            ("/api/screens/wait", Route::Access),
            ("/api/other", Route::Other),
            ("/", Route::Page),
            ("/?lang=de", Route::Page),
            ("/board/main", Route::Page),
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
    fn answers_are_counted_by_route_and_status_and_their_bytes_are_summed() {
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
            let labels = [("route", route), ("status", status)];
            requests.counts.get_or_create(&labels).get()
        };
        assert_eq!(count("board", "2xx"), 1);
        assert_eq!(count("board", "304"), 2);
        assert_eq!(count("other", "4xx"), 1);
        assert_eq!(count("board", "4xx"), 0);
        assert_eq!(requests.body_bytes.get(), 7);
        let classes = [(302, 2), (500, 4), (503, 4), (204, 0), (429, 3), (101, 0)];
        for (status, class) in classes {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(class_of(status), class, "{status}");
        }
    }
}
