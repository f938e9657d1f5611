//! What is kept of agents, and what is shown of them.

use std::time::Duration;

use super::*;

const MINUTE: u64 = 60_000;

fn state(id: &str, activity: Activity, minutes: u64) -> AgentState {
    AgentState {
        id: id.into(),
        name: Some(AgentName {
            first: "Zoë".into(),
            last: "van Dyck".into(),
        }),
        team: Some(("7".into(), Some("Help Desk".into()))),
        activity,
        reason: None,
        in_state: Some(Duration::from_secs(minutes * 60)),
        skill: None,
    }
}

fn away(id: &str, reason: &str, minutes: u64) -> AgentState {
    AgentState {
        reason: Some(reason.into()),
        ..state(id, Activity::Unavailable, minutes)
    }
}

fn limit(warning: u64, critical: u64) -> AgentLimit {
    AgentLimit {
        warning_ms: Some(warning * MINUTE),
        critical_ms: Some(critical * MINUTE),
    }
}

fn config(shown: AgentsShown) -> AgentsConfig {
    AgentsConfig {
        shown,
        teams: Vec::new(),
        limits: AgentLimits {
            activities: BTreeMap::from([(AgentActivity::Unavailable, limit(15, 30))]),
            reasons: BTreeMap::from([("lunch".to_owned(), limit(45, 60))]),
        },
    }
}

/// What was asked at two hours of uptime.
const READ_MS: u64 = 120 * MINUTE;

fn read(states: Vec<AgentState>, named: Named) -> Vec<Agent> {
    reduce(states, named, READ_MS, &[], &Keys::default())
}

fn board(config: &AgentsConfig, states: Vec<AgentState>) -> BoardAgents {
    let agents = read(states, Named::InFull);
    BoardAgents::of(config, &agents, |id| id == "q1", READ_MS, 3 * MINUTE)
}

#[test]
fn of_names_no_more_is_kept_than_some_board_shows() {
    for (named, kept) in [
        (Named::Not, (None, None)),
        (Named::ByInitials, (None, Some("ZV"))),
        (Named::InFull, (Some("Zoë van Dyck"), Some("ZV"))),
    ] {
        let agents = read(vec![state("agent-4711", Activity::Available, 1)], named);
        let agent = &agents[0];
        let name = |name: &Option<PersonName>| name.clone().map(|it| it.0);
        let found = (name(&agent.name), name(&agent.initials));
        assert_eq!((found.0.as_deref(), found.1.as_deref()), kept, "{named:?}");
        let debug = format!("{agent:?}");
        for secret in ["Zoë", "Dyck", "ZV", "4711"] {
            assert!(!debug.contains(secret), "{secret}: {debug}");
        }
    }
}

#[test]
fn agents_forget_names_when_no_board_shows_them() {
    let mut agents = read(vec![state("1", Activity::Available, 1)], Named::InFull);
    agents[0].forget_beyond(Named::ByInitials);
    assert!(agents[0].name.is_none() && agents[0].initials.is_some());
    agents[0].forget_beyond(Named::Not);
    assert!(agents[0].initials.is_none());
}

#[test]
fn most_that_any_board_shows_is_asked_for() {
    let by = |shown: &[AgentsShown]| {
        let configs: Vec<_> = shown.iter().map(|shown| config(*shown)).collect();
        Named::by(configs.iter())
    };
    use AgentsShown::{Counts, Initials, Names};
    assert_eq!(by(&[]), None);
    assert_eq!(by(&[Counts]), Some(Named::Not));
    assert_eq!(by(&[Counts, Initials]), Some(Named::ByInitials));
    assert_eq!(by(&[Names, Initials]), Some(Named::InFull));
    assert!(!Named::Not.asks_for_names() && Named::ByInitials.asks_for_names());
}

#[test]
fn each_board_lists_agents_by_its_own_setting() {
    let states = || {
        vec![AgentState {
            skill: Some("q1".into()),
            ..state("1", Activity::OnContact, 1)
        }]
    };
    let name = |shown| {
        let list = board(&config(shown), states()).list(READ_MS)?;
        list[0].name.clone().map(|name| name.0)
    };
    assert_eq!(name(AgentsShown::Names).as_deref(), Some("Zoë van Dyck"));
    assert_eq!(name(AgentsShown::Initials).as_deref(), Some("ZV"));
    assert_eq!(
        board(&config(AgentsShown::Counts), states()).list(READ_MS),
        None
    );
    let entry = &board(&config(AgentsShown::Names), states())
        .list(READ_MS)
        .unwrap()[0];
    assert_eq!(entry.queue.as_deref(), Some("q1"));
    assert_eq!(entry.team.as_deref(), Some("Help Desk"));
    assert_eq!(entry.since_ms, Some(signed(119 * MINUTE)));
}

#[test]
fn agent_of_another_boards_queue_has_no_queue() {
    let states = vec![AgentState {
        skill: Some("q2".into()),
        ..state("1", Activity::OnContact, 1)
    }];
    let list = board(&config(AgentsShown::Names), states).list(READ_MS);
    assert_eq!(list.unwrap()[0].queue, None);
}

