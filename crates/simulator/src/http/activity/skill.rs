//! One skill's activity, in the words of the `realtime` dialect.

use serde_json::{Map, Value};

use crate::{acd::Metrics, clock::utc, skill::Skill};

/// The number of the tenant's only business unit, as the contract's sample has it.
pub(crate) const BUSINESS_UNIT: u64 = 4_600_000;

/// The activity of a skill that has these metrics at this time; `queue_time_ms` is the
/// same time by the clock of `earliestQueueTime`.
pub(crate) fn describe(
    skill: &Skill,
    name: String,
    metrics: Metrics,
    server_time_ms: i64,
    queue_time_ms: i64,
) -> Map<String, Value> {
    let (kind, goal) = (skill.kind(), skill.goal());
    let earliest = match metrics.waiting {
        0 => Value::Null,
        _ => utc(queue_time_ms.saturating_sub_unsigned(metrics.longest_wait_ms)),
    };
    let fields = [
        ("serverTime", utc(server_time_ms)),
        ("businessUnitId", BUSINESS_UNIT.into()),
        ("skillId", skill.number().into()),
        ("skillName", name.into()),
        ("campaignId", kind.campaign.0.into()),
        ("campaignName", kind.campaign.1.into()),
        ("mediaTypeId", kind.medium.0.into()),
        ("mediaTypeName", kind.medium.1.into()),
        ("isActive", kind.active.into()),
        ("isOutbound", kind.outbound.into()),
        ("agentsLoggedIn", metrics.logged_on.into()),
        ("agentsAvailable", metrics.available.into()),
        ("agentsWorking", metrics.working.into()),
        ("agentsACW", metrics.after_call_work.into()),
        // Every agent who is logged on is in one of the other states.
        ("agentsIdle", 0.into()),
        ("agentsUnavailable", metrics.unavailable.into()),
        (
            "contactsActive",
            (metrics.in_progress + metrics.waiting).into(),
        ),
        ("queueCount", metrics.waiting.into()),
        ("skillQueueCount", metrics.waiting.into()),
        ("personalQueueCount", 0.into()),
        ("parkedCount", 0.into()),
        ("earliestQueueTime", earliest),
        ("inSLA", metrics.in_time.into()),
        ("outSLA", metrics.late.into()),
        ("serviceLevel", metrics.service_level().into()),
        ("serviceLevelGoal", goal.percent.into()),
        ("serviceLevelThreshold", goal.seconds.into()),
        // Fields that the contract does not name appear over time.
        ("isNaturalCalling", false.into()),
        ("emailFromAddress", Value::Null),
    ];
    let fields = fields.map(|(key, value)| (key.to_owned(), value));
    Map::from_iter(fields)
}
