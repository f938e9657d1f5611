//! What is so at the moment of the scrape. What is not known is not there, and never 0.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric as _},
    metrics::{MetricType, gauge::ConstGauge},
    registry::Unit,
};
use queuewall_shared::{
    agents::{ActivityCounts, AgentActivity},
    freshness::Freshness,
    snapshot::UpstreamState,
    tile_state::TileState,
};
use tokio::{runtime::Handle, time::Instant};

use super::{Measured, process, queues::Queues, receivers};
use crate::{
    clock::Moment,
    connections::Tls,
    screens::{Screen, State as ScreenState},
    snapshot::Published,
};

/// The most screens with separate metrics: the named ones that are known for longest, so
/// that invented names displace none of them.
pub const NAMED_SCREENS: usize = 200;

const MOST_LINKS: usize = 200;

const SECONDS: Option<&Unit> = Some(&Unit::Seconds);

/// Reads what is measured when it is asked.
#[derive(Debug)]
pub(super) struct State {
    measured: Measured,
    queues: Queues,
    /// Seconds since 1970.
    started: f64,
}

/// A value and its labels.
pub(super) type Sample<'s> = (Vec<(&'static str, &'s str)>, f64);

pub(super) struct Page<'e> {
    encoder: DescriptorEncoder<'e>,
}

