//! What a crowd of screens costs: of the tenant nothing, of the server no encoding, and how
//! long its answers take.

use std::{borrow::Cow, collections::HashSet, net::SocketAddr, time::Duration};

use anyhow::{Context as _, Result, bail, ensure};
use axum::http::HeaderValue;
use queuewall_shared::report::Report;
use queuewall_simulator::{Control, Endpoint};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, interval_at, sleep, sleep_until},
};

use crate::{
    program::{INTERVAL, Program},
    screen::{Answer, Screen},
};

const BOARD: &str = "main";

/// How often the page asks.
pub const POLL: Duration = Duration::from_secs(5);

/// How often snapshots were encoded so far.
const ENCODINGS: &str = "queuewall_snapshot_encode_seconds_count";

/// Screens that ask one after the other, so that all have asked once within their pause.
pub struct Crowd {
    asking: JoinSet<Result<Vec<Poll>>>,
    end: watch::Sender<bool>,
}

/// One poll of any of them.
#[derive(Clone, Debug)]
pub struct Poll {
    /// When it was sent.
    pub at: Instant,
    /// From then until the whole answer was read.
    pub took: Duration,
    /// The tag of the board that the screen then had.
    pub tag: HeaderValue,
    /// Whether the answer brought it.
    pub is_new: bool,
}

/// What so many screens cost over so many reads.
#[derive(Clone, Debug)]
pub struct Cost {
    /// Requests to the tenant, of every kind.
    pub upstream_calls: u64,
    /// Snapshots that were encoded.
    pub encodings: u64,
    /// Tags that came up, as the screens saw them.
    pub changes: usize,
    /// Every poll.
    pub polls: Vec<Poll>,
}

impl Crowd {
    /// So many screens of the server at `address`, each of which asks once in `pause`.
    #[must_use]
    pub fn gather(address: SocketAddr, screens: usize, pause: Duration) -> Self {
        let (end, ended) = watch::channel(false);
        let mut asking = JoinSet::new();
        let start = Instant::now();
        for number in 0..screens {
            let first = start + pause * number as u32 / screens as u32;
            asking.spawn(ask(address, number, first, pause, ended.clone()));
        }
        Self { asking, end }
    }

    /// Lets it go: every poll that it made.
    pub async fn disperse(mut self) -> Result<Vec<Poll>> {
        self.end.send_replace(true);
        let mut polls = Vec::new();
        while let Some(asked) = self.asking.join_next().await {
            polls.extend(asked??);
        }
        Ok(polls)
    }
}

/// One screen, until all of them end.
async fn ask(
    address: SocketAddr,
    number: usize,
    first: Instant,
    pause: Duration,
    mut ended: watch::Receiver<bool>,
) -> Result<Vec<Poll>> {
    sleep_until(first).await;
    let report = Report {
        page: Cow::Owned(format!("crowd{number}")),
        name: Some(Cow::Owned(format!("screen {number}"))),
        paint_age_ms: Some(16),
        ..Report::default()
    };
    let mut screen = Screen::connect(address, &report).await?;
    let mut polls = Vec::new();
    let mut ticks = interval_at(Instant::now(), pause);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = ended.changed() => return Ok(polls),
        }
        let at = Instant::now();
        let answer = screen.poll(BOARD).await?;
        let took = at.elapsed();
        let (tag, is_new) = match answer {
            Answer::Changed(tag) => (tag, true),
            Answer::Unchanged(tag) => (tag, false),
            Answer::Refused(status) => bail!("screen {number} was answered with {status}"),
        };
        polls.push(Poll {
            at,
            took,
            tag,
            is_new,
        });
    }
}

/// What `screens`, each asking once in `pause`, cost over `reads` of the program's tenant.
pub async fn cost(program: &Program, screens: usize, pause: Duration, reads: u32) -> Result<Cost> {
    let crowd = Crowd::gather(program.address(), screens, pause);
    // Until each has asked once; then half-way between two reads, so that neither end of
    // what is counted falls into one.
    sleep(pause).await;
    next_read(&program.tenant()).await?;
    sleep(INTERVAL / 2).await;
    let (encoded_before, tag_before) = encoded(program).await?;
    let (calls_before, start) = (calls(&program.tenant()), Instant::now());
    sleep(INTERVAL * reads).await;
    let (calls_after, end) = (calls(&program.tenant()), Instant::now());
    let (encoded_after, tag_after) = encoded(program).await?;
    let mut polls = crowd.disperse().await?;
    polls.retain(|poll| (start..end).contains(&poll.at));
    ensure!(!polls.is_empty(), "nobody asked");
    let mut tags: HashSet<_> = polls.iter().map(|poll| &poll.tag).collect();
    tags.insert(&tag_after);
    tags.remove(&tag_before);
    Ok(Cost {
        upstream_calls: calls_after - calls_before,
        encodings: encoded_after - encoded_before,
        changes: tags.len(),
        polls,
    })
}

fn calls(tenant: &Control) -> u64 {
    let endpoints = Endpoint::ALL.into_iter();
    endpoints.map(|endpoint| tenant.count(endpoint)).sum()
}

async fn next_read(tenant: &Control) -> Result<()> {
    let (before, start) = (calls(tenant), Instant::now());
    while calls(tenant) == before {
        ensure!(start.elapsed() < 4 * INTERVAL, "the program does not read");
        sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

/// How many snapshots were encoded, and the tag of the latest.
async fn encoded(program: &Program) -> Result<(u64, HeaderValue)> {
    // A snapshot may just change, but not each time.
    for _ in 0..20 {
        let count = program.metric(ENCODINGS).await?;
        let mut screen = Screen::connect(program.address(), &Report::default()).await?;
        let Answer::Changed(tag) = screen.poll(BOARD).await? else {
            bail!("a screen without a board was not given one");
        };
        if program.metric(ENCODINGS).await? == count {
            return Ok((count as u64, tag));
        }
    }
    bail!("the program encodes whenever it is asked")
}

impl Cost {
    /// How many of the polls brought a board.
    pub fn brought(&self) -> usize {
        self.polls.iter().filter(|poll| poll.is_new).count()
    }
}

/// What this share of the answers took at most.
pub fn quantile(polls: &[Poll], share: f64) -> Result<Duration> {
    let mut times: Vec<_> = polls.iter().map(|poll| poll.took).collect();
    times.sort();
    let place = (times.len() as f64 * share).ceil() as usize;
    let time = times.get(place.saturating_sub(1));
    time.copied().context("no answer to take a time of")
}
