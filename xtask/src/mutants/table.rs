//! The figures, as Markdown.

use super::ledger::{Ledger, Outcome};

pub(super) const HEAD: &str = "\
| part | mutants | caught | no longer ends | does not compile | missed, and explained | missed | not run |
|---|---|---|---|---|---|---|---|
";

/// One part's line.
pub(super) fn row(part: &str, ledger: &Ledger, unexplained: usize) -> String {
    let count = |outcome| ledger.with(outcome).len();
    let not_run = count(None);
    let [caught, timeout, unviable, missed] = [
        Outcome::Caught,
        Outcome::Timeout,
        Outcome::Unviable,
        Outcome::Missed,
    ]
    .map(|outcome| count(Some(outcome)));
    let all = caught + timeout + unviable + missed + not_run;
    let explained = missed - unexplained;
    format!(
        "| {part} | {all} | {caught} | {timeout} | {unviable} | {explained} | {unexplained} | {not_run} |\n"
    )
}
