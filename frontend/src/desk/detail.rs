//! The page of one queue.

use std::time::Duration;

use leptos::prelude::*;
use queuewall_shared::snapshot::Level;
use queuewall_shared::tile_state::TileState;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, MouseEvent};

use super::agents::{self, Feed};
use super::chart::Chart;
use super::clock::Clock;
use super::history::{self, Key, Loaded, Span};
use super::place::{Place, Range};
use super::{Section, facts, today};
use crate::board::{BoardState, Phase};
use crate::field::Field;
use crate::keys::{self, Command, Commands};
use crate::listener::Listener;
use crate::slots::follow;
use crate::{access, markup, settings, steering, text, viewport};

/// The history is read again this often.
const EVERY: Duration = Duration::from_secs(60);

const MARKUP: &str = "<nav class=detail-nav></nav><div class=detail-top>\
    <section class=now aria-live=off></section><section class=\"card against\"></section></div>\
    <section class=\"card charts\"><div class=chart-head></div><p class=chart-readout role=status></p>\
    <div class=chart tabindex=0 role=slider aria-valuemin=0 aria-valuemax=100 aria-valuenow=0></div><p class=chart-sentence></p><div class=chart-numbers tabindex=0></div></section>\
    <div class=detail-low><section class=\"card agents\"></section><section class=\"card today\"></section><section class=\"card elsewhere\"></section>\
    <section class=\"card happened\"></section></div>";

/// The parts of the page that are on the screen.
struct Made {
    root: Element,
    now_element: Element,
    chart_element: HtmlElement,
    nav: Section,
    now: Section,
    against: Section,
    head: Section,
    readout: Section,
    chart: Section,
    sentence: Section,
    numbers: Section,
    agents: Section,
    today: Section,
    elsewhere: Section,
    happened: Section,
    _listeners: Vec<Option<Listener>>,
}

/// What the page follows. A copy is the same.
#[derive(Clone, Copy)]
struct Detail {
    board: BoardState,
    place: Place,
    feed: Feed,
    commands: Commands,
    asked: Field<Option<Key>>,
    loaded: Field<Loaded>,
    /// When it was asked for, on the page's clock.
    asked_at: Field<Duration>,
    /// The moment that the crosshair is at.
    cross: Field<Option<f64>>,
    clock: StoredValue<Option<Clock>, LocalStorage>,
}

/// Fills the element of the id `detail` while a queue is open.
pub(super) fn keep(board: BoardState, place: Place, feed: Feed) {
    let detail = Detail {
        board,
        place,
        feed,
        commands: keys::commands(),
        asked: Field::new(None),
        loaded: Field::new(Loaded::Not),
        asked_at: Field::new(Duration::ZERO),
        cross: Field::new(None),
        clock: StoredValue::new_local(None),
    };
    detail.obey();
    let window = viewport::watch();
    let mut made: Option<Made> = None;
    let mut shown = None;
    follow(move || {
        let id = place.queue().filter(|_| board.phase() == Phase::Shown);
        let Some(root) = document().get_element_by_id("detail") else {
            return;
        };
        let Some(id) = id else {
            if made.take().is_some() {
                root.set_inner_html("");
                detail.asked.set(None);
                give_back_focus(shown.take());
            }
            return;
        };
        if made.is_none() {
            root.set_inner_html(MARKUP);
            made = Made::new(&root, detail);
        }
        let is_new = shown.as_ref() != Some(&id);
        window.with(|_| {});
        if let Some(made) = &mut made {
            detail.ask(&id);
            detail.show(made, &id);
            if is_new && !made.root.contains(document().active_element().as_deref()) {
                let first = markup::find::<HtmlElement>(&made.root, ".detail-nav a");
                first.as_ref().map(steering::focus);
            }
        }
        if is_new {
            detail.cross.set(None);
        }
        shown = Some(id);
    });
}

/// To the tile or row of the queue that was open.
fn give_back_focus(id: Option<String>) {
    let links = document()
        .body()
        .map(|body| markup::all(&body, "[data-open]"));
    let link = links
        .into_iter()
        .flatten()
        .find(|link| link.offset_width() > 0 && link.get_attribute("data-open") == id);
    link.as_ref().map(steering::focus);
}

impl Detail {
    fn obey(self) {
        let (place, commands) = (self.place, self.commands);
        commands.on(Command::Close, move || {
            if place.is_open() {
                place.close();
            }
        });
        commands.on(Command::Table, move || {
            if place.is_open() {
                place.set_table(!untrack(|| place.is_table()));
            }
        });
    }

