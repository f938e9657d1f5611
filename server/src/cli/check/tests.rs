use std::time::Duration;

use cxone::{Shortfall, Step, budget::RequestBudget};
use queuewall_store::Location;

use super::{
    super::upstream::tests::{Tenant, ids, without},
    *,
};
use crate::{
    config::{AgentLimits, AgentsConfig, QueueConfig},
    database::FILE,
    remedy::explain,
};
use queuewall_shared::agents::AgentsShown;

const POLL: PollConfig = PollConfig {
    interval: Duration::from_secs(30),
    budget_per_minute: 10,
};

fn board(slug: &str, queues: &[&str], skills: &[&str]) -> BoardConfig {
    BoardConfig {
        slug: slug.to_owned(),
        title: slug.to_owned(),
        skill_ids: ids(skills),
        queues: queues.iter().map(|id| QueueConfig::new(*id)).collect(),
        ..BoardConfig::default()
    }
}

async fn checked(tenant: &Tenant, boards: &[BoardConfig]) -> (Exit, String) {
    let (budget, mut notes, mut out) = (RequestBudget::new(100), Vec::new(), Vec::new());
    let mut upstream = Upstream::new(tenant, &budget, &mut notes);
    let mut report = Report::new(&mut out);
    walk(&mut upstream, boards, &POLL, &mut report)
        .await
        .unwrap();
    let exit = report.close().unwrap();
    let text = String::from_utf8(out).unwrap();
    let (summary, rest) = text.split_once('\n').unwrap();
    let failed = rest.matches("failed  ").count();
    let checks = rest
        .lines()
        .filter(|line| !line.starts_with([' ', 'd', 'n']))
        .count();
    let plural = if checks == 1 { "" } else { "s" };
    assert_eq!(
        summary,
        match failed {
            0 => format!("ok      summary: {checks} check{plural}, none failed"),
            _ => format!("failed  summary: {failed} of {checks} check{plural} failed"),
        }
    );
    (exit, rest.to_owned())
}

#[tokio::test]
async fn check_lists_every_queue_of_every_board_and_reads_it_once() {
    let tenant = Tenant::of(&["1", "2"]);
    let boards = [
        board("a", &["1", "2"], &[]),
        board("b", &["2"], &[]),
        board("c", &["2"], &["7"]),
        board("d", &[], &[]),
    ];
    let (exit, text) = checked(&tenant, &boards).await;
    assert_eq!(
        text,
        "ok      sign-in: CXone issues a token\n\
         ok      queues: 2 visible\n\
         ok      permission: CXone lets us read queues\n\
         ok      board a: queue 1 (Queue 1)\n\
         ok      board a: queue 2 (Queue 2)\n\
         ok      board b: queue 2 (Queue 2)\n\
         ok      board d: every queue, 2 now\n\
         ok      board c: queue 2 (Queue 2)\n\
         ok      budget: one round takes 2 requests every 30 s, within the limit of 10 a minute\n"
    );
    assert_eq!(exit, Exit::Done);
    assert_eq!(*tenant.reads.lock().unwrap(), ["1,2/", "2/7"]);
}

#[tokio::test]
async fn check_lists_sign_in_steps_up_to_the_first_failure() {
    let step = |name, outcome| Step { name, outcome };
    let mut tenant = Tenant::of(&["1"]);
    tenant.steps = vec![
        step("issuer", Ok("tokens are issued at a.example".to_owned())),
        step("sign-in", Ok("CXone issues a token".to_owned())),
        step(
            "discovery",
            Ok("tenant 7\u{1b} is served at b.example".to_owned()),
        ),
    ];
    let (exit, text) = checked(&tenant, &[board("a", &["1"], &[])]).await;
    assert_eq!(exit, Exit::Done);
    assert!(
        text.starts_with(
            "ok      issuer: tokens are issued at a.example\n\
             ok      sign-in: CXone issues a token\n\
             ok      discovery: tenant 7\u{fffd} is served at b.example\n\
             ok      queues: 1 visible\n"
        ),
        "{text}"
    );

    tenant.steps[2].outcome = Err(cxone::Error::HostRefused {
        host: "b.example".to_owned(),
        role: "API",
        reason: "none of CXone's",
        allowed: "nice-incontact.com".to_owned(),
    });
    let (exit, text) = checked(&tenant, &[board("a", &["1"], &[])]).await;
    assert_eq!(exit, Exit::Other);
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[2].starts_with("failed  discovery: CXone's discovery names b.example"));
    assert_eq!(lines[3..], ["docs/cxone.md explains every step"]);
}

