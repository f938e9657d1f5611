//! The settings of the dialect `realtime`, and what tells the two dialects apart.

use ::cxone::{RealtimeSettings, SignInMethod};

use super::*;

const APPLICATION: [(&str, &str); 5] = [
    ("CXONE_DIALECT", "realtime"),
    ("CXONE_ACCESS_KEY_ID", "key"),
    ("CXONE_ACCESS_KEY_SECRET", "hunter2"),
    ("CXONE_CLIENT_ID", "app"),
    ("CXONE_CLIENT_SECRET", "hunter3"),
];
const KEY_ONLY: [(&str, &str); 4] = [
    ("CXONE_DIALECT", "realtime"),
    ("CXONE_ACCESS_KEY_ID", "key"),
    ("CXONE_ACCESS_KEY_SECRET", "hunter2"),
    ("CXONE_AREA_URL", "https://na1.nice-incontact.com"),
];

fn settings(variables: &[(&str, &str)], files: &[(&str, &str)]) -> RealtimeSettings {
    match read(variables, files).unwrap().config.cxone.dialect {
        Dialect::Realtime(settings) => *settings,
        Dialect::ReportingV2(_) => panic!("another dialect"),
    }
}

fn and<'a>(base: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    base.iter().chain(more).copied().collect()
}

