//! Lists that come in pages: the link from one to the next, followed to the end.

#[cfg(any(test, fuzzing))]
#[path = "../tests/fuzzing/paging.rs"]
pub(super) mod fuzzing;
mod link_header;

pub(super) use link_header::next_in;

use std::sync::{Mutex, PoisonError};

use reqwest::{StatusCode, Url};
use serde_json::Value;

use super::{
    BaseUrl,
    answer::Answer,
    json::{self, kind, unexpected},
    session::Session,
};
use crate::{
    CallKind, Cursor, Error, PageOfIds, QueueInfo, QueueList, QueueSource, Remedy, Setting,
    Shortfall, Total,
};

/// Under which names an answer says how many entries there are, in lower case and without
/// `_` and `-`. The first ones count those of all pages for certain.
const TOTALS: [&str; 9] = [
    "totalrecords",
    "totalrecordcount",
    "totalcount",
    "totalelements",
    "totalentries",
    "totalitems",
    "totalresults",
    "totalhits",
    "total",
];

/// How many of those names are certain.
const CERTAIN: usize = 2;

/// Under which names an answer says how many pages there are.
const PAGE_COUNTS: [&str; 3] = ["totalpages", "totalpagecount", "pagecount"];

/// What is beside a `pageCount` that counts pages, and not the entries of one.
const BESIDE_PAGE_COUNT: [&str; 5] = ["pagenumber", "pagesize", "pageindex", "currentpage", "page"];

/// Under which names an answer says that more follows.
const MORE: [&str; 3] = ["hasmore", "hasnext", "hasnextpage"];

/// In which objects they may be.
const AROUND_TOTALS: [&str; 7] = [
    "resultset",
    "page",
    "paging",
    "pagination",
    "meta",
    "metadata",
    "data",
];

/// The fields that may hold a link to the next page, in addition to `next` in `_links`.
const NEXT_LINKS: [&str; 7] = [
    "nextUri",
    "next",
    "nextPage",
    "nextLink",
    "nextUrl",
    "nextPageUri",
    "nextPageUrl",
];

/// Where a list is, and by which setting.
pub(super) struct List<'a> {
    /// Where every page is asked for.
    pub(super) base_url: &'a BaseUrl,
    pub(super) setting: Setting,
    /// What it is read for.
    pub(super) kind: CallKind,
    pub(super) first: Url,
    /// How many entries a page is asked to hold. After as many there may be more, where the
    /// answer does not say how many there are.
    pub(super) top: Option<u64>,
    /// What it lists, in words.
    pub(super) name: &'static str,
}

impl List<'_> {
    /// Reads the next page: `check` judges its status, `read` takes what is on it. An error
    /// leaves the cursor where it is.
    ///
    /// # Errors
    /// Of the page, and of a link that leads nowhere, where nothing else says how the list
    /// goes on: half a list would pass for a whole one.
    pub(super) async fn read_page(
        &self,
        session: &Session,
        cursor: &mut Cursor,
        check: impl Fn(&Answer) -> Result<(), Error> + Send,
        read: impl FnOnce(&Answer, &Value) -> Result<PageOfIds, Error> + Send,
    ) -> Result<(), Error> {
        let Some(url) = cursor.url(&self.first) else {
            return Ok(());
        };
        let answer = session
            .send(self.kind, self.setting, || {
                session.transport().get(url.clone())
            })
            .await?;
        let is_missing = matches!(
            answer.status,
            StatusCode::BAD_REQUEST
                | StatusCode::NOT_FOUND
                | StatusCode::METHOD_NOT_ALLOWED
                | StatusCode::GONE
                | StatusCode::RANGE_NOT_SATISFIABLE
                | StatusCode::UNPROCESSABLE_ENTITY
        );
        let is_missing =
            is_missing || answer.status.is_success() && answer.body.trim_ascii().is_empty();
        if answer.has_no_content() || is_missing && !cursor.is_at_start() {
            cursor.note_asked(answer.sent_at);
            cursor.end_of_pages();
            return Ok(());
        }
        check(&answer)?;
        let body = json::parse(&answer)?;
        let mut total = total_in(&body);
        let link = self.link_from(&url, &body, answer.next_link.as_deref());
        let link = match link {
            Err(error) if total.count.is_none() => return Err(error),
            link => link.ok().flatten(),
        };
        let page = read(&answer, &body)?;
        let rows = page.ids.len() as u64 + page.nameless;
        total.has_more |= total.count.is_none() && self.top == Some(rows);
        cursor.advance(url, answer.sent_at, page, total, link);
        Ok(())
    }

    /// The address of the page after the one at `url`: that of the body, else of the header.
    fn link_from(
        &self,
        url: &Url,
        body: &Value,
        header: Option<&str>,
    ) -> Result<Option<Url>, Error> {
        let link = match (self.next_link(body), header) {
            (Ok(Some(link)), _) => link,
            (_, Some(link)) => link.to_owned(),
            (none, None) => return none.map(|_| None),
        };
        let next = self.base_url.follow(url, &link);
        let no_address = || format!("the {}'s next page is no web address", self.name);
        next.map(Some).ok_or_else(|| unexpected(no_address()))
    }

    /// The link to the next page, under any of its usual names, with or without a
    /// `resultSet` around it.
    fn next_link(&self, body: &Value) -> Result<Option<String>, Error> {
        let bodies = || {
            [json::get(body, "resultSet"), Some(body)]
                .into_iter()
                .flatten()
        };
        let around = ["_links", "links", "paging", "pagination"];
        let inside = bodies()
            .flat_map(|body| around.map(|name| json::get(json::get(body, name)?, "next")))
            .flatten();
        let outside = bodies()
            .flat_map(|body| NEXT_LINKS.map(|name| json::get(body, name)))
            .flatten();
        for value in inside.chain(outside) {
            let link = match value {
                Value::Object(_) => json::get(value, "href").unwrap_or(&Value::Null),
                value => value,
            };
            match link {
                Value::Null | Value::Bool(false) => {}
                Value::String(link) if link.trim().is_empty() => {}
                Value::String(link) => return Ok(Some(link.clone())),
                other => {
                    return Err(unexpected(format!(
                        "the {}'s next page is {}, not a link",
                        self.name,
                        kind(other)
                    )));
                }
            }
        }
        Ok(None)
    }
}

