//! Answers of this dialect.

use std::collections::HashSet;

use super::{LIST_PATH, queue_list as list, readings};
use crate::{
    QueueReading,
    fuzzing::{Said, check_refusal, json_of},
    paging::fuzzing::check_next_page,
};

/// Any answer: each queue once, with numbers that stand under their names in it and are
/// possible, or with none.
///
/// # Panics
/// Where that does not hold.
pub fn reporting_v2(body: &[u8]) {
    let Some(body) = json_of(body) else { return };
    let readings = match readings::readings(&body) {
        Ok((readings, _)) => readings,
        Err(error) => return check_refusal(&error),
    };
    let said = Said::by(&body);
    let mut ids = HashSet::new();
    for reading in &readings {
        assert!(ids.insert(&reading.id), "{} is there twice", reading.id);
        assert!(!reading.id.trim().is_empty());
        assert!(reading.name.as_ref().is_none_or(|it| !it.trim().is_empty()));
        said.check_count("callsWaiting", reading.waiting);
        said.check_count("agentsLoggedOn", reading.agents_logged_on);
        said.check_count("agentsAvailable", reading.agents_available);
        said.check_count("agentsBusy", reading.agents_busy);
        said.check_number("serviceLevel", reading.service_level_percent, 100.0);
        if let Some(wait) = reading.average_wait {
            let is_it = |ms: f64| ms >= 0.0 && ms.round() == wait.as_millis() as f64;
            let is_said = said.numbers("averageWaitTime").any(is_it);
            assert!(is_said, "{wait:?} comes from nowhere");
        }
        let of_another_dialect = QueueReading {
            id: reading.id.clone(),
            name: reading.name.clone(),
            waiting: reading.waiting,
            average_wait: reading.average_wait,
            agents_logged_on: reading.agents_logged_on,
            agents_available: reading.agents_available,
            agents_busy: reading.agents_busy,
            service_level_percent: reading.service_level_percent,
            ..QueueReading::default()
        };
        assert_eq!(*reading, of_another_dialect, "this dialect has no more");
    }
}

/// Any page of the queue list: queues with ids that stand in it, and a next page at the
/// same host or none.
///
/// # Panics
/// Where that does not hold.
pub fn queue_list(body: &[u8]) {
    let Some(body) = json_of(body) else { return };
    check_next_page(&body, LIST_PATH);
    let page = match list::page(&body) {
        Ok(page) => page,
        Err(error) => return check_refusal(&error),
    };
    let said = Said::by(&body);
    for queue in page.queues {
        let mut ids = said.values("queueId").chain(said.values("id"));
        let is_said = ids.any(|id| match id.as_str() {
            Some(text) => text == queue.id,
            None => id.as_f64() == queue.id.parse().ok(),
        });
        assert!(is_said, "{} comes from nowhere", queue.id);
        assert!(!queue.id.trim().is_empty());
        assert!(queue.name.is_none_or(|name| !name.trim().is_empty()));
    }
}
