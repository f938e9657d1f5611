//! Who may look, and how a screen is let in.

use leptos::prelude::window;
use queuewall_shared::words::Access;

use crate::api::Refusal;
use crate::numbers;

/// How long a code is good, in minutes.
const CODE_MINUTES: u64 = 10;

fn access() -> &'static Access {
    &super::words().access
}

/// Why this screen shows nothing.
#[must_use]
pub fn refused(refusal: Refusal) -> &'static str {
    let words = access();
    match refusal {
        Refusal::NoAccess => words.no_access,
        Refusal::WrongLink => words.wrong_link,
        Refusal::PartialLink => words.partial_link,
        Refusal::OtherBoard => words.other_board,
        Refusal::Revoked => words.revoked,
        Refusal::Expired => words.expired,
        Refusal::UntrustedPeer => words.untrusted_peer,
        Refusal::NoCookies if is_framed() => match is_plain() {
            true => words.no_cookies_in_plain_frame,
            false => words.no_cookies_in_frame,
        },
        Refusal::NoCookies => words.no_cookies,
    }
    .text()
}

/// Whether the page is inside a frame of another page.
fn is_framed() -> bool {
    let window = window();
    let top = window.top().ok().flatten();
    top.is_none_or(|top| top != window)
}

fn is_plain() -> bool {
    let protocol = window().location().protocol();
    protocol.is_ok_and(|protocol| protocol == "http:")
}

/// Before the code, and the command with it.
#[must_use]
pub fn let_in() -> &'static str {
    access().let_in.text()
}

/// How long a code is good.
#[must_use]
pub fn code_life() -> String {
    access().code_life.fill([&numbers::count(CODE_MINUTES)])
}