#[tokio::test]
async fn check_says_whether_todays_numbers_can_be_read() {
    let mut tenant = Tenant::of(&["1"]);
    tenant.reports = Some([Ok(24), Ok(1)]);
    let boards = [board("a", &["1"], &[])];
    let (exit, text) = checked(&tenant, &boards).await;
    assert_eq!(exit, Exit::Done);
    let found = "ok      today's numbers: 24 skills\nok      today's service levels: 1 skill\n";
    assert!(text.contains(found), "{text}");

    let refusal = cxone::Error::Forbidden {
        remedy: cxone::Remedy::ReportPermission,
    };
    tenant.reports = Some([Ok(24), Err(refusal)]);
    let (exit, text) = checked(&tenant, &boards).await;
    assert_eq!(exit, Exit::Done, "the wall does without");
    let found =
        "note    no permission: CXone does not let us read reports (HTTP 403): give the role";
    assert!(text.contains(found), "{text}");
    assert!(
        text.contains("; today's service levels stay unknown\n"),
        "{text}"
    );

    let is_full = cxone::Error::RateLimited { retry_after: None };
    tenant.reports = Some([Err(is_full), Ok(24)]);
    let (exit, text) = checked(&tenant, &boards).await;
    assert_eq!(exit, Exit::Done);
    assert!(text.contains("; today's numbers stay unknown\n"), "{text}");
    assert!(!text.contains("service levels"), "{text}");
}

#[tokio::test]
async fn check_reads_agents_only_where_a_board_shows_them() {
    let mut tenant = Tenant::of(&["1"]);
    tenant.reports = Some([Ok(2), Ok(1)]);
    let (_, text) = checked(&tenant, &[board("a", &["1"], &[])]).await;
    assert!(!text.contains("agents"), "{text}");

    let showing = BoardConfig {
        agents: Some(AgentsConfig {
            shown: AgentsShown::Names,
            teams: vec!["Help Desk".to_owned(), "Hall 2".to_owned()],
            limits: AgentLimits::default(),
        }),
        ..board("a", &["1"], &[])
    };
    let (exit, text) = checked(&tenant, std::slice::from_ref(&showing)).await;
    assert_eq!(exit, Exit::Done);
    assert!(
        text.contains("ok      agents: 2 agents logged on\n"),
        "{text}"
    );
    let missing = "note    boards.agent_teams: no agent of \"Hall 2\" is logged on\n";
    assert!(
        text.contains(missing) && !text.contains("Help Desk"),
        "{text}"
    );

    tenant.reports = Some([
        Err(cxone::Error::Forbidden {
            remedy: cxone::Remedy::ReportPermission,
        }),
        Ok(1),
    ]);
    let (exit, text) = checked(&tenant, &[showing]).await;
    assert_eq!(exit, Exit::Done, "the wall does without");
    assert!(text.contains("; agents stay unknown\n"), "{text}");
}

