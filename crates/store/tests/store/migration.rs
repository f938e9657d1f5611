//! A database of an older version, and a backup.

use queuewall_store::{Location, OpenError, Store, Tables, history::Resolution};

use super::{SCHEMA, open_error, over_both, queue, values};

#[tokio::test]
async fn backup_of_a_database_in_use_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let location = |name: &str| Location::File(folder.path().join(name));
    let store = Store::open(location("a.db")).await.unwrap();
    store
        .write_minute(7, &[(queue("a"), values(&[("waiting", 3.0)]))], &[])
        .await
        .unwrap();
    store.backup(&folder.path().join("b.db")).await.unwrap();
    assert!(
        store.backup(&folder.path().join("b.db")).await.is_err(),
        "it exists"
    );
    let copy = Store::open(location("b.db")).await.unwrap();
    assert_eq!(
        copy.read(&queue("a"), Resolution::Minute, 0, 10)
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn older_database_is_migrated_and_its_file_backed_up_before() {
    over_both(async |database| {
        let store = database.open().await;
        let rows = [(queue("a"), values(&[("waiting", 3.0)]))];
        store.write_minute(7, &rows, &[]).await.unwrap();
        store.close().await;
        for _ in 0..2 {
            for sql in [
                "DROP TABLE link",
                "DROP TABLE waiting_screen",
                "DROP TABLE lease",
                "DROP TABLE published",
                "DROP TABLE screen",
                "DROP TABLE backfilled_hour",
                "DELETE FROM _sqlx_migrations WHERE version > 1",
            ] {
                database.execute(sql).await;
            }
            for tables in [Tables::Keep, Tables::Make] {
                let error = open_error(database, tables).await;
                assert!(
                    matches!(
                        error,
                        OpenError::Older {
                            found: 1,
                            needed: SCHEMA,
                            ..
                        }
                    ),
                    "{error}"
                );
                assert!(error.to_string().contains(&format!(
                    "older Queuewall (schema 1, this one needs {SCHEMA})"
                )));
            }
            let store = database.open().await;
            assert_eq!(store.info().await.unwrap().links, 0);
            assert_eq!(store.queues().await.unwrap(), [queue("a")]);
            store.close().await;
        }
        let location = database.location();
        let Some(file) = location.file() else {
            return;
        };
        let folder = file.parent().unwrap();
        for name in ["before-migration", "before-migration.2"] {
            let backup = folder.join(format!("queuewall.db.{name}"));
            let permissions =
                |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions();
            assert_eq!(permissions(&backup), permissions(file));
            let mut header = std::fs::read(&backup).unwrap();
            header.truncate(15);
            assert_eq!(header, b"SQLite format 3");
        }
    })
    .await;
}
