//! A database that is opened, made, or left as it is.

use queuewall_store::{Location, OpenError, Store, Tables};

use super::{
    SCHEMA, open_error, over_both,
    support::{Database, databases},
};

#[tokio::test]
async fn newer_database_is_not_opened_and_left_as_it_is() {
    over_both(async |database| {
        database.open().await.close().await;
        database.execute("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                          VALUES (99, 'later', TRUE, CAST('00' AS {blob}), 0)").await;
        let error = Store::open(database.location()).await.unwrap_err();
        assert!(matches!(error, OpenError::Newer { found: 99, known: SCHEMA, .. }), "{error}");
        assert!(error.to_string().contains("has schema 99"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn database_of_another_build_is_not_opened_and_left_as_it_is() {
    over_both(async |database| {
        database.open().await.close().await;
        let other = "UPDATE _sqlx_migrations SET checksum = CAST('00' AS {blob})";
        database.execute(other).await;
        let error = Store::open(database.location()).await.unwrap_err();
        assert!(matches!(error, OpenError::OtherBuild { .. }), "{error}");
    })
    .await;
}

#[tokio::test]
async fn file_that_is_no_database_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queuewall.db");
    std::fs::write(
        &path,
        "# not a database, but long enough to have a header".repeat(100),
    )
    .unwrap();
    let log = folder.path().join("queuewall.db-wal");
    std::fs::write(&log, "its log").unwrap();
    let error = Store::open(Location::File(path.clone())).await.unwrap_err();
    assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
    assert!(std::fs::read_to_string(path).unwrap().starts_with("# not"));
    assert_eq!(std::fs::read_to_string(log).unwrap(), "its log");
}

#[tokio::test]
async fn file_that_was_emptied_is_damaged_and_keeps_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queuewall.db");
    let log = folder.path().join("queuewall.db-wal");
    std::fs::write(&path, "").unwrap();
    std::fs::write(&log, "its log").unwrap();
    let error = Store::open(Location::File(path.clone())).await.unwrap_err();
    assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
    assert_eq!(std::fs::read_to_string(&log).unwrap(), "its log");
    std::fs::remove_file(log).unwrap();
    Store::open(Location::File(path)).await.unwrap();
}

#[tokio::test]
async fn file_in_a_missing_folder_cannot_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a # ? % b").join("queuewall.db");
    let open = || Store::open(Location::File(path.clone()));
    assert!(matches!(
        open().await.unwrap_err(),
        OpenError::Failed { .. }
    ));
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    open().await.unwrap().close().await;
    assert!(path.exists(), "whatever stands in its name");
}

#[tokio::test]
async fn empty_database_is_kept_or_made_and_a_missing_file_stays_so() {
    over_both(async |database| {
        let error = open_error(database, Tables::Keep).await;
        match database.location().file() {
            Some(file) => assert!(!file.exists(), "{error}"),
            None => assert!(matches!(error, OpenError::Empty(_)), "{error}"),
        }
        let made = Store::open_with(database.location(), Tables::Make)
            .await
            .unwrap();
        made.try_write().await.unwrap();
        made.close().await;
        let kept = Store::open_with(database.location(), Tables::Keep)
            .await
            .unwrap();
        assert_eq!(kept.info().await.unwrap().version, SCHEMA);
        kept.close().await;
    })
    .await;
}

#[tokio::test]
async fn postgres_that_cannot_be_opened_says_what_to_do() {
    let [_, Database::Postgres(url)] = databases().await else {
        panic!("one of each kind")
    };
    let (user_and_name, folder) = url.split_once("?host=").unwrap();
    for (url, remedy) in [
        (url.replace("queuewall@", "nobody:s3cret@"), "pg_hba.conf"),
        (format!("{user_and_name}_none?host={folder}"), "createdb"),
        (url.replace(folder, "/nowhere"), "the socket's folder"),
        (
            "postgres://a:s3cret@127.0.0.1:1/b".to_owned(),
            "host and port",
        ),
        (
            "postgres://a:s3cret@nowhere.invalid/b".to_owned(),
            "host and port",
        ),
    ] {
        let error = Store::open(Location::postgres(&url).unwrap())
            .await
            .unwrap_err();
        assert!(error.to_string().contains(remedy), "{error}");
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
    }
}

#[tokio::test]
async fn programs_that_make_a_database_at_once_make_one() {
    over_both(async |database| {
        let (one, two, three) = tokio::join!(database.open(), database.open(), database.open());
        for store in [one, two, three] {
            assert_eq!(store.info().await.unwrap().version, SCHEMA);
        }
    })
    .await;
}