#[tokio::test]
async fn check_counts_excluded_queues_by_reason() {
    let mut tenant = Tenant::of(&["1", "2", "3", "4"]);
    tenant.leaves_out("2", cxone::LeftOut::Inactive);
    for id in ["3", "4"] {
        tenant.leaves_out(id, without("chat"));
    }
    let (exit, text) = checked(&tenant, &[board("all", &[], &[])]).await;
    assert_eq!(exit, Exit::Done);
    assert!(
        text.contains(
            "ok      queues: 4 visible: 1 for boards of every queue, 3 left out\n\
            \u{20}       2 left out (CXONE_MEDIA_TYPES is without chat)\n\
            \u{20}       1 left out (inactive: CXONE_INACTIVE_SKILLS=true shows it)\n\
             ok      permission: CXone lets us read queues\n\
             ok      board all: every queue, 1 now\n"
        ),
        "{text}"
    );
    assert_eq!(*tenant.reads.lock().unwrap(), ["1/"]);

    tenant.leaves_out("1", without("email"));
    let (exit, text) = checked(&tenant, &[board("all", &[], &[])]).await;
    assert_eq!(exit, Exit::NotFound);
    assert!(
        text.ends_with(
            "failed  board all: it shows every queue, and all of them are left out: change the \
             settings named above\n\
             docs/cxone.md explains every step\n"
        ),
        "{text}"
    );
}

#[tokio::test]
async fn an_id_that_is_left_out_says_which_setting_does_it() {
    let mut tenant = Tenant::of(&["1", "2"]);
    tenant.names_unknown = true;
    tenant.leaves_out("2", without("chat"));
    let left_out = "failed  board a: queue 2 (Queue 2): CXone has it, but it is left out \
                    (CXONE_MEDIA_TYPES is without chat)\n";
    let (exit, text) = checked(&tenant, &[board("a", &["1", "2", "404"], &[])]).await;
    assert_eq!(exit, Exit::NotFound);
    let ok = "ok      board a: queue 1 (Queue 1)\n";
    let unknown = "failed  board a: queue 404: CXone does not know the queue 404: ";
    assert!(text.contains(&format!("{ok}{left_out}{unknown}")), "{text}");

    // No reason to doubt the tenant.
    let (_, text) = checked(&tenant, &[board("a", &["2"], &[])]).await;
    assert!(text.contains(left_out), "{text}");
    assert!(!text.contains("CXone knows none"), "{text}");
}

#[tokio::test]
async fn dead_and_unanswered_ids_are_named_with_the_remedy() {
    let mut tenant = Tenant::of(&["1", "2"]);
    tenant.unanswered = ids(&["2"]);
    let (exit, text) = checked(&tenant, &[board("a", &["1", "404", "2"], &[])]).await;
    assert_eq!(exit, Exit::NotFound);
    assert!(
        text.contains(
            "ok      board a: queue 1 (Queue 1)\n\
             failed  board a: queue 404: CXone does not know the queue 404: compare with `queuewall \
             queues`, which lists what this tenant shows\n\
             failed  board a: queue 2 (Queue 2): CXone left the queue 2 out of its answer: compare \
             with `queuewall queues`, which lists what this tenant shows\n"
        ),
        "{text}"
    );
    assert!(text.ends_with("\ndocs/cxone.md explains every step\n"));
}

#[tokio::test]
async fn when_all_ids_are_dead_the_tenant_is_in_doubt() {
    let (exit, text) = checked(&Tenant::of(&["1"]), &[board("a", &["8", "9"], &[])]).await;
    assert_eq!(exit, Exit::NotFound);
    assert!(text.contains("CXone knows none of the configured queues: compare their ids"));
    assert!(!text.contains("permission"));
}

#[tokio::test]
async fn without_configured_ids_one_listed_queue_tries_the_permission() {
    let tenant = Tenant::of(&["1", "2"]);
    let (exit, text) = checked(&tenant, &[board("main", &[], &[])]).await;
    assert_eq!(exit, Exit::Done);
    assert!(text.contains("ok      permission"));
    assert_eq!(*tenant.reads.lock().unwrap(), ["1/"]);
}

#[tokio::test]
async fn a_tenant_that_shows_no_queue_ends_the_walk() {
    for boards in [board("main", &[], &[]), board("main", &["1"], &[])] {
        let tenant = Tenant::default();
        let (exit, text) = checked(&tenant, &[boards]).await;
        assert_eq!(exit, Exit::NotFound);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines[1..],
            [
                "failed  queues: signed in, but there is no queue to show: check CXONE_TENANT_ID, and what the API client may \
                 see under Administration > Security > API Clients",
                "docs/cxone.md explains every step"
            ]
        );
        assert_eq!(*tenant.reads.lock().unwrap(), [""; 0]);
    }
}

