//! `cargo xtask …`: every command that a developer, a newcomer or CI types.
//!
//! # Layout
//! - [`mod@bench`]: what it costs and how it looks (`bench`, `pictures`)
//! - [`run`]: the product itself (`demo`, `serve`, `dev`)
//! - [`check`]: formats, lints and tests (`test`)
//! - [`licences`]: checks of dependencies
//! - [`page`]: the page, from sources to compressed files with hashed names
//! - [`tools`], [`toolchain`], [`browsers`]: what has to be installed, and how
//! - [`command`], [`step`], [`workspace`]: processes, progress, places

mod bench;
mod browsers;
mod check;
mod command;
mod licences;
mod page;
mod postgres;
mod run;
mod step;
mod toolchain;
mod tools;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};
use workspace::Workspace;

const HELP: &str = "\
Usage: cargo xtask COMMAND [ARGUMENTS]

  demo    build all and show a live wallboard of a simulated contact centre
  serve   build all and run the server against the configured tenant
  dev     prepare the tools, then run the demo and `trunk serve` together
  test    format, lints, unit, integration and browser tests: what CI runs; with
          --all-engines in every engine, with --long the tests that take minutes too
  bench   size, speed, memory and long runs, as a table; parts by name: size, apply,
          quiet, first-tile, soak [DAYS], crowd, store, server-soak
  pictures  the wall in many sizes, states and themes, and the documentation's pictures
  build   build page and server, into target/release/queuewall
  page    build the page alone, into dist/
  tools   install what the page and its tests need, and build nothing

Arguments after demo and serve go to the server: `cargo xtask demo --help`.
Tools are kept in .tools/, page and server are built in target/.";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next();
    match dispatch(command.as_deref(), arguments.collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Option<&str>, arguments: Vec<String>) -> Result<()> {
    let workspace = Workspace::locate()?;
    match command {
        Some("demo") => run::demo(&workspace, arguments),
        Some("serve") => run::serve(&workspace, arguments),
        Some("dev") => run::dev(&workspace),
        Some("test") => check::test(&workspace, &arguments),
        Some("bench") => bench::bench(&workspace, &arguments),
        Some("pictures") => bench::pictures(&workspace, &arguments),
        Some("build") => run::build(&workspace),
        Some("page") => page::build(&workspace, &tools::for_page(&workspace)?),
        Some("tools") => check::prepare(&workspace),
        None | Some("help" | "-h" | "--help") => {
            println!("{HELP}");
            Ok(())
        }
        Some(other) => bail!("there is no command {other:?}\n\n{HELP}"),
    }
}
