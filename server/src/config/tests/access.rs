//! Who may see the boards.

use super::*;

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
