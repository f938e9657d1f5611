//! The line that says which link broke.

use web_sys::Element;

use crate::board::Trouble;
use crate::slots::{Part, Slots};

/// Takes no room while there is nothing to say. On a wall it stands in the header's place, with
/// the title and the clock. The next try counts down: a screen reader would say it every second.
pub(crate) const MARKUP: &str = "<div class=banner><b class=banner-title></b>\
    <b class=banner-clock></b><p class=banner-what role=alert></p> <p class=banner-next></p></div>";

const TABLE: [(&str, Part); 6] = [
    (".banner", Part::Attribute("hidden")),
    (".banner-title", Part::Text),
    (".banner-what", Part::Text),
    (".banner-next", Part::Text),
    (".banner-clock", Part::Text),
    (".banner-clock", Part::Attribute("data-kind")),
];

/// The banner within an element.
pub(crate) struct Banner(Slots);

impl Banner {
    pub(crate) fn find(root: &Element) -> Self {
        Self(Slots::find(root, &TABLE))
    }

    /// `title`, `clock` and its `kind`: the header's.
    pub(crate) fn show(&mut self, trouble: &Trouble, title: &str, clock: &str, kind: &str) {
        let hidden = if trouble.what.is_empty() {
            "hidden"
        } else {
            ""
        };
        self.0
            .show(&[hidden, title, &trouble.what, &trouble.next_try, clock, kind]);
    }
}
