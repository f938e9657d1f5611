//! Keys, the list of them, and the settings panel.

use std::cell::Cell;

use leptos::prelude::{document, window};
use queuewall_frontend::components::board::Extras;
use queuewall_frontend::keys::{Command, Panel};
use queuewall_frontend::settings::Asked;
use queuewall_frontend::{qr, settings};
use queuewall_shared::level::Level;
use queuewall_shared::settings::{Rotate, Settings, Sort, View};
use queuewall_shared::snapshot::Theme;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlTextAreaElement};

use crate::desk::{at_level, press, type_in};
use crate::support::{Shown, at, good_link, queue, settle, snapshot};

#[wasm_bindgen_test]
fn keys_of_keyboards_and_remotes_mean_the_same() {
    for (key, code, command) in [
        ("ArrowRight", 39, Command::NextPage),
        ("ArrowLeft", 37, Command::PreviousPage),
        (" ", 32, Command::TogglePause),
        ("p", 80, Command::TogglePause),
        ("MediaPlayPause", 179, Command::TogglePause),
        ("Unidentified", 415, Command::TogglePause),
        ("Unidentified", 19, Command::TogglePause),
        ("", 10252, Command::TogglePause),
        ("f", 70, Command::FullScreen),
        ("F", 70, Command::FullScreen),
        ("", 405, Command::FullScreen),
        ("m", 77, Command::ToggleSound),
        ("", 403, Command::ToggleSound),
        ("S", 83, Command::Settings),
        ("Enter", 13, Command::Settings),
        ("", 404, Command::Settings),
        ("a", 65, Command::Agents),
        ("?", 191, Command::Help),
        ("h", 72, Command::Help),
        ("", 406, Command::Help),
        ("/", 191, Command::Search),
        ("Escape", 27, Command::Close),
        ("GoBack", 0, Command::Close),
        ("BrowserBack", 166, Command::Close),
        ("XF86Back", 10009, Command::Close),
        ("", 461, Command::Close),
    ] {
        assert_eq!(Command::of_key(key, code), Some(command), "{key:?} {code}");
    }
    for (key, code) in [("q", 81), ("Tab", 9), ("ArrowUp", 38), ("", 0), ("F5", 116)] {
        assert_eq!(Command::of_key(key, code), None, "{key:?} {code}");
    }
}

fn focused() -> Element {
    document()
        .active_element()
        .expect("something has the focus")
}

fn is_open(shown: &Shown) -> bool {
    let panel = shown.host.query_selector("[role=dialog]");
    panel.expect("well formed").is_some()
}

async fn type_key(key: &str) -> bool {
    let used = press(key, Some(&focused()));
    settle().await;
    used
}

thread_local! {
    static HAS_LEFT: Cell<bool> = const { Cell::new(false) };
}

#[wasm_bindgen_test]
async fn panel_opened_from_a_wall_closes_after_ten_minutes() {
    for (panel, stays) in [(Some(Panel::Settings), false), (None, true)] {
        let asked = Asked {
            panel,
            ..settings::read("?view=tab")
        };
        let mut extras = Extras::of_a_desk();
        extras.leave = || HAS_LEFT.set(true);
        let shown = Shown::opened_as(asked, extras);
        shown.board.take(snapshot(vec![queue("a")]));
        settle().await;
        if panel.is_none() {
            assert!(press("s", None));
        }
        for (second, is_there) in [(0, true), (599, true), (600, stays)] {
            shown.board.advance(at(second).monotonic, &good_link());
            settle().await;
            assert_eq!(is_open(&shown), is_there, "{panel:?} at {second} s");
            assert_eq!(HAS_LEFT.take(), !is_there, "{panel:?} at {second} s");
        }
    }
}

#[wasm_bindgen_test]
async fn help_opens_takes_the_focus_and_gives_it_back() {
    let shown = Shown::asked("?view=tab", vec![queue("a")], 0, 0).await;
    shown.click("[data-act=help]").await;
    assert!(is_open(&shown));
    assert!(type_key("Escape").await);
    assert!(!is_open(&shown));

    shown
        .input("[data-act=help]")
        .focus()
        .expect("can be focused");
    for (opens, closes) in [("?", "?"), ("h", "Escape"), ("?", "GoBack")] {
        assert!(type_key(opens).await);
        assert!(is_open(&shown), "{opens}");
        let dialog = shown.find("[role=dialog]");
        assert!(dialog.contains(Some(&focused())));
        // The keys below are not for what is below.
        assert!(!type_key("/").await);
        assert!(dialog.contains(Some(&focused())));
        assert!(type_key(closes).await);
        assert!(!is_open(&shown), "{closes}");
        assert!(focused().is_same_node(Some(&shown.find("[data-act=help]"))));
    }
    // One page at a time has the ids.
    drop(shown);
    let shown = Shown::asked("?view=tab", vec![queue("a")], 0, 0).await;
    type_key("?").await;
    for key in ["Search a queue", "Next page"] {
        assert!(shown.text(".help").contains(key), "{key}");
    }
}