#[test]
fn agents_past_a_limit_are_counted_by_limit_and_listed_first() {
    let board = board(
        &config(AgentsShown::Names),
        vec![
            state("free", Activity::Available, 90),
            away("lunch", "Lunch", 46),
            away("short", "Meeting", 15),
            away("long", "Meeting", 31),
            away("longer", "Training", 50),
            AgentState {
                in_state: None,
                ..away("unknown", "Meeting", 0)
            },
        ],
    );
    let (counts, over, level) = board.counts(READ_MS);
    assert_eq!((counts.available, counts.unavailable), (1, 5));
    assert_eq!(level, Level::Critical);
    let over: Vec<_> = (over.iter())
        .map(|over| {
            (
                over.level,
                over.reason.as_deref(),
                over.limit_ms,
                over.agents,
            )
        })
        .collect();
    assert_eq!(
        over,
        [
            (Level::Critical, None, 30 * MINUTE, 2),
            (Level::Warning, Some("Lunch"), 45 * MINUTE, 1),
        ]
    );
    let list = board.list(READ_MS).unwrap();
    let states: Vec<_> = list.iter().map(|it| it.state.as_deref()).collect();
    assert_eq!(
        states,
        [
            Some("Training"),
            Some("Meeting"),
            Some("Lunch"),
            None,
            Some("Meeting"),
            Some("Meeting"),
        ]
    );
    // 15:00 is not over 15:00, a second later it is.
    assert_eq!(list[4].level, Level::Ok);
    let later = board.list(READ_MS + 1_000).unwrap();
    let over = later.iter().filter(|it| it.level == Level::Warning).count();
    assert_eq!(over, 2);
    assert_eq!((list[5].level, list[5].since_ms), (Level::None, None));
}

#[test]
fn stale_agents_have_no_level_and_no_limit() {
    let board = board(&config(AgentsShown::Names), vec![away("1", "Meeting", 50)]);
    let at = READ_MS + 3 * MINUTE;
    assert_eq!(board.counts(at).2, Level::Critical);
    let (counts, over, level) = board.counts(at + 1);
    assert_eq!((counts.unavailable, over.len(), level), (1, 0, Level::None));
    assert_eq!(board.list(at + 1).unwrap()[0].limit_ms, None);
}

#[test]
fn state_that_began_before_the_server_passes_its_limit() {
    let agents = reduce(
        vec![away("1", "Meeting", 31)],
        Named::Not,
        5_000,
        &[],
        &Keys::default(),
    );
    let config = config(AgentsShown::Initials);
    let board = BoardAgents::of(&config, &agents, |_| true, 5_000, MINUTE);
    assert_eq!(board.counts(5_000).2, Level::Critical);
    let since_ms = board.list(5_000).unwrap()[0].since_ms;
    assert_eq!(since_ms, Some(5_000 - signed(31 * MINUTE)));
}

#[test]
fn board_without_limits_judges_no_agent() {
    let config = AgentsConfig {
        limits: AgentLimits::default(),
        ..config(AgentsShown::Names)
    };
    let (_, over, level) = board(&config, vec![away("1", "Lunch", 600)]).counts(READ_MS);
    assert_eq!((over.len(), level), (0, Level::None));
}

#[test]
fn board_shows_only_its_teams_by_id_or_name() {
    let of = |teams: &[&str]| {
        let teams: Vec<_> = teams.iter().map(|team| (*team).to_owned()).collect();
        let config = AgentsConfig {
            teams,
            ..config(AgentsShown::Counts)
        };
        let states = vec![
            state("1", Activity::Available, 1),
            AgentState {
                team: Some(("8".into(), None)),
                ..state("2", Activity::Available, 1)
            },
            AgentState {
                team: None,
                ..state("3", Activity::Available, 1)
            },
        ];
        board(&config, states).counts(READ_MS).0.available
    };
    assert_eq!((of(&[]), of(&["Help Desk"]), of(&["7", "8"])), (3, 1, 2));
    assert_eq!(of(&["Help"]), 0);
}

#[test]
fn start_of_a_state_stays_while_answers_take_their_time() {
    let keys = Keys::default();
    let of =
        |states, asked_ms, before: &[Agent]| reduce(states, Named::Not, asked_ms, before, &keys);
    let first = of(vec![away("1", "Lunch", 1)], READ_MS, &[]);
    // A minute and three seconds later it is a minute longer.
    let later = READ_MS + MINUTE + 3_000;
    let second = of(vec![away("1", "Lunch", 2)], later, &first);
    assert_eq!(second[0].since_ms, first[0].since_ms);
    assert_eq!(second[0].key, first[0].key);
    let other = of(vec![away("1", "Meeting", 2)], later, &first);
    assert_ne!(other[0].since_ms, first[0].since_ms);
    let restarted = of(vec![away("1", "Lunch", 0)], later, &first);
    assert_eq!(restarted[0].since_ms, Some(signed(later)));
}

#[test]
fn teams_without_an_agent_are_named() {
    let agents = read(vec![state("1", Activity::Available, 1)], Named::Not);
    let config = AgentsConfig {
        teams: vec!["7".into(), "Hepl Desk".into()],
        ..config(AgentsShown::Counts)
    };
    let missing = missing_teams([&config].into_iter(), &agents);
    assert_eq!(Vec::from_iter(missing), ["Hepl Desk"]);
}

#[test]
fn initials_are_first_letters_whatever_stands_before_them() {
    let of = |first: &str, last: &str| {
        let name = AgentName {
            first: first.into(),
            last: last.into(),
        };
        initials(&name).map(|it| it.0)
    };
    assert_eq!(of("ann", "lee").as_deref(), Some("AL"));
    assert_eq!(of("", "'t Hooft").as_deref(), Some("T"));
    assert_eq!(of("李", "娜").as_deref(), Some("李娜"));
    assert_eq!(of(" ", "-"), None);
}
