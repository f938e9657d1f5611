//! The line that says which link broke.

use web_sys::Element;

use crate::board::Trouble;
use crate::slots::{Part, Slots};

/// Takes no room while there is nothing to say. The next try counts down: a screen reader
/// would say it every second.
pub(crate) const MARKUP: &str =
    "<div class=banner><p class=banner-what role=alert></p><p class=banner-next></p></div>";

/// The banner within an element.
pub(crate) struct Banner(Slots);

impl Banner {
    pub(crate) fn find(root: &Element) -> Self {
        Self(Slots::find(
            root,
            &[
                (".banner", Part::Attribute("hidden")),
                (".banner-what", Part::Text),
                (".banner-next", Part::Text),
            ],
        ))
    }

    pub(crate) fn show(&mut self, trouble: &Trouble) {
        let hidden = if trouble.what.is_empty() {
            "hidden"
        } else {
            ""
        };
        self.0.show(&[hidden, &trouble.what, &trouble.next_try]);
    }
}
