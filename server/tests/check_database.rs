//! `queuewall check` with a database that refuses it.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

#[path = "support/no_tenant.rs"]
mod no_tenant;
#[path = "../../crates/store/tests/store/support/postgres.rs"]
mod postgres;
#[path = "support/program.rs"]
#[expect(dead_code, reason = "of it only commands are needed here")]
mod program;

use no_tenant::VARIABLES;
use program::command;

#[tokio::test]
async fn check_says_that_the_database_refuses_user_or_password() {
    let url = postgres::database().await;
    let url = url.replace("queuewall@", "nobody:s3cret@");
    let folder = tempfile::tempdir().unwrap();
    let database = [("QUEUEWALL_DATABASE_URL", url.as_str())];
    let variables: Vec<_> = VARIABLES.into_iter().chain(database).collect();
    let mut check = command(folder.path(), &variables, &["check"]);
    let ended = check.output().unwrap();
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    let report = String::from_utf8(ended.stdout.clone()).unwrap();
    let line = report.lines().find(|it| it.contains("failed  database"));
    let line = line.unwrap_or_else(|| panic!("{ended:?}"));
    assert!(line.contains("check user and password"), "{report}");
    assert!(report.contains("failed  request budget"), "{report}");
    assert!(!report.contains("s3cret"), "{report}");
}
