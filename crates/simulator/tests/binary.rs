//! The simulator as a program.

use std::{net::TcpListener, process::Command};

const PROGRAM: &str = env!("CARGO_BIN_EXE_queuewall-simulator");

#[test]
fn a_port_in_use_is_an_error_with_a_remedy() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = Command::new(PROGRAM)
        .args(["--listen", &address])
        .output()
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        message.starts_with(&format!("error: cannot listen on {address}: ")),
        "{message}"
    );
    assert!(message.contains("--listen"), "{message}");
}

#[cfg(unix)]
#[test]
fn sigterm_ends_it_cleanly() {
    use std::{
        io::{BufRead, BufReader},
        process::Stdio,
    };

    let mut program = Command::new(PROGRAM)
        .args(["--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut greeting = String::new();
    let mut output = BufReader::new(program.stdout.take().unwrap());
    output.read_line(&mut greeting).unwrap();
    assert!(greeting.starts_with("Simulated CXone tenant at http://127.0.0.1:"));
    let id = program.id().to_string();
    assert!(Command::new("kill").arg(&id).status().unwrap().success());
    assert_eq!(program.wait().unwrap().code(), Some(0));
}

#[test]
fn every_quirk_is_in_the_help_and_in_the_manual() {
    use clap::ValueEnum as _;
    use queuewall_simulator::Quirk;

    let help = Command::new(PROGRAM).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let manual = include_str!("../../../docs/cxone.md");
    for quirk in Quirk::value_variants() {
        let name = quirk.to_possible_value().unwrap();
        let name = name.get_name();
        assert!(help.contains(name), "{name} in --help");
        assert!(manual.contains(&format!("`{name}`")), "{name} in cxone.md");
    }
}
