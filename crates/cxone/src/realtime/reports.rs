//! Contacts counted over a time, and agents' states: what is asked of which path.

use std::{
    collections::HashSet,
    ops::Range,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::Value;

use super::{Realtime, agents, check_read, narrow, summaries};
use crate::{
    AgentState, CallKind, Cursor, Error, PageOfIds, Remedy, Report, ReportSource,
    ServiceLevelSummary, SkillSummary,
    answer::Answer,
    json::{Fields, OddFields, unexpected},
    paging::{self, List},
};

/// The most entries that a page is asked to hold.
const PAGE: u64 = 1_000;

/// Where the entries of a report are.
pub(super) struct Call {
    kind: CallKind,
    resource: &'static str,
    /// The field that holds the list.
    list: &'static str,
    /// The field of an entry that holds its id.
    id: &'static str,
    /// What is listed, in words.
    name: &'static str,
    /// Among the reports.
    pub(super) place: usize,
}

pub(super) const SUMMARIES: Call = Call {
    kind: CallKind::Summaries,
    resource: "skills/summary",
    list: "skillSummaries",
    id: "skillId",
    name: "list of skill summaries",
    place: 0,
};

pub(super) const SERVICE_LEVELS: Call = Call {
    kind: CallKind::ServiceLevels,
    resource: "skills/sla-summary",
    list: "serviceLevelSummaries",
    id: "skillId",
    name: "list of service levels",
    place: 1,
};

pub(super) const AGENTS: Call = Call {
    kind: CallKind::Agents,
    resource: "agents/states",
    list: "agentStates",
    id: "agentId",
    name: "list of agents",
    place: 2,
};

/// The entries of all pages read, of those with the same id the first.
pub(super) struct Entries<T> {
    pub(super) list: Vec<T>,
    known: HashSet<String>,
    pub(super) odd: OddFields,
}

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            known: HashSet::new(),
            odd: OddFields::default(),
        }
    }
}

impl<T> Entries<T> {
    /// Adds a page; `read` makes an entry of its id and fields, or leaves it out.
    pub(super) fn add(
        &mut self,
        page: &Value,
        call: &Call,
        read: impl Fn(String, &mut Fields<'_>) -> Option<T>,
    ) -> Result<PageOfIds, Error> {
        let mut ids = PageOfIds::default();
        for entry in paging::entries(page, &[call.list], call.name)? {
            let mut fields = entry
                .as_object()
                .map(|entry| Fields::new(entry, &mut self.odd));
            let id = fields.as_mut().and_then(|fields| fields.id(call.id));
            let (Some(id), Some(mut fields)) = (id, fields) else {
                ids.nameless += 1;
                self.odd.note(call.id);
                continue;
            };
            if self.known.insert(id.clone()) {
                self.list.extend(read(id.clone(), &mut fields));
            }
            ids.ids.push(id);
        }
        Ok(ids)
    }
}

impl Realtime {
    /// Reads every page of a report; `add` takes one.
    async fn report<T: Send>(
        &self,
        call: &Call,
        query: &[(&str, &str)],
        add: impl Fn(&mut Entries<T>, &Answer, &Value) -> Result<PageOfIds, Error> + Send + Sync,
    ) -> Result<Report<T>, Error> {
        let place = self.place().await?;
        let path = self.path(call.resource);
        let mut first = place.base_url.endpoint(&path);
        first.query_pairs_mut().extend_pairs(query);
        // The summaries of all skills come in one answer.
        let top = (call.kind != CallKind::Summaries).then_some(PAGE);
        if let Some(top) = top {
            let top = top.to_string();
            first
                .query_pairs_mut()
                .extend_pairs([("skip", "0"), ("top", &top)]);
        } else {
            narrow(&mut first, &self.settings.skills);
        }
        let list = List {
            base_url: &place.base_url,
            setting: place.setting,
            kind: call.kind,
            first,
            top,
            name: call.name,
        };
        let (mut entries, mut cursor) = (Entries::default(), Cursor::default());
        while !cursor.is_at_end() {
            list.read_page(&self.session, &mut cursor, check_report, |answer, page| {
                add(&mut entries, answer, page)
            })
            .await?;
        }
        entries.odd.log(&path);
        self.report_shortfalls[call.place].note(call.name, cursor.shortfall(), "");
        match cursor.asked_at() {
            Some(asked_at) if !cursor.lacks_every_id() => Ok(Report {
                entries: entries.list,
                asked_at,
                requests: cursor.pages(),
            }),
            // Not the same as no entries.
            _ => Err(unexpected(format!(
                "no entry of the {} has a {}",
                call.name, call.id
            ))),
        }
    }
}

#[async_trait]
impl ReportSource for Realtime {
    async fn skill_summaries(
        &self,
        window: Range<SystemTime>,
    ) -> Result<Report<SkillSummary>, Error> {
        let [start, end] = dates(&window)?;
        let query = [("startDate", start.as_str()), ("endDate", end.as_str())];
        let filter = &self.settings.skills;
        self.report(&SUMMARIES, &query, |entries, _, page| {
            entries.add(page, &SUMMARIES, |id, fields| {
                summaries::of_contacts(id, fields, filter)
            })
        })
        .await
    }

    async fn service_levels(
        &self,
        window: Range<SystemTime>,
    ) -> Result<Report<ServiceLevelSummary>, Error> {
        let [start, end] = dates(&window)?;
        let query = [("startDate", start.as_str()), ("endDate", end.as_str())];
        let filter = &self.settings.skills;
        self.report(&SERVICE_LEVELS, &query, |entries, _, page| {
            entries.add(page, &SERVICE_LEVELS, |id, fields| {
                summaries::of_service_level(id, fields, filter)
            })
        })
        .await
    }

    async fn agent_states(&self, names: bool) -> Result<Report<AgentState>, Error> {
        let fields = agents::fields(names);
        let query = [("fields", fields.as_str())];
        self.report(&AGENTS, &query, |entries, answer, page| {
            agents::add(entries, page, answer.date, names)
        })
        .await
    }
}

/// A window's start and end as CXone takes them: whole seconds, and a `Z`, since `+00:00` is
/// refused. The end is after the start.
fn dates(window: &Range<SystemTime>) -> Result<[String; 2], Error> {
    let end = window.end.max(window.start + Duration::from_secs(1));
    let date = |time| {
        let time = Timestamp::try_from(time);
        let time = time.map_err(|_| unexpected("a window that no calendar has"))?;
        Ok(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
    };
    Ok([date(window.start)?, date(end)?])
}

/// What a status means: the permission of the live numbers may not be enough.
fn check_report(answer: &Answer) -> Result<(), Error> {
    check_read(answer).map_err(|error| match error {
        Error::Forbidden { .. } => Error::Forbidden {
            remedy: Remedy::ReportPermission,
        },
        other => other,
    })
}
