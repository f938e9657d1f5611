//! A scripted tenant of the dialect `reporting-v2`, and a client for any.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use cxone::{
    QueueSource, Settings,
    budget::RequestBudget,
    clock::{Clock, Moment},
};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    dialect::{CANARY_TOKEN, Spoken},
    scripted::{Reply, Scripted, Seen},
};

pub(crate) const TOKEN: &str = "/oauth2/token";
pub(crate) const REALTIME: &str = "/api/v2/reporting/queues/realtime";
pub(crate) const LIST: &str = "/api/v2/queues";

pub(crate) fn token_reply() -> Reply {
    Spoken::ReportingV2.issues(CANARY_TOKEN, &json!(3600))
}

pub(crate) fn queues(ids: &[&str]) -> Value {
    let entries: Vec<_> = ids
        .iter()
        .map(|id| json!({"queueId": id, "callsWaiting": 1}))
        .collect();
    json!({ "queues": entries })
}

/// A tenant that issues tokens and answers reads by `read`.
pub(crate) async fn tenant(read: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Scripted {
    Spoken::ReportingV2.tenant(read).await
}

pub(crate) fn settings(base_url: &str) -> Settings {
    Spoken::ReportingV2.settings(base_url)
}

/// A client with a budget that is never in its way.
pub(crate) fn client(settings: Settings) -> Arc<dyn QueueSource> {
    client_with(settings, &Arc::new(RequestBudget::new(10_000)))
}

pub(crate) fn client_with(settings: Settings, budget: &Arc<RequestBudget>) -> Arc<dyn QueueSource> {
    cxone::connect(settings, Arc::clone(budget), Arc::new(SteppedClock::new())).unwrap()
}

pub(crate) fn client_of(server: &Scripted) -> Arc<dyn QueueSource> {
    client(settings(&http(server)))
}

pub(crate) fn http(server: &Scripted) -> String {
    format!("http://{}", server.address())
}

pub(crate) fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|&id| id.to_owned()).collect()
}

/// A clock that moves when it is told to.
#[derive(Clone)]
pub(crate) struct SteppedClock(Arc<Mutex<Moment>>);

impl SteppedClock {
    /// It stands at 2026-01-05 10:00:00 UTC.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Moment {
            monotonic: Instant::now(),
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_607_200),
            passed: Duration::ZERO,
        })))
    }

    pub(crate) fn step(&self, by: Duration) {
        let mut moment = self.0.lock().unwrap();
        moment.monotonic += by;
        moment.wall += by;
        moment.passed += by;
    }

    /// The machine sleeps, and only its wall clock goes on.
    pub(crate) fn suspend(&self, by: Duration) {
        self.0.lock().unwrap().wall += by;
    }
}

impl Clock for SteppedClock {
    fn now(&self) -> Moment {
        *self.0.lock().unwrap()
    }
}
