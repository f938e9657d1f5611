//! `bench`: builds all in release, then measures (`e2e/src/bin/bench`).

use anyhow::{Result, bail};

use crate::{
    browsers::{self, Choice},
    command::{cargo, find_program, run},
    run::build,
    step::step,
    toolchain::debian,
    workspace::Workspace,
};

/// The peer and the load: programs, and Debian's packages that hold them.
const TOOLS: [(&str, &str); 3] = [
    ("nginx", "nginx-light"),
    ("wrk", "wrk"),
    ("taskset", "util-linux"),
];

/// Builds, then runs the measurements: all, or those that are named.
pub(crate) fn bench(workspace: &Workspace, arguments: Vec<String>) -> Result<()> {
    if arguments.is_empty() || arguments.iter().any(|part| part == "server") {
        install_tools()?;
    }
    let browsers = browsers::prepare(workspace, Choice::NewestAndOldest)?;
    build(workspace)?;
    let mut bench = cargo(workspace);
    bench
        .args([
            "run",
            "--release",
            "--package",
            "queuewall-e2e",
            "--bin",
            "bench",
            "--",
        ])
        .args(arguments);
    bench
        .env(
            "QUEUEWALL_PROGRAM",
            workspace.program("release", "queuewall"),
        )
        .env("QUEUEWALL_CHROMIUM", &browsers.chromium);
    run(&mut bench, "the message above says why")
}

fn install_tools() -> Result<()> {
    let missing: Vec<_> = TOOLS
        .iter()
        .filter(|(program, _)| !is_there(program))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing
        .iter()
        .map(|(program, _)| *program)
        .collect::<Vec<_>>()
        .join(", ");
    if !debian::is_possible() {
        bail!("the benchmark runs on Linux and needs {names} on PATH");
    }
    let packages: Vec<&str> = missing.iter().map(|(_, package)| *package).collect();
    step(&format!("Installing {names}"), || {
        debian::install_packages(&packages)
    })
}

/// nginx lies in a folder that only root has on PATH.
fn is_there(program: &str) -> bool {
    find_program(&[program]).is_some() || std::path::Path::new("/usr/sbin").join(program).exists()
}
