//! The files that people copy: samples, deploy/, and the lists of files that must stay out
//! of git and out of images.

use std::{collections::BTreeSet, fs, path::PathBuf};

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect(path)
}

/// Documents and samples, each with its path.
fn documents() -> Vec<(String, String)> {
    let mut paths = vec![
        "README.md".into(),
        ".env.sample".into(),
        "queuewall.sample.toml".into(),
    ];
    for folder in ["docs", "deploy"] {
        let files = fs::read_dir(root().join(folder)).expect(folder);
        for file in files.flatten() {
            paths.push(format!("{folder}/{}", file.file_name().to_string_lossy()));
        }
    }
    let read = |path: String| {
        fs::read_to_string(root().join(&path))
            .ok()
            .map(|text| (path, text))
    };
    paths.into_iter().filter_map(read).collect()
}

/// The names of files that hold a secret, or are of one place alone, by what stands around
/// them in the documents.
fn private_names() -> BTreeSet<String> {
    let before = [
        "_FILE=",
        "_file = \"",
        "--env-file ",
        "LoadCredential=",
        "-m 0600 ",
    ];
    let mut names: BTreeSet<String> = [".env", "queuewall.toml"].map(str::to_owned).into();
    for (_, text) in documents() {
        for before in before {
            for (at, _) in text.match_indices(before) {
                let rest = &text[at + before.len()..];
                let end = rest.find(|c: char| c.is_whitespace() || "\"'`,;|)".contains(c));
                let path = &rest[..end.unwrap_or(rest.len())];
                // LoadCredential=NAME:PATH.
                let name = path.rsplit(['/', ':']).next().unwrap_or_default();
                let name = name.trim_end_matches(['.', '*', '_']);
                let is_name = name.contains(|c: char| c.is_ascii_lowercase());
                // systemd's own copies begin with %.
                if !path.starts_with('%') && is_name && name.contains(['.', '-', '_']) {
                    names.insert(name.to_owned());
                }
            }
        }
    }
    names
}

/// Whether one of the list's patterns, of which the last that fits counts, hides `name` in
/// any folder.
fn hides(list: &str, name: &str) -> bool {
    let lines = list
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut fitting = lines.filter(|line| {
        let pattern = line.trim_start_matches('!').trim_start_matches("**/");
        fits(pattern.trim_end_matches('/').as_bytes(), name.as_bytes())
    });
    fitting
        .next_back()
        .is_some_and(|line| !line.starts_with('!'))
}

fn fits(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern, name) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => (0..=name.len()).any(|at| fits(rest, &name[at..])),
        ([b'[', rest @ ..], [c, name @ ..]) => {
            let end = rest.iter().position(|c| *c == b']').expect("a ]");
            rest[..end].contains(c) && fits(&rest[end + 1..], name)
        }
        ([a, rest @ ..], [b, name @ ..]) => a == b && fits(rest, name),
        _ => false,
    }
}

#[test]
fn ignore_lists_hide_every_secret_file_that_documents_name() {
    let names = private_names();
    for expected in [
        "cxone-client-secret",
        "cxone_client_secret",
        "tls-key.pem",
        "queuewall.env",
    ] {
        assert!(names.contains(expected), "{expected}: {names:?}");
    }
    for list in [".gitignore", ".dockerignore"] {
        let list_text = text(list);
        for name in &names {
            assert!(hides(&list_text, name), "{list}: {name}");
        }
        for name in [
            ".env.local",
            ".env.production",
            "prod.env",
            "queuewall-state",
            "secrets",
            "cxone_access_key_secret",
            "client.secret",
            "server.key",
            "wall.crt",
            "company-ca.pem",
            "queuewall.db",
            "queuewall.db-wal",
            "queuewall.db.before-migration.2",
            "queuewall.db.damaged-1",
        ] {
            assert!(hides(&list_text, name), "{list}: {name}");
        }
        for name in [
            ".env.sample",
            "container.env.sample",
            "queuewall.sample.toml",
            "Cargo.toml",
            "secrets.rs",
            "cxone",
            "environment.rs",
            "compose.yaml",
        ] {
            assert!(!hides(&list_text, name), "{list}: {name}");
        }
    }
}

