//! The schema, and how it came to be: a migration is never changed once it was released.

use sqlx::{
    AssertSqlSafe, SqlSafeStr as _,
    migrate::{Migration, MigrationType, Migrator},
};

/// The version that this program knows.
pub(crate) const VERSION: i64 = 6;

/// One text for both databases. `{identity}` and `{without_rowid}` are what they write
/// differently.
const MIGRATIONS: [(i64, &str, &str); 6] = [
    (1, "history", include_str!("schema/1_history.sql")),
    (2, "access", include_str!("schema/2_access.sql")),
    (3, "servers", include_str!("schema/3_servers.sql")),
    (4, "screens", include_str!("schema/4_screens.sql")),
    (5, "link_agents", include_str!("schema/5_link_agents.sql")),
    (6, "backfill", include_str!("schema/6_backfill.sql")),
];

pub(crate) fn migrator(is_sqlite: bool) -> Migrator {
    let (identity, without_rowid) = if is_sqlite {
        ("INTEGER PRIMARY KEY", "WITHOUT ROWID")
    } else {
        ("BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "")
    };
    let migration = |(version, name, sql): (i64, &'static str, &str)| {
        let sql = sql
            .replace("{identity}", identity)
            .replace("{without_rowid}", without_rowid);
        let sql = AssertSqlSafe(sql).into_sql_str();
        Migration::new(version, name.into(), MigrationType::Simple, sql, false)
    };
    Migrator::with_migrations(MIGRATIONS.into_iter().map(migration).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_is_that_of_the_last_migration() {
        assert_eq!(
            MIGRATIONS.map(|(version, ..)| version).last(),
            Some(&VERSION)
        );
    }
}
