//! One server and two, with a database and a stepped clock.

use std::{sync::Mutex, time::UNIX_EPOCH};

use queuewall_shared::snapshot::{Level, Queue, QueueState};
use queuewall_store::Location;
use tokio::time::Instant;

use super::*;
use crate::{
    alerts::{Receivers, Rule, What},
    board::BoardConfig,
    snapshot::Boards,
};

struct Stepped(Mutex<Moment>);

impl Clock for Stepped {
    fn now(&self) -> Moment {
        *self.0.lock().unwrap()
    }
}

#[derive(Default)]
struct Sent(Mutex<Vec<String>>);

impl Outgoing for Sent {
    fn take_over(&self, _: &Receivers) {}

    fn send(&self, message: &Message) {
        self.0.lock().unwrap().push(message.title.clone());
    }
}

/// A server's alerts, and what it sent.
struct Server {
    alerts: Alerts,
    clock: Arc<Stepped>,
    sent: Arc<Sent>,
    remembered: Option<Remembered>,
}

async fn server(
    database: &Arc<Database>,
    status: Option<Arc<Status>>,
    clock: &Arc<Stepped>,
) -> Server {
    let board = BoardConfig {
        slug: "main".into(),
        ..BoardConfig::default()
    };
    let rule = Rule {
        name: "red".into(),
        boards: Vec::new(),
        queues: Vec::new(),
        groups: Vec::new(),
        what: What::Level(Level::Critical),
        for_ms: 0,
        to: vec!["team".into()],
        quiet: None,
    };
    let identity = crate::poller::identity(&board);
    let live = Live {
        boards: vec![board],
        interval: Duration::from_secs(30),
        backfill_days: 0,
        hosts: Vec::new(),
        alerts: crate::alerts::AlertsConfig {
            rules: vec![rule],
            receivers: Receivers::default(),
        },
    };
    let sent = Arc::new(Sent::default());
    let alerts = Alerts {
        boards: Arc::new(Boards::new(vec![identity], String::new(), clock.now())),
        screens: Arc::new(ScreenRegistry::new(Duration::from_secs(45))),
        clock: Arc::clone(clock) as _,
        database: Arc::clone(database),
        servers: status,
        live: watch::channel(live).1,
        outgoing: Arc::clone(&sent) as _,
    };
    let remembered = alerts.remember().await;
    Server {
        alerts,
        clock: Arc::clone(clock),
        sent,
        remembered,
    }
}

impl Server {
    /// Publishes a queue at this level, and looks for so many seconds; what is sent.
    async fn see(&mut self, level: Level, seconds: u32) -> Vec<String> {
        for _ in 0..seconds {
            {
                let mut now = self.clock.0.lock().unwrap();
                let by = Duration::from_secs(1);
                *now = Moment {
                    monotonic: now.monotonic + by,
                    wall: now.wall + by,
                    passed: now.passed + by,
                };
            }
            let mut snapshot = self.alerts.boards.latest("main").unwrap().snapshot.clone();
            snapshot.poll_interval_ms = 30_000;
            snapshot.queues = vec![Queue {
                id: "1".into(),
                name: "Sales".into(),
                state: QueueState::Open,
                lag_ms: Some(0),
                level,
                ..Queue::default()
            }];
            let now = self.clock.now();
            self.alerts.boards.publish(snapshot, Some(now));
            if let Some(remembered) = &mut self.remembered {
                self.alerts.look(remembered).await;
            }
        }
        std::mem::take(&mut *self.sent.0.lock().unwrap())
    }
}

fn clock() -> Arc<Stepped> {
    Arc::new(Stepped(Mutex::new(Moment {
        monotonic: Instant::now(),
        wall: UNIX_EPOCH + Duration::from_secs(1_767_607_200),
        passed: Duration::ZERO,
    })))
}

fn database(folder: &tempfile::TempDir) -> Arc<Database> {
    let file = folder.path().join("queuewall.db");
    Arc::new(Database::new(Location::File(file)))
}

#[tokio::test]
async fn restarted_server_tells_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let clock = clock();
    let kept = database(&folder);
    let mut first = server(&kept, None, &clock).await;
    assert_eq!(first.see(Level::Critical, 4).await, ["Sales critical: "]);
    kept.close().await;
    let kept = database(&folder);
    let mut second = server(&kept, None, &clock).await;
    assert_eq!(second.see(Level::Critical, 60).await, [""; 0]);
    assert_eq!(second.see(Level::Ok, 302).await, ["Over: Sales"]);
}

#[tokio::test]
async fn former_leader_sends_nothing_and_the_next_one_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let (clock, kept) = (clock(), database(&folder));
    let store = kept.open().await.unwrap();
    let lease = Duration::ZERO;
    let one = Arc::new(Status::new("one".into()));
    let other = Arc::new(Status::new("other".into()));
    one.lead(store.take_lease("one", lease).await.unwrap());
    let mut first = server(&kept, Some(Arc::clone(&one)), &clock).await;
    assert_eq!(first.see(Level::Ok, 4).await, [""; 0]);
    // It does not know yet that it is not the leader.
    other.lead(store.take_lease("other", lease).await.unwrap());
    let mut second = server(&kept, Some(Arc::clone(&other)), &clock).await;
    assert_eq!(first.see(Level::Critical, 10).await, [""; 0]);
    assert_eq!(second.see(Level::Critical, 10).await, ["Sales critical: "]);
    assert_eq!(first.see(Level::Critical, 10).await, [""; 0]);
    other.lead(None);
    one.lead(store.take_lease("one", lease).await.unwrap());
    let mut third = server(&kept, Some(one), &clock).await;
    assert_eq!(third.see(Level::Critical, 10).await, [""; 0]);
}

#[tokio::test]
async fn server_without_a_database_alerts_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("no folder").join("queuewall.db");
    let kept = Arc::new(Database::new(Location::File(file)));
    let mut server = server(&kept, None, &clock()).await;
    assert_eq!(server.see(Level::Critical, 4).await.len(), 1);
}