impl Page<'_> {
    /// A gauge of any number of samples; without any, its name and help are there.
    pub(super) fn gauge<'s>(
        &mut self,
        name: &str,
        help: &str,
        unit: Option<&Unit>,
        samples: impl IntoIterator<Item = Sample<'s>>,
    ) -> fmt::Result {
        // As the library writes it for its own metrics.
        let help = format!("{help}.");
        let kind = MetricType::Gauge;
        let mut encoder = self.encoder.encode_descriptor(name, &help, unit, kind)?;
        for (labels, value) in samples {
            let gauge = ConstGauge::new(value);
            if labels.is_empty() {
                gauge.encode(encoder.encode_family::<[(&str, &str); 0]>(&[])?)?;
            } else {
                gauge.encode(encoder.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }
}

fn alone<'s>(value: impl Into<Option<f64>>) -> Option<Sample<'s>> {
    Some((Vec::new(), value.into()?))
}

impl State {
    pub(super) fn new(measured: Measured) -> Self {
        let now = measured.clock.now();
        let started = now.wall.duration_since(SystemTime::UNIX_EPOCH);
        let uptime = measured.boards.started().age_at(now);
        let started = started.unwrap_or_default().saturating_sub(uptime);
        Self {
            queues: Queues::new(measured.most_queues),
            measured,
            started: started.as_secs_f64(),
        }
    }

    fn of_upstream(&self, page: &mut Page<'_>, now: Moment) -> fmt::Result {
        let budget = &self.measured.budget;
        // Not `now`: the budget looks at the clock itself, a moment later.
        let until = |at: Instant| at.saturating_duration_since(Instant::now()).as_secs_f64();
        page.gauge(
            "queuewall_upstream_budget_requests",
            "Requests to CXone that are allowed in any minute",
            None,
            alone(budget.limit() as f64),
        )?;
        page.gauge(
            "queuewall_upstream_budget_used_requests",
            "Requests to CXone in the last minute, which count against the budget",
            None,
            alone(budget.used() as f64),
        )?;
        page.gauge(
            "queuewall_upstream_budget_wait",
            "Time until the next request to CXone is allowed, by the budget or by CXone's Retry-After",
            SECONDS,
            alone(until(budget.next_free())),
        )?;
        let back_off = self.measured.polls.back_off();
        page.gauge(
            "queuewall_upstream_consecutive_failures",
            "Reads that failed in a row; 0 after a good one",
            None,
            alone(f64::from(back_off.failures)),
        )?;
        page.gauge(
            "queuewall_upstream_back_off",
            "Time until the next read after failures; 0 where it is not delayed",
            SECONDS,
            alone(back_off.until.map_or(0.0, until)),
        )?;
        let token = self.measured.source.token_life();
        let age = token.map(|token| token.asked_at.age_at(now));
        page.gauge(
            "queuewall_upstream_token_age",
            "Time since the current token was requested; absent while there is none",
            SECONDS,
            alone(age.map(|age| age.as_secs_f64())),
        )?;
        let left = token
            .zip(age)
            .map(|(token, age)| token.life.saturating_sub(age));
        page.gauge(
            "queuewall_upstream_token_remaining",
            "Time until the current token expires; absent while there is none",
            SECONDS,
            alone(left.map(|left| left.as_secs_f64())),
        )
    }

    fn of_boards(&self, page: &mut Page<'_>, now: Moment) -> fmt::Result {
        let boards = &self.measured.boards;
        let set = boards.set();
        let latest: Vec<(&str, _)> = set
            .slugs()
            .filter_map(|slug| Some((slug, boards.latest(slug)?)))
            .collect();
        let each = || latest.iter().map(|(slug, published)| (*slug, &**published));
        page.gauge(
            "queuewall_snapshot_age",
            "Time since any of a board's queues was last read; absent until one was",
            SECONDS,
            each().filter_map(|(slug, board)| {
                let age = board.latest_read?.age_at(now);
                Some((vec![("board", slug)], age.as_secs_f64()))
            }),
        )?;
        page.gauge(
            "queuewall_board_upstream_state",
            "1 for the state in which a board's reads of CXone are, 0 for the other states",
            None,
            each().flat_map(|(slug, board)| {
                let is = board.snapshot.upstream.state;
                UPSTREAM_STATES.map(|(state, word)| {
                    let labels = vec![("board", slug), ("state", word)];
                    (labels, f64::from(u8::from(state == is)))
                })
            }),
        )?;
        page.gauge(
            "queuewall_board_upstream_trouble",
            "1 with the cause for which a board is not read; absent while there is none",
            None,
            each().filter_map(|(slug, board)| {
                let cause = board.snapshot.upstream.cause_code?;
                Some((vec![("board", slug), ("cause", cause.code())], 1.0))
            }),
        )?;
        page.gauge(
            "queuewall_board_queues",
            "A board's queues by the state of their tiles; their sum is all of them",
            None,
            each().flat_map(|(slug, board)| {
                let tile_states: Vec<_> = tile_states(board, now).collect();
                TileState::ALL.map(|tile_state| {
                    let labels = vec![("board", slug), ("state", tile_state.as_str())];
                    let count = tile_states.iter().filter(|it| **it == tile_state).count();
                    (labels, count as f64)
                })
            }),
        )?;
        page.gauge(
            "queuewall_board_agents",
            "A board's agents by what they do; absent while that is not known, and where it shows none",
            None,
            each().flat_map(|(slug, board)| {
                let counts = agents(board, now).into_iter();
                counts.flat_map(move |counts| {
                    AgentActivity::ALL.map(|activity| {
                        let labels = vec![("board", slug), ("activity", activity.as_str())];
                        (labels, counts.of(activity) as f64)
                    })
                })
            }),
        )?;
        let boards: Vec<_> = each().collect();
        self.queues.write(page, &boards, now)
    }

    fn of_screens(&self, page: &mut Page<'_>, now: Moment) -> fmt::Result {
        let build = self.measured.boards.build();
        let screens = self.measured.screens.list(build, now);
        page.gauge(
            "queuewall_screens",
            "Screens by their worst state; those without a name are forgotten an hour after they were last seen",
            None,
            ScreenState::ALL.map(|state| {
                let count = screens.iter().filter(|it| it.state == state).count();
                (vec![("state", state.word())], count as f64)
            }),
        )?;
        let named = oldest_named(&screens);
        let each = || {
            named.iter().map(|(name, screen)| {
                let labels = vec![("screen", *name), ("board", screen.board.as_str())];
                (labels, *screen)
            })
        };
        page.gauge(
            "queuewall_screen_last_seen_age",
            "Time since the last request of a screen with a name; of the 200 known longest",
            SECONDS,
            each().map(|(labels, screen)| (labels, screen.last_seen_age.as_secs_f64())),
        )?;
        page.gauge(
            "queuewall_screen_errors",
            "Uncaught errors in the page of a screen with a name since it started; of the same 200",
            None,
            each().map(|(labels, screen)| (labels, f64::from(screen.errors))),
        )
    }

    fn of_certificate(&self, page: &mut Page<'_>) -> fmt::Result {
        let expires = self.measured.tls.as_ref().and_then(Tls::expires);
        page.gauge(
            "queuewall_tls_certificate_expiry_timestamp",
            "When the TLS certificate in force expires, since 1970; absent without TLS",
            SECONDS,
            alone(expires.map(|expires| expires.as_secs_f64())),
        )
    }

    /// Soonest first: those that end last are left out.
    fn of_links(&self, page: &mut Page<'_>, now: Moment) -> fmt::Result {
        let backend = self.measured.access.link_backend();
        let ending = backend.map(|backend| backend.links.ending(now.wall));
        let ending = ending.unwrap_or_default();
        page.gauge(
            "queuewall_link_expiry_timestamp",
            "When a link expires, since 1970; of the 200 good links that expire soonest",
            SECONDS,
            ending.iter().take(MOST_LINKS).map(|(expires, link)| {
                let labels = vec![("board", link.board.as_str()), ("link", link.id.as_str())];
                (labels, *expires as f64)
            }),
        )
    }

    fn of_process(&self, page: &mut Page<'_>) -> fmt::Result {
        let runtime = Handle::try_current().ok();
        let tasks = runtime.map(|it| it.metrics().num_alive_tasks() as f64);
        page.gauge(
            "queuewall_tasks",
            "Running tasks: one for each connection, and a few in the background",
            None,
            alone(tasks),
        )?;
        let build = self.measured.boards.build();
        let labels = vec![("version", env!("CARGO_PKG_VERSION")), ("build", build)];
        page.gauge(
            "queuewall_build_info",
            "1, with the server's version and its build, which names the page too",
            None,
            [(labels, 1.0)],
        )?;
        page.gauge(
            "process_start_time",
            "When the process started, since 1970",
            SECONDS,
            alone(self.started),
        )?;
        let of = |value: Option<u64>| alone(value.map(|value| value as f64));
        page.gauge(
            "process_resident_memory",
            "Memory in use",
            Some(&Unit::Bytes),
            of(process::resident_memory_bytes()),
        )?;
        page.gauge(
            "process_open_fds",
            "Open file handles",
            None,
            of(process::open_fds()),
        )
    }
}

pub(super) fn tile_states(board: &Published, now: Moment) -> impl Iterator<Item = TileState> {
    let snapshot = &board.snapshot;
    let latest_age = board.latest_read.map(|read| read.age_at(now));
    let interval = Duration::from_millis(snapshot.poll_interval_ms);
    snapshot.queues.iter().map(move |queue| {
        let lag = queue.lag_ms.map(Duration::from_millis);
        let age = latest_age.zip(lag).map(|(latest, lag)| latest + lag);
        TileState::of(queue, age, interval, true)
    })
}

/// What a board's agents do, where that is known and not stale.
fn agents(board: &Published, now: Moment) -> Option<ActivityCounts> {
    let counts = board.snapshot.agents.as_ref()?;
    let freshness = counts.freshness(board.latest_read?.age_at(now))?;
    counts.now.filter(|_| freshness != Freshness::Stale)
}

const UPSTREAM_STATES: [(UpstreamState, &str); 3] = [
    (UpstreamState::Ok, "ok"),
    (UpstreamState::Degraded, "degraded"),
    (UpstreamState::Down, "down"),
];

/// The screens with a name that are known for longest, in the order of their names.
fn oldest_named(screens: &[Screen]) -> Vec<(&str, &Screen)> {
    let named = screens.iter();
    let mut named: Vec<_> = named
        .filter_map(|screen| Some((screen.name.as_deref()?, screen)))
        .collect();
    named.sort_by(|(name, one), (other_name, other)| {
        let longest_first = other.first_seen_age.cmp(&one.first_seen_age);
        longest_first.then_with(|| name.cmp(other_name))
    });
    named.truncate(NAMED_SCREENS);
    named.sort_by_key(|(name, _)| *name);
    named
}

impl State {
    fn of_servers(&self, page: &mut Page<'_>) -> fmt::Result {
        let Some(servers) = &self.measured.servers else {
            return Ok(());
        };
        let standing = servers.standing();
        let number = |is: bool| (vec![], f64::from(u8::from(is)));
        page.gauge(
            "queuewall_reads_cxone",
            "Whether this one of the servers on the database reads CXone: 1 or 0",
            None,
            [number(standing.is_leader)],
        )?;
        page.gauge(
            "queuewall_database_answers",
            "Whether the database of the servers answers: 1 or 0",
            None,
            [number(standing.is_connected)],
        )?;
        page.gauge(
            "queuewall_same_configuration",
            "Whether boards and interval are those of the server that reads CXone: 1 or 0",
            None,
            standing.has_same_configuration.map(number),
        )
    }
}

impl Collector for State {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let now = self.measured.clock.now();
        let mut page = Page { encoder };
        self.of_upstream(&mut page, now)?;
        self.of_boards(&mut page, now)?;
        self.of_screens(&mut page, now)?;
        self.of_servers(&mut page)?;
        receivers::write(&mut page, &self.measured.delivery.status())?;
        self.of_certificate(&mut page)?;
        self.of_links(&mut page, now)?;
        self.of_process(&mut page)
    }
}
