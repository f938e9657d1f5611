//! What happened, in the order in which it did.

use sqlx::{AssertSqlSafe, Row as _};

use crate::{Result, Store, lease::Fence, rows, state::put_state};

/// How many rows one statement inserts.
const ROWS_A_STATEMENT: usize = 500;

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A queue's level on a board changed.
    Level,
    /// The state of the reads of a board changed.
    Upstream,
    /// The server started, stopped or applied another configuration.
    Server,
}

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Milliseconds since 1970.
    pub at_ms: i64,
    /// What it is about.
    pub kind: EventKind,
    /// The board's slug; `None` where it is about all.
    pub board: Option<String>,
    /// The queue's id.
    pub queue: Option<String>,
    /// The rest, as JSON.
    pub detail: String,
}

impl EventKind {
    const ALL: [Self; 3] = [Self::Level, Self::Upstream, Self::Server];

    /// Its name in the database and in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Level => "level",
            Self::Upstream => "upstream",
            Self::Server => "server",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl Store {
    /// Keeps events, and texts by their names, in one transaction. Of a holder of the lease, which
    /// gives its `fence`: only while it holds it. Whether they are kept.
    ///
    /// # Errors
    /// When the database does not take them; then none is kept.
    pub async fn write_events(
        &self,
        events: &[Event],
        state: &[(String, String)],
        fence: Option<Fence>,
    ) -> Result<bool> {
        let mut transaction = self.begin().await?;
        for events in events.chunks(ROWS_A_STATEMENT) {
            let insert = format!(
                "INSERT INTO event (at_ms, kind, board, queue, detail) VALUES {}",
                rows(1, events.len(), 5)
            );
            // Another text for each number of rows: prepared once.
            let mut query = sqlx::query(AssertSqlSafe(insert)).persistent(false);
            for event in events {
                query = query.bind(event.at_ms).bind(event.kind.name());
                query = query.bind(&event.board).bind(&event.queue);
                query = query.bind(&event.detail);
            }
            query.execute(&mut *transaction).await?;
        }
        put_state(&mut transaction, state).await?;
        // Last, since a renewal of the lease waits for its row.
        if let Some(fence) = fence
            && !self.is_held(&mut transaction, fence).await?
        {
            transaction.rollback().await?;
            return Ok(false);
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// The first events of a board, and those of all, from one time and before another.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn events(
        &self,
        board: &str,
        from_ms: i64,
        to_ms: i64,
        limit: i64,
    ) -> Result<Vec<Event>> {
        // A kind of a newer program is passed over, and does not count.
        let kinds = EventKind::ALL.map(|kind| format!("'{}'", kind.name()));
        let select = format!(
            "SELECT at_ms, kind, board, queue, detail FROM event WHERE (board = $1 OR board IS NULL) \
             AND at_ms >= $2 AND at_ms < $3 AND kind IN ({}) ORDER BY at_ms, key LIMIT $4",
            kinds.join(", ")
        );
        let query = sqlx::query(AssertSqlSafe(select)).bind(board);
        let rows = query
            .bind(from_ms)
            .bind(to_ms)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        let mut events = Vec::with_capacity(rows.len());
        for row in rows {
            let kind: String = row.try_get(1)?;
            let Some(kind) = EventKind::from_name(&kind) else {
                continue;
            };
            events.push(Event {
                at_ms: row.try_get(0)?,
                kind,
                board: row.try_get(2)?,
                queue: row.try_get(3)?,
                detail: row.try_get(4)?,
            });
        }
        Ok(events)
    }
}
