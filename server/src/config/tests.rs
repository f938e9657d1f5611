//! The configuration as a whole: both sources, all problems, and the two samples.

use std::{collections::BTreeSet, path::Path, time::Duration};

use ::cxone::{Dialect, ReportingV2Settings};
use queuewall_shared::{
    level::{Limits, Metric, Thresholds},
    snapshot::{Display, Theme},
};
use secrecy::ExposeSecret as _;

use super::{env::fake::FakeEnv, *};
use crate::hours::Hours;

mod follow_ups;
mod realtime;

const ENOUGH: [(&str, &str); 3] = [
    ("CXONE_CLIENT_ID", "id"),
    ("CXONE_CLIENT_SECRET", "hunter2"),
    ("CXONE_TENANT_ID", "tenant"),
];

fn read(variables: &[(&str, &str)], files: &[(&str, &str)]) -> Result<Loaded, ConfigError> {
    read_from(&FakeEnv::new(variables, files), None)
}

fn read_from(env: &FakeEnv, file: Option<&str>) -> Result<Loaded, ConfigError> {
    let file = file.map(Path::new);
    let environment = Environment::read(env, file);
    Loaded::read(env, environment, file)
}

fn problems(variables: &[(&str, &str)], files: &[(&str, &str)]) -> Vec<String> {
    let error = read(variables, files).unwrap_err();
    error.problems.iter().map(ToString::to_string).collect()
}

fn reporting_v2(config: &Config) -> &ReportingV2Settings {
    match &config.cxone.dialect {
        Dialect::ReportingV2(settings) => settings,
        Dialect::Realtime(_) => panic!("another dialect"),
    }
}

/// The problems of one variable more than is enough.
fn refused(name: &str, value: &str) -> Vec<String> {
    problems(&with(&[(name, value)]), &[])
}

/// What the configuration file alone adds to what is enough.
fn of_file(file: &str) -> Config {
    let loaded = read(&ENOUGH, &[("queuewall.toml", file)]);
    loaded.unwrap().config
}

