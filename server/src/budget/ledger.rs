//! What is spent of the budget, kept in the `state_dir`: a server that is started anew,
//! or again and again, goes on where the one before it ended.
//!
//! A request is written down *before* it is sent, and again when it has ended; one that
//! was under way when the process died counts from the next start. So CXone never sees
//! more than the budget in any sixty seconds, however often the server starts, and none
//! before a `Retry-After` has run out.
//!
//! Where the file cannot be used (it is damaged, or the folder cannot be written to),
//! nothing is known of the minute before the start: then the whole budget is taken as
//! spent just now, and the first request waits a minute. Where there is no file, nothing
//! was ever sent.
//!
//! Times are the wall clock's, the only one that two processes share. One that lies
//! ahead, since the clock was set back, counts from now. What is not seen: a clock that
//! was set forward between two starts, the last requests before a power cut (the file is
//! renamed into place, and not forced onto the disk each time), and requests that
//! could not be written down in the middle of a run (a full disk, which is logged).

use std::{
    fs,
    io::{self, Write as _},
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

use super::WINDOW;
use crate::{
    access::{Store, private},
    clock::Clock,
};

const FILE: &str = "budget.json";

/// The longest hold that is believed: as long as a `Retry-After` may be.
const LONGEST_HOLD: Duration = Duration::from_secs(15 * 60);

/// The file, and the clock by which it is kept.
pub struct Ledger {
    path: PathBuf,
    clock: Arc<dyn Clock>,
    /// So that a full disk is one line in the log, and not one a request.
    is_failing: bool,
}

/// What the file says, in milliseconds of the Unix epoch.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entries {
    /// When requests ended, at most a minute ago.
    pub(super) ended: Vec<u64>,
    /// How many were under way.
    pub(super) under_way: usize,
    /// Nothing is sent before this.
    pub(super) hold_until: u64,
}

/// What a start has to respect, counted from it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Spent {
    /// For each place that is taken: when it is free again. Others are free.
    pub(super) places: Vec<Duration>,
    /// How long nothing is sent.
    pub(super) hold: Duration,
}

impl Ledger {
    /// The ledger in `folder`, the `state_dir`, which is made where it is missing.
    #[must_use]
    pub fn new(folder: PathBuf, clock: Arc<dyn Clock>) -> Self {
        if let Err(error) = Store::new(folder.clone()).prepare() {
            tracing::debug!(%error, "the folder of the budget's file");
        }
        Self {
            path: folder.join(FILE),
            clock,
            is_failing: false,
        }
    }

    /// What is spent of a budget of `limit`, by whoever ran before.
    pub(super) fn open(&mut self, limit: usize) -> Spent {
        let known = self.read().and_then(|entries| {
            // A ledger that cannot be written is of no use to the next start.
            let written = self.try_write(&entries);
            written.map(|()| entries)
        });
        match known {
            Ok(entries) => entries.spent_at(self.now_ms(), limit),
            Err(error) => {
                tracing::warn!(
                    "{} cannot be used ({error}): what was sent to CXone in the last minute is not known, so the \
                     first request waits for one; see to QUEUEWALL_STATE_DIR (server.state_dir)",
                    self.path.display()
                );
                Spent {
                    places: vec![WINDOW; limit],
                    hold: Duration::ZERO,
                }
            }
        }
    }

    /// Writes down how things stand.
    pub(super) fn write(&mut self, entries: &Entries) {
        let written = self.try_write(entries);
        if let (Err(error), false) = (&written, self.is_failing) {
            tracing::warn!(
                "{} cannot be written ({error}): a restart within a minute would not know of the requests that were \
                 sent in it",
                self.path.display()
            );
        }
        self.is_failing = written.is_err();
    }

    /// This moment in milliseconds of the Unix epoch.
    pub(super) fn now_ms(&self) -> u64 {
        ms_of(self.clock.now().wall)
    }

    fn read(&self) -> io::Result<Entries> {
        match fs::read(&self.path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Entries::default()),
            Err(error) => Err(error),
        }
    }

    fn try_write(&self, entries: &Entries) -> io::Result<()> {
        let beside = self.path.with_extension("json.new");
        let mut file = private();
        let mut file = file.write(true).create(true).truncate(true).open(&beside)?;
        file.write_all(&serde_json::to_vec(entries)?)?;
        fs::rename(&beside, &self.path)
    }
}

