//! What Queuewall costs, beside its peers, in one run: `cargo xtask bench`, or one part
//! of it by name: `cargo xtask bench apply`.
//!
//! # Layout
//! - [`size`]: what a first load of the page transfers
//! - [`apply`]: a poll that changes ten queues, beside the twin
//! - [`quiet`]: a poll that changes nothing
//! - [`first_tile`]: from the address to the first number, beside the twin
//! - [`soak`]: a week on the wall
//! - [`crowd`]: two thousand screens beside one, and beside a plain server
//! - [`server_soak`]: two million polls; `bench leaking` is its server with a leak
//! - [`subject`]: the server as it is released, reading a tenant that stands still
//! - [`throughput`]: requests a second, beside nginx serving the same bytes
//! - [`memory`]: the server at rest, and with many screens; [`load`]: beside a crowd
//! - [`turns`], [`table`]: the figures, as Markdown

mod apply;
mod crowd;
mod first_tile;
mod load;
mod memory;
mod quiet;
mod server_soak;
mod size;
mod soak;
mod subject;
mod table;
mod throughput;
mod turns;

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use queuewall_e2e::server_soak::leaking;
use subject::Subject;
use table::Table;

/// What can be measured, in the order of the table.
const PARTS: [&str; 8] = [
    "size",
    "apply",
    "quiet",
    "first-tile",
    "soak",
    "server",
    "crowd",
    "server-soak",
];

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|part| part == "leaking") {
        return leaking::serve(arguments.get(1).map(String::as_str)).await;
    }
    let (parts, polls) = wanted(&arguments)?;
    let mut table = Table::default();
    for part in parts {
        eprintln!("==> {part}");
        match part {
            "size" => size::measure(&mut table)?,
            "apply" => apply::measure(&mut table).await?,
            "quiet" => quiet::measure(&mut table).await?,
            "first-tile" => first_tile::measure(&mut table).await?,
            "soak" => soak::measure(&mut table, polls).await?,
            "crowd" => crowd::measure(&mut table).await?,
            "server-soak" => server_soak::measure(&mut table).await?,
            _ => server(&mut table).await?,
        }
    }
    println!("{table}");
    Ok(ExitCode::SUCCESS)
}

async fn server(table: &mut Table) -> Result<()> {
    let subject = Subject::start().await?;
    memory::measure(&subject, table).await?;
    drop(subject);
    // A fresh server: the memory of two thousand screens is not part of its speed.
    let subject = Subject::start().await?;
    throughput::measure(&subject, table).await?;
    load::measure(&subject, table).await
}

/// The parts to measure, none named meaning all, and the polls of a soak.
fn wanted(arguments: &[String]) -> Result<(Vec<&'static str>, u32)> {
    let mut parts = Vec::new();
    let mut polls = queuewall_e2e::soak::A_WEEK;
    for argument in arguments {
        match PARTS.iter().find(|part| *part == argument) {
            Some(part) => parts.push(*part),
            None if argument.starts_with(|first: char| first.is_ascii_digit()) => {
                polls = argument.parse().context("the number of a soak's polls")?;
            }
            None => bail!(
                "{argument:?} is none of {}, nor a number of polls",
                PARTS.join(", ")
            ),
        }
    }
    if parts.is_empty() {
        parts.extend(PARTS);
    }
    Ok((parts, polls))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(arguments: &[&str]) -> Result<(Vec<&'static str>, u32)> {
        let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
        wanted(&arguments)
    }

    #[test]
    fn parts_are_named_and_none_means_all() {
        assert_eq!(of(&[]).unwrap(), (PARTS.to_vec(), 120_960));
        assert_eq!(of(&["soak", "500"]).unwrap(), (vec!["soak"], 500));
        assert!(of(&["speed"]).is_err());
        assert!(of(&["soak", "5k"]).is_err());
    }
}
