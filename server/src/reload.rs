//! Reloads the configuration while the server runs: when one of its files changes, and on
//! SIGHUP.
//!
//! It is taken as a whole or not at all. A bad one is said once, with everything that is
//! wrong with it, and the one in force stays. Of a good one, boards, interval and names
//! are sent to [`Reload::new`]'s receiver; the rest is named, since it
//! requires a restart.
//!
//! # Layout
//! - `file_digests`: the files' content, for comparison
//! - `changes`: two configurations, told apart in words
//! - `hangup`: SIGHUP
//! - `status`: how the last reload ended, for metrics

mod changes;
mod file_digests;
mod hangup;
mod status;

use std::{path::PathBuf, sync::Arc, time::Duration};

use tokio::{
    sync::{Notify, watch},
    time::sleep,
};
use tracing::{debug, error, info, warn};

use crate::{
    config::{ConfigError, Env, Environment, Live, Loaded, RequiresRestart},
    disk,
};
use file_digests::FileDigests;

pub use hangup::hangups;
pub use status::ReloadStatus;

/// How often the files are looked at.
pub const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How a change is taken that looks like an accident.
const IF_MEANT: &str = ", or send SIGHUP (`systemctl reload queuewall`, `docker kill -s HUP …`) or restart the server if \
    that is meant";

/// Keeps a server's configuration up to date.
pub struct Reload {
    env: Arc<dyn Env>,
    /// The path of `--config`.
    file: Option<PathBuf>,
    every: Duration,
    /// What the server began with.
    began_with: RequiresRestart,
    in_force: watch::Sender<Live>,
    /// The files' digests when they were last applied.
    taken: Option<FileDigests>,
    /// What was wrong the last time.
    refused: Option<Refused>,
    /// The changes that require a restart.
    waiting: Vec<&'static str>,
    /// The warnings that were said.
    warned: Vec<String>,
    /// What was said of the levels.
    noted: Vec<String>,
    /// Whether the boards in force are those of the configuration file.
    has_boards: bool,
    status: ReloadStatus,
}

/// Why a configuration is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Refused {
    /// It cannot be used.
    Bad(ConfigError),
    /// A file that it was read from is not there any more.
    Gone(Vec<PathBuf>),
    /// A file that set something sets nothing any more.
    Emptied(Vec<PathBuf>),
    /// The configuration file had boards, and has none.
    NoBoards,
    /// Boards lack what limited them; a sentence each.
    Wider(Vec<String>),
}

/// Who wants the configuration to be read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    /// The files look other than before.
    Change,
    /// SIGHUP: the result is always logged.
    Asked,
}

impl Reload {
    /// Begins with what was `loaded` from `env` and `file` (the path of
    /// `--config`), and looks at the files once `every` so often. The receiver is told of
    /// every change that a running server takes over.
    #[must_use]
    pub fn new(
        env: Arc<dyn Env>,
        file: Option<PathBuf>,
        loaded: &Loaded,
        every: Duration,
    ) -> (Self, watch::Receiver<Live>) {
        let (in_force, followers) = watch::channel(loaded.config.live());
        let reload = Self {
            env,
            file,
            every,
            began_with: loaded.requires_restart.clone(),
            in_force,
            taken: None,
            refused: None,
            waiting: Vec::new(),
            warned: loaded.config.warnings.clone(),
            noted: loaded.notes.clone(),
            has_boards: !loaded.board_places.is_empty(),
            status: ReloadStatus::default(),
        };
        (reload, followers)
    }

    /// How the last reload ended, for metrics.
    #[must_use]
    pub fn status(&self) -> ReloadStatus {
        self.status.clone()
    }

    /// Looks at the files, and reads them whenever they changed or `asked` is notified;
    /// for as long as it runs.
    ///
    /// A change is applied only once two checks read the same content: writing a file takes
    /// some time, and half of it may be a valid configuration too.
    pub async fn run(mut self, asked: Arc<Notify>) {
        let mut last = self.digests();
        loop {
            let reason = tokio::select! {
                () = sleep(self.every) => Reason::Change,
                () = asked.notified() => Reason::Asked,
            };
            let now = self.digests();
            if reason == Reason::Asked {
                info!("SIGHUP: reading the configuration again");
                self.read(&now, reason);
            } else if now == last && (self.taken.as_ref() != Some(&now) || self.refused.is_some()) {
                self.read(&now, reason);
            }
            last = now;
        }
    }

