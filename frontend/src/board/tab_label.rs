//! What the browser's tab says of the board: enough to leave it in the background.

use queuewall_shared::link::{Link, LinkState};

use super::{BoardState, Phase};
use crate::text;

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
        let summary = self.summary();
        if summary.counted == 0 {
            return TabLabel {
                title: text::tab_unknown(excuse, &heading),
                icon: Icon::Unknown,
            };
        }
        TabLabel {
            title: text::tab_title(&summary, &heading),
            icon: match (summary.critical, summary.warning) {
                (0, 0) => Icon::Product,
                (0, _) => Icon::Warning,
                _ => Icon::Critical,
            },
        }
    }
}
