//! What one agent does now.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde_json::Value;

use super::{
    activity::last_poll_time,
    reports::{AGENTS, Entries},
};
use crate::{
    Activity, AgentName, AgentState, Error, PageOfIds,
    json::{Fields, LONGEST},
};

/// What is asked for of each agent: no user name, and no number of a station or a customer.
const FIELDS: &str = "agentId,agentStateId,agentStateName,isACW,outStateDescription,startDate,\
                      teamId,teamName,skillId";

/// The value of the query's `fields`.
pub(super) fn fields(names: bool) -> String {
    let names = if names { ",firstName,lastName" } else { "" };
    format!("{FIELDS}{names}")
}

/// Adds a page of agents; `date` is when the answer was made, by its header.
pub(super) fn add(
    agents: &mut Entries<AgentState>,
    page: &Value,
    date: Option<SystemTime>,
    names: bool,
) -> Result<PageOfIds, Error> {
    let polled = last_poll_time(page, &mut agents.odd);
    let now = polled.or_else(|| date?.try_into().ok());
    agents.add(page, &AGENTS, |id, fields| agent(id, fields, now, names))
}

/// An entry of `agentStates`; `None` for an agent who is logged out.
fn agent(
    id: String,
    fields: &mut Fields<'_>,
    now: Option<Timestamp>,
    names: bool,
) -> Option<AgentState> {
    let state = State::read(fields);
    let after_call_work = fields.flag("isACW") == Some(true);
    let activity = match state {
        State::LoggedOut => return None,
        // The state's name may still be that of the contact, or of a pause.
        _ if after_call_work => Activity::AfterCallWork,
        State::Is(activity) => activity,
    };
    // Older versions have it in each entry.
    let now = fields.time("lastPollTime").or(now);
    let since = fields.time("startDate");
    let reason = fields.text("outStateDescription");
    let team_name = fields.text("teamName");
    Some(AgentState {
        id,
        name: names.then(|| name(fields)).flatten(),
        team: fields.id("teamId").map(|id| (id, team_name)),
        reason: reason.filter(|_| activity == Activity::Unavailable),
        activity,
        in_state: since.zip(now).and_then(|(since, now)| in_state(since, now)),
        skill: fields.id("skillId").filter(|id| id != "0"),
    })
}

fn name(fields: &mut Fields<'_>) -> Option<AgentName> {
    let names = [fields.text("firstName"), fields.text("lastName")];
    let is_named = names.iter().any(Option::is_some);
    let [first, last] = names.map(Option::unwrap_or_default);
    is_named.then_some(AgentName { first, last })
}

/// How long ago `since` was; none where it lies ahead, since clocks differ.
fn in_state(since: Timestamp, now: Timestamp) -> Option<Duration> {
    let duration = Duration::try_from(now.duration_since(since)).unwrap_or_default();
    (duration <= LONGEST).then_some(duration)
}

enum State {
    LoggedOut,
    Is(Activity),
}

/// The vendor's names of the states, by number.
const NAMES: [(&str, &str); 12] = [
    ("0", "LoggedOut"),
    ("1", "Available"),
    ("2", "Unavailable"),
    ("3", "InboundContact"),
    ("4", "OutboundContact"),
    ("5", "InboundConsult"),
    ("6", "OutboundConsult"),
    ("7", "Dialer"),
    ("8", "LoggedIn"),
    ("-9", "PromisePending"),
    ("-12", "LogoffPending"),
    ("-13", "PreviewNotification"),
];

impl State {
    fn read(fields: &mut Fields<'_>) -> Self {
        let id = fields.id("agentStateId");
        let name = fields.text("agentStateName");
        let id = id.as_deref().map(str::trim);
        let known = NAMES.iter().find(|(number, _)| Some(*number) == id);
        // The number tells more than the name, which may be in the tenant's language.
        let by_id = known.and_then(|(_, name)| Self::by_name(name));
        let by_name = || name.as_deref().and_then(Self::by_name);
        by_id.or_else(by_name).unwrap_or_else(|| {
            let name = name.as_deref().or(known.map(|(_, name)| *name));
            Self::Is(Activity::Other(name.map(readable)))
        })
    }

    /// The state that the vendor's name stands for; `None` where it has no activity.
    fn by_name(name: &str) -> Option<Self> {
        let letters = name.chars().filter(|letter| letter.is_alphanumeric());
        let letters: String = letters.collect();
        Some(Self::Is(match letters.to_lowercase().as_str() {
            "loggedout" => return Some(Self::LoggedOut),
            "available" => Activity::Available,
            "unavailable" => Activity::Unavailable,
            "inboundcontact" | "outboundcontact" | "inboundconsult" | "outboundconsult"
            | "dialer" => Activity::OnContact,
            _ => return None,
        }))
    }
}

/// A name such as `LogoffPending` as people write it: `Logoff pending`. One with blanks is the
/// tenant's own, and stays.
fn readable(name: &str) -> String {
    if name.contains(char::is_whitespace) {
        return name.to_owned();
    }
    let letters: Vec<char> = name.chars().collect();
    let mut words = String::with_capacity(name.len() + 4);
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let is_followed_by_lower = letters.get(at + 1).is_some_and(|it| it.is_lowercase());
        let begins = letter.is_uppercase()
            && before.is_some_and(|it| it.is_lowercase() || is_followed_by_lower);
        if begins {
            words.push(' ');
        }
        if begins && is_followed_by_lower {
            words.extend(letter.to_lowercase());
        } else {
            words.push(*letter);
        }
    }
    words
}

#[cfg(test)]
mod tests;
