//! SQLite files that cannot be written. Links and folders in place of the index of SQLite's log
//! stand in for a read-only folder or a full disk.
#![cfg(unix)]

use std::{fs, os::unix::fs::symlink, path::Path};

use queuewall_store::{Location, OpenError, QueryError, Store, Tables, access::Link};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, SqliteConnection};
use tempfile::TempDir;

const FILE: &str = "queuewall.db";
const INDEX: &str = "queuewall.db-shm";

fn location(folder: &Path) -> Location {
    Location::File(folder.join(FILE))
}

async fn open(folder: &Path) -> Store {
    Store::open(location(folder)).await.unwrap()
}

async fn add(store: &Store, id: &str) -> Result<(), QueryError> {
    let link = Link {
        id: id.to_owned(),
        board: "main".to_owned(),
        label: None,
        created: 1,
        expires: None,
        revoked: None,
        agents: false,
        sha256: id.to_owned(),
    };
    let added = store.change_links(|links| {
        links.push(link);
        Ok::<_, QueryError>(())
    });
    added.await
}

async fn ids(store: &Store) -> Vec<String> {
    let links = store.links().await.unwrap();
    links.into_iter().map(|link| link.id).collect()
}

/// A folder with a link.
async fn kept() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    add(&store, "a").await.unwrap();
    store.close().await;
    folder
}

/// Makes it a file of the first version that had links, or of the one before.
async fn make_older(folder: &Path, version: i64) {
    let older = SqliteConnection::connect(folder.join(FILE).to_str().unwrap());
    let mut older = older.await.unwrap();
    let sql = format!(
        "DROP TABLE screen; DROP TABLE lease; DROP TABLE published; \
         ALTER TABLE link DROP COLUMN agents; DROP TABLE backfilled_hour; \
         DELETE FROM _sqlx_migrations WHERE version > {version}"
    );
    older.execute(AssertSqlSafe(sql)).await.unwrap();
    older.close().await.unwrap();
}

/// Where SQLite can neither make nor open the index.
fn take_index(folder: &Path) {
    symlink("nowhere", folder.join(INDEX)).unwrap();
}

#[tokio::test]
async fn file_that_cannot_be_written_is_read_and_says_so() {
    let folder = kept().await;
    let index = folder.path().join(INDEX);
    for tables in [Tables::Migrate, Tables::Make, Tables::Keep] {
        take_index(folder.path());
        check_read_only(folder.path(), tables).await;
        fs::remove_file(&index).unwrap();
    }
    // An index that can only be read: SQLite opens the file without a word.
    fs::create_dir(&index).unwrap();
    for tables in [Tables::Migrate, Tables::Make] {
        check_read_only(folder.path(), tables).await;
    }
    fs::remove_dir(index).unwrap();
    let store = open(folder.path()).await;
    assert!(store.why_read_only().is_none());
    add(&store, "b").await.unwrap();
    assert_eq!(ids(&store).await, ["a", "b"]);
}

async fn check_read_only(folder: &Path, tables: Tables) {
    let store = Store::open_with(location(folder), tables).await.unwrap();
    assert_eq!(ids(&store).await, ["a"]);
    let why = store.why_read_only().unwrap().to_string();
    assert!(why.contains("read-only file system"), "{why}");
    let entry = [("name".to_owned(), "text".to_owned())];
    for failed in [add(&store, "b").await, store.write_state(&entry).await] {
        let error = failed.unwrap_err();
        assert!(matches!(error, QueryError::ReadOnly(_)), "{error}");
        assert!(error.to_string().contains(&why), "{error}");
    }
    store.close().await;
}

#[tokio::test]
async fn file_that_is_only_read_is_read_as_it_is_now() {
    let folder = kept().await;
    take_index(folder.path());
    let read = open(folder.path()).await;
    assert_eq!(ids(&read).await, ["a"]);
    // It can be written again, and another program is the first that does.
    fs::remove_file(folder.path().join(INDEX)).unwrap();
    let other = open(folder.path()).await;
    add(&other, "b").await.unwrap();
    other.close().await;
    assert!(read.why_read_only().is_some());
    assert_eq!(ids(&read).await, ["a", "b"]);
}

#[tokio::test]
async fn log_of_a_killed_program_is_read_where_nothing_can_be_written() {
    let folder = kept().await;
    let store = open(folder.path()).await;
    // A connection that stays open keeps the log.
    assert_eq!(ids(&store).await, ["a"]);
    add(&store, "b").await.unwrap();
    // As a program leaves it that is killed.
    let killed = tempfile::tempdir().unwrap();
    for name in [FILE, "queuewall.db-wal"] {
        fs::copy(folder.path().join(name), killed.path().join(name)).unwrap();
    }
    take_index(killed.path());
    let before = fs::read(killed.path().join(FILE)).unwrap();
    let read = open(killed.path()).await;
    assert!(read.why_read_only().is_some());
    assert_eq!(ids(&read).await, ["a", "b"]);
    read.close().await;
    assert_eq!(fs::read(killed.path().join(FILE)).unwrap(), before);
    fs::remove_file(killed.path().join(INDEX)).unwrap();
    let again = open(killed.path()).await;
    assert_eq!(ids(&again).await, ["a", "b"], "nothing of the log is lost");
}

#[tokio::test]
async fn file_that_cannot_be_migrated_is_read_where_it_has_links() {
    let folder = kept().await;
    let file = folder.path().join(FILE);
    make_older(folder.path(), 2).await;
    let part = folder.path().join("queuewall.db.before-migration.part");
    let (newest, older) = (
        file.with_added_extension("before-migration"),
        file.with_added_extension("before-migration.2"),
    );
    fs::write(&newest, "newest").unwrap();
    fs::write(&older, "older").unwrap();
    // Stands in for a full disk: the copy cannot be made.
    fs::create_dir(&part).unwrap();
    for _ in 0..2 {
        let store = open(folder.path()).await;
        let why = store.why_read_only().unwrap();
        assert!(matches!(why, OpenError::NotMigrated { .. }), "{why}");
        let why = why.to_string();
        assert!(
            why.contains("df -h") && !why.contains("PostgreSQL"),
            "{why}"
        );
        assert_eq!(ids(&store).await, ["a"]);
        // It has no table of these.
        let hours = store.hours(&super::queue("a"), 0, 10).await.unwrap();
        assert!(hours.is_empty());
        assert!(store.unrecorded_hours(0, 10).await.unwrap().is_empty());
        store.close().await;
    }
    assert_eq!(fs::read(&newest).unwrap(), b"newest");
    assert_eq!(fs::read(&older).unwrap(), b"older");
    let command = Store::open_with(location(folder.path()), Tables::Make).await;
    assert!(matches!(command, Err(OpenError::Older { found: 2, .. })));
    fs::remove_dir(&part).unwrap();
    let store = open(folder.path()).await;
    assert!(store.why_read_only().is_none());
    assert_eq!(ids(&store).await, ["a"]);
    store.close().await;
    assert_eq!(fs::read(&older).unwrap(), b"newest");
    assert!(fs::read(&newest).unwrap().starts_with(b"SQLite"));
    assert!(!part.exists());
}

#[tokio::test]
async fn damaged_or_missing_file_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    take_index(folder.path());
    let missing = Store::open_with(location(folder.path()), Tables::Keep).await;
    assert!(matches!(missing, Err(OpenError::Failed { .. })));
    // Without tables there is nothing to read.
    let empty = Store::open(location(folder.path())).await;
    assert!(matches!(empty, Err(OpenError::Failed { .. })), "{empty:?}");
}
