//! Lists in pages, with links as the quirks have them.

use hyper::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};

use super::{answer::Answer, origin::origin};
use crate::quirk::{Quirk, Quirks};

/// Which part of a list a page is.
pub(crate) struct Cut<'a> {
    /// How many items come before it.
    pub(crate) skip: usize,
    /// How many it has at most; from 1 on.
    pub(crate) top: usize,
    /// The path and query of the page after so many items, of at most so many.
    pub(crate) link: &'a dyn Fn(usize, usize) -> String,
}

impl Cut<'_> {
    /// The page.
    ///
    /// # Errors
    /// What is answered in its place, where a quirk has it so.
    pub(crate) fn page(
        &self,
        name: &str,
        items: &[Value],
        headers: &HeaderMap,
        uri: &Uri,
        quirks: &Quirks,
    ) -> Result<Value, Answer> {
        let total = items.len();
        let behind_the_end = quirks.status_behind_the_end();
        if let Some(status) = behind_the_end.filter(|_| self.skip >= total && total > 0) {
            return Err(match StatusCode::from_u16(status) {
                Ok(status) if status != StatusCode::NO_CONTENT => {
                    Answer::error(status, "skip is past the end")
                }
                _ => Answer::no_content(),
            });
        }
        if total == 0 && quirks.has(Quirk::EmptyIs204) {
            return Err(Answer::no_content());
        }
        let first = self.skip.min(total);
        let end = first.saturating_add(self.top).min(total);
        let is_full = end - first == self.top;
        let has_next = if quirks.has(Quirk::PagesWithoutLink) {
            false
        } else {
            end < total
                || quirks.has(Quirk::LinkOnEveryPage)
                || (behind_the_end.is_some() && is_full)
        };
        let origin = origin(headers);
        // On from an empty page too, so that no two pages have the same address.
        let next_skip = if first == end {
            self.skip + self.top
        } else {
            end
        };
        let next = has_next.then(|| format!("{origin}{}", (self.link)(next_skip, self.top)));
        let here = uri.path_and_query().map_or("/", |path| path.as_str());
        let mut page = json!({
            "totalRecords": total,
            "_links": {"self": format!("{origin}{here}"), "next": next},
        });
        if total > 0 || !quirks.has(Quirk::EmptyListLeftOut) {
            page[name] = items[first..end].into();
        }
        Ok(page)
    }
}
