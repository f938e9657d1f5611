//! What the browser's tab says of the board: enough to leave it in the background.

use queuewall_shared::link::{Link, LinkState};
use queuewall_shared::snapshot::Level;
use queuewall_shared::tile_state::TileState;

use super::{BoardState, Phase};
use crate::text::{self, TabCounts};

/// The title and icon of the browser tab.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TabLabel {
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

impl BoardState {
    /// The tab's title and icon. Without a reading that counts there is no number in
    /// it: nobody sees how old a title is.
    #[must_use]
    pub fn tab_label(&self) -> TabLabel {
        let heading = self.title();
        let heading = if heading.is_empty() {
            text::PRODUCT.into()
        } else {
            heading
        };
        if self.phase.get() != Phase::Shown {
            return TabLabel {
                title: heading,
                icon: Icon::Product,
            };
        }
        let excuse = match self.link.with(Link::state) {
            LinkState::Lost => text::no_connection(),
            LinkState::Resuming => text::resuming(),
            LinkState::Connecting | LinkState::Ok => text::no_data(),
        };
        match self.tab_counts() {
            None => TabLabel {
                title: text::tab_unknown(excuse, &heading),
                icon: Icon::Unknown,
            },
            Some(counts) => TabLabel {
                title: text::tab_title(&counts, &heading),
                icon: match (counts.critical, counts.warning) {
                    (0, 0) => Icon::Product,
                    (0, _) => Icon::Warning,
                    _ => Icon::Critical,
                },
            },
        }
    }

    /// `None` when no reading counts.
    fn tab_counts(&self) -> Option<TabCounts> {
        let totals = self.totals();
        let mut counts = TabCounts {
            waiting: totals.waiting,
            ..TabCounts::default()
        };
        let judge = self.judge();
        for queue in self.chosen_queues() {
            match (judge.of(&queue).0, queue.level) {
                (TileState::Fresh | TileState::Ageing, Level::Critical) => counts.critical += 1,
                (TileState::Fresh | TileState::Ageing, Level::Warning) => counts.warning += 1,
                (TileState::Stale | TileState::Unknown, _) => counts.is_partial = true,
                _ => {}
            }
        }
        (totals.counted > 0).then_some(counts)
    }
}
