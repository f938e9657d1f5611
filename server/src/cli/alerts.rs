//! `queuewall alerts test`: sends a message that says that it is a test.

use std::io::Write;

use jiff::Timestamp;
use queuewall_notify::{Kind, Notification, Receiver, deliver_once};
use serde_json::json;

use super::exit::{Exit, Failure};
use crate::config::AlertsConfig;

/// Sends a test to the receiver of that name, else to those of the alert of that name, and says
/// how it went with each.
pub(super) async fn test(
    alerts: &AlertsConfig,
    name: &str,
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    let receivers = named(alerts, name)?;
    let mut exit = Exit::Done;
    for receiver in receivers {
        let sent = deliver_once(receiver, &notification()).await;
        let how = match sent {
            Ok(()) => "sent".to_owned(),
            Err(error) => {
                exit = Exit::Other;
                format!("NOT sent: {error}")
            }
        };
        let (name, kind) = (receiver.name(), receiver.target().kind());
        writeln!(out, "{name} ({kind} at {}): {how}", receiver.host())?;
    }
    Ok(exit)
}

fn named<'a>(alerts: &'a AlertsConfig, name: &str) -> Result<Vec<&'a Receiver>, Failure> {
    if let Some(receiver) = alerts.receivers.of(name) {
        return Ok(vec![receiver]);
    }
    if let Some(rule) = alerts.rules.iter().find(|rule| rule.name == name) {
        return Ok(rule
            .to
            .iter()
            .filter_map(|name| alerts.receivers.of(name))
            .collect());
    }
    let receivers = alerts.receivers.all().iter().map(Receiver::name);
    let rules = alerts.rules.iter().map(|rule| rule.name.as_str());
    let known: Vec<_> = receivers.chain(rules).collect();
    let remedy = match known.is_empty() {
        true => "the configuration file has no [[receivers]]".to_owned(),
        false => format!("there are {}", known.join(", ")),
    };
    let what = format_args!("no receiver and no alert has the name {name:?}: {remedy}");
    Err(Failure::new(Exit::Usage, what))
}

fn notification() -> Notification {
    let at = Timestamp::now();
    let id = format!("queuewall-test-{}", at.as_millisecond());
    Notification {
        key: id.clone(),
        id,
        kind: Kind::Test,
        event: "alert.test".to_owned(),
        title: "Queuewall: this is a test, nothing is the matter".to_owned(),
        lines: vec!["Somebody ran `queuewall alerts test`.".to_owned()],
        at,
        board: String::new(),
        subject: "test".to_owned(),
        rule: "test".to_owned(),
        link: None,
        acknowledge: None,
        data: json!({}),
    }
}
