//! Where settings come from: the environment, `.env` and the file.

use super::*;

#[test]
fn three_variables_are_enough() {
    let Loaded {
        config, targets, ..
    } = read(&ENOUGH, &[]).unwrap();
    assert_eq!(secret(&config), "hunter2");
    assert_eq!(config.poll.interval, Duration::from_secs(30));
    assert_eq!(config.poll.budget_per_minute, 10);
    assert_eq!(config.cxone.total_timeout, Duration::from_secs(10));
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.access, AccessConfig::default());
    assert_eq!(config.boards.len(), 1);
    assert_eq!(config.boards[0].slug, "main");
    assert!(config.boards[0].queues.is_empty(), "all queues");
    assert_eq!(targets, Targets::default());
    assert!(config.warnings.is_empty());
}

#[test]
fn the_environment_wins_over_the_file_key_by_key() {
    let file = "[cxone]\nclient_id = \"file\"\ntenant_id = \"file\"\nskill_ids = [7]\n\
                [poll]\nseconds = 60\nbudget_per_minute = 20\n";
    let config = read(
        &[
            ("CXONE_CLIENT_ID", "variable"),
            ("CXONE_CLIENT_SECRET", "hunter2"),
            ("QUEUEWALL_POLL_SECONDS", "5"),
        ],
        &[("queuewall.toml", file)],
    )
    .unwrap()
    .config;
    assert_eq!(reporting_v2(&config).client_id, "variable");
    assert_eq!(reporting_v2(&config).tenant_id, "file");
    assert_eq!(config.poll.interval, Duration::from_secs(5));
    assert_eq!(config.poll.budget_per_minute, 20);
    assert_eq!(config.cxone.total_timeout, Duration::from_secs(4));
    assert_eq!(config.boards[0].skill_ids, ["7"]);
}

#[test]
fn all_problems_are_reported_at_once_and_none_quotes_the_secret() {
    let file = "[poll]\nseconds = 3\n[[boards]]\ntitle = \"x\"\nqueues = [1, \"1\"]\n";
    let found = problems(
        &[
            ("CXONE_CLIENT_SECRET", "hunter2"),
            ("CXONE_CLIENT_SECRET_FILE", "s"),
            ("CXONE_TENANT_ID", " "),
            ("QUEUEWALL_LISTEN", "localhost"),
            ("CXONE_CA_FILE", "gone.pem"),
        ],
        &[("queuewall.toml", file)],
    );
    assert_eq!(
        found,
        [
            "queuewall.toml:2: poll.seconds = 3 is out of bounds: give a whole number from 5 to 300 (seconds)",
            "environment: CXONE_CLIENT_ID is not set: set it to the client id that CXone shows under \
             Administration > Security > API Clients",
            "environment: CXONE_CLIENT_SECRET and CXONE_CLIENT_SECRET_FILE (environment) are both given: \
             keep one of the two",
            "environment: CXONE_TENANT_ID is empty: set it to your CXone tenant's id",
            "environment: CXONE_CA_FILE names gone.pem, which cannot be read (entity not found): \
             check the path",
            "environment: QUEUEWALL_LISTEN = \"localhost\" is not an address and port: write for example \
             127.0.0.1:8080 (this machine only) or 0.0.0.0:8080 (every network)",
            "queuewall.toml:3: boards.slug is missing: name the board for its address, for example \
             slug = \"sales\"",
            "queuewall.toml:5: boards.queues = 1 is there twice: keep one of the two",
        ]
    );
    let error = read(&[], &[]).unwrap_err().to_string();
    assert!(
        error.starts_with("the configuration has 3 problems:\n  - environment: CXONE_CLIENT_ID")
    );
}

#[test]
fn config_path_is_that_of_option_then_variable_then_default() {
    let board = |slug: &str| format!("[[boards]]\nslug = \"{slug}\"\n");
    let (a, b, c) = (board("a"), board("b"), board("c"));
    let files = [
        ("a.toml", a.as_str()),
        ("b.toml", b.as_str()),
        ("queuewall.toml", c.as_str()),
    ];
    let variables = with(&[("QUEUEWALL_CONFIG", "b.toml")]);
    let slug = |variables: &[_], option| {
        let loaded = read_from(&FakeEnv::new(variables, &files), option).unwrap();
        loaded.config.boards[0].slug.clone()
    };
    assert_eq!(slug(&variables, Some("a.toml")), "a");
    assert_eq!(slug(&variables, None), "b");
    assert_eq!(slug(&ENOUGH, None), "c");
    assert_eq!(
        problems(&variables, &[]),
        [
            "environment: QUEUEWALL_CONFIG: the file b.toml cannot be read (entity not found): check the \
             path; queuewall.sample.toml is a start"
        ]
    );
}

