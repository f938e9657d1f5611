//! The page that lists the boards.

use leptos::prelude::*;
use queuewall_shared::link::{Failure, Link, LinkState, PageTime};
use queuewall_shared::snapshot::Board;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use crate::api::{self, Answer, Refusal};
use crate::base_path::below;
use crate::board::Trouble;
use crate::components::banner::{self, Banner};
use crate::components::no_entry;
use crate::field::Field;
use crate::listener::{self, Listener};
use crate::polling::{self, PollHandler, Taken};
use crate::renewal::Renewer;
use crate::slots::{self, Content, follow};
use crate::{markup, steering, text, wire};

/// The boards as the server lists them; `None` before its first answer.
#[derive(Clone, Copy)]
struct Boards {
    boards: Field<Option<Vec<Board>>>,
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
            "</p><a href=\"",
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
