//! Who may look: everyone, whoever holds a link of the board, or whomever a proxy in
//! front has signed in.
//!
//! A link is 128 random bits in an address. The page exchanges it for a cookie of that
//! board; what is stored is a hash. The server and the command line share a folder:
//! `queuewall links` and `queuewall screens` write there, the server reads again what
//! changed.
//!
//! # Layout
//! - [`Guard`] (`guard`): the one question, may this caller see this board
//! - [`control`]: how the command line reaches the server without a disk
//! - `links`: the server's view of the stored links; `screens`: screens that show a code
//!   and wait to be let in
//! - [`Store`] (`store`): the shared folder; [`Link`] (`link`) and [`PendingScreen`]
//!   (`screens`): what lies there
//! - [`Token`] (`token`) and `code`: the long secret, and the short one to be read aloud
//! - [`Caller`] (`caller`): who asks, through which proxy, by the headers that `forwarded`
//!   reads; `cookie`: the link in a
//!   browser's hands
//! - `person`: whether a proxy's header names somebody
//! - [`Attempts`] (`attempts`): how often somebody may be wrong

mod attempts;
mod caller;
pub mod code;
pub mod control;
mod cookie;
mod forwarded;
mod guard;
mod link;
mod links;
mod person;
mod screens;
mod store;
mod token;

pub use attempts::Attempts;
pub use caller::{Caller, OverTls, Proxies};
pub use cookie::{CookieScope, InFrames, LONGEST_COOKIE, has_trial, set_trial};
pub use guard::{Guard, LinkDoor, Pass, Policy, Refusal};
pub use link::{Link, Standing, seconds_since_1970};
pub use links::Links;
pub use screens::{CODE_LIFE, PendingScreen, Screens, Waiting};
pub use store::{Store, StoreError};
pub use token::{Token, TokenHash};
