//! How the receivers of alerts do, each by its name.

use std::fmt;

use prometheus_client::registry::Unit;
use queuewall_notify::ReceiverStatus;

use super::state::Page;

const COUNTS: [(&str, &str); 4] = [
    ("sent", "Messages that a receiver of alerts took"),
    ("failed", "Attempts to send a message that failed"),
    ("gave_up", "Messages that a receiver of alerts never took"),
    ("pending", "Messages that wait for a receiver of alerts"),
];

pub(super) fn write(page: &mut Page<'_>, receivers: &[ReceiverStatus]) -> fmt::Result {
    for (name, help) in COUNTS {
        let count = |it: &ReceiverStatus| match name {
            "sent" => it.sent,
            "failed" => it.failed,
            "gave_up" => it.gave_up,
            _ => it.pending as u64,
        };
        let samples = receivers.iter();
        page.gauge(
            &format!("queuewall_receiver_{name}"),
            &format!("{help}, since the receivers were last changed"),
            None,
            samples.map(|it| (vec![("receiver", it.name.as_str())], count(it) as f64)),
        )?;
    }
    page.gauge(
        "queuewall_receiver_last_success",
        "When a receiver of alerts last took a message; absent while it has taken none",
        Some(&Unit::Seconds),
        receivers.iter().filter_map(|it| {
            let at = it.last_success?.as_second() as f64;
            Some((vec![("receiver", it.name.as_str())], at))
        }),
    )
}
