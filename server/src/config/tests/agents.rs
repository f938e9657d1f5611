//! What boards show of agents.

use queuewall_shared::agents::{AgentActivity, AgentsShown};

use super::*;

fn limit(warning: Option<u64>, critical: Option<u64>) -> AgentLimit {
    let ms = |seconds: Option<u64>| seconds.map(|seconds| seconds * 1_000);
    AgentLimit {
        warning_ms: ms(warning),
        critical_ms: ms(critical),
    }
}

#[test]
fn board_shows_no_agents_unless_it_says_how() {
    let boards =
        of_file("[[boards]]\nslug = \"a\"\n[[boards]]\nslug = \"b\"\nagents = \"counts\"\n");
    assert_eq!(boards.boards[0].agents, None);
    let agents = boards.boards[1].agents.clone().unwrap();
    assert_eq!(agents.shown, AgentsShown::Counts);
    assert!(agents.teams.is_empty() && agents.limits == AgentLimits::default());
}

#[test]
fn agent_limits_of_a_board_are_laid_over_those_of_all() {
    let file = "[agent_limits]\nunavailable_seconds = { warning = 900, critical = 1800 }\n\
                reason_seconds = { Lunch = { warning = 2700 }, \"1:1 talk\" = { warning = 60 } }\n\
                [[boards]]\nslug = \"a\"\nagents = \"names\"\nagent_teams = [\"Help  Desk\", 205970]\n\
                agent_limits = { unavailable_seconds = { warning = false }, on_contact_seconds = \
                { critical = 60 }, reason_seconds = { \"LUNCH\" = { critical = 3600 } } }\n";
    let agents = of_file(file).boards[0].agents.clone().unwrap();
    assert_eq!(agents.shown, AgentsShown::Names);
    assert_eq!(agents.teams, ["Help Desk", "205970"]);
    assert_eq!(
        agents.limits.activities,
        [
            (AgentActivity::Unavailable, limit(None, Some(1_800))),
            (AgentActivity::OnContact, limit(None, Some(60))),
        ]
        .into()
    );
    assert_eq!(
        agents.limits.reasons,
        [
            ("lunch".to_owned(), limit(Some(2_700), Some(3_600))),
            ("1:1 talk".to_owned(), limit(Some(60), None)),
        ]
        .into()
    );
}

#[test]
fn every_wrong_setting_of_agents_is_named_with_its_line() {
    let file = "agent_limit = 5\n[agent_limits]\nunavailable = { warning = 1 }\n\
                after_call_work_seconds = { warning = 60, critical = 30 }\n\
                reason_seconds = { Lunch = 45 }\n\
                [[boards]]\nslug = \"a\"\nagents = \"all\"\n\
                [[boards]]\nslug = \"b\"\nagent_teams = [1]\n\
                [[boards]]\nslug = \"c\"\nagents = \"counts\"\nagent_teams = [\" \"]\n\
                agent_limits = { on_contact_seconds = { warning = 0 } }\n";
    assert_eq!(
        problems(&ENOUGH, &[("queuewall.toml", file)]),
        [
            "queuewall.toml:1: agent_limit is not a known key: did you mean agent_limits?",
            "queuewall.toml:3: agent_limits.unavailable is not a known key: did you mean unavailable_seconds?",
            "queuewall.toml:5: agent_limits.reason_seconds.Lunch must be two thresholds: write for example \
             { warning = 900, critical = 1800 }",
            "queuewall.toml:4: agent_limits.after_call_work_seconds.warning = 60 makes warning 60 and critical 30 \
             seconds: give a warning below critical, or false for one of the two",
            "queuewall.toml:8: boards.agents = \"all\" is none of the ways to show agents: write names, initials or \
             counts, or leave the key out to show no agents",
            "queuewall.toml:11: boards.agent_teams is set, and the board shows no agents: add agents = \"counts\" to \
             the board",
            "queuewall.toml:16: boards.agent_limits.on_contact_seconds.warning = 0 is out of bounds: give a whole \
             number from 1 to 86400 (seconds)",
            "queuewall.toml:15: boards.agent_teams = \" \" is blank: write a team's id or name as CXone has it, or \
             leave agent_teams out for all teams",
        ]
    );
}

#[test]
fn what_is_asked_of_agents_and_who_sees_it_is_said() {
    let file = "[[boards]]\nslug = \"a\"\nagents = \"counts\"\n\
                [[boards]]\nslug = \"b\"\nagents = \"names\"\nagent_teams = [7]\n";
    let realtime = [
        ("CXONE_DIALECT", "realtime"),
        ("CXONE_ACCESS_KEY_ID", "key"),
        ("CXONE_ACCESS_KEY_SECRET", "hunter2"),
        ("CXONE_CLIENT_ID", "app"),
        ("CXONE_CLIENT_SECRET", "hunter3"),
    ];
    let said = |variables: &[(&str, &str)]| {
        let loaded = read(variables, &[("queuewall.toml", file)]).unwrap();
        let notes = loaded.notes.into_iter().chain(loaded.config.warnings);
        let notes = notes.filter(|note| note.contains("agents"));
        notes.collect::<Vec<_>>()
    };
    let links = [&realtime[..], &[("QUEUEWALL_ACCESS", "links")]].concat();
    assert_eq!(
        said(&links),
        [
            "board \"a\": agents are counted, and their names are not asked for; of all teams",
            "board \"b\": agents are listed by name, to links made with --agents; of the teams 7",
        ]
    );
    let nobody = said(&realtime);
    assert!(nobody[1].ends_with("to nobody in this access mode; of the teams 7"));
    assert!(
        nobody[2].contains("needs access.mode links or proxy"),
        "{nobody:?}"
    );
    let other = said(&ENOUGH);
    assert_eq!(other.len(), 2);
    assert!(other.iter().all(|it| it.contains("CXONE_DIALECT=realtime")));
}
