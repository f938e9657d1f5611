//! What Queuewall keeps: the history of the queues' metrics, the links that open boards, and what
//! it needs to go on after a restart.
//!
//! A [`Store`] is a SQLite file, or a PostgreSQL database that several servers share. Both have
//! one schema, and one set of statements. Nothing here decides what is kept, or when: callers
//! hand in minutes and events, and read them back.
//!
//! - [`location`]: which database
//! - [`open`](Store::open): connecting, migrating, and what can be wrong with a database
//! - [`mod@column`]: the numbers of a minute, from the table of metrics
//! - [`history`]: minutes and quarter hours of queues
//! - [`backfill`]: hours that nothing recorded, read later
//! - [`event`]: changes of levels, of the upstream and of the server
//! - [`access`]: links and waiting screens
//! - [`state`]: small texts by name
//! - [`lease`]: which of several servers reads CXone, and what it publishes to the others
//! - [`screen`]: the last report of each screen
//! - [`retention`]: rolling minutes up into quarter hours, and deleting what is old
//! - [`transfer`]: from SQLite to PostgreSQL
//! - [`info`]: how large the database is, and will be

#![warn(missing_docs)]

pub mod access;
pub mod backfill;
pub mod column;
mod database;
pub mod event;
pub mod history;
pub mod info;
pub mod lease;
pub mod location;
mod remedy;
pub mod retention;
mod schema;
pub mod screen;
pub mod state;
mod transaction;
pub mod transfer;

pub use database::{OpenError, Store, Tables};
pub use location::Location;

/// Why a statement failed.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The database's words, which name no password, and a remedy.
    #[error("{}", remedy::explain(.0))]
    Failed(#[from] sqlx::Error),
    /// The database [is only read](Store::why_read_only), for this reason.
    #[error("it is only read: {0}")]
    ReadOnly(String),
}

/// The result of a statement.
pub type Result<T, E = QueryError> = std::result::Result<T, E>;

/// The places of so many rows of so many values, from this one on.
fn rows(first: usize, rows: usize, width: usize) -> String {
    let row = |row: usize| {
        let values = (0..width).map(|column| format!("${}", first + row * width + column));
        format!("({})", values.collect::<Vec<_>>().join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// A duration as databases take it, in milliseconds.
fn ms(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