#[tokio::test]
async fn check_says_how_many_queues_the_list_lacks() {
    let mut tenant = Tenant::of(&["1", "2"]);
    tenant.shortfall = Some(Shortfall {
        listed: 2,
        total: Some(5),
    });
    let (exit, text) = checked(&tenant, &[board("all", &[], &[])]).await;
    let line = text.lines().find(|line| line.starts_with("short"));
    let line = line.expect("a line about it");
    assert!(
        line.contains("there are 5 queues, and lists 2: 3 are missing"),
        "{line}"
    );
    assert!(line.contains("TARGET_QUEUE_ID"), "{line}");
    assert_eq!(exit, Exit::Done, "what is listed works");

    // Where numbers come in one list, an id that is named is none the better.
    tenant.batch_limit = usize::MAX;
    let (_, text) = checked(&tenant, &[board("all", &[], &[])]).await;
    let line = text.lines().find(|line| line.starts_with("short"));
    let line = line.expect("a line about it");
    assert!(line.ends_with("report it to CXone's support"), "{line}");
}

#[tokio::test]
async fn check_names_interval_and_remedy_when_budget_is_too_small() {
    // Two batches of 4 and 1, in three requests each: those left out cost nothing.
    let mut tenant = Tenant::of(&["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    for id in ["6", "7", "8", "9"] {
        tenant.leaves_out(id, without("chat"));
    }
    tenant.requests_per_read = 3;
    let (exit, text) = checked(&tenant, &[board("all", &[], &[])]).await;
    assert_eq!(
        text.lines().last(),
        Some(
            "slower  budget: one round takes 6 requests; the limit of 10 a minute, sign-ins and retries \
             included, allows one round every 45 s instead of every 30 s: set QUEUEWALL_BUDGET_PER_MINUTE to 14, if CXone \
             allows that many, or set QUEUEWALL_POLL_SECONDS to 45"
        )
    );
    assert_eq!(exit, Exit::Done);

    tenant.batch_limit = usize::MAX;
    tenant.requests_per_read = 1;
    let (_, text) = checked(&tenant, &[board("all", &[], &[])]).await;
    assert!(
        text.ends_with("one round takes 1 request every 30 s, within the limit of 10 a minute\n")
    );
}

#[tokio::test]
async fn check_exit_code_is_that_of_the_failed_step() {
    let rejected = cxone::Error::CredentialsRejected {
        status: 401,
        oauth_error: None,
        remedy: cxone::Remedy::ApiClient,
    };
    let forbidden = cxone::Error::Forbidden {
        remedy: cxone::Remedy::QueueScope,
    };
    let limited = cxone::Error::RateLimited { retry_after: None };
    let boards = [board("a", &["1"], &[]), board("b", &["1"], &["7"])];

    let mut tenant = Tenant::of(&["1"]);
    tenant.sign_in = Some(rejected);
    let (exit, text) = checked(&tenant, &boards).await;
    assert_eq!(exit, Exit::Credentials);
    assert!(text.starts_with("failed  sign-in: CXone rejected the credentials"));
    assert_eq!(text.lines().count(), 2, "{text}");

    let mut tenant = Tenant::of(&["1"]);
    tenant.read = Some(forbidden.clone());
    let (exit, text) = checked(&tenant, &boards).await;
    assert_eq!(exit, Exit::Permission);
    let refusal = format!("{}\n", explain(&forbidden));
    assert!(
        text.ends_with(&format!(
            "ok      queues: 1 visible\nfailed  reading queues: {refusal}\
             docs/cxone.md explains every step\n"
        )),
        "{text}"
    );

    // Said once is enough.
    tenant.list = Some(forbidden);
    let (exit, text) = checked(&tenant, &boards).await;
    assert_eq!(exit, Exit::Permission);
    assert!(
        text.ends_with(&format!(
            "failed  queues: {refusal}docs/cxone.md explains every step\n"
        )),
        "{text}"
    );
    assert_eq!(text.matches(&refusal).count(), 1, "{text}");

    let mut tenant = Tenant::of(&["1"]);
    tenant.list = Some(limited);
    let (exit, text) = checked(&tenant, &boards).await;
    assert_eq!(exit, Exit::RateLimit);
    assert_eq!(text.lines().count(), 3, "{text}");
}

#[tokio::test]
async fn the_list_is_a_help_and_no_need_where_ids_are_configured() {
    let mut tenant = Tenant::of(&["1"]);
    tenant.list = Some(cxone::Error::Forbidden {
        remedy: cxone::Remedy::QueueScope,
    });
    let boards = [board("a", &["1"], &[]), board("all", &[], &[])];
    let (exit, text) = checked(&tenant, &boards).await;
    assert_eq!(exit, Exit::Permission);
    assert!(
        text.ends_with(
            "ok      board a: queue 1 (Queue 1)\n\
             failed  board all: there is no queue list to take its queues from: name them in \
             boards.queues or TARGET_QUEUE_ID\n\
             docs/cxone.md explains every step\n"
        ),
        "{text}"
    );
    let (_, text) = checked(&tenant, &boards[..1]).await;
    assert!(text.contains("ok      budget: one round takes 1 request every 30 s"));
}

#[tokio::test]
async fn named_queues_are_checked_where_the_list_fails_for_now() {
    let trouble = cxone::Error::ServerError {
        status: 503,
        retry_after: None,
    };
    let mut tenant = Tenant::of(&["1"]);
    tenant.list = Some(trouble.clone());
    let boards = [board("a", &["1"], &[]), board("all", &[], &[])];
    let (exit, text) = checked(&tenant, &boards).await;
    assert_ne!(exit, Exit::Done);
    assert!(text.contains("failed  queues: CXone is in trouble (HTTP 503)"));
    assert!(
        text.contains("ok      board a: queue 1 (Queue 1)\n"),
        "{text}"
    );
    assert!(!text.contains("board all"), "{text}");

    // What fails in the same way is said once.
    tenant.read = Some(trouble);
    let (_, text) = checked(&tenant, &boards).await;
    assert_eq!(text.matches("HTTP 503").count(), 1, "{text}");
}

#[tokio::test]
async fn bad_request_fails_only_boards_with_the_same_skills() {
    let mut tenant = Tenant::of(&["1"]);
    tenant.bad_skill = Some("7".to_owned());
    let boards = [board("b", &["1"], &["7"]), board("a", &["1"], &[])];
    let (exit, text) = checked(&tenant, &boards).await;
    assert_eq!(exit, Exit::Other);
    assert!(
        text.contains(
            "failed  reading queues for the skills 7: CXone rejects the request as invalid"
        ) && text.contains("ok      board a: queue 1 (Queue 1)\n"),
        "{text}"
    );
}

#[tokio::test]
async fn remedies_for_the_budget_stay_within_bounds() {
    let poll = |seconds, budget_per_minute| PollConfig {
        interval: Duration::from_secs(seconds),
        budget_per_minute,
    };
    let said = |requests, poll: PollConfig| {
        let mut out = Vec::new();
        let mut report = Report::new(&mut out);
        report.budget(requests, &poll, false);
        report.close().unwrap();
        String::from_utf8(out).unwrap()
    };
    let text = said(120, poll(30, 10));
    assert!(
        text.contains("QUEUEWALL_BUDGET_PER_MINUTE to 242") && !text.contains("POLL_SECONDS"),
        "{text}"
    );
    let text = said(2_000, poll(30, 10));
    assert!(text.contains("name fewer queues"), "{text}");
    assert!(
        !text.contains("QUEUEWALL_POLL_SECONDS") && !text.contains("BUDGET_PER_MINUTE"),
        "{text}"
    );
}

#[tokio::test]
async fn failures_are_not_drowned_by_queues_that_are_well() {
    let known: Vec<String> = (0..500).map(|id| id.to_string()).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let tenant = Tenant::of(&known);
    let configured = [&known[..400], &["x"]].concat();
    let (exit, text) = checked_plainly(&tenant, &[board("a", &configured, &[])]).await;
    assert_eq!(exit, Exit::NotFound);
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].starts_with("failed  summary: 1 of "), "{text}");
    assert!(lines[1].starts_with("failed  board a: queue x: "), "{text}");
    assert!(
        text.contains("ok      400 queues of the boards\n"),
        "{text}"
    );
    assert!(lines.len() < 10, "{text}");
}