    /// To the next queue by an arrow key, which nothing else has taken. Not by the commands for
    /// pages, which are those of page keys as well: these scroll.
    fn hear(self, event: &Event, commands: Commands) {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
            return;
        };
        let has_modifier =
            event.ctrl_key() || event.alt_key() || event.meta_key() || event.shift_key();
        let is_taken = event.default_prevented() || untrack(|| commands.open()).is_some();
        match &*event.key() {
            _ if has_modifier || is_taken => {}
            "ArrowRight" => self.go(1),
            "ArrowLeft" => self.go(-1),
            _ => {}
        }
    }

    /// To the next queue, worst first, or the one before.
    fn go(self, step: isize) {
        let Some(id) = untrack(|| self.place.queue()) else {
            return;
        };
        let all = untrack(|| self.board.all_worst_first());
        let place = all.iter().position(|it| *it == id);
        let next = place.map_or(Some(0), |place| place.checked_add_signed(step));
        if let Some(next) = next.and_then(|next| all.get(next)) {
            self.place.open(next);
        }
    }

    /// Asks for the history where that is due.
    fn ask(self, id: &str) {
        let board = self.board;
        let key = Key {
            board: history::board_of(settings::of_board(&access::address().path)),
            id: id.to_owned(),
            range: self.place.range(),
        };
        let is_same = self
            .asked
            .with_untracked(|asked| asked.as_ref() == Some(&key));
        let since = board.now().saturating_sub(self.asked_at.get_untracked());
        if is_same && since < EVERY {
            return;
        }
        let zone = board.zone();
        self.clock.update_value(|clock| {
            if clock.as_ref().is_none_or(|clock| !clock.is_of(&zone)) {
                *clock = Clock::new(zone);
            }
        });
        let Some(now_ms) = board.now_epoch_ms() else {
            return;
        };
        self.asked_at.set(board.now_untracked());
        if !is_same {
            self.loaded.set(Loaded::Not);
        }
        self.asked.set(Some(key.clone()));
        self.clock.with_value(|clock| {
            if let Some(clock) = clock {
                let span = Span::of(key.range, now_ms, clock);
                history::load(key, span, clock, self.asked, self.loaded);
            }
        });
    }

    fn show(self, made: &mut Made, id: &str) {
        let (board, place, words) = (self.board, self.place, text::detail());
        made.nav.show(self.nav(id));
        let (queue, view) = (board.queue(id), board.tile(id));
        let Some((queue, view)) = queue.zip(view) else {
            made.root
                .set_attribute("data-gone", "true")
                .unwrap_or_default();
            made.now
                .show(markup::fill(&["<p>", words.no_such_queue.text(), "</p>"]));
            return;
        };
        let _ = made.root.remove_attribute("data-gone");
        let is_current = matches!(view.tile_state, TileState::Fresh | TileState::Ageing);
        markup::set(&made.now_element, "data-state", view.tile_state.as_str());
        markup::set(&made.now_element, "data-level", view.level.as_str());
        made.now.show(facts::now(board, &queue, &view));
        let handling = agents::handling(self.feed, id);
        made.agents
            .show(facts::agents(&view, is_current) + &handling);
        made.elsewhere.show(facts::elsewhere(board, id));
        made.head.show(head(place));
        let label = words.calls_waiting.text();
        markup::set(&made.chart_element, "aria-label", label);
        let cross = self.cross.get();
        let width = f64::from(made.chart_element.client_width());
        let is_table = place.is_table();
        self.clock.with_value(|clock| {
            let known = self.loaded.with(|loaded| match loaded {
                Loaded::Here(history) => Some(history.clone()),
                _ => None,
            });
            let both = known.as_deref().zip(clock.as_ref());
            made.against.show(facts::against(&queue, is_current, both));
            made.happened.show(facts::events(both));
            let (state, today) = today::panel(board, &queue, clock.as_ref());
            markup::set(&made.today.element, "data-state", state);
            made.today.show(today);
            let Some((history, clock)) = both else {
                let is_failed = self.loaded.with(|it| *it == Loaded::Failed) || clock.is_none();
                let said = match is_failed {
                    true => words.no_history,
                    false => words.reading_history,
                };
                made.readout.show(String::new());
                made.sentence.show(String::new());
                made.numbers.show(String::new());
                return made
                    .chart
                    .show(markup::fill(&["<p class=quiet>", said.text(), "</p>"]));
            };
            let now_ms = board.now_epoch_ms().unwrap_or(history.span.now_ms);
            let at_ms = board.read_epoch_ms(&queue).unwrap_or(now_ms);
            let waiting = queue
                .waiting
                .filter(|_| is_current)
                .map(|count| count as f64);
            let since = queue.level_since_ms.filter(|_| view.level > Level::Ok);
            let since = since.and_then(|since| board.epoch_of(since));
            let chart = Chart {
                history,
                clock,
                range: place.range(),
                now: waiting.map(|waiting| (at_ms.min(now_ms), waiting)),
                since: since.map(|at| {
                    let level = text::level(view.level);
                    (at, words.level_since.fill([level, &clock.time(at)]))
                }),
                goal: queue.service_level.goal,
                width,
            };
            made.numbers.show(if is_table {
                chart.table()
            } else {
                String::new()
            });
            let is_little = !history.waiting.is_known() && !history.before.is_known();
            made.chart.show(match (is_table, is_little) {
                (true, _) => String::new(),
                (false, true) => {
                    markup::fill(&["<p class=quiet>", words.little_known.text(), "</p>"])
                }
                (false, false) => chart.svg(),
            });
            made.sentence.show(markup::escape(&chart.sentence()));
            let plot = chart.plot();
            let at = cross.map_or(at_ms, |at| at.clamp(plot.from_ms, plot.to_ms));
            let readout = chart.readout(at);
            made.readout.show(match cross {
                Some(_) => markup::escape(&readout),
                None => String::new(),
            });
            for (name, value) in [
                ("aria-valuetext", &readout),
                ("aria-valuenow", &percent(plot.from_ms, plot.to_ms, at)),
            ] {
                markup::set(&made.chart_element, name, value);
            }
            markup::set(&made.chart_element, "data-table", markup::flag(is_table));
            if let Some(line) = markup::find::<Element>(&made.chart_element, ".chart-cross") {
                let [x, top, bottom] =
                    [plot.x(at), 22, chart.height() as i32 - 26].map(|it| it.to_string());
                let d = ["M", &x, " ", &top, "V", &bottom].concat();
                markup::set(&line, "d", if cross.is_some() { &d } else { "" });
            }
        });
    }

    fn nav(self, id: &str) -> String {
        let words = text::detail();
        let all = self.board.all_worst_first();
        let place = all.iter().position(|it| it == id);
        let said = place.map_or_else(String::new, |place| {
            let count = |number: usize| crate::numbers::count(number as u64);
            words.place.fill([&count(place + 1), &count(all.len())])
        });
        let board = settings::of_board(&access::address().path).to_owned();
        let button = |act: &str, label: &str, key: &str, next: Option<usize>| {
            let disabled = if next.and_then(|it| all.get(it)).is_none() {
                " disabled"
            } else {
                ""
            };
            markup::fill(&[
                "<button type=button class=button data-act=",
                act,
                "",
                "",
                disabled,
                "",
                ">",
                label,
                " <kbd>",
                key,
                "</kbd></button>",
            ])
        };
        let mut nav = markup::fill(&[
            "<a class=button data-act=back href=\"",
            &board,
            "\">",
            words.all_queues.text(),
            " <kbd>",
            text::back_key(),
            "</kbd></a><p>",
            &said,
            "</p>",
        ]);
        let before = place.and_then(|place| place.checked_sub(1));
        nav += &button("previous", words.previous.text(), "←", before);
        nav + &button("next", words.next.text(), "→", place.map(|place| place + 1))
    }

    /// Moves the crosshair to where a pointer is.
    fn point(self, event: &Event, chart: &HtmlElement) {
        let Some(event) = event.dyn_ref::<MouseEvent>() else {
            return;
        };
        let x = f64::from(event.client_x()) - chart.get_bounding_client_rect().left();
        self.with_plot(chart, |plot| self.cross.set(Some(plot.moment(x))));
    }

    /// Moves it by keys, a bin at a time.
    fn step(self, event: &Event, chart: &HtmlElement) {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
            return;
        };
        let bins = match &*event.key() {
            "ArrowLeft" => -1.0,
            "ArrowRight" => 1.0,
            "PageUp" | "ArrowUp" => 12.0,
            "PageDown" | "ArrowDown" => -12.0,
            "Home" => -1e6,
            "End" => 1e6,
            "Escape" if self.cross.get_untracked().is_some() => {
                event.prevent_default();
                return self.cross.set(None);
            }
            _ => return,
        };
        event.prevent_default();
        let step = untrack(|| self.place.range()).step_ms();
        let now_ms = untrack(|| self.board.now_epoch_ms());
        self.with_plot(chart, |plot| {
            let at = self.cross.get_untracked().or(now_ms).unwrap_or(plot.to_ms);
            let next = (at + bins * step).clamp(plot.from_ms, plot.to_ms);
            self.cross.set(Some(next));
        });
    }

    /// With the plot as it is drawn.
    fn with_plot(self, chart: &HtmlElement, act: impl FnOnce(queuewall_shared::chart::Plot)) {
        let width = f64::from(chart.client_width());
        let history = self.loaded.get_untracked();
        let plot = self.clock.with_value(|clock| match (&history, clock) {
            (Loaded::Here(history), Some(clock)) => {
                let chart = Chart {
                    history,
                    clock,
                    range: untrack(|| self.place.range()),
                    now: None,
                    since: None,
                    goal: None,
                    width,
                };
                Some(chart.plot())
            }
            _ => None,
        });
        plot.map(act);
    }
}

