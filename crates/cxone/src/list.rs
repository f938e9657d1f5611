//! The queue list and how far it has been read: one page a request.

use std::{collections::HashSet, fmt};

use url::Url;

use super::QueueInfo;
use crate::clock::Moment;

/// A longer list is not read to its end.
const MOST_PAGES: usize = 1_000;

/// Neither is one with more entries.
const MOST_ENTRIES: u64 = 100_000;

/// The queue list, as far as it has been read.
#[derive(Clone, Debug, Default)]
pub struct QueueList {
    /// The queues so far, each once.
    pub queues: Vec<QueueInfo>,
    known: HashSet<String>,
    pub(crate) cursor: Cursor,
}

impl QueueList {
    /// A list that has been read to its end.
    #[must_use]
    pub fn complete(queues: Vec<QueueInfo>, shortfall: Option<Shortfall>) -> Self {
        let cursor = Cursor {
            next: Next::End,
            shortfall,
            ..Cursor::default()
        };
        Self {
            queues,
            known: HashSet::new(),
            cursor,
        }
    }

    /// Adds a page after which there are more, for a source that reads lists in its own way.
    pub fn add_page(&mut self, page: Vec<QueueInfo>) {
        self.add(page);
        self.cursor.pages += 1;
    }

    /// Whether there is no further page.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.cursor.is_at_end()
    }

    /// How many pages, and so requests, it took so far.
    #[must_use]
    pub fn pages(&self) -> usize {
        self.cursor.pages
    }

    /// Adds queues; of those with the same id the first one stays.
    pub(crate) fn add(&mut self, new: Vec<QueueInfo>) {
        for queue in new {
            if self.known.insert(queue.id.clone()) {
                self.queues.push(queue);
            }
        }
    }

    /// What is missing of a complete list.
    #[must_use]
    pub fn shortfall(&self) -> Option<Shortfall> {
        self.cursor.shortfall
    }
}

/// What a list lacks of what it promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// How many queues were listed.
    pub listed: u64,
    /// How many there are, by the answer; `None` where it has more pages than are read.
    pub total: Option<u64>,
}

impl fmt::Display for Shortfall {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listed = self.listed;
        match self.total {
            Some(total) => write!(
                formatter,
                "CXone says that there are {total} queues, and lists {listed}: {} are missing",
                total.saturating_sub(listed)
            ),
            None => write!(
                formatter,
                "CXone's list is longer than what is read: the first {listed} queues are used"
            ),
        }
    }
}

/// How far a list that comes in pages has been read, and how it goes on. It ends
///
/// - at an empty page, or one that holds nothing new;
/// - where as many entries came as there are, by `totalRecords`; a total of no more than a full
///   page is not believed beside a link to another, since it may count that page alone;
/// - behind the last page, where no page is there (400, 404, 204 and the like).
///
/// Where the answer says that there are more entries or pages and no link leads to them, they
/// are asked for by `skip` and `top`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cursor {
    next: Next,
    pages: usize,
    /// Of the longest page.
    page_size: u64,
    ids: HashSet<String>,
    nameless: u64,
    total: Total,
    /// Whether the latest page says that more pages follow.
    goes_on: bool,
    visited: HashSet<Url>,
    asked_at: Option<Moment>,
    shortfall: Option<Shortfall>,
}

#[derive(Clone, Debug, Default, PartialEq)]
enum Next {
    #[default]
    First,
    Link(Url),
    Skip,
    End,
}

#[derive(Debug, Default)]
pub(crate) struct PageOfIds {
    pub(crate) ids: Vec<String>,
    /// How many entries have none.
    pub(crate) nameless: u64,
}

/// How much there is, as an answer says it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Total {
    pub(crate) count: Option<u64>,
    /// Whether its name says that it counts the entries of all pages.
    pub(crate) is_certain: bool,
    pub(crate) pages: Option<u64>,
    pub(crate) has_more: bool,
}

impl Cursor {
    pub(crate) fn is_at_start(&self) -> bool {
        self.next == Next::First
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.next == Next::End
    }

    pub(crate) fn pages(&self) -> usize {
        self.pages
    }

