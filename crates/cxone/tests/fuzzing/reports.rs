//! Contacts counted over a time, and agents' states.

use std::time::Duration;

use serde_json::Value;

use super::{
    agents,
    reports::{Entries, SERVICE_LEVELS, SUMMARIES},
    summaries,
};
use crate::{
    Activity, AgentState, SkillFilter,
    fuzzing::{Said, check_refusal, json_of},
    json::LONGEST,
    paging::fuzzing::check_next_page,
};

/// Any page of each report: each id once, numbers and durations that stand under their names
/// in it, names only where they were asked for, and the next page at the same host or none.
///
/// # Panics
/// Where that does not hold.
pub fn reports(body: &[u8]) {
    let Some(body) = json_of(body) else { return };
    check_next_page(&body, "/incontactAPI/services/v23.0/agents/states");
    let said = Said::by(&body);
    let filter = SkillFilter::default();
    let mut skills = Entries::default();
    let read = skills.add(&body, &SUMMARIES, |id, fields| {
        summaries::of_contacts(id, fields, &filter)
    });
    if let Err(error) = read {
        check_refusal(&error);
    }
    check_ids(skills.list.iter().map(|skill| &skill.id));
    for skill in &skills.list {
        said.check_count("contactsOffered", skill.offered);
        said.check_count("contactsQueued", skill.queued);
        said.check_count("contactsHandled", skill.handled);
        said.check_count("abandonCount", skill.abandoned);
        check_duration(&said, "averageSpeedToAnswer", skill.average_speed_of_answer);
        check_duration(&said, "averageHandleTime", skill.average_handle);
        check_duration(&said, "averageTalkTime", skill.average_talk);
        check_duration(&said, "averageWrapTime", skill.average_wrap);
    }
    let mut skills = Entries::default();
    let read = skills.add(&body, &SERVICE_LEVELS, |id, fields| {
        summaries::of_service_level(id, fields, &filter)
    });
    if let Err(error) = read {
        check_refusal(&error);
    }
    check_ids(skills.list.iter().map(|skill| &skill.id));
    for skill in &skills.list {
        said.check_count("contactsWithinSLA", skill.in_time);
        let Some(late) = skill.late else { continue };
        let is_rest = said.numbers("totalContacts").any(|total| {
            (skill.in_time).is_some_and(|in_time| in_time as f64 + late as f64 == total)
        });
        if !is_rest {
            said.check_count("contactsOutOfSLA", Some(late));
        }
    }
    for names in [false, true] {
        let mut found = Entries::default();
        if let Err(error) = agents::add(&mut found, &body, None, names) {
            check_refusal(&error);
        }
        check_ids(found.list.iter().map(|agent| &agent.id));
        for agent in &found.list {
            check_agent(&said, agent, names);
        }
    }
}

fn check_ids<'a>(ids: impl Iterator<Item = &'a String>) {
    let mut ids: Vec<_> = ids.collect();
    let count = ids.len();
    assert!(ids.iter().all(|id| !id.trim().is_empty()));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id is there twice");
}

/// That a duration, where there is one, is a number of seconds or an ISO 8601 duration that
/// stands under this name.
fn check_duration(said: &Said<'_>, name: &str, duration: Option<Duration>) {
    let Some(duration) = duration else { return };
    assert!(duration <= LONGEST, "{name} = {duration:?}");
    let is_number =
        (said.numbers(name)).any(|seconds| (seconds.abs() - duration.as_secs_f64()).abs() < 1e-6);
    let is_iso = said.values(name).any(|value| {
        let text = value
            .as_str()
            .unwrap_or_default()
            .trim()
            .to_ascii_uppercase();
        let text = text.trim_start_matches('+');
        text.starts_with('P') && text.bytes().any(|byte| byte.is_ascii_digit())
    });
    assert!(
        is_number || is_iso,
        "{name} = {duration:?} comes from nowhere"
    );
}

fn check_agent(said: &Said<'_>, agent: &AgentState, names: bool) {
    let is_said = |name: &str, text: &str| {
        (said.values(name)).any(|value| value.as_str().is_some_and(|it| it.trim() == text))
    };
    assert!(names || agent.name.is_none());
    if let Some(name) = &agent.name {
        assert!(name.first.is_empty() || is_said("firstName", &name.first));
        assert!(name.last.is_empty() || is_said("lastName", &name.last));
        assert!(!name.first.is_empty() || !name.last.is_empty());
        assert!(format!("{agent:?}").contains("AgentName(…)"));
    }
    if let Some(reason) = &agent.reason {
        assert!(is_said("outStateDescription", reason));
        assert_eq!(agent.activity, Activity::Unavailable);
    }
    if let Some((_, Some(team))) = &agent.team {
        assert!(is_said("teamName", team));
    }
    assert!(agent.in_state.is_none_or(|it| it <= LONGEST));
    assert_ne!(agent.skill.as_deref(), Some("0"));
    if agent.in_state.is_some() {
        let has = |name: &str| said.values(name).any(Value::is_string);
        assert!(has("startDate") && has("lastPollTime"));
    }
}
