//! `queuewall store`: the database of links and history.

mod export;
mod migrate;

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
};

use jiff::Timestamp;
use queuewall_store::{OpenError, QueryError, Store, Tables, info::expected_bytes};
use serde::Serialize;

use super::{
    args::StoreCommand,
    exit::{Exit, Failure},
    table::{self, Align, Column, Format},
};
use crate::{
    access::StoreError,
    config::StoreSettings,
    database::{FILE, location, warning},
    history::BACKFILL,
    poller::backfill::Progress,
    state::StateDir,
    system_error::{Attempt, remedy},
};

/// A database as scripts see it.
#[derive(Serialize)]
struct StoreInfo {
    database: String,
    schema_version: i64,
    bytes: u64,
    expected_bytes: u64,
    queues: u64,
    links: u64,
    screens: u64,
    minute_days: u32,
    quarter_hour_days: u32,
    first_minute: Option<String>,
    last_minute: Option<String>,
    backfill: BackfillInfo,
}

/// How far the back-fill has come.
#[derive(Serialize)]
struct BackfillInfo {
    /// How many days before now are read; 0 is none.
    days: u32,
    /// Hours that were read later.
    hours: u64,
    /// Hours that were left when one was last tried; `None` where none was.
    left: Option<usize>,
    /// When it ended by a failure, which is tried again later.
    failed: Option<String>,
    /// Why it did.
    failure: Option<String>,
}

impl BackfillInfo {
    fn new(days: u32, hours: u64, progress: Option<Progress>) -> Self {
        let left = progress.as_ref().map(|it| it.left);
        let (failed, failure) = progress.and_then(|it| it.ended).unzip();
        let time = |ms: u64| Timestamp::from_millisecond(i64::try_from(ms).ok()?).ok();
        Self {
            days,
            hours,
            left,
            failed: failed.and_then(time).map(|time| time.to_string()),
            failure,
        }
    }

    fn words(&self) -> String {
        let hours = format!("{} hours", self.hours);
        match (self.days, self.left, &self.failed, &self.failure) {
            (0, ..) => format!("off, {hours}"),
            (_, Some(left), Some(failed), Some(failure)) => {
                format!("{hours}, {left} left, ended {failed}: {failure}")
            }
            (_, Some(left @ 1..), ..) => format!("{hours}, {left} left"),
            _ => hours,
        }
    }
}

/// Does what was asked.
pub(super) async fn run(
    settings: &StoreSettings,
    command: StoreCommand,
    out: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<Exit, Failure> {
    if matches!(command, StoreCommand::Backup(_)) && settings.store.database.is_some() {
        let what = "the history is in PostgreSQL: back it up with pg_dump";
        return Err(Failure::new(Exit::Usage, what));
    }
    match command {
        StoreCommand::Export(args) => export::run(settings, &args, notes).await,
        StoreCommand::Migrate(args) => migrate::run(settings, &args, notes).await,
        StoreCommand::Info(args) => {
            let store = open(settings, notes).await?;
            let done = info(&store, settings, super::format(args), out).await;
            store.close().await;
            done
        }
        StoreCommand::Backup(args) => {
            let store = open(settings, notes).await?;
            let done = backup(&store, &args.file, notes).await;
            store.close().await;
            done
        }
    }
}

/// Opens the database that the server uses, which may run, and may be older: it is left as it is.
pub(super) async fn open(
    settings: &StoreSettings,
    notes: &mut dyn Write,
) -> Result<Store, Failure> {
    let location = location(&settings.store, &settings.state_dir);
    if let Some(file) = location.file() {
        fs::metadata(file).map_err(|error| unreadable(file, &error))?;
        let dir = StateDir::new(settings.state_dir.clone());
        dir.open_to_read(FILE).map_err(StoreError::from)?;
    }
    if let Some(warning) = warning(&location) {
        writeln!(notes, "warning: {warning}")?;
    }
    let opened = Store::open_with(location, Tables::Keep).await;
    opened.map_err(Failure::from)
}

async fn info(
    store: &Store,
    settings: &StoreSettings,
    format: Format,
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    let info = store.info().await?;
    let retention = settings.store.retention;
    let time = |minute: i64| Timestamp::from_second(minute * 60).ok();
    let time = |minute: Option<i64>| minute.and_then(time).map(|time| time.to_string());
    let progress = store.state(BACKFILL).await?;
    let progress = progress.as_deref().and_then(Progress::parse);
    let days = settings.store.backfill_days;
    let info = StoreInfo {
        database: store.location().to_string(),
        schema_version: info.version,
        bytes: info.bytes,
        expected_bytes: expected_bytes(info.queues, retention),
        queues: info.queues,
        links: info.links,
        screens: info.screens,
        minute_days: retention.minute_days,
        quarter_hour_days: retention.quarter_hour_days,
        first_minute: time(info.first_minute),
        last_minute: time(info.last_minute),
        backfill: BackfillInfo::new(days, info.backfilled_hours, progress),
    };
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &info).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Table => {
            let kept = format!(
                "minutes for {} days, quarter hours for {}",
                info.minute_days, info.quarter_hour_days
            );
            let rows = [
                ("database", info.database),
                ("schema version", info.schema_version.to_string()),
                ("in use", megabytes(info.bytes)),
                ("expected", megabytes(info.expected_bytes)),
                ("queues", info.queues.to_string()),
                ("links", info.links.to_string()),
                ("screens", info.screens.to_string()),
                ("kept", kept),
                ("first minute", info.first_minute.unwrap_or_default()),
                ("last minute", info.last_minute.unwrap_or_default()),
                ("back-fill", info.backfill.words()),
            ];
            let names = rows.iter().map(|(name, _)| (*name).to_owned());
            let values = rows.iter().map(|(_, value)| value.clone());
            let columns = [
                Column::new("WHAT", Align::Left, names),
                Column::new("VALUE", Align::Left, values),
            ];
            table::write(out, &columns)?;
        }
    }
    Ok(Exit::Done)
}