/// The sample with every key that is commented out in it: a `#` and no blank.
pub(super) fn uncommented(sample: &str) -> String {
    let lines = sample.lines().map(|line| match line.strip_prefix('#') {
        Some(key) if !key.is_empty() && !key.starts_with(' ') => key,
        _ => line,
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn an_access_key_and_an_application_are_enough() {
    let settings = settings(&APPLICATION, &[]);
    assert_eq!(settings.access_key.id, "key");
    assert_eq!(settings.access_key.secret.expose_secret(), "hunter2");
    let SignInMethod::Password {
        client_id,
        client_secret,
    } = &settings.sign_in
    else {
        panic!("{settings:?}")
    };
    assert_eq!(
        (client_id.as_str(), client_secret.expose_secret()),
        ("app", "hunter3")
    );
    assert_eq!(
        settings.issuer.to_string(),
        "https://cxone.niceincontact.com"
    );
    assert_eq!((settings.api_url, settings.tenant_id), (None, None));
    assert_eq!(settings.api_version.to_string(), "v23.0");
    assert_eq!(
        settings.allowed_domains.to_string(),
        "niceincontact.com, nice-incontact.com"
    );
    let media_types = settings.skills.media_types.iter().map(ToString::to_string);
    assert_eq!(media_types.collect::<Vec<_>>(), ["call"]);
    assert!(!settings.skills.inactive && !settings.skills.outbound);
}

#[test]
fn an_access_key_alone_signs_in_at_its_area() {
    let settings = settings(&KEY_ONLY, &[]);
    let SignInMethod::KeyOnly { area_url } = &settings.sign_in else {
        panic!("{settings:?}")
    };
    assert_eq!(area_url.to_string(), "https://na1.nice-incontact.com");
}

#[test]
fn everything_can_be_set_in_variables_and_in_the_file() {
    let variables = and(
        &APPLICATION,
        &[
            ("CXONE_ISSUER", "https://cxone-gov.niceincontact.com"),
            ("CXONE_BASE_URL", "https://gateway.test/cxone"),
            ("CXONE_TENANT_ID", "tenant"),
            ("CXONE_API_VERSION", "34"),
            ("CXONE_ALLOWED_DOMAINS", "example.com, niceincontact.com"),
            ("CXONE_MEDIA_TYPES", "call, Chat, 10,call"),
            ("CXONE_INACTIVE_SKILLS", "TRUE"),
            ("CXONE_OUTBOUND_SKILLS", "yes"),
        ],
    );
    let file = "[cxone]\ndialect = \"realtime\"\naccess_key_id = \"key\"\n\
                access_key_secret_file = \"key-secret\"\nclient_id = \"app\"\n\
                client_secret_file = \"app-secret\"\n\
                issuer = \"https://cxone-gov.niceincontact.com\"\n\
                base_url = \"https://gateway.test/cxone\"\ntenant_id = \"tenant\"\n\
                api_version = \"v34.0\"\nallowed_domains = [\"example.com\", \"niceincontact.com\"]\n\
                media_types = [\"call\", \"chat\", \"10\"]\ninactive_skills = true\n\
                outbound_skills = true\n";
    let files = [
        ("queuewall.toml", file),
        ("key-secret", "hunter2\n"),
        ("app-secret", "hunter3\n"),
    ];
    for settings in [settings(&variables, &[]), settings(&[], &files)] {
        assert_eq!(
            settings.issuer.to_string(),
            "https://cxone-gov.niceincontact.com"
        );
        let api_url = settings.api_url.unwrap().to_string();
        assert_eq!(api_url, "https://gateway.test/cxone");
        assert_eq!(settings.tenant_id.as_deref(), Some("tenant"));
        assert_eq!(settings.api_version.to_string(), "v34.0");
        assert_eq!(
            settings.allowed_domains.to_string(),
            "example.com, niceincontact.com"
        );
        let media_types = settings.skills.media_types.iter().map(ToString::to_string);
        assert_eq!(media_types.collect::<Vec<_>>(), ["call", "chat", "10"]);
        assert!(settings.skills.inactive && settings.skills.outbound);
        assert_eq!(settings.access_key.secret.expose_secret(), "hunter2");
    }
}

#[test]
fn what_is_missing_or_wrong_is_named_with_its_remedy() {
    let found = problems(&APPLICATION[..1], &[]);
    let expected = [
        "environment: CXONE_ACCESS_KEY_ID is not set: set it to the id",
        "environment: CXONE_ACCESS_KEY_SECRET is not set: set it to the access key's secret",
        "environment: CXONE_CLIENT_ID is not set, and neither is CXONE_AREA_URL: set",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}");
    }
    let of_application = [
        "TENANT_ID= | is empty: set it to your CXone tenant's id, or leave",
        "ISSUER=http://cxone.test | = \"http://cxone.test\" is refused: ",
        "API_VERSION=latest | = \"latest\" is not a version: write it as in v23.0",
        "ALLOWED_DOMAINS=example.com,* | = \"*\" is not a domain: write names such as",
        "MEDIA_TYPES=, | names nothing: name something, or leave it out",
        "MEDIA_TYPES=call,smoke | = \"smoke\" is not a media type: write call, chat",
        "INACTIVE_SKILLS=maybe | = \"maybe\" is neither true nor false: write",
        "SKILL_IDS=1,2 | cannot be used with the dialect realtime",
    ];
    let of_nothing = [
        "DIALECT=real-time | = \"real-time\" is not a dialect: write reporting-v2",
        "ACCESS_KEY_SECRET=hunter2 | is for the dialect realtime, and no dialect is set: set CXONE_DIALECT=realtime",
    ];
    for (base, more, expected) in [
        (&APPLICATION[..], &of_application[..], None),
        (&[], &of_nothing, None),
        (
            &KEY_ONLY[..3],
            &["AREA_URL=na1 | = \"na1\" is refused: "],
            None,
        ),
        (
            &KEY_ONLY,
            &["CLIENT_SECRET=hunter3 | is not set: set it to the client id of the application"],
            Some("CLIENT_ID"),
        ),
        (
            &APPLICATION[..3],
            &["CLIENT_ID=app | is not set: set it to the secret of the application"],
            Some("CLIENT_SECRET"),
        ),
    ] {
        for (set, what) in more.iter().filter_map(|it| it.split_once(" | ")) {
            let (name, value) = set.split_once('=').unwrap();
            let found = problems(&and(base, &[(&format!("CXONE_{name}"), value)]), &[]);
            assert_eq!(found.len(), 1, "{found:#?}");
            let expected = format!("environment: CXONE_{} {what}", expected.unwrap_or(name));
            assert!(found[0].starts_with(&expected), "{found:?}");
            assert!(!found[0].contains("hunter"), "{found:?}");
        }
    }
}

#[test]
fn skill_filters_are_refused_with_real_time_data() {
    let file = "[cxone]\nskill_ids = [1]\n[[boards]]\nslug = \"a\"\nskill_ids = [2]\n\
                [[boards]]\nslug = \"b\"\nskill_ids = []\n";
    let found = problems(&APPLICATION, &[("queuewall.toml", file)]);
    let places: Vec<_> = found
        .iter()
        .map(|it| it.split(" cannot be used").next().unwrap())
        .collect();
    assert_eq!(
        places,
        [
            "queuewall.toml:5: boards.skill_ids",
            "queuewall.toml:2: cxone.skill_ids"
        ]
    );
    let none = "[cxone]\nskill_ids = []\n";
    assert!(read(&APPLICATION, &[("queuewall.toml", none)]).is_ok());
}

#[test]
fn settings_of_the_other_dialect_are_warned_of() {
    let file = "[cxone]\nmedia_types = [\"chat\"]\n";
    let variables = with(&[
        ("CXONE_ACCESS_KEY_ID", "key"),
        ("CXONE_DIALECT", "reporting-v2"),
    ]);
    let warnings = read(&variables, &[("queuewall.toml", file)])
        .unwrap()
        .config
        .warnings;
    let does_nothing = "does nothing with the dialect reporting-v2: set CXONE_DIALECT=realtime if CXone gave \
                        you an access key";
    assert_eq!(
        warnings,
        [
            format!("environment: CXONE_ACCESS_KEY_ID {does_nothing}"),
            format!("queuewall.toml:2: cxone.media_types {does_nothing}"),
        ]
    );
    let variables = and(&APPLICATION, &[KEY_ONLY[3]]);
    let warnings = read(&variables, &[]).unwrap().config.warnings;
    assert!(
        warnings[0].starts_with("environment: CXONE_AREA_URL does nothing beside"),
        "{warnings:?}"
    );
    let variables = and(&APPLICATION, &[("QUEUEWALL_SERVER_TIMEZONE", "UTC")]);
    assert!(read(&variables, &[]).unwrap().config.warnings.is_empty());
}

#[test]
fn days_of_board_without_zone_follow_the_servers_or_the_machines() {
    let read = |variables: &[(&str, &str)], zone: Option<&str>| {
        let mut env = FakeEnv::new(&and(&APPLICATION, variables), &[]);
        env.time_zone = zone.map(str::to_owned);
        let loaded = read_from(&env, None).unwrap();
        let board = &loaded.config.boards[0];
        assert_eq!(board.timezone, None, "the screen's own clock");
        let said = [loaded.notes, loaded.config.warnings].concat().join("\n");
        (board.day_zone.clone().unwrap_or_default(), said)
    };
    let by_server = [("QUEUEWALL_SERVER_TIMEZONE", "europe/berlin")];
    for (variables, machine, zone, expected) in [
        (
            &by_server[..],
            Some("Asia/Tokyo"),
            "Europe/Berlin",
            "server.timezone Europe/Berlin, since",
        ),
        (
            &[],
            Some("Asia/Tokyo"),
            "Asia/Tokyo",
            "the machine's time zone Asia/Tokyo, since",
        ),
        (
            &[("TZ", "UTC")],
            Some("UTC"),
            "UTC",
            "the machine's time zone UTC, since",
        ),
        (
            &[],
            Some("UTC"),
            "UTC",
            "UTC, since neither the board nor the machine has another",
        ),
        (
            &[],
            None,
            "",
            "UTC, since neither the board nor the machine has another",
        ),
    ] {
        let (found, said) = read(variables, machine);
        assert_eq!(found, zone);
        let expected = format!("board \"main\": today's numbers follow {expected}");
        assert!(said.starts_with(&expected), "{said}");
    }
}

#[test]
fn empty_lists_are_refused_and_area_without_hyphen_is_warned() {
    let file = "[cxone]\nallowed_domains = []\nmedia_types = []\n";
    assert_eq!(
        problems(&APPLICATION, &[("queuewall.toml", file)]),
        [
            "queuewall.toml:2: cxone.allowed_domains names nothing: name something, or leave it out",
            "queuewall.toml:3: cxone.media_types names nothing: name something, or leave it out",
        ]
    );
    let area = [("CXONE_AREA_URL", "https://na1.niceincontact.com")];
    let config = read(&and(&KEY_ONLY[..3], &area), &[]).unwrap().config;
    assert!(
        config.warnings[0].contains("with a hyphen"),
        "{:?}",
        config.warnings
    );
}

#[test]
fn dollar_sign_in_dotenv_secret_is_refused() {
    let env = "CXONE_ACCESS_KEY_SECRET=hunter$2\n";
    let found = problems(&APPLICATION[..2], &[(".env", env)]);
    assert!(
        found[0].starts_with(".env:1: CXONE_ACCESS_KEY_SECRET holds one of $ \\ ` ' \","),
        "{found:?}"
    );
    assert!(!format!("{found:?}").contains("hunter"));
}

#[test]
fn no_secret_stands_in_the_file_or_shows() {
    let file = "[cxone]\naccess_key_secret = \"hunter2\"\n";
    let found = problems(&APPLICATION, &[("queuewall.toml", file)]);
    assert!(
        found[0].starts_with("queuewall.toml:2: cxone.access_key_secret is a secret"),
        "{found:?}"
    );
    assert!(found[0].contains("cxone.access_key_secret_file, or set CXONE_ACCESS_KEY_SECRET"));
    assert!(!format!("{found:?}").contains("hunter2"));
    let config = read(&APPLICATION, &[]).unwrap().config;
    assert!(!format!("{config:?} {config:#?}").contains("hunter"));
}

#[test]
fn the_samples_work_for_this_dialect_too() {
    let toml = filled_in(&uncommented(include_str!(
        "../../../../queuewall.sample.toml"
    )))
    .replace("dialect = \"reporting-v2\"", "dialect = \"realtime\"")
    .replace("skill_ids = [\"101\", \"102\"]", "");
    let files = [
        ("queuewall.toml", toml.as_str()),
        ("cxone-client-secret", "hunter3"),
        ("cxone-access-key-secret", "hunter2"),
        ("company-ca.pem", ""),
        ("tls.pem", ""),
        ("tls-key.pem", ""),
        ("database-url", "postgres://wall:hunter4@db/queuewall"),
    ];
    let files = [&files[..], &OF_RECEIVERS].concat();
    let found = settings(&[], &files);
    assert_eq!(found.access_key.id, "our-access-key-id");

    let sample = include_str!("../../../../.env.sample");
    let variables: String = sample
        .lines()
        .filter(|line| !line.contains("_FILE=") && !line.contains("SKILL_IDS="))
        .map(|line| match line.strip_prefix('#') {
            Some(set) if set.starts_with("CXONE_") => format!("{set}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let variables =
        filled_in(&variables).replace("CXONE_DIALECT=reporting-v2", "CXONE_DIALECT=realtime");
    let found = settings(&[], &[(".env", &variables)]);
    assert_eq!(found.access_key.id, "our-access-key-id");
    assert_eq!(found.tenant_id.as_deref(), Some("our-tenant-id"));
}
