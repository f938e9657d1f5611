//! What one poller hands over to the next: to that of the same server after a restart, or to
//! that of another server. Screens go on with its numbers, at their ages.

use cxone::{QueueInfo, QueueReading};
use serde::{Deserialize, Serialize};

use super::{Known, Readings};
use crate::{
    clock::Moment,
    poller::{plan::Group, today::DayHandover},
};

/// Readings that are older are not handed over.
const LONGEST_AGE_MS: u64 = 3_600_000;

/// The readings of all queues. Times are milliseconds on the scale of the server's uptime.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Handover {
    /// Ids and names of the queue list, where a board shows all queues.
    list: Option<Vec<(String, Option<String>)>>,
    queues: Vec<HandedOver>,
    /// Today's numbers.
    #[serde(default)]
    pub(crate) today: Vec<DayHandover>,
}

#[derive(Debug, Serialize, Deserialize)]
struct HandedOver {
    skills: Vec<String>,
    id: String,
    name: Option<String>,
    read_ms: u64,
    reading: QueueReading,
}

impl Readings {
    /// What is known, for the next poller.
    pub(crate) fn hand_over(&self, groups: &[Group], now: Moment, uptime_ms: u64) -> Handover {
        let handed_over = |skills: &[String], id: &str, known: &Known| {
            let (reading, at) = known.reading.as_ref()?;
            Some(HandedOver {
                skills: skills.to_vec(),
                id: id.to_owned(),
                name: known.name.clone(),
                read_ms: uptime_ms.saturating_sub(at.age_ms_at(now)),
                reading: reading.clone(),
            })
        };
        let queues = groups.iter().zip(&self.groups).flat_map(|(group, queues)| {
            let queues = queues.iter();
            queues.filter_map(|(id, known)| handed_over(&group.skills, id, known))
        });
        let list = self.list.iter().flatten();
        let list = list.map(|queue| (queue.id.clone(), queue.name.clone()));
        Handover {
            list: self.list.is_some().then(|| list.collect()),
            queues: queues.collect(),
            today: Vec::new(),
        }
    }

    /// Goes on from what another poller knew, of the queues of these groups.
    pub(crate) fn take_over(
        &mut self,
        handover: Handover,
        groups: &[Group],
        now: Moment,
        uptime_ms: u64,
    ) {
        for queue in handover.queues {
            let age_ms = uptime_ms.saturating_sub(queue.read_ms);
            let group = groups.iter().position(|it| it.skills == queue.skills);
            if let Some(group) = group.filter(|_| age_ms <= LONGEST_AGE_MS) {
                let known = self.groups[group].entry(queue.id).or_default();
                known.name = queue.name;
                known.reading = Some((queue.reading, now.before(age_ms)));
            }
        }
        let info = |(id, name)| QueueInfo {
            id,
            name,
            ..QueueInfo::default()
        };
        if self.list.is_none() && groups.iter().any(|group| group.all) {
            self.list = handover
                .list
                .map(|list| list.into_iter().map(info).collect());
        }
    }
}
