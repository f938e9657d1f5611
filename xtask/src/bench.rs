//! `bench`: builds all in release, then measures (see `e2e/src/bin/bench.rs`).

use anyhow::Result;

use crate::{
    command::{cargo, run},
    run::build,
    workspace::Workspace,
};

/// Builds, then runs the measurements.
pub(crate) fn bench(workspace: &Workspace, arguments: Vec<String>) -> Result<()> {
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
    bench.env(
        "QUEUEWALL_SERVER",
        workspace.program("release", "queuewall"),
    );
    run(&mut bench, "the message above says why")
}
