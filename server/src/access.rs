//! Access control: open to everyone, by links, or by a proxy that signs users in.
//!
//! A link is 128 random bits in an address. The page exchanges it for a cookie of that
//! board; what is stored is a hash. Servers and the command line share a database:
//! `queuewall links` and `queuewall screens` write there, the servers read again what
//! changed.
//!
//! # Layout
//! - [`Guard`] (`guard`): the one question, may this caller see this board
//! - [`control`]: how the command line reaches the server without a disk
//! - `links`: the server's view of the stored links; `pairing_codes`: screens that show a
//!   code and wait for approval
//! - [`Store`] (`store`): the shared database; [`Link`] (`link`) and [`PendingScreen`]
//!   (`pairing_codes`): what is there; `takeover`: the files of 0.1
//! - [`Token`] (`token`) and `code`: the long secret, and the short one to be read aloud
//! - [`Caller`] (`caller`): who asks, through which proxy, by the headers that `forwarded`
//!   reads; `cookie`: the link in a browser's hands; `bearer`: in a program's
//! - `person`: whether a proxy's header names somebody
//! - [`Attempts`] (`attempts`): how often somebody may be wrong

mod attempts;
mod bearer;
mod caller;
pub mod code;
pub mod control;
mod cookie;
mod forwarded;
mod guard;
mod link;
mod links;
mod pairing_codes;
mod person;
mod store;
pub(crate) mod takeover;
mod token;

pub use attempts::Attempts;
pub use caller::{Caller, OverTls, Proxies};
pub use cookie::{CookieScope, InFrames, LONGEST_COOKIE, has_trial, set_trial};
pub use guard::{Guard, LinkBackend, Pass, Policy, Refusal};
pub use link::{Link, LinkStatus, seconds_since_1970};
pub use links::{Links, Opened};
pub use pairing_codes::{CODE_LIFE, PairingCodes, PendingScreen, Waiting};
pub use store::{Store, StoreError};
pub use token::{Token, TokenHash};

#[cfg(test)]
pub(crate) mod tests {
    pub(crate) use super::store::tests::{execute, link};
}
