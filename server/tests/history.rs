//! The real program, while its database is in trouble.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use queuewall_shared::report;
use queuewall_store::{Location, Store, event::EventKind};
use reqwest::StatusCode;
use serde_json::Value;
use sqlx::{Connection as _, Executor as _, SqliteConnection};
use tokio_rustls::rustls::crypto::ring;

#[path = "support/no_tenant.rs"]
mod no_tenant;
#[path = "support/program.rs"]
mod program;
#[path = "support/screens.rs"]
mod screens;

use no_tenant::VARIABLES;
use program::{PATIENCE, Program, command};
use screens::screens;

fn database(folder: &Path) -> Location {
    Location::File(folder.join("state/queuewall.db"))
}

/// What servers on this folder did, as the database has it.
async fn server_events(folder: &Path) -> Vec<String> {
    let store = Store::open(database(folder)).await.unwrap();
    let events = store.events("main", 0, i64::MAX, 100).await.unwrap();
    store.close().await;
    let events = events.into_iter().filter(|it| it.kind == EventKind::Server);
    let details = events.map(|it| serde_json::from_str::<Value>(&it.detail).unwrap());
    let what = details.map(|it| it["what"].as_str().unwrap().to_owned());
    what.collect()
}

/// Waits until `/readyz` says this of the history. Boards are answered all the while.
async fn until_history_is(server: &Program, kept: &str) {
    let _ = ring::default_provider().install_default();
    let until = Instant::now() + PATIENCE;
    loop {
        let get = |path: &str| reqwest::get(format!("http://{}{path}", server.address));
        let board = get("/api/boards/main").await.unwrap();
        assert_eq!(board.status(), StatusCode::OK);
        let ready = get("/readyz").await.unwrap();
        assert_eq!(ready.status(), StatusCode::OK);
        let ready: Value = ready.json().await.unwrap();
        if ready["history"] == kept {
            return;
        }
        assert!(Instant::now() < until, "{ready}: {}", server.said());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn start_and_stop_of_the_server_are_events() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        Program::serve(folder.path(), &VARIABLES).end();
    }
    let events = server_events(folder.path()).await;
    assert_eq!(events, ["started", "stopped", "started", "stopped"]);
}

#[tokio::test]
async fn screens_are_remembered_after_a_restart() {
    let _ = ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let listener = ("QUEUEWALL_METRICS_LISTEN", "127.0.0.1:0");
    let variables: Vec<_> = VARIABLES.into_iter().chain([listener]).collect();
    let server = Program::serve(folder.path(), &variables);
    let url = format!("http://{}/api/boards/main", server.address);
    let request = reqwest::Client::new().get(url);
    let report = "page=a; name=Hall; errors=3; sound=blocked";
    request.header(report::HEADER, report).send().await.unwrap();
    let mut before = screens(&server).await;
    server.end();
    let file = folder.path().join("state/queuewall.db");
    let mut other = SqliteConnection::connect(file.to_str().unwrap())
        .await
        .unwrap();
    let hour_ago = "UPDATE screen SET last_ms = last_ms - 3600000, first_ms = first_ms - 3600000";
    other.execute(hour_ago).await.unwrap();
    let server = Program::serve(folder.path(), &variables);
    let until = Instant::now() + PATIENCE;
    while screens(&server).await.is_empty() {
        assert!(Instant::now() < until, "{}", server.said());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mut after = screens(&server).await;
    assert_eq!(
        (&before[0]["state"], &after[0]["state"]),
        (&"live".into(), &"dark".into())
    );
    for (screens, least) in [(&mut before, 0.0), (&mut after, 3_600.0)] {
        let screen = screens[0].as_object_mut().unwrap();
        screen.remove("state");
        for age in ["first_seen_age_seconds", "last_seen_age_seconds"] {
            let age = screen.remove(age).unwrap().as_f64().unwrap();
            assert!((least..least + 60.0).contains(&age), "{age}");
        }
    }
    assert_eq!(before, after);
}

#[tokio::test]
async fn new_screen_is_remembered_after_a_kill() {
    let _ = ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let listener = ("QUEUEWALL_METRICS_LISTEN", "127.0.0.1:0");
    let variables: Vec<_> = VARIABLES.into_iter().chain([listener]).collect();
    let server = Program::serve(folder.path(), &variables);
    let url = format!("http://{}/api/boards/main", server.address);
    let file = folder.path().join("state/queuewall.db");
    // The second is new to a server that has written before.
    for name in ["Hall", "Door"] {
        let request = reqwest::Client::new().get(&url);
        let report = format!("page=a; name={name}");
        request.header(report::HEADER, report).send().await.unwrap();
        let begun = Instant::now();
        loop {
            let mut other = SqliteConnection::connect(file.to_str().unwrap())
                .await
                .unwrap();
            let select = sqlx::query_scalar("SELECT COUNT(*) FROM screen WHERE name = $1");
            let count: i64 = select.bind(name).fetch_one(&mut other).await.unwrap();
            if count == 1 {
                break;
            }
            // What is known is written each minute.
            let waited = begun.elapsed();
            assert!(waited < Duration::from_secs(30), "{name}: {waited:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    server.signal("KILL");
    drop(server);
    let server = Program::serve(folder.path(), &variables);
    let until = Instant::now() + PATIENCE;
    while screens(&server).await.len() < 2 {
        assert!(Instant::now() < until, "{}", server.said());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn locked_database_stops_no_board_and_loses_no_event() {
    let folder = tempfile::tempdir().unwrap();
    Program::serve(folder.path(), &VARIABLES).end();
    let file = folder.path().join("state/queuewall.db");
    let mut other = SqliteConnection::connect(file.to_str().unwrap())
        .await
        .unwrap();
    let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let server = Program::serve(folder.path(), &VARIABLES);
    until_history_is(&server, "not kept").await;
    lock.rollback().await.unwrap();
    until_history_is(&server, "kept").await;
    assert!(server.end().contains("the history is kept again"));
    let events = server_events(folder.path()).await;
    assert_eq!(events, ["started", "stopped", "started", "stopped"]);
}

/// A limit of the size of files is to a program what a full disk is.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn full_disk_stops_no_board_and_loses_no_event() {
    let folder = tempfile::tempdir().unwrap();
    Program::serve(folder.path(), &VARIABLES).end();
    let mut limited = Command::new("sh");
    let serve = command(folder.path(), &VARIABLES, &["serve"]);
    limited
        .args(["-c", "trap '' XFSZ; ulimit -S -f 1; exec \"$@\"", "sh"])
        .arg(serve.get_program())
        .args(serve.get_args())
        .current_dir(folder.path())
        .env_clear()
        .envs(VARIABLES);
    let server = Program::start(limited);
    until_history_is(&server, "not kept").await;
    let id = server.id().to_string();
    let lifted = Command::new("prlimit")
        .args(["--pid", &id, "--fsize=unlimited:"])
        .status();
    assert!(lifted.unwrap().success());
    until_history_is(&server, "kept").await;
    server.end();
    let events = server_events(folder.path()).await;
    assert_eq!(events, ["started", "stopped", "started", "stopped"]);
}