/// Reads every page of a source's queue list.
pub(super) async fn read_whole(source: &dyn QueueSource) -> Result<Vec<QueueInfo>, Error> {
    let mut list = QueueList::default();
    while !list.is_complete() {
        source.list_page(&mut list).await?;
    }
    Ok(list.queues)
}

/// Adds the queues of a page, of those with the same id the first. `id` is the name of the
/// field that holds it, and `empty` says what to check where there is no queue.
///
/// # Errors
/// [`Error::NothingVisible`] for a complete list without an entry,
/// [`Error::UnexpectedShape`] for one whose entries have no id.
pub(super) fn add(
    list: &mut QueueList,
    new: Vec<QueueInfo>,
    id: &str,
    empty: Remedy,
) -> Result<(), Error> {
    list.add(new);
    if !list.is_complete() || !list.queues.is_empty() {
        return Ok(());
    }
    // The next try begins at the first page.
    let list = std::mem::take(list);
    Err(if list.cursor.lacks_every_id() {
        unexpected(format!("no entry of the list has a {id}"))
    } else {
        Error::NothingVisible { remedy: empty }
    })
}

/// What to do about an incomplete list of queues or their numbers, beside reporting it.
pub(super) const BY_IDS: &str = "read queues by their ids, or ";

/// The latest shortfall of a list, so that the log has one line a change.
#[derive(Debug, Default)]
pub(super) struct LoggedShortfall(Mutex<Option<Shortfall>>);

impl LoggedShortfall {
    /// Says so where it changed. `remedy` is what else to do than to report it.
    pub(super) fn note(&self, list: &str, shortfall: Option<Shortfall>, remedy: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match shortfall {
            _ if *known == shortfall => {}
            Some(shortfall) => {
                tracing::warn!(
                    "the {list} is incomplete: {shortfall}; {remedy}report it to CXone's support"
                );
            }
            None => tracing::info!("the {list} is whole again"),
        }
        *known = shortfall;
    }
}

