//! A screen that waits to be let in: its code, and the question whether somebody has
//! typed it on the server.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Interval;
use leptos::prelude::window;
use queuewall_shared::link::POLL_EVERY;
use wasm_bindgen_futures::spawn_local;

use crate::access;
use crate::api::{self, Admission, Answer, Refusal};
use crate::base_path::below;
use crate::field::Field;
use crate::slots;

/// What a waiting screen shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// The code; empty until there is one, where the server knows no codes, and where the
    /// browser keeps no cookie: there no code would let the screen in.
    pub code: String,
    /// Whether the browser keeps no cookie, or lost the one that it was let in with.
    pub is_without_cookies: bool,
}

/// Asks for as long as the reactive owner lives that this is called under.
#[must_use]
pub fn wait() -> Field<Waiting> {
    let shown = Field::new(Waiting::default());
    let screen = Rc::new(Screen {
        shown,
        pending: RefCell::default(),
        is_asking: Cell::new(false),
        was_lost: Cell::new(false),
    });
    screen.ask();
    let asking = Interval::new(POLL_EVERY.as_millis() as u32, move || screen.ask());
    slots::keep(Box::new(asking));
    shown
}

struct Screen {
    shown: Field<Waiting>,
    /// Its code, and what the server knows this screen by, which is shown to nobody.
    pending: RefCell<Option<(String, String)>>,
    is_asking: Cell<bool>,
    /// Whether it was let in, and its cookie was lost.
    was_lost: Cell<bool>,
}

impl Screen {
    fn ask(self: &Rc<Self>) {
        if self.is_asking.replace(true) {
            return;
        }
        let screen = Rc::clone(self);
        spawn_local(async move {
            if screen.is_over().await {
                screen.take_code().await;
            }
            screen.is_asking.set(false);
        });
    }

    /// Whether there is no code yet, or none any more.
    async fn is_over(&self) -> bool {
        let pending = self.pending.borrow().clone();
        let Some((_, secret)) = pending else {
            return true;
        };
        match api::wait(&secret).await {
            Ok(Admission::Granted(slug)) => return self.go_to(&slug).await,
            Ok(Admission::CodeExpired) => return true,
            Ok(Admission::Waiting { keeps_cookies }) => self.show(keeps_cookies),
            // Asked again in a moment.
            Err(_) => {}
        }
        false
    }

    async fn take_code(&self) {
        // Without an answer the old one, if any, is no use: better none.
        let pending = api::screen().await.ok();
        self.pending.replace(pending.clone());
        let Some((_, secret)) = pending else {
            return self.show(true);
        };
        // Before the page asks for a code to be typed that would not help.
        let waiting = api::wait(&secret).await;
        self.show(!matches!(
            waiting,
            Ok(Admission::Waiting {
                keeps_cookies: false
            })
        ));
    }

    fn show(&self, keeps_cookies: bool) {
        let code = self.pending.borrow().as_ref().map(|(code, _)| code.clone());
        let next = Waiting {
            code: code.filter(|_| keeps_cookies).unwrap_or_default(),
            is_without_cookies: !keeps_cookies || self.was_lost.get(),
        };
        self.shown.set(next);
    }

    /// Goes to the board, as this screen was asked to show it: the whole page once more,
    /// since what it waited with is over. Without its cookie it would only wait again:
    /// that is said, and whether a new code is due.
    async fn go_to(&self, slug: &str) -> bool {
        let answer = api::get(&api::board(slug), None, None, None).await;
        if let Ok(Answer::Refused(Refusal::NoAccess)) = answer {
            self.was_lost.set(true);
            return true;
        }
        let settings = access::address().query;
        let _ = window()
            .location()
            .replace(&below(&["/board/", slug, &settings].concat()));
        false
    }
}