#[tokio::test(start_paused = true)]
async fn long_reads_say_how_far_they_are() {
    let known: Vec<String> = (0..60).map(|id| id.to_string()).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let budget = std::sync::Arc::new(RequestBudget::new(2));
    let mut tenant = Tenant::of(&known);
    tenant.budget = Some(std::sync::Arc::clone(&budget));
    let (mut notes, mut out) = (Vec::new(), Vec::new());
    let mut upstream = Upstream::new(&tenant, &budget, &mut notes);
    let mut report = Report::new(&mut out);
    let boards = [board("a", &known, &[])];
    walk(&mut upstream, &boards, &POLL, &mut report)
        .await
        .unwrap();
    let notes = String::from_utf8(notes).unwrap();
    assert!(notes.contains("read 4 of 60 queues\n"), "{notes}");
    assert!(notes.matches(" of 60 queues").count() > 3, "{notes}");
}

async fn checked_plainly(tenant: &Tenant, boards: &[BoardConfig]) -> (Exit, String) {
    let (budget, mut notes, mut out) = (RequestBudget::new(1000), Vec::new(), Vec::new());
    let mut upstream = Upstream::new(tenant, &budget, &mut notes);
    let mut report = Report::new(&mut out);
    walk(&mut upstream, boards, &POLL, &mut report)
        .await
        .unwrap();
    (report.close().unwrap(), String::from_utf8(out).unwrap())
}