impl Entries {
    fn spent_at(&self, now_ms: u64, limit: usize) -> Spent {
        let window_ms = ms(WINDOW);
        let ended = self.ended.iter().map(|ended| {
            let age = now_ms.saturating_sub(*ended);
            window_ms.saturating_sub(age)
        });
        let under_way = std::iter::repeat_n(window_ms, self.under_way.min(limit));
        let mut left: Vec<u64> = under_way.chain(ended).filter(|left| *left > 0).collect();
        // Of more than there are places, as after a smaller budget was set, the latest.
        left.sort_unstable_by(|one, other| other.cmp(one));
        left.truncate(limit);
        let hold = Duration::from_millis(self.hold_until.saturating_sub(now_ms));
        Spent {
            places: left.into_iter().map(Duration::from_millis).collect(),
            hold: hold.min(LONGEST_HOLD),
        }
    }
}

fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn ms_of(time: SystemTime) -> u64 {
    ms(time.duration_since(UNIX_EPOCH).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use proptest::prelude::*;

    const NOW_MS: u64 = 1_767_607_200_000;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn what_has_ended_counts_for_a_minute_and_what_was_under_way_from_now() {
        let entries = Entries {
            ended: vec![NOW_MS - 61_000, NOW_MS - 45_000, NOW_MS - 5_000],
            under_way: 1,
            hold_until: NOW_MS + 7_000,
        };
        let spent = entries.spent_at(NOW_MS, 10);
        assert_eq!(spent.places, [seconds(60), seconds(55), seconds(15)]);
        assert_eq!(spent.hold, seconds(7));
        let fewer = entries.spent_at(NOW_MS, 2);
        assert_eq!(fewer.places, [seconds(60), seconds(55)], "a smaller budget");
    }

    #[test]
    fn a_clock_that_was_set_back_costs_a_minute_and_no_more() {
        let entries = Entries {
            ended: vec![NOW_MS + 86_400_000],
            under_way: 0,
            hold_until: NOW_MS + 86_400_000,
        };
        let spent = entries.spent_at(NOW_MS, 10);
        assert_eq!(spent.places, [seconds(60)]);
        assert_eq!(spent.hold, seconds(15 * 60));
    }

    fn opened(folder: PathBuf) -> Spent {
        Ledger::new(folder, Arc::new(SystemClock)).open(3)
    }

    #[test]
    fn no_file_is_nothing_spent_and_a_damaged_one_all() {
        let folder = tempfile::tempdir().unwrap();
        let state_dir = folder.path().join("deep/state");
        assert_eq!(opened(state_dir.clone()), Spent::default());
        for damaged in [
            "",
            "{",
            "[]",
            "\u{0}\u{0}",
            r#"{"ended":[-1]}"#,
            "{}",
            "null",
        ] {
            fs::write(state_dir.join(FILE), damaged).unwrap();
            assert_eq!(opened(state_dir.clone()).places, [WINDOW; 3], "{damaged}");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_to_is_all_spent() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert_eq!(opened(file.join("state")).places, [WINDOW; 3]);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_cannot_be_read_is_all_spent_though_another_can_take_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        // Root may read everything, but not what leads in a circle.
        std::os::unix::fs::symlink(&file, &file).unwrap();
        assert_eq!(opened(folder.path().to_owned()).places, [WINDOW; 3]);
    }

    proptest! {
        #[test]
        fn any_file_is_waited_for_a_minute_at_most_and_holds_at_most_fifteen(
            ended in prop::collection::vec(any::<u64>(), 0..20),
            under_way: usize,
            hold_until: u64,
            now_ms: u64,
            limit in 1usize..12,
        ) {
            let entries = Entries { ended, under_way, hold_until };
            let spent = entries.spent_at(now_ms, limit);
            prop_assert!(spent.places.len() <= limit);
            prop_assert!(spent.places.iter().all(|left| *left <= WINDOW));
            prop_assert!(spent.hold <= LONGEST_HOLD);
        }
    }
}
