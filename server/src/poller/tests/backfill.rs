//! Hours that nothing recorded.

use std::ops::Range;

use queuewall_store::backfill;
use tokio::sync::mpsc::Receiver;

use super::*;
use crate::history::Hour;

/// The hour since 1970 that begins with every test.
const NOW: i64 = 491_002;

/// The hour of a window that is one.
pub(super) fn hour(window: &Range<SystemTime>) -> Option<i64> {
    let seconds = |at: SystemTime| at.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let (start, end) = (seconds(window.start), seconds(window.end));
    let is_hour = end - start == 3_600 && start % 3_600 == 0;
    is_hour.then(|| i64::try_from(start / 3_600).unwrap())
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// So many hours before now that nothing recorded.
fn unrecorded(hours: i64) -> Vec<i64> {
    (NOW - hours..NOW).collect()
}

struct Past {
    bench: Bench,
    records: Receiver<Record>,
}

fn start(restored: Restored, count: usize, budget: usize) -> Past {
    let (recorder, records) = Recorder::new();
    let ids = ids(count);
    let mut script = all_waiting(&ids);
    script.today = Some(today::Script::default());
    let boards = vec![board("main", &ids)];
    let bench = Bench::start_recorded(boards, script, budget, Some((recorder, restored)));
    Past { bench, records }
}

fn of_hours(hours: i64, count: usize, budget: usize) -> Past {
    let restored = Restored {
        unrecorded: unrecorded(hours),
        ..Restored::default()
    };
    start(restored, count, budget)
}

impl Past {
    /// The hours asked for, in order; true for contacts.
    fn asked(&self) -> Vec<(i64, bool)> {
        let asked = self.bench.asked();
        let of_hours = asked.iter().filter_map(|(_, contacts, window)| {
            let hour = hour(window)?;
            Some((hour, *contacts))
        });
        of_hours.collect()
    }

    /// What was handed over since the last call.
    fn kept(&mut self) -> Vec<Hour> {
        let mut hours = Vec::new();
        while let Ok(record) = self.records.try_recv() {
            if let Record::Hour(hour) = record {
                hours.push(hour);
            }
        }
        hours
    }

    /// The state that was handed over last.
    fn progress(&mut self) -> super::super::backfill::Progress {
        let last = self.kept().pop().unwrap();
        super::super::backfill::Progress::parse(&last.state[0].1).unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn hours_are_read_newest_first_after_todays_numbers() {
    let (said, _log) = Said::gather("queuewall=info");
    let mut past = of_hours(3, 2, 20);
    after(seconds(600)).await;
    let first = past.bench.asked();
    assert!(
        first[..2]
            .iter()
            .all(|(_, _, window)| hour(window).is_none())
    );
    // The last one ended just now.
    let both = |hour| [(hour, true), (hour, false)];
    assert_eq!(past.asked(), [both(NOW - 2), both(NOW - 3)].concat());
    let kept = past.kept();
    assert_eq!(
        kept.iter().map(|hour| hour.at).collect::<Vec<_>>(),
        [NOW - 2, NOW - 3]
    );
    let (queue, hour) = &kept[0].rows[0];
    assert_eq!((queue.id.as_str(), kept[0].rows.len()), ("000", 2));
    let expected = backfill::Hour {
        offered: None,
        queued: Some(40),
        handled: Some(39),
        abandoned: Some(1),
        in_time: Some(30),
        late: Some(10),
    };
    assert_eq!(*hour, expected);
    let text = said.text();
    assert!(text.contains("service levels of 3 hours"), "{text}");
    assert!(text.contains("back-fill is complete: 2 hours"), "{text}");

    after(seconds(600)).await;
    assert_eq!(past.asked()[4..], both(NOW - 1), "once it is counted");
    after(seconds(7_200)).await;
    assert_eq!(past.asked().len(), 6, "and none again");
}

#[tokio::test(start_paused = true)]
async fn live_reads_are_sent_as_without_a_backfill() {
    // Batches of 100: the second leaves one request a minute.
    for (count, budget) in [(1, 10), (401, 16), (101, 20), (250, 60)] {
        let mut times = Vec::new();
        for hours in [0, 168] {
            let past = of_hours(hours, count, budget);
            past.bench.today(|today| today.takes = seconds(9));
            past.bench.script(|script| script.takes = seconds(2));
            let begin = Instant::now();
            after(seconds(900)).await;
            let asked = past.bench.script(|script| script.asked.clone());
            times.push(asked.iter().map(|at| *at - begin).collect::<Vec<_>>());
            assert_eq!(past.asked().is_empty(), hours == 0, "{budget}");
            past.bench.poller.abort();
        }
        let [without, with] = &times[..] else {
            unreachable!()
        };
        assert_eq!(without.len(), with.len(), "{count} queues, {budget}");
        for (without, with) in without.iter().zip(with) {
            assert!(
                with.abs_diff(*without) <= seconds(1),
                "{count} queues, {budget}: {without:?}, {with:?}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn week_is_read_in_what_the_budget_leaves() {
    for (budget, least, most) in [(10, 100, 130), (20, 22, 35), (60, 8, 15)] {
        let past = of_hours(168, 60, budget);
        let begin = Instant::now();
        // All but some hours that are older than 7 days when it is their turn.
        while past.asked().len() < 2 * 160 {
            after(seconds(60)).await;
            let asked = past.asked().len();
            assert!(begin.elapsed() < seconds(3 * 3_600), "{budget}: {asked}");
        }
        let asked = past.bench.asked();
        let mut of_hours = asked.iter().filter(|it| hour(&it.2).is_some());
        let (first, last) = (of_hours.next().unwrap().0, of_hours.next_back().unwrap().0);
        let a_minute = of_hours.count() as f64 * 60.0 / (last - first).as_secs_f64();
        let minutes = 336.0 / a_minute;
        println!("budget {budget}: {minutes:.0} min, {a_minute:.1} requests a minute");
        assert!(
            (least..=most).contains(&(minutes as u64)),
            "{budget}: {minutes}"
        );
        past.bench.poller.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn refused_backfill_ends_and_is_not_tried_for_hours() {
    let (said, _log) = Said::gather("queuewall=info");
    let mut past = of_hours(24, 1, 20);
    past.bench.today(|today| {
        today.past_failure = Some(cxone::Error::UnexpectedStatus { status: 410 });
    });
    after(seconds(5 * 3_600)).await;
    assert_eq!(past.asked(), [(NOW - 2, true)]);
    let board = past.bench.latest();
    assert_eq!(board.upstream.state, UpstreamState::Ok);
    assert_eq!(board.today_cause, None);
    let text = said.text();
    let ended = "back-fill ends with 24 hours left, live numbers go on; it is tried again in 6 h: ";
    assert_eq!(text.matches(ended).count(), 1, "{text}");
    let progress = past.progress();
    assert_eq!(progress.left, 24);
    assert!(progress.ended.as_ref().unwrap().1.contains("410"));

    // Nor after a restart.
    let restored = Restored {
        unrecorded: unrecorded(24),
        backfill: Some(progress.to_state()[0].1.clone()),
        ..Restored::default()
    };
    let again = start(restored, 1, 20);
    after(seconds(5 * 3_600)).await;
    assert_eq!(again.asked(), []);
    after(seconds(2 * 3_600)).await;
    assert_eq!(again.asked().len(), 48, "and then all of it");
}

#[tokio::test(start_paused = true)]
async fn failure_that_passes_is_waited_for() {
    let mut past = of_hours(3, 1, 20);
    past.bench
        .today(|today| today.past_failure = Some(server_error()));
    after(seconds(300)).await;
    assert_eq!(past.asked(), [(NOW - 2, true); 3]);
    past.bench.today(|today| today.past_failure = None);
    after(seconds(500)).await;
    assert_eq!(past.asked().len(), 3 + 4);
    assert_eq!(past.progress().ended, None);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_while_todays_numbers_are_not_read() {
    let past = of_hours(24, 1, 20);
    past.bench
        .today(|today| today.failure = Some(server_error()));
    after(seconds(600)).await;
    assert_eq!(past.asked(), []);
    past.bench.today(|today| today.failure = None);
    after(seconds(900)).await;
    assert!(!past.asked().is_empty());
}

#[tokio::test(start_paused = true)]
async fn backfill_is_turned_off_and_on_while_it_runs() {
    let past = of_hours(48, 1, 10);
    after(seconds(120)).await;
    let set = |backfill_days| {
        let boards = vec![board("main", &ids(1))];
        let live = Live {
            backfill_days,
            ..live(boards)
        };
        past.bench.changes.send_replace(live);
    };
    set(0);
    after(seconds(60)).await;
    let asked = past.asked().len();
    assert!(asked > 0);
    after(seconds(900)).await;
    assert_eq!(past.asked().len(), asked);
    set(1);
    after(seconds(3 * 3_600)).await;
    let asked = past.asked();
    assert!(
        asked
            .iter()
            .all(|(hour, _)| *hour >= NOW - 24 && *hour < NOW)
    );
    assert!(asked.len() >= 2 * 23, "{asked:?}");
}

#[tokio::test(start_paused = true)]
async fn shutdown_aborts_the_request_of_an_hour() {
    let past = of_hours(48, 1, 20);
    after(seconds(30)).await;
    past.bench.today(|today| today.takes = seconds(3_600));
    after(seconds(30)).await;
    let asked = past.bench.asked().len();
    past.bench.poller.abort();
    after(seconds(7_200)).await;
    assert_eq!(past.bench.asked().len(), asked);
}

#[tokio::test(start_paused = true)]
async fn budget_that_live_reads_take_whole_is_left_to_them() {
    let (said, _log) = Said::gather("queuewall=info");
    for (count, budget, enough) in [(1, 4, 8), (401, 10, 16)] {
        let past = of_hours(24, count, budget);
        after(seconds(600)).await;
        assert_eq!(past.asked(), []);
        past.bench.poller.abort();
        let text = said.text();
        let said = format!(
            "leave nothing of {budget} requests a minute; set QUEUEWALL_BUDGET_PER_MINUTE to {enough},"
        );
        assert_eq!(text.matches(&said).count(), 1, "{text}");
        let past = of_hours(24, count, enough);
        after(seconds(600)).await;
        assert!(past.asked().len() > 5, "{:?}", past.asked());
        past.bench.poller.abort();
    }
}