impl Made {
    fn new(root: &Element, detail: Detail) -> Option<Self> {
        let section = |selector| Section::find(root, selector);
        let chart: HtmlElement = markup::find(root, ".chart")?;
        let (place, commands) = (detail.place, detail.commands);
        let clicked = move |event: Event| {
            let act = markup::around(&event, "data-act")
                .map(|it| it.1)
                .unwrap_or_default();
            match &*act {
                "back" => {
                    event.prevent_default();
                    place.close();
                }
                "previous" => detail.go(-1),
                "next" => detail.go(1),
                "table" => place.set_table(!untrack(|| place.is_table())),
                word => {
                    let range = Range::ALL.into_iter().find(|it| it.word() == word);
                    range.into_iter().for_each(|range| place.set_range(range));
                }
            }
        };
        let on_chart = |name, act: fn(Detail, &Event, &HtmlElement)| {
            let of = chart.clone();
            Listener::with_event(chart.clone().into(), name, move |event| {
                act(detail, &event, &of)
            })
        };
        let listeners = vec![
            Listener::with_event(root.clone().into(), "click", clicked),
            on_chart("pointermove", |detail, event, chart| {
                detail.point(event, chart)
            }),
            on_chart("pointerdown", |detail, event, chart| {
                detail.point(event, chart)
            }),
            on_chart("pointerleave", |detail, _, _| detail.cross.set(None)),
            on_chart("blur", |detail, _, _| detail.cross.set(None)),
            Listener::with_event(window().into(), "keydown", move |event| {
                detail.hear(&event, commands);
            }),
            on_chart("keydown", |detail, event, chart| detail.step(event, chart)),
        ];
        Some(Self {
            root: root.clone(),
            now_element: markup::find(root, ".now")?,
            chart_element: chart.clone(),
            nav: section(".detail-nav")?,
            now: section(".now")?,
            against: section(".against")?,
            head: section(".chart-head")?,
            readout: section(".chart-readout")?,
            chart: section(".chart")?,
            sentence: section(".chart-sentence")?,
            numbers: section(".chart-numbers")?,
            agents: section(".agents")?,
            today: section(".today")?,
            elsewhere: section(".elsewhere")?,
            happened: section(".happened")?,
            _listeners: listeners,
        })
    }
}

