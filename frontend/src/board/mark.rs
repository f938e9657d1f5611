//! What the browser's tab says of the board: enough to leave it in the background.

use queuewall_shared::link::{Link, LinkState};
use queuewall_shared::snapshot::Level;
use queuewall_shared::standing::Standing;

use super::{BoardState, Phase};
use crate::text;

/// The tab's mark.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mark {
    /// The title.
    pub title: String,
    /// The icon.
    pub icon: Icon,
}

/// The tab's icon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Icon {
    /// Nothing is the matter, or nothing is known yet: the product's own.
    #[default]
    Product,
    /// Some queue is past its warning threshold.
    Warning,
    /// Some queue is past its critical threshold.
    Critical,
    /// What was known is too old to be told.
    Unknown,
}

/// The queues that count, as far as the tab tells of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Queues past a critical threshold.
    pub critical: usize,
    /// Queues past a warning threshold.
    pub warning: usize,
    /// Calls waiting; `None` when unknown.
    pub waiting: Option<u64>,
    /// Whether some queue's reading is missing or old, so that there may be more.
    pub is_partial: bool,
}

impl BoardState {
    /// The tab's title and icon. Without a reading that counts there is no number in
    /// it: nobody sees how old a title is.
    #[must_use]
    pub fn mark(&self) -> Mark {
        let heading = self.title();
        let heading = if heading.is_empty() {
            text::PRODUCT.into()
        } else {
            heading
        };
        if self.phase.get() != Phase::Shown {
            return Mark {
                title: heading,
                icon: Icon::Product,
            };
        }
        let excuse = match self.link.with(Link::state) {
            LinkState::Lost => text::no_connection(),
            LinkState::Resuming => text::resuming(),
            LinkState::Connecting | LinkState::Ok => text::no_data(),
        };
        match self.tally() {
            None => Mark {
                title: text::tab_unknown(excuse, &heading),
                icon: Icon::Unknown,
            },
            Some(tally) => Mark {
                title: text::tab_title(&tally, &heading),
                icon: match (tally.critical, tally.warning) {
                    (0, 0) => Icon::Product,
                    (0, _) => Icon::Warning,
                    _ => Icon::Critical,
                },
            },
        }
    }

    /// `None` when no reading counts.
    fn tally(&self) -> Option<Tally> {
        let totals = self.totals();
        let mut tally = Tally {
            waiting: totals.waiting,
            ..Tally::default()
        };
        let judge = self.judge();
        for queue in self.chosen_queues() {
            match (judge.of(&queue).0, queue.level) {
                (Standing::Fresh | Standing::Ageing, Level::Critical) => tally.critical += 1,
                (Standing::Fresh | Standing::Ageing, Level::Warning) => tally.warning += 1,
                (Standing::Stale | Standing::Unknown, _) => tally.is_partial = true,
                _ => {}
            }
        }
        (totals.counted > 0).then_some(tally)
    }
}
