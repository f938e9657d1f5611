//! The page that lists the boards.

use leptos::prelude::*;
use queuewall_shared::link::{Failure, Link, LinkState, PageTime};
use queuewall_shared::snapshot::Board;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use crate::api::{self, Answer, Refusal};
use crate::base_path::below;
use crate::board::Trouble;
use crate::components::banner::Banner;
use crate::components::no_entry::NoEntry;
use crate::listener::{self, Listener};
use crate::polling::{self, Audience, Taken};
use crate::renewal::Renewer;
use crate::wire;
use crate::{steering, text};

/// The boards as the server lists them; `None` before its first answer.
#[derive(Clone, Copy)]
struct Boards {
    boards: RwSignal<Option<Vec<Board>>>,
    /// Why this screen may see none of them.
    refusal: RwSignal<Option<Refusal>>,
    trouble: RwSignal<Trouble>,
    /// What the server calls its build; empty before its first answer.
    build: StoredValue<String>,
    renewer: StoredValue<Renewer, LocalStorage>,
}

/// Links to every board's wall and desk, for a mouse, the Tab key and a remote's arrows.
#[component]
pub fn BoardListPage() -> impl IntoView {
    let steered = Listener::with_event(window().into(), "keydown", |event| {
        let body = document().body();
        if let (Some(body), Some(event)) = (body, event.dyn_ref::<KeyboardEvent>()) {
            steering::steer_from_first(&body, event);
        }
    });
    listener::keep(vec![steered]);
    let list = Boards {
        boards: RwSignal::new(None),
        refusal: RwSignal::new(None),
        trouble: RwSignal::default(),
        build: StoredValue::default(),
        renewer: StoredValue::new_local(Renewer::default()),
    };
    polling::poll(api::boards(), list);
    let hint = move || {
        list.boards.with(|boards| match boards {
            None => text::reading(),
            Some(boards) if boards.is_empty() => text::no_boards(),
            Some(_) => "",
        })
    };
    let content = move || match list.refusal.get() {
        Some(refusal) => view! { <NoEntry refusal slug=None /> }.into_any(),
        None => view! {
            <main class="board-list">
                <p class="board-list-product">{text::PRODUCT}</p>
                <h1>{text::boards()}</h1>
                <p class="board-list-hint">{hint}</p>
                <ul>
                    <For
                        each=move || list.boards.get().unwrap_or_default()
                        key=|board| (board.slug.clone(), board.title.clone())
                        let:board
                    >
                        <li>
                            <p>{board.title}</p>
                            <a href=below(&["/board/", &board.slug].concat())>{text::wall}</a>
                            <a href=below(&["/desk/", &board.slug].concat())>{text::desk_word}</a>
                        </li>
                    </For>
                </ul>
            </main>
        }
        .into_any(),
    };
    view! {
        <Banner trouble=list.trouble />
        {content}
    }
}

impl Boards {
    fn refuse(&self, refusal: Option<Refusal>) {
        // Every change asks for a new code.
        if self.refusal.get_untracked() != refusal {
            self.refusal.set(refusal);
        }
    }
}

impl Audience for Boards {
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
        if self.trouble.with_untracked(|old| *old != trouble) {
            self.trouble.set(trouble);
        }
    }
}
