//! Configuration files as 0.1.0 and its documents had them, and what `config show` said of
//! them. Those that begin with `first-` are the samples of the first release; placeholders
//! are filled in, since they are refused now.

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt as _, path::Path};

use crate::{program, recorded};

/// Each setting and its value, without its place.
fn settings(shown: &str) -> BTreeMap<&str, &str> {
    let head = shown.lines().next().unwrap();
    let (value, from) = (head.find("VALUE").unwrap(), head.find("FROM").unwrap());
    let lines = shown.lines().skip(1);
    lines
        .map(|line| (line[..value].trim_end(), line[value..from].trim_end()))
        .collect()
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn configuration_files_of_0_1_0_mean_the_same() {
    let certificate = rcgen::generate_simple_self_signed(["example.com".to_owned()]).unwrap();
    let (pem, key) = (
        certificate.cert.pem(),
        certificate.signing_key.serialize_pem(),
    );
    let cases = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recorded/config");
    let mut tried = 0;
    for entry in fs::read_dir(cases).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let (case, written) = match name.split_once('.').unwrap() {
            (case, "env.txt") => (case, ".env"),
            (case, "toml") => (case, "queuewall.toml"),
            _ => continue,
        };
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        write(folder, written, &recorded(&format!("config/{name}")));
        for secret in ["cxone-client-secret", "cxone-access-key-secret"] {
            write(folder, secret, "hunter2\n");
        }
        for (name, text) in [
            ("company-ca.pem", &pem),
            ("tls.pem", &pem),
            ("tls-key.pem", &key),
        ] {
            write(folder, name, text);
        }
        let mut command = program::command(folder, &[], &["config", "show"]);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{name}: {output:?}");
        let now = String::from_utf8(output.stdout).unwrap();
        let now = settings(&now);
        for (setting, value) in settings(&recorded(&format!("config/{case}.shown.txt"))) {
            assert_eq!(now.get(setting), Some(&value), "{name}: {setting}");
        }
        tried += 1;
    }
    assert_eq!(tried, 16);
}
