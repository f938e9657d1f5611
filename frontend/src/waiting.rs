//! A screen that waits to be let in: its code, and the question whether somebody has
//! typed it on the server.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Interval;
use leptos::prelude::{RwSignal, StoredValue, Update, UpdateValue, on_cleanup, window};
use queuewall_shared::link::POLL_EVERY;
use wasm_bindgen_futures::spawn_local;

use crate::access;
use crate::api::{self, Admission, Answer, Refusal};
use crate::base_path::below;

/// What a waiting screen shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// The code; empty until there is one, and where the server knows no codes.
    pub code: String,
    /// Whether it was let in, and its cookie was lost.
    pub is_without_cookies: bool,
}

/// Asks for as long as the reactive owner lives that this is called under.
#[must_use]
pub fn wait() -> RwSignal<Waiting> {
    let shown = RwSignal::new(Waiting::default());
    let screen = Rc::new(Screen {
        shown,
        secret: RefCell::default(),
        is_asking: Cell::new(false),
    });
    screen.ask();
    let asking = Interval::new(POLL_EVERY.as_millis() as u32, move || screen.ask());
    let asking = StoredValue::new_local(Some(asking));
    on_cleanup(move || {
        asking.try_update_value(Option::take);
    });
    shown
}

struct Screen {
    shown: RwSignal<Waiting>,
    /// What the server knows this screen by; it is shown to nobody.
    secret: RefCell<Option<String>>,
    is_asking: Cell<bool>,
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
        let secret = self.secret.borrow().clone();
        let Some(secret) = secret else {
            return true;
        };
        match api::wait(&secret).await {
            Ok(Admission::Granted(slug)) => return self.go_to(&slug).await,
            Ok(Admission::CodeExpired) => return true,
            // Asked again in a moment.
            Ok(Admission::Waiting) | Err(_) => {}
        }
        false
    }

    async fn take_code(&self) {
        // Without an answer the old one, if any, is no use: better none.
        let (code, secret) = api::screen().await.map_or_else(
            |_| (String::new(), None),
            |(code, secret)| (code, Some(secret)),
        );
        self.secret.replace(secret);
        // The page may be gone by now.
        let _ = self.shown.try_update(|shown| shown.code = code);
    }

    /// Goes to the board, as this screen was asked to show it: the whole page once more,
    /// since what it waited with is over. Without its cookie it would only wait again:
    /// that is said, and whether a new code is due.
    async fn go_to(&self, slug: &str) -> bool {
        let answer = api::get(&api::board(slug), None, None, None).await;
        if let Ok(Answer::Refused(Refusal::NoAccess)) = answer {
            let _ = self
                .shown
                .try_update(|shown| shown.is_without_cookies = true);
            return true;
        }
        let settings = access::address().query;
        let _ = window()
            .location()
            .replace(&below(&["/board/", slug, &settings].concat()));
        false
    }
}
