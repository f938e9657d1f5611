//! What was seen of each fault, as a Markdown table.

use std::{fmt::Write as _, path::PathBuf, sync::Mutex, time::Duration};

use crate::{
    fault::Shows,
    world::{INTERVAL, Spoken},
};

/// What is allowed beyond the fault's end, or the retry that was announced.
pub(crate) fn allowed() -> Duration {
    INTERVAL + Duration::from_secs(5)
}

/// What was seen of one fault.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) fault: &'static str,
    pub(crate) spoken: Spoken,
    pub(crate) shows: Shows,
    /// From the fault's begin until it was to be seen.
    pub(crate) seen_after: Duration,
    /// The board's state, with its cause, when the fault was about to end.
    pub(crate) board: String,
    /// The same of the first tile.
    pub(crate) tile: String,
    /// From the fault's end, or the announced retry, until all was fresh.
    pub(crate) back_after: Duration,
}

static ROWS: Mutex<Vec<Row>> = Mutex::new(Vec::new());

/// Adds a row, and writes all of them where `QUEUEWALL_REPORT` says.
pub(crate) fn add(row: Row) {
    let mut rows = ROWS.lock().unwrap();
    rows.push(row);
    if let Some(path) = std::env::var_os("QUEUEWALL_REPORT").map(PathBuf::from) {
        rows.sort_by_key(|row| (row.fault, row.spoken == Spoken::Realtime));
        std::fs::write(path, table(&rows)).unwrap();
    }
}

fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| fault | dialect | within a poll | seen after | board | first tile | back, of the allowed |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let dialect = match row.spoken {
            Spoken::ReportingV2 => "reporting-v2",
            Spoken::Realtime => "realtime",
        };
        writeln!(
            text,
            "| {} | {dialect} | {} | {:.1} s | {} | {} | {:.2} |",
            row.fault,
            words(row.shows),
            row.seen_after.as_secs_f64(),
            row.board,
            row.tile,
            row.back_after.as_secs_f64() / allowed().as_secs_f64(),
        )
        .unwrap();
    }
    text
}

fn words(shows: Shows) -> String {
    match shows {
        Shows::Nothing => "nothing to be seen".to_owned(),
        Shows::Dip => "old for one poll".to_owned(),
        Shows::Cause(cause) => format!("{}; numbers age", cause.code()),
        Shows::Gone(_, tile, board) => format!("{}: {}; no numbers", board.code(), tile.code()),
        Shows::LeftOut => "left_out; numbers age".to_owned(),
        Shows::First(_, cause) => format!("{} on one tile", cause.code()),
        Shows::Blank => "unknown numbers".to_owned(),
    }
}
