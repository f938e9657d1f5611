//! What holds of any input: one body a fuzz target. `fuzz/` runs them guided by coverage,
//! the tests over the committed corpus and random changes of it.
//!
//! # Layout
//! - `settings`: what a link asks of the page
//! - `report`: what a screen says of itself
//! - `snapshot`: what the page shows

mod report;
mod settings;
mod snapshot;

pub use report::report;
pub use settings::settings;
#[cfg(test)]
pub(crate) use snapshot::Parsed;
pub use snapshot::snapshot;

#[cfg(test)]
mod tests {
    use queuewall_replay::replay;

    use super::*;

    #[test]
    fn any_link_is_followed_or_said_not_to_be() {
        replay("settings", settings);
    }

    #[test]
    fn any_report_is_read_and_written_alike_or_is_none() {
        replay("report", report);
    }

    #[test]
    fn any_snapshot_is_read_alike_by_page_and_server() {
        replay("snapshot", snapshot);
    }
}
