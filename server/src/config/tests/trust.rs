//! Files that hold secrets, or that others can change.

use super::*;

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
