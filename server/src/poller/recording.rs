//! What the history keeps of the poller's work.

use std::time::Duration;

use queuewall_shared::{metric::Metric, snapshot::BoardSnapshot};
use queuewall_store::{
    column::{COLUMNS, Column, Values},
    history::Queue,
};

use super::{
    Poller,
    assemble::Frame,
    backfill::Backfill,
    board::Board,
    events::Look,
    plan::Group,
    readings::{Handover, Highest, Known, Readings},
    today::TodaysNumbers,
};
use crate::{
    clock::Moment,
    history::{Minute, Recorder, Restored, epoch_ms, minute_of, told_name},
    mapping,
};

impl Poller {
    /// The same poller, which hands over to `recorder` and goes on from what it kept.
    #[must_use]
    pub fn recorded_by(mut self, recorder: Recorder, mut restored: Restored) -> Self {
        for board in &mut self.boards {
            if let Some(judges) = restored.levels.remove(board.slug()) {
                board.restore(judges);
            }
        }
        self.minutes = super::Minutes::restored(restored.uptime_ms, restored.trends);
        let readings = restored.readings.as_deref();
        // Of another version, it may not be understood.
        if let Some(mut handover) =
            readings.and_then(|text| serde_json::from_str::<Handover>(text).ok())
        {
            let now = self.clock.now();
            let uptime_ms = self.published.uptime_ms(now);
            let days = std::mem::take(&mut handover.today);
            if let Some(today) = &mut self.today {
                today.take_over(days, now, uptime_ms);
            }
            let readings = &mut self.readings;
            readings.take_over(handover, &self.groups, now, uptime_ms);
        }
        let look = self.look();
        for board in &mut self.boards {
            if let Some(told) = restored.told.get(board.slug()) {
                board.tell_on_from(told, &mut self.readings, restored.last_ms, look);
            }
        }
        if self.source.reports().is_some() {
            let (unrecorded, progress) = (restored.unrecorded, restored.backfill.as_deref());
            let now_ms = epoch_ms(self.clock.now().wall);
            self.backfill = Some(Backfill::new(unrecorded, progress, now_ms));
        }
        self.recorder = Some(recorder);
        self
    }

    /// What the boards' clocks show, in milliseconds since 1970.
    pub(super) fn epoch_ms(&self, uptime_ms: u64, now: Moment) -> u64 {
        match self.boards.first().and_then(Board::simulated_clock) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a float's cast saturates"
            )]
            Some(clock) => clock.at(uptime_ms as f64) as u64,
            None => epoch_ms(now.wall),
        }
    }

    /// Hands over what changed on the board at this place, which shows this.
    pub(super) fn record_changes(&mut self, place: usize, snapshot: &BoardSnapshot) {
        let Some(recorder) = &self.recorder else {
            return;
        };
        let (look, board) = (self.look(), &mut self.boards[place]);
        let events = board.changes(snapshot, &self.readings, look);
        if let Some(told) = board.news_of_told() {
            recorder.changes(events, vec![(told_name(board.slug()), told)]);
        }
    }

    fn look(&self) -> Look {
        let now = self.clock.now();
        Look {
            started: self.started,
            now,
            at_ms: self.epoch_ms(self.published.uptime_ms(now), now),
        }
    }
}

/// Hands over the minute that ended.
pub(super) fn minute(
    recorder: Option<&Recorder>,
    readings: &mut Readings,
    groups: &[Group],
    boards: &[Board],
    today: Option<&TodaysNumbers>,
    has_handover: bool,
    frame: Frame<'_>,
) {
    let row = |(group, id, known): (usize, &str, &mut Known)| -> Option<(Queue, Values)> {
        let highest = std::mem::take(&mut known.highest);
        let values = values(known, highest, frame)?;
        Some((groups[group].queue(id), values))
    };
    let rows = readings.all_mut().filter_map(row).collect();
    let Some(recorder) = recorder else {
        return;
    };
    // What is handed over to other servers must not be replaced by something older, however late
    // this minute is written.
    let state = match has_handover {
        true => Vec::new(),
        false => state(readings, groups, boards, today, frame),
    };
    recorder.minute(Minute {
        at: minute_of(frame.epoch_ms),
        rows,
        state,
    });
}

/// What the next poller needs, of this server or another.
pub(super) fn state(
    readings: &Readings,
    groups: &[Group],
    boards: &[Board],
    today: Option<&TodaysNumbers>,
    frame: Frame<'_>,
) -> Vec<(String, String)> {
    let Frame { now, uptime_ms, .. } = frame;
    let is_shown = |id: &str| (0..groups.len()).any(|group| readings.of(group, id).is_some());
    let today = today.map(|today| today.hand_over(is_shown, now, uptime_ms));
    let mut readings = readings.hand_over(groups, now, uptime_ms);
    readings.today = today.unwrap_or_default();
    let levels = boards.iter().map(|board| (board.slug(), board.troubled()));
    Restored::to_state(uptime_ms, now.wall, &readings, levels)
}

/// What is known of a queue at a minute's end; `None` where its reading is stale.
fn values(known: &Known, highest: Highest, frame: Frame<'_>) -> Option<Values> {
    let (reading, _) = known.current(frame.now, frame.cycle)?;
    let queue = mapping::queue(reading);
    let mut values = [None; COLUMNS];
    for (value, column) in values.iter_mut().zip(Column::ALL) {
        let last = queue.value(column.metric);
        *value = match (column.is_highest, column.metric) {
            (true, Metric::Waiting) => highest.waiting.map(|count| count as f64),
            (true, Metric::LongestWait) => highest.longest_wait.map(milliseconds),
            _ => last,
        };
        // Where reads are rarer than minutes, there was none in this one.
        if column.is_highest {
            *value = value.or(last);
        }
    }
    Some(values)
}

fn milliseconds(wait: Duration) -> f64 {
    mapping::millis(wait) as f64
}
