//! Where CXone is, and where and how the server listens.

use super::*;

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
