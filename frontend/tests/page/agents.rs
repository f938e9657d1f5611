//! The board's agents: on a desk as a list, on a queue's page, and in a wall's foot.

use std::collections::BTreeSet;

use queuewall_frontend::language;
use queuewall_shared::agents::{
    ActivityCounts, AgentActivity, AgentCounts, AgentEntry, AgentList, AgentsOver, AgentsShown,
    NoAgents, PersonName,
};
use queuewall_shared::cause::Cause;
use queuewall_shared::language::Language;
use queuewall_shared::snapshot::{BoardSnapshot, Level};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::desk::type_in;
use crate::support::{Shown, at, good_link, lost_link, queue, settle, settle_until, snapshot};
use crate::today::at_address;

#[wasm_bindgen(module = "/tests/page/browser.js")]
extern "C" {
    fn answer_agents(status: u16, body: &str, uptime: u32);
    fn agents_asked() -> u32;
    fn fetch_as_it_was();
    fn leave();
}

/// The server runs for 600 s at second 0 of the page: one agent's state is older.
const UPTIME: u64 = 600_000;

fn counts(kind: AgentsShown) -> AgentCounts {
    AgentCounts {
        kind,
        now: Some(ActivityCounts {
            available: 1,
            after_call_work: 1,
            on_contact: 1,
            unavailable: 2,
            other: 0,
        }),
        over: vec![
            over(AgentActivity::Unavailable, None, Level::Critical, 300_000),
            over(AgentActivity::AfterCallWork, None, Level::Warning, 90_000),
        ],
        level: Level::Critical,
        lag_ms: Some(0),
        interval_ms: 30_000,
        cause: None,
        cause_code: None,
    }
}

fn over(activity: AgentActivity, reason: Option<&str>, level: Level, limit_ms: u64) -> AgentsOver {
    AgentsOver {
        activity,
        reason: reason.map(Into::into),
        level,
        limit_ms,
        agents: 1,
    }
}

fn entry(name: &str, activity: AgentActivity, seconds: i64) -> AgentEntry {
    AgentEntry {
        key: name.to_lowercase(),
        name: Some(PersonName(name.into())),
        activity,
        state: None,
        since_ms: Some(UPTIME as i64 - 1_000 * seconds),
        team: Some("Help Desk".into()),
        queue: None,
        level: Level::Ok,
        limit_ms: None,
    }
}

fn list() -> AgentList {
    let away = entry("Zoë Walker", AgentActivity::Unavailable, 370);
    let wrap = entry("Mei Ito", AgentActivity::AfterCallWork, 100);
    AgentList {
        counts: counts(AgentsShown::Names),
        read_ms: Some(UPTIME),
        agents: Some(vec![
            AgentEntry {
                state: Some("Lunch".into()),
                level: Level::Critical,
                limit_ms: Some(300_000),
                ..away
            },
            AgentEntry {
                level: Level::Warning,
                limit_ms: Some(90_000),
                ..wrap
            },
            entry("Olga Rossi", AgentActivity::Available, 8),
            AgentEntry {
                queue: Some("a".into()),
                team: Some("Sales".into()),
                ..entry("Ada Becker", AgentActivity::OnContact, 700)
            },
            AgentEntry {
                since_ms: None,
                name: None,
                ..entry("", AgentActivity::Unavailable, 0)
            },
        ]),
        agents_cause: None,
        agents_cause_code: None,
    }
}

/// A board in the dialect that tells what agents do.
fn board(agents: Option<AgentCounts>) -> BoardSnapshot {
    BoardSnapshot {
        today_interval_ms: Some(60_000),
        agents,
        ..snapshot(vec![queue("a"), queue("b")])
    }
}

/// The list at its address, as the server answers.
async fn open_with(status: u16, body: &str, board: BoardSnapshot) -> Shown {
    open_at("/desk/main/agents", status, body, board).await
}

