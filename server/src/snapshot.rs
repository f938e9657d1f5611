//! The latest snapshot of every board, read by any number of requests without a lock, and
//! encoded once a change, when it is first asked for.

mod encode;
mod metrics;

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hasher as _},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::{ArcSwap, ArcSwapOption};
use axum::body::Bytes;
use queuewall_shared::{
    cause::Cause,
    snapshot::{Board, BoardList, BoardSnapshot, Queue, Totals, Upstream, UpstreamState},
    trend::Trends,
};
use tokio::{sync::watch, time::Instant};

use crate::{agents::BoardAgents, board::BoardConfig, clock::Moment};
pub use encode::{Representation, Representations};
pub use metrics::Encodings;

/// All boards. The poller writes, the HTTP handlers read.
#[derive(Debug)]
pub struct Boards {
    build: String,
    started: Moment,
    /// The uptime at which it started: that of earlier starts, where the store knows it.
    uptime_before_ms: Arc<AtomicU64>,
    set: ArcSwap<BoardSet>,
    /// Each board's trends, by slug.
    trends: ArcSwap<HashMap<String, Arc<PublishedTrends>>>,
    /// Each board's agents, by slug: in no snapshot, since they may be named.
    agents: Arc<ArcSwap<HashMap<String, Arc<BoardAgents>>>>,
    /// When a list of agents was last asked for; `None` is never.
    agents_asked: ArcSwapOption<Instant>,
    /// Each board's skill filter, by slug: with the id it names a queue in the history.
    skills: ArcSwap<HashMap<String, Vec<String>>>,
    encodings: Encodings,
    assembled: watch::Sender<u64>,
}

/// The boards at one moment. Two reads of the same set see the same configuration.
#[derive(Debug)]
pub struct BoardSet {
    build: String,
    announced: Vec<Board>,
    list: Representations,
    boards: HashMap<String, Arc<ArcSwap<Published>>>,
}

/// One board as it is served now.
#[derive(Debug)]
pub struct Published {
    /// What is served.
    pub snapshot: BoardSnapshot,
    /// The same as bytes, once somebody asked; shared by all snapshots since the last
    /// change.
    encoded: Arc<OnceLock<Representations>>,
    /// The bytes that another server made of it.
    body: Option<Bytes>,
    encodings: Encodings,
    /// When any of its queues was last read.
    pub latest_read: Option<Moment>,
}

/// A board's trends, and the same as bytes, once somebody asked.
#[derive(Debug, Default)]
pub struct PublishedTrends {
    trends: Trends,
    encoded: OnceLock<Representations>,
}

impl PublishedTrends {
    /// The trends as bytes.
    #[must_use]
    pub fn encoded(&self) -> &Representations {
        self.encoded
            .get_or_init(|| Representations::of_json(&self.trends))
    }
}

impl Boards {
    /// Boards of which nothing is known yet, of a server that `started` then.
    #[must_use]
    pub fn new(boards: Vec<Board>, build: String, started: Moment) -> Self {
        let encodings = Encodings::default();
        let empty = |board: &Board| {
            let snapshot = nothing_known(board.clone(), &build);
            let published = Published::new(snapshot, None, None, &encodings);
            (
                board.slug.clone(),
                Arc::new(ArcSwap::from_pointee(published)),
            )
        };
        let set = BoardSet {
            list: list_of(boards.clone(), &build),
            boards: boards.iter().map(empty).collect(),
            announced: boards,
            build: build.clone(),
        };
        Self {
            build,
            started,
            uptime_before_ms: Arc::default(),
            set: ArcSwap::from_pointee(set),
            trends: ArcSwap::default(),
            agents: Arc::default(),
            agents_asked: ArcSwapOption::default(),
            skills: ArcSwap::default(),
            encodings,
            assembled: watch::Sender::new(0),
        }
    }

    /// Takes over the boards' skill filters.
    pub fn set_skills(&self, boards: &[BoardConfig]) {
        let boards = boards.iter();
        let skills = boards.map(|board| (board.slug.clone(), board.skill_ids.clone()));
        self.skills.store(Arc::new(skills.collect()));
    }

    /// The skill filter of the board `slug`; empty means none.
    #[must_use]
    pub fn skills(&self, slug: &str) -> Vec<String> {
        self.skills.load().get(slug).cloned().unwrap_or_default()
    }

    /// The server's build, as every answer names it.
    #[must_use]
    pub fn build(&self) -> &str {
        &self.build
    }

    /// The same boards, whose uptime goes on from an earlier start's.
    #[must_use]
    pub fn after_uptime(mut self, uptime_before_ms: u64) -> Self {
        self.uptime_before_ms = Arc::new(uptime_before_ms.into());
        self
    }

