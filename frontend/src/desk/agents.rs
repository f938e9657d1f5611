//! The board's agents: how many do what, and where the board says so, each of them.
//!
//! # Layout
//! - here: what is on the screen
//! - `feed`: the list, asked for beside the board's polls while somebody looks at it
//! - `list`: its rows
//! - `why`: what is said where nobody is listed

mod feed;
mod list;
mod why;

use leptos::prelude::*;
use queuewall_shared::agents::{AgentActivity, AgentCounts};
use queuewall_shared::freshness::Freshness;
use queuewall_shared::snapshot::Level;
use web_sys::{Element, HtmlElement};

use super::Section;
use super::place::Place;
use super::rows::Rows;
use crate::board::{BoardState, Phase};
use crate::keys::{self, Command};
use crate::listener::Listener;
use crate::slots::follow;
use crate::{markup, numbers, text};

pub(super) use feed::Feed;
use feed::{Loaded, Read};
use list::{Column, Row};

const MARKUP: &str = "<h2 class=people-title></h2><div class=people-bands role=group></div>\
    <p class=people-note role=status></p><div class=queues-scroll>\
    <table class=\"queue-table people-table\"><thead></thead><tbody></tbody></table></div>";

/// Before an activity's name: what of a band is pressed.
const BAND: &str = "band-";

/// What is on the screen.
struct Made {
    root: Element,
    title: Section,
    bands: Section,
    bands_element: Element,
    note: Section,
    table: Element,
    head: Section,
    rows: Rows,
    /// By row: the place of its time, and what is written there.
    times: Vec<(HtmlElement, String)>,
    _listener: Option<Listener>,
}

/// Fills the element of the id `people` while the agents are open.
pub(super) fn keep(board: BoardState, place: Place) -> Feed {
    let feed = Feed::new(board);
    let commands = keys::commands();
    commands.on(Command::Agents, move || place.toggle_agents());
    commands.on(Command::Close, move || {
        if untrack(|| place.is_agents()) {
            match untrack(|| place.find()).is_empty() {
                true => place.toggle_agents(),
                false => place.set_find(""),
            }
        }
    });
    follow(move || {
        let is_open = place.is_agents() || place.queue().is_some();
        feed.keep_up(is_open && board.phase() == Phase::Shown);
    });
    let mut made: Option<Made> = None;
    follow(move || {
        let is_shown = place.is_agents() && board.phase() == Phase::Shown;
        let Some(root) = document().get_element_by_id("people") else {
            return;
        };
        if !is_shown {
            if made.take().is_some() {
                root.set_inner_html("");
            }
            return;
        }
        if made.is_none() {
            made = Made::new(root, place);
        }
        if let Some(made) = &mut made {
            made.show(feed, place);
        }
    });
    feed
}

impl Made {
    fn new(root: Element, place: Place) -> Option<Self> {
        root.set_inner_html(MARKUP);
        let listener = Listener::with_event(root.clone().into(), "click", move |event| {
            let Some((_, act)) = markup::around(&event, "data-act") else {
                return;
            };
            if let Some(band) = act.strip_prefix(BAND) {
                let again = untrack(|| place.band()) == band;
                return place.set_band(if again { "" } else { band });
            }
            let (column, is_reversed) = untrack(|| list::order_of(place));
            let again = column.name() == act && !is_reversed;
            place.set_by(&[if again { "-" } else { "" }, &act].concat());
        });
        Some(Self {
            title: Section::find(&root, ".people-title")?,
            bands: Section::find(&root, ".people-bands")?,
            bands_element: markup::find(&root, ".people-bands")?,
            note: Section::find(&root, ".people-note")?,
            table: markup::find(&root, "table")?,
            head: Section::find(&root, "thead")?,
            rows: Rows::find(&root)?,
            root,
            times: Vec::new(),
            _listener: listener,
        })
    }

