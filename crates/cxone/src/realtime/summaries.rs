//! One skill's contacts and service level over a time.

use super::activity::media_type;
use crate::{ServiceLevelSummary, SkillFilter, SkillSummary, json::Fields};

/// An entry of `skillSummaries`; `None` for a skill that `filter` leaves out.
pub(super) fn of_contacts(
    id: String,
    fields: &mut Fields<'_>,
    filter: &SkillFilter,
) -> Option<SkillSummary> {
    is_read(fields, filter).then(|| SkillSummary {
        id,
        offered: fields.count("contactsOffered"),
        queued: fields.count("contactsQueued"),
        handled: fields.count("contactsHandled"),
        abandoned: fields.count("abandonCount"),
        average_speed_of_answer: fields.duration("averageSpeedToAnswer"),
        average_handle: fields.duration("averageHandleTime"),
        average_talk: fields.duration("averageTalkTime"),
        average_wrap: fields.duration("averageWrapTime"),
    })
}

/// An entry of `serviceLevelSummaries`; `None` for a skill that `filter` leaves out.
pub(super) fn of_service_level(
    id: String,
    fields: &mut Fields<'_>,
    filter: &SkillFilter,
) -> Option<ServiceLevelSummary> {
    if !is_read(fields, filter) {
        return None;
    }
    let in_time = fields.count("contactsWithinSLA");
    let late = fields.count("contactsOutOfSLA");
    let total = fields.count("totalContacts");
    Some(ServiceLevelSummary {
        id,
        in_time,
        late: late.or_else(|| total?.checked_sub(in_time?)),
    })
}

/// Whether the skill is one of those that are read, as far as its entry tells.
fn is_read(fields: &mut Fields<'_>, filter: &SkillFilter) -> bool {
    let (media_type, _) = media_type(fields);
    filter.lets_read(media_type, fields.flag("isOutbound"))
}
