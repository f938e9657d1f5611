//! The real program, whose state folder cannot be written, and how it ends.
//!
//! A link in place of the index of SQLite's log stands in for a read-only folder or a full disk:
//! SQLite can neither make nor open it.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::fs::symlink,
    path::Path,
    process::Output,
    thread,
    time::{Duration, Instant},
};

#[path = "support/no_tenant.rs"]
mod no_tenant;
#[path = "support/program.rs"]
mod program;

use no_tenant::VARIABLES;
use program::{PATIENCE, Program, command};

/// With links.
fn variables() -> Vec<(&'static str, &'static str)> {
    let links = [("QUEUEWALL_ACCESS", "links")];
    VARIABLES.into_iter().chain(links).collect()
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, &variables(), arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn get(program: &Program, path: &str) -> String {
    let mut stream = TcpStream::connect(program.address).unwrap();
    let host = program.address;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn wait_until(server: &Program, what: &str, is_so: impl Fn() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < until, "{what}: {}", server.said());
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn links_open_boards_while_the_state_folder_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let link = stdout(&run(folder.path(), &["links", "add", "--board", "main"]));
    assert!(link.contains("/board/main#"), "{link}");
    let index = folder.path().join("state/queuewall.db-shm");
    symlink("nowhere", &index).unwrap();

    let begun = Instant::now();
    let server = Program::serve(folder.path(), &variables());
    wait_until(&server, "the board is assembled", || {
        get(&server, "/readyz").contains("\"history\":\"not kept\"")
    });
    assert!(begun.elapsed() < Duration::from_secs(30), "it waits");
    let said = server.said();
    assert!(said.contains("links: 1"), "{said}");
    assert!(said.contains("nothing is written to it"), "{said}");

    let list = stdout(&run(folder.path(), &["links", "list", "--json"]));
    assert!(list.contains("\"state\": \"good\""), "{list}");
    let info = stdout(&run(folder.path(), &["store", "info", "--json"]));
    assert!(info.contains("\"links\": 1"), "{info}");
    let exported = run(folder.path(), &["history", "export", "--board", "main"]);
    let said = String::from_utf8_lossy(&exported.stderr).into_owned();
    assert!(!said.contains("cannot"), "{said}");
    let refused = run(folder.path(), &["links", "add", "--board", "main"]);
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("QUEUEWALL_STATE_DIR"), "{said}");

    fs::remove_file(&index).unwrap();
    stdout(&run(folder.path(), &["links", "add", "--board", "main"]));
    wait_until(
        &server,
        "it goes on writing, and knows the new link",
        || {
            let said = server.said();
            said.contains("can be written again") && said.contains("of board main was added")
        },
    );
    server.end();
}

#[test]
fn server_ends_at_once_when_it_is_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let server = Program::serve(folder.path(), &VARIABLES);
    wait_until(&server, "it runs", || {
        get(&server, "/readyz").contains("\"ready\"")
    });
    let asked = Instant::now();
    let said = server.end();
    // Less than it would wait for a database that does not answer.
    assert!(asked.elapsed() < Duration::from_millis(1_500), "{said}");
}

#[test]
fn server_ends_soon_while_its_database_is_silent() {
    let folder = tempfile::tempdir().unwrap();
    // It takes connections, and answers none.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://me@{}/qw", silent.local_addr().unwrap());
    let database = [("QUEUEWALL_DATABASE_URL", url.as_str())];
    let variables: Vec<_> = VARIABLES.into_iter().chain(database).collect();
    let server = Program::serve(folder.path(), &variables);
    wait_until(&server, "it runs", || {
        get(&server, "/readyz").contains("\"ready\"")
    });
    let asked = Instant::now();
    let said = server.end();
    // All that it tells the database it tells at once, for 2 s.
    assert!(asked.elapsed() < Duration::from_millis(3_500), "{said}");
}
