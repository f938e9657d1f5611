use sqlx::{Connection as _, Executor as _, SqliteConnection};

use super::{damaged::suffixed, *};
use crate::logging::tests::Said;

/// Makes a file, and damages it so that it cannot be opened, though its links can still be read.
pub(crate) async fn damaged(file: &Path) {
    let database = Arc::new(Database::new(Location::File(file.to_owned())));
    database.open().await.unwrap();
    database.close().await;
    let mut connection = connect(file).await;
    let page = "SELECT rootpage FROM sqlite_master WHERE name = '_sqlx_migrations'";
    let page: i64 = sqlx::query_scalar(page)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let mut bytes = std::fs::read(file).unwrap();
    let at = usize::try_from(page - 1).unwrap() * 4_096;
    bytes[at..at + 4_096].fill(0xff);
    std::fs::write(file, bytes).unwrap();
}

async fn connect(file: &Path) -> SqliteConnection {
    let connected = SqliteConnection::connect(file.to_str().unwrap());
    connected.await.unwrap()
}

fn of(folder: &Path) -> Arc<Database> {
    let dir = StateDir::new(folder.to_owned());
    Arc::new(Database::of(&StoreConfig::default(), &dir))
}

#[tokio::test]
async fn damaged_files_without_links_are_moved_beside_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE);
    for round in 1..=2 {
        damaged(&file).await;
        let before = std::fs::read(&file).unwrap();
        let database = of(folder.path());
        database.open().await.unwrap();
        assert!(database.is_replaced());
        database.close().await;
        let aside = suffixed(&file, &format!(".damaged-{round}"));
        assert_eq!(std::fs::read(aside).unwrap(), before);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}

#[test]
fn damaged_file_is_moved_with_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE);
    std::fs::write(&file, "file").unwrap();
    std::fs::write(suffixed(&file, "-wal"), "log").unwrap();
    let aside = damaged::move_aside(&file).unwrap();
    assert_eq!(std::fs::read(&aside).unwrap(), b"file");
    assert_eq!(std::fs::read(suffixed(&aside, "-wal")).unwrap(), b"log");
    assert!(!file.exists() && !suffixed(&file, "-wal").exists());
}

#[tokio::test]
async fn damaged_file_that_may_hold_links_stays_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE);
    // Its links can still be read: there is one.
    damaged(&file).await;
    let mut connection = connect(&file).await;
    let link = "INSERT INTO link (id, board, created, sha256) VALUES ('a', 'main', 1, 'b')";
    connection.execute(link).await.unwrap();
    connection.close().await.unwrap();
    let with_link = std::fs::read(&file).unwrap();
    // Nothing can be read of the other ones.
    for content in [with_link, [7; 8_192].to_vec()] {
        std::fs::write(&file, &content).unwrap();
        let error = of(folder.path()).open().await.unwrap_err();
        assert!(matches!(*error, DatabaseError::MayHoldLinks(_)), "{error}");
        assert!(error.to_string().contains("Access links may be in it"));
        assert_eq!(std::fs::read(&file).unwrap(), content);
    }
    let beside = std::fs::read_dir(folder.path()).unwrap();
    let beside = beside.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(beside.into_iter().all(|name| !name.contains("damaged")));
}

#[tokio::test]
async fn command_moves_no_damaged_file_beside_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE);
    damaged(&file).await;
    let dir = StateDir::new(folder.path().to_owned());
    let command = Arc::new(Database::of(&StoreConfig::default(), &dir).of_command());
    command.open().await.unwrap_err();
    assert!(!suffixed(&file, ".damaged-1").exists());
}

#[cfg(unix)]
#[tokio::test]
async fn file_that_others_could_have_written_is_not_opened() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE);
    let elsewhere = folder.path().join("elsewhere.db");
    of(folder.path()).open().await.unwrap().close().await;
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o666)).unwrap();
    let error = of(folder.path()).open().await.unwrap_err().to_string();
    assert!(error.contains("may be written by every user"), "{error}");
    std::fs::rename(&file, &elsewhere).unwrap();
    symlink(&elsewhere, &file).unwrap();
    let error = of(folder.path()).open().await.unwrap_err().to_string();
    assert!(error.contains("is a symbolic link"), "{error}");
}

