//! The page's reading of what agents do.

use super::{COUNT_END, Json, cause, count, level};
use crate::agents::{
    ActivityCounts, AgentActivity, AgentCounts, AgentEntry, AgentList, AgentsOver, AgentsShown,
    NoAgents, PersonName,
};
use crate::snapshot::Level;

/// A board's counts; `None` where it shows no agents.
pub(super) fn counts(json: &impl Json, is_for_desk: bool) -> Option<AgentCounts> {
    let text = |name| is_for_desk.then(|| json.get(name).text()).flatten();
    let kind = text("kind");
    let is_kind = |it: &AgentsShown| kind.as_deref() == Some(it.as_str());
    Some(AgentCounts {
        // A younger server's word says no more than that agents are counted.
        kind: (AgentsShown::ALL.into_iter())
            .find(is_kind)
            .unwrap_or(AgentsShown::Counts),
        now: now(&json.get("now")),
        over: json.get("over").each(over).unwrap_or_default(),
        level: match is_for_desk {
            true => level(&json.get("level")),
            false => Level::None,
        },
        lag_ms: count(&json.get("lag_ms")),
        interval_ms: count(&json.get("interval_ms"))?,
        cause: text("cause"),
        cause_code: is_for_desk.then(|| cause(json, "cause_code")).flatten(),
    })
}

fn now(json: &impl Json) -> Option<ActivityCounts> {
    let of = |activity: AgentActivity| count(&json.get(activity.as_str()));
    Some(ActivityCounts {
        available: of(AgentActivity::Available)?,
        after_call_work: of(AgentActivity::AfterCallWork)?,
        on_contact: of(AgentActivity::OnContact)?,
        unavailable: of(AgentActivity::Unavailable)?,
        other: of(AgentActivity::Other)?,
    })
}

fn over(json: &impl Json) -> Option<AgentsOver> {
    Some(AgentsOver {
        activity: activity(json)?,
        reason: json.get("reason").text(),
        level: level(&json.get("level")),
        limit_ms: count(&json.get("limit_ms"))?,
        agents: count(&json.get("agents"))?,
    })
}

/// A younger server's word is one that is not known here.
fn activity(json: &impl Json) -> Option<AgentActivity> {
    let name = json.get("activity").text()?;
    let known = (AgentActivity::ALL.into_iter()).find(|it| it.as_str() == name);
    Some(known.unwrap_or(AgentActivity::Other))
}

/// The list of a board's agents; `None` when it is none.
pub fn list(json: &impl Json) -> Option<AgentList> {
    let code = json.get("agents_cause_code").text();
    let of_code = |code: String| NoAgents::ALL.into_iter().find(|it| it.code() == code);
    Some(AgentList {
        counts: counts(&json.get("counts"), true)?,
        read_ms: count(&json.get("read_ms")),
        agents: json.get("agents").each(entry),
        agents_cause: json.get("agents_cause").text(),
        agents_cause_code: code.and_then(of_code),
    })
}

/// A point in time, which may be before the scale's start.
fn since(json: &impl Json) -> Option<i64> {
    let is_whole = |number: &f64| number.abs() < COUNT_END && number.fract() == 0.0;
    json.float().filter(is_whole).map(|number| number as i64)
}

fn entry(json: &impl Json) -> Option<AgentEntry> {
    Some(AgentEntry {
        key: json.get("key").text()?,
        name: json.get("name").text().map(PersonName),
        activity: activity(json)?,
        state: json.get("state").text(),
        since_ms: since(&json.get("since_ms")),
        team: json.get("team").text(),
        queue: json.get("queue").text(),
        level: level(&json.get("level")),
        limit_ms: count(&json.get("limit_ms")),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{cause::Cause, fuzzing, snapshot::Level};

    #[test]
    fn list_of_agents_is_read_as_it_was_written() {
        let entry = |activity: AgentActivity, level| AgentEntry {
            key: activity.as_str().into(),
            name: Some(PersonName("J".into())),
            activity,
            state: Some("Lunch".into()),
            since_ms: Some(-7),
            team: None,
            queue: Some("q".into()),
            level,
            limit_ms: Some(8),
        };
        let levels = [Level::None, Level::Ok, Level::Warning, Level::Critical];
        let entries = AgentActivity::ALL.map(|activity| levels.map(|it| entry(activity, it)));
        for (kind, code) in AgentsShown::ALL.into_iter().zip(NoAgents::ALL) {
            let list = AgentList {
                counts: AgentCounts {
                    kind,
                    now: Some(ActivityCounts::default()),
                    over: vec![AgentsOver {
                        activity: AgentActivity::OnContact,
                        reason: Some("Lunch".into()),
                        level: Level::Critical,
                        limit_ms: 5,
                        agents: 6,
                    }],
                    level: Level::Critical,
                    lag_ms: Some(3),
                    interval_ms: 4,
                    cause: Some("c".into()),
                    cause_code: Some(Cause::Forbidden),
                },
                read_ms: Some(1),
                agents: Some(entries.iter().flatten().cloned().collect()),
                agents_cause: Some("a".into()),
                agents_cause_code: Some(code),
            };
            let json = serde_json::to_value(&list).unwrap();
            assert_eq!(super::list(&fuzzing::Parsed(Some(&json))), Some(list));
        }
    }

    #[test]
    fn younger_servers_words_are_read_as_unknown() {
        let json = json!({
            "counts": {"kind": "nicknames", "interval_ms": 5},
            "agents": [{"key": "k", "activity": "dancing"}],
            "agents_cause_code": "moon_phase"
        });
        let list = list(&fuzzing::Parsed(Some(&json))).unwrap();
        assert_eq!(list.counts.kind, AgentsShown::Counts);
        assert_eq!(list.counts.now, None);
        assert_eq!(list.agents.unwrap()[0].activity, AgentActivity::Other);
        assert_eq!(list.agents_cause_code, None);
        assert_eq!(super::list(&fuzzing::Parsed(None)), None);
    }
}
