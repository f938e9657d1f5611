//! A setting that was refused is not missing: one problem, and none that follows from it.

use super::{FakeEnv, problems, read_from, with};

/// The one problem of this configuration, up to the first colon behind its place.
fn one(variables: &[(&str, &str)], files: &[(&str, &str)]) -> String {
    let found = problems(variables, files);
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

#[test]
fn refused_variable_is_the_only_problem() {
    let listen = [("QUEUEWALL_LISTEN", "0.0.0.0:8080")];
    let proxy = [("QUEUEWALL_ACCESS", "proxy")];
    let key = [("QUEUEWALL_TLS_KEY_FILE", "key.pem")];
    let certificate = [("QUEUEWALL_TLS_CERTIFICATE_FILE", "a.pem")];
    let address = [("QUEUEWALL_PUBLIC_URL", "https://a.example.com/wall")];
    for (name, value, more) in [
        ("QUEUEWALL_ACCESS", "'links'", listen),
        ("QUEUEWALL_TRUSTED_PROXIES", "'10.0.0.5'", proxy),
        ("QUEUEWALL_TRUSTED_PROXIES", "0.0.0.0/0", proxy),
        ("QUEUEWALL_TLS_CERTIFICATE_FILE", "'a.pem'", key),
        ("QUEUEWALL_TLS_KEY_FILE", "'key.pem'", certificate),
        ("QUEUEWALL_BASE_PATH", "wall", address),
        ("QUEUEWALL_BASE_PATH", "'/wall'", address),
    ] {
        let variables = with(&[(name, value), more[0]]);
        let found = one(&variables, &[("a.pem", ""), ("key.pem", "")]);
        assert!(found.contains(name), "{name} = {value}: {found}");
    }
}

#[test]
fn refused_dialect_area_or_file_leaves_nothing_to_be_missing() {
    let found = one(
        &[
            ("CXONE_DIALECT", "'realtime'"),
            ("CXONE_ACCESS_KEY_ID", "id"),
        ],
        &[],
    );
    assert!(found.contains("CXONE_DIALECT is in quotes"), "{found}");
    let by_key = [
        ("CXONE_DIALECT", "realtime"),
        ("CXONE_ACCESS_KEY_ID", "id"),
        ("CXONE_ACCESS_KEY_SECRET", "hunter2"),
        ("CXONE_AREA_URL", "'https://na1.nice-incontact.com'"),
    ];
    let found = one(&by_key, &[]);
    assert!(found.contains("CXONE_AREA_URL is in quotes"), "{found}");
    let found = one(&[("QUEUEWALL_CONFIG", "'/etc/queuewall.toml'")], &[]);
    assert!(found.contains("QUEUEWALL_CONFIG is in quotes"), "{found}");
}

#[test]
fn key_of_file_that_cannot_be_used_is_not_said_to_be_missing() {
    for line in [
        "client_secret = \"hunter2\"",
        "client_secret_file = 5",
        "client_secret_fil = \"secret\"",
    ] {
        let file = format!("[cxone]\nclient_id = \"a\"\ntenant_id = \"b\"\n{line}\n");
        let found = one(&[], &[("queuewall.toml", &file)]);
        assert!(
            found.starts_with("queuewall.toml:4: cxone.client_secret"),
            "{found}"
        );
    }
}

#[test]
fn what_is_no_number_is_not_out_of_bounds() {
    for (value, what) in [
        ("3", "is out of bounds"),
        ("-3", "is out of bounds"),
        ("99999999999999999999", "is out of bounds"),
        ("30s", "is not a whole number"),
        ("7.5", "is not a whole number"),
    ] {
        let found = one(&with(&[("QUEUEWALL_POLL_SECONDS", value)]), &[]);
        assert!(found.contains(what), "{found}");
    }
}

#[test]
fn warnings_are_one_line_without_gaps() {
    let mut env = FakeEnv::new(&with(&[]), &[("etc/a.toml", ""), (".env", "A=1")]);
    env.permissions.others_read = true;
    let loaded = read_from(&env, Some("etc/a.toml")).unwrap();
    assert!(!loaded.config.warnings.is_empty());
    for warning in loaded.config.warnings {
        assert!(
            !warning.contains("  ") && !warning.contains('\n'),
            "{warning}"
        );
    }
}
