//! A page of the queue list. Its shape is not given, so several are understood.

use serde_json::{Map, Value};

use crate::{
    Error, PageOfIds, QueueInfo,
    json::{Fields, OddFields},
    paging,
};

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) queues: Vec<QueueInfo>,
    /// How many entries have no id.
    nameless: u64,
    pub(super) odd: OddFields,
}

impl Page {
    pub(super) fn ids(&self) -> PageOfIds {
        PageOfIds {
            ids: self.queues.iter().map(|queue| queue.id.clone()).collect(),
            nameless: self.nameless,
        }
    }
}

/// Reads a list at the top level, or under `queues` or `entities`.
pub(super) fn page(body: &Value) -> Result<Page, Error> {
    let mut page = Page::default();
    let entries = match body {
        Value::Array(entries) => entries,
        body => paging::entries(body, &["queues", "entities"], "queue list")?,
    };
    for entry in entries {
        match entry.as_object().and_then(|it| queue(it, &mut page.odd)) {
            Some(queue) => page.queues.push(queue),
            None => {
                page.nameless += 1;
                page.odd.note("queueId (missing)");
            }
        }
    }
    Ok(page)
}

fn queue(entry: &Map<String, Value>, odd: &mut OddFields) -> Option<QueueInfo> {
    let mut fields = Fields::new(entry, odd);
    let id = match fields.id("queueId") {
        Some(id) => id,
        None => fields.id("id")?,
    };
    Some(QueueInfo {
        id,
        name: fields.text("name"),
        ..QueueInfo::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::any_json::any_json;
    use proptest::prelude::*;
    use serde_json::json;

    fn info(id: &str, name: Option<&str>) -> QueueInfo {
        QueueInfo {
            id: id.to_owned(),
            name: name.map(str::to_owned),
            ..QueueInfo::default()
        }
    }

    #[test]
    fn every_known_shape_gives_the_same_list() {
        let by_id = json!([{"id": 1, "name": "Sales"}, {"id": "2"}]);
        let by_queue_id =
            json!([{"queueId": "1", "name": "Sales", "id": 9}, {"queueId": 2, "name": " "}]);
        let expected = [info("1", Some("Sales")), info("2", None)];
        for list in [by_id, by_queue_id] {
            for body in [
                list.clone(),
                json!({"queues": list}),
                json!({"entities": list, "pageCount": 1}),
                json!({"queues": null, "entities": list}),
            ] {
                assert_eq!(page(&body).unwrap().queues, expected, "{body}");
            }
        }
    }

    #[test]
    fn an_empty_list_is_not_an_unknown_shape() {
        for empty in [
            json!([]),
            json!({"queues": []}),
            json!({"entities": null}),
            json!({"resultSet": null}),
            json!({"totalRecords": 0}),
            json!({"total": "0", "pageCount": 0}),
        ] {
            assert_eq!(page(&empty).unwrap(), Page::default());
        }
        for wrong in [
            json!(null),
            json!("x"),
            json!({}),
            json!({"items": []}),
            json!({"queues": {"id": 1}}),
        ] {
            assert!(
                matches!(page(&wrong), Err(Error::UnexpectedShape { .. })),
                "{wrong}"
            );
        }
    }

    #[test]
    fn entries_without_an_id_are_skipped() {
        let body = json!({"queues": [{"name": "x"}, 1, null, {"queueId": true, "id": 4}]});
        let page = page(&body).unwrap();
        assert_eq!(page.queues, [info("4", None)]);
        assert_ne!(page.odd, OddFields::default());
    }

    proptest! {
        #[test]
        fn any_json_is_a_page_or_a_named_error(body in any_json()) {
            match page(&body) {
                Ok(page) => for queue in page.queues {
                    prop_assert!(!queue.id.trim().is_empty());
                },
                Err(Error::UnexpectedShape { .. }) => {}
                Err(other) => prop_assert!(false, "{other:?}"),
            }
        }
    }
}