#[test]
fn files_that_were_read_are_named() {
    let files = [
        "/etc/queuewall/.env".into(),
        "/etc/queuewall/queuewall.toml".into(),
    ];
    assert_eq!(
        files_read(&files),
        "files read: /etc/queuewall/.env, /etc/queuewall/queuewall.toml"
    );
    assert!(files_read(&[]).contains("none"));
}

fn config() -> Config {
    Config {
        store: crate::config::StoreConfig::default(),
        cxone: cxone::Settings::new(
            cxone::Dialect::ReportingV2(cxone::ReportingV2Settings {
                base_url: cxone::BaseUrl::parse("https://a.example.com").unwrap(),
                client_id: "a".into(),
                client_secret: "hunter2".into(),
                tenant_id: "c".into(),
            }),
            crate::config::USER_AGENT,
        ),
        ca_file: None,
        poll: POLL,
        server: crate::config::ServerConfig::on(([127, 0, 0, 1], 8080).into()),
        access: crate::config::AccessConfig::default(),
        boards: vec![board("a", &["1", "2"], &[]), board("b", &[], &[])],
        alerts: crate::config::AlertsConfig::default(),
        warnings: Vec::new(),
    }
}

#[tokio::test]
async fn offline_check_asks_nothing_and_names_files() {
    let mut config = config();
    let mut out = Vec::new();
    let notes = ["queuewall.toml:3: what a line does".to_owned()];
    let exit = offline(&config, &notes, &[".env".into()], &mut out)
        .await
        .unwrap();
    assert_eq!(exit, Exit::Done);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "ok      summary: 5 checks, none failed\n\
         ok      files read: .env\n\
         ok      state folder: queuewall-state can be used\n\
         ok      database: queuewall-state/queuewall.db is made when `queuewall serve` starts\n\
         note    queuewall.toml:3: what a line does\n\
         ok      boards: 2, with 2 queues named; 1 of every queue\n\
         ok      settings: all can be used; CXone was not asked\n"
    );

    let missing = std::path::PathBuf::from("/nowhere/a.pem");
    config.server.tls = Some(crate::config::TlsFiles {
        certificate: missing.clone(),
        key: missing,
    });
    let mut out = Vec::new();
    assert_eq!(
        offline(&config, &[], &[], &mut out).await.unwrap(),
        Exit::Usage
    );
    let text = String::from_utf8(out).unwrap();
    assert!(
        text.contains("failed  TLS: /nowhere/a.pem cannot be read"),
        "{text}"
    );
    assert!(!text.contains("all can be used"), "{text}");
}

