//! Two thousand screens beside one, each on a separate server, at the same time.

use std::time::Duration;

use anyhow::{Result, ensure};
use queuewall_e2e::{
    crowd::{self, POLL},
    program::{ONE_BOARD, Program},
};
use queuewall_simulator::Options;

use crate::table::Table;

const SCREENS: usize = 2_000;
/// A minute's.
const READS: u32 = 12;

/// Measures both at once.
pub(crate) async fn measure(table: &mut Table) -> Result<()> {
    let options = Options {
        rate_limit_per_minute: None,
        ..Options::default()
    };
    queuewall::connections::raise_open_files(queuewall::connections::Limits::default());
    let alone = Program::start(options.clone(), ONE_BOARD).await?;
    let crowded = Program::start(options, ONE_BOARD).await?;
    let (one, many) = tokio::try_join!(
        crowd::cost(&alone, 1, POLL, READS),
        crowd::cost(&crowded, SCREENS, POLL, READS),
    )?;
    table.add(
        format!("requests to the tenant in {READS} intervals: {SCREENS} screens ÷ 1"),
        format!(
            "{} ÷ {} = {:.2}",
            many.upstream_calls,
            one.upstream_calls,
            many.upstream_calls as f64 / one.upstream_calls as f64
        ),
        "1.00",
    );
    table.add(
        format!(
            "snapshots encoded meanwhile, over {} polls, of which {} were answered with one",
            many.polls.len(),
            many.brought()
        ),
        format!(
            "{} for {} changes; with 1 screen {}",
            many.encodings, many.changes, one.encodings
        ),
        "one a change",
    );
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    let mut words = Vec::new();
    for (name, share) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)] {
        let took = crowd::quantile(&many.polls, share)?;
        words.push(format!("{name} {:.2} ms", ms(took)));
    }
    table.add(
        format!("an answer to one of {SCREENS} screens that ask every 5 s"),
        words.join(", "),
        "",
    );
    ensure!(
        many.upstream_calls == one.upstream_calls,
        "a crowd costs requests to the tenant: {} instead of {}",
        many.upstream_calls,
        one.upstream_calls
    );
    ensure!(
        many.encodings == many.changes as u64,
        "{} encodings of {} snapshots",
        many.encodings,
        many.changes
    );
    Ok(())
}
