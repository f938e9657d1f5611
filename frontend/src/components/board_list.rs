//! The page that lists the boards, with what goes on in each: one snapshot a board every ten
//! seconds, which is a 304 while nothing changed.

use std::time::Duration;

use leptos::prelude::*;
use queuewall_shared::link::{Failure, Link, LinkState, PageTime};
use queuewall_shared::snapshot::{Board, Level};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, KeyboardEvent};

use crate::api::{self, Answer, Refusal};
use crate::base_path::below;
use crate::board::{BoardState, Phase, Trouble};
use crate::components::banner::{self, Banner};
use crate::components::no_entry;
use crate::field::Field;
use crate::listener::{self, Listener};
use crate::polling::{self, PollHandler, Taken};
use crate::renewal::Renewer;
use crate::slots::{self, Content, follow};
use crate::{markup, numbers, steering, text, wire};

/// A board's snapshot is asked for this often.
const EVERY: Duration = Duration::from_secs(10);

/// What is known of one board. A copy is the same.
#[derive(Clone, Copy)]
struct Strip {
    state: BoardState,
    asked_at: Field<Option<Duration>>,
    etag: Field<Option<String>>,
}

/// The boards as the server lists them; `None` before its first answer.
#[derive(Clone, Copy)]
struct Boards {
    boards: Field<Option<Vec<Board>>>,
    /// By slug: those that were ever listed.
    strips: StoredValue<Vec<(String, Strip)>, LocalStorage>,
    /// The page's clock, a second at a time.
    now: Field<Duration>,
    /// Why this screen may see none of them.
    refusal: Field<Option<Refusal>>,
    trouble: Field<Trouble>,
    /// What the server calls its build; empty before its first answer.
    build: StoredValue<String>,
    renewer: StoredValue<Renewer, LocalStorage>,
}

/// Links to every board's wall and desk, for a mouse, the Tab key and a remote's arrows.
#[must_use]
pub fn board_list_page() -> Element {
    let steered = Listener::with_event(window().into(), "keydown", |event| {
        let body = document().body();
        if let (Some(body), Some(event)) = (body, event.dyn_ref::<KeyboardEvent>()) {
            steering::steer_from_first(&body, event);
        }
    });
    listener::keep(vec![steered]);
    let list = Boards {
        boards: Field::new(None),
        strips: StoredValue::new_local(Vec::new()),
        now: Field::new(Duration::ZERO),
        refusal: Field::new(None),
        trouble: Field::new(Trouble::default()),
        build: StoredValue::default(),
        renewer: StoredValue::new_local(Renewer::default()),
    };
    polling::poll(api::boards(), list);

    let page = slots::element(&["<div class=page>", banner::MARKUP, "</div>"]);
    let root = page.clone();
    let owner = slots::owner();
    let mut shown: Option<(String, Content)> = None;
    follow(move || {
        let refusal = list.refusal.get();
        let markup = match refusal {
            Some(_) => no_entry::MARKUP.to_owned(),
            None => list.boards.with(|boards| markup_of(boards.as_deref())),
        };
        if shown.as_ref().is_some_and(|(known, _)| *known == markup) && refusal.is_none() {
            return;
        }
        // It goes first: what comes next has the same places.
        shown = None;
        let content = Content::new(&owner, &root, None, &markup, || {
            if let Some(refusal) = refusal {
                no_entry::keep(&root, refusal, None);
            }
        });
        shown = Some((markup, content));
    });
    let root = page.clone();
    follow(move || {
        let _ = list.now.get();
        let boards = list.boards.get();
        for element in markup::all(&root, "[data-board]") {
            let slug = element.get_attribute("data-board").unwrap_or_default();
            let is_listed = boards.iter().flatten().any(|board| board.slug == slug);
            let strip = list.strips.with_value(|all| {
                let known = all.iter().find(|(known, _)| *known == slug && is_listed);
                known.map(|(_, strip)| *strip)
            });
            if let Some(strip) = strip {
                strip.show(&element);
            }
        }
    });
    let mut banner = Banner::find(&page);
    follow(move || {
        list.trouble
            .with(|trouble| banner.show(trouble, "", "", ""));
    });
    page
}

fn markup_of(boards: Option<&[Board]>) -> String {
    let hint = match boards {
        None => text::reading(),
        Some([]) => text::no_boards(),
        Some(_) => "",
    };
    let mut list = markup::fill(&[
        "<main class=board-list><p class=board-list-product>",
        text::PRODUCT,
        "</p><h1>",
        text::boards(),
        "</h1><p class=board-list-hint>",
        hint,
        "</p><ul>",
    ]);
    for board in boards.unwrap_or_default() {
        let at = |folder: &str| below(&[folder, &board.slug].concat());
        list += &markup::fill(&[
            "<li><p>",
            &board.title,
            "</p><div class=strip data-board=\"",
            &board.slug,
            "\"></div><a href=\"",
            &at("/board/"),
            // On a phone too: it is chosen here.
            "?view=wall\">",
            text::wall(),
            "</a><a href=\"",
            &at("/desk/"),
            "\">",
            text::desk_word(),
            "</a></li>",
        ]);
    }
    list + "</ul></main>"
}

