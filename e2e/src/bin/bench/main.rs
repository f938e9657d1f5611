//! What Queuewall costs, beside its peers, in one run: `cargo xtask bench`.
//!
//! # Layout
//! - [`subject`]: the server as it is released, reading a tenant that stands still
//! - [`size`]: what a first load of the page transfers
//! - [`throughput`]: requests a second, beside nginx serving the same bytes
//! - [`memory`]: at rest, and with many screens
//! - [`table`]: the figures as Markdown

mod memory;
mod size;
mod subject;
mod table;
mod throughput;

use anyhow::Result;
use subject::Subject;
use table::Table;

#[tokio::main]
async fn main() -> Result<()> {
    let mut table = Table::default();
    size::measure(&mut table)?;
    let subject = Subject::start().await?;
    memory::measure(&subject, &mut table).await?;
    drop(subject);
    // A fresh server: the memory of two thousand screens is not part of its speed.
    let subject = Subject::start().await?;
    throughput::measure(&subject, &mut table).await?;
    println!("{table}");
    Ok(())
}
