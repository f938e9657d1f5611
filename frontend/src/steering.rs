//! The focus within a panel: by arrows as on a TV's remote, and by Tab, which stays
//! inside.

use leptos::prelude::document;
use queuewall_shared::steering::{Area, Arrow, nearest};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent};

use crate::markup;

/// Moves the focus as `event` asks, beginning with the first stop where nothing within `root`
/// has it: a remote has no Tab key.
pub fn steer_from_first(root: &Element, event: &KeyboardEvent) {
    let is_arrow = matches!(
        event.key().as_str(),
        "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight"
    );
    let has_focus = document()
        .active_element()
        .is_some_and(|it| it.matches("a, button, input").unwrap_or_default());
    match stops(root).first() {
        Some(first) if is_arrow && !has_focus => go(first, event),
        _ if is_arrow => steer(root, event),
        _ => {}
    }
}

/// Moves the focus as `event` asks, within `root`.
pub fn steer(root: &Element, event: &KeyboardEvent) {
    let all = stops(root);
    let focused = document().active_element();
    let place = all
        .iter()
        .position(|it| focused.as_ref().is_some_and(|of| it.is_same_node(Some(of))));
    let input = place.and_then(|place| all[place].dyn_ref::<HtmlInputElement>());
    let kind = input.map(HtmlInputElement::type_);
    let is_box = kind.as_deref() == Some("checkbox");
    let is_typed_in = kind.is_some() && !is_box;
    let arrow = match event.key().as_str() {
        "ArrowUp" => Arrow::Up,
        "ArrowDown" => Arrow::Down,
        // In a line of text these are the caret's.
        "ArrowLeft" if !is_typed_in => Arrow::Left,
        "ArrowRight" if !is_typed_in => Arrow::Right,
        "Tab" if !all.is_empty() => {
            let count = all.len();
            let next = match (place, event.shift_key()) {
                (Some(place), false) => (place + 1) % count,
                (Some(place), true) => (place + count - 1) % count,
                (None, false) => 0,
                (None, true) => count - 1,
            };
            return go(&all[next], event);
        }
        // A remote has no space bar.
        "Enter" if is_box => {
            event.prevent_default();
            return all[place.unwrap_or_default()].click();
        }
        _ => return,
    };
    let Some(place) = place else {
        return;
    };
    let areas: Vec<Area> = all.iter().map(area).collect();
    // Where there is nothing that way, the browser scrolls.
    if let Some(next) = nearest(areas[place], &areas, arrow) {
        go(&all[next], event);
    }
}

/// Everything within `root` that can have the focus, in the order of Tab.
pub fn stops(root: &Element) -> Vec<HtmlElement> {
    let mut stops = markup::all(root, "a[href], button, input");
    stops.retain(|it| it.offset_width() > 0);
    stops
}

fn go(to: &HtmlElement, event: &KeyboardEvent) {
    event.prevent_default();
    focus(to);
}

/// Moves the focus to an element.
pub fn focus(element: &HtmlElement) {
    // What is no longer in the document takes no focus, and that is all.
    let _ = element.focus();
}

fn area(of: &HtmlElement) -> Area {
    let area = of.get_bounding_client_rect();
    Area {
        left: area.left(),
        top: area.top(),
        right: area.right(),
        bottom: area.bottom(),
    }
}
