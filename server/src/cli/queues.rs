//! `queuewall queues`: ids and names, to find or verify an id.

use std::io::{self, Write};

use serde::Serialize;

use super::{
    exit::{Exit, Failure},
    table::{self, Align, Column, Format},
    upstream::Upstream,
};
use crate::source::SourceError;

/// A queue as scripts see it; what CXone did not say is `null`.
#[derive(Serialize)]
struct QueueRow {
    queue_id: String,
    name: Option<String>,
    media_type: Option<String>,
    active: Option<bool>,
    /// Why a board of every queue leaves it out.
    left_out: Option<String>,
}

/// Prints the queue list. Where none is visible that is said on stderr, and the end is
/// [`Exit::NotFound`].
pub(super) async fn run(
    upstream: &mut Upstream<'_>,
    format: Format,
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    let (queues, nothing) = match upstream.list_queues().await {
        Ok(queues) => (queues, None),
        Err(error @ SourceError::NothingVisible { .. }) => (Vec::new(), Some(error)),
        Err(error) => return Err(error.into()),
    };
    let rows: Vec<_> = queues
        .into_iter()
        .map(|queue| QueueRow {
            queue_id: queue.id,
            name: queue.name,
            media_type: queue.media_type,
            active: queue.is_active,
            left_out: queue.left_out,
        })
        .collect();
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &rows).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        Format::Table => write_table(out, &rows)?,
    }
    if let Some(error) = nothing {
        upstream.note(&format!("error: {error}"))?;
        return Ok(Exit::from(&error));
    }
    Ok(Exit::Done)
}

fn write_table(out: &mut dyn Write, rows: &[QueueRow]) -> io::Result<()> {
    let yes_or_no = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
    let always = [
        Column::new("QUEUE ID", Align::Left, rows, |row| row.queue_id.clone()),
        Column::new("NAME", Align::Left, rows, |row| {
            row.name.clone().unwrap_or_default()
        }),
    ];
    let sometimes = [
        Column::unless_empty("MEDIA TYPE", Align::Left, rows, |row| {
            row.media_type.clone()
        }),
        Column::unless_empty("ACTIVE", Align::Left, rows, |row| row.active.map(yes_or_no)),
        Column::unless_empty(
            "LEFT OUT OF BOARDS OF EVERY QUEUE",
            Align::Left,
            rows,
            |row| row.left_out.clone(),
        ),
    ];
    table::write(
        out,
        always.into_iter().chain(sometimes.into_iter().flatten()),
    )
}

#[cfg(test)]
mod tests {
    use super::{super::upstream::tests::Tenant, *};
    use crate::budget::RequestBudget;

    async fn printed(tenant: &Tenant, format: Format) -> (Exit, String, String) {
        let (budget, mut notes, mut out) = (RequestBudget::new(10), Vec::new(), Vec::new());
        let mut upstream = Upstream::new(tenant, &budget, &mut notes);
        let exit = run(&mut upstream, format, &mut out).await.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (exit, text(out), text(notes))
    }

    #[tokio::test]
    async fn ids_and_names_are_listed_as_json_or_as_a_table() {
        let mut tenant = Tenant::of(&["4711", "9"]);
        tenant.queues[1].name = None;
        let (exit, json, notes) = printed(&tenant, Format::Json).await;
        assert_eq!((exit, notes.as_str()), (Exit::Done, ""));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&json).unwrap(),
            serde_json::json!([
                {"queue_id": "4711", "name": "Queue 4711", "media_type": null, "active": null,
                 "left_out": null},
                {"queue_id": "9", "name": null, "media_type": null, "active": null, "left_out": null}
            ])
        );
        let (_, table, _) = printed(&tenant, Format::Table).await;
        assert_eq!(table, "QUEUE ID  NAME\n4711      Queue 4711\n9\n");
    }

    #[tokio::test]
    async fn what_more_is_known_of_some_queue_has_a_column() {
        let mut tenant = Tenant::of(&["4711", "9"]);
        tenant.left_out = vec![("9".into(), "inactive: SETTING=true shows it".into())];
        let (_, table, _) = printed(&tenant, Format::Table).await;
        assert_eq!(
            table,
            "QUEUE ID  NAME        MEDIA TYPE  ACTIVE  LEFT OUT OF BOARDS OF EVERY QUEUE\n\
             4711      Queue 4711  Call        yes     –\n\
             9         Queue 9     Call        no      inactive: SETTING=true shows it\n"
        );
        let (_, json, _) = printed(&tenant, Format::Json).await;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json[1]["active"], false);
        assert_eq!(json[1]["left_out"], "inactive: SETTING=true shows it");
    }

    #[tokio::test]
    async fn an_empty_list_is_a_state_of_its_own() {
        let (exit, json, notes) = printed(&Tenant::default(), Format::Json).await;
        assert_eq!((exit, json.as_str()), (Exit::NotFound, "[]\n"));
        assert!(notes.starts_with("error: signed in, but CXone shows us no queue: check"));
    }
}
