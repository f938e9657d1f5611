//! What is published is shown by all servers at one moment, the leader too: a screen that changes
//! servers at every poll sees no older reading after a newer one.

use std::{collections::VecDeque, future::pending, sync::Arc, time::Duration};

use axum::body::Bytes;
use queuewall_shared::snapshot::BoardSnapshot;
use queuewall_store::lease::Publication;
use tokio::time::{Instant, sleep_until};
use tracing::debug;

use super::{CONFIGURATION, LOOK_EVERY, TRENDS};
use crate::{clock::Clock, snapshot::Boards};

/// The name of the publication that says when those beside it are shown, in milliseconds on the
/// scale of all points in time. No slug has it.
const SHOWN: &str = "/shown";

/// How long a look that finds something may take beside its round trips.
const SLACK: Duration = Duration::from_millis(200);

/// The round trips from a publication that is sent to the look that has it: of each of the two one
/// to be prepared, and one more.
const ROUND_TRIPS: u32 = 4;

/// The longest time until a publication is shown. Where a round trip takes longer than 1.3 s,
/// servers differ for a moment.
const LONGEST: Duration = Duration::from_secs(6);

/// What was published and is not shown yet.
pub(super) struct Showing {
    boards: Arc<Boards>,
    clock: Arc<dyn Clock>,
    due: VecDeque<(Instant, Vec<Publication>)>,
}

/// How long after it is sent a publication is shown, where a round trip takes so long: every
/// server has it by then.
pub(super) fn delay(round_trip: Duration) -> Duration {
    (LOOK_EVERY + SLACK + round_trip * ROUND_TRIPS).min(LONGEST)
}

impl Showing {
    /// Nothing yet; it is shown on `boards`.
    pub(super) fn new(boards: Arc<Boards>, clock: Arc<dyn Clock>) -> Self {
        Self {
            boards,
            clock,
            due: VecDeque::new(),
        }
    }

    /// Says when a publication is shown that is sent now.
    pub(super) fn after(&self, delay: Duration) -> Publication {
        let now_ms = self.boards.uptime_ms(self.clock.now());
        let delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        Publication {
            name: SHOWN.to_owned(),
            read_ms: None,
            body: now_ms.saturating_add(delay_ms).to_string(),
        }
    }

    /// Takes what was published, to be shown when it says; that of an older version at once.
    pub(super) fn take(&mut self, mut answers: Vec<Publication>) {
        let said = answers.iter().position(|it| it.name == SHOWN);
        let said = said.map(|place| answers.swap_remove(place).body);
        let shown_ms = said.and_then(|it| it.parse::<u64>().ok()).unwrap_or(0);
        let ahead_ms = shown_ms.saturating_sub(self.boards.uptime_ms(self.clock.now()));
        // Whatever it says.
        let ahead = Duration::from_millis(ahead_ms).min(LONGEST);
        self.take_for(Instant::now() + ahead, answers);
    }

    /// Takes what was published, to be shown then.
    pub(super) fn take_for(&mut self, at: Instant, answers: Vec<Publication>) {
        if !answers.is_empty() {
            self.due.push_back((at, answers));
        }
    }

    /// Shows all that was taken, each when it is due.
    pub(super) async fn show(&mut self) {
        while let Some((at, _)) = self.due.front() {
            sleep_until(*at).await;
            let answers = self.due.pop_front().into_iter().flat_map(|(_, it)| it);
            answers.for_each(|it| self.show_one(it));
        }
    }

    /// Shows what is due until this ends.
    pub(super) async fn until<T>(&mut self, ended: impl Future<Output = T>) -> T {
        let show = async {
            self.show().await;
            pending::<T>().await
        };
        tokio::select! {
            ended = ended => ended,
            never = show => never,
        }
    }

    /// Serves a board, or its trends, as all servers do.
    fn show_one(&self, published: Publication) {
        if published.name == CONFIGURATION {
            return;
        }
        if let Some(slug) = published.name.strip_suffix(TRENDS) {
            if let Ok(trends) = serde_json::from_str(&published.body) {
                self.boards.take_over_trends(slug, trends);
            }
            return;
        }
        let snapshot: BoardSnapshot = match serde_json::from_str(&published.body) {
            Ok(snapshot) => snapshot,
            // Of a newer version: its numbers grow old here.
            Err(error) => return debug!("board {:?} cannot be read ({error})", published.name),
        };
        let now = self.clock.now();
        let uptime_ms = self.boards.uptime_ms(now);
        let latest_read = published.read_ms.map(|read_ms| {
            now.before(uptime_ms.saturating_sub(u64::try_from(read_ms).unwrap_or_default()))
        });
        let body = Bytes::from(published.body);
        self.boards.take_over(snapshot, body, latest_read);
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use queuewall_shared::snapshot::Board;

    use super::*;
    use crate::clock::Moment;

    /// Goes as tokio's clock does.
    struct Paused(Instant);

    impl Clock for Paused {
        fn now(&self) -> Moment {
            let passed = self.0.elapsed();
            Moment {
                monotonic: Instant::now(),
                wall: SystemTime::UNIX_EPOCH + passed,
                passed,
            }
        }
    }

    /// A server that starts now.
    fn server() -> (Arc<Boards>, Showing) {
        let board = Board {
            slug: "main".into(),
            ..Board::default()
        };
        let clock = Paused(Instant::now());
        let boards = Arc::new(Boards::new(vec![board], String::new(), clock.now()));
        let showing = Showing::new(Arc::clone(&boards), Arc::new(clock));
        (boards, showing)
    }

    /// What is published of the board with this interval: a number to tell it by.
    fn published(boards: &Boards, interval_ms: u64) -> Publication {
        let mut snapshot = boards.latest("main").unwrap().snapshot.clone();
        snapshot.poll_interval_ms = interval_ms;
        Publication {
            name: "main".to_owned(),
            read_ms: Some(0),
            body: serde_json::to_string(&snapshot).unwrap(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn publication_is_shown_when_it_says_by_all_servers() {
        let [(one, mut leader), (other, mut follower)] = [server(), server()];
        let interval = |boards: &Boards| boards.latest("main").unwrap().snapshot.poll_interval_ms;
        let shown = || [interval(&one), interval(&other)];
        let answers = vec![published(&one, 7), leader.after(Duration::from_secs(2))];
        leader.take(answers.clone());
        leader
            .until(tokio::time::sleep(Duration::from_millis(900)))
            .await;
        follower.take(answers);
        for _ in 0..2 {
            let wait = || tokio::time::sleep(Duration::from_millis(450));
            tokio::join!(leader.until(wait()), follower.until(wait()));
            assert_eq!(shown(), [0, 0]);
        }
        let wait = || tokio::time::sleep(Duration::from_millis(400));
        tokio::join!(leader.until(wait()), follower.until(wait()));
        assert_eq!(shown(), [7, 7]);
    }

    #[tokio::test(start_paused = true)]
    async fn publication_without_a_time_is_shown_at_once_and_a_far_one_soon() {
        let (boards, mut showing) = server();
        let begun = Instant::now();
        showing.take(vec![published(&boards, 7)]);
        showing.show().await;
        assert_eq!(begun.elapsed(), Duration::ZERO);
        let far = showing.after(Duration::from_secs(3_600));
        showing.take(vec![far, published(&boards, 8)]);
        showing.show().await;
        assert_eq!(begun.elapsed(), LONGEST);
        assert_eq!(boards.latest("main").unwrap().snapshot.poll_interval_ms, 8);
    }
}
