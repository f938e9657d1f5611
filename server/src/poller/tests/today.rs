//! Today's numbers.

use std::ops::Range;

use cxone::{AgentState, Report, ReportSource, ServiceLevelSummary, SkillSummary};
use queuewall_shared::{
    freshness::Freshness,
    level::{Level, Metric},
    snapshot::{Queue, SimulatedClock, Today},
};

use super::*;

/// What is answered of today, and what was asked.
pub(super) struct Script {
    queued: u64,
    abandoned: u64,
    in_time: u64,
    late: u64,
    /// How long a request takes.
    pub(super) takes: Duration,
    pub(super) failure: Option<cxone::Error>,
    /// The same, of service levels alone.
    no_levels: Option<cxone::Error>,
    /// The same, of hours of the past alone.
    pub(super) past_failure: Option<cxone::Error>,
    /// When which window was asked for; true for contacts.
    pub(super) asked: Vec<(Instant, bool, Range<SystemTime>)>,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            queued: 40,
            abandoned: 1,
            in_time: 30,
            late: 10,
            takes: Duration::from_millis(200),
            failure: None,
            no_levels: None,
            past_failure: None,
            asked: Vec::new(),
        }
    }
}

impl Scripted {
    async fn today<T>(
        &self,
        is_contacts: bool,
        window: Range<SystemTime>,
        entry: impl Fn(&Script, String) -> T,
    ) -> Result<Report<T>, cxone::Error> {
        let _permit = self.budget.acquire().await;
        let asked_at = self.clock.now();
        let takes = self.script.lock().unwrap().today.as_ref().unwrap().takes;
        tokio::time::sleep(takes).await;
        let mut script = self.script.lock().unwrap();
        let ids: Vec<String> = script.waiting.keys().cloned().collect();
        let today = script.today.as_mut().unwrap();
        let is_past = super::backfill::hour(&window).is_some();
        let asked = (asked_at.monotonic, is_contacts, window);
        today.asked.push(asked);
        if let Some(error) = today.past_failure.clone().filter(|_| is_past) {
            return Err(error);
        }
        let no_levels = today.no_levels.clone().filter(|_| !is_contacts);
        if let Some(error) = today.failure.clone().or(no_levels) {
            return Err(error);
        }
        let entries = ids.into_iter().map(|id| entry(today, id)).collect();
        Ok(Report {
            entries,
            asked_at,
            requests: 1,
        })
    }
}

#[async_trait]
impl ReportSource for Scripted {
    async fn skill_summaries(
        &self,
        window: Range<SystemTime>,
    ) -> Result<Report<SkillSummary>, cxone::Error> {
        self.today(true, window, |script, id| SkillSummary {
            id,
            queued: Some(script.queued),
            abandoned: Some(script.abandoned),
            handled: Some(script.queued - script.abandoned),
            average_talk: Some(Duration::from_millis(61_500)),
            ..SkillSummary::default()
        })
        .await
    }

    async fn service_levels(
        &self,
        window: Range<SystemTime>,
    ) -> Result<Report<ServiceLevelSummary>, cxone::Error> {
        self.today(false, window, |script, id| ServiceLevelSummary {
            id,
            in_time: Some(script.in_time),
            late: Some(script.late),
        })
        .await
    }

