//! What a screen was shown that changes servers at every poll.

use std::time::{Duration, Instant, SystemTime};

use queuewall_shared::{
    cause::Cause,
    http::{SNAPSHOT_AGE_HEADER, UPTIME_HEADER},
    snapshot::BoardSnapshot,
};
use reqwest::{
    Response,
    header::{DATE, ETAG},
};

/// How far two servers on a busy machine may differ: each asks the database for the time.
pub(crate) const TOLERANCE_MS: u64 = 1_000;

/// All servers show a reading at one moment; on a busy machine one of them may be late.
const LATE: Duration = Duration::from_millis(700);

/// One answer.
pub(crate) struct Answer {
    pub(crate) tag: String,
    pub(crate) board: BoardSnapshot,
    pub(crate) read_ms: Option<u64>,
    uptime_ms: u64,
    date: SystemTime,
}

impl Answer {
    pub(crate) async fn of(response: Response) -> Self {
        let number = |name| {
            let value = response.headers().get(name)?;
            value.to_str().unwrap().parse::<u64>().ok()
        };
        let (uptime_ms, age_ms) = (number(UPTIME_HEADER).unwrap(), number(SNAPSHOT_AGE_HEADER));
        let date = response.headers()[DATE].to_str().unwrap();
        Self {
            tag: response.headers()[ETAG].to_str().unwrap().to_owned(),
            read_ms: age_ms.map(|age_ms| uptime_ms.saturating_sub(age_ms)),
            uptime_ms,
            date: httpdate::parse_http_date(date).unwrap(),
            board: response.json().await.unwrap(),
        }
    }
}

/// The latest that a screen was shown.
#[derive(Default)]
pub(crate) struct Seen {
    date: Option<SystemTime>,
    uptime_ms: u64,
    /// When the newest numbers were read.
    pub(crate) read_ms: u64,
    /// When they were first shown.
    shown: Option<Instant>,
    /// How many newer ones followed older ones.
    pub(crate) readings: usize,
}

impl Seen {
    /// An answer: nothing in it may be older than in those before, unless it says that the server
    /// lost the database.
    pub(crate) fn see(&mut self, answer: &Answer) {
        assert!(
            answer.uptime_ms + TOLERANCE_MS >= self.uptime_ms,
            "the time ran backwards: {} after {}",
            answer.uptime_ms,
            self.uptime_ms
        );
        self.uptime_ms = self.uptime_ms.max(answer.uptime_ms);
        // Two polls within a millisecond may be on both sides of a second's end.
        let (date, second) = (answer.date, Duration::from_secs(1));
        assert!(
            self.date.is_none_or(|before| before <= date + second),
            "{date:?}"
        );
        self.date = Some(date);
        let Some(read_ms) = answer.read_ms else {
            return;
        };
        if read_ms > self.read_ms + TOLERANCE_MS {
            self.shown = Some(Instant::now());
            self.readings += 1;
        }
        let upstream = &answer.board.upstream;
        let is_older = read_ms + TOLERANCE_MS < self.read_ms;
        let is_late = self.shown.is_some_and(|it| it.elapsed() > LATE);
        let says_so = upstream.cause_code == Some(Cause::NoDatabase);
        assert!(
            !is_older || !is_late || says_so,
            "older numbers after newer ones: {read_ms} after {}: {upstream:?}",
            self.read_ms
        );
        self.read_ms = self.read_ms.max(read_ms);
    }
}
