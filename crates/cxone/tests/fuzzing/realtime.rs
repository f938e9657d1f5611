//! Answers of this dialect.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::Value;

use super::activity::{Skill, Skills};
use crate::{
    LeftOut, QueueReading, SkillFilter,
    fuzzing::{Said, check_refusal, json_of},
    paging::fuzzing::check_next_page,
};

const YEAR_AND_A_DAY: Duration = Duration::from_secs(366 * 86_400);

/// Any page of the skill list: numbers that stand under their names in it and are possible,
/// waits between two times that stand in it, a next page at the same host or none; and the
/// same page a second time makes no list whole.
///
/// # Panics
/// Where that does not hold.
pub fn realtime(body: &[u8]) {
    let Some(body) = json_of(body) else { return };
    check_next_page(&body, "/incontactAPI/services/v23.0/skills/activity");
    let mut skills = Skills::default();
    if let Err(error) = skills.add(&body) {
        return check_refusal(&error);
    }
    let said = Said::by(&body);
    for skill in &skills.list {
        check_reading(&said, &skill.reading);
        check_filter(skill);
    }
    if skills.list.is_empty() {
        return;
    }
    let count = skills.list.len();
    skills.add(&body).expect("it was read before");
    assert_eq!(skills.list.len(), 2 * count);
    assert!(!skills.are_distinct(), "a page took another's place");
}

fn check_reading(said: &Said<'_>, reading: &QueueReading) {
    assert!(!reading.id.trim().is_empty());
    assert!(reading.name.as_ref().is_none_or(|it| !it.trim().is_empty()));
    said.check_count("queueCount", reading.waiting);
    said.check_count("agentsLoggedIn", reading.agents_logged_on);
    said.check_count("agentsAvailable", reading.agents_available);
    said.check_count("agentsWorking", reading.agents_busy);
    said.check_count("agentsACW", reading.agents_after_call_work);
    said.check_count("agentsUnavailable", reading.agents_unavailable);
    said.check_number("serviceLevel", reading.service_level_percent, 100.0);
    said.check_number("serviceLevelGoal", reading.service_level_goal, 100.0);
    let threshold = reading.service_level_threshold.map(|it| it.as_nanos());
    if let Some(threshold) = threshold {
        let mut numbers = said.numbers("serviceLevelThreshold");
        let is_said = numbers.any(|seconds| {
            (0.0..=86_400.0).contains(&seconds)
                && Duration::from_secs_f64(seconds.abs()).as_nanos() == threshold
        });
        assert!(is_said, "a threshold of {threshold} ns comes from nowhere");
    }
    if let Some(sample) = reading.service_level_sample {
        let is_sum = said.numbers("inSLA").any(|inside| {
            let mut outside = said.numbers("outSLA");
            outside.any(|outside| inside + outside == sample as f64)
        });
        assert!(is_sum, "a sample of {sample} comes from nowhere");
    }
    assert_eq!(reading.average_wait, None, "this dialect has none");
    match reading.longest_wait {
        Some(wait) if reading.waiting == Some(0) => assert!(wait.is_zero()),
        Some(wait) => {
            assert!(wait <= YEAR_AND_A_DAY, "{wait:?}");
            let times = |name| said.values(name).filter_map(time);
            let mut nows = times("serverTime").chain(times("lastPollTime"));
            let is_said = nows.any(|now| {
                times("earliestQueueTime")
                    .map(|since| now.duration_since(since))
                    .any(|it| Duration::try_from(it).ok() == Some(wait) || has_just_come(it, wait))
            });
            assert!(is_said, "a wait of {wait:?} comes from nowhere");
        }
        None => {}
    }
}

/// Whether it came within 5 s after the server's own time: no wait.
fn has_just_come(since: SignedDuration, wait: Duration) -> bool {
    wait.is_zero() && (-5_000..0).contains(&since.as_millis())
}

fn time(value: &Value) -> Option<Timestamp> {
    let text = value.as_str()?.trim();
    let utc = |time: DateTime| TimeZone::UTC.to_timestamp(time).ok();
    text.parse().ok().or_else(|| utc(text.parse().ok()?))
}

/// A list says of each skill whether a wall shows it, and a wall shows just those; but one
/// that is switched off is shown where somebody names it.
fn check_filter(skill: &Skill) {
    for (inactive, outbound) in [(true, true), (true, false), (false, true), (false, false)] {
        let filter = SkillFilter {
            inactive,
            outbound,
            ..SkillFilter::default()
        };
        let info = skill.clone().into_info(&filter);
        assert_eq!(info.id, skill.reading.id);
        assert_eq!(info.name, skill.reading.name);
        match &info.left_out {
            None => assert!(skill.passes(&filter)),
            Some(LeftOut::Inactive) => {
                assert!(skill.passes(&filter) && !inactive && info.is_active == Some(false));
            }
            Some(_) => assert!(!skill.passes(&filter)),
        }
    }
}
