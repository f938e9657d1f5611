//! `test`: everything that has to hold before a change lands.

use anyhow::Result;

use crate::{
    browsers::{self, Browsers},
    command::{cargo, run},
    page,
    step::step,
    supply_chain, toolchain,
    tools::{self, PageTools},
    workspace::Workspace,
};

const HOST: [&str; 3] = ["--workspace", "--exclude", "queuewall-frontend"];
const PAGE: [&str; 4] = [
    "--package",
    "queuewall-frontend",
    "--target",
    toolchain::TARGET,
];

/// Installs everything that the tests need.
pub(crate) fn prepare(workspace: &Workspace) -> Result<(PageTools, Browsers)> {
    Ok((tools::for_page(workspace)?, browsers::prepare(workspace)?))
}

/// Formats, lints and tests, host and page.
pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    step("Checking the format", || {
        run(
            cargo(workspace).args(["fmt", "--all", "--check"]),
            "run `cargo fmt --all`",
        )
    })?;
    supply_chain::check(workspace)?;
    let (tools, browsers) = prepare(workspace)?;
    let axe = tools::axe(workspace)?;
    page::build(workspace, &tools)?;
    step("Linting the page", || {
        let mut clippy = tools.command("cargo")?;
        clippy
            .arg("clippy")
            .args(PAGE)
            .args(["--all-targets", "--", "--deny", "warnings"]);
        run(&mut clippy, "mend what clippy names above")
    })?;
    step("Linting the host's side", || {
        let mut clippy = cargo(workspace);
        clippy.arg("clippy").args(HOST).args([
            "--all-targets",
            "--all-features",
            "--",
            "--deny",
            "warnings",
        ]);
        run(&mut clippy, "mend what clippy names above")
    })?;
    step("Testing the page's components in Chromium", || {
        let mut test = tools.command("cargo")?;
        test.arg("test")
            .args(PAGE)
            .env("CHROMEDRIVER", &browsers.driver)
            // Seconds for all tests together; the runner's 20 are too few by now.
            .env("WASM_BINDGEN_TEST_TIMEOUT", "180");
        if let Some(runner) = tools.locate("wasm-bindgen-test-runner") {
            test.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
        }
        run(&mut test, "the failed test is named above")
    })?;
    step("Testing the host's side, and the wall in browsers", || {
        let mut test = cargo(workspace);
        test.arg("test")
            .args(HOST)
            .arg("--all-features")
            .env("QUEUEWALL_AXE", &axe)
            // Cargo builds it for the server's own tests, before any test runs.
            .env("QUEUEWALL_PROGRAM", workspace.program("debug", "queuewall"));
        browsers.tell(&mut test);
        run(&mut test, "the failed test is named above")
    })
}
