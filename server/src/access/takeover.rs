//! What version 0.1 left in the state folder: its links and its ledger of requests. They go into
//! the database in one transaction; then the files get other names, so that this happens once.
//!
//! A program that is killed in between leaves files that are taken over again, which changes
//! nothing.

use std::{fs, io, path::Path};

use queuewall_store::Store;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use tracing::{info, warn};

use super::{
    Link, StoreError,
    store::{self, to_row},
};
use crate::state::{StateDir, StateError};

const LINKS: &str = "access.json";
const LINKS_LOCK: &str = "access.lock";
const BUDGET: &str = "budget.json";
const BUDGET_LOCK: &str = "budget.lock";
/// The name of the ledger's text in the database.
pub(super) const BUDGET_STATE: &str = "budget";
/// What is added to the names of files that were taken over.
const OLD: &str = "0.1.old";
/// The id in the cookies' names, of builds between 0.1 and this one.
const COOKIE_ID: &str = "cookie-id";
/// Screens that waited for approval, for ten minutes.
const SCREENS: &str = "screens.json";
/// What 0.1 wrote, and all that it read.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LinksFile {
    version: u32,
    links: Vec<Link>,
}

/// Whether there is something to take over.
pub(super) fn is_due(dir: &StateDir) -> bool {
    [LINKS, BUDGET, COOKIE_ID]
        .into_iter()
        .any(|name| is_new(dir, name))
}

/// The links of 0.1; `None` where it left none.
///
/// # Errors
/// When the file is damaged, cannot be read or may not be trusted.
pub(crate) fn links(dir: &StateDir) -> Result<Option<Vec<Link>>, StoreError> {
    if !is_new(dir, LINKS) {
        return Ok(None);
    }
    let Some(bytes) = dir.read(LINKS)? else {
        return Ok(None);
    };
    let damaged = |what: String| StoreError::Damaged {
        path: dir.path().join(LINKS),
        what,
    };
    // An editor of Windows writes the mark.
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    // The error names a place and a type, and never what stands there.
    let file: LinksFile = serde_json::from_slice(bytes)
        .map_err(|error| damaged(format!("line {}, column {}", error.line(), error.column())))?;
    if file.version != VERSION {
        return Err(damaged(format!(
            "its version is {}, and this program knows {VERSION}",
            file.version
        )));
    }
    Ok(Some(file.links))
}

/// Takes over what is there, for one process at a time.
///
/// # Errors
/// When the links are damaged, or the database does not take them: all stays as it was.
pub(super) async fn run(database: &Store, dir: &StateDir) -> Result<(), StoreError> {
    if is_due(dir) {
        // Another process may hold them for as long as its database takes.
        let waiting = dir.clone();
        let locks =
            move || Ok::<_, StateError>([waiting.lock(LINKS_LOCK)?, waiting.lock(BUDGET_LOCK)?]);
        let _locks = spawn_blocking(locks).await.map_err(io::Error::other)??;
        // Another process may have been faster.
        let links = links(dir)?;
        let budget = match is_new(dir, BUDGET) {
            true => dir.read(BUDGET)?,
            false => None,
        };
        let count = links.as_ref().map(Vec::len);
        let rows: Vec<_> = links.into_iter().flatten().map(to_row).collect();
        // One that is no text holds nothing that could be read.
        let text = |bytes: Option<Vec<u8>>| bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let cookie_id = text(dir.read(COOKIE_ID)?).map(|id| id.trim().to_owned());
        let texts = [
            (BUDGET_STATE, text(budget)),
            (store::COOKIE_ID, cookie_id.filter(|id| is_cookie_id(id))),
        ];
        let texts: Vec<_> = (texts.iter())
            .filter_map(|(name, text)| Some((*name, text.as_deref()?)))
            .collect();
        database.take_over(&rows, &texts).await?;
        if let Some(count) = count {
            info!("links of version 0.1 that were taken over from {LINKS}: {count}");
        }
        let taken = [LINKS, BUDGET, COOKIE_ID];
        for name in taken.into_iter().filter(|name| is_new(dir, name)) {
            if let Err(error) = dir.rename(name, &old(name)) {
                warn!("it was taken over into the database, and will be again: {error}");
            }
        }
        let _ = fs::remove_file(dir.path().join(SCREENS));
    }
    if exists(dir, LINKS) && exists(dir, &old(LINKS)) {
        warn!(
            "{} is not read: the links are in the database, and those of version 0.1 were taken over before. To take \
             over these too, move {} away and start again; else remove {LINKS}",
            dir.path().join(LINKS).display(),
            old(LINKS)
        );
    }
    Ok(())
}

/// Writes the files of 0.1 to a folder: links, and the text of the ledger where there is one.
///
/// # Errors
/// When they cannot be written.
pub(crate) fn export(links: Vec<Link>, budget: Option<&str>, to: &Path) -> Result<(), StoreError> {
    let dir = StateDir::new(to.to_owned());
    let file = LinksFile {
        version: VERSION,
        links,
    };
    let mut bytes = serde_json::to_vec_pretty(&file).map_err(io::Error::from)?;
    bytes.push(b'\n');
    dir.write_durably(LINKS, &bytes)?;
    if let Some(budget) = budget {
        dir.write_durably(BUDGET, budget.as_bytes())?;
    }
    Ok(())
}

fn is_cookie_id(id: &str) -> bool {
    (1..=16).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether there is a file of this name that was not taken over yet.
fn is_new(dir: &StateDir, name: &str) -> bool {
    exists(dir, name) && !exists(dir, &old(name))
}

fn exists(dir: &StateDir, name: &str) -> bool {
    fs::symlink_metadata(dir.path().join(name)).is_ok()
}

fn old(name: &str) -> String {
    format!("{name}.{OLD}")
}

#[cfg(test)]
mod tests;
