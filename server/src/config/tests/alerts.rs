//! `[[receivers]]` and `[[alerts]]`.

use super::*;
use crate::alerts::What;
use queuewall_shared::snapshot::Level;

const URL: (&str, &str) = (
    "slack-url",
    "https://hooks.slack.com/services/T0/B0/hunter2\n",
);
const RECEIVER: &str =
    "[[receivers]]\nname = \"team\"\nkind = \"slack\"\nurl_file = \"slack-url\"\n";

fn loaded(file: &str) -> Loaded {
    read(&ENOUGH, &[("queuewall.toml", file), URL]).unwrap()
}

/// The problems of a file, one a line.
fn refused(file: &str, files: &[(&str, &str)]) -> String {
    let files = [&[("queuewall.toml", file)], files].concat();
    problems(&ENOUGH, &files).join("\n")
}

#[test]
fn level_and_receiver_are_enough_for_an_alert() {
    let file = format!("{RECEIVER}[[alerts]]\nlevel = \"critical\"\nto = [\"team\"]\n");
    let alerts = loaded(&file).config.alerts;
    let [rule] = alerts.rules.as_slice() else {
        panic!("{alerts:?}")
    };
    assert_eq!(
        (rule.name.as_str(), rule.what),
        ("critical", What::Level(Level::Critical))
    );
    assert_eq!(
        alerts.receivers.of("team").unwrap().host(),
        "hooks.slack.com"
    );
}

#[test]
fn limits_are_in_the_units_of_levels() {
    let file = format!(
        "{RECEIVER}[[alerts]]\nmetric = \"longest_wait_seconds\"\nlimit = 90\nfor_seconds = 60\nto = [\"team\"]\n"
    );
    let rule = &loaded(&file).config.alerts.rules[0];
    assert_eq!(rule.for_ms, 60_000);
    let What::Metric {
        metric,
        limit,
        level,
    } = rule.what
    else {
        panic!("{rule:?}")
    };
    assert_eq!(
        (metric, limit, level),
        (Metric::LongestWait, 90_000.0, Level::Critical)
    );
}

#[test]
fn every_problem_is_named_with_its_line_and_remedy() {
    let file = "[[receivers]]\nname = \"team\"\nkind = \"slak\"\n\
                [[receivers]]\nkind = \"slack\"\n\
                [[receivers]]\nname = \"pager\"\nkind = \"pagerduty\"\nurl_file = \"slack-url\"\n\
                [[alerts]]\nlevel = \"red\"\nboards = [\"sale\"]\nquiet = \"22-6\"\nto = [\"teem\"]\n\
                [[alerts]]\nmetric = \"waitng\"\n\
                [[alerts]]\nto = [\"team\"]\n\
                [[alerts]]\nunread_seconds = 60\nqueues = [\"1\"]\nto = [\"team\"]\n";
    let said = refused(file, &[URL]);
    for expected in [
        "queuewall.toml:3: receivers.kind = \"slak\" is not a kind: write one of slack, teams",
        "queuewall.toml:4: receivers.name is missing",
        "queuewall.toml:9: receivers.url_file means nothing for the kind pagerduty",
        "queuewall.toml:6: receivers.routing_key_file is missing",
        "queuewall.toml:11: alerts.level = \"red\" is not a level: write warning or critical",
        "queuewall.toml:12: alerts.boards = \"sale\" is the slug of no board",
        "queuewall.toml:13: alerts.quiet = \"22-6\"",
        "queuewall.toml:14: alerts.to = \"teem\" is no receiver: did you mean team?",
        "queuewall.toml:16: alerts.metric = \"waitng\" is not a metric: did you mean waiting?",
        "queuewall.toml:15: alerts.to is missing or empty",
        "the alert does not say what it is about",
        "alerts.queues means nothing here",
    ] {
        assert!(said.contains(expected), "{expected}\n{said}");
    }
}

#[test]
fn address_of_a_receiver_is_a_secret_everywhere() {
    let in_file = "[[receivers]]\nname = \"team\"\nkind = \"slack\"\nurl = \"https://hooks.slack.com/hunter2\"\n";
    let said = refused(in_file, &[]);
    assert!(
        said.contains("receivers.url is a secret, which this file must not hold"),
        "{said}"
    );
    let private = ("slack-url", "https://127.0.0.1/hunter2");
    let refused_address = refused(RECEIVER, &[private]);
    assert!(
        refused_address.contains("allow_private"),
        "{refused_address}"
    );
    let absent = refused(RECEIVER, &[]);
    let shown = format!("{:?}", loaded(RECEIVER).config.alerts);
    let env = FakeEnv::new(&ENOUGH, &[("queuewall.toml", RECEIVER), URL]);
    let rows = effective(&env, Environment::read(&env, None), None)
        .unwrap()
        .0;
    let row = rows
        .iter()
        .find(|row| row.name == "receivers: team")
        .unwrap();
    assert_eq!(row.value, "slack");
    for said in [said, refused_address, absent, shown, format!("{rows:?}")] {
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn another_address_in_the_same_file_is_a_change() {
    let live = |url| {
        let files = [("queuewall.toml", RECEIVER), ("slack-url", url)];
        read(&ENOUGH, &files).unwrap().config.live()
    };
    let [one, other] = ["https://hooks.slack.com/1", "https://hooks.slack.com/2"].map(live);
    assert_eq!(one, live("https://hooks.slack.com/1"));
    assert_ne!(one, other);
}
