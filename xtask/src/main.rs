//! `cargo xtask …`: every command that a developer, a newcomer or CI types.
//!
//! # Layout
//! - [`bench`], [`pictures`]: what it costs and how it looks
//! - [`prove`]: what is claimed, run at length
//! - [`fuzz`]: the targets of `fuzz/`, guided by coverage
//! - [`mutants`]: whether some test notices when the code is wrong
//! - [`run`]: the product itself (`demo`, `serve`, `dev`)
//! - [`check`]: formats, lints and tests (`test`)
//! - [`supply_chain`]: what others wrote, and under which licences (`licences`)
//! - [`page`]: the page, from sources to compressed files with hashed names
//! - [`tools`], [`toolchain`], [`browsers`]: what has to be installed, and how
//! - [`command`], [`step`], [`workspace`]: processes, progress, places

mod bench;
mod browsers;
mod check;
mod command;
mod fuzz;
mod mutants;
mod page;
mod pictures;
mod prove;
mod run;
mod step;
mod supply_chain;
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
  bench   size, speed and memory, each beside its peer, as a table; parts by name:
          size, apply, quiet, first-tile, soak [POLLS], server, crowd,
          server-soak
  prove   what is claimed, run at length: writes docs/proof.md; claims by name
  fuzz    look for inputs that break what holds of any: SECONDS for each target (60), or
          for those that are named
  mutants  plant faults, one after the other, and see some test fail: all of shared,
          poller and client, or a PART and a share of it (client 1/8); goes on
          where it was
  pictures  the wall in many sizes, states and themes, and the documentation's pictures
  build   build page and server, into target/release/queuewall
  page    build the page alone, into dist/
  licences  write docs/licences.md anew: everything in the server and the page
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
        Some("bench") => bench::bench(&workspace, arguments),
        Some("prove") => prove::prove(&workspace, &arguments),
        Some("fuzz") => fuzz::fuzz(&workspace, arguments),
        Some("mutants") => mutants::mutants(&workspace, &arguments),
        Some("pictures") => pictures::pictures(&workspace, arguments),
        Some("build") => run::build(&workspace),
        Some("page") => page::build(&workspace, &tools::for_page(&workspace)?),
        Some("licences") => supply_chain::write_licences(&workspace),
        Some("tools") => check::prepare(&workspace),
        None | Some("help" | "-h" | "--help") => {
            println!("{HELP}");
            Ok(())
        }
        Some(other) => bail!("there is no command {other:?}\n\n{HELP}"),
    }
}