/// What the chart is of, and the choice of its span.
fn head(place: Place) -> String {
    let words = text::detail();
    let range = place.range();
    let minutes = |minutes: f64| Duration::from_secs((minutes * 60.0) as u64);
    let bin = match range {
        // An age of a minute would be told in seconds.
        Range::HalfHour | Range::ThreeHours => text::minutes(1),
        _ => text::age(minutes(range.step_ms() / 60_000.0)),
    };
    let mut head = markup::fill(&[
        "<h2>",
        words.calls_waiting.text(),
        "</h2><p class=quiet>",
        &words.highest_of.fill([&bin]),
        "</p><div class=choices role=group aria-label=\"",
        words.range.text(),
        "\">",
    ]);
    for choice in Range::ALL {
        let label = match choice {
            Range::HalfHour => text::minutes(30),
            Range::ThreeHours => text::age(minutes(180.0)),
            Range::Today => words.today.text().into(),
            Range::Week => words.days.fill(["7"]),
        };
        let is_chosen = markup::flag(choice == range);
        head += &markup::fill(&[
            "<button type=button class=choice data-act=\"",
            choice.word(),
            "\" aria-pressed=",
            is_chosen,
            ">",
            &label,
            "</button>",
        ]);
    }
    let label = match place.is_table() {
        true => words.as_chart,
        false => words.as_table,
    };
    head + &markup::fill(&[
        "</div><button type=button class=button data-act=table>",
        label.text(),
        " <kbd>T</kbd></button>",
    ])
}

/// Where a moment is within a span, in whole percent.
fn percent(from_ms: f64, to_ms: f64, at_ms: f64) -> String {
    let share = (at_ms - from_ms) / (to_ms - from_ms).max(1.0);
    ((share * 100.0).clamp(0.0, 100.0) as u32).to_string()
}