impl Strip {
    fn new() -> Self {
        Self {
            state: BoardState::default(),
            asked_at: Field::new(None),
            etag: Field::new(None),
        }
    }

    fn ask(self, slug: &str, now: PageTime) {
        let since = self.asked_at.get_untracked();
        let since = since.map(|at| now.monotonic.saturating_sub(at));
        if since.is_some_and(|since| since < EVERY) {
            return;
        }
        self.asked_at.set(Some(now.monotonic));
        let (path, etag) = (api::board(slug), self.etag.get_untracked());
        spawn_local(async move {
            // What fails grows old.
            let Ok(answer) = api::get(&path, etag.as_deref(), None, None).await else {
                return;
            };
            if let Answer::Changed { etag, .. } = &answer {
                self.etag.set(etag.clone());
            }
            let _ = self.state.answer(answer, now);
        });
    }

    /// A square a queue, the worst first, and the sums in words.
    fn show(self, element: &Element) {
        let board = self.state;
        if board.phase() != Phase::Shown {
            return element.set_inner_html("");
        }
        let summary = board.summary();
        let (critical, warning) = (summary.critical, summary.warning);
        let level = match (critical, warning) {
            (0, 0) => Level::Ok,
            (0, _) => Level::Warning,
            _ => Level::Critical,
        };
        let judge = board.judge();
        let mut squares = String::new();
        for id in board.all_worst_first() {
            if let Some(queue) = board.queue(&id) {
                let (level, state) = (judge.level(&queue), judge.of(&queue).0);
                squares += &[
                    "<i data-level=",
                    level.as_str(),
                    " data-state=",
                    state.as_str(),
                    "></i>",
                ]
                .concat();
            }
        }
        let queues = match summary.of {
            1 => text::table().one_queue.text().to_owned(),
            of => text::table().queues.fill([&numbers::count(of as u64)]),
        };
        let said = [
            text::total(summary.totals[0]).concat(),
            text::at_level(Level::Critical, critical),
            text::at_level(Level::Warning, warning),
            text::not_read(summary.unread()),
            queues,
            board.freshness(summary.oldest).1,
        ];
        let said: Vec<String> = said.into_iter().filter(|part| !part.is_empty()).collect();
        let content = markup::fill(&[
            "<p class=strip-said data-worst=",
            level.as_str(),
            ">",
            &said.join(" · "),
            "</p><div class=strip-squares aria-hidden=true>",
        ]);
        let content = [&content, &*squares, "</div>"].concat();
        if element.inner_html() != content {
            element.set_inner_html(&content);
        }
    }
}

impl Boards {
    fn refuse(&self, refusal: Option<Refusal>) {
        // Every change asks for a new code.
        self.refusal.set(refusal);
    }
}

impl PollHandler for Boards {
    fn answer(&self, answer: Answer, _sent: PageTime) -> Result<Taken, Failure> {
        match answer {
            Answer::Changed { body, .. } => {
                let list = wire::board_list(body).ok_or(Failure::Unreadable)?;
                self.build.set_value(list.build);
                self.boards.set(Some(list.boards));
                self.refuse(None);
            }
            Answer::Unchanged(_) => {}
            Answer::NotFound => return Err(Failure::Status(404)),
            Answer::Refused(refusal) => {
                self.boards.set(None);
                self.refuse(Some(refusal));
            }
        }
        Ok(Taken::Yes)
    }

    fn tick(&self, now: PageTime, link: &Link) {
        let build = self.build.try_get_value().unwrap_or_default();
        let renew = |renewer: &Renewer| renewer.tick(now.monotonic, build);
        for board in self.boards.get_untracked().into_iter().flatten() {
            let strip = self.strips.try_update_value(|all| {
                if let Some((_, known)) = all.iter().find(|(slug, _)| *slug == board.slug) {
                    return *known;
                }
                let strip = Strip::new();
                all.push((board.slug.clone(), strip));
                strip
            });
            if let Some(strip) = strip {
                strip.ask(&board.slug, now);
                strip.state.advance(now.monotonic, link);
            }
        }
        self.now.set(now.monotonic);
        // A tick may come while the page is being taken down.
        let _ = self.renewer.try_with_value(renew);
        let trouble = match link.state() {
            LinkState::Lost => Trouble {
                what: text::lost(
                    link.failure(),
                    link.last_answer_at()
                        .map(|at| text::since_ago(now.monotonic.saturating_sub(at))),
                ),
                next_try: text::next_try(
                    link.next_poll_at()
                        .map(|at| at.saturating_sub(now.monotonic)),
                ),
            },
            _ => Trouble::default(),
        };
        self.trouble.set(trouble);
    }
}
