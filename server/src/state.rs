//! Private state: the one folder that the server and the command line share, and all that
//! is kept in it.
//!
//! # Layout
//! - `dir`: the folder's files, which are read, replaced and locked; everything below is kept
//!   through it
//! - `ledger`: what was sent of the request budget
//! - `server_lock`: one server a folder

mod dir;
mod ledger;
mod server_lock;

pub use dir::{StateDir, StateError};
pub use ledger::StateLedger;
pub use server_lock::{InUse, ServerLock};