#[test]
fn offline_check_says_that_state_folder_cannot_be_used() {
    use crate::config::{AccessConfig, AccessMode};
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let checked = |mode, state_dir: &std::path::Path| {
        let access = AccessConfig {
            mode,
            state_dir: state_dir.to_owned(),
            ..AccessConfig::default()
        };
        let mut out = Vec::new();
        let mut report = Report::new(&mut out);
        let can_be_used = can_keep_state(&access, &mut report);
        let exit = report.close().unwrap();
        assert_eq!(can_be_used, exit == Exit::Done);
        (exit, String::from_utf8(out).unwrap())
    };
    let (exit, text) = checked(AccessMode::Open, &file.join("state"));
    assert_eq!(exit, Exit::Usage);
    assert!(text.contains("failed  state folder: "), "{text}");
    assert!(text.contains("a part of the path is a file"), "{text}");

    std::fs::write(folder.path().join("access.json"), "{").unwrap();
    assert_eq!(checked(AccessMode::Open, folder.path()).0, Exit::Done);
    let (exit, text) = checked(AccessMode::Links, folder.path());
    assert_eq!(exit, Exit::Usage);
    assert!(text.contains("access.json is damaged"), "{text}");
}

#[tokio::test]
async fn check_opens_the_database_and_leaves_it_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config();
    config.access.state_dir = folder.path().to_owned();
    let checked = async |config: &Config, is_offline| {
        let mut out = Vec::new();
        let mut report = Report::new(&mut out);
        let can_be_used = database::check(config, is_offline, &mut report).await;
        let exit = report.close().unwrap();
        assert_eq!(can_be_used, exit == Exit::Done);
        (exit, String::from_utf8(out).unwrap())
    };
    let file = folder.path().join(FILE);
    let store = queuewall_store::Store::open(Location::File(file.clone())).await;
    store.unwrap().close().await;
    let (exit, text) = checked(&config, true).await;
    assert_eq!(exit, Exit::Done);
    assert!(text.contains("queuewall.db, schema "), "{text}");
    assert!(text.contains(" can be written\n"), "{text}");
    crate::access::tests::execute(
        &crate::access::Store::new(folder.path().to_owned()),
        "DELETE FROM _sqlx_migrations WHERE version > 1",
    )
    .await;
    let older = std::fs::read(&file).unwrap();
    let (exit, text) = checked(&config, true).await;
    assert_eq!(exit, Exit::Done, "the next start migrates it");
    assert!(text.contains("note    database: "), "{text}");
    assert!(text.contains("older Queuewall (schema 1, "), "{text}");
    assert_eq!(std::fs::read(&file).unwrap(), older);
    std::fs::write(&file, [7; 8_192]).unwrap();
    let (exit, text) = checked(&config, true).await;
    assert_eq!(exit, Exit::Usage);
    assert!(text.contains("failed  database: "), "{text}");

    // Nobody listens there.
    config.store.database = Location::postgres("postgres://a:hunter2@127.0.0.1:1/b").ok();
    let (exit, text) = checked(&config, true).await;
    assert_eq!(exit, Exit::Done);
    assert!(
        text.contains("postgres://127.0.0.1:1/b was not asked"),
        "{text}"
    );
    let (exit, text) = checked(&config, false).await;
    assert_eq!(exit, Exit::Other);
    assert!(text.contains("check host and port"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}
