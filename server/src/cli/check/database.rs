//! Where history, links and the request budget are kept, and whether they can be.

use queuewall_store::{OpenError, Store, Tables};

use super::{super::exit::Exit, Report};
use crate::{
    config::Config,
    database::{location, warning},
};

/// Opens the database and leaves it as it is; whether it can be used. Offline PostgreSQL is not
/// asked.
pub(super) async fn check(config: &Config, is_offline: bool, report: &mut Report<'_>) -> bool {
    let location = location(&config.store, &config.access.state_dir);
    let name = format!("database: {location}");
    match location.file() {
        None if is_offline => {
            report.ok(format_args!("{name} was not asked"));
            return true;
        }
        Some(file) if !file.exists() => {
            report.ok(format_args!("{name} is made when `queuewall serve` starts"));
            return true;
        }
        _ => report.notes(&Vec::from_iter(warning(&location))),
    }
    let (why, exit) = match Store::open_with(location.clone(), Tables::Keep).await {
        Ok(store) => {
            let (version, written) = (store.version().await, store.try_write().await);
            store.close().await;
            match (version, written) {
                (Ok(version), Ok(())) => {
                    report.ok(format_args!("{name}, schema {version}, can be written"));
                    return true;
                }
                (Err(error), _) | (_, Err(error)) => {
                    (format!("{location} fails: {error}"), Exit::Other)
                }
            }
        }
        Err(error @ (OpenError::Older { .. } | OpenError::Empty(_))) => {
            report.notes(&[format!("database: {error}")]);
            return true;
        }
        Err(error) => (error.to_string(), Exit::from(&error)),
    };
    report.failed("database", why, exit);
    false
}
