//! A scripted tenant, and a client for it.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use queuewall::{
    budget::RequestBudget,
    clock::{Clock, Moment},
    cxone::{BaseUrl, ReportingV2, Settings},
};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::scripted::{Reply, Scripted, Seen};

pub(crate) const TOKEN: &str = "/oauth2/token";
pub(crate) const REALTIME: &str = "/api/v2/reporting/queues/realtime";
pub(crate) const LIST: &str = "/api/v2/queues";

/// The token that every scripted tenant issues, and the secret that it is sent.
pub(crate) const CANARY_TOKEN: &str = "canary-token-5f2c";
pub(crate) const CANARY_SECRET: &str = "canary&secret=9b1e";

pub(crate) fn token_reply() -> Reply {
    Reply::json(&json!({"access_token": CANARY_TOKEN, "token_type": "Bearer", "expires_in": 3600}))
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
    Scripted::start(move |seen| match seen.target.as_str() {
        TOKEN => token_reply(),
        _ => read(seen),
    })
    .await
}

pub(crate) fn settings(base_url: &str) -> Settings {
    Settings {
        base_url: BaseUrl::parse(base_url).unwrap(),
        client_id: "client 1".to_owned(),
        client_secret: SecretString::from(CANARY_SECRET),
        tenant_id: "tenant-1".to_owned(),
        ca_file: None,
        connect_timeout: Duration::from_secs(20),
        total_timeout: Duration::from_secs(20),
    }
}

/// A client with a budget that is never in its way.
pub(crate) fn client(settings: Settings) -> ReportingV2 {
    client_with(settings, &Arc::new(RequestBudget::new(10_000)))
}

pub(crate) fn client_with(settings: Settings, budget: &Arc<RequestBudget>) -> ReportingV2 {
    ReportingV2::new(settings, Arc::clone(budget), Arc::new(SteppedClock::new())).unwrap()
}

pub(crate) fn client_of(server: &Scripted) -> ReportingV2 {
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
        })))
    }

    pub(crate) fn step(&self, by: Duration) {
        let mut moment = self.0.lock().unwrap();
        moment.monotonic += by;
        moment.wall += by;
    }

    /// The machine sleeps: the monotonic clock stands still.
    pub(crate) fn suspend(&self, by: Duration) {
        self.0.lock().unwrap().wall += by;
    }
}

impl Clock for SteppedClock {
    fn now(&self) -> Moment {
        *self.0.lock().unwrap()
    }
}