/// The entries of a page: a list under one of `names`, with or without a `resultSet` around
/// it. A null is an empty list, and so is none where the answer counts 0 entries.
///
/// # Errors
/// [`Error::UnexpectedShape`] for anything else: it is not the same as no entries.
pub(super) fn entries<'a>(
    body: &'a Value,
    names: &[&'static str],
    what: &str,
) -> Result<&'a [Value], Error> {
    if !body.is_object() {
        let kind = kind(body);
        return Err(unexpected(format!("the {what} is {kind}, not an object")));
    }
    let inner = json::get(body, "resultSet");
    let named: Vec<_> = ([inner, Some(body)].into_iter().flatten())
        .flat_map(|object| names.iter().map(|name| (*name, json::get(object, name))))
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    if let Some(entries) = named.iter().find_map(|(_, value)| value.as_array()) {
        return Ok(entries);
    }
    if let Some((name, other)) = named.iter().find(|(_, value)| !value.is_null()) {
        let kind = kind(other);
        return Err(unexpected(format!("{name} is {kind}, not a list")));
    }
    if !named.is_empty() || inner == Some(&Value::Null) || total_in(body).count == Some(0) {
        return Ok(&[]);
    }
    if json::has_error(body) {
        return Err(unexpected(format!("it has an error instead of the {what}")));
    }
    let names = names.join(" or ");
    Err(unexpected(format!("the {what} has no {names}")))
}

/// How many entries and pages an answer says that there are.
pub(super) fn total_in(body: &Value) -> Total {
    let mut found = [None; TOTALS.len()];
    let mut total = Total::default();
    collect_totals(body, 2, &mut found, &mut total);
    let place = found.iter().position(Option::is_some);
    total.count = place.and_then(|place| found[place]);
    total.is_certain = place.is_some_and(|place| place < CERTAIN);
    total
}

fn collect_totals(body: &Value, depth: usize, found: &mut [Option<u64>], total: &mut Total) {
    let object = body.as_object().into_iter().flatten();
    let plain = |name: &str| name.to_ascii_lowercase().replace(['_', '-'], "");
    let counts_pages =
        (object.clone()).any(|(name, _)| BESIDE_PAGE_COUNT.contains(&plain(name).as_str()));
    for (name, value) in object {
        let name = plain(name);
        if let Some(place) = TOTALS.iter().position(|total| *total == name) {
            found[place] = found[place].max(json::count(value));
        } else if PAGE_COUNTS.contains(&name.as_str()) && (counts_pages || name != "pagecount") {
            total.pages = total.pages.max(json::count(value));
        } else if MORE.contains(&name.as_str()) {
            total.has_more |= json::flag(value) == Some(true);
        } else if depth > 0 && AROUND_TOTALS.contains(&name.as_str()) {
            collect_totals(value, depth - 1, found, total);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::any_json::any_json;
    use proptest::prelude::*;
    use serde_json::json;

    fn next_link(body: &Value) -> Result<Option<String>, Error> {
        let base_url = BaseUrl::parse("https://api.example.com").unwrap();
        let list = List {
            base_url: &base_url,
            setting: Setting::BaseUrl,
            kind: CallKind::QueueList,
            first: base_url.endpoint("/list"),
            top: None,
            name: "list",
        };
        list.next_link(body)
    }

    #[test]
    fn a_next_link_is_found_under_its_usual_names() {
        for (links, expected) in [
            (
                json!({"_links": {"next": "/p2", "self": "/p1"}}),
                Some("/p2"),
            ),
            (json!({"_links": {"next": {"href": "/p2"}}}), Some("/p2")),
            (json!({"nextUri": "/p2"}), Some("/p2")),
            (json!({"nextLink": "/p2"}), Some("/p2")),
            (json!({"paging": {"next": "/p2"}}), Some("/p2")),
            (json!({"next": "?page=2"}), Some("?page=2")),
            (json!({"nextPage": {"href": "/p2"}}), Some("/p2")),
            (
                json!({"resultSet": {"_links": {"next": "/p2"}}, "_links": null}),
                Some("/p2"),
            ),
            (
                json!({"_links": {"next": null}, "nextUri": "/p2"}),
                Some("/p2"),
            ),
            (json!({"_links": {"next": null}}), None),
            (json!({"_links": null, "next": ""}), None),
            (json!({"nextPage": false, "next": {}}), None),
        ] {
            let mut body = links.clone();
            body["queues"] = json!([]);
            assert_eq!(next_link(&body).unwrap().as_deref(), expected, "{links}");
        }
        for unfollowable in [
            json!({"queues": [], "nextPage": 2}),
            json!({"queues": [], "next": ["x"]}),
        ] {
            assert!(next_link(&unfollowable).is_err());
        }
    }

    proptest! {
        #[test]
        fn any_json_has_a_link_or_none_or_a_named_error(body in any_json()) {
            match next_link(&body) {
                Ok(link) => prop_assert!(link.is_none_or(|link| !link.trim().is_empty())),
                Err(Error::UnexpectedShape { .. }) => {}
                Err(other) => prop_assert!(false, "{other:?}"),
            }
        }
    }
}
