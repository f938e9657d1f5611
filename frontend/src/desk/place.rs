//! Which queue or whether the agents are open, and how the board is shown: all of it is in the
//! address, so that a link shows the same, and the browser's way back leads there.

use js_sys::{decode_uri_component, encode_uri_component};
use leptos::prelude::window;
use queuewall_shared::address::Address;
use wasm_bindgen::JsValue;
use web_sys::UrlSearchParams;

use crate::access;
use crate::field::Field;
use crate::settings::{OF_A_DESK, of_board};

/// Behind a board's path: its agents.
const AGENTS: &str = "/agents";

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
    is_agents: Field<bool>,
    /// Which of the agents are shown: those who do this, all where it is empty.
    band: Field<String>,
    /// Those who are looked for among the agents, and as much of it as the address may have: a
    /// person's name is never in it.
    find: Field<String>,
    found_in_address: Field<String>,
    /// The names of the groups that are shown as one each.
    folded: Field<Vec<String>>,
    /// Whether what is open was opened on this page, so that the way back leads to the board.
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
            is_agents: Field::new(false),
            band: Field::new(String::new()),
            find: Field::new(String::new()),
            found_in_address: Field::new(String::new()),
            folded: Field::new(Vec::new()),
            is_opened_here: Field::new(false),
        };
        place.read();
        place
    }

    /// Goes where the address is.
    pub(super) fn read(&self) {
        let Address { path, query, .. } = access::address();
        let board = of_board(&path);
        self.is_agents.set(
            path.get(board.len()..)
                .is_some_and(|it| it.trim_end_matches('/') == AGENTS),
        );
        let id = path.get(board.len() + "/queues/".len()..);
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
        self.band.set(get("band").unwrap_or_default());
        let find = get("find").unwrap_or_default();
        self.find.set(find.clone());
        self.found_in_address.set(find);
        let folded = parameters.map(|it| it.get_all("fold").iter().collect::<Vec<_>>());
        let folded = folded.unwrap_or_default();
        let folded = folded.iter().filter_map(JsValue::as_string);
        self.folded.set(folded.collect());
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

    /// Whether the board's agents are shown.
    #[must_use]
    pub fn is_agents(&self) -> bool {
        self.is_agents.get()
    }

    /// What the agents do who are shown, by its name in JSON; empty for all.
    pub(super) fn band(&self) -> String {
        self.band.get()
    }

    /// Those who are looked for among the agents.
    pub(crate) fn find(&self) -> String {
        self.find.get()
    }

    /// Opens the agents, or goes back from them.
    pub(crate) fn toggle_agents(&self) {
        if self.is_agents.get_untracked() {
            return self.close();
        }
        let is_first = !self.is_open();
        self.queue.set(None);
        self.forget_agents();
        self.is_agents.set(true);
        if is_first {
            self.is_opened_here.set(true);
        }
        self.write(true);
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }

    /// What was chosen of the agents is chosen no more when they are opened again.
    fn forget_agents(&self) {
        self.is_agents.set(false);
        for chosen in [self.by, self.band, self.find, self.found_in_address] {
            chosen.set(String::new());
        }
    }

    /// Shows the board's queues, as a table or as tiles.
    pub(crate) fn show_queues(&self, is_table: bool) {
        let is_step = self.is_agents.get_untracked();
        if is_step {
            self.forget_agents();
        }
        self.is_table.set(is_table);
        self.write(is_step);
    }

    pub(super) fn set_band(&self, band: &str) {
        self.band.set(band.to_owned());
        self.write(false);
    }

    /// Looks for agents. The address has it once it is told that it may.
    pub(crate) fn set_find(&self, find: &str) {
        self.find.set(find.to_owned());
    }

    /// Whether the address may have what is looked for, as nobody's name may.
    pub(super) fn tell_find(&self, may_be_told: bool) {
        let find = self.find.get_untracked();
        let told = if may_be_told { find } else { String::new() };
        if self.found_in_address.get_untracked() != told {
            self.found_in_address.set(told);
            self.write(false);
        }
    }

    /// The names of the groups that are shown as one each.
    pub(crate) fn folded(&self) -> Field<Vec<String>> {
        self.folded
    }

    /// Shows a group's queues under its heading, or the group as one.
    pub(super) fn toggle_fold(&self, group: &str) {
        let mut folded = self.folded.get_untracked();
        match folded.iter().position(|it| it == group) {
            Some(place) => drop(folded.remove(place)),
            None => folded.push(group.to_owned()),
        }
        self.folded.set(folded);
        self.write(false);
    }

    /// Opens a queue.
    pub fn open(&self, id: &str) {
        let was_open = self.is_open();
        self.queue.set(Some(id.to_owned()));
        self.is_agents.set(false);
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
        if self.is_agents.get_untracked() {
            self.forget_agents();
        }
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
        let is_agents = self.is_agents.get_untracked();
        let own = [
            ("range", range.word(), range != Range::Today),
            ("form", "table", self.is_table.get_untracked()),
            ("by", &*self.by.get_untracked(), true),
            ("band", &*self.band.get_untracked(), is_agents),
            (
                "find",
                &*encoded(&self.found_in_address.get_untracked()),
                is_agents,
            ),
        ];
        let others = query.trim_start_matches('?').split('&');
        // The group that is alone stays.
        let is_own = |pair: &&str| {
            let name = pair.split('=').next().unwrap_or_default();
            name != "group" && OF_A_DESK.contains(&name)
        };
        let mut all: Vec<String> = others
            .filter(|pair| !pair.is_empty() && !is_own(pair))
            .map(str::to_owned)
            .collect();
        for (name, value, is_said) in own {
            if is_said && !value.is_empty() {
                all.push([name, "=", value].concat());
            }
        }
        for group in self.folded.get_untracked() {
            all.push(["fold=", &String::from(encode_uri_component(&group))].concat());
        }
        let board = of_board(&path);
        let path = match self.queue.get_untracked() {
            Some(id) => path_of(board, &id),
            None if is_agents => [board, AGENTS].concat(),
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
    [board, "/queues/", &encoded(id)].concat()
}

pub(super) fn encoded(text: &str) -> String {
    String::from(encode_uri_component(text))
}
