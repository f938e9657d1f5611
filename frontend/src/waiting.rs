//! A screen that waits to be let in: its code, and the question whether somebody has
//! typed it on the server.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Interval;
use leptos::prelude::{RwSignal, Set, StoredValue, UpdateValue, on_cleanup, window};
use queuewall_shared::link::POLL_EVERY;
use wasm_bindgen_futures::spawn_local;

use crate::api::{self, Admission};

/// Asks for as long as the reactive owner lives that this is called under. The code to
/// show; empty until there is one, and where the server knows no codes.
#[must_use]
pub fn wait() -> RwSignal<String> {
    let code = RwSignal::new(String::new());
    let screen = Rc::new(Screen {
        code,
        secret: RefCell::default(),
        is_asking: Cell::new(false),
    });
    screen.ask();
    let asking = Interval::new(POLL_EVERY.as_millis() as u32, move || screen.ask());
    let asking = StoredValue::new_local(Some(asking));
    on_cleanup(move || {
        asking.try_update_value(Option::take);
    });
    code
}

struct Screen {
    code: RwSignal<String>,
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
            Ok(Admission::Granted(slug)) => go_to(&slug),
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
        let _ = self.code.try_set(code);
    }
}

/// The board, as this screen was asked to show it. The whole page anew: what it waited
/// with is over.
fn go_to(slug: &str) {
    let location = window().location();
    let settings = location.search().unwrap_or_default();
    let _ = location.replace(&["/board/", slug, &settings].concat());
}
