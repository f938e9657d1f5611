//! `queuewall queues`: ids and names, to find or verify an id.

use std::io::Write;

use serde::Serialize;

use super::{
    exit::{Exit, Failure},
    table::{self, Align, Format},
    upstream::Upstream,
};

/// A queue as scripts see it.
#[derive(Serialize)]
struct QueueRow {
    queue_id: String,
    name: Option<String>,
}

/// What to say where the list is empty: no error, and yet nothing to show.
pub(super) const EMPTY_LIST: &str = "CXone shows this API client no queue: check CXONE_TENANT_ID, \
     and what the API client may see under Administration > Security > API Clients";

/// Prints the queue list. An empty one ends with [`Exit::NotFound`].
pub(super) async fn run(
    upstream: &mut Upstream<'_>,
    format: Format,
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    let rows: Vec<_> = upstream
        .list_queues()
        .await?
        .into_iter()
        .map(|queue| QueueRow {
            queue_id: queue.id,
            name: queue.name,
        })
        .collect();
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &rows).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        Format::Table => {
            let cells: Vec<_> = rows
                .iter()
                .map(|row| [row.queue_id.clone(), row.name.clone().unwrap_or_default()])
                .collect();
            table::write(
                out,
                [("QUEUE ID", Align::Left), ("NAME", Align::Left)],
                &cells,
            )?;
        }
    }
    if rows.is_empty() {
        upstream.note(&format!("error: {EMPTY_LIST}"))?;
        return Ok(Exit::NotFound);
    }
    Ok(Exit::Done)
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
                {"queue_id": "4711", "name": "Queue 4711"},
                {"queue_id": "9", "name": null}
            ])
        );
        let (_, table, _) = printed(&tenant, Format::Table).await;
        assert_eq!(table, "QUEUE ID  NAME\n4711      Queue 4711\n9\n");
    }

    #[tokio::test]
    async fn an_empty_list_is_a_state_of_its_own() {
        let (exit, json, notes) = printed(&Tenant::default(), Format::Json).await;
        assert_eq!((exit, json.as_str()), (Exit::NotFound, "[]\n"));
        assert!(notes.starts_with("error: CXone shows this API client no queue: check"));
    }
}
