//! The store, over both databases: each test runs with a SQLite file and, in a cluster that
//! the first of them starts, with PostgreSQL.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

mod access;
mod backfill;
mod events;
mod killed;
mod lease;
mod migration;
mod minutes;
mod opening;
mod quarter_hours;
mod read_only;
mod screen;
mod support;
mod transfer;
mod updates;
mod writing;

use queuewall_store::{
    OpenError, Store, Tables,
    column::{COLUMNS, Column, Values},
    history::Queue,
};
use support::{Database, databases};

/// The version of this program's schema.
const SCHEMA: i64 = 6;

fn queue(id: &str) -> Queue {
    Queue {
        id: id.to_owned(),
        skills: Vec::new(),
    }
}

/// Values of which just these are known.
fn values(known: &[(&str, f64)]) -> Values {
    let mut values = [None; COLUMNS];
    for (name, value) in known {
        values[Column::from_name(name).unwrap().index()] = Some(*value);
    }
    values
}

async fn open_error(database: &Database, tables: Tables) -> OpenError {
    Store::open_with(database.location(), tables)
        .await
        .unwrap_err()
}

/// Runs a test over each database.
async fn over_both<F: AsyncFn(&Database)>(test: F) {
    for database in databases().await {
        test(&database).await;
    }
}