    fn show(&mut self, feed: Feed, place: Place) {
        let loaded = feed.loaded.get();
        let read = match &loaded {
            Loaded::Here(read) => Some(&**read),
            _ => None,
        };
        let of_board = |counts: &AgentCounts, freshness: Option<Freshness>, age| {
            (counts.clone(), freshness, age)
        };
        let (counts, age) = match (read, feed.board.with_agents(of_board)) {
            (Some(read), Some(_)) => (Some(read.list.counts.clone()), feed.age(read)),
            (_, Some((counts, freshness, age))) => (Some(counts), freshness.zip(age)),
            (_, None) => (None, None),
        };
        let is_stale = age.is_none_or(|(freshness, _)| freshness == Freshness::Stale);
        let state = age.map_or("none", |(freshness, _)| freshness.as_str());
        markup::set(&self.root, "data-state", state);

        let entries = read.and_then(|read| read.list.agents.as_ref());
        let all = entries.into_iter().flatten();
        let mut rows: Vec<Row> = all
            .map(|entry| Row::of(feed.board, entry, is_stale))
            .collect();
        let (find, band) = (place.find(), place.band());
        if entries.is_some() {
            place.tell_find(!rows.iter().any(|row| row.is_named_by(&find)));
        }
        let of = rows.len();
        rows.retain(|row| {
            (band.is_empty() || row.entry.activity.as_str() == band) && row.matches(&find)
        });
        let (column, is_reversed) = list::order_of(place);
        list::order(&mut rows, column, is_reversed);

        let mut title = markup::fill(&["", text::agent_list().title.text(), ""]);
        if let Some(now) = counts.as_ref().and_then(|counts| counts.now) {
            let logged_on = text::agents_logged_on(now.logged_on());
            title += &markup::fill(&[" <small>", &logged_on, "</small>"]);
        }
        if rows.len() < of {
            let shown = text::shown_of(rows.len(), of);
            title += &markup::fill(&[" <small>", &shown, "</small>"]);
        }
        title += &age_of(age);
        self.title.show(title);
        markup::set(
            &self.bands_element,
            "aria-label",
            text::agent_list().state.text(),
        );
        let pressed = entries.map(|_| &*band);
        let bands = counts.as_ref().filter(|counts| counts.now.is_some());
        let bands = bands.map(|counts| bands_of(counts, is_stale, pressed));
        self.bands.show(bands.unwrap_or_default());
        let said = why::nobody(feed.board, &loaded, counts.as_ref(), age, rows.len());
        self.note.show(markup::escape(&said));

        // A table without rows says nothing.
        markup::set(&self.table, "data-rows", &rows.len().to_string());
        self.head.show(list::head(column, is_reversed));
        let is_grouped = column == Column::Level && !is_reversed;
        if self.rows.write(list::written(&rows, is_grouped)) {
            let places = markup::all(&self.root, ".of-time b");
            self.times = places.into_iter().map(|it| (it, String::new())).collect();
        }
        for ((place, shown), row) in self.times.iter_mut().zip(&rows) {
            let time = time_of(feed, read, row.entry.since_ms, is_stale);
            if *shown != time {
                place.set_text_content(Some(&time));
                *shown = time;
            }
        }
    }
}

/// How old what is shown is: large where it is too old.
fn age_of(age: Option<(Freshness, std::time::Duration)>) -> String {
    match age {
        None => String::new(),
        Some((Freshness::Stale, age)) => {
            let (age, old) = (text::age(age), text::too_old());
            markup::fill(&[" <strong>", &age, " <small>", old, "</small></strong>"])
        }
        Some((_, age)) => markup::fill(&[" <small>", &text::ago(age), "</small>"]),
    }
}

/// For how long an agent has done the same.
fn time_of(feed: Feed, read: Option<&Read>, since_ms: Option<i64>, is_stale: bool) -> String {
    let lasting = read.zip(since_ms);
    text::known(lasting.map(|(read, since)| text::wait(feed.lasting(read, since, is_stale))))
}