async fn backup(store: &Store, to: &Path, notes: &mut dyn Write) -> Result<Exit, Failure> {
    // Not as a name that SQLite takes for a URI.
    let to = std::path::absolute(to).unwrap_or_else(|_| to.to_owned());
    let unwritable = |error: &io::Error| {
        let (to, remedy) = (to.display(), remedy(Attempt::Write, error));
        Failure::new(
            Exit::Other,
            format_args!("{to} cannot be written ({error}): {remedy}"),
        )
    };
    // For this user alone, as the database is; SQLite writes to an empty file.
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&to).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::new(
            Exit::Usage,
            format_args!("{} exists: name a new file", to.display()),
        ),
        _ => unwritable(&error),
    })?;
    let copied = match store.backup(&to).await {
        // SQLite does not wait for the disk here.
        Ok(()) => file.sync_all().map_err(|error| unwritable(&error)),
        Err(error) => Err(Failure::new(
            Exit::Other,
            format_args!(
                "{} cannot be copied to {} ({error})",
                store.location(),
                to.display()
            ),
        )),
    };
    if let Err(failure) = copied {
        let _ = fs::remove_file(&to);
        return Err(failure);
    }
    let bytes = file.metadata()?.len();
    writeln!(notes, "{} to {}", megabytes(bytes), to.display())?;
    Ok(Exit::Done)
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

fn unreadable(file: &Path, error: &io::Error) -> Failure {
    let file = file.display();
    match error.kind() {
        io::ErrorKind::NotFound => Failure::new(
            Exit::Other,
            format_args!(
                "there is no history in {file}: `queuewall serve` makes it; QUEUEWALL_STATE_DIR (server.state_dir) \
                 names its folder"
            ),
        ),
        _ => {
            let remedy = remedy(Attempt::Read, error);
            Failure::new(
                Exit::Other,
                format_args!("{file} cannot be read ({error}): {remedy}"),
            )
        }
    }
}

impl From<&OpenError> for Exit {
    fn from(error: &OpenError) -> Self {
        match error {
            OpenError::Failed { .. } => Self::Other,
            _ => Self::Usage,
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Self::new(Exit::from(&error), error)
    }
}

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Self {
        Self::new(
            Exit::Other,
            format_args!("the history cannot be read ({error})"),
        )
    }
}

#[cfg(test)]
pub(super) mod tests {
    use queuewall_store::{
        Location,
        column::{COLUMNS, Column as Kept},
        history::Queue,
        retention::Retention,
    };
    use tempfile::TempDir;

    use super::{
        super::args::{BackupArgs, FormatArgs},
        *,
    };
    use crate::{
        board::{BoardConfig, QueueConfig},
        config::StoreConfig,
    };

    /// 2026-10-25, 00:00 UTC, in minutes since 1970.
    pub(in crate::cli) const START: i64 = 29_881_440;

    /// A folder with ten minutes of the queues 1 and 2, and the boards `main` of these, `all` and
    /// `filtered`.
    pub(in crate::cli) async fn kept() -> (StoreSettings, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let board = |slug: &str, ids: &[&str], skills: &[&str]| BoardConfig {
            slug: slug.into(),
            timezone: Some("Europe/Berlin".into()),
            queues: ids.iter().map(|id| QueueConfig::new(*id)).collect(),
            skill_ids: skills.iter().map(|skill| (*skill).to_owned()).collect(),
            ..BoardConfig::default()
        };
        let settings = StoreSettings {
            store: StoreConfig::default(),
            state_dir: folder.path().to_owned(),
            boards: vec![
                board("main", &["1", "2", "3"], &[]),
                board("all", &[], &[]),
                board("filtered", &[], &["7"]),
            ],
        };
        let location = Location::File(folder.path().join(FILE));
        let store = Store::open(location).await.unwrap();
        for minute in 0..10 {
            let mut values = [None; COLUMNS];
            values[Kept::WAITING.index()] = Some(minute as f64);
            let queue = |id: &str| Queue {
                id: id.into(),
                skills: Vec::new(),
            };
            let rows = [(queue("1"), values), (queue("2"), values)];
            store
                .write_minute(START + minute, &rows, &[])
                .await
                .unwrap();
        }
        store.close().await;
        (settings, folder)
    }

