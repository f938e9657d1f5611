//! Any number of screens costs the tenant and the server's encoder what one costs. Two
//! thousand of them are `cargo xtask bench crowd`.

use std::time::Duration;

use anyhow::{Result, ensure};
use queuewall_e2e::{
    crowd,
    program::{ONE_BOARD, Program},
};
use queuewall_simulator::Options;

const SCREENS: usize = 200;
/// More often than the page, so that what a poll costs adds up sooner.
const PAUSE: Duration = Duration::from_secs(1);
const READS: u32 = 2;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_screens_cost_what_one_costs() -> Result<()> {
    let _core = crate::busy().await;
    let options = Options {
        rate_limit_per_minute: None,
        ..Options::default()
    };
    let alone = async {
        let program = Program::start(options.clone(), ONE_BOARD).await?;
        crowd::cost(&program, 1, PAUSE, READS).await
    };
    let crowded = async {
        let program = Program::start(options.clone(), ONE_BOARD).await?;
        crowd::cost(&program, SCREENS, PAUSE, READS).await
    };
    let (one, many) = tokio::try_join!(alone, crowded)?;
    let asked = many.polls.len();
    ensure!(
        asked >= SCREENS * READS as usize,
        "only {asked} polls in {READS} reads"
    );
    ensure!(
        // One read more may fall into the time that is counted on a busy machine.
        many.upstream_calls <= u64::from(READS) + 1
            && many.upstream_calls.abs_diff(one.upstream_calls) <= 1,
        "requests to the tenant in {READS} reads: {} with {SCREENS} screens, {} with one",
        many.upstream_calls,
        one.upstream_calls
    );
    // One may come and go between two polls, and be seen by nobody.
    ensure!(
        many.changes >= READS as usize && many.encodings <= many.changes as u64 + 1,
        "{} encodings of {} snapshots over {asked} polls",
        many.encodings,
        many.changes
    );
    Ok(())
}
