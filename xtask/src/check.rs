//! `test`: everything that has to hold before a change lands.

use std::{panic, path::Path, thread};

use anyhow::{Result, bail};

use crate::{
    browsers::{self, Browsers, Choice},
    command::{cargo, run, run_quietly},
    licences, page, postgres,
    step::step,
    toolchain,
    tools::{self, PageTools},
    workspace::Workspace,
};

/// The packages that are built for this machine, and their features.
pub(crate) const HOST: [&str; 4] = [
    "--workspace",
    "--exclude",
    "queuewall-frontend",
    "--all-features",
];
const PAGE: [&str; 4] = [
    "--package",
    "queuewall-frontend",
    "--target",
    toolchain::TARGET,
];

/// How many browser tests run at once: most of them wait, and those that do not take turns.
const BROWSER_TESTS: &str = "--test-threads=8";

/// What is asked for beside the usual.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Extent {
    all_engines: bool,
    long: bool,
}

impl Extent {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut extent = Self::default();
        for argument in arguments {
            match argument.as_str() {
                "--all-engines" => extent.all_engines = true,
                "--long" => extent.long = true,
                other => bail!("test does not know {other:?}: it knows --all-engines and --long"),
            }
        }
        Ok(extent)
    }

    fn engines(self) -> Choice {
        if self.all_engines {
            Choice::All
        } else {
            Choice::NewestAndOldest
        }
    }
}

/// Installs everything that the tests need.
pub(crate) fn prepare(workspace: &Workspace) -> Result<()> {
    tools::for_page(workspace)?;
    browsers::prepare(workspace, Choice::All)?;
    postgres::prepare()?;
    Ok(())
}

/// Formats, lints and tests, host and page.
pub(crate) fn test(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let extent = Extent::parse(arguments)?;
    step("Checking the format", || {
        run(
            cargo(workspace).args(["fmt", "--all", "--check"]),
            "run `cargo fmt --all`",
        )
    })?;
    licences::check(workspace)?;
    let tools = tools::for_page(workspace)?;
    let browsers = browsers::prepare(workspace, extent.engines())?;
    let postgres = postgres::prepare()?;
    page::build(workspace, &tools)?;
    // The page's checks build in a separate folder, so that neither waits for the other.
    thread::scope(|scope| {
        let page = scope.spawn(|| check_page(&tools, &browsers));
        let host = check_host(workspace, &browsers, &postgres, extent);
        let page = page
            .join()
            .unwrap_or_else(|panic| panic::resume_unwind(panic));
        host.and(page)
    })
}

fn check_page(tools: &PageTools, browsers: &Browsers) -> Result<()> {
    step("Linting the page", || {
        let mut clippy = tools.command("cargo")?;
        clippy
            .arg("clippy")
            .args(PAGE)
            .args(["--all-targets", "--", "--deny", "warnings"]);
        run_quietly(&mut clippy, "correct what clippy names above").map(drop)
    })?;
    step("Testing the page's components in Chromium", || {
        let mut test = tools.command("cargo")?;
        test.arg("test")
            .args(PAGE)
            .env("CHROMEDRIVER", &browsers.driver)
            // Seconds for all tests together, beside a compiler; the runner's 20 are too few.
            .env("WASM_BINDGEN_TEST_TIMEOUT", "400");
        if let Some(runner) = tools.locate("wasm-bindgen-test-runner") {
            test.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
        }
        run_quietly(&mut test, "the failed test is named above").map(drop)
    })
}

fn check_host(
    workspace: &Workspace,
    browsers: &Browsers,
    postgres: &Path,
    extent: Extent,
) -> Result<()> {
    step("Linting the host's side", || {
        let mut clippy = cargo(workspace);
        clippy
            .arg("clippy")
            .args(HOST)
            .args(["--all-targets", "--", "--deny", "warnings"]);
        run(&mut clippy, "correct what clippy names above")
    })?;
    // Every time with the same packages and features, or Cargo compiles dependencies again.
    let test = |arguments: &[&str]| {
        let mut test = cargo(workspace);
        test.arg("test")
            .args(HOST)
            .args(arguments)
            .env("QUEUEWALL_AXE", tools::axe(workspace))
            .env("QUEUEWALL_POSTGRES_BIN", postgres)
            // Cargo builds it for the server's own tests, before any test runs.
            .env("QUEUEWALL_PROGRAM", workspace.program("debug", "queuewall"));
        browsers.tell(&mut test)?;
        run(&mut test, "the failed test is named above")
    };
    step("Compiling the host's side and its tests", || {
        test(&["--no-run"])
    })?;
    step("Testing the host's side", || {
        // All but e2e.
        test(&["--lib", "--bins", "--test", "[!e]*"])?;
        test(&["--doc"])
    })?;
    step("Testing the wall in browsers", || {
        let mut arguments = vec!["--test", "e2e", "--", BROWSER_TESTS];
        arguments.extend(extent.long.then_some("--include-ignored"));
        test(&arguments)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extent_is_parsed_and_unknown_words_are_refused() {
        let parse = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(ToString::to_string).collect();
            Extent::parse(&words)
        };
        assert_eq!(parse(&[]).unwrap().engines(), Choice::NewestAndOldest);
        assert_eq!(parse(&["--all-engines"]).unwrap().engines(), Choice::All);
        assert!(parse(&["--long"]).unwrap().long);
        assert!(parse(&["--all"]).is_err());
    }
}