async fn open_at(address: &str, status: u16, body: &str, board: BoardSnapshot) -> Shown {
    answer_agents(status, body, UPTIME as u32);
    let shown = at_address(address, board).await;
    settle().await;
    shown
}

async fn open() -> Shown {
    let body = serde_json::to_string(&list()).expect("a list is JSON");
    let shown = open_with(200, &body, board(Some(counts(AgentsShown::Names)))).await;
    settle_until(|| shown.agent_rows().len() > 2).await;
    shown
}

impl Shown {
    /// The rows as they are read, headings too.
    fn agent_rows(&self) -> Vec<String> {
        let rows = self.host.query_selector_all(".people-table tbody tr");
        let rows = rows.expect("the selector is well formed");
        (0..rows.length())
            .filter_map(|place| rows.get(place)?.text_content())
            .map(|text| text.trim().replace('\u{a0}', " "))
            .collect()
    }

    fn note(&self) -> String {
        self.text(".people-note")
    }
}

impl Drop for Restore {
    fn drop(&mut self) {
        fetch_as_it_was();
        leave();
    }
}

/// What a test changed of the browser, put back.
struct Restore;

#[wasm_bindgen_test]
async fn agents_past_a_limit_come_first_and_times_go_on() {
    let _restore = Restore;
    let shown = open().await;
    assert_eq!(
        shown.agent_rows(),
        [
            "Past a limit 2",
            "● CriticalZoë WalkerUnavailable · Lunchlimit 5 min 6:10Help Desk",
            "▲ WarningMei ItoAfter-call worklimit 1:30 1:40Help Desk",
            "Free 1",
            "Olga RossiFree 0:08Help Desk",
            "On a contact 1",
            "Ada BeckerOn a contact 11:40SalesQueue a",
            "Unavailable 1",
            "–Unavailable –Help Desk",
        ]
    );
    let bands = shown.text(".people-bands").replace('\u{a0}', " ");
    assert_eq!(
        bands,
        "Free1After-call work1▲ 1 wrap-up over 1:30On a contact1Unavailable2● 1 away over 5 min"
    );
    assert_eq!(
        shown.text(".people-title").replace('\u{a0}', " "),
        "Agents 5 logged on 0 s ago"
    );
    shown.board.advance(at(5).monotonic, &good_link());
    settle().await;
    let times = shown.agent_rows().concat();
    for time in ["6:15", "1:45", "0:13", "11:45"] {
        assert!(times.contains(time), "{time}: {times}");
    }
    assert_eq!(agents_asked(), 1);
    shown.board.advance(at(10).monotonic, &good_link());
    settle().await;
    assert_eq!(agents_asked(), 2);
}

#[wasm_bindgen_test]
async fn agents_are_found_ordered_and_shown_by_activity() {
    let _restore = Restore;
    let shown = open().await;
    let search = shown.input(".toolbar input");
    type_in(&search, "zoe lunch");
    settle().await;
    let found = shown.agent_rows();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(shown.text(".people-title").contains("1 of 5 shown"));
    // The board's own search is another.
    assert_eq!(shown.board.shown_of(), (2, 2));
    type_in(&search, "nobody like it");
    settle().await;
    assert_eq!(shown.note(), "No agent of this name, state, team or queue.");
    type_in(&search, "");
    shown.click("[data-act=band-unavailable]").await;
    assert_eq!(shown.agent_rows().len(), 4);
    shown.click("[data-act=band-unavailable]").await;

    shown.click(".people-table [data-act=name]").await;
    let names = |shown: &Shown| -> Vec<String> {
        let all = shown.agent_rows();
        let is_of = |row: &String, name: &str| row.contains(name);
        let name = |row: &String| {
            let known = ["Ada", "Mei", "Olga", "Zoë"];
            known
                .into_iter()
                .find(|name| is_of(row, name))
                .unwrap_or("–")
                .to_owned()
        };
        all.iter().map(name).collect()
    };
    assert_eq!(names(&shown), ["Ada", "Mei", "Olga", "Zoë", "–"]);
    shown.click(".people-table [data-act=name]").await;
    assert_eq!(names(&shown), ["Zoë", "Olga", "Mei", "Ada", "–"]);
    shown.click(".people-table [data-act=time]").await;
    assert_eq!(names(&shown), ["Ada", "Zoë", "Mei", "Olga", "–"]);
}