#[wasm_bindgen_test]
async fn tab_and_arrows_stay_within_the_panel() {
    let shown = Shown::asked("?view=tab", vec![queue("a"), queue("b")], 0, 0).await;
    assert!(type_key("Enter").await);
    let dialog = shown.find("[role=dialog]");
    let start = focused();
    assert_eq!(start.get_attribute("data-word").as_deref(), Some("wall"));
    assert!(type_key("ArrowRight").await);
    assert_eq!(focused().get_attribute("data-word").as_deref(), Some("tab"));
    assert!(type_key("ArrowDown").await);
    let row = focused().closest("[data-setting]").expect("well formed");
    let row = row.and_then(|it| it.get_attribute("data-setting"));
    assert_eq!(row.as_deref(), Some("sort"));
    for _ in 0..60 {
        type_key("Tab").await;
        assert!(dialog.contains(Some(&focused())));
    }
    for _ in 0..60 {
        type_key("ArrowDown").await;
        assert!(dialog.contains(Some(&focused())));
    }
    // A remote ticks a box by OK.
    let ticked = shown.input("[type=checkbox]");
    ticked.focus().expect("can be focused");
    assert!(type_key("Enter").await);
    assert!(ticked.checked() && is_open(&shown));
    type_key("Escape").await;
    assert!(!is_open(&shown));
}

fn address(shown: &Shown) -> String {
    let line: HtmlTextAreaElement = shown.find("#set-address").unchecked_into();
    line.value()
}

/// The settings of the address that the panel has written.
fn written(shown: &Shown) -> Settings {
    let address = address(shown);
    let open = shown.find(".settings-acts a").get_attribute("href");
    assert_eq!(open, Some(address.clone()));
    let (code, _) = qr::path(&address);
    let drawn = shown.find(".settings-code").get_attribute("viewBox");
    assert_eq!(drawn, Some(code));
    let (path, query) = address.split_once('?').unwrap_or((&address, ""));
    let location = window().location();
    let here = location.origin().expect("an origin") + &location.pathname().expect("a path");
    assert_eq!(path, here);
    let asked = settings::read(query);
    assert_eq!(asked.problems, []);
    asked.settings
}

#[wasm_bindgen_test]
fn address_of_a_board_is_written_for_wall_and_desk() {
    for (wall, desk) in [
        ("/board/main", "/desk/main"),
        ("/desk/board/main", "/desk/desk/main"),
        ("/a/board/b", "/a/desk/b"),
    ] {
        for path in [wall, desk] {
            assert_eq!(settings::path_as(View::Wall, path), wall);
            assert_eq!(settings::path_as(View::Tab, path), desk);
        }
    }
}

#[wasm_bindgen_test]
async fn the_panel_writes_the_link_that_asks_for_what_is_chosen() {
    let mut named = at_level("b", Level::Ok, 1);
    named.name = "<b>Käse & \"Co\"</b>".into();
    let shown = Shown::asked("?view=tab&metres=0.8", vec![queue("a"), named], 0, 0).await;
    shown.click("[data-act=settings]").await;
    assert_eq!(
        written(&shown),
        Settings {
            metres: Some(0.8),
            ..Settings::default()
        }
    );
    assert_eq!(shown.input("#set-metres").value(), "0.8");
    assert_eq!(shown.text(".check + .check"), "<b>Käse & \"Co\"</b>");
    let usual = |name: &str| shown.text(&format!("[data-setting={name}] [data-word='']"));
    assert_eq!(usual("sort"), "As usual (Worst first)");
    assert_eq!(usual("theme"), "As usual (Dark)");

    shown.click("[data-word=wall]").await;
    assert_eq!(usual("sort"), "As usual (Board)");
    let inches = shown.input("#set-inches");
    assert_eq!(inches.placeholder(), "55");
    shown.click("[data-setting=sort] [data-word=worst]").await;
    shown.click("[data-word=contrast]").await;
    shown.click("[data-word=pt]").await;
    shown.click("[data-setting=sound] [data-word=on]").await;
    shown.click("[data-setting=rotate] [data-word=off]").await;
    shown.click("[value=b]").await;
    shown.click("[value=a]").await;
    type_in(&shown.input("#set-metres"), "4,5");
    type_in(&shown.input("#set-screen"), "Hall 2 & café");
    type_in(&inches, "65");
    let all = Settings {
        screen: Some("Hall 2 & café".into()),
        view: View::Wall,
        theme: Some(Theme::Contrast),
        language: queuewall_shared::language::Language::of_code("pt"),
        metres: Some(4.5),
        inches: Some(65.0),
        rotate: Some(Rotate::Off),
        sort: Some(Sort::Worst),
        sound: true,
        queues: vec!["b".into(), "a".into()],
    };
    assert_eq!(written(&shown), all);
    assert!(address(&shown).ends_with("&queues=b,a"));

    // What cannot be followed is said where it stands, and is not in the address.
    type_in(&inches, "500");
    let fault = |name: &str| shown.text(&format!("[data-setting={name}] .setting-fault"));
    assert_eq!(fault("inches"), "inches: 5 to 150.");
    assert_eq!(
        inches.get_attribute("aria-invalid").as_deref(),
        Some("true")
    );
    assert_eq!(
        written(&shown),
        Settings {
            inches: None,
            ..all.clone()
        }
    );
    type_in(&inches, "");
    assert_eq!(fault("inches"), "");

    // And back to nothing asked.
    for choice in [
        "[data-setting=sort] [data-word='']",
        "[data-setting=theme] [data-word='']",
        "[data-setting=lang] [data-word='']",
        "[data-setting=sound] [data-word=off]",
        "[data-setting=rotate] [data-word=off]",
        "[data-setting=queues] [data-word='']",
    ] {
        shown.click(choice).await;
    }
    for input in ["#set-metres", "#set-screen"] {
        type_in(&shown.input(input), " ");
    }
    assert_eq!(written(&shown), Settings::default());
    assert!(!address(&shown).contains('?'));
    assert!(!shown.input("[value=a]").checked());
}