    /// When the first page was asked for.
    pub(crate) fn asked_at(&self) -> Option<Moment> {
        self.asked_at
    }

    pub(crate) fn shortfall(&self) -> Option<Shortfall> {
        self.shortfall
    }

    /// Whether there were entries, and not one had an id.
    pub(crate) fn lacks_every_id(&self) -> bool {
        self.ids.is_empty() && self.nameless > 0
    }

    /// The address of the next page of a list that begins at `first`; `None` at its end.
    pub(crate) fn url(&self, first: &Url) -> Option<Url> {
        match &self.next {
            Next::First => Some(first.clone()),
            Next::Link(url) => Some(url.clone()),
            Next::Skip => {
                let mut url = first.clone();
                let kept = first.query_pairs();
                let kept = kept.filter(|(name, _)| name != "skip" && name != "top");
                url.query_pairs_mut()
                    .clear()
                    .extend_pairs(kept)
                    .append_pair("skip", &self.entries().to_string())
                    .append_pair("top", &self.page_size.to_string());
                Some(url)
            }
            Next::End => None,
        }
    }

    /// Takes a page that was asked for at `url`; `link` leads to the next one.
    pub(crate) fn advance(
        &mut self,
        url: Url,
        asked_at: Moment,
        page: PageOfIds,
        total: Total,
        link: Option<Url>,
    ) {
        self.pages += 1;
        self.asked_at.get_or_insert(asked_at);
        self.visited.insert(url);
        let rows = page.ids.len() as u64 + page.nameless;
        self.page_size = self.page_size.max(rows);
        let known = self.ids.len();
        self.ids.extend(page.ids);
        // Entries without ids cannot be told apart: only those of the first page are new.
        let is_new = self.ids.len() > known || self.pages == 1;
        self.nameless += page.nameless;
        if total.count.is_some() {
            self.total = total;
        }
        let is_followed = total.has_more || total.pages > Some(self.pages as u64);
        self.goes_on = rows > 0 && is_followed;

        let link = link.filter(|link| !self.visited.contains(link));
        let is_refuted = link.is_some() && rows == self.page_size && self.is_total_of_a_page();
        let is_whole = self.total.is_certain && !self.lacks() && !is_refuted;
        let is_too_long = self.pages >= MOST_PAGES || self.entries() >= MOST_ENTRIES;
        let was_asked_on = self.next == Next::Skip;
        self.next = match link {
            _ if rows == 0 || is_whole || is_too_long => Next::End,
            Some(link) if is_new => Next::Link(link),
            // The link led back: asking by position may lead on.
            _ if self.lacks() && (is_new || !was_asked_on) => Next::Skip,
            _ => Next::End,
        };
        let is_cut = is_too_long && is_new && rows > 0 && !is_whole;
        self.note_shortfall(is_cut);
    }

    /// Takes note of when a page was asked for that is not there.
    pub(crate) fn note_asked(&mut self, at: Moment) {
        self.asked_at.get_or_insert(at);
    }

    /// Takes note that there is no page at the address of the next one.
    pub(crate) fn end_of_pages(&mut self) {
        self.pages += 1;
        self.next = match self.next {
            Next::Link(_) if self.lacks() => Next::Skip,
            _ => Next::End,
        };
        self.note_shortfall(false);
    }

    fn entries(&self) -> u64 {
        self.ids.len() as u64 + self.nameless
    }

    fn lacks(&self) -> bool {
        match self.total {
            Total {
                count: Some(total),
                is_certain: true,
                ..
            } => total > self.entries(),
            total => total.count > Some(self.entries()) || self.goes_on,
        }
    }

    /// Whether the total may count a page, or less: the pages before it are more.
    fn is_total_of_a_page(&self) -> bool {
        let total = self.total.count;
        total.is_some_and(|total| total <= self.page_size || total < self.entries())
    }

    fn note_shortfall(&mut self, is_cut: bool) {
        if self.is_at_end() && (is_cut || self.lacks()) {
            self.shortfall = Some(Shortfall {
                listed: self.entries(),
                total: (self.total.count).filter(|total| *total > self.entries()),
            });
        }
    }
}

#[cfg(test)]
mod tests;
