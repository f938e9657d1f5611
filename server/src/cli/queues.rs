//! `queuewall queues`: ids and names, to find or verify an id, and what a board of
//! every queue leaves out.

use std::io::{self, Write};

use cxone::QueueInfo;
use queuewall_shared::label::clean;
use serde::Serialize;

use super::{
    exit::{Exit, Failure},
    table::{self, Align, Column, Format},
    upstream::Upstream,
};
use crate::remedy;

/// A queue as scripts see it. What CXone did not say is `null`.
#[derive(Serialize)]
struct QueueRow {
    queue_id: String,
    name: Option<String>,
    media_type: Option<String>,
    active: Option<bool>,
    /// Why a board of every queue leaves it out; `null` where it does not.
    left_out: Option<String>,
}

impl From<QueueInfo> for QueueRow {
    fn from(queue: QueueInfo) -> Self {
        Self {
            queue_id: queue.id,
            name: queue.name,
            media_type: queue.media_type,
            active: queue.is_active,
            left_out: queue.left_out.as_ref().map(remedy::left_out),
        }
    }
}

/// Prints the queue list. Where CXone shows no queue, JSON is an empty list, and the
/// end [`Exit::NotFound`].
pub(super) async fn run(
    upstream: &mut Upstream<'_>,
    format: Format,
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    let listed = upstream.list_queues().await;
    if let (Err(cxone::Error::NothingVisible { .. }), Format::Json) = (&listed, format) {
        writeln!(out, "[]")?;
    }
    let rows: Vec<_> = listed?.into_iter().map(QueueRow::from).collect();
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &rows).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Table => write_table(out, &rows)?,
    }
    Ok(Exit::Done)
}

/// Only ids and names have their column always: one dialect knows nothing else.
fn write_table(out: &mut dyn Write, rows: &[QueueRow]) -> io::Result<()> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let active = |active: Option<bool>| match active {
        Some(true) => "yes".to_owned(),
        Some(false) => "no".to_owned(),
        None => String::new(),
    };
    let ids = rows.iter().map(|row| row.queue_id.clone());
    let names = rows.iter().map(|row| {
        // One that nobody can see is none.
        row.name.as_deref().and_then(clean).unwrap_or_default()
    });
    let columns = [
        Some(Column::new("QUEUE ID", Align::Left, ids)),
        Some(Column::new("NAME", Align::Left, names)),
        Column::unless_empty("MEDIA TYPE", rows.iter().map(|row| text(&row.media_type))),
        Column::unless_empty("ACTIVE", rows.iter().map(|row| active(row.active))),
        Column::unless_empty(
            "LEFT OUT BECAUSE",
            rows.iter().map(|row| text(&row.left_out)),
        ),
    ];
    let columns: Vec<_> = columns.into_iter().flatten().collect();
    table::write(out, &columns)
}

#[cfg(test)]
mod tests {
    use super::{super::upstream::tests::Tenant, *};
    use cxone::budget::RequestBudget;

    async fn printed(tenant: &Tenant, format: Format) -> (Result<Exit, Failure>, String) {
        let (budget, mut notes, mut out) = (RequestBudget::new(10), Vec::new(), Vec::new());
        let mut upstream = Upstream::new(tenant, &budget, &mut notes);
        let end = run(&mut upstream, format, &mut out).await;
        assert_eq!(notes, b"");
        (end, String::from_utf8(out).unwrap())
    }

    #[tokio::test]
    async fn ids_and_names_are_listed_as_json_or_as_a_table() {
        let mut tenant = Tenant::of(&["4711", "9"]);
        tenant.queues[1].name = None;
        let (end, json) = printed(&tenant, Format::Json).await;
        assert_eq!(end, Ok(Exit::Done));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&json).unwrap(),
            serde_json::json!([
                {
                    "queue_id": "4711", "name": "Queue 4711",
                    "media_type": null, "active": null, "left_out": null
                },
                {
                    "queue_id": "9", "name": null,
                    "media_type": null, "active": null, "left_out": null
                }
            ])
        );
        let (_, table) = printed(&tenant, Format::Table).await;
        assert_eq!(table, "QUEUE ID  NAME\n4711      Queue 4711\n9\n");
    }

    #[tokio::test]
    async fn queue_list_has_optional_columns_when_a_queue_has_values() {
        let mut tenant = Tenant::of(&["4711", "9"]);
        tenant.leaves_out("9", cxone::LeftOut::Inactive);
        let (_, table) = printed(&tenant, Format::Table).await;
        assert_eq!(
            table,
            "QUEUE ID  NAME        LEFT OUT BECAUSE\n\
             4711      Queue 4711\n\
             9         Queue 9     inactive: CXONE_INACTIVE_SKILLS=true shows it\n"
        );

        tenant.describe = |info| {
            info.media_type = Some("Call".to_owned());
            info.is_active = Some(info.left_out.is_none());
        };
        let (_, table) = printed(&tenant, Format::Table).await;
        assert_eq!(
            table,
            "QUEUE ID  NAME        MEDIA TYPE  ACTIVE  LEFT OUT BECAUSE\n\
             4711      Queue 4711  Call        yes\n\
             9         Queue 9     Call        no      inactive: CXONE_INACTIVE_SKILLS=true shows it\n"
        );
        let (_, json) = printed(&tenant, Format::Json).await;
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&json).unwrap()[1],
            serde_json::json!({
                "queue_id": "9", "name": "Queue 9", "media_type": "Call", "active": false,
                "left_out": "inactive: CXONE_INACTIVE_SKILLS=true shows it"
            })
        );
    }

    #[tokio::test]
    async fn queue_list_exits_not_found_when_no_queue_is_visible() {
        for (format, text) in [(Format::Json, "[]\n"), (Format::Table, "")] {
            let (end, out) = printed(&Tenant::default(), format).await;
            let failure = end.unwrap_err();
            assert_eq!((failure.exit, out.as_str()), (Exit::NotFound, text));
            let message = failure.message.unwrap();
            assert!(message.starts_with("signed in, but there is no queue to show: "));
        }
    }

    #[tokio::test]
    async fn a_list_that_fails_prints_nothing_not_even_an_empty_list() {
        let mut tenant = Tenant::of(&["1"]);
        tenant.list = Some(cxone::Error::Forbidden {
            remedy: cxone::Remedy::QueueScope,
        });
        let (end, out) = printed(&tenant, Format::Json).await;
        assert_eq!(
            (end.unwrap_err().exit, out.as_str()),
            (Exit::Permission, "")
        );
    }
}