    async fn ask(
        settings: &StoreSettings,
        command: StoreCommand,
    ) -> Result<(String, String), Failure> {
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        let exit = run(settings, command, &mut out, &mut notes).await?;
        assert_eq!(exit, Exit::Done);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ok((text(out), text(notes)))
    }

    #[tokio::test]
    async fn info_is_printed_as_json_or_as_a_table() {
        let (settings, folder) = kept().await;
        let format = |json| FormatArgs { json, table: !json };
        let (json, _) = ask(&settings, StoreCommand::Info(format(true)))
            .await
            .unwrap();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let file = folder.path().join(FILE);
        assert_eq!(json["database"], file.display().to_string());
        assert_eq!(
            (&json["queues"], &json["minute_days"]),
            (&2.into(), &35.into())
        );
        assert_eq!(json["first_minute"], "2026-10-25T00:00:00Z");
        assert_eq!(json["last_minute"], "2026-10-25T00:09:00Z");
        assert_eq!(
            json["expected_bytes"],
            expected_bytes(2, Retention::default())
        );
        assert!(json["bytes"].as_u64().unwrap() > 4_096);
        let (table, _) = ask(&settings, StoreCommand::Info(format(false)))
            .await
            .unwrap();
        assert!(
            table.contains("\nlast minute     2026-10-25T00:09:00Z\n"),
            "{table}"
        );
        assert!(table.contains(" MB\n"), "{table}");
        assert!(
            table.contains("\nback-fill       off, 0 hours\n"),
            "{table}"
        );
    }

    #[test]
    fn backfill_is_told_with_what_is_left_and_why() {
        let progress = |left, ended| Some(Progress { left, ended });
        let ended = Some((1_767_607_200_000, "CXone answered HTTP 410".to_owned()));
        for (days, hours, progress, expected) in [
            (7, 0, None, "0 hours"),
            (7, 168, progress(0, None), "168 hours"),
            (7, 20, progress(148, None), "20 hours, 148 left"),
            (0, 20, progress(148, None), "off, 20 hours"),
            (
                7,
                20,
                progress(148, ended),
                "20 hours, 148 left, ended 2026-01-05T10:00:00Z: CXone answered HTTP 410",
            ),
        ] {
            assert_eq!(BackfillInfo::new(days, hours, progress).words(), expected);
        }
    }

    #[tokio::test]
    async fn backup_is_a_database_for_its_owner_alone() {
        let (settings, folder) = kept().await;
        // Beside a server that has it open.
        let location = location(&settings.store, &settings.state_dir);
        let server = Store::open(location).await.unwrap();
        let to = folder.path().join("copy.db");
        let backup = || StoreCommand::Backup(BackupArgs { file: to.clone() });
        let (out, notes) = ask(&settings, backup()).await.unwrap();
        assert!(out.is_empty() && notes.contains("copy.db"), "{notes}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&to).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let copy = Store::open(Location::File(to.clone())).await.unwrap();
        assert_eq!(copy.info().await.unwrap().last_minute, Some(START + 9));
        copy.close().await;
        server.close().await;
        let again = ask(&settings, backup()).await.unwrap_err();
        assert_eq!(again.exit, Exit::Usage);
        assert!(again.message.unwrap().ends_with("exists: name a new file"));
        let mut postgres = settings.clone();
        postgres.store.database = Location::postgres("postgres://a:b@127.0.0.1:9/c").ok();
        let postgres = ask(&postgres, backup()).await.unwrap_err();
        assert!(postgres.message.unwrap().contains("pg_dump"));
        let nowhere = BackupArgs {
            file: folder.path().join("none/copy.db"),
        };
        let nowhere = ask(&settings, StoreCommand::Backup(nowhere))
            .await
            .unwrap_err();
        assert_eq!(nowhere.exit, Exit::Other);
    }

    #[tokio::test]
    async fn missing_or_damaged_history_is_said_and_left_alone() {
        let (mut settings, folder) = kept().await;
        settings.state_dir = folder.path().join("elsewhere");
        let info = || StoreCommand::Info(FormatArgs::default());
        let missing = ask(&settings, info()).await.unwrap_err();
        assert_eq!(missing.exit, Exit::Other);
        assert!(missing.message.unwrap().contains("QUEUEWALL_STATE_DIR"));
        assert!(!settings.state_dir.exists());
        fs::create_dir(&settings.state_dir).unwrap();
        let file = settings.state_dir.join(FILE);
        fs::write(&file, [7; 8_192]).unwrap();
        let damaged = ask(&settings, info()).await.unwrap_err();
        assert_eq!(damaged.exit, Exit::Usage, "{damaged:?}");
        assert_eq!(fs::read(&file).unwrap(), [7; 8_192]);
    }
}
