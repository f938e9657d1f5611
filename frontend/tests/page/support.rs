//! Boards to show, a place to show them, and witnesses in the browser.

use std::time::Duration;

use leptos::prelude::*;
use queuewall_frontend::api::Times;
use queuewall_frontend::board::BoardState;
use queuewall_frontend::components::board::{Extras, board_view};
use queuewall_frontend::settings::{self, Asked};
use queuewall_frontend::{Mounted, mount};
use queuewall_shared::link::{Failure, Link, PageTime};
use queuewall_shared::settings::View;
use queuewall_shared::snapshot::{
    Agents, Board, BoardSnapshot, Display, Level, Queue, QueueState, ServiceLevel, Totals,
    Upstream, UpstreamState,
};
use queuewall_shared::trend::{QueueTrend, Trends};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Element, HtmlElement};

#[wasm_bindgen(module = "/tests/page/browser.js")]
extern "C" {
    pub(crate) fn watch(node: &Element) -> wasm_bindgen::JsValue;
    /// The kinds of the changes since the last call, in order.
    pub(crate) fn taken(watching: &wasm_bindgen::JsValue) -> String;
    async fn frame();
}

pub(crate) fn queue(id: &str) -> Queue {
    Queue {
        id: id.into(),
        name: format!("Queue {id}"),
        state: QueueState::Open,
        cause: None,
        cause_code: None,
        lag_ms: Some(0),
        waiting: Some(4),
        average_wait_ms: Some(92_000),
        longest_wait_ms: None,
        agents: Agents {
            logged_on: Some(12),
            available: Some(3),
            busy: Some(7),
            ..Agents::default()
        },
        service_level: ServiceLevel {
            percent: Some(83.5),
            goal: Some(80.0),
            ..ServiceLevel::default()
        },
        level: Level::Ok,
        ..Queue::default()
    }
}

/// A queue about which there are no numbers.
pub(crate) fn silent(id: &str, state: QueueState) -> Queue {
    Queue {
        state,
        lag_ms: None,
        waiting: None,
        average_wait_ms: None,
        agents: Agents::default(),
        service_level: ServiceLevel::default(),
        level: Level::None,
        ..queue(id)
    }
}

pub(crate) fn snapshot(queues: Vec<Queue>) -> BoardSnapshot {
    BoardSnapshot {
        board: Board {
            slug: "main".into(),
            title: "Customer Care".into(),
            timezone: Some("Europe/Berlin".into()),
            notice: None,
            display: Display::default(),
            simulated_clock: None,
        },
        build: "test".into(),
        poll_interval_ms: 30_000,
        today_interval_ms: None,
        today_cause: None,
        today_cause_code: None,
        agents: None,
        upstream: Upstream {
            state: UpstreamState::Ok,
            cause: None,
            cause_code: None,
            since_ms: None,
            cause_since_ms: None,
            next_try_ms: None,
        },
        totals: Totals {
            of: queues.len(),
            ..Totals::default()
        },
        groups: Vec::new(),
        queues,
    }
}

pub(crate) fn at(seconds: u64) -> PageTime {
    PageTime {
        monotonic: Duration::from_secs(seconds),
        wall: Duration::from_secs(1_000_000 + seconds),
    }
}

/// A link whose latest answer came at second 0.
pub(crate) fn good_link() -> Link {
    let mut link = Link::new(at(0));
    link.answered(at(0));
    link
}

/// A link that lost its server after an answer at second 0.
pub(crate) fn lost_link() -> Link {
    let mut link = good_link();
    for second in [5, 10, 15] {
        link.missed(at(second), Failure::Status(502));
    }
    link
}

/// A separate page at the end of the body: the runner's output stays untouched.
pub(crate) fn host() -> HtmlElement {
    let document = document();
    let host = document.create_element("div").expect("a div can be made");
    let body = document.body().expect("the test page has a body");
    body.append_child(&host).expect("the body takes a div");
    host.unchecked_into()
}

/// A queue's bins, and its calls waiting a quarter of an hour ago.
pub(crate) fn trend(id: &str, bins: Vec<Option<u64>>, before: Option<u64>) -> QueueTrend {
    QueueTrend {
        id: id.into(),
        waiting_highest: bins,
        waiting_before: before,
        waiting_limits: [None; 2],
    }
}

/// A board on the screen whose time and answers the test decides.
pub(crate) struct Shown {
    pub(crate) board: BoardState,
    pub(crate) host: HtmlElement,
    _mounted: Mounted,
}

