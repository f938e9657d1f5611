//! Where the history is kept, and for how long.

use std::path::{Path, PathBuf};

use queuewall_shared::label;
use queuewall_store::{Location, retention::Retention};

use super::{
    BoardConfig, ConfigError, Env, Environment, Targets, access,
    credential::{self, Credential},
    keys,
    problem::Spanned,
    reader::Reader,
};
use crate::history;

const DATABASE_URL: Credential = Credential(
    &keys::DATABASE_URL,
    &keys::DATABASE_URL_FILE,
    "set it to postgres://user:password@host:5432/queuewall, or name a file that holds it with \
     QUEUEWALL_DATABASE_URL_FILE (store.database_url_file)",
);

/// In days. Of a minute: five weeks, to compare with the same weekday of the last month.
const MINUTE_DAYS: u64 = 35;
const QUARTER_HOUR_DAYS: u64 = 400;
/// To compare with the same weekday of the last week.
const BACKFILL_DAYS: u64 = 7;
const MOST_BACKFILL_DAYS: u64 = history::MOST_BACKFILL_DAYS.unsigned_abs();

/// The history.
#[derive(Clone, Debug, Default)]
pub struct StoreConfig {
    /// The PostgreSQL database; `None` is a SQLite file in the state folder.
    /// `QUEUEWALL_DATABASE_URL`, `store.database_url` or `…_FILE`, `…_file`.
    pub database: Option<Location>,
    /// For how long minutes and quarter hours are kept. `store.minute_days`,
    /// `store.quarter_hour_days`.
    pub retention: Retention,
    /// Of how many days before now hours that nothing recorded are read later, 35 at most; 0 is
    /// none. `store.backfill_days`.
    pub backfill_days: u32,
}

impl StoreConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let mut days = |setting, default, range| {
            let days = reader.integer(setting, default, range, "days");
            u32::try_from(days).unwrap_or(u32::MAX)
        };
        let retention = Retention {
            minute_days: days(&keys::MINUTE_DAYS, MINUTE_DAYS, 1..=400),
            quarter_hour_days: days(&keys::QUARTER_HOUR_DAYS, QUARTER_HOUR_DAYS, 1..=4_000),
        };
        let backfill_days = days(&keys::BACKFILL_DAYS, BACKFILL_DAYS, 0..=MOST_BACKFILL_DAYS);
        if let Some(found) = reader.in_file(&keys::DATABASE_URL) {
            let url = Location::postgres(&found.value);
            let problem = if url.is_ok_and(|url| url.has_password()) {
                Some(found.problem(
                    "has a password, which this file must not hold",
                    "put the URL into a separate file and name that in store.database_url_file, or set \
                     QUEUEWALL_DATABASE_URL",
                ))
            } else if let Some(file) = reader.in_file(&keys::DATABASE_URL_FILE) {
                let what = format_args!("and {} ({}) are both given", file.key, file.place);
                Some(found.problem(what, "keep one of the two"))
            } else {
                None
            };
            reader.problems.extend(problem);
        }
        let database = credential::is_given(reader, &DATABASE_URL)
            .then(|| credential::read(reader, &DATABASE_URL))
            .flatten();
        let database = database.and_then(|url| match Location::postgres(&url) {
            Ok(location) => {
                let unknown: Vec<_> = Location::unknown_parameters(&url).collect();
                let given = [&keys::DATABASE_URL, &keys::DATABASE_URL_FILE];
                let found = given.into_iter().find_map(|it| reader.text(it));
                if let Some(found) = found.as_ref().filter(|_| !unknown.is_empty()) {
                    let unknown = label::clean(&unknown.join(", ")).unwrap_or_default();
                    let what = format_args!("has parameters that change nothing: {unknown}");
                    reader.warnings.push(found.warning(what));
                }
                if let Some(found) = found.filter(|_| location.lacks_database()) {
                    reader.warnings.push(found.warning(
                        "names no database, so PostgreSQL takes the one whose name is the user's: write its name behind \
                         the host, as in …@host:5432/queuewall",
                    ));
                }
                Some(location)
            }
            Err(error) => {
                let given = [&keys::DATABASE_URL, &keys::DATABASE_URL_FILE];
                let found = given.into_iter().find_map(|it| reader.text(it));
                let problem = found.map(|found: Spanned<String>| {
                    found.problem(
                        format_args!("is refused: it {error}"),
                        "write it as postgres://user:password@host:5432/queuewall",
                    )
                });
                reader.problems.extend(problem);
                None
            }
        });
        Self {
            database,
            retention,
            backfill_days,
        }
    }
}

/// What the commands on the history need: no credentials of CXone.
#[derive(Clone, Debug)]
pub struct StoreSettings {
    /// The history.
    pub store: StoreConfig,
    /// The folder of the SQLite file.
    pub state_dir: PathBuf,
    /// Every board.
    pub boards: Vec<BoardConfig>,
}

impl StoreSettings {
    /// Reads and checks just that. `file` is the path of `--config`.
    ///
    /// # Errors
    /// All problems found in the file as a whole and in the keys that are needed.
    pub fn read(
        env: &dyn Env,
        environment: Environment,
        file: Option<&Path>,
    ) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(env, environment, file)?;
        let store = StoreConfig::read(&mut reader);
        let state_dir = access::state_dir(&mut reader);
        let targets = Targets::read(&mut reader);
        let boards = BoardConfig::read_all(&mut reader, &targets, false);
        ConfigError::unless_none(reader.problems)?;
        Ok(Self {
            store,
            state_dir,
            boards,
        })
    }
}
