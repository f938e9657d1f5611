//! The rows of a table that changes while it is read, and the cells of its head.

use web_sys::Element;

use super::Section;
use crate::markup;

/// The rows of a table's body.
pub(super) struct Rows {
    body: Element,
    /// By row: what it is of, and what is written there.
    shown: Vec<(String, String)>,
}

impl Rows {
    /// The rows of the table within `root`.
    pub(super) fn find(root: &Element) -> Option<Self> {
        Some(Self {
            body: markup::find(root, "tbody")?,
            shown: Vec::new(),
        })
    }

    /// Writes the rows that are not so already: what each is of, and its cells. Whether there
    /// were any.
    pub(super) fn write(&mut self, rows: Vec<(String, String)>) -> bool {
        if self.shown == rows {
            return false;
        }
        let is_in_place = |(was, is): (&(String, String), &(String, String))| was.0 == is.0;
        let is_same_order =
            self.shown.len() == rows.len() && self.shown.iter().zip(&rows).all(is_in_place);
        if is_same_order {
            let elements = self.body.children();
            for (place, (was, is)) in self.shown.iter().zip(&rows).enumerate() {
                if was.1 != is.1
                    && let Some(element) = elements.item(place as u32)
                {
                    let mut row = Section {
                        element,
                        shown: String::new(),
                    };
                    row.show(is.1.clone());
                }
            }
        } else {
            let all: Vec<String> = rows
                .iter()
                .map(|(_, cells)| ["<tr>", cells, "</tr>"].concat())
                .collect();
            let mut body = Section {
                element: self.body.clone(),
                shown: String::new(),
            };
            body.show(all.concat());
        }
        self.shown = rows;
        true
    }
}

/// A column's head, which orders the table. `sort`: whether what is most comes first, where the
/// table is in this column's order.
pub(super) fn head_cell(name: &str, label: &str, title: &str, sort: Option<bool>) -> String {
    let (sort, sign) = match sort {
        None => ("none", ""),
        Some(true) => ("descending", " ↓"),
        Some(false) => ("ascending", " ↑"),
    };
    markup::fill(&[
        "<th scope=col class=of-",
        name,
        " aria-sort=",
        sort,
        "><button type=button data-act=",
        name,
        " title=\"",
        title,
        "\">",
        label,
        "<i aria-hidden=true>",
        sign,
        "</i></button></th>",
    ])
}
