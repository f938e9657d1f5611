//! What is kept, by one process and by several.

use std::{fs, path::Path};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, SqliteConnection};

use super::*;

/// A link of `token`, without an end.
pub(crate) fn link(board: &str, token: &str) -> Link {
    Link {
        id: format!("{board}-{token}"),
        board: board.to_owned(),
        label: None,
        created: 0,
        expires: None,
        revoked: None,
        agents: false,
        sha256: TokenHash::of(token),
    }
}

/// Runs a statement in the store's file.
pub(crate) async fn execute(store: &Store, sql: &str) {
    let url = format!("sqlite://{}", store.location());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    connection
        .execute(AssertSqlSafe(sql.to_owned()))
        .await
        .unwrap();
    connection.close().await.unwrap();
}

async fn add(store: &Store, link: Link) -> Result<(), StoreError> {
    let added = store.change(|links| {
        links.push(link);
        Ok(())
    });
    added.await
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_is_written_is_read_back_by_other_processes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/state");
    let (one, other) = (Store::new(path.clone()), Store::new(path.clone()));
    assert_eq!(one.links().await.unwrap(), []);
    assert_eq!(one.screens().await.unwrap(), []);
    assert!(!path.exists(), "to list nothing makes nothing");
    let revoked = Link {
        label: Some("Hall".to_owned()),
        expires: Some(u64::MAX / 2),
        revoked: Some(7),
        ..link("main", "a")
    };
    add(&one, revoked.clone()).await.unwrap();
    let first = other.links_version().await.unwrap();
    add(&one, link("sales", "b")).await.unwrap();
    assert_ne!(other.links_version().await.unwrap(), first);
    assert_eq!(other.links().await.unwrap(), [revoked, link("sales", "b")]);
    let id = one.cookie_id().await.unwrap();
    assert_eq!(other.cookie_id().await.unwrap(), id);
}

#[tokio::test]
async fn a_change_that_is_refused_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().to_owned());
    let refused = store.change::<(), StoreError>(|links| {
        links.push(link("main", "a"));
        Err(io::Error::other("no").into())
    });
    assert!(matches!(refused.await, Err(StoreError::Random(_))));
    assert_eq!(store.links().await.unwrap(), []);
}

#[cfg(unix)]
#[tokio::test]
async fn stored_files_are_readable_by_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let store = Store::new(path.clone());
    add(&store, link("main", "a")).await.unwrap();
    // Leaves a connection open.
    store.links().await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    let names = names(&path);
    assert_eq!(names, [FILE, "queuewall.db-shm", "queuewall.db-wal"]);
    for name in names {
        assert_eq!(mode(&path.join(&name)), 0o600, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn start_waits_a_minute_for_a_database_that_may_come_up() {
    let (said, _guard) = crate::logging::tests::Said::gather("queuewall=info");
    let folder = tempfile::tempdir().unwrap();
    let config = StoreConfig {
        // Nobody listens there.
        database: Location::postgres("postgres://a:hunter2@127.0.0.1:1/b").ok(),
        ..StoreConfig::default()
    };
    let state = StateDir::new(folder.path().to_owned());
    let store = Store::of(Arc::new(Database::of(&config, &state)), state);
    let begun = Instant::now();
    let error = store.start().await.unwrap_err();
    assert!(!error.is_lasting(), "{error}");
    assert!(begun.elapsed() >= START_PATIENCE);
    let said = said.text();
    assert_eq!(said.matches("cannot be read yet").count(), 1, "{said}");
    assert!(!format!("{said}{error}").contains("hunter2"), "{said}");
}

#[cfg(unix)]
#[tokio::test]
async fn links_of_a_file_that_cannot_be_written_are_there_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let before = Store::new(folder.path().to_owned());
    add(&before, link("main", "a")).await.unwrap();
    before.database.close().await;
    // Stands in for a read-only folder: SQLite can neither make nor open its file.
    let index = folder.path().join("queuewall.db-shm");
    std::os::unix::fs::symlink("nowhere", &index).unwrap();
    let store = Store::new(folder.path().to_owned());
    let started = timeout(START_AGAIN_AFTER, store.start());
    started.await.expect("it waits for nothing").unwrap();
    assert_eq!(store.links().await.unwrap(), [link("main", "a")]);
    assert_eq!(store.links_version().await.unwrap(), None, "it is read");
    let error = add(&store, link("main", "b")).await.unwrap_err();
    assert!(error.to_string().contains("is only read"), "{error}");
    fs::remove_file(index).unwrap();
    sleep(Duration::from_millis(100)).await;
    add(&store, link("main", "b")).await.unwrap();
}

#[tokio::test]
async fn links_of_0_1_are_used_where_no_database_can_be_made() {
    let folder = tempfile::tempdir().unwrap();
    takeover::export(vec![link("main", "a")], None, folder.path()).unwrap();
    // Stands in for a full disk: no file can be made here.
    fs::create_dir(folder.path().join(FILE)).unwrap();
    let store = Store::new(folder.path().to_owned());
    let started = timeout(START_AGAIN_AFTER, store.start());
    started.await.expect("it waits for nothing").unwrap();
    assert_eq!(store.links().await.unwrap(), [link("main", "a")]);
    fs::remove_dir(folder.path().join(FILE)).unwrap();
    add(&store, link("main", "b")).await.unwrap();
    assert_eq!(names(folder.path())[0], "access.json.0.1.old");
    assert_eq!(store.links().await.unwrap().len(), 2);
}