#[test]
fn paths_in_the_file_are_meant_from_its_folder() {
    let file = "[cxone]\nclient_secret_file = \"secret\"\nca_file = \"/ca.pem\"\n";
    let env = FakeEnv::new(
        &[("CXONE_CLIENT_ID", "id"), ("CXONE_TENANT_ID", "t")],
        &[
            ("etc/queuewall.toml", file),
            ("etc/secret", "hunter2"),
            ("/ca.pem", ""),
        ],
    );
    let config = read_from(&env, Some("etc/queuewall.toml")).unwrap().config;
    assert_eq!(secret(&config), "hunter2");
    assert_eq!(config.ca_file.as_deref(), Some(Path::new("/ca.pem")));
}

#[test]
fn credential_in_toml_is_read_as_carefully_as_in_a_variable() {
    for (value, what) in [
        ("your-client-id", "is a placeholder"),
        ("'id'", "is in quotes"),
        ("a\\nb", "has more than one line"),
        ("a\\u200bb", "holds an invisible character (U+200B)"),
    ] {
        let file = format!("[cxone]\nclient_id = \"{value}\"\n");
        let found = problems(&ENOUGH[1..], &[("queuewall.toml", &file)]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with(&format!("queuewall.toml:2: cxone.client_id {what}: ")),
            "{found:?}"
        );
    }
    let variables = [("CXONE_CLIENT_ID", "\u{feff}id "), ENOUGH[1], ENOUGH[2]];
    assert_eq!(
        reporting_v2(&read(&variables, &[]).unwrap().config).client_id,
        "id"
    );
}

#[test]
fn unreadable_source_is_the_only_problem() {
    let toml = "queuewall.toml";
    let cxone = "[cxone\nclient_id = \"a\"\n";
    for (path, text, what) in [
        (toml, cxone, "queuewall.toml:1: the line is not TOML"),
        (
            ".env",
            "CXONE_CLIENT_ID: abc\n",
            ".env:1: the line is not NAME=value",
        ),
        (
            toml,
            "[Cxone]\nclient_id = \"a\"\n",
            "queuewall.toml:1: Cxone is not a known key: did you mean cxone?",
        ),
        (
            toml,
            "cxone = \"x\"\n",
            "queuewall.toml:1: cxone must be a table",
        ),
    ] {
        let found = problems(&[], &[(path, text)]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(what), "{found:?}");
    }
    for (path, text, what) in [
        (
            ".env",
            "\0\0\0\0",
            ": the file cannot be read (it holds NUL characters",
        ),
        (
            toml,
            "\0\0\0\0",
            ": the file queuewall.toml cannot be read (it holds NUL",
        ),
        (
            ".env",
            "CXONE_CLIENT_SECRET='open\n",
            ":1: CXONE_CLIENT_SECRET has a quote that is not closed",
        ),
        (
            ".env",
            "CXONE_CLINT_SECRET=a\n",
            ":1: CXONE_CLINT_SECRET is not a variable of Queuewall: did you mean",
        ),
    ] {
        let mut found = problems(&[ENOUGH[0], ENOUGH[2]], &[(path, text)]);
        found.retain(|it| !it.contains("SECRET is not set") || path == toml);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(&format!("{path}{what}")), "{found:?}");
    }
}

#[test]
fn database_url_is_in_the_file_without_a_password_alone() {
    let of = |store: &str| format!("[store]\n{store}\n");
    let socket = of("database_url = \"postgres:///qw?host=/run/postgresql\"");
    let database = of_file(&socket).store.database.unwrap();
    assert_eq!(database.to_string(), "postgres:/run/postgresql/qw");
    let nameless = of_file(&of("database_url = \"postgres://wall@db\""));
    let warned = nameless.warnings.join("\n");
    assert!(warned.contains("names no database"), "{warned}");
    for (store, problem) in [
        (
            "database_url = \"postgres://wall:s3cret@db/qw\"",
            "has a password, which this file must",
        ),
        (
            "database_url = \"postgres://db/qw?password=s3cret\"",
            "has a password, which this file must",
        ),
        (
            "database_url = \"postgres://wall:1/s3cret@db/qw\"",
            "is refused: it is no URL",
        ),
        (
            "database_url = \"postgres://db/qw?sslmode=bogus\"",
            "is refused: it has a wrong value behind `sslmode=`: write disable, ",
        ),
        (
            "database_url = \"postgresql+asyncpg://db/qw\"",
            "is refused: it must start with",
        ),
        (
            "database_url = \"changeme\"",
            "docs/operating.md is about the database",
        ),
        (
            "database_url = \"postgres://db/qw\"\ndatabase_url_file = \"url\"",
            "and store.database_url_file (queuewall.toml:3) are both given",
        ),
    ] {
        let files = [("queuewall.toml", &*of(store)), ("url", "postgres://db/qw")];
        let found = problems(&ENOUGH, &files);
        assert!(found.len() == 1 && found[0].contains(problem), "{found:?}");
        assert!(
            found[0].starts_with("queuewall.toml:2: store.database_url "),
            "{found:?}"
        );
        assert!(!found[0].contains("s3cret"), "{found:?}");
    }
}
