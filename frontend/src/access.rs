//! A link's token, from the page's address to a cookie.
//!
//! The address may be the one that the screen was set up with, so that the token comes
//! back at every start, or one that somebody opened once. It is exchanged before the
//! first question, and taken out of the address bar once the cookie is seen to work.

use std::cell::{Cell, RefCell};

use leptos::prelude::window;
use queuewall_shared::http::TOKEN_FRAGMENT;
use queuewall_shared::link::Failure;
use wasm_bindgen::JsValue;
use web_sys::AbortSignal;

use crate::api::{self, Answer, Entrance, Refusal};

/// What the page came with.
#[derive(Debug, Default)]
pub struct Entry {
    /// Not exchanged yet.
    token: RefCell<Option<String>>,
    /// Whether a token was exchanged and still stands in the address.
    is_spent: Cell<bool>,
    /// Why it was not taken.
    refusal: Cell<Option<Refusal>>,
}

impl Entry {
    /// With the token in the page's own address, if there is one.
    #[must_use]
    pub fn from_address() -> Self {
        let fragment = window().location().hash().unwrap_or_default();
        Self {
            token: RefCell::new(token_in(&fragment).map(str::to_owned)),
            ..Self::default()
        }
    }

    /// Exchanges the token where that was not done, then asks as [`api::get`] does.
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
        if let Some(token) = token {
            match api::enter(&token, signal).await? {
                Entrance::Open => self.is_spent.set(true),
                Entrance::Refused(refusal) => self.refusal.set(Some(refusal)),
                Entrance::NotAsked => {}
            }
            self.token.take();
        }
        let answer = api::get(path, etag, report, signal).await?;
        Ok(match (answer, self.refusal.get()) {
            // That the link ended tells more than that there is no cookie of it.
            (Answer::Refused(Refusal::NoAccess), Some(refusal)) => Answer::Refused(refusal),
            (refused @ Answer::Refused(_), _) => refused,
            (answer, _) => {
                self.refusal.set(None);
                if self.is_spent.take() {
                    clear_address();
                }
                answer
            }
        })
    }
}

/// The token of an address's fragment, `#t=…`. Whatever else it is never leaves the page.
#[must_use]
pub fn token_in(fragment: &str) -> Option<&str> {
    let token = fragment.strip_prefix('#')?.strip_prefix(TOKEN_FRAGMENT)?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (!token.is_empty() && token.bytes().all(is_plain)).then_some(token)
}

/// The address without its fragment, as if the page had been opened so.
fn clear_address() {
    let location = window().location();
    let mut address = location.pathname().unwrap_or_default();
    address += &location.search().unwrap_or_default();
    // A browser that refuses keeps its address; the screen shows the same.
    let _ = window()
        .history()
        .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&address)));
}