    /// The same boards on the same scale of time, of which nothing is known yet: what a poller
    /// makes and nobody is shown. Agents are those of both, since they are published to nobody.
    pub(crate) fn drafts(&self) -> Self {
        let boards = self.set.load().announced.clone();
        let drafts = Self::new(boards, self.build.clone(), self.started);
        Self {
            uptime_before_ms: Arc::clone(&self.uptime_before_ms),
            agents: Arc::clone(&self.agents),
            ..drafts
        }
    }

    /// Moves the scale of all points in time, in milliseconds.
    pub(crate) fn adjust_uptime(&self, by_ms: i64) {
        let before = &self.uptime_before_ms;
        // There is one that adjusts it.
        let adjusted = before.load(Ordering::Relaxed).saturating_add_signed(by_ms);
        before.store(adjusted, Ordering::Relaxed);
    }

    /// The point in time `now` on the scale of all points in time, in milliseconds.
    #[must_use]
    pub fn uptime_ms(&self, now: Moment) -> u64 {
        self.uptime_before_ms.load(Ordering::Relaxed) + self.started.age_ms_at(now)
    }

    /// When the server started.
    #[must_use]
    pub fn started(&self) -> Moment {
        self.started
    }

    /// Which boards there are now.
    #[must_use]
    pub fn set(&self) -> Arc<BoardSet> {
        self.set.load_full()
    }

    /// The latest of the board `slug`, if there is such a board.
    #[must_use]
    pub fn latest(&self, slug: &str) -> Option<Arc<Published>> {
        let set = self.set.load();
        set.boards.get(slug).map(|board| board.load_full())
    }

    /// The trends of the board `slug`; of one of which none are known yet, none.
    #[must_use]
    pub fn trends(&self, slug: &str) -> Arc<PublishedTrends> {
        self.trends.load().get(slug).cloned().unwrap_or_default()
    }

    /// From how many calls waiting a queue is at its two levels; `None` where it has no such limit.
    #[must_use]
    pub fn waiting_limits(&self, slug: &str, id: &str) -> [Option<u64>; 2] {
        let trends = self.trends(slug);
        let of_queue = trends.trends.queues.iter().find(|queue| queue.id == id);
        of_queue.map_or([None; 2], |queue| queue.waiting_limits)
    }

    /// Replaces a board's trends by those of another server.
    pub(crate) fn take_over_trends(&self, slug: &str, trends: Trends) {
        let encoded = OnceLock::new();
        let published = Arc::new(PublishedTrends { trends, encoded });
        let mut all = HashMap::clone(&self.trends.load());
        all.insert(slug.to_owned(), published);
        self.trends.store(Arc::new(all));
    }

    /// Replaces the trends of all boards, which are named by their slugs.
    pub fn publish_trends(&self, trends: impl Iterator<Item = (String, Trends)>) {
        let published = |(slug, trends)| {
            let encoded = OnceLock::new();
            (slug, Arc::new(PublishedTrends { trends, encoded }))
        };
        self.trends.store(Arc::new(trends.map(published).collect()));
    }

    /// Replaces the agents of all boards, which are named by their slugs.
    pub(crate) fn publish_agents(&self, agents: HashMap<String, Arc<BoardAgents>>) {
        self.agents.store(Arc::new(agents));
    }

    /// The agents of the board `slug`, where they were read here. That somebody asks is
    /// remembered.
    pub(crate) fn agents(&self, slug: &str) -> Option<Arc<BoardAgents>> {
        self.agents_asked.store(Some(Arc::new(Instant::now())));
        self.agents.load().get(slug).cloned()
    }

    /// When a list of agents was last asked for.
    pub(crate) fn agents_asked(&self) -> Option<Instant> {
        self.agents_asked.load().as_deref().copied()
    }

    /// How many times the poller has assembled all boards, differently or not: its sign of
    /// life.
    #[must_use]
    pub fn assembled(&self) -> watch::Receiver<u64> {
        self.assembled.subscribe()
    }

    /// Signals that all boards were assembled again.
    pub(crate) fn mark_assembled(&self) {
        self.assembled.send_modify(|times| *times += 1);
    }

    /// How often and how long snapshots were encoded.
    #[must_use]
    pub fn encodings(&self) -> &Encodings {
        &self.encodings
    }

    /// Replaces a board's snapshot; it keeps its bytes where it does not differ from the
    /// one that is there. Boards that were never announced are ignored.
    pub fn publish(&self, snapshot: BoardSnapshot, latest_read: Option<Moment>) {
        let set = self.set.load();
        let Some(board) = set.boards.get(&snapshot.board.slug) else {
            return;
        };
        let current = board.load();
        let published = Published::new(snapshot, latest_read, Some(&current), &self.encodings);
        board.store(Arc::new(published));
    }