impl Shown {
    /// Shows `queues` as answered at second 0 with readings of `age_seconds`, and as it
    /// looks at second `now`.
    pub(crate) async fn new(queues: Vec<Queue>, age_seconds: u64, now: u64) -> Self {
        Self::asked("", queues, age_seconds, now).await
    }

    /// The same at an address that ends in `query`.
    pub(crate) async fn asked(
        query: &'static str,
        queues: Vec<Queue>,
        age_seconds: u64,
        now: u64,
    ) -> Self {
        let shown = Self::opened(query);
        shown.board.take(snapshot(queues));
        shown.answer_times(age_seconds, 0);
        shown.board.advance(at(now).monotonic, &good_link());
        settle().await;
        shown
    }

    /// Opens the board by a link with this query, before any answer: on a desk where it has
    /// `view=tab`, as a desk's address had up to 0.1.0.
    pub(crate) fn opened(query: &'static str) -> Self {
        Self::opened_as(settings::read(query), Extras::of_a_desk())
    }

    pub(crate) fn opened_as(asked: Asked, extras: Extras) -> Self {
        // A desk has tiles only near what is in sight, and an earlier test may have scrolled.
        window().scroll_to_with_x_and_y(0.0, 0.0);
        let host = host();
        let made = StoredValue::new(None);
        let mounted = mount(host.clone(), move || {
            if asked.settings.view == View::Tab {
                provide_context(extras);
            }
            settings::provide(asked);
            let board = BoardState::new(at(0));
            made.set_value(Some(board));
            board_view(board, "main".to_owned())
        });
        let board: BoardState = made.get_value().expect("the view was built");
        Self {
            board,
            host,
            _mounted: mounted,
        }
    }

    /// An answer to a request of second `sent`, with readings of `age_seconds`.
    pub(crate) fn answer_times(&self, age_seconds: u64, sent: u64) {
        let times = Times {
            snapshot_age: Some(Duration::from_secs(age_seconds)),
            // The server started ten minutes before second 0.
            uptime: Some(Duration::from_secs(600 + sent)),
            // 10:00:00 UTC on a winter's day, and on.
            date_ms: Some(1_767_607_200_000.0 + 1_000.0 * sent as f64),
        };
        let sent = at(sent).monotonic;
        self.board.take_times(times, sent, sent);
    }

    /// The server's trends at second 0.
    pub(crate) fn trends(&self, queues: &[QueueTrend]) {
        self.board.show_trends(Trends {
            to_ms: 600_000,
            step_ms: 300_000,
            scale: 10,
            queues: queues.to_vec(),
        });
    }

    /// The same of a server that never read its queues.
    pub(crate) fn answer_without_reading(&self) {
        let times = Times {
            snapshot_age: None,
            uptime: Some(Duration::from_secs(600)),
            date_ms: None,
        };
        self.board
            .take_times(times, at(0).monotonic, at(0).monotonic);
    }

    pub(crate) fn find(&self, selector: &str) -> Element {
        self.host
            .query_selector(selector)
            .expect("the selector is well formed")
            .unwrap_or_else(|| panic!("nothing matches {selector}"))
    }

    pub(crate) fn text(&self, selector: &str) -> String {
        self.find(selector).text_content().unwrap_or_default()
    }

    /// The queues whose tiles are on the screen, in order.
    pub(crate) fn places(&self) -> Vec<String> {
        let tiles = self.host.query_selector_all(".tile:not([hidden])");
        let tiles = tiles.expect("the selector is well formed");
        (0..tiles.length())
            .filter_map(|place| tiles.get(place)?.dyn_into::<Element>().ok())
            .filter_map(|tile| tile.get_attribute("data-queue"))
            .collect()
    }

    pub(crate) fn metric(&self, id: &str, metric: &str) -> String {
        self.text(&format!("[data-queue='{id}'] [data-metric='{metric}']"))
    }

    pub(crate) fn state(&self, id: &str) -> String {
        self.find(&format!("[data-queue='{id}']"))
            .get_attribute("data-state")
            .unwrap_or_default()
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.host.remove();
    }
}

/// Lets everything run that is already due, and the browser lay out the page: sizes
/// are reported after a layout, and what they change is laid out in the next. Two more,
/// since bodies of answers are read beside the page.
pub(crate) async fn settle() {
    for _ in 0..4 {
        frame().await;
    }
}

/// Lets frames pass until `is_so`, 600 at most: the assertion behind it says what is not.
pub(crate) async fn settle_until(is_so: impl Fn() -> bool) {
    for _ in 0..600 {
        if is_so() {
            return;
        }
        frame().await;
    }
}
