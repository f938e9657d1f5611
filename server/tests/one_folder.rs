//! Two processes of the real program on one state folder.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

#[path = "support/no_tenant.rs"]
mod no_tenant;
#[path = "support/program.rs"]
#[expect(dead_code, reason = "of it only start and end are needed here")]
mod program;

use no_tenant::VARIABLES;
use program::{Program, command};

#[test]
fn second_server_on_state_folder_exits_2_and_names_first() {
    let folder = tempfile::tempdir().unwrap();
    let first = Program::serve(folder.path(), &VARIABLES);
    let second = command(folder.path(), &VARIABLES, &["serve"])
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(2));
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(
        said.contains(&format!("(process {})", first.id())),
        "{said}"
    );
    assert!(said.contains("QUEUEWALL_STATE_DIR"), "{said}");
    // A command may run beside it: it fails for want of a network, and not for the lock.
    let check = command(folder.path(), &VARIABLES, &["check"])
        .output()
        .unwrap();
    assert_eq!(check.status.code(), Some(7), "{check:?}");
    // Dropping it kills it: nothing is left behind that would lock the folder.
    drop(first);
    let _third = Program::serve(folder.path(), &VARIABLES);
}

#[test]
fn command_that_cannot_share_the_budget_ends_with_1() {
    let folder = tempfile::tempdir().unwrap();
    let server = Program::serve(folder.path(), &VARIABLES);
    // What only a person would do stands in for a full disk.
    let ledger = folder.path().join("state/queuewall.db");
    let _ = std::fs::remove_file(&ledger);
    std::fs::create_dir(&ledger).unwrap();
    for name in ["check", "queues", "stats"] {
        let ended = command(folder.path(), &VARIABLES, &[name])
            .output()
            .unwrap();
        assert_eq!(ended.status.code(), Some(1), "{ended:?}");
        let said = [ended.stdout, ended.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        let id = format!(
            "the server (process {}) runs on the same state folder",
            server.id()
        );
        assert!(said.contains(&id), "{said}");
        assert!(said.contains("requests to CXone: 0"), "{said}");
    }
    drop(server);
    let ended = command(folder.path(), &VARIABLES, &["queues"])
        .output()
        .unwrap();
    assert_eq!(
        ended.status.code(),
        Some(7),
        "it goes on without: {ended:?}"
    );
}
