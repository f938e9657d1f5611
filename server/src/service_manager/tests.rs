use std::{os::unix::net::UnixDatagram, path::Path, sync::Arc, time::Duration};

use queuewall_shared::snapshot::{Board, Queue, Upstream, UpstreamState};
use tempfile::TempDir;
use tokio::{task::JoinHandle, time::sleep};

use super::*;
use crate::clock::SystemClock;

/// Variables, and no files.
struct Set(Vec<(&'static str, OsString)>);

impl Env for Set {
    fn variables(&self) -> Vec<(OsString, OsString)> {
        let own = |(name, value): &(&str, OsString)| ((*name).into(), value.clone());
        self.0.iter().map(own).collect()
    }

    fn read(&self, _: &Path) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }
}

/// A service manager that listens, and a server of one board that tells it.
struct Managed {
    socket: UnixDatagram,
    boards: Arc<Boards>,
    following: JoinHandle<()>,
    _folder: TempDir,
}

impl Managed {
    fn start(more: &[(&'static str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_nonblocking(true).unwrap();
        let mut set = vec![("NOTIFY_SOCKET", path.into_os_string())];
        set.extend(
            more.iter()
                .map(|(name, value)| (*name, OsString::from(value))),
        );
        let board = Board {
            slug: "main".into(),
            ..Board::default()
        };
        let boards = Boards::new(vec![board], "1".into(), SystemClock.now());
        let boards = Arc::new(boards);
        let (manager, told) = (ServiceManager::of(&Set(set)), Arc::clone(&boards));
        let following = tokio::spawn(async move { manager.follow(&told, &SystemClock).await });
        Self {
            socket,
            boards,
            following,
            _folder: folder,
        }
    }

    /// What the poller does every second.
    async fn assemble_for(&self, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.boards.mark_assembled();
            sleep(SECOND).await;
        }
    }

    fn heard(&self) -> Vec<String> {
        let mut buffer = [0; 1024];
        let mut heard = Vec::new();
        while let Ok(length) = self.socket.recv(&mut buffer) {
            heard.push(String::from_utf8(buffer[..length].to_vec()).unwrap());
        }
        heard
    }
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn ready_is_said_once_and_only_after_the_first_assembly() {
    let managed = Managed::start(&[]);
    sleep(60 * SECOND).await;
    assert_eq!(managed.heard(), [""; 0], "nothing was assembled");
    managed.assemble_for(12 * SECOND).await;
    let heard = managed.heard();
    assert!(heard.len() >= 2, "{heard:?}");
    let status = "STATUS=not live: 0 queues, nothing read yet; Waiting for CXone's first answer";
    assert_eq!(heard[0], format!("{status}\nREADY=1"));
    for later in &heard[1..] {
        assert_eq!(later, status);
    }
    managed.following.abort();
}

#[tokio::test(start_paused = true)]
async fn a_stuck_poller_is_not_kept_alive() {
    let managed = Managed::start(&[("WATCHDOG_USEC", "9000000")]);
    managed.assemble_for(30 * SECOND).await;
    let heard = managed.heard();
    assert!(
        heard.iter().all(|it| it.ends_with("\nWATCHDOG=1")),
        "{heard:?}"
    );
    // Thrice within the manager's patience.
    assert!((8..=11).contains(&heard.len()), "{heard:?}");

    sleep(10 * SECOND).await;
    let last_words = managed.heard();
    assert!(last_words.len() <= 1, "{last_words:?}");
    sleep(600 * SECOND).await;
    assert_eq!(managed.heard(), [""; 0]);
    managed.assemble_for(4 * SECOND).await;
    assert!(!managed.heard().is_empty(), "it got on");
    managed.following.abort();
}

#[tokio::test(start_paused = true)]
async fn a_watchdog_that_waits_for_another_process_is_none_of_ours() {
    for (pid, is_ours) in [(process::id(), true), (process::id() + 1, false)] {
        let pid = pid.to_string();
        let managed = Managed::start(&[("WATCHDOG_USEC", "9000000"), ("WATCHDOG_PID", &pid)]);
        managed.assemble_for(2 * SECOND).await;
        let heard = managed.heard();
        assert_eq!(heard[0].contains("WATCHDOG=1"), is_ours, "{heard:?}");
        managed.following.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn the_status_names_the_queues_their_age_and_what_is_wrong() {
    let boards = ["a", "b"].map(|slug| Board {
        slug: slug.into(),
        ..Board::default()
    });
    let start = SystemClock.now();
    let boards = Boards::new(boards.into(), "1".into(), start);
    let publish = |slug: &str, ids: &[&str], state, cause: Option<&str>| {
        let mut snapshot = boards.latest(slug).unwrap().snapshot.clone();
        let queue = |id: &&str| Queue {
            id: (*id).into(),
            ..Queue::default()
        };
        snapshot.queues = ids.iter().map(queue).collect();
        snapshot.upstream = Upstream {
            state,
            cause: cause.map(str::to_owned),
            cause_code: None,
            since_ms: None,
            cause_since_ms: None,
            next_try_ms: None,
        };
        boards.publish(snapshot, Some(start));
    };
    publish("a", &["1", "2"], UpstreamState::Ok, None);
    publish("b", &["2", "3"], UpstreamState::Ok, None);
    let mut now = start;
    now.monotonic += 3 * SECOND;
    assert_eq!(
        status::of(&boards, now),
        "live: 3 queues, last read 3 s ago"
    );
    publish("a", &["1"], UpstreamState::Degraded, Some("It is\nslow."));
    assert_eq!(
        status::of(&boards, now),
        "live in part: 3 queues, last read 3 s ago; It is slow."
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_socket_that_lies_in_no_folder_is_told_too() {
    use std::os::{linux::net::SocketAddrExt as _, unix::net::SocketAddr};
    let name = format!("queuewall-test-{}", process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let socket = UnixDatagram::bind_addr(&address).unwrap();
    let set = Set(vec![("NOTIFY_SOCKET", format!("@{name}").into())]);
    ServiceManager::of(&set).stopping();
    let mut buffer = [0; 64];
    let length = socket.recv(&mut buffer).unwrap();
    assert_eq!(&buffer[..length], b"STOPPING=1\nSTATUS=stopping");
}
