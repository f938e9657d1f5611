//! Agents, read beside the live numbers.

use cxone::{Activity, AgentName, AgentState, Report};
use queuewall_shared::{
    agents::{AgentActivity, AgentCounts, AgentsShown},
    freshness::Freshness,
    snapshot::Level,
};

use super::*;
use crate::board::{AgentLimit, AgentLimits, AgentsConfig};

/// What is answered of agents.
#[derive(Default)]
pub(super) struct Script {
    /// Since when each of them is unavailable.
    away: Vec<Instant>,
    failure: Option<cxone::Error>,
    /// When it was asked for, and whether with names.
    asked: Vec<(Instant, bool)>,
}

impl Scripted {
    pub(super) async fn agents(&self, names: bool) -> Result<Report<AgentState>, cxone::Error> {
        let _permit = self.budget.acquire().await;
        let asked_at = self.clock.now();
        let mut script = self.script.lock().unwrap();
        let script = &mut script.agents;
        script.asked.push((asked_at.monotonic, names));
        if let Some(error) = &script.failure {
            return Err(error.clone());
        }
        let agent = |(place, since): (usize, &Instant)| AgentState {
            id: place.to_string(),
            name: names.then(|| AgentName {
                first: "Ann".into(),
                last: "Lee".into(),
            }),
            team: None,
            activity: Activity::Unavailable,
            reason: Some("Lunch".into()),
            in_state: Some(asked_at.monotonic - *since),
            skill: None,
        };
        Ok(Report {
            entries: script.away.iter().enumerate().map(agent).collect(),
            asked_at,
            requests: 1,
        })
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn showing(slug: &str, shown: AgentsShown) -> BoardConfig {
    let limit = AgentLimit {
        warning_ms: Some(200_000),
        critical_ms: None,
    };
    BoardConfig {
        agents: Some(AgentsConfig {
            shown,
            teams: Vec::new(),
            limits: AgentLimits {
                activities: [(AgentActivity::Unavailable, limit)].into(),
                ..AgentLimits::default()
            },
        }),
        ..board(slug, &ids(2))
    }
}

/// Two agents are away from now on.
fn start(boards: Vec<BoardConfig>, budget: usize) -> Bench {
    let mut script = all_waiting(&ids(2));
    script.today = Some(today::Script::default());
    script.agents.away = vec![Instant::now(); 2];
    Bench::start_boards(boards, script, budget)
}

impl Bench {
    fn agents_asked(&self) -> Vec<(Instant, bool)> {
        self.script(|script| script.agents.asked.clone())
    }

    fn agents_fail(&self, failure: Option<cxone::Error>) {
        self.script(|script| script.agents.failure = failure);
    }

    fn counts(&self) -> AgentCounts {
        self.latest().agents.unwrap()
    }

    /// The names in a board's list, if it has one.
    fn named(&self, slug: &str) -> Option<Vec<Option<String>>> {
        let list = self.boards.agents(slug)?.list(0)?;
        let names = list.into_iter().map(|it| it.name.map(|name| name.0));
        Some(names.collect())
    }

    fn freshness(&self) -> Option<Freshness> {
        let read = self.boards.latest("main").unwrap().latest_read.unwrap();
        let now = Watched::new(self.clock.clone()).now();
        self.counts().freshness(read.age_at(now))
    }
}

#[tokio::test(start_paused = true)]
async fn agents_are_not_read_where_no_board_shows_them() {
    let bench = start(vec![board("main", &ids(2))], 10);
    after(seconds(600)).await;
    assert_eq!(bench.agents_asked(), []);
    assert_eq!(bench.latest().agents, None);
    assert!(bench.boards.agents("main").is_none());
}

#[tokio::test(start_paused = true)]
async fn agents_are_counted_without_names_every_half_minute() {
    let bench = start(vec![showing("main", AgentsShown::Counts)], 10);
    let counts = bench.latest().agents;
    assert!(
        counts.is_none_or(|it| it.now.is_none()),
        "nothing is known yet"
    );
    after(seconds(5)).await;
    let counts = bench.counts();
    assert_eq!(counts.now.unwrap().unavailable, 2);
    assert_eq!((counts.level, counts.cause_code), (Level::Ok, None));
    let tag = bench.tag();
    after(seconds(150)).await;
    assert_eq!(bench.tag(), tag, "the same while nothing changes");
    assert_ne!(bench.freshness(), Some(Freshness::Stale));
    let asked = bench.agents_asked();
    assert!((5..=6).contains(&asked.len()), "{}", asked.len());
    assert!(asked.iter().all(|(_, names)| !names));
    assert_eq!(bench.named("main"), None);
}

#[tokio::test(start_paused = true)]
async fn agents_pass_their_limit_between_two_reads() {
    let bench = start(vec![showing("main", AgentsShown::Counts)], 10);
    after(seconds(199)).await;
    assert_eq!(bench.counts().level, Level::Ok);
    bench.agents_fail(Some(server_error()));
    after(seconds(4)).await;
    let counts = bench.counts();
    assert_eq!(counts.level, Level::Warning);
    let over = &counts.over[0];
    assert_eq!((over.agents, over.limit_ms), (2, 200_000));
    assert_eq!(
        (over.activity, over.reason.as_deref()),
        (AgentActivity::Unavailable, None)
    );
}

#[tokio::test(start_paused = true)]
async fn names_are_asked_for_and_forgotten_as_boards_change() {
    let bench = start(vec![showing("main", AgentsShown::Counts)], 10);
    after(seconds(5)).await;
    let both = vec![
        showing("main", AgentsShown::Initials),
        showing("other", AgentsShown::Names),
    ];
    bench.changes.send_replace(live(both));
    after(seconds(5)).await;
    assert!(bench.agents_asked().last().unwrap().1);
    let some = |name: &str| Some(vec![Some(name.to_owned()); 2]);
    assert_eq!(bench.named("main"), some("AL"));
    assert_eq!(bench.named("other"), some("Ann Lee"));

    let initials = vec![showing("main", AgentsShown::Initials)];
    bench.changes.send_replace(live(initials));
    after(seconds(1)).await;
    assert_eq!(bench.named("main"), some("AL"));
    assert!(bench.boards.agents("other").is_none());
    let counts = vec![showing("main", AgentsShown::Counts)];
    bench.changes.send_replace(live(counts));
    after(seconds(1)).await;
    assert_eq!(bench.named("main"), None);
    let before = bench.agents_asked().len();
    after(seconds(60)).await;
    let asked = bench.agents_asked().split_off(before);
    assert!(!asked.is_empty() && asked.iter().all(|(_, names)| !names));
    // They were not kept either.
    let names = vec![showing("main", AgentsShown::Names)];
    bench.agents_fail(Some(server_error()));
    bench.changes.send_replace(live(names));
    after(seconds(1)).await;
    assert_eq!(bench.named("main"), Some(vec![None; 2]));
    let none = vec![board("main", &ids(2))];
    bench.changes.send_replace(live(none));
    after(seconds(1)).await;
    assert_eq!(bench.latest().agents, None);
    assert!(bench.boards.agents("main").is_none());
}

#[tokio::test(start_paused = true)]
async fn agents_that_cannot_be_read_grow_old_alone() {
    let bench = start(vec![showing("main", AgentsShown::Counts)], 10);
    bench.agents_fail(Some(cxone::Error::Forbidden {
        remedy: cxone::Remedy::ReportPermission,
    }));
    after(seconds(10)).await;
    let counts = bench.counts();
    assert_eq!((counts.now, counts.lag_ms), (None, None));
    assert_eq!(counts.cause_code, Some(Cause::Forbidden));
    assert_eq!(
        counts.cause.unwrap(),
        "No permission to read agents in CXone"
    );
    bench.agents_fail(None);
    after(seconds(60)).await;
    assert_eq!(bench.counts().cause_code, None);
    assert_eq!(bench.counts().now.unwrap().unavailable, 2);
    bench.agents_fail(Some(server_error()));
    after(seconds(300)).await;
    let counts = bench.counts();
    assert_eq!(counts.cause_code, Some(Cause::UpstreamTrouble));
    assert_eq!(bench.freshness(), Some(Freshness::Stale));
    assert_eq!((counts.level, counts.over.len()), (Level::None, 0));
    assert_eq!(bench.latest().upstream.state, UpstreamState::Ok);
}

#[tokio::test(start_paused = true)]
async fn live_reads_come_first_where_the_budget_is_small() {
    let reads = async |boards| {
        let bench = start(boards, 4);
        after(seconds(1_200)).await;
        (bench.reads(), bench.agents_asked())
    };
    let (without, _) = reads(vec![board("main", &ids(2))]).await;
    let (with, asked) = reads(vec![showing("main", AgentsShown::Names)]).await;
    assert_eq!(with, without);
    // 300 s apart at the most, which is said in the snapshot.
    assert!((3..=6).contains(&asked.len()), "{}", asked.len());
}
