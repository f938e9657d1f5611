//! A supervisor's tab: order, search, title and icon, and what a link cannot ask.

use leptos::prelude::document;
use queuewall_shared::level::Level;
use queuewall_shared::snapshot::{Queue, QueueState};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlElement, HtmlInputElement};

use crate::support::{
    Shown, at, good_link, lost_link, queue, settle, silent, snapshot, taken, watch,
};

#[wasm_bindgen(module = "/tests/page/browser.js")]
extern "C" {
    /// Whether somebody made use of the key.
    pub(crate) fn press(key: &str, target: Option<&web_sys::Element>) -> bool;
    pub(crate) fn type_in(input: &HtmlInputElement, text: &str);
    fn freeze(name: &str);
}

pub(crate) fn at_level(id: &str, level: Level, waiting: u64) -> Queue {
    Queue {
        level,
        waiting: Some(waiting),
        ..queue(id)
    }
}

fn five() -> Vec<Queue> {
    vec![
        silent("unknown", QueueState::Unknown),
        at_level("calm", Level::Ok, 3),
        at_level("amber", Level::Warning, 6),
        at_level("red", Level::Critical, 12),
        at_level("redder", Level::Critical, 20),
    ]
}

impl Shown {
    pub(crate) fn input(&self, selector: &str) -> HtmlInputElement {
        self.find(selector).unchecked_into()
    }

    pub(crate) async fn click(&self, selector: &str) {
        self.find(selector).unchecked_into::<HtmlElement>().click();
        settle().await;
    }
}

#[wasm_bindgen_test]
async fn a_desk_has_the_worst_first_and_a_wall_the_boards_order() {
    let shown = Shown::asked("", five(), 0, 0).await;
    assert_eq!(
        shown.places(),
        ["unknown", "calm", "amber", "red", "redder"]
    );
    drop(shown);
    let shown = Shown::asked("?sort=worst", five(), 0, 0).await;
    assert_eq!(
        shown.places(),
        ["redder", "red", "amber", "unknown", "calm"]
    );
    drop(shown);

    let shown = Shown::asked("?view=tab", five(), 0, 0).await;
    assert_eq!(
        shown.places(),
        ["redder", "red", "amber", "unknown", "calm"]
    );
    let pressed = |shown: &Shown, act: &str| {
        let button = shown.find(&format!("[data-act={act}]"));
        button.get_attribute("aria-pressed").unwrap_or_default()
    };
    assert_eq!(pressed(&shown, "worst"), "true");
    shown.click("[data-act=board]").await;
    assert_eq!(
        shown.places(),
        ["unknown", "calm", "amber", "red", "redder"]
    );
    assert_eq!(
        (pressed(&shown, "worst"), pressed(&shown, "board")),
        ("false".into(), "true".into())
    );
}

#[wasm_bindgen_test]
async fn tiles_change_places_for_trouble_and_not_for_a_lost_server() {
    let shown = Shown::asked("?view=tab", five(), 0, 0).await;
    // A calm queue's number moves no tile.
    let mut queues = five();
    queues[1].waiting = Some(4);
    shown.board.take(snapshot(queues.clone()));
    settle().await;
    assert_eq!(
        shown.places(),
        ["redder", "red", "amber", "unknown", "calm"]
    );
    queues[3].level = Level::Ok;
    shown.board.take(snapshot(queues));
    settle().await;
    assert_eq!(
        shown.places(),
        ["redder", "amber", "unknown", "calm", "red"]
    );

    shown.board.advance(at(15).monotonic, &lost_link());
    settle().await;
    assert_eq!(shown.state("calm"), "stale");
    assert_eq!(
        shown.places(),
        ["redder", "amber", "unknown", "calm", "red"]
    );
}

#[wasm_bindgen_test]
async fn a_name_is_searched_whatever_its_accents_and_the_totals_stay() {
    let mut queues = five();
    queues[1].name = "Störungen".into();
    let shown = Shown::asked("?view=tab", queues, 0, 0).await;
    assert_eq!(shown.text(".toolbar-count"), "5 of 5 shown");
    let search = shown.input(".toolbar input");
    assert!(press("/", None));
    let focused = document()
        .active_element()
        .expect("something has the focus");
    assert!(focused.is_same_node(Some(&search)));
    // Letters are the search's now.
    assert!(!press("s", Some(&search)));

    type_in(&search, "STORUNG");
    settle().await;
    assert_eq!(shown.places(), ["calm"]);
    assert_eq!(shown.text(".toolbar-count"), "1 of 5 shown");
    assert_eq!(shown.text("[data-total='waiting']"), "41+");
    type_in(&search, "nothing like it");
    settle().await;
    assert_eq!(shown.text(".grid-empty"), "No queue of this name.");

    assert!(press("Escape", Some(&search)));
    settle().await;
    assert_eq!((search.value(), shown.places().len()), (String::new(), 5));
    let focused = document().active_element();
    assert!(!focused.is_some_and(|it| it.is_same_node(Some(&search))));
}

