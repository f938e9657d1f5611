//! Lists that come in pages: the link from one to the next, followed to the end.

#[cfg(any(test, fuzzing))]
pub(super) mod fuzzing;

use std::collections::HashSet;

use reqwest::Url;
use serde_json::Value;

use super::{
    BaseUrl,
    json::{self, kind, unexpected},
    session::Session,
    transport::Answer,
};
use crate::{clock::Moment, metrics::CallKind, source::SourceError};

/// A longer list is taken for a mistake.
const MOST_PAGES: usize = 100;

/// Where a list is, and by which setting.
pub(super) struct List<'a> {
    /// The only origin that is followed to.
    pub(super) base_url: &'a BaseUrl,
    pub(super) setting: &'static str,
    /// What it is read for.
    pub(super) kind: CallKind,
    pub(super) first: Url,
    /// What it lists, in words.
    pub(super) name: &'static str,
}

/// What was read.
pub(super) struct Pages {
    pub(super) count: usize,
    /// When the first one was asked for.
    pub(super) asked_at: Option<Moment>,
}

impl List<'_> {
    /// Reads every page: `check` judges its status, `read` takes what is on it.
    ///
    /// # Errors
    /// Of any page, and of a link that leads nowhere: half a list would pass for a
    /// whole one.
    pub(super) async fn read_all(
        &self,
        session: &Session,
        check: impl Fn(&Answer) -> Result<(), SourceError> + Send,
        mut read: impl FnMut(&Value) -> Result<(), SourceError> + Send,
    ) -> Result<Pages, SourceError> {
        let (mut url, mut visited) = (self.first.clone(), HashSet::new());
        let mut asked_at = None;
        // A link back to a page that was read ends the list: nothing new is there.
        while visited.insert(url.clone()) {
            if visited.len() > MOST_PAGES {
                let name = self.name;
                return Err(unexpected(format!(
                    "a {name} of more than {MOST_PAGES} pages"
                )));
            }
            let answer = session
                .send(self.kind, self.setting, || {
                    session.transport().get(url.clone())
                })
                .await?;
            check(&answer)?;
            asked_at.get_or_insert(answer.sent_at);
            let body = json::parse(&answer)?;
            read(&body)?;
            let Some(next) = self.next_link(&body)? else {
                break;
            };
            url = self.base_url.follow(&url, &next).ok_or_else(|| {
                unexpected(format!("the {}'s next page is on another host", self.name))
            })?;
        }
        Ok(Pages {
            count: visited.len(),
            asked_at,
        })
    }

    /// The link to the next page, under any of its usual names, with or without a
    /// `resultSet` around it.
    fn next_link(&self, body: &Value) -> Result<Option<String>, SourceError> {
        let bodies = || [body.get("resultSet"), Some(body)].into_iter().flatten();
        let inside = bodies().filter_map(|body| body.get("_links")?.get("next"));
        let outside = bodies().flat_map(|body| {
            ["nextUri", "next", "nextPage"]
                .into_iter()
                .filter_map(|name| body.get(name))
        });
        for value in inside.chain(outside) {
            let link = match value {
                Value::Object(link) => link.get("href").unwrap_or(&Value::Null),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cxone::json::arbitrary::any_json;
    use proptest::prelude::*;
    use serde_json::json;

    fn next_link(body: &Value) -> Result<Option<String>, SourceError> {
        let base_url = BaseUrl::parse("https://api.example.com").unwrap();
        let list = List {
            base_url: &base_url,
            setting: "CXONE_BASE_URL",
            kind: CallKind::QueueList,
            first: base_url.endpoint("/list"),
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
                Err(SourceError::UnexpectedShape { .. }) => {}
                Err(other) => prop_assert!(false, "{other:?}"),
            }
        }
    }
}
