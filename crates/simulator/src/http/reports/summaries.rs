//! One skill's contacts and service level over a time, in the words of the `realtime` dialect.

use std::ops::Range;

use serde_json::{Map, Value};

use super::{Query, Report};
use crate::{
    acd::{Counts, Metrics},
    form::Form,
    http::activity::BUSINESS_UNIT,
    quirk::{Quirk, Quirks},
    skill::Skill,
    tenant::Tenant,
};

/// The entries of every skill that the request wants, over these quarters of an hour.
pub(super) fn all(
    tenant: &Tenant,
    now_ms: i64,
    quarters: Range<i64>,
    report: Report,
    query: &Query,
    quirks: &Quirks,
) -> Vec<Map<String, Value>> {
    let before = tenant.counts_before(&quarters);
    let state = tenant.state();
    let (exceptions, form) = (&state.exceptions, state.form);
    let mut acd = tenant.acd_at(now_ms);
    let mut entries = Vec::new();
    for (index, skill) in tenant.visible_skills() {
        let is_hidden = exceptions.hides(skill.id()) || quirks.has(Quirk::QueuesLeftOut);
        if !query.wants(skill) || is_hidden || acd.leaves_out(index) {
            continue;
        }
        let name = quirks.name(index, skill.name());
        let mut counts = acd.between(index, quarters.clone());
        counts += before[index];
        entries.push(match report {
            Report::ServiceLevels => service_level(skill, name, counts),
            _ => summary(skill, name, counts, acd.metrics(index, &[]), form),
        });
    }
    entries
}

fn service_level(skill: &Skill, name: String, counts: Counts) -> Map<String, Value> {
    fields([
        ("businessUnitId", BUSINESS_UNIT.into()),
        ("skillId", skill.number().into()),
        ("skillName", name.into()),
        ("contactsWithinSLA", counts.in_sla.into()),
        ("contactsOutOfSLA", counts.out_sla.into()),
        ("totalContacts", (counts.in_sla + counts.out_sla).into()),
        // Of no contacts this report says 0, and the other one 100.
        ("serviceLevel", level(counts).unwrap_or_default().into()),
    ])
}

fn summary(
    skill: &Skill,
    name: String,
    counts: Counts,
    now: Metrics,
    form: Form,
) -> Map<String, Value> {
    let (kind, goal) = (skill.kind(), skill.goal());
    let mean = |sum_ms: u64, count: u64| form.duration(sum_ms / count.max(1));
    let speed_of_answer = mean(counts.answered_wait_ms, counts.answered);
    let handle_ms = counts.talk_ms + counts.wrap_ms;
    let calls = if kind.outbound {
        counts
    } else {
        Counts::default()
    };
    fields([
        ("businessUnitId", BUSINESS_UNIT.into()),
        ("businessUnitName", "Simulated".into()),
        ("campaignId", kind.campaign.0.into()),
        ("campaignName", kind.campaign.1.into()),
        ("skillId", skill.number().into()),
        ("skillName", name.into()),
        ("mediaTypeId", kind.medium.0.into()),
        ("mediaTypeName", kind.medium.1.into()),
        ("isOutbound", kind.outbound.into()),
        ("contactsOffered", counts.offered.into()),
        // Each passes the queue, though some in no time.
        ("contactsQueued", counts.offered.into()),
        ("contactsHandled", counts.handled.into()),
        ("abandonCount", counts.abandoned.into()),
        (
            "abandonRate",
            percent(counts.abandoned, counts.offered)
                .unwrap_or_default()
                .into(),
        ),
        ("contactsWithinSLA", counts.in_sla.into()),
        ("contactsOutOfSLA", counts.out_sla.into()),
        ("serviceLevel", level(counts).unwrap_or(100.0).into()),
        ("serviceLevelGoal", goal.percent.into()),
        ("serviceLevelThreshold", goal.seconds.into()),
        ("averageHandleTime", mean(handle_ms, counts.handled)),
        ("averageInqueueTime", speed_of_answer.clone()),
        ("averageSpeedToAnswer", speed_of_answer),
        ("averageTalkTime", mean(counts.talk_ms, counts.handled)),
        ("averageWrapTime", mean(counts.wrap_ms, counts.handled)),
        ("holdTime", form.duration(0)),
        ("totalContactTime", form.duration(handle_ms)),
        ("longestQueueDur", form.duration(now.longest_wait_ms)),
        ("queueCount", now.waiting.into()),
        ("contactsActive", (now.in_progress + now.waiting).into()),
        ("agentsLoggedIn", now.logged_on.into()),
        ("agentsAvailable", now.available.into()),
        ("agentsWorking", now.working.into()),
        ("agentsAcw", now.after_call_work.into()),
        ("agentsIdle", 0.into()),
        ("agentsUnavailable", now.unavailable.into()),
        ("dials", calls.offered.into()),
        ("connects", calls.handled.into()),
        ("connectsAHT", mean(handle_ms, counts.handled)),
        ("rightPartyConnects", 0.into()),
        ("rightPartyConnectsAHT", form.duration(0)),
    ])
}

/// Percent of contacts answered in time.
fn level(counts: Counts) -> Option<f64> {
    percent(counts.in_sla, counts.in_sla + counts.out_sla)
}

/// A percentage with two decimals; `None` of nothing.
fn percent(part: u64, whole: u64) -> Option<f64> {
    let percent = part as f64 * 100.0 / whole as f64;
    (whole > 0).then(|| (percent * 100.0).round() / 100.0)
}

pub(super) fn fields<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    let fields = fields.map(|(key, value)| (key.to_owned(), value));
    Map::from_iter(fields)
}
