//! `bench`: builds all in release, then measures (`e2e/src/bin/bench`).

use anyhow::Result;

use crate::{
    browsers::{self, Choice},
    command::{cargo, run},
    run::build,
    workspace::Workspace,
};

/// Builds, then runs the measurements: all, or those that are named.
pub(crate) fn bench(workspace: &Workspace, arguments: Vec<String>) -> Result<()> {
    let browsers = browsers::prepare(workspace, Choice::NewestAndOldest)?;
    build(workspace)?;
    let mut bench = cargo(workspace);
    bench
        .args(["run", "--release", "--package", "queuewall-e2e"])
        .args(["--bin", "bench", "--"])
        .args(arguments)
        .env(
            "QUEUEWALL_PROGRAM",
            workspace.program("release", "queuewall"),
        )
        .env("QUEUEWALL_CHROMIUM", &browsers.chromium);
    run(&mut bench, "the message above says why")
}
