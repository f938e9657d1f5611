//! Which queue is open and how the board is shown: all of it is in the address, so that a link
//! shows the same, and the browser's way back leads there.

use js_sys::{decode_uri_component, encode_uri_component};
use leptos::prelude::window;
use queuewall_shared::address::Address;
use wasm_bindgen::JsValue;
use web_sys::UrlSearchParams;

use crate::access;
use crate::field::Field;
use crate::settings::{OF_A_DESK, of_board};

/// The span of time that a chart shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// The last half hour.
    HalfHour,
    /// The last three hours.
    ThreeHours,
    /// The board's day.
    Today,
    /// Seven days, of which today is the last.
    Week,
}

impl Range {
    /// All of them, the shortest first.
    pub const ALL: [Self; 4] = [Self::HalfHour, Self::ThreeHours, Self::Today, Self::Week];

    /// As the address has it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::HalfHour => "30min",
            Self::ThreeHours => "3h",
            Self::Today => "today",
            Self::Week => "7d",
        }
    }
}

/// Where the desk is. A copy is the same.
#[derive(Clone, Copy)]
pub struct Place {
    queue: Field<Option<String>>,
    range: Field<Range>,
    is_table: Field<bool>,
    by: Field<String>,
    /// Whether the queue was opened on this page, so that the way back leads to the board.
    is_opened_here: Field<bool>,
}

impl Place {
    /// As the page's address has it.
    #[must_use]
    pub fn of_address() -> Self {
        let place = Self {
            queue: Field::new(None),
            range: Field::new(Range::Today),
            is_table: Field::new(false),
            by: Field::new(String::new()),
            is_opened_here: Field::new(false),
        };
        place.read();
        place
    }

    /// Goes where the address is.
    pub(super) fn read(&self) {
        let Address { path, query, .. } = access::address();
        let id = path.get(of_board(&path).len() + "/queues/".len()..);
        let id = id
            .map(|id| id.trim_end_matches('/'))
            .filter(|id| !id.is_empty());
        let decoded = id.and_then(|id| decode_uri_component(id).ok());
        self.queue.set(decoded.map(String::from));
        let parameters = UrlSearchParams::new_with_str(&query).ok();
        let get = |name| parameters.as_ref().and_then(|it| it.get(name));
        let range = get("range");
        let named = Range::ALL
            .into_iter()
            .find(|it| range.as_deref() == Some(it.word()));
        self.range.set(named.unwrap_or(Range::Today));
        self.is_table.set(get("form").as_deref() == Some("table"));
        self.by.set(get("by").unwrap_or_default());
    }

    /// The queue that is open.
    #[must_use]
    pub fn queue(&self) -> Option<String> {
        self.queue.get()
    }

    /// The same, for those who do not want to be told when it changes.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.queue.with_untracked(Option::is_some)
    }

    /// The span of its chart.
    #[must_use]
    pub fn range(&self) -> Range {
        self.range.get()
    }

    /// Whether numbers are shown as a table: of a queue those of its chart.
    #[must_use]
    pub fn is_table(&self) -> bool {
        self.is_table.get()
    }

    /// The column that the table is ordered by, with a minus before it where it is the other way
    /// round; empty for the order of the tiles.
    #[must_use]
    pub fn by(&self) -> String {
        self.by.get()
    }

    /// Opens a queue.
    pub fn open(&self, id: &str) {
        let was_open = self.is_open();
        self.queue.set(Some(id.to_owned()));
        if !was_open {
            self.is_opened_here.set(true);
        }
        self.write(!was_open);
        if !was_open {
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
    }

    /// Goes back to the board.
    pub fn close(&self) {
        let history = window().history();
        if self.is_opened_here.get_untracked()
            && let Ok(history) = history
        {
            self.is_opened_here.set(false);
            // What was open stays until the browser says where it is.
            let _ = history.back();
            return;
        }
        self.queue.set(None);
        self.write(true);
    }

    pub(crate) fn set_range(&self, range: Range) {
        self.range.set(range);
        self.write(false);
    }

    pub(crate) fn set_table(&self, is_table: bool) {
        self.is_table.set(is_table);
        self.write(false);
    }

    pub(crate) fn set_by(&self, by: &str) {
        self.by.set(by.to_owned());
        self.write(false);
    }

    /// Writes the address: as a step of the browser's way, or in place of the last one.
    fn write(&self, is_step: bool) {
        let Address { path, query, .. } = access::address();
        let range = self.range.get_untracked();
        let own = [
            ("range", range.word(), range != Range::Today),
            ("form", "table", self.is_table.get_untracked()),
            ("by", &*self.by.get_untracked(), true),
        ];
        let others = query.trim_start_matches('?').split('&');
        let is_own = |pair: &&str| OF_A_DESK.contains(&pair.split('=').next().unwrap_or_default());
        let mut all: Vec<String> = others
            .filter(|pair| !pair.is_empty() && !is_own(pair))
            .map(str::to_owned)
            .collect();
        for (name, value, is_said) in own {
            if is_said && !value.is_empty() {
                all.push([name, "=", value].concat());
            }
        }
        let board = of_board(&path);
        let path = match self.queue.get_untracked() {
            Some(id) => path_of(board, &id),
            None => board.to_owned(),
        };
        let sign = if all.is_empty() { "" } else { "?" };
        let address = [&path, sign, &all.join("&")].concat();
        // A browser that refuses keeps its address; the page shows the same.
        let _ = window().history().and_then(|history| match is_step {
            true => history.push_state_with_url(&JsValue::NULL, "", Some(&address)),
            false => history.replace_state_with_url(&JsValue::NULL, "", Some(&address)),
        });
    }
}

/// The address of a queue on this board, with the settings of the page.
pub(super) fn address_of(id: &str) -> String {
    let Address { path, query, .. } = access::address();
    path_of(of_board(&path), id) + &query
}

fn path_of(board: &str, id: &str) -> String {
    let id = String::from(encode_uri_component(id));
    [board, "/queues/", &id].concat()
}
