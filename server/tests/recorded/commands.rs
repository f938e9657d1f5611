//! Help and exit codes.

use std::collections::BTreeSet;

use queuewall_simulator::{Credentials, Fault, Options};

use crate::{NOWHERE, Setup, recorded, simulator};

/// What scripts rely on in a command's help: commands, options, arguments, values, exit codes.
fn words(help: &str) -> BTreeSet<&str> {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || "-_<>|:".contains(c);
    let all = help.split(|c| !is_inner(c));
    let options = all.filter(|word| word.starts_with(['-', '<']) && word.len() > 1);
    let entries = help.lines().filter_map(|line| {
        let entry = line.trim_start();
        let value = entry.strip_prefix("- ");
        let is_listed = line.len() - entry.len() == 2 || value.is_some();
        let word = value.unwrap_or(entry).split([' ', ':']).next()?;
        (is_listed && word != "queuewall").then_some(word)
    });
    options.chain(entries).collect()
}

#[test]
fn help_keeps_every_command_option_and_value() {
    let nowhere = Setup::new(NOWHERE.into());
    let then = recorded("help.txt");
    let mut commands = 0;
    for then in then.split("== ").skip(1) {
        let (command, then) = then.split_once('\n').unwrap();
        let mut arguments: Vec<_> = command.split(' ').skip(1).collect();
        arguments.push("--help");
        let output = nowhere.run(&arguments);
        assert_eq!(output.status.code(), Some(0), "{command}");
        let now = String::from_utf8(output.stdout).unwrap();
        let (now, then) = (words(&now), words(then));
        let lost: Vec<_> = then.difference(&now).collect();
        assert!(lost.is_empty(), "{command}: {lost:?}");
        commands += 1;
    }
    assert_eq!(commands, 22);
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_end_with_the_recorded_exit_codes() {
    let tenant = simulator(Options::default()).await;
    let setup = Setup::new(tenant.base_url());
    let code = |setup: &Setup, arguments: &[&str]| {
        let output = setup.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), said)
    };
    for (arguments, expected) in [
        // Before another command makes the database.
        (&["store", "info"][..], 1),
        (&["stats"], 0),
        (&["stats", "--nonsense"], 2),
        (&["stats", "--queue", "no-such-queue"], 5),
        (&["links", "add", "--board", "none"], 2),
        (&["health"], 1),
        (&["history", "export", "--board", "none"], 2),
    ] {
        let (ended, said) = code(&setup, arguments);
        assert_eq!(ended, Some(expected), "{arguments:?}: {said}");
    }
    tenant.control().fail_with(Fault::status(500));
    assert_eq!(code(&setup, &["queues"]).0, Some(1));
    tenant.control().fail_with(Fault::status(429));
    assert_eq!(code(&setup, &["queues"]).0, Some(6));
    tenant.shutdown().await;

    let credentials = Credentials {
        client_secret: Some("another".into()),
        ..Credentials::default()
    };
    let refusing = Options {
        credentials,
        ..Options::default()
    };
    let blind = Options {
        scope_granted: false,
        ..Options::default()
    };
    for (options, expected) in [(refusing, 3), (blind, 4)] {
        let tenant = simulator(options).await;
        let (ended, said) = code(&Setup::new(tenant.base_url()), &["stats"]);
        assert_eq!(ended, Some(expected), "{said}");
        tenant.shutdown().await;
    }
    let nowhere = Setup::new(NOWHERE.into());
    assert_eq!(code(&nowhere, &["queues"]).0, Some(7));
}
