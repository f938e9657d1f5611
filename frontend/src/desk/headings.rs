//! The headings of groups, above the tiles of their queues: each as wide as its tiles are side
//! by side, and again on each row and page that goes on with them.

use std::sync::Arc;

use queuewall_shared::fit::Fit;
use queuewall_shared::snapshot::Queue;
use web_sys::Element;

use crate::board::{BoardState, Paging, groups};
use crate::components::grid::px;
use crate::slots::{self, Part, Slots, follow};
use crate::text;

const MARKUP: &str = "<li class=heading><a><b></b><span></span><small></small></a></li>";

const TABLE: [(&str, Part); 6] = [
    ("", Part::Attribute("hidden")),
    ("", Part::Style("grid-area")),
    ("", Part::Style("font-size")),
    ("a", Part::Attribute("data-group")),
    ("b", Part::Text),
    ("span", Part::Text),
];

/// Shows them in `grid`.
pub(crate) fn keep(grid: &Element, board: BoardState, paging: Paging) {
    let mut headings = Headings {
        grid: grid.clone(),
        all: Vec::new(),
    };
    follow(move || {
        let groups = (paging.places()).map(|place| board.heading(&paging.at(place)?));
        headings.show(board, &groups.collect::<Vec<_>>(), &paging.fit());
    });
}

/// The headings of one page.
struct Headings {
    grid: Element,
    all: Vec<(Element, Slots)>,
}

impl Headings {
    /// Shows the headings of a page that fits so; `groups` has the group of each tile.
    fn show(&mut self, board: BoardState, groups: &[Option<Arc<Queue>>], fit: &Fit) {
        let (mut shown, mut place) = (0, 0);
        for row in groups.chunks(fit.columns) {
            for run in
                row.chunk_by(|a, b| a.as_ref().map(Arc::as_ptr) == b.as_ref().map(Arc::as_ptr))
            {
                if let Some(Some(group)) = run.first() {
                    let (row, column) = (place / fit.columns + 1, place % fit.columns + 1);
                    let area = [row, column, row + 1, column + run.len()];
                    self.show_one(shown, group, area, fit.frame_px);
                    if let Some((heading, _)) = self.all.get(shown) {
                        super::heading(heading, board, group);
                    }
                    shown += 1;
                }
                place += run.len();
            }
        }
        for (_, heading) in self.all.iter_mut().skip(shown) {
            heading.show(&["hidden"]);
        }
    }

    fn show_one(&mut self, nth: usize, group: &Queue, area: [usize; 4], frame_px: f64) {
        if self.all.len() == nth {
            for heading in slots::elements(MARKUP) {
                let _ = self.grid.append_child(&heading);
                let slots = Slots::find(&heading, &TABLE);
                self.all.push((heading, slots));
            }
        }
        let (counted, of, _) = groups::of(group).unwrap_or_default();
        if let Some((_, heading)) = self.all.get_mut(nth) {
            heading.show(&[
                "",
                &area.map(|line| line.to_string()).join(" / "),
                &px(frame_px),
                &group.name,
                &group.name,
                &text::read_of(counted, of),
            ]);
        }
    }
}