    async fn agent_states(&self, names: bool) -> Result<Report<AgentState>, cxone::Error> {
        self.agents(names).await
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn start(boards: Vec<BoardConfig>, count: usize, budget: usize) -> Bench {
    let mut script = all_waiting(&ids(count));
    script.today = Some(Script::default());
    Bench::start_boards(boards, script, budget)
}

impl Bench {
    pub(super) fn today(&self, change: impl FnOnce(&mut Script)) {
        self.script(|script| change(script.today.as_mut().unwrap()));
    }

    pub(super) fn asked(&self) -> Vec<(Instant, bool, Range<SystemTime>)> {
        self.script(|script| script.today.as_ref().unwrap().asked.clone())
    }

    fn first(&self, slug: &str) -> Queue {
        self.board(slug).queues[0].clone()
    }

    /// Today's numbers of the board's first queue, and whether they are stale.
    fn numbers(&self, slug: &str) -> (Today, bool) {
        let (board, queue) = (self.board(slug), self.first(slug));
        let published = self.boards.latest(slug).unwrap();
        let latest = published.latest_read.unwrap();
        let now = Watched::new(self.clock.clone()).now();
        let interval = Duration::from_millis(board.today_interval_ms.unwrap());
        let freshness = queue.today_freshness(latest.age_at(now), interval);
        (queue.today.unwrap(), freshness == Some(Freshness::Stale))
    }
}

#[tokio::test(start_paused = true)]
async fn todays_numbers_follow_the_live_ones() {
    let ids = ids(2);
    let berlin = BoardConfig {
        timezone: Some("Europe/Berlin".into()),
        ..board("main", &ids)
    };
    let bench = start(vec![berlin], 2, 10);
    after(seconds(5)).await;
    let board = bench.latest();
    assert_eq!(board.today_interval_ms, Some(75_000));
    assert_eq!(board.today_cause, None);
    let (today, is_stale) = bench.numbers("main");
    assert!(!is_stale);
    // The clock stands at 2026-01-05T10:00:00Z.
    assert_eq!(today.from, "2026-01-04T23:00:00Z");
    assert_eq!(today.lag_ms, 75_000);
    assert_eq!((today.offered, today.queued), (None, Some(40)));
    assert_eq!(today.abandon_rate_percent, Some(2.5));
    assert_eq!(today.average_talk_ms, Some(61_500));
    assert_eq!(today.service_level.percent, Some(75.0));
    assert_eq!(today.service_level.sample, Some(40));
    let asked = bench.asked();
    assert_eq!(asked.len(), 2);
    let start = SystemTime::UNIX_EPOCH + seconds(1_767_567_600);
    assert!(asked.iter().all(|(_, _, window)| window.start == start));
    let first_live = bench.script(|script| script.asked[0]);
    assert!(asked.iter().all(|(at, ..)| *at >= first_live));

    after(seconds(600)).await;
    let gaps = gaps(&bench.asked(), true);
    assert!(gaps.len() >= 9, "{gaps:?}");
    let usual = |gap: &Duration| *gap >= seconds(60) && *gap < seconds(63);
    assert!(gaps.iter().all(usual), "{gaps:?}");
}

/// Not under paused time, in which a budget is free at the same instant as it is asked.
#[tokio::test]
async fn todays_numbers_are_read_while_time_passes() {
    let ids = ids(1);
    let bench = start(vec![board("main", &ids)], 1, 10);
    let asked = async {
        while bench.asked().len() < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(seconds(20), asked).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn fast_simulated_day_is_asked_for_by_the_real_clock() {
    let ids = ids(1);
    // 6:00, at which a day at this speed is 6 minutes old.
    let simulated_clock = Some(SimulatedClock {
        uptime_ms: 0,
        epoch_ms: 1_577_858_400_000,
        speed: 60.0,
    });
    let simulated = BoardConfig {
        simulated_clock,
        ..board("main", &ids)
    };
    let bench = start(vec![simulated], 1, 10);
    after(seconds(300)).await;
    assert_eq!(bench.numbers("main").0.from, "2020-01-01T00:00:00Z");
    let begin = SystemTime::UNIX_EPOCH + seconds(1_767_607_200 - 360);
    let asked = bench.asked();
    assert!(asked.len() >= 8, "{asked:?}");
    for (at, _, window) in asked {
        let off = begin.duration_since(window.start).unwrap();
        assert!(off <= seconds(1), "{off:?}");
        let age = window.end.duration_since(begin).unwrap();
        let passed = seconds(360) + (at - bench.clock.start);
        assert!(passed.abs_diff(age) <= seconds(1), "{age:?}");
    }
}

/// The times between two requests of a kind.
fn gaps(asked: &[(Instant, bool, Range<SystemTime>)], is_contacts: bool) -> Vec<Duration> {
    let of_kind = asked.iter().filter(|(_, kind, _)| *kind == is_contacts);
    let at: Vec<_> = of_kind.map(|(at, ..)| *at).collect();
    at.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

#[tokio::test(start_paused = true)]
async fn dialect_without_reports_has_no_numbers_of_today() {
    let ids = ids(1);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(seconds(120)).await;
    assert_eq!(bench.latest().today_interval_ms, None);
    assert_eq!(bench.first("main").today, None);
}

#[tokio::test(start_paused = true)]
async fn live_reads_keep_their_interval_beside_slow_summaries() {
    // Two batches take all of a budget of four but its reserve: a round takes 60 s.
    for (count, budget, cycle) in [(101, 4, 60), (1, 2, 60), (1, 3, 60), (1, 10, 30)] {
        let ids = ids(count);
        let bench = start(vec![board("main", &ids)], count, budget);
        bench.today(|today| today.takes = seconds(9));
        after(seconds(120)).await;
        let from = Instant::now();
        after(seconds(1_800)).await;
        let reads = bench.script(|script| script.reads.clone());
        let reads: Vec<_> = reads.iter().filter(|(at, ..)| *at >= from).collect();
        let expected = 1_800 / cycle * count.div_ceil(100);
        assert!(
            reads.len().abs_diff(expected) <= count.div_ceil(100),
            "{budget}: {} for {expected}",
            reads.len()
        );
        let mut of_first = reads.iter().filter(|(_, ids, _)| ids[0] == "000");
        let mut before = of_first.next().unwrap().0;
        for (at, ..) in of_first {
            let gap = *at - before;
            // A summary that holds the budget's last permit may cost a second once.
            assert!(gap <= seconds(cycle as u64 + 10), "{budget}: {gap:?}");
            before = *at;
        }
        let gaps = gaps(&bench.asked(), true);
        assert!(gaps.iter().all(|gap| *gap >= seconds(60)), "{gaps:?}");
        let longest = gaps.iter().max().unwrap();
        assert!(*longest <= seconds(360), "{budget}: {gaps:?}");
        assert!(!bench.numbers("main").1);
    }
}

#[tokio::test(start_paused = true)]
async fn summary_waits_while_live_reads_fail() {
    let ids = ids(1);
    let bench = start(vec![board("main", &ids)], 1, 10);
    after(seconds(5)).await;
    bench.script(|script| script.failure = Some(rejected()));
    after(seconds(60)).await;
    let asked = bench.asked().len();
    after(seconds(900)).await;
    assert_eq!(bench.asked().len(), asked);
    bench.script(|script| script.failure = None);
    after(seconds(600)).await;
    assert!(bench.asked().len() > asked);
}

#[tokio::test(start_paused = true)]
async fn refused_summary_backs_off_alone_and_is_logged_once() {
    let (said, _log) = Said::gather("queuewall=info");
    let ids = ids(1);
    let bench = start(vec![board("main", &ids)], 1, 10);
    after(seconds(5)).await;
    bench.today(|today| {
        today.failure = Some(cxone::Error::Forbidden {
            remedy: cxone::Remedy::QueueScope,
        });
    });
    after(seconds(3_600)).await;
    let board = bench.latest();
    assert_eq!(board.upstream.state, UpstreamState::Ok);
    assert_eq!(board.totals.counted, 1);
    assert_eq!(board.today_cause_code, Some(Cause::Forbidden));
    let cause = board.today_cause.unwrap();
    assert!(cause.contains("today's numbers"), "{cause}");
    assert!(bench.numbers("main").1, "stale");
    // 1, 2, 4, 8, 15, 15 … minutes apart.
    assert!((7..=10).contains(&gaps(&bench.asked(), true).len()));
    let refused = |what: &str| {
        let what = format!("{what} cannot be read, live numbers go on: ");
        said.text().matches(&what).count()
    };
    assert_eq!(refused("today's contacts"), 1, "{}", said.text());
    assert_eq!(refused("today's service levels"), 1);

    bench.today(|today| today.failure = None);
    after(seconds(1_800)).await;
    assert!(!bench.numbers("main").1);
    assert_eq!(bench.latest().today_cause, None);
    let text = said.text();
    assert_eq!(text.matches("are read again").count(), 2, "{text}");
}

#[tokio::test(start_paused = true)]
async fn service_level_that_fails_alone_becomes_unknown() {
    let ids = ids(1);
    let bench = start(vec![board("main", &ids)], 1, 10);
    after(seconds(5)).await;
    bench.today(|today| today.no_levels = Some(server_error()));
    after(seconds(600)).await;
    let (today, is_stale) = bench.numbers("main");
    assert!(!is_stale);
    assert_eq!(today.queued, Some(40));
    assert_eq!(today.service_level.sample, None);
    let cause = bench.latest().today_cause_code;
    assert_eq!(cause, Some(Cause::UpstreamTrouble));
}

#[tokio::test(start_paused = true)]
async fn each_day_of_the_boards_is_asked_for_once() {
    let ids = ids(1);
    let of_zone = |slug: &str, timezone: Option<&str>, day_zone: Option<&str>| BoardConfig {
        timezone: timezone.map(str::to_owned),
        day_zone: day_zone.map(str::to_owned),
        ..board(slug, &ids)
    };
    let boards = vec![
        of_zone("berlin", Some("Europe/Berlin"), Some("UTC")),
        of_zone("paris", None, Some("Europe/Paris")),
        of_zone("utc", None, None),
        // It is 23:45 there.
        of_zone("chatham", Some("Pacific/Chatham"), None),
    ];
    let bench = start(boards, 1, 20);
    after(seconds(20)).await;
    let from = |slug: &str| bench.numbers(slug).0.from;
    assert_eq!(from("berlin"), "2026-01-04T23:00:00Z");
    assert_eq!(from("paris"), from("berlin"));
    assert_eq!(from("utc"), "2026-01-05T00:00:00Z");
    assert_eq!(from("chatham"), "2026-01-04T10:15:00Z");
    assert_eq!(bench.asked().len(), 6, "two of each day");

    // The new day's numbers are refused for a while: the old ones are not today's.
    after(seconds(14 * 60 + 30)).await;
    assert!(!bench.numbers("chatham").1);
    bench.today(|today| today.failure = Some(server_error()));
    after(seconds(15)).await;
    assert_eq!(from("chatham"), "2026-01-04T10:15:00Z");
    assert!(bench.numbers("chatham").1, "stale");
    assert!(!bench.numbers("utc").1);
    bench.today(|today| today.failure = None);
    after(seconds(200)).await;
    assert_eq!(from("chatham"), "2026-01-05T10:15:00Z");
    assert!(!bench.numbers("chatham").1);
}

#[tokio::test(start_paused = true)]
async fn level_of_today_takes_two_answers_and_not_two_readings() {
    let ids = ids(1);
    let bench = start(vec![board("main", &ids)], 1, 10);
    after(seconds(50)).await;
    assert_eq!(bench.first("main").level, Level::Ok);
    bench.today(|today| today.abandoned = 5);
    // The answer of second 60 and its readings.
    let mut answers = 0;
    while bench.first("main").level == Level::Ok {
        after(seconds(1)).await;
        let asked = bench.asked();
        answers = asked.iter().filter(|(_, contacts, _)| *contacts).count();
        assert!(answers < 5);
    }
    assert_eq!(answers, 3, "one before, and two that are bad");
    let queue = bench.first("main");
    assert_eq!(queue.level, Level::Critical);
    assert_eq!(queue.reasons[0].metric, Metric::AbandonRate);
    assert_eq!(queue.reasons[0].value, Some(12.5));

    // Nothing is judged by numbers that are stale.
    bench.today(|today| today.failure = Some(server_error()));
    after(seconds(600)).await;
    assert_eq!(bench.first("main").level, Level::Ok);
}

#[tokio::test(start_paused = true)]
async fn few_contacts_make_no_abandon_rate_to_judge() {
    let ids = ids(1);
    let bench = start(vec![board("main", &ids)], 1, 10);
    bench.today(|today| (today.queued, today.abandoned) = (19, 19));
    after(seconds(300)).await;
    assert_eq!(bench.first("main").level, Level::Ok);
    bench.today(|today| (today.queued, today.abandoned) = (20, 19));
    after(seconds(300)).await;
    assert_eq!(bench.first("main").level, Level::Critical);
}

#[tokio::test(start_paused = true)]
async fn start_goes_on_from_todays_numbers_with_their_age() {
    let ids = ids(1);
    let (recorder, mut records) = Recorder::new();
    let mut script = all_waiting(&ids);
    script.today = Some(Script::default());
    let boards = || vec![board("main", &ids)];
    let history = Some((recorder, Restored::default()));
    let _before = Bench::start_recorded(boards(), script, 10, history);
    after(seconds(61)).await;
    let mut state = Vec::new();
    while let Ok(record) = records.try_recv() {
        if let Record::Minute(minute) = record {
            state = minute.state;
        }
    }
    let readings = (state.into_iter()).find(|(name, _)| name == "readings");
    let restored = Restored {
        readings: readings.map(|(_, text)| text),
        uptime_ms: 90_000,
        ..Restored::default()
    };
    let mut script = all_waiting(&ids);
    script.today = Some(Script {
        failure: Some(server_error()),
        ..Script::default()
    });
    let (recorder, _records) = Recorder::new();
    let bench = Bench::start_recorded(boards(), script, 10, Some((recorder, restored)));
    after(seconds(1)).await;
    let (today, is_stale) = bench.numbers("main");
    assert_eq!((today.queued, is_stale), (Some(40), false));
    after(seconds(300)).await;
    assert!(bench.numbers("main").1, "they age");
}