#[wasm_bindgen_test]
async fn old_list_has_no_levels_and_its_times_stand_still() {
    let _restore = Restore;
    let shown = open().await;
    answer_agents(502, "{}", 0);
    for seconds in [100, 130] {
        shown.board.advance(at(seconds).monotonic, &good_link());
        settle().await;
        assert_eq!(
            shown.find(".people").get_attribute("data-state").as_deref(),
            Some("stale")
        );
        let rows = shown.agent_rows();
        assert_eq!(rows[0], "Free 1", "{rows:?}");
        let all = rows.concat();
        assert!(!all.contains("Critical") && all.contains("6:10"), "{all}");
        assert!(!shown.text(".people-bands").contains(char::is_numeric));
    }
    assert!(shown.text(".people-title").contains("2\u{a0}min old"));
    assert_eq!(shown.note(), "No newer reading");
    shown.board.advance(at(140).monotonic, &lost_link());
    settle().await;
    assert_eq!(shown.note(), "No connection");
}

#[wasm_bindgen_test]
async fn each_reason_for_an_empty_list_says_what_to_do() {
    let _restore = Restore;
    let list_of = |code: Option<NoAgents>| {
        let none = AgentList {
            agents: None,
            agents_cause_code: code,
            agents_cause: Some("Something newer".into()),
            ..list()
        };
        serde_json::to_string(&none).expect("a list is JSON")
    };
    let names = || Some(counts(AgentsShown::Names));
    let never = |code| AgentCounts {
        now: None,
        lag_ms: None,
        cause_code: code,
        ..counts(AgentsShown::Names)
    };
    let unread = |code| {
        let none = AgentList {
            counts: never(code),
            read_ms: None,
            agents: None,
            agents_cause_code: Some(NoAgents::NotRead),
            ..list()
        };
        serde_json::to_string(&none).expect("a list is JSON")
    };
    let other_dialect = snapshot(vec![queue("a")]);
    let refused = r#"{"error":"this link lists nobody: use --agents","code":"x"}"#;
    for (status, body, board, said) in [
        (200, list_of(None), other_dialect, "dialect realtime"),
        (200, list_of(None), board(None), "agents = \"counts\""),
        (
            200,
            list_of(None),
            board(Some(counts(AgentsShown::Counts))),
            "lists none",
        ),
        (
            403,
            refused.into(),
            board(names()),
            "This link lists nobody: use --agents.",
        ),
        (
            200,
            list_of(Some(NoAgents::OpenAccess)),
            board(names()),
            "access.mode",
        ),
        (200, list_of(None), board(names()), "Something newer"),
        (502, "{}".into(), board(names()), "tried again"),
        (
            200,
            unread(None),
            board(Some(never(None))),
            "not been read yet",
        ),
        (
            200,
            unread(Some(Cause::Forbidden)),
            board(Some(never(Some(Cause::Forbidden)))),
            "API user needs it",
        ),
    ] {
        let shown = open_with(status, &body, board).await;
        settle_until(|| shown.note().contains(said)).await;
        assert!(shown.note().contains(said), "{said}: {}", shown.note());
        assert_eq!(shown.agent_rows(), Vec::<String>::new());
    }
}

#[wasm_bindgen_test]
async fn board_that_only_counts_asks_for_no_list() {
    let _restore = Restore;
    let shown = open_with(200, "{}", board(Some(counts(AgentsShown::Counts)))).await;
    assert_eq!(agents_asked(), 0);
    assert!(shown.text(".people-bands").contains("On a contact1"));
    drop(shown);
    // Neither does one that shows its queues.
    let shown = open_at(
        "/desk/main",
        200,
        "{}",
        board(Some(counts(AgentsShown::Names))),
    )
    .await;
    assert_eq!(agents_asked(), 0);
    drop(shown);
}

