//! What an answer tells of queues that CXone leaves out, does not know, or has again.

use tracing::{info, warn};

use super::pulse;

const MOST_NAMED: usize = 10;

/// Ids of queues whose absence or return the log has not told yet.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct News {
    pub(crate) left_out: Vec<String>,
    pub(crate) not_found: Vec<String>,
    pub(crate) back: Vec<String>,
    pub(crate) pulse: Option<pulse::News>,
}

impl News {
    /// One line for each kind.
    pub(crate) fn log(&self) {
        if let Some(queues) = named(&self.left_out) {
            warn!(
                "CXone answered, and left {queues} out of its answer: compare with `queuewall queues`, which \
                 lists what this tenant shows"
            );
        }
        if let Some(queues) = named(&self.not_found) {
            warn!(
                "CXone does not know {queues}: compare with `queuewall queues`, which lists what this tenant shows"
            );
        }
        if let Some(queues) = named(&self.back) {
            info!("CXone answers {queues} again");
        }
        match &self.pulse {
            Some(pulse::News::Stands(line)) => warn!("{line}"),
            Some(pulse::News::Moves(line)) => info!("{line}"),
            None => {}
        }
    }
}

/// `the queue 1`, `the queues 1, 2 and 30 more`; nothing where there is none.
fn named(ids: &[String]) -> Option<String> {
    let shown = ids[..ids.len().min(MOST_NAMED)].join(", ");
    match ids.len() {
        0 => None,
        1 => Some(format!("the queue {shown}")),
        count if count > MOST_NAMED => Some(format!(
            "the queues {shown} and {} more",
            count - MOST_NAMED
        )),
        _ => Some(format!("the queues {shown}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_queues_are_cut_to_ten() {
        let ids = |count: usize| (1..=count).map(|id| id.to_string()).collect::<Vec<_>>();
        assert_eq!(named(&[]), None);
        assert_eq!(named(&ids(1)).unwrap(), "the queue 1");
        assert_eq!(named(&ids(2)).unwrap(), "the queues 1, 2");
        let many = named(&ids(300)).unwrap();
        assert_eq!(
            many,
            "the queues 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 290 more"
        );
    }
}
