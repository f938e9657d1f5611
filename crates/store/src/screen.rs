//! Screens: the last report of each, of all servers that share the database.
//!
//! All times are the database's: servers whose clocks differ agree on how old a report is.

use std::time::Duration;

use sqlx::{AnyConnection, AssertSqlSafe, Row as _, any::AnyRow};

use crate::{Result, Store};

/// How many rows one statement inserts.
const ROWS_A_STATEMENT: usize = 500;

/// The values of a row that the caller hands in.
const WIDTH: usize = 9;

/// What tells screens apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScreenKey {
    /// The hash of the link's token in hexadecimal; empty without one.
    pub link: String,
    /// The slug of the board.
    pub board: String,
    /// The screen's name, or the id of its page.
    pub name: String,
    /// Whether it is a name.
    pub is_named: bool,
}

/// A screen as it was last heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptScreen {
    /// Which one.
    pub key: ScreenKey,
    /// The server that heard it.
    pub server: String,
    /// From where it asked.
    pub address: Option<String>,
    /// What it said.
    pub report: String,
    /// How long it is known, in milliseconds.
    pub first_age_ms: i64,
    /// How long ago it was heard, in milliseconds; below 0 where the clock was set back since.
    pub last_age_ms: i64,
}

/// How long silent screens are kept.
#[derive(Clone, Copy, Debug)]
pub struct KeepScreens {
    /// One with a name.
    pub named: Duration,
    /// One without.
    pub unnamed: Duration,
}

impl Store {
    /// Removes screens, writes those that were heard, each once, and removes all that are silent
    /// for longer than `keep` allows, in one transaction.
    ///
    /// # Errors
    /// When the database does not take it; then nothing is changed.
    pub async fn write_screens(
        &self,
        heard: &[KeptScreen],
        removed: &[ScreenKey],
        keep: KeepScreens,
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        for key in removed {
            let delete =
                "DELETE FROM screen WHERE link = $1 AND board = $2 AND is_named = $3 AND name = $4";
            let delete = sqlx::query(delete).bind(&key.link).bind(&key.board);
            let delete = delete.bind(i64::from(key.is_named)).bind(&key.name);
            delete.execute(&mut *transaction).await?;
        }
        // In one order: two servers that lock the same rows do not wait for each other.
        let mut heard: Vec<_> = heard.iter().collect();
        heard.sort_by(|one, other| order(&one.key).cmp(&order(&other.key)));
        for screens in heard.chunks(ROWS_A_STATEMENT) {
            self.insert(&mut transaction, screens).await?;
        }
        let now = self.now_sql();
        let delete = format!(
            "DELETE FROM screen WHERE last_ms <= {now} - CASE is_named WHEN 1 THEN $1 ELSE $2 END"
        );
        let delete = sqlx::query(AssertSqlSafe(delete)).bind(crate::ms(keep.named));
        let delete = delete.bind(crate::ms(keep.unnamed));
        delete.execute(&mut *transaction).await?;
        transaction.commit().await
    }

    async fn insert(&self, connection: &mut AnyConnection, screens: &[&KeptScreen]) -> Result<()> {
        let now = self.now_sql();
        let row = |row: usize| {
            let value = |column: usize| format!("${}", row * WIDTH + column);
            let given = (1..=WIDTH - 2).map(value).collect::<Vec<_>>().join(", ");
            let [first, last] = [value(WIDTH - 1), value(WIDTH)];
            format!("({given}, {now} - {first}, {now} - {last}, {now})")
        };
        let rows = (0..screens.len()).map(row).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "INSERT INTO screen (link, board, is_named, name, server, address, report, first_ms, last_ms, written_ms) \
             VALUES {rows} ON CONFLICT (link, board, is_named, name) DO UPDATE SET server = excluded.server, \
             address = excluded.address, report = excluded.report, last_ms = excluded.last_ms, \
             written_ms = excluded.written_ms, first_ms = CASE WHEN excluded.first_ms < screen.first_ms \
             THEN excluded.first_ms ELSE screen.first_ms END"
        );
        // Another text for each number of rows: prepared once.
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
        for KeptScreen {
            key,
            server,
            address,
            report,
            first_age_ms,
            last_age_ms,
        } in screens
        {
            query = query.bind(&key.link).bind(&key.board);
            query = query.bind(i64::from(key.is_named)).bind(&key.name);
            query = query.bind(server).bind(address).bind(report);
            query = query.bind(*first_age_ms).bind(*last_age_ms);
        }
        query.execute(connection).await?;
        Ok(())
    }

    /// The screens that were written within so long, not by the server `except`; the one that is
    /// silent for longest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn screens(&self, within: Duration, except: Option<&str>) -> Result<Vec<KeptScreen>> {
        let now = self.now_sql();
        let select = format!(
            "SELECT link, board, is_named, name, server, address, report, {now} - first_ms, {now} - last_ms \
             FROM screen WHERE written_ms >= {now} - $1 AND ($2 = 0 OR server <> $3) ORDER BY last_ms"
        );
        let select = sqlx::query(AssertSqlSafe(select)).bind(crate::ms(within));
        let screen = |row: &AnyRow| {
            Ok(KeptScreen {
                key: ScreenKey {
                    link: row.try_get(0)?,
                    board: row.try_get(1)?,
                    is_named: row.try_get::<i64, _>(2)? == 1,
                    name: row.try_get(3)?,
                },
                server: row.try_get(4)?,
                address: row.try_get(5)?,
                report: row.try_get(6)?,
                first_age_ms: row.try_get(7)?,
                last_age_ms: row.try_get(8)?,
            })
        };
        let select = select.bind(i64::from(except.is_some()));
        let select = select.bind(except.unwrap_or_default());
        let rows = select.fetch_all(&self.pool).await?;
        rows.iter().map(screen).collect()
    }
}

fn order(key: &ScreenKey) -> (&str, &str, &str, bool) {
    (&key.link, &key.board, &key.name, key.is_named)
}