#[tokio::test]
async fn file_that_is_only_read_is_written_once_that_is_possible() {
    let (said, _guard) = Said::gather("queuewall=info");
    let folder = tempfile::tempdir().unwrap();
    of(folder.path()).open().await.unwrap().close().await;
    // Stands in for a folder that cannot be written: SQLite would make a file of this name.
    let index = suffixed(&folder.path().join(FILE), "-shm");
    std::fs::create_dir(&index).unwrap();
    let database = of(folder.path());
    for _ in 0..20 {
        let store = database.open().await.unwrap();
        assert!(store.why_read_only().is_some());
        assert_eq!(store.info().await.unwrap().links, 0);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(said.lines().len(), 1, "said once: {}", said.text());
    assert!(said.text().contains("nothing is written to it"));
    std::fs::remove_dir(&index).unwrap();
    let until = tokio::time::Instant::now() + Duration::from_secs(20);
    while database.open().await.unwrap().why_read_only().is_some() {
        assert!(tokio::time::Instant::now() < until, "it is not tried again");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let store = database.open().await.unwrap();
    store.try_write().await.unwrap();
    let said = said.text();
    assert!(said.contains("queuewall.db can be written again"), "{said}");
}

#[cfg(unix)]
#[tokio::test]
async fn file_that_is_removed_or_replaced_in_use_is_missed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE);
    let database = of(folder.path());
    database.open().await.unwrap();
    let elsewhere = folder.path().join("elsewhere");
    std::fs::rename(&file, &elsewhere).unwrap();
    for content in [None, Some("another file")] {
        if let Some(content) = content {
            std::fs::write(&file, content).unwrap();
        }
        let error = database.open().await.unwrap_err();
        assert!(matches!(*error, DatabaseError::TakenAway(_)), "{error}");
        assert!(database.store().is_some(), "what is kept can be read");
    }
    std::fs::rename(&elsewhere, &file).unwrap();
    database.open().await.unwrap().try_write().await.unwrap();
}

#[tokio::test]
async fn failed_backup_before_a_migration_is_not_tried_again_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE);
    of(folder.path()).open().await.unwrap().close().await;
    // Before there were links: nothing that could be served without them.
    let mut older = connect(&file).await;
    let before = "DROP TABLE screen; DROP TABLE lease; DROP TABLE published; DROP TABLE link; \
                  DROP TABLE waiting_screen; DROP TABLE backfilled_hour; DELETE FROM _sqlx_migrations WHERE version > 1";
    older.execute(before).await.unwrap();
    older.close().await.unwrap();
    let part = suffixed(&file, ".before-migration.part");
    std::fs::create_dir(&part).unwrap();
    let database = of(folder.path());
    let first = database.open().await.unwrap_err();
    assert!(first.to_string().contains("cannot be copied to"), "{first}");
    assert!(!first.to_string().contains("PostgreSQL"), "{first}");
    let mut tries = 1;
    let mut last = first;
    for _ in 0..200 {
        let error = database.open().await.unwrap_err();
        tries += usize::from(!Arc::ptr_eq(&error, &last));
        last = error;
    }
    assert!(tries < 20, "{tries} of 201 calls try it");
    std::fs::remove_dir(&part).unwrap();
    let until = tokio::time::Instant::now() + Duration::from_secs(20);
    while database.open().await.is_err() {
        assert!(tokio::time::Instant::now() < until, "it is not tried again");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn database_is_opened_once_and_again_after_it_was_closed() {
    let folder = tempfile::tempdir().unwrap();
    let database = Arc::new(Database::new(Location::File(folder.path().join(FILE))));
    let store = database.open().await.unwrap();
    assert!(Arc::ptr_eq(&store, &database.open().await.unwrap()));
    database.close().await;
    assert!(database.store().is_none());
    database.open().await.unwrap();
    assert!(database.store().is_some());
}

#[tokio::test]
async fn migration_that_nobody_waits_for_ends_and_is_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE);
    let database = || Arc::new(Database::new(Location::File(file.clone())));
    let made = database();
    made.open().await.unwrap();
    made.close().await;
    let mut older = SqliteConnection::connect(file.to_str().unwrap())
        .await
        .unwrap();
    let before = "DROP TABLE screen; ALTER TABLE link DROP COLUMN agents; DROP TABLE backfilled_hour; \
                  DELETE FROM _sqlx_migrations WHERE version >= 4";
    older.execute(before).await.unwrap();
    let lock = older.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let database = database();
    for _ in 0..3 {
        let opened = timeout(Duration::from_millis(200), database.open()).await;
        assert!(opened.is_err(), "it waits for the lock");
    }
    lock.rollback().await.unwrap();
    let until = tokio::time::Instant::now() + Duration::from_secs(20);
    while database.store().is_none() {
        assert!(
            tokio::time::Instant::now() < until,
            "nobody opens it any more"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(suffixed(&file, ".before-migration").exists());
    assert!(
        !suffixed(&file, ".before-migration.2").exists(),
        "one migration"
    );
    database.close().await;
}
