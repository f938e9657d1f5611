//! What each agent does, in the words of the `realtime` dialect.

use serde_json::{Map, Value};

use super::summaries::fields;
use crate::{
    acd::{Agent, Doing},
    clock::utc,
    form::Form,
    http::activity::BUSINESS_UNIT,
    quirk::Quirks,
    skill::Skill,
    staff,
    tenant::Tenant,
};

/// The entries of every agent of the skills that an API user sees, those logged out too.
pub(super) fn all(
    tenant: &Tenant,
    now_ms: i64,
    server_time_ms: i64,
    form: Form,
    quirks: &Quirks,
) -> Vec<Map<String, Value>> {
    let acd = tenant.acd_at(now_ms);
    let simulated_ms = tenant.clock().simulated_ms(now_ms);
    let all = tenant.skills().all();
    let visible = tenant.visible_skills().count();
    let agents = acd.agents().iter().enumerate();
    let agents = agents.filter(|(_, agent)| agent.skills[0] < visible);
    agents
        .map(|(index, agent)| {
            // Durations are simulated, as waits are.
            let started_ms = server_time_ms - (simulated_ms - agent.since).max(0);
            let working_on = match agent.doing {
                Doing::Working { skill, contact } => Some((skill, contact)),
                _ => None,
            };
            let contact = working_on.map(|(skill, contact)| {
                (&all[skill], quirks.name(skill, all[skill].name()), contact)
            });
            let team = (agent.skills[0], all[agent.skills[0]].name());
            let mut entry = describe(index, agent, contact, team, started_ms);
            if form == Form::V11 {
                // Older versions have it in each entry.
                entry.insert("lastPollTime".to_owned(), utc(server_time_ms));
            }
            entry
        })
        .collect()
}

fn describe(
    index: usize,
    agent: &Agent,
    contact: Option<(&Skill, String, u64)>,
    team: (usize, &str),
    started_ms: i64,
) -> Map<String, Value> {
    let is_outbound = contact
        .as_ref()
        .is_some_and(|(skill, ..)| skill.is_outbound());
    let is_after_call_work = agent.doing == Doing::AfterCallWork;
    let (state, name) = match agent.doing {
        Doing::LoggedOut => (0, "LoggedOut"),
        Doing::Available => (1, "Available"),
        Doing::Unavailable => (2, "Unavailable"),
        Doing::Working { .. } if is_outbound => (4, "OutboundContact"),
        // Both are possible in after-call work.
        Doing::AfterCallWork if index.is_multiple_of(2) => (2, "Unavailable"),
        Doing::Working { .. } | Doing::AfterCallWork => (3, "InboundContact"),
    };
    let reason = agent.reason.filter(|_| agent.doing == Doing::Unavailable);
    let (first, last) = staff::name(index);
    let (skill, skill_name, number) = match &contact {
        Some((skill, name, number)) => (Some(*skill), Some(name.as_str()), Some(*number)),
        None => (None, None, None),
    };
    let medium = skill.map(|skill| skill.kind().medium);
    fields([
        ("agentId", staff::id(index).into()),
        ("agentStateId", state.into()),
        ("agentStateName", name.into()),
        ("businessUnitId", BUSINESS_UNIT.into()),
        ("contactId", number.map(|number| number + 1).into()),
        ("isActive", true.into()),
        ("isACW", is_after_call_work.into()),
        ("isOutbound", is_outbound.into()),
        ("firstName", first.into()),
        ("lastName", last.into()),
        (
            "userName",
            format!("{first}.{last}@example.com").to_lowercase().into(),
        ),
        ("fromAddress", skill.map(|_| "+12025550100").into()),
        ("toAddress", skill.map(|_| "+12025550199").into()),
        ("mediaTypeId", medium.map(|it| it.0).into()),
        ("mediaTypeName", medium.map(|it| it.1).into()),
        ("openContacts", u8::from(skill.is_some()).into()),
        ("outStateId", reason.map(|it| it.id()).into()),
        ("outStateDescription", reason.map(|it| it.as_str()).into()),
        ("lastUpdateTime", utc(started_ms)),
        ("startDate", utc(started_ms)),
        ("skillId", skill.map_or(0, Skill::number).into()),
        ("skillName", skill_name.into()),
        ("stationId", Value::Null),
        ("stationPhoneNumber", Value::Null),
        ("teamId", (205_970 + team.0).into()),
        ("teamName", team.1.into()),
    ])
}
