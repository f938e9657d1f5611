//! What Queuewall costs: `cargo xtask bench`, or some parts of it by name.
//!
//! # Layout
//! - [`size`]: what a first load of the page transfers
//! - [`apply`]: a poll that changes ten queues
//! - [`quiet`]: polls that change nothing, and a wall at rest
//! - [`first_tile`]: from the address to the first number
//! - [`soak`]: a week on the wall; two million polls of the server. `bench leaking` is its
//!   server with a planted leak
//! - [`crowd`]: two thousand screens beside one; [`load`]: memory of a connection, and idle
//!   and slow connections beside healthy ones
//! - [`store`]: the history in SQLite
//! - [`table`]: the figures, as Markdown

mod apply;
mod crowd;
mod first_tile;
mod load;
mod quiet;
mod size;
mod soak;
mod store;
mod table;

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use queuewall_e2e::soak::leaking;
use table::Table;

/// What can be measured, in the order of the table.
const PARTS: [&str; 8] = [
    "size",
    "apply",
    "quiet",
    "first-tile",
    "soak",
    "crowd",
    "store",
    "server-soak",
];

/// Days of polls that the page is soaked for.
const DAYS: u32 = 7;

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [part, arguments @ ..] = &arguments[..]
        && part == "leaking"
    {
        return leaking::serve(arguments).await;
    }
    let (parts, days) = wanted(&arguments)?;
    let mut table = Table::default();
    for part in parts {
        eprintln!("==> {part}");
        match part {
            "size" => size::measure(&mut table)?,
            "apply" => apply::measure(&mut table).await?,
            "quiet" => quiet::measure(&mut table).await?,
            "first-tile" => first_tile::measure(&mut table).await?,
            "soak" => soak::of_the_page(&mut table, days).await?,
            "store" => store::measure(&mut table).await?,
            "server-soak" => soak::of_the_server(&mut table).await?,
            _ => {
                crowd::measure(&mut table).await?;
                load::measure(&mut table).await?;
            }
        }
    }
    println!("{table}");
    Ok(ExitCode::SUCCESS)
}

/// The parts to measure, none named meaning all, and the days of a soak.
fn wanted(arguments: &[String]) -> Result<(Vec<&'static str>, u32)> {
    let (mut parts, mut days) = (Vec::new(), DAYS);
    for argument in arguments {
        match PARTS.iter().find(|part| *part == argument) {
            Some(part) => parts.push(*part),
            None if argument.starts_with(|first: char| first.is_ascii_digit()) => {
                days = argument.parse().context("the number of a soak's days")?;
            }
            None => bail!(
                "{argument:?} is none of {}, nor a number of days",
                PARTS.join(", ")
            ),
        }
    }
    if parts.is_empty() {
        parts.extend(PARTS);
    }
    Ok((parts, days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_parsed_and_none_means_all() {
        let of = |arguments: &[&str]| {
            let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
            wanted(&arguments)
        };
        assert_eq!(of(&[]).unwrap(), (PARTS.to_vec(), 7));
        assert_eq!(of(&["soak", "2"]).unwrap(), (vec!["soak"], 2));
        assert!(of(&["speed"]).is_err());
        assert!(of(&["soak", "5k"]).is_err());
    }
}