#[wasm_bindgen_test]
async fn queue_lists_agents_with_one_of_its_contacts() {
    let _restore = Restore;
    let body = serde_json::to_string(&list()).expect("a list is JSON");
    for (id, expected) in [
        (
            "a",
            "With a contact of this queue nowAda Becker Sales 11:40",
        ),
        (
            "b",
            "With a contact of this queue nowNobody of the board’s agents.",
        ),
    ] {
        let address = ["/desk/main/queues/", id].concat();
        let board = board(Some(counts(AgentsShown::Names)));
        let shown = open_at(&address, 200, &body, board).await;
        settle_until(|| shown.text(".agents").contains("contact of this queue")).await;
        let said = shown.text(".agents");
        assert!(said.ends_with(expected), "{said}");
        assert!(
            said.contains("Logged on12") || said.contains("on12"),
            "{said}"
        );
    }
}

#[wasm_bindgen_test]
async fn wall_counts_agents_and_those_past_a_limit() {
    let foot = |shown: &Shown| {
        let parts = [".foot-agents", ".foot-over", ".foot-next"];
        parts.map(|part| shown.text(part).trim().replace('\u{a0}', " "))
    };
    let levels = |shown: &Shown| {
        let parts = [".foot-over", ".foot-next"];
        parts.map(|part| shown.find(part).get_attribute("data-is"))
    };
    let shown = Shown::asked("?lang=en", vec![queue("a")], 0, 0).await;
    assert_eq!(foot(&shown), ["", "", ""]);
    shown.board.take(board(Some(counts(AgentsShown::Counts))));
    settle().await;
    let counted = "1 free · 1 busy · 1 wrap-up · 2 away";
    let worst = "Critical: 1 away over 5 min";
    let next = "Warning: 1 wrap-up over 1:30";
    assert_eq!(foot(&shown), [counted, worst, next]);
    assert_eq!(
        levels(&shown),
        ["critical", "warning"].map(|it| Some(it.to_owned()))
    );

    // The others are counted: their agents, each of whom is past one limit.
    let mut mine = counts(AgentsShown::Counts);
    for minutes in [45, 60] {
        let limit_ms = minutes * 60_000;
        let lunch = over(
            AgentActivity::Unavailable,
            Some("Lunch"),
            Level::Warning,
            limit_ms,
        );
        mine.over.push(AgentsOver {
            agents: minutes,
            ..lunch
        });
    }
    shown.board.take(board(Some(mine)));
    settle().await;
    let more = [next, " · +105"].concat();
    assert_eq!(foot(&shown), [counted, worst, &more]);

    let unknown = "– free · – busy · – wrap-up · – away";
    shown.board.advance(at(60).monotonic, &good_link());
    settle().await;
    assert_eq!(foot(&shown)[0], [counted, " · 60 s ago"].concat());
    shown.board.advance(at(100).monotonic, &good_link());
    settle().await;
    assert_eq!(foot(&shown), [&*[unknown, " · 100 s old"].concat(), "", ""]);
    assert_eq!(levels(&shown), [None, None]);
}

#[wasm_bindgen_test]
async fn agents_are_told_in_every_languages_terms() {
    let _restore = Restore;
    let shown = open().await;
    let mut all = BTreeSet::new();
    for language in Language::ALL.into_iter().rev() {
        language::speak(language);
        settle().await;
        let said = [".people-title", ".people-bands", ".people-table"].map(|it| shown.text(it));
        let said = said.concat();
        assert!(!said.contains(['{', '}']), "{said}");
        // Unavailable is not only a break.
        assert!(!said.contains("Pause") && !said.contains("ausa"), "{said}");
        all.insert(said);
    }
    assert_eq!(all.len(), Language::ALL.len(), "{all:#?}");
}
