//! What this page's address asks of it, read once: a screen whose settings change is a
//! screen that loads another address.

use std::sync::Arc;

use leptos::prelude::{provide_context, use_context, window};
use queuewall_shared::address::Address;
use queuewall_shared::order;
use queuewall_shared::settings::{Problem, Settings, View};
use wasm_bindgen::JsCast;
use web_sys::UrlSearchParams;

use crate::access;
use crate::keys::Panel;

/// Parameters of a desk's address that are no settings: they change while it is open. See
/// [`desk::place`](crate::desk::place).
pub const OF_A_DESK: [&str; 7] = ["range", "form", "by", "band", "find", "fold", "group"];

/// What an address asks, and what of it cannot be followed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// What can be followed.
    pub settings: Settings,
    /// What cannot.
    pub problems: Vec<Problem>,
    /// A panel that is open from the start: a key on a wall leads to the desk's, which
    /// closes to the wall again.
    pub panel: Option<Panel>,
}

/// Reads the query of an address: what follows its question mark.
#[must_use]
pub fn read(query: &str) -> Asked {
    let Ok(parameters) = UrlSearchParams::new_with_str(query) else {
        return Asked::default();
    };
    let pairs = js_sys::Array::from(&parameters);
    let (settings, problems) = Settings::read(pairs.iter().filter_map(|pair| {
        let pair: js_sys::Array = pair.dyn_into().ok()?;
        Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
    }));
    Asked {
        settings,
        problems,
        panel: None,
    }
}

/// Lets every component below ask [`asked`].
pub fn provide(asked: Asked) {
    provide_context(Arc::new(asked));
}

/// Lets every component below ask what the page's own address asks of a wall or a desk.
pub fn provide_from_address(view: View) {
    let mut asked = read(&access::address().query);
    asked.settings.view = view;
    if view == View::Tab {
        let fragment = window().location().hash().unwrap_or_default();
        asked.panel = Panel::ALL
            .into_iter()
            .find(|panel| fragment == panel.fragment());
        asked.problems.retain(|it| !OF_A_DESK.contains(&&*it.name));
    }
    provide(asked);
}

/// The address of a wall or a desk, with its settings, for the board that the page shows.
#[must_use]
pub fn address_as(view: View) -> String {
    let Address { path, query, .. } = access::address();
    path_as(view, &path) + &query
}

/// The address of the page with a group alone; with the whole board where the name is empty.
#[must_use]
pub fn address_of_group(name: &str) -> String {
    let Address { path, query, .. } = access::address();
    let board = of_board(&path);
    let Ok(parameters) = UrlSearchParams::new_with_str(&query) else {
        return board.to_owned();
    };
    parameters.delete("group");
    if !name.is_empty() {
        parameters.set("group", name);
    }
    let query = String::from(parameters.to_string());
    let sign = if query.is_empty() { "" } else { "?" };
    [board, sign, &query].concat()
}

/// The group that the page's address asks for; empty where it asks for none.
#[must_use]
pub fn group_of_address() -> String {
    let parameters = UrlSearchParams::new_with_str(&access::address().query);
    let group = parameters.ok().and_then(|it| it.get("group"));
    group.unwrap_or_default()
}

/// A board's path on a wall or a desk.
#[must_use]
pub fn path_as(view: View, path: &str) -> String {
    let (folder, other) = match view {
        View::Wall => ("/board/", "/desk"),
        View::Tab => ("/desk/", "/board"),
    };
    let path = of_board(path);
    let parts = path.rsplit_once('/');
    // The last one: the server may be below a path of the same name.
    match parts.and_then(|(before, slug)| Some((before.strip_suffix(other)?, slug))) {
        Some((base, slug)) => [base, folder, slug].concat(),
        None => path.to_owned(),
    }
}

/// The path of the board that a path is of, or of one of its queues or its agents.
#[must_use]
pub fn of_board(path: &str) -> &str {
    let end = order::last_place(path, "/queues/").unwrap_or(path.len());
    let path = path.get(..end).unwrap_or(path);
    let of_agents = path.trim_end_matches('/').strip_suffix("/agents");
    // A board may be called so.
    let is_board =
        |board: &&str| matches!(board.rsplit_once('/'), Some((of, _)) if of.ends_with("/desk"));
    of_agents.filter(is_board).unwrap_or(path)
}

/// What the page was asked; nothing where nobody provided it.
#[must_use]
pub fn asked() -> Arc<Asked> {
    use_context().unwrap_or_default()
}