    /// Replaces a board by what another server made of it, byte for byte.
    pub(crate) fn take_over(
        &self,
        snapshot: BoardSnapshot,
        body: Bytes,
        latest_read: Option<Moment>,
    ) {
        let set = self.set.load();
        let Some(board) = set.boards.get(&snapshot.board.slug) else {
            return;
        };
        let current = board.load();
        let is_same = current.body.as_ref() == Some(&body);
        board.store(Arc::new(Published {
            snapshot,
            encoded: if is_same {
                Arc::clone(&current.encoded)
            } else {
                Arc::default()
            },
            body: Some(body),
            encodings: self.encodings.clone(),
            latest_read,
        }));
    }

    /// Shows these boards; those that were there keep what is known of them.
    pub(crate) fn announce(&self, boards: Vec<Board>) {
        let snapshot = |board: Board| match self.latest(&board.slug) {
            Some(latest) => (latest.snapshot.clone(), latest.latest_read),
            None => (nothing_known(board, &self.build), None),
        };
        self.replace(boards.into_iter().map(snapshot).collect());
    }

    /// Replaces all boards at once, each by its snapshot and when it was last read, in
    /// the order of the list. For the one that publishes: it must not happen beside a
    /// [`publish`](Self::publish).
    pub fn replace(&self, boards: Vec<(BoardSnapshot, Option<Moment>)>) {
        let before = self.set.load();
        let announced: Vec<Board> = (boards.iter())
            .map(|(snapshot, _)| snapshot.board.clone())
            .collect();
        let list = if announced == before.announced {
            before.list.clone()
        } else {
            list_of(announced.clone(), &self.build)
        };
        let published = |(snapshot, latest_read): (BoardSnapshot, Option<Moment>)| {
            let slug = snapshot.board.slug.clone();
            let current = before.boards.get(&slug).map(|board| board.load_full());
            let published =
                Published::new(snapshot, latest_read, current.as_deref(), &self.encodings);
            (slug, Arc::new(ArcSwap::from_pointee(published)))
        };
        self.set.store(Arc::new(BoardSet {
            boards: boards.into_iter().map(published).collect(),
            build: self.build.clone(),
            announced,
            list,
        }));
    }
}

impl BoardSet {
    /// The list of boards.
    #[must_use]
    pub fn list(&self) -> &Representations {
        &self.list
    }

    /// Every board's slug, in configured order.
    pub fn slugs(&self) -> impl Iterator<Item = &str> {
        self.announced.iter().map(|board| board.slug.as_str())
    }

    /// The list of just these boards, which are in its order. Encoded for each request: it is
    /// asked for by people who choose a board, not by walls.
    #[must_use]
    pub fn list_only(&self, slugs: &[&str]) -> Representations {
        let mut slugs = slugs.iter().peekable();
        let boards = self.announced.iter();
        let boards = boards.filter(|board| slugs.next_if(|slug| **slug == board.slug).is_some());
        list_of(boards.cloned().collect(), &self.build)
    }
}

/// Gives each queue its revision: a digest, so that a restarted server's numbers mean the
/// same to a page that has not reloaded.
fn number(queues: &mut [Queue], before: &[Queue]) {
    for (place, queue) in queues.iter_mut().enumerate() {
        let old = before.get(place);
        queue.revision = old.and_then(|old| old.revision);
        if old != Some(&*queue) {
            queue.revision = None;
            queue.revision = Some(digest(queue));
        }
    }
}

fn digest(queue: &Queue) -> u64 {
    let mut hasher = DefaultHasher::new();
    // Of plain values: it is always written.
    hasher.write(&serde_json::to_vec(queue).unwrap_or_default());
    // As many bits as a float holds.
    hasher.finish() >> 11
}

impl Published {
    /// What follows `current`, whose bytes stay where nothing changed.
    fn new(
        snapshot: BoardSnapshot,
        latest_read: Option<Moment>,
        current: Option<&Self>,
        encodings: &Encodings,
    ) -> Self {
        let mut snapshot = snapshot;
        let before = current.map_or(&[][..], |current| &current.snapshot.queues);
        number(&mut snapshot.queues, before);
        let encoded = match current {
            Some(current) if current.snapshot == snapshot => Arc::clone(&current.encoded),
            _ => Arc::default(),
        };
        Self {
            snapshot,
            encoded,
            body: None,
            encodings: encodings.clone(),
            latest_read,
        }
    }

    /// The snapshot as bytes: a board that nobody looks at is never encoded.
    #[must_use]
    pub fn encoded(&self) -> &Representations {
        self.encoded.get_or_init(|| {
            self.encodings.measure(|| match &self.body {
                Some(body) => Representations::of_bytes(body.clone()),
                None => Representations::of_json(&self.snapshot),
            })
        })
    }
}