#[wasm_bindgen_test]
async fn link_selects_queues_in_order_and_lists_missing_ones() {
    let shown = Shown::asked("?queues=red,4711,calm", five(), 0, 0).await;
    assert_eq!(shown.places(), ["red", "calm"]);
    assert_eq!(shown.text("[data-total='waiting']"), "15");
    assert_eq!(shown.text(".header-unread"), "");
    assert!(!shown.find(".problems").has_attribute("hidden"));
    assert_eq!(
        shown.text(".problems"),
        "Queues in this address that the board does not have: 4711."
    );

    let mut queues = five();
    queues.push(queue("4711"));
    shown.board.take(snapshot(queues));
    settle().await;
    assert_eq!(shown.places(), ["red", "4711", "calm"]);
    assert!(shown.find(".problems").has_attribute("hidden"));
    drop(shown);

    let shown = Shown::asked("?queues=4712", five(), 0, 0).await;
    assert_eq!(
        shown.text(".grid-empty"),
        "None of the queues that this address names is on this board."
    );
}

#[wasm_bindgen_test]
async fn invalid_link_settings_are_reported_and_stay() {
    let shown = Shown::asked("?view=tab&metre=5&theme=red&inches=500", five(), 0, 0).await;
    assert_eq!(
        shown.text(".problems"),
        "metre: no such setting. Settings: screen, view, theme, lang, metres, inches, rotate, \
         sort, sound, queues. theme: dark, light, contrast. inches: 5 to 150."
    );
    shown.board.advance(at(20).monotonic, &lost_link());
    settle().await;
    assert!(!shown.find(".problems").has_attribute("hidden"));
    drop(shown);
    let shown = Shown::asked("?view=tab&theme=light", five(), 0, 0).await;
    assert!(shown.find(".problems").has_attribute("hidden"));
}

fn icon() -> String {
    let icon = document().query_selector("link[rel~='icon']");
    let icon = icon.expect("well formed").expect("there is an icon");
    icon.get_attribute("href").unwrap_or_default()
}

#[wasm_bindgen_test]
async fn the_tab_tells_of_the_worst_and_never_an_old_number() {
    let shown = Shown::new(five(), 0, 0).await;
    assert_eq!(
        document().title(),
        "● 2 critical · 41+ waiting – Customer Care"
    );
    let critical = icon();
    assert!(critical.starts_with("data:image/png;base64,"), "{critical}");

    shown
        .board
        .take(snapshot(vec![at_level("a", Level::Warning, 6), queue("b")]));
    settle().await;
    assert_eq!(
        document().title(),
        "▲ 1 warning · 10 waiting – Customer Care"
    );
    let warning = icon();
    assert_ne!(warning, critical);

    // Nothing new: nothing is touched, the icon least of all.
    let head = document().head().expect("a head");
    let watching = watch(&head);
    shown.answer_times(1, 5);
    shown.board.advance(at(5).monotonic, &good_link());
    settle().await;
    assert_eq!(taken(&watching), "");

    shown.board.advance(at(15).monotonic, &lost_link());
    settle().await;
    assert_eq!(document().title(), "? No connection – Customer Care");
    let unknown = icon();
    assert!(unknown != critical && unknown != warning);

    // The server is there, but its readings are old.
    shown.answer_times(200, 20);
    shown.board.advance(at(20).monotonic, &good_link());
    settle().await;
    assert_eq!(document().title(), "? No current data – Customer Care");

    shown.answer_times(0, 25);
    shown.board.advance(at(25).monotonic, &good_link());
    settle().await;
    assert_eq!(
        document().title(),
        "▲ 1 warning · 10 waiting – Customer Care"
    );
    freeze("freeze");
    settle().await;
    assert_eq!(document().title(), "? No current data – Customer Care");
    freeze("resume");
    settle().await;
    assert_eq!(
        document().title(),
        "▲ 1 warning · 10 waiting – Customer Care"
    );
    assert_eq!(icon(), warning);

    shown.board.take(snapshot(vec![queue("b")]));
    settle().await;
    assert_eq!(document().title(), "4 waiting – Customer Care");
    assert_ne!(icon(), warning);
}
