//! `bench` and `pictures`: programs of `e2e/` that measure and show the product.

use anyhow::Result;

use crate::{
    browsers::{self, Choice},
    command::{cargo, run},
    page,
    run::build,
    tools,
    workspace::Workspace,
};

/// Builds all in release, then runs the measurements: all, or those that are named.
pub(crate) fn bench(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    build(workspace)?;
    run_e2e(workspace, &["--release", "--bin", "bench"], arguments)
}

/// Builds the page, then takes the pictures: all, or those whose names are given.
pub(crate) fn pictures(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    page::build(workspace, &tools::for_page(workspace)?)?;
    run_e2e(workspace, &["--bin", "pictures"], arguments)
}

fn run_e2e(workspace: &Workspace, program: &[&str], arguments: &[String]) -> Result<()> {
    let browsers = browsers::prepare(workspace, Choice::NewestAndOldest)?;
    let mut command = cargo(workspace);
    command
        .args(["run", "--package", "queuewall-e2e"])
        .args(program)
        .arg("--")
        .args(arguments)
        .env("QUEUEWALL_CHROMIUM", &browsers.chromium)
        .env("QUEUEWALL_PICTURES", workspace.target.join("pictures"))
        .env(
            "QUEUEWALL_PROGRAM",
            workspace.program("release", "queuewall"),
        );
    run(&mut command, "the message above says why")
}