fn nothing_known(board: Board, build: &str) -> BoardSnapshot {
    BoardSnapshot {
        board,
        build: build.to_owned(),
        poll_interval_ms: 0,
        today_interval_ms: None,
        today_cause: None,
        today_cause_code: None,
        agents: None,
        upstream: Upstream {
            state: UpstreamState::Down,
            cause: Some(Cause::FirstAnswer.sentence().to_owned()),
            cause_code: Some(Cause::FirstAnswer),
            since_ms: Some(0),
            cause_since_ms: Some(0),
            next_try_ms: None,
        },
        queues: Vec::new(),
        groups: Vec::new(),
        totals: Totals::default(),
    }
}

fn list_of(boards: Vec<Board>, build: &str) -> Representations {
    Representations::of_json(&BoardList {
        boards,
        build: build.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock as _, SystemClock};

    #[test]
    fn a_snapshot_that_is_the_same_is_not_encoded_again() {
        let board = Board {
            slug: "main".into(),
            title: "Main".into(),
            ..Board::default()
        };
        let boards = Boards::new(vec![board], "1".into(), SystemClock.now());
        let mut snapshot = boards.latest("main").unwrap().snapshot.clone();
        let before = boards.latest("main").unwrap().encoded.clone();
        boards.publish(snapshot.clone(), None);
        assert!(Arc::ptr_eq(
            &before,
            &boards.latest("main").unwrap().encoded
        ));

        snapshot.poll_interval_ms = 1;
        boards.publish(snapshot, None);
        let after = boards.latest("main").unwrap().encoded.clone();
        assert!(!Arc::ptr_eq(&before, &after));
        assert!(boards.latest("other").is_none());
    }

    #[test]
    fn revision_changes_with_its_queue_and_with_nothing_else() {
        let queue = |id: &str, waiting| Queue {
            id: id.into(),
            waiting: Some(waiting),
            ..Queue::default()
        };
        let numbered = |mut queues: Vec<Queue>, before: &[Queue]| {
            number(&mut queues, before);
            queues
        };
        let first = numbered(vec![queue("a", 1), queue("b", 1)], &[]);
        let revisions = |queues: &[Queue]| [0, 1].map(|place| queues[place].revision.unwrap());
        let [a, b] = revisions(&first);
        assert!(a != b && a.max(b) < 1 << 53);
        let next = numbered(vec![queue("a", 2), queue("b", 1)], &first);
        assert!(revisions(&next)[0] != a && revisions(&next)[1] == b);
        // A restarted server says the same of the same.
        let again = numbered(vec![queue("a", 1), queue("b", 1)], &[]);
        assert_eq!(revisions(&again), [a, b]);
    }

    #[test]
    fn snapshot_is_encoded_when_it_is_first_asked_for() {
        let board = Board {
            slug: "main".into(),
            ..Board::default()
        };
        let boards = Boards::new(vec![board], "1".into(), SystemClock.now());
        let mut snapshot = boards.latest("main").unwrap().snapshot.clone();
        for change in 1..100 {
            snapshot.poll_interval_ms = change;
            boards.publish(snapshot.clone(), None);
        }
        let latest = boards.latest("main").unwrap();
        assert!(latest.encoded.get().is_none(), "nobody looks");
        let etag = latest.encoded().raw.etag.clone();
        // The same bytes for all who ask, and after a publication that changes nothing.
        boards.publish(snapshot, None);
        let again = boards.latest("main").unwrap();
        assert!(Arc::ptr_eq(&latest.encoded, &again.encoded));
        assert_eq!(again.encoded().raw.etag, etag);
    }

    #[test]
    fn boards_are_replaced_atomically_and_unchanged_bytes_are_kept() {
        let board = |slug: &str| Board {
            slug: slug.into(),
            title: slug.into(),
            ..Board::default()
        };
        let start = vec![board("stays"), board("goes")];
        let boards = Boards::new(start, "1".into(), SystemClock.now());
        let (set, stays) = (boards.set(), boards.latest("stays").unwrap());
        let mut added = stays.snapshot.clone();
        added.board = board("comes");
        boards.replace(vec![(added, None), (stays.snapshot.clone(), None)]);

        assert!(boards.latest("goes").is_none());
        assert_eq!(
            boards.latest("comes").unwrap().snapshot.board.title,
            "comes"
        );
        let after = boards.latest("stays").unwrap();
        assert!(Arc::ptr_eq(&after.encoded, &stays.encoded));
        assert_eq!(boards.set().slugs().collect::<Vec<_>>(), ["comes", "stays"]);
        assert_ne!(boards.set().list().raw.etag, set.list().raw.etag);
        assert_eq!(
            set.slugs().collect::<Vec<_>>(),
            ["stays", "goes"],
            "who has begun to read reads on"
        );
    }
}