/// What an agent does, in full.
fn activity(activity: AgentActivity) -> &'static str {
    let words = text::agent_list();
    match activity {
        AgentActivity::Available => words.available,
        AgentActivity::AfterCallWork => words.after_call_work,
        AgentActivity::OnContact => words.on_contact,
        AgentActivity::Unavailable => words.unavailable,
        AgentActivity::Other => words.other,
    }
    .text()
}

/// Its mark, as in a tile's bar.
fn mark(activity: AgentActivity) -> &'static str {
    match activity {
        AgentActivity::Available => "bar-available",
        AgentActivity::AfterCallWork => "bar-after-call",
        AgentActivity::OnContact => "bar-busy",
        AgentActivity::Unavailable => "bar-away",
        AgentActivity::Other => "bar-other",
    }
}

/// Before a level's word: its form.
fn over_mark(level: Level) -> &'static str {
    match level {
        Level::Critical => "● ",
        _ => "▲ ",
    }
}

/// How many do what, with those past a limit. `pressed`: which of them is shown alone, where
/// agents are listed.
fn bands_of(counts: &AgentCounts, is_stale: bool, pressed: Option<&str>) -> String {
    let mut bands = String::new();
    let now = counts.now.filter(|_| !is_stale);
    for of in AgentActivity::ALL {
        let count = now.map(|now| now.of(of));
        // What the server does not know is rare.
        if of == AgentActivity::Other && count.unwrap_or(0) == 0 {
            continue;
        }
        let mut content = markup::fill(&[
            "<i class=",
            mark(of),
            "></i><span>",
            activity(of),
            "</span><b>",
            &text::known(count.map(numbers::count)),
            "</b>",
        ]);
        let over = counts
            .over
            .iter()
            .filter(|it| it.activity == of && !is_stale);
        for over in over {
            let said = [over_mark(over.level), &text::agents_over(over)].concat();
            let level = over.level.as_str();
            content += &markup::fill(&["<small data-is=", level, ">", &said, "</small>"]);
        }
        let name = of.as_str();
        let (begin, end) = match pressed {
            None => ("<div class=band>".into(), "</div>"),
            Some(pressed) => {
                let is_pressed = markup::flag(pressed == name);
                let act = [BAND, name].concat();
                (
                    markup::fill(&[
                        "<button type=button class=band data-act=",
                        &act,
                        " aria-pressed=",
                        is_pressed,
                        ">",
                    ]),
                    "</button>",
                )
            }
        };
        bands += &[&*begin, &content, end].concat();
    }
    bands
}

/// On the page of a queue: who has one of its contacts now, where the board lists its agents.
pub(super) fn handling(feed: Feed, id: &str) -> String {
    let words = text::agent_list();
    let title = markup::fill(&["<h3>", words.handling.text(), "</h3>"]);
    let quiet = |said: &str| title.clone() + &markup::fill(&["<p class=quiet>", said, "</p>"]);
    feed.loaded.with(|loaded| {
        let read = match loaded {
            Loaded::Not => return String::new(),
            Loaded::Failed => return quiet(words.failed.text()),
            Loaded::Refused(_) => return quiet(words.no_right.text()),
            Loaded::Here(read) => read,
        };
        let Some(agents) = &read.list.agents else {
            return quiet(&why::none_listed(&read.list));
        };
        match feed.age(read) {
            Some((Freshness::Stale, age)) => return quiet(&text::old(age)),
            None => return quiet(words.not_read.text()),
            Some(_) => {}
        }
        let mut rows = String::new();
        for entry in agents.iter().filter(|it| it.queue.as_deref() == Some(id)) {
            let row = Row::of(feed.board, entry, false);
            rows += &row.in_queue(&time_of(feed, Some(read), entry.since_ms, false));
        }
        match &*rows {
            "" => quiet(words.nobody_handling.text()),
            rows => [&title, "<ul class=handling>", rows, "</ul>"].concat(),
        }
    })
}