fn secret(config: &Config) -> &str {
    reporting_v2(config).client_secret.expose_secret()
}

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    ENOUGH.iter().chain(more).copied().collect()
}

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
fn a_secret_may_lie_in_a_file_and_others_should_not_read_it() {
    let variables = [
        ("CXONE_CLIENT_ID", "id"),
        ("CXONE_TENANT_ID", "tenant"),
        ("CXONE_CLIENT_SECRET_FILE", "secret"),
    ];
    let mut env = FakeEnv::new(&variables, &[("secret", "hunter2\r\n")]);
    env.permissions.others_read = true;
    let config = read_from(&env, None).unwrap().config;
    assert_eq!(secret(&config), "hunter2");
    assert_eq!(
        config.warnings,
        [
            "environment: CXONE_CLIENT_SECRET_FILE names secret, which other users of this machine can \
             read: chmod 600 it, or mount it with that mode (Kubernetes: defaultMode)"
        ]
    );
    assert!(!format!("{config:?}").contains("hunter2"));
    for (content, what) in [
        ("\n", "is empty: write the value"),
        (
            "hunter2\nsecond\n",
            "has more than one line: keep the value alone, on one line",
        ),
        (
            "'hunter2'\n",
            "is in quotes: remove the quotes: they would be sent",
        ),
    ] {
        assert_eq!(
            problems(&variables, &[("secret", content)]),
            [format!(
                "environment: CXONE_CLIENT_SECRET_FILE names secret, whose content {what}"
            )]
        );
    }
    for content in ["\u{feff}hunter2\r\n", " hunter2 \n\n"] {
        let config = read(&variables, &[("secret", content)]).unwrap().config;
        assert_eq!(secret(&config), "hunter2");
    }
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
fn board_from_environment_has_comma_separated_ids() {
    let variables = with(&[
        ("TARGET_QUEUE_ID", " 2, 1,,3 "),
        ("CXONE_SKILL_IDS", "9,8,9"),
        ("QUEUEWALL_TITLE", "Help desk"),
        ("QUEUEWALL_TIMEZONE", "America/Argentina/Buenos_Aires"),
    ]);
    let Loaded {
        config, targets, ..
    } = read(&variables, &[]).unwrap();
    let board = &config.boards[0];
    let ids: Vec<_> = board.queues.iter().map(|queue| &queue.id).collect();
    assert_eq!(ids, ["2", "1", "3"]);
    assert_eq!(targets.queue_ids, ["2", "1", "3"]);
    assert_eq!(board.skill_ids, ["8", "9"]);
    assert_eq!(board.title, "Help desk");
    assert_eq!(
        board.timezone.as_deref(),
        Some("America/Argentina/Buenos_Aires")
    );
}

#[test]
fn boards_in_file_replace_environment_board_and_keep_skills() {
    let file = "[[boards]]\nslug = \"a\"\nqueues = [1, { id = 2, name = \"Two\" }]\n\
                [[boards]]\nslug = \"b\"\nskill_ids = []\ntitle = \"B\"\n";
    let variables = with(&[("TARGET_QUEUE_ID", "9"), ("CXONE_SKILL_IDS", "7")]);
    let Loaded {
        config, targets, ..
    } = read(&variables, &[("queuewall.toml", file)]).unwrap();
    let [a, b] = config.boards.as_slice() else {
        panic!("{:?}", config.boards)
    };
    assert_eq!((a.title.as_str(), b.title.as_str()), ("a", "B"));
    assert_eq!(a.skill_ids, ["7"]);
    assert!(b.skill_ids.is_empty() && b.queues.is_empty());
    assert_eq!(a.queues[0].name, None);
    assert_eq!(a.queues[1].name.as_deref(), Some("Two"));
    assert_eq!(targets.queue_ids, ["9"], "stats still reads it");
    assert_eq!(
        config.warnings,
        [
            "environment: TARGET_QUEUE_ID does not change the boards: the configuration file has its own"
        ]
    );
}

#[test]
fn queue_id_that_another_program_changed_is_refused() {
    for (ids, remedy) in [
        ("1.234567e+06 4.711E+3", "in quotes where it is set"),
        ("4711.0 4711.", "decimal point"),
        ("+4711", "a sign"),
        ("null None undefined NaN", "no value"),
        ("\u{ff14}711", "U+FF14"),
        ("\u{664}711", "U+0664"),
        ("47\u{7}11", "U+0007"),
        ("47\u{200b}11", "U+200B"),
        ("\u{202e}4711", "U+202E"),
        (
            "[4711 4711;4712 4711|4712 4711\u{ff0c}4712 <id> $QUEUE",
            "separated by commas",
        ),
    ] {
        for id in ids.split(' ') {
            let problems = refused("TARGET_QUEUE_ID", id);
            assert!(
                matches!(problems.as_slice(), [one] if one.contains(remedy)),
                "{problems:?}"
            );
        }
    }
    for id in ["4711", "11e8-0000", "1e06", "a.b_c:d/e"] {
        read(&with(&[("TARGET_QUEUE_ID", id)]), &[]).unwrap();
    }
}

#[test]
fn bad_slugs_zones_titles_and_ids_are_refused() {
    let file = "[[boards]]\nslug = \"A b\"\n[[boards]]\nslug = \"c\"\ntimezone = \"+02:00\"\n\
                [[boards]]\nslug = \"c\"\ntitle = \"\"\nqueues = [\"a b\"]\n";
    assert_eq!(
        problems(&ENOUGH, &[("queuewall.toml", file)]),
        [
            "queuewall.toml:2: boards.slug = \"A b\" is not a slug: use 1 to 64 of the letters a to z, digits and -",
            "queuewall.toml:5: boards.timezone = \"+02:00\" is not an IANA time zone: write for example \
             Europe/Berlin, America/New_York or UTC",
            "queuewall.toml:7: boards.slug = \"c\" is the slug of the board at queuewall.toml:4 too: give \
             each board its own",
            "queuewall.toml:9: boards.queues = \"a b\" is not an id: copy it from `queuewall queues`, without spaces \
             and quotes; several are separated by commas",
            "queuewall.toml:8: boards.title = \"\" is blank, or has line breaks or other control characters: write some words on one line, or leave the key out",
        ]
    );
}

#[test]
fn a_bad_address_is_named_but_not_with_a_password_in_it() {
    let found = refused("CXONE_BASE_URL", "https://user:hunter2@host");
    assert!(found[0].starts_with("environment: CXONE_BASE_URL is refused: "));
    assert!(!found[0].contains("hunter2"), "{found:?}");
    let found = refused("CXONE_BASE_URL", "http://cxone.test");
    assert!(
        found[0].starts_with("environment: CXONE_BASE_URL = \"http://cxone.test\" is refused: ")
    );
}

#[test]
fn placeholder_address_is_refused_before_anything_is_sent() {
    let key = [
        ("CXONE_DIALECT", "realtime"),
        ("CXONE_ACCESS_KEY_ID", "id"),
        ("CXONE_ACCESS_KEY_SECRET", "hunter2"),
    ];
    for (name, value, variables) in [
        (
            "CXONE_BASE_URL",
            "https://api-your-region.niceincontact.com",
            &ENOUGH[..],
        ),
        ("CXONE_BASE_URL", "<region>", &ENOUGH),
        ("CXONE_AREA_URL", "https://AREA.nice-incontact.com", &key),
        ("CXONE_ISSUER", "https://cxone.example.com", &key),
    ] {
        let variables = [variables, &[(name, value)]].concat();
        let found = problems(&variables, &[]);
        let expected = format!("environment: {name} = {value:?} is a placeholder: write ");
        assert!(
            found.iter().any(|it| it.starts_with(&expected)),
            "{found:?}"
        );
    }
}

#[test]
fn refused_address_shows_neither_user_nor_query() {
    for (name, value) in [
        ("CXONE_BASE_URL", "https://host.test/?token=canary"),
        ("CXONE_BASE_URL", "https://host.test/#canary"),
        ("CXONE_BASE_URL", "<region>?canary"),
        ("CXONE_BASE_URL", "host.test?canary"),
        ("QUEUEWALL_PUBLIC_URL", "https://canary@wall.test"),
        ("QUEUEWALL_FRAME_ANCESTORS", "https://a:canary@a.test"),
        ("QUEUEWALL_FRAME_ANCESTORS", "https://a.test/?canary"),
        ("QUEUEWALL_HOSTS", "https://a:canary@a.test"),
        ("QUEUEWALL_TRUSTED_PROXIES", "http://a:canary@10.0.0.5"),
        ("QUEUEWALL_LISTEN", "a:canary@127.0.0.1:8080"),
        ("QUEUEWALL_METRICS_LISTEN", "http://127.0.0.1:9464/?canary"),
        ("QUEUEWALL_BASE_PATH", "/wall?canary"),
        ("QUEUEWALL_ACCESS", "https://canary@a.test"),
    ] {
        let found = refused(name, value);
        assert!(
            found[0].starts_with(&format!("environment: {name} ")),
            "{found:?}"
        );
        assert!(!format!("{found:?}").contains("canary"), "{found:?}");
    }
}

#[test]
fn the_server_may_have_names_and_a_certificate() {
    let file = "[server]\nhosts = [\"wall.example.com\"]\ntls_certificate_file = \"tls.pem\"\n\
                tls_key_file = \"key.pem\"\n";
    let files = [
        ("etc/queuewall.toml", file),
        ("etc/tls.pem", ""),
        ("etc/key.pem", ""),
    ];
    let mut env = FakeEnv::new(&ENOUGH, &files);
    env.permissions.others_read = true;
    let config = read_from(&env, Some("etc/queuewall.toml")).unwrap().config;
    assert_eq!(config.server.hosts, ["wall.example.com"]);
    let tls = config.server.tls.unwrap();
    assert_eq!(tls.certificate, Path::new("etc/tls.pem"));
    assert_eq!(tls.key, Path::new("etc/key.pem"));
    let warnings = config.warnings;
    let part = "key.pem, which other users";
    assert!(warnings[0].contains(part), "{warnings:?}");

    let refused = |variables: &[_], expected: &str| {
        let found = problems(&with(variables), &[("key.pem", "")]);
        assert_eq!(found.len(), 1, "{found:?}");
        let expected = format!("environment: QUEUEWALL_{expected}");
        assert!(found[0].starts_with(&expected), "{found:?}");
    };
    let key = ("QUEUEWALL_TLS_KEY_FILE", "key.pem");
    let gone = ("QUEUEWALL_TLS_CERTIFICATE_FILE", "gone.pem");
    refused(&[key], "TLS_KEY_FILE is set without the other: set both");
    refused(
        &[key, gone],
        "TLS_CERTIFICATE_FILE names gone.pem, which cannot be read",
    );
    for host in ["https://wall.example.com", "wall.example.com:8080", "ALL"] {
        let expected = format!("HOSTS = \"{host}\" is not a host name: write");
        refused(&[("QUEUEWALL_HOSTS", host)], &expected);
    }
}

#[test]
fn the_sample_of_variables_names_every_one_and_each_can_be_set() {
    let sample = include_str!("../../../.env.sample");
    let commented_out = |line: &&str| line.starts_with("#CXONE") || line.starts_with("#QUEUEWALL");
    let named: BTreeSet<_> = sample
        .lines()
        .filter(|line| !line.starts_with('#') || commented_out(line) || line.starts_with("#TARGET"))
        .filter_map(|line| line.trim_start_matches('#').split_once('='))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(named, keys::variables().collect());
    // As it stands, and with every commented line but the files and the other dialect's
    // set.
    let is_for_now = |line: &&str| {
        let name = line.trim_start_matches('#').split('=').next();
        let is_realtimes = name
            .and_then(keys::of_variable)
            .is_some_and(|it| it.is_realtime_only);
        !is_realtimes && !line.contains("_FILE=") && !line.contains("_CONFIG=")
    };
    let all: String = sample
        .lines()
        .filter(is_for_now)
        .map(|line| match line.strip_prefix('#') {
            Some(set) if named.iter().any(|name| set.starts_with(name)) => format!("{set}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    for text in [sample, all.as_str()] {
        let config = read(&[], &[(".env", &filled_in(text))]).unwrap().config;
        assert!(config.warnings.is_empty());
        assert_eq!(reporting_v2(&config).client_id, "our-client-id");
    }
    let all = read(&[], &[(".env", &filled_in(&all))]).unwrap();
    assert_eq!(all.targets.queue_ids.len(), 2);
    let as_it_stands = problems(&[], &[(".env", sample)]);
    assert_eq!(as_it_stands.len(), 3, "{as_it_stands:?}");
    for problem in as_it_stands {
        assert!(problem.contains(" is a placeholder: put"), "{problem}");
    }
}

/// A sample in which the placeholders are replaced.
fn filled_in(sample: &str) -> String {
    sample.replace("your-", "our-")
}

#[test]
fn sample_file_sets_nothing_as_it_stands() {
    let sample = include_str!("../../../queuewall.sample.toml");
    let plain = read(&ENOUGH, &[]).unwrap();
    let with_sample = read(&ENOUGH, &[("queuewall.toml", sample)]).unwrap();
    assert_eq!(with_sample.config.live(), plain.config.live());
    assert_eq!(with_sample.config.access, plain.config.access);
    assert_eq!(with_sample.config.server, plain.config.server);
    assert_eq!(
        with_sample
            .requires_restart
            .differing_from(&plain.requires_restart),
        [""; 0]
    );
    assert!(with_sample.config.warnings[0].contains("the file sets nothing"));
}

#[test]
fn container_sample_loads_as_container_engines_hand_it_over() {
    let sample = filled_in(include_str!("../../../deploy/container.env.sample"));
    let lines = sample.lines().filter(|line| !line.starts_with('#'));
    let variables: Vec<_> = lines.filter_map(|line| line.split_once('=')).collect();
    assert!(read(&variables, &[]).unwrap().config.warnings.is_empty());
}

#[test]
fn sample_file_holds_every_key_and_loads_uncommented() {
    let sample = include_str!("../../../queuewall.sample.toml");
    let sample = &realtime::uncommented(sample);
    let table: toml::Table = sample.parse().unwrap();
    let mut named = BTreeSet::new();
    for section in keys::SECTIONS {
        for key in table[section].as_table().unwrap().keys() {
            named.insert(format!("{section}.{key}"));
        }
    }
    assert_eq!(named, keys::file_keys().map(str::to_owned).collect());
    let keys_of = |table: &toml::Value| -> BTreeSet<String> {
        table.as_table().unwrap().keys().cloned().collect()
    };
    let holds_all = |table: &toml::Value, kind: keys::Kind| {
        let known = kind.keys().into_iter().map(|(key, _)| key);
        assert_eq!(keys_of(table), known.collect(), "{kind:?}");
    };
    let levels = &table[keys::LEVELS];
    holds_all(levels, keys::Kind::Levels);
    holds_all(&levels["available_agents"], keys::Kind::Limits);
    let board = &table[keys::BOARDS][0];
    holds_all(board, keys::Kind::Board);
    holds_all(&board["queues"][1], keys::Kind::Queue);

    let sample = filled_in(sample);
    let files = [
        ("queuewall.toml", sample.as_str()),
        ("cxone-client-secret", "hunter2\n"),
        ("company-ca.pem", ""),
        ("tls.pem", ""),
        ("tls-key.pem", ""),
    ];
    let config = read(&[], &files).unwrap().config;
    assert_eq!(config.boards[0].queues[1].id, "4712");
    assert_eq!(config.boards[1].slug, "all");
    let mut said = Thresholds::default();
    for metric in Metric::JUDGED {
        said.set(metric, said.limits(metric));
    }
    assert_eq!(
        config.boards[1].levels, said,
        "what the sample's [levels] says is what holds anyway"
    );
    let limits = |levels: Thresholds| levels.limits(Metric::Waiting);
    let [plain, changed] = config.boards[0].queues.as_slice() else {
        panic!("{:?}", config.boards[0].queues)
    };
    assert_eq!(limits(config.boards[0].levels), Limits::new(8.0, 16.0));
    assert_eq!(plain.levels, None);
    assert_eq!(limits(changed.levels.unwrap()), Limits::new(8.0, 20.0));
}

#[test]
fn levels_of_queue_override_board_then_file_then_defaults() {
    let file = "[levels]\nwaiting = { warning = 6 }\naverage_wait_seconds = { critical = 90.5 }\n\
                fall_after = 3\nmargin_percent = 2.5\nminimum_sample = 20\n\
                [[boards]]\nslug = \"a\"\n\
                queues = [{ id = 1, levels = { waiting = { critical = 20 }, rise_after = 1 } }, 2]\n\
                [boards.levels]\nservice_level_percent = false\n\
                available_agents = { warning = 2, critical = false }\n\
                [[boards]]\nslug = \"b\"\n";
    let config = of_file(file);
    let [a, b] = config.boards.as_slice() else {
        panic!("{:?}", config.boards)
    };
    let mut base = Thresholds::default();
    base.set(Metric::Waiting, Limits::new(6.0, 10.0));
    base.set(Metric::AverageWait, Limits::new(60_000.0, 90_500.0));
    base.fall_after = 3;
    base.margin_percent = 2.5;
    base.minimum_sample = 20;
    assert_eq!(b.levels, base);

    let mut of_board = base;
    of_board.set(Metric::ServiceLevel, Limits::default());
    let only_warning = Limits {
        warning: Some(2.0),
        ..Limits::default()
    };
    of_board.set(Metric::AvailableAgents, only_warning);
    assert_eq!(a.levels, of_board);
    assert_eq!(a.queues[1].levels, None);

    let mut of_queue = of_board;
    of_queue.set(Metric::Waiting, Limits::new(6.0, 20.0));
    of_queue.rise_after = 1;
    assert_eq!(a.queues[0].levels, Some(of_queue));
}

#[test]
fn service_level_without_setting_uses_the_goal_of_cxone() {
    let goal = |levels: &str| {
        let file = format!("{levels}\n[[boards]]\nslug = \"a\"\n");
        let loaded = read(&ENOUGH, &[("queuewall.toml", &file)]).unwrap();
        let levels = loaded.config.boards[0].levels.with_goal(Some(90.0));
        levels.limits(Metric::ServiceLevel).warning
    };
    assert_eq!(goal(""), Some(90.0));
    assert_eq!(goal("[levels]\nwaiting = { warning = 1 }"), Some(90.0));
    assert_eq!(goal("[levels]\nservice_level_percent = {}"), Some(90.0));
    assert_eq!(
        goal("[levels]\nservice_level_percent = { critical = 50 }"),
        Some(80.0)
    );
    assert_eq!(goal("[levels]\nservice_level_percent = false"), None);
}

#[test]
fn what_levels_do_is_said_with_key_and_line() {
    let file = "[levels]\nwaiting = false\n\
                available_agents={warning=false,  critical = 0}\n\
                [[boards]]\nslug = \"sales\"\ntimezone = \"Europe/Berlin\"\n\
                queues = [1, { id = 2, levels = { available_agents = { warning = 3 } } }]\n\
                [boards.levels]\nhours = \" Mo-Fr 08:00-18:00 \"\n\
                available_agents = { for_seconds = 120 }\n\
                [[boards]]\nslug = \"quiet\"\nlevels = { available_agents = false }\n";
    let loaded = read(&ENOUGH, &[("queuewall.toml", file)]).unwrap();
    let busy = "calls wait because no agent is available, so in busy hours most queues will have that level";
    assert_eq!(
        loaded.notes,
        [
            format!(
                "queuewall.toml:3: levels.available_agents: every board: critical while calls wait and 0 agents \
                 are available: {busy}"
            ),
            "queuewall.toml:9: boards.levels.hours: board \"sales\": levels apply Mo-Fr 08:00-18:00 \
             (Europe/Berlin); outside these hours queues have no level"
                .to_owned(),
            "queuewall.toml:10: boards.levels.available_agents: board \"sales\": critical while calls wait \
                 and 0 agents are available, for 120 s"
                .to_owned(),
            "queuewall.toml:7: boards.queues.levels.available_agents: board \"sales\", queue 2: critical while \
                 calls wait and 0 agents are available, warning while calls wait and 3 or fewer agents are \
                 available, for 120 s"
                .to_owned(),
        ]
    );
    assert_eq!(
        loaded.config.warnings,
        [format!(
            "queuewall.toml:3: levels.available_agents is a line of older samples: {busy}: remove the line, or \
             add for_seconds = 120 to it"
        )]
    );
    assert!(
        read(&ENOUGH, &[("queuewall.toml", "[levels]\n")])
            .unwrap()
            .notes
            .is_empty()
    );
}

#[test]
fn hours_of_queue_override_board_then_file() {
    let file = "[levels]\nhours = \"08:00-20:00\"\n\
                [[boards]]\nslug = \"a\"\ntimezone = \"Europe/Berlin\"\n\
                queues = [{ id = 1, levels = { hours = \"00:00-24:00\" } }, 2]\n\
                levels = { hours = \"Mo-Fr 08:00-18:00\" }\n\
                [[boards]]\nslug = \"b\"\ntimezone = \"America/New_York\"\n";
    let config = of_file(file);
    let hours = |text| Some(Hours::parse(text).unwrap());
    let [a, b] = config.boards.as_slice() else {
        panic!("{:?}", config.boards)
    };
    assert_eq!(
        (&a.hours, &b.hours),
        (&hours("Mo-Fr 08:00-18:00"), &hours("08:00-20:00"))
    );
    assert_eq!(
        (&a.queues[0].hours, &a.queues[1].hours),
        (&hours("00:00-24:00"), &None)
    );
    assert_eq!(a.queues[0].levels, Some(a.levels));

    let board = read(
        &with(&[("QUEUEWALL_TIMEZONE", "UTC")]),
        &[("queuewall.toml", "[levels]\nhours = \"08:00-20:00\"\n")],
    );
    assert_eq!(board.unwrap().config.boards[0].hours, hours("08:00-20:00"));
}

#[test]
fn hours_that_cannot_be_or_lack_a_zone_are_refused() {
    let file = "[levels]\nhours = \"Mo-Fr\"\n[[boards]]\nslug = \"a\"\ntimezone = \"UTC\"\n\
                queues = [{ id = 1, levels = { hours = \"Mi 08:00-18:00\" } }]\n\
                [boards.levels]\nhours = 8\n";
    let remedy = "write for example Mo-Fr 08:00-18:00, Sa 09:00-13:00";
    assert_eq!(
        problems(&ENOUGH, &[("queuewall.toml", file)]),
        [
            "queuewall.toml:8: boards.levels.hours must be a string: write for example \"text\""
                .to_owned(),
            format!(
                "queuewall.toml:2: levels.hours = \"Mo-Fr\" has \"Mo-Fr\", which is not a range of times such as \
                 08:00-18:00: {remedy}"
            ),
            format!(
                "queuewall.toml:6: boards.queues.levels.hours = \"Mi 08:00-18:00\" has \"Mi\", which is not a \
                 day: {remedy}"
            ),
        ]
    );
    let file = "[levels]\nhours = \"08:00-20:00\"\n";
    assert_eq!(
        problems(&ENOUGH, &[("queuewall.toml", file)]),
        [
            "queuewall.toml:2: levels.hours = \"08:00-20:00\" needs a time zone, and neither board \"main\" nor the \
             machine has one: set QUEUEWALL_TIMEZONE"
        ]
    );
    let file = format!("{file}[[boards]]\nslug = \"a\"\n");
    assert_eq!(
        problems(&ENOUGH, &[("queuewall.toml", &file)]),
        [
            "queuewall.toml:2: levels.hours = \"08:00-20:00\" needs a time zone, and neither board \"a\" nor the \
             machine has one: add for example timezone = \"Europe/Berlin\" to the board"
        ]
    );
}

#[test]
fn hours_of_board_without_zone_follow_the_machines() {
    let file = "[levels]\nhours = \"08:00-20:00\"\n";
    let board = "[[boards]]\nslug = \"a\"\n[[boards]]\nslug = \"b\"\ntimezone = \"UTC\"\n";
    let read = |file: &str, zone: &str, tz: &[(&str, &str)]| {
        let mut env = FakeEnv::new(&with(tz), &[("queuewall.toml", file)]);
        env.time_zone = Some(zone.to_owned());
        read_from(&env, None).unwrap()
    };
    let loaded = read(&format!("{file}{board}"), "Europe/Berlin", &[]);
    let zones = loaded
        .config
        .boards
        .iter()
        .map(|board| board.timezone.as_deref());
    assert!(zones.eq([Some("Europe/Berlin"), Some("UTC")]));
    let told = "board \"a\": levels.hours follow the machine's time zone Europe/Berlin, since the board has none";
    assert!(
        loaded.notes.contains(&told.to_owned()),
        "{:?}",
        loaded.notes
    );
    assert_eq!(loaded.config.warnings, [""; 0]);

    for (tz, is_warned) in [(&[][..], true), (&[("TZ", "UTC")], false)] {
        let loaded = read(file, "Etc/UTC", tz);
        assert_eq!(loaded.config.boards[0].timezone.as_deref(), Some("Etc/UTC"));
        let warnings = &loaded.config.warnings;
        assert_eq!(warnings.len(), usize::from(is_warned), "{warnings:?}");
        assert!(
            warnings
                .iter()
                .all(|warning| warning.contains("TIMEZONE or TZ"))
        );
    }
    // Without hours a screen has its own clock.
    assert_eq!(
        read(board, "Europe/Berlin", &[]).config.boards[0].timezone,
        None
    );
}

#[test]
fn the_environments_board_takes_the_files_levels() {
    let file = "[levels]\nwaiting = false\n";
    let config = of_file(file);
    let levels = config.boards[0].levels;
    assert_eq!(levels.limits(Metric::Waiting), Limits::default());
}

#[test]
fn thresholds_out_of_bounds_or_order_are_refused_all_at_once() {
    let file = "[levels]\nwaiting = { warning = 0, critical = 2.5 }\nrise_after = 0\n\
                margin_percent = 51\nminimum_sample = -1\n\
                [[boards]]\nslug = \"a\"\nqueues = [\n\
                { id = 1, levels = { waiting = { critical = 5 } } },\n\
                { id = 2, levels = { service_level_percent = { warning = 60, critical = 80 } } },\n\
                { id = 3, levels = { longest_wait_seconds = { warning = 300.5 } } },\n\
                { id = 4, levels = { available_agents = { warning = 0, critical = 0 } } }]\n";
    assert_eq!(
        problems(&ENOUGH, &[("queuewall.toml", file)]),
        [
            "queuewall.toml:2: levels.waiting.warning = 0 is out of bounds: give a whole number from 1 to 10000 (calls)",
            "queuewall.toml:2: levels.waiting.critical = 2.5 is not a whole number: give a whole number from 1 to 10000 (calls)",
            "queuewall.toml:4: levels.margin_percent = 51 is out of bounds: give a number from 0 to 50 (percent)",
            "queuewall.toml:5: levels.minimum_sample = -1 is out of bounds: give a whole number from 0 to 1000 (calls)",
            "queuewall.toml:3: levels.rise_after = 0 is out of bounds: give a whole number from 1 to 20 (readings in a row)",
            "queuewall.toml:9: boards.queues.levels.waiting.critical = 5 makes warning 5 and critical 5 calls: \
             give a warning below critical, or false for one of the two",
            "queuewall.toml:10: boards.queues.levels.service_level_percent.warning = 60 makes warning 60 and critical 80 \
             percent: give a warning above critical, or false for one of the two",
            "queuewall.toml:11: boards.queues.levels.longest_wait_seconds.warning = 300.5 makes warning 300.5 and \
             critical 300 seconds: give a warning below critical, or false for one of the two",
            "queuewall.toml:12: boards.queues.levels.available_agents.warning = 0 makes warning 0 and critical 0 \
             agents: give a warning above critical, or false for one of the two",
        ]
    );
}

#[test]
fn board_has_display_settings_and_notice() {
    let file = "[[boards]]\nslug = \"a\"\nnotice = \" Lunch at 12 \"\ntheme = \"contrast\"\n\
                language = \"pt\"\nmetres = 5.5\ninches = 55\nrotate_seconds = 20\n\
                [[boards]]\nslug = \"b\"\n";
    let config = of_file(file);
    assert_eq!(config.boards[0].notice.as_deref(), Some("Lunch at 12"));
    assert_eq!(
        config.boards[0].display,
        Display {
            theme: Some(Theme::Contrast),
            language: Some("pt".into()),
            metres: Some(5.5),
            inches: Some(55.0),
            rotate_seconds: Some(20),
        }
    );
    assert_eq!(config.boards[1].notice, None);
    assert_eq!(config.boards[1].display, Display::default());
}

#[test]
fn a_display_that_cannot_be_is_refused() {
    let file = "[[boards]]\nslug = \"a\"\nnotice = \"a\\nb\"\ntheme = \"blue\"\n\
                language = \"xx\"\nmetres = 0.2\ninches = inf\nrotate_seconds = 4\n";
    assert_eq!(
        problems(&ENOUGH, &[("queuewall.toml", file)]),
        [
            "queuewall.toml:6: boards.metres = 0.2 is out of bounds: give a number from 0.3 to 30 \
             (metres to the screen)",
            "queuewall.toml:7: boards.inches = \"inf\" is not a number: give a number from 5 to 150 \
             (inches across the screen)",
            "queuewall.toml:8: boards.rotate_seconds = 4 is out of bounds: give a number from 5 to 600 \
             (seconds a page)",
            "queuewall.toml:4: boards.theme = \"blue\" is not a theme: write dark, light or contrast",
            "queuewall.toml:5: boards.language = \"xx\" is not a language of the page: write one of \
             en, de, es, fr, pt",
            "queuewall.toml:3: boards.notice = \"a\\nb\" is blank, or has line breaks or other control characters: write some words on one line, \
             or leave the key out",
        ]
    );
}

#[test]
fn listening_to_others_needs_a_word_on_who_may_look() {
    for listen in ["0.0.0.0:8080", "192.0.2.1:80", "[::]:8080"] {
        let found = refused("QUEUEWALL_LISTEN", listen);
        let [problem] = found.as_slice() else {
            panic!("{found:?}")
        };
        let place =
            format!("environment: QUEUEWALL_LISTEN = \"{listen}\" accepts connections from");
        assert!(problem.starts_with(&place), "{problem}");
        for mode in [
            "QUEUEWALL_ACCESS (access.mode)",
            "links (",
            "proxy (",
            "open (",
        ] {
            assert!(problem.contains(mode), "{mode}: {problem}");
        }
        let said = with(&[("QUEUEWALL_LISTEN", listen), ("QUEUEWALL_ACCESS", "open")]);
        assert_eq!(
            read(&said, &[]).unwrap().config.access.mode,
            AccessMode::Open
        );
    }
    for listen in ["127.0.0.2:80", "[::1]:8080"] {
        let loaded = read(&with(&[("QUEUEWALL_LISTEN", listen)]), &[]).unwrap();
        assert_eq!(loaded.config.access.mode, AccessMode::Loopback, "{listen}");
    }
}

#[test]
fn who_may_look_is_read_from_both_sources() {
    let file = "[server]\nstate_dir = \"state\"\npublic_url = \"https://wall.example.com/\"\n\
                [access]\nmode = \"proxy\"\nproxy_header = \"X-Person\"\n\
                trusted_proxies = [\"10.0.0.5\", \"fd00::/8\"]\n";
    let files = [("etc/queuewall.toml", file)];
    let env = FakeEnv::new(&ENOUGH, &files);
    let loaded = read_from(&env, Some("etc/queuewall.toml")).unwrap();
    let access = loaded.config.access;
    assert_eq!(access.mode, AccessMode::Proxy);
    assert_eq!(access.proxy_header, "x-person");
    let networks: Vec<_> = access
        .trusted_proxies
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(networks, ["10.0.0.5/32", "fd00::/8"]);
    assert_eq!(access.state_dir, Path::new("etc/state"));
    assert_eq!(
        access.public_url.as_deref(),
        Some("https://wall.example.com")
    );

    let variables = with(&[
        ("QUEUEWALL_ACCESS", "links"),
        ("QUEUEWALL_STATE_DIR", "/var/q"),
    ]);
    let loaded = read_from(
        &FakeEnv::new(&variables, &files),
        Some("etc/queuewall.toml"),
    )
    .unwrap();
    assert_eq!(loaded.config.access.mode, AccessMode::Links);
    assert_eq!(loaded.config.access.state_dir, Path::new("/var/q"));
    let env = FakeEnv::new(&ENOUGH, &[("etc/q.toml", "")]);
    let loaded = read_from(&env, Some("etc/q.toml")).unwrap();
    assert_eq!(
        loaded.config.access.state_dir,
        Path::new("etc/queuewall-state")
    );
}

#[test]
fn a_guard_that_cannot_be_is_refused() {
    let found = problems(
        &with(&[
            ("QUEUEWALL_ACCESS", "password"),
            ("QUEUEWALL_TRUSTED_PROXIES", "10.0.0.5,proxy.local"),
            ("QUEUEWALL_PROXY_HEADER", "a b"),
            ("QUEUEWALL_PUBLIC_URL", "https://ann:hunter2@wall/board"),
        ]),
        &[],
    );
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(
        found[0]
            .starts_with("environment: QUEUEWALL_ACCESS = \"password\" is not an access mode: set")
    );
    assert!(found[1].contains("\"proxy.local\" is neither an address nor a network: write"));
    assert!(found[2].contains("\"a b\" is not a header name: write"));
    assert!(found[3].contains("QUEUEWALL_PUBLIC_URL is not the address of a server: write"));
    assert!(!format!("{found:?}").contains("hunter2"));
    assert_eq!(
        refused("QUEUEWALL_ACCESS", "proxy"),
        [
            "environment: QUEUEWALL_ACCESS = \"proxy\" needs a trusted proxy, and none is \
             set: set QUEUEWALL_TRUSTED_PROXIES (access.trusted_proxies) to the address that the \
             proxy connects from, for example 10.0.0.5"
        ]
    );
}

#[test]
fn handing_out_links_needs_no_credentials() {
    let file = "[[boards]]\nslug = \"a\"\n[[boards]]\nslug = \"b\"\n";
    let link_settings = |variables: &[_], files: &[_]| {
        let env = FakeEnv::new(variables, files);
        LinkSettings::read(&env, Environment::read(&env, None), None)
    };
    let found = link_settings(
        &[("QUEUEWALL_ACCESS", "links")],
        &[("queuewall.toml", file)],
    )
    .unwrap();
    assert_eq!(found.slugs, ["a", "b"]);
    assert_eq!(found.address, "http://127.0.0.1:8080");
    let named = [("QUEUEWALL_PUBLIC_URL", "https://wall.example.com:8443")];
    assert_eq!(
        link_settings(&named, &[]).unwrap().address,
        "https://wall.example.com:8443"
    );
    assert!(link_settings(&[], &[("queuewall.toml", "[acces]\n")]).is_err());
}

#[test]
fn metrics_listener_is_off_by_default_and_warns_when_public() {
    let listens = |value: &str| read(&with(&[("QUEUEWALL_METRICS_LISTEN", value)]), &[]);
    let config = read(&with(&[]), &[]).unwrap().config;
    assert_eq!(config.server.metrics_listen, None);

    let config = listens("127.0.0.1:9464").unwrap().config;
    let address = config.server.metrics_listen.map(|it| it.to_string());
    assert_eq!(address.as_deref(), Some("127.0.0.1:9464"));
    assert_eq!(config.warnings, Vec::<String>::new());

    let config = listens("10.0.0.5:9464").unwrap().config;
    let [warning] = &config.warnings[..] else {
        panic!("{:?}", config.warnings)
    };
    assert!(warning.contains("no access control"), "{warning}");

    for (value, words) in [
        ("localhost", "is not an address and port"),
        ("127.0.0.1:8080", "is the wall's own address"),
    ] {
        let found = refused("QUEUEWALL_METRICS_LISTEN", value);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(words), "{found:?}");
    }
}

#[test]
fn asking_the_server_how_it_is_needs_no_credentials() {
    let alone = |variables: &[_], files: &[_]| {
        let env = FakeEnv::new(variables, files);
        ServerConfig::read_alone(&env, Environment::read(&env, None), None)
    };
    let file = [("queuewall.toml", "[server]\nlisten = \"0.0.0.0:8080\"\n")];
    let server = alone(&[], &file).unwrap();
    assert_eq!(server.listen.to_string(), "0.0.0.0:8080");
    assert!(alone(&[("QUEUEWALL_LISTEN", "8080")], &file).is_err());
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
fn secret_given_where_its_file_belongs_is_not_quoted() {
    let variables = [
        ENOUGH[0],
        ENOUGH[2],
        ("CXONE_CLIENT_SECRET_FILE", "hunter2"),
    ];
    let found = problems(&variables, &[]);
    assert_eq!(found.len(), 1);
    assert!(
        found[0].contains("not the secret itself") && !found[0].contains("hunter2"),
        "{found:?}"
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
fn dotenv_counts_beside_the_named_file_alone() {
    let named = "CXONE_CLIENT_ID=named\nCXONE_CLIENT_SECRET=hunter2\nCXONE_TENANT_ID=named\n";
    let planted = "CXONE_CLIENT_ID=planted\nCXONE_BASE_URL=https://evil.example.com\n";
    let files = [("etc/q.toml", ""), ("etc/.env", named), (".env", planted)];
    let loaded = read_from(&FakeEnv::new(&[], &files), Some("etc/q.toml")).unwrap();
    assert_eq!(reporting_v2(&loaded.config).client_id, "named");
    let paths: Vec<_> = loaded
        .files
        .iter()
        .map(|path| path.to_str().unwrap())
        .collect();
    assert_eq!(paths, ["etc/.env", "etc/q.toml"]);
    let warnings = &loaded.config.warnings;
    let part = ".env: the file in the working folder is not read";
    assert!(warnings[0].starts_with(part), "{warnings:?}");

    let by_variable = [("QUEUEWALL_CONFIG", "etc/q.toml")];
    let loaded = read_from(&FakeEnv::new(&by_variable, &files), None).unwrap();
    assert_eq!(reporting_v2(&loaded.config).client_id, "named");

    let without = [files[0], files[2]];
    let error = read_from(&FakeEnv::new(&[], &without), Some("etc/q.toml")).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("is not read: what counts is etc/.env"),
        "{error}"
    );

    let here = [("q.toml", ""), (".env", named)];
    for option in ["q.toml", "./q.toml"] {
        let files = [here[0], here[1], ("./q.toml", ""), ("./.env", named)];
        let loaded = read_from(&FakeEnv::new(&[], &files), Some(option)).unwrap();
        assert_eq!(reporting_v2(&loaded.config).client_id, "named", "{option}");
    }
}

#[test]
fn dotenv_that_others_can_change_is_refused() {
    let dotenv = "CXONE_CLIENT_ID=a\nCXONE_CLIENT_SECRET=b\nCXONE_TENANT_ID=c\n";
    let mut env = FakeEnv::new(&[], &[(".env", dotenv)]);
    for (foreign_owner, what) in [
        (Some(1234), "belongs to another user (uid 1234)"),
        (None, "can be written by other users"),
    ] {
        env.permissions = Permissions {
            foreign_owner,
            others_write: foreign_owner.is_none(),
            ..Permissions::default()
        };
        let error = read_from(&env, None).unwrap_err();
        assert_eq!(error.problems.len(), 1, "{error}");
        assert!(error.to_string().contains(what), "{error}");
    }
    env.permissions = Permissions::default();
    env.permissions.others_read = true;
    let warnings = |env: &FakeEnv| read_from(env, None).unwrap().config.warnings;
    assert_eq!(
        warnings(&env),
        [".env: other users of this machine can read the file, which holds a secret: chmod 600 it"]
    );
    let mut env = FakeEnv::new(
        &ENOUGH,
        &[(".env", "CXONE_CLIENT_ID=a\nCXONE_CLIENT_SECRET=\n")],
    );
    env.permissions.others_read = true;
    assert!(warnings(&env).is_empty(), "it holds no secret");
}

#[test]
fn unnamed_file_that_others_can_change_is_refused() {
    let planted = "[cxone]\nbase_url = \"https://evil.test\"\n";
    let files = [("queuewall.toml", planted), ("etc/q.toml", planted)];
    let mut env = FakeEnv::new(&ENOUGH, &files);
    for (foreign_owner, others_write, what) in [
        (Some(1234), false, "belongs to another user (uid 1234)"),
        (None, true, "can be written by other users"),
        (Some(0xffff), true, "belongs to another user (uid 65535)"),
    ] {
        env.permissions = Permissions {
            foreign_owner,
            others_write,
            ..Permissions::default()
        };
        let error = read_from(&env, None).unwrap_err();
        let [problem] = error.problems.as_slice() else {
            panic!("{error}")
        };
        let problem = problem.to_string();
        assert!(
            problem.starts_with(&format!("queuewall.toml: the file {what}, who ")),
            "{problem}"
        );
        assert!(problem.contains("name it by --config queuewall.toml or QUEUEWALL_CONFIG"));
        assert!(problem.contains("chown"), "{problem}");

        for named in ["queuewall.toml", "etc/q.toml"] {
            let warnings = read_from(&env, Some(named)).unwrap().config.warnings;
            let of_writers = others_write.then(|| {
                format!("{named}: other users of this machine can write the file: chmod go-w it")
            });
            assert_eq!(warnings, Vec::from_iter(of_writers), "{what}");
        }
    }
    env.variables
        .push(("QUEUEWALL_CONFIG".into(), "queuewall.toml".into()));
    assert!(read_from(&env, None).is_ok(), "named by its variable");
    env.permissions = Permissions {
        others_read: true,
        ..Permissions::default()
    };
    env.variables.pop();
    assert!(read_from(&env, None).is_ok(), "it holds no secret");
}

#[test]
fn secret_file_with_comment_is_read_whole_with_a_warning() {
    let variables = [ENOUGH[0], ("CXONE_CLIENT_SECRET_FILE", "s"), ENOUGH[2]];
    for (content, looks_commented) in [
        ("hunter2 # ours\n", true),
        ("hunter2 #ours", true),
        ("# hunter2", true),
        ("#hunter2#", false),
    ] {
        let config = read(&variables, &[("s", content)]).unwrap().config;
        assert_eq!(secret(&config), content.trim_end());
        let warnings = config.warnings.join("\n");
        assert_eq!(
            !warnings.is_empty(),
            looks_commented,
            "{content}: {warnings}"
        );
        if looks_commented {
            assert!(
                warnings.starts_with(
                    "environment: CXONE_CLIENT_SECRET_FILE names s, whose line has a # in it"
                ),
                "{warnings}"
            );
            assert!(!warnings.contains("hunter"), "{warnings}");
        }
    }
}

#[test]
fn base_path_is_read_forgivingly_and_wrong_ones_are_refused() {
    let base = |value: &str| {
        let variables = with(&[("QUEUEWALL_BASE_PATH", value)]);
        read(&variables, &[]).map(|it| it.config.server.base_path)
    };
    for (value, expected) in [
        ("/wall", "/wall"),
        ("/wall/", "/wall"),
        (" /a/b-c/d_1.2~// ", "/a/b-c/d_1.2~"),
        ("/", ""),
    ] {
        assert_eq!(base(value).unwrap(), expected, "{value}");
    }
    let refused = "wall https://example.com/wall //wall /a//b /../x /a/. /w%20all /wall?x /wall#x /\"><script> \
                   /board /API/x /assets /healthz";
    for value in refused.split(' ').chain(["/w all"]) {
        assert!(base(value).is_err(), "{value}");
    }
    let url = |url: &str, base: &str| {
        let variables = with(&[("QUEUEWALL_PUBLIC_URL", url), ("QUEUEWALL_BASE_PATH", base)]);
        read(&variables, &[]).map(|it| it.config.access.public_url.unwrap())
    };
    for given in ["https://wall.example.com", "https://wall.example.com/wall/"] {
        assert_eq!(
            url(given, "/wall").unwrap(),
            "https://wall.example.com/wall"
        );
    }
    let error = url("https://wall.example.com/other", "/").unwrap_err();
    assert!(error.to_string().contains("set that to /other"), "{error}");
}

#[test]
fn idle_seconds_are_above_a_minute_by_default_and_bounded() {
    let idle = |value: &str| {
        let variables = with(&[("QUEUEWALL_IDLE_SECONDS", value)]);
        read(&variables, &[]).map(|it| it.config.server.idle.as_secs())
    };
    assert!(read(&with(&[]), &[]).unwrap().config.server.idle.as_secs() > 60);
    assert_eq!(idle("620").unwrap(), 620);
    assert!(idle("9").is_err() && idle("3601").is_err() && idle("x").is_err());
}

#[test]
fn proxy_settings_that_admit_everyone_are_refused_or_warned() {
    let (proxies, header) = ("QUEUEWALL_TRUSTED_PROXIES", "QUEUEWALL_PROXY_HEADER");
    for (name, value, word) in [
        (proxies, "0.0.0.0/0", "would trust the headers"),
        (proxies, "10.0.0.5,::/0", "would trust the headers"),
        (header, "Host", "signed in or not"),
        (header, "cookie", "signed in or not"),
    ] {
        let found = refused(name, value);
        assert!(found.len() == 1 && found[0].contains(word), "{found:?}");
    }
    let wide = with(&[(proxies, "10.0.0.0/8")]);
    let warnings = read(&wide, &[]).unwrap().config.warnings;
    let word = "every machine of this network";
    assert!(warnings[0].contains(word), "{warnings:?}");
}
