//! A page of skills with their numbers, as readings.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use crate::{
    Error, LeftOut, PageOfIds, QueueInfo, QueueReading, SkillFilter,
    json::{self, Fields, OddFields},
    paging,
    skill_filter::MediaType,
};

/// By how much a contact may have come after the server's own time: its clocks differ.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_secs(5);

/// A threshold beyond this is none: a day.
const LONGEST_THRESHOLD_SECONDS: f64 = 86_400.0;

/// The skills of all pages read.
#[derive(Debug, Default)]
pub(super) struct Skills {
    pub(super) list: Vec<Skill>,
    /// How many entries there were, those without an id too.
    entries: usize,
    odd: OddFields,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Skill {
    pub(super) reading: QueueReading,
    media_type_name: Option<String>,
    is_active: Option<bool>,
    is_outbound: Option<bool>,
}

impl Skills {
    /// Adds a page: a list under `skillActivity`, with or without a `resultSet` around it.
    pub(super) fn add(&mut self, page: &Value) -> Result<PageOfIds, Error> {
        let entries = paging::entries(page, &["skillActivity"], "skill list")?;
        let last_poll_time = last_poll_time(page, &mut self.odd);
        self.entries += entries.len();
        let mut page = PageOfIds::default();
        for entry in entries {
            let entry = entry.as_object();
            match entry.and_then(|entry| skill(entry, last_poll_time, &mut self.odd)) {
                Some(skill) => {
                    page.ids.push(skill.reading.id.clone());
                    self.list.push(skill);
                }
                None => {
                    page.nameless += 1;
                    self.odd.note("skillId (missing)");
                }
            }
        }
        Ok(page)
    }

    /// Whether every entry has an id, and each another one. A skill that is there twice took
    /// another's place, as when pages shift while they are read.
    pub(super) fn are_distinct(&self) -> bool {
        let ids: HashSet<&str> = self.list.iter().map(|it| it.reading.id.as_str()).collect();
        ids.len() == self.entries
    }

    /// Tells these numbers from others, in whatever order they come; `None` where they carry
    /// no time.
    pub(super) fn digest(&self) -> Option<u64> {
        let readings = self.list.iter().map(|skill| &skill.reading);
        let digest = |reading: &QueueReading| {
            let mut hasher = DefaultHasher::new();
            format!("{reading:?}").hash(&mut hasher);
            hasher.finish()
        };
        let has_time = readings.clone().any(|it| it.source_time.is_some());
        has_time.then(|| readings.map(digest).fold(0, u64::wrapping_add))
    }

    /// One line on what could not be read.
    pub(super) fn log(&self, path: &str) {
        self.odd.log(path);
    }
}

impl Skill {
    /// Whether `filter` lets it be read: CXone leaves out the others where it can be told to.
    /// One that is switched off is read where somebody names it.
    pub(super) fn passes(&self, filter: &SkillFilter) -> bool {
        filter.lets_read(self.reading.media_type, self.is_outbound)
    }

    /// As a list shows it, with why `filter` leaves it out.
    pub(super) fn into_info(self, filter: &SkillFilter) -> QueueInfo {
        let media_type = self.reading.media_type;
        let left_out = if !filter.has(media_type) {
            media_type.map(LeftOut::MediaType)
        } else if self.is_outbound == Some(true) && !filter.outbound {
            Some(LeftOut::Outbound)
        } else if self.is_active == Some(false) && !filter.inactive {
            Some(LeftOut::Inactive)
        } else {
            None
        };
        QueueInfo {
            id: self.reading.id,
            name: self.reading.name,
            media_type: self.media_type_name.or(media_type.map(|it| it.to_string())),
            is_active: self.is_active,
            left_out,
        }
    }
}

fn skill(
    entry: &Map<String, Value>,
    last_poll_time: Option<Timestamp>,
    odd: &mut OddFields,
) -> Option<Skill> {
    let mut fields = Fields::new(entry, odd);
    let id = fields.id("skillId")?;
    let server_time = fields.time("serverTime").or(last_poll_time);
    let earliest = fields.time("earliestQueueTime");
    let waiting = fields.count("queueCount");
    let (media_type, media_type_name) = media_type(&mut fields);
    let sample = [fields.count("inSLA"), fields.count("outSLA")];
    Some(Skill {
        reading: QueueReading {
            id,
            name: fields.text("skillName"),
            media_type,
            waiting,
            // This dialect has none.
            average_wait: None,
            longest_wait: longest_wait(waiting, earliest, server_time),
            agents_logged_on: fields.count("agentsLoggedIn"),
            // Some versions misspell it.
            agents_available: (fields.count("agentsAvailable"))
                .or_else(|| fields.count("agentsAvaliable")),
            agents_busy: fields.count("agentsWorking"),
            agents_after_call_work: fields.count("agentsACW"),
            agents_unavailable: (fields.count("agentsUnavailable"))
                .or_else(|| fields.count("agentsUnavaliable")),
            service_level_percent: fields.number_up_to("serviceLevel", 100.0),
            service_level_goal: fields.number_up_to("serviceLevelGoal", 100.0),
            service_level_threshold: fields
                .number_up_to("serviceLevelThreshold", LONGEST_THRESHOLD_SECONDS)
                .map(Duration::from_secs_f64),
            service_level_sample: match sample {
                [Some(inside), Some(outside)] => inside.checked_add(outside),
                _ => None,
            },
            source_time: server_time.and_then(|time| time.try_into().ok()),
        },
        media_type_name,
        is_active: fields.flag("isActive"),
        is_outbound: fields.flag("isOutbound"),
    })
}

/// When a page was made, by CXone's clock.
pub(super) fn last_poll_time(page: &Value, odd: &mut OddFields) -> Option<Timestamp> {
    let inner = json::get(page, "resultSet").filter(|it| it.is_object());
    Fields::new(inner.unwrap_or(page).as_object()?, odd).time("lastPollTime")
}

/// A channel, by its number or its name, and how CXone names it.
pub(super) fn media_type(fields: &mut Fields<'_>) -> (Option<MediaType>, Option<String>) {
    let name = fields.text("mediaTypeName");
    let by_number = fields.read("mediaTypeId", |value| {
        match (json::count(value), value.as_str()) {
            (Some(number), _) => u32::try_from(number).ok().map(MediaType),
            (None, Some(name)) => MediaType::parse(name).ok(),
            (None, None) => None,
        }
    });
    let by_name = || MediaType::parse(name.as_deref()?).ok();
    (by_number.or_else(by_name), name)
}

/// Since when the contact that waits longest waits, both by the server's clock. Where
/// nobody waits there is no such contact, and no wait, and none where it has just come by
/// another clock; it is unknown where the two times cannot both be right.
fn longest_wait(
    waiting: Option<u64>,
    earliest: Option<Timestamp>,
    server_time: Option<Timestamp>,
) -> Option<Duration> {
    if waiting == Some(0) {
        return Some(Duration::ZERO);
    }
    let wait = server_time?.duration_since(earliest?);
    if wait.is_negative() && -wait <= CLOCK_TOLERANCE {
        return Some(Duration::ZERO);
    }
    let wait = Duration::try_from(wait).ok()?;
    (wait <= json::LONGEST).then_some(wait)
}

#[cfg(test)]
mod tests;
