//! A line of parts that go, each as a whole, where there is no room for all of them.

use web_sys::{Element, HtmlElement};

use crate::markup;

/// A line and what of it can go.
pub(crate) struct Line {
    line: Element,
    parts: Vec<HtmlElement>,
    /// The words' length and the line's size when room was made.
    measured: (usize, i32, i32),
}

impl Line {
    /// The line of a class, and its parts by theirs, the first to go first.
    pub(crate) fn find(root: &Element, line: &str, parts: &[&str]) -> Option<Self> {
        let line: Element = markup::find(root, line)?;
        let find = |part: &&str| markup::find(&line, part);
        Some(Self {
            parts: parts.iter().filter_map(find).collect(),
            line,
            measured: (0, 0, 0),
        })
    }

    /// Shows as many of the parts as there is room for, with `words` in them.
    pub(crate) fn make_room(&mut self, words: &[&str]) {
        // Their length stands for their width: figures are as wide as each other.
        let length = words.iter().map(|words| words.len()).sum();
        let now = (length, self.line.client_width(), self.line.client_height());
        if now == self.measured && self.is_enough() {
            return;
        }
        self.measured = now;
        for part in &self.parts {
            part.set_hidden(false);
        }
        for part in &self.parts {
            if self.is_enough() {
                break;
            }
            part.set_hidden(true);
        }
    }

    fn is_enough(&self) -> bool {
        self.line.scroll_width() <= self.line.client_width()
    }
}
