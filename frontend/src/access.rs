//! A link's token, from the page's address to a cookie.
//!
//! The address may be the one that the screen was set up with, so that the token comes
//! back at every start, or one that somebody opened once. It is exchanged before the
//! first request, and taken out of the address bar once the cookie is seen to work. A
//! cookie that is lost on the way is said, and the token is exchanged again every minute.

use std::cell::{Cell, RefCell};

use leptos::prelude::window;
use queuewall_shared::address::{Address, TOKEN_LENGTH};
use queuewall_shared::http::TOKEN_FRAGMENT;
use queuewall_shared::link::Failure;
use queuewall_shared::order;
use wasm_bindgen::JsValue;
use web_sys::AbortSignal;

use crate::api::{self, Answer, Refusal, TokenExchange};

/// A browser that drops its cookie is let in again after so many polls: about a minute.
const POLLS_WITHOUT_COOKIE: u32 = 12;

/// What the page came with.
#[derive(Debug, Default)]
pub struct Entry {
    token: RefCell<Option<String>>,
    /// Polls until the token is exchanged.
    pause: Cell<u32>,
    /// Whether the token was exchanged, and no answer has shown yet that its cookie works.
    is_spent: Cell<bool>,
    /// Why it was not taken.
    refusal: Cell<Option<Refusal>>,
}

impl Entry {
    /// With the token in the page's own address, if there is one.
    #[must_use]
    pub fn from_address() -> Self {
        Self {
            token: RefCell::new(address().token),
            ..Self::default()
        }
    }

    /// Exchanges the token where that is due, then asks as [`api::get`] does.
    ///
    /// # Errors
    /// As [`api::get`]; the token is then kept for the next time.
    pub async fn get(
        &self,
        path: &str,
        etag: Option<&str>,
        report: Option<&str>,
        signal: Option<&AbortSignal>,
    ) -> Result<Answer, Failure> {
        let token = self.token.borrow().clone();
        let is_due = self.pause.replace(self.pause.get().saturating_sub(1)) == 0;
        if let Some(token) = token.filter(|_| is_due) {
            match api::enter(&token, signal).await? {
                TokenExchange::Open => self.is_spent.set(true),
                TokenExchange::Refused(refusal) => {
                    self.refusal.set(Some(match refusal {
                        Refusal::NoAccess if token.len() == TOKEN_LENGTH => Refusal::WrongLink,
                        Refusal::NoAccess => Refusal::PartialLink,
                        ended => ended,
                    }));
                    self.token.take();
                }
                TokenExchange::NotAsked => drop(self.token.take()),
            }
            self.pause.set(POLLS_WITHOUT_COOKIE);
        }
        let answer = api::get(path, etag, report, signal).await?;
        if matches!(answer, Answer::Refused(Refusal::NoAccess))
            && self.is_spent.get()
            && opens_a_board(signal).await?
        {
            self.refusal.set(Some(Refusal::OtherBoard));
            self.is_spent.set(false);
            self.token.take();
        }
        Ok(match (answer, self.refusal.get()) {
            // What is the matter with the link tells more than that there is no cookie of it.
            (Answer::Refused(Refusal::NoAccess), Some(refusal)) => Answer::Refused(refusal),
            (Answer::Refused(Refusal::NoAccess), None)
                if self.is_spent.get() || !keeps_cookies() =>
            {
                Answer::Refused(Refusal::NoCookies)
            }
            (refused @ Answer::Refused(_), _) => refused,
            (answer, _) => {
                self.refusal.set(None);
                self.token.take();
                if self.is_spent.take() {
                    show_address("");
                }
                answer
            }
        })
    }
}

/// Whether the cookies that the browser has open any board.
async fn opens_a_board(signal: Option<&AbortSignal>) -> Result<bool, Failure> {
    let answer = api::get(&api::boards(), None, None, signal).await?;
    Ok(matches!(answer, Answer::Changed { .. }))
}

/// Whether the browser keeps cookies at all.
fn keeps_cookies() -> bool {
    // Chromium's own word for it is missing in the older bindings only.
    js_sys::Reflect::get(&window().navigator(), &"cookieEnabled".into())
        .is_ok_and(|is_on| is_on != JsValue::FALSE)
}

/// The page's own address, taken apart.
#[must_use]
pub fn address() -> Address {
    let location = window().location();
    Address::read(
        &location.pathname().unwrap_or_default(),
        &location.search().unwrap_or_default(),
        &location.hash().unwrap_or_default(),
    )
}

/// Puts a token that stands elsewhere back behind the `#`, where no proxy sees it.
pub fn mend_address() {
    let Address { token, .. } = address();
    let fragment = window().location().hash().unwrap_or_default();
    if let Some(token) = token
        && order::last_place(&fragment, &token).is_none()
    {
        show_address(&["#", TOKEN_FRAGMENT, &token].concat());
    }
}

/// The address with this fragment and without any other token, as if the page had been
/// opened so.
fn show_address(fragment: &str) {
    let Address { path, query, .. } = address();
    // A browser that refuses keeps its address; the screen shows the same.
    let _ = window().history().and_then(|history| {
        let address = [&path, &query, fragment].concat();
        history.replace_state_with_url(&JsValue::NULL, "", Some(&address))
    });
}