    fn digests(&self) -> FileDigests {
        disk::wait_for(|| FileDigests::at(&*self.env, self.file.as_deref()))
    }

    /// Reads everything, and takes it where it is good. `digests` are those of the files.
    fn read(&mut self, digests: &FileDigests, reason: Reason) {
        let taken = self.taken.as_ref();
        let gone = taken.map(|taken| digests.lacks(taken)).unwrap_or_default();
        let emptied = taken
            .filter(|_| reason == Reason::Change)
            .map(|taken| digests.emptied_since(taken))
            .unwrap_or_default();
        let refused = match (gone.is_empty(), emptied.is_empty()) {
            (false, _) => Refused::Gone(gone),
            // Before it is read: what the file set would be called missing.
            (true, false) => Refused::Emptied(emptied),
            (true, true) => {
                let loaded = disk::wait_for(|| {
                    let file = self.file.as_deref();
                    let environment = Environment::read(&*self.env, file);
                    Loaded::read(&*self.env, environment, file)
                });
                if self.digests() != *digests {
                    // It changed while it was read: the next checks decide.
                    debug!("the configuration is being written");
                    return;
                }
                match loaded {
                    Ok(loaded) => match self.widened(&loaded) {
                        Some(widened) if reason == Reason::Change => widened,
                        _ => return self.take(&loaded, digests.clone(), reason),
                    },
                    Err(error) => Refused::Bad(error),
                }
            }
        };
        if reason == Reason::Asked || self.refused.as_ref() != Some(&refused) {
            error!("the configuration stays as it was: {}", refused.words());
        }
        self.refused = Some(refused);
        self.status.set_successful(false);
    }

    /// Why a good configuration is not applied without SIGHUP: lines are removed by accident
    /// more often than on purpose, and a server without boards, or a board without queues,
    /// shows every queue.
    fn widened(&self, loaded: &Loaded) -> Option<Refused> {
        if self.has_boards && loaded.board_places.is_empty() {
            return Some(Refused::NoBoards);
        }
        let wider = changes::wider(
            &self.in_force.borrow(),
            &loaded.config.live(),
            &loaded.board_places,
        );
        (!wider.is_empty()).then_some(Refused::Wider(wider))
    }

    fn take(&mut self, loaded: &Loaded, digests: FileDigests, reason: Reason) {
        self.taken = Some(digests);
        self.has_boards = !loaded.board_places.is_empty();
        let was_refused = self.refused.take().is_some();
        let new = loaded.config.live();
        let news = changes::between(&self.in_force.borrow(), &new);
        for warning in &loaded.config.warnings {
            if !self.warned.contains(warning) {
                warn!("{warning}");
            }
        }
        self.warned.clone_from(&loaded.config.warnings);
        if !news.is_empty() {
            self.in_force.send_replace(new);
            info!("the configuration was read again: {}", news.join("; "));
            let is_new = |note: &&String| !self.noted.contains(note);
            for note in loaded.notes.iter().filter(is_new) {
                info!("{note}");
            }
            self.noted.clone_from(&loaded.notes);
        } else if was_refused || reason == Reason::Asked {
            info!("the configuration was read again: no changes");
        }
        let waiting = loaded.requires_restart.differing_from(&self.began_with);
        if waiting.is_empty() && !self.waiting.is_empty() {
            info!("no pending changes need a restart");
        } else if waiting != self.waiting || (reason == Reason::Asked && !waiting.is_empty()) {
            warn!("restart required: {}", waiting.join(", "));
        }
        self.waiting = waiting;
        self.status.set_successful(true);
        self.status.set_requires_restart(!self.waiting.is_empty());
    }
}

impl Refused {
    fn words(&self) -> String {
        match self {
            Self::Bad(error) => error.to_string(),
            Self::Gone(paths) => format!(
                "{} is not there any more: put it back, or restart the server to run without it",
                listed(paths)
            ),
            Self::Emptied(paths) => {
                format!(
                    "{} sets nothing any more: restore it{IF_MEANT}",
                    listed(paths)
                )
            }
            Self::NoBoards => format!(
                "the configuration file has no [[boards]] any more, and the server would show every queue: restore \
                 it{IF_MEANT}"
            ),
            Self::Wider(boards) => format!("{}: put the line back{IF_MEANT}", boards.join("; ")),
        }
    }
}

fn listed(paths: &[PathBuf]) -> String {
    let paths = paths.iter().map(|path| path.display().to_string());
    paths.collect::<Vec<_>>().join(" and ")
}

#[cfg(test)]
mod tests;
