//! Real programs on one PostgreSQL database, and a screen that changes servers at every poll.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

mod database;
mod leader;
mod line;
mod place;
#[path = "../../../crates/store/tests/store/support/postgres.rs"]
mod postgres;
#[path = "../support/program.rs"]
mod program;
mod readings;
#[path = "../support/screens.rs"]
mod screens;
mod seen;
mod shared_screens;
