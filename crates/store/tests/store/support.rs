//! Databases for tests: a file in a temporary folder, and PostgreSQL.

mod postgres;

use std::path::PathBuf;

use queuewall_store::{Location, Store};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};
use tempfile::TempDir;

/// An empty database.
pub(super) enum Database {
    File(TempDir),
    Postgres(String),
}

impl Database {
    pub(super) fn location(&self) -> Location {
        match self {
            Self::File(_) => Location::File(self.path()),
            Self::Postgres(url) => Location::postgres(url).unwrap(),
        }
    }

    pub(super) async fn open(&self) -> Store {
        Store::open(self.location()).await.unwrap()
    }

    /// Its file, or its URL.
    pub(super) fn url(&self) -> String {
        match self {
            Self::File(_) => self.path().display().to_string(),
            Self::Postgres(url) => url.clone(),
        }
    }

    /// Takes the lock of all rows of `state`, or of the file.
    pub(super) async fn lock_state(&self, store: &Store) -> sqlx::Transaction<'static, sqlx::Any> {
        let Self::Postgres(url) = self else {
            return lock(store).await;
        };
        let pool = sqlx::AnyPool::connect(url).await.unwrap();
        let mut lock = pool.begin().await.unwrap();
        lock.execute("LOCK TABLE state").await.unwrap();
        lock
    }

    /// Runs a statement; `{blob}` is the type of bytes.
    pub(super) async fn execute(&self, sql: &str) {
        let (url, blob) = match self {
            Self::File(_) => (format!("sqlite://{}", self.path().display()), "BLOB"),
            Self::Postgres(url) => (url.clone(), "BYTEA"),
        };
        let mut connection = AnyConnection::connect(&url).await.unwrap();
        let sql = AssertSqlSafe(sql.replace("{blob}", blob));
        connection.execute(sql).await.unwrap();
    }

    /// How many connections to PostgreSQL wait within a transaction.
    pub(super) async fn open_transactions(&self) -> i64 {
        let Self::Postgres(url) = self else { return 0 };
        let mut connection = AnyConnection::connect(url).await.unwrap();
        let waiting = "SELECT COUNT(*) FROM pg_stat_activity \
             WHERE state LIKE 'idle in transaction%' AND datname = current_database()";
        let waiting = sqlx::query_scalar(waiting).fetch_one(&mut connection);
        waiting.await.unwrap()
    }

    fn path(&self) -> PathBuf {
        let Self::File(folder) = self else {
            panic!("no file")
        };
        folder.path().join("queuewall.db")
    }
}

/// One of each kind.
pub(super) async fn databases() -> [Database; 2] {
    let file = Database::File(tempfile::tempdir().unwrap());
    [file, Database::Postgres(postgres::database().await)]
}

/// Takes SQLite's lock for writers.
pub(super) async fn lock(store: &Store) -> sqlx::Transaction<'static, sqlx::Any> {
    let Some(file) = store.location().file() else {
        panic!("no file")
    };
    let pool = sqlx::AnyPool::connect(&format!("sqlite://{}", file.display()))
        .await
        .unwrap();
    pool.begin_with("BEGIN IMMEDIATE").await.unwrap()
}