#[test]
fn samples_mount_folders_and_no_single_file() {
    // A file that is mounted alone stays the old one after a rename, as editors do.
    for (path, text) in documents() {
        for line in text.lines().map(str::trim) {
            assert!(!line.contains("subPath:"), "{path}: {line}");
            let mounts = ["--volume ", "-v ", "- ./", "- /", "source=", "--mount "];
            if !mounts.iter().any(|mount| line.contains(mount)) {
                continue;
            }
            for mount in line.split_whitespace().filter(|word| word.contains(":/")) {
                let target = mount.split(':').nth(1).unwrap_or_default();
                let name = target.rsplit('/').next().unwrap_or_default();
                let name = name.trim_end_matches(".d");
                assert!(
                    !name.contains('.') && !name.contains("secret"),
                    "{path}: {line}"
                );
            }
        }
        let is_compose = path.starts_with("deploy/compose");
        let file_secret = text.lines().any(|line| line.trim().starts_with("file: "));
        assert!(
            !(is_compose && file_secret),
            "a secret of compose is one mounted file"
        );
    }
}

#[test]
fn samples_name_the_configuration_file_that_they_mount() {
    // Else one of the host's user is refused inside.
    let mut mounting = 0;
    for (path, text) in documents() {
        if text.contains(":/etc/queuewall:ro") {
            mounting += 1;
            let named = ["QUEUEWALL_CONFIG: ", "QUEUEWALL_CONFIG="]
                .map(|name| format!("{name}/etc/queuewall/queuewall.toml"));
            assert!(named.iter().any(|name| text.contains(name)), "{path}");
        }
    }
    assert!(mounting >= 2);
    assert!(
        !text("deploy/Containerfile").contains("QUEUEWALL_CONFIG="),
        "there may be no file"
    );
    let unit = text("deploy/queuewall.service");
    assert!(unit.contains("queuewall --config /etc/queuewall/queuewall.toml serve"));
}

#[test]
fn container_sample_reads_the_same_without_any_quoting_rules() {
    let sample = text("deploy/container.env.sample");
    let names = text(".env.sample");
    for line in sample
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("# "))
    {
        let Some((name, value)) = line.trim_start_matches('#').split_once('=') else {
            assert_eq!(line, "#");
            continue;
        };
        assert!(names.contains(&format!("{name}=")), "{name}");
        assert_eq!(value.trim(), value);
        assert!(!value.contains(['"', '\'', '#', '$', '\\']), "{line}");
    }
}

#[test]
fn service_is_not_restarted_for_a_wrong_configuration() {
    let unit = text("deploy/queuewall.service");
    let lines: Vec<_> = unit.lines().collect();
    for line in ["Restart=always", "RestartPreventExitStatus=2"] {
        assert!(lines.contains(&line), "{line}");
    }
}

#[test]
fn alerts_are_one_a_server_and_name_it() {
    let rules = text("deploy/prometheus-alerts.yml");
    let alerts: Vec<_> = rules.split("- alert: ").skip(1).collect();
    assert!(alerts.len() > 8);
    for alert in alerts {
        let name = alert.lines().next().unwrap();
        // One that is about all servers of a job names the job.
        let is_of_all = ["sum", "count", "max"]
            .iter()
            .any(|of| alert.contains(&format!("expr: {of} by (job) (")));
        let label = format!(
            "{{{{ $labels.{} }}}}",
            if is_of_all { "job" } else { "instance" }
        );
        assert!(alert.contains(&label), "{name}");
        let summary = alert
            .lines()
            .find(|line| line.contains("summary:"))
            .unwrap();
        assert!(!summary.contains("$labels.board"), "{name}");
        // Else one outage is an alert a board or screen.
        let expr = alert.lines().find(|line| line.contains("expr:")).unwrap();
        for many in [
            "queuewall_board_",
            "queuewall_snapshot_",
            "queuewall_screen_",
        ] {
            assert!(
                !expr.contains(many) || is_of_all || expr.contains("by (job, instance)"),
                "{name}: {expr}"
            );
        }
    }
}
