//! One board, and its state between two snapshots.

use std::{collections::HashMap, sync::Arc};

use jiff::tz::{TimeZone, TimeZoneDatabase};
use queuewall_shared::{
    level::{Judge, Metric},
    snapshot::{BoardSnapshot, SimulatedClock},
};

use queuewall_store::event::Event;

use super::{
    agents::AgentReads,
    assemble::{Frame, Shown, assemble, latest_read, shown},
    events::{Look, Told},
    judging::Judging,
    readings::Readings,
    today::{Midnight, OfBoard, TodaysNumbers, midnight, sentence},
    upstream::{ScheduleStatus, UpstreamHealth},
};
use crate::{
    agents::BoardAgents,
    board::{AgentsConfig, BoardConfig},
    clock::Moment,
    mapping::millis,
};

#[derive(Debug)]
pub(crate) struct Board {
    config: BoardConfig,
    group: usize,
    judging: Judging,
    health: UpstreamHealth,
    zone: TimeZone,
    /// The day whose numbers it shows.
    day: Option<Midnight>,
    /// Its agents, as they were read last.
    pub(super) agents: Option<Arc<BoardAgents>>,
    told: Told,
}

impl Board {
    /// A board whose queues are read with `group`.
    pub(crate) fn new(config: BoardConfig, group: usize) -> Self {
        Self {
            judging: Judging::new(&config),
            health: UpstreamHealth::default(),
            zone: zone_of_days(&config),
            day: None,
            agents: None,
            told: Told::default(),
            config,
            group,
        }
    }

    /// The board of the same name after a change of the configuration: what it remembers
    /// stays. With another group it shows other numbers, and their levels start from scratch.
    pub(crate) fn reconfigured(mut self, config: BoardConfig, group: usize) -> Self {
        if group == self.group {
            self.judging.reconfigure(&config);
        } else {
            self.judging = Judging::new(&config);
        }
        Self {
            zone: zone_of_days(&config),
            config,
            group,
            ..self
        }
    }

    /// The same, which goes on from the judges of before the start.
    pub(crate) fn restore(&mut self, judges: HashMap<String, Judge>) {
        self.judging.restore(judges);
    }

    /// The same, whose events go on from those that were told before the start, the last of them
    /// before `last_ms`, in milliseconds since 1970. Readings that are older are forgotten: by
    /// them levels would change.
    pub(crate) fn tell_on_from(
        &mut self,
        told: &str,
        readings: &mut Readings,
        last_ms: Option<u64>,
        look: Look,
    ) {
        let (told, outdated) = Told::restored(told, &self.shown(readings), last_ms, look);
        readings.forget(self.group, &outdated);
        self.told = told;
    }

    /// What changed since the last look.
    pub(crate) fn changes(
        &mut self,
        snapshot: &BoardSnapshot,
        readings: &Readings,
        look: Look,
    ) -> Vec<Event> {
        let shown = shown(&self.config, self.group, readings);
        self.told.changes(snapshot, &shown, look)
    }

    /// What the next start needs to know of what was told, where that is news.
    pub(crate) fn news_of_told(&mut self) -> Option<String> {
        self.told.news()
    }

    /// The judges that the next start needs.
    pub(crate) fn troubled(&self) -> HashMap<&str, &Judge> {
        self.judging.troubled()
    }

    /// Its name in addresses.
    pub(crate) fn slug(&self) -> &str {
        &self.config.slug
    }

    /// The clock that it shows in place of the machine's.
    pub(crate) fn simulated_clock(&self) -> Option<SimulatedClock> {
        self.config.simulated_clock
    }

    /// When the day began in which the board is.
    pub(crate) fn midnight(&self, epoch_ms: u64) -> Midnight {
        midnight(epoch_ms, &self.zone)
    }

    /// The day whose numbers it shows: the one before, until those of the new one are known.
    pub(crate) fn shown_day(&self) -> Option<Midnight> {
        self.day
    }

    /// From now on it shows this day's numbers.
    pub(crate) fn shows_day(&mut self, midnight: Midnight) {
        self.day = Some(midnight);
    }

    /// What it shows of agents, if anything.
    pub(crate) fn shows_agents(&self) -> Option<&AgentsConfig> {
        self.config.agents.as_ref()
    }

    /// With which group its queues are read.
    pub(crate) fn group(&self) -> usize {
        self.group
    }

    /// Whether it shows all of CXone's queue list.
    pub(crate) fn shows_all(&self) -> bool {
        self.config.queues.is_empty()
    }

    /// The board's queues in order.
    pub(crate) fn shown<'a>(&'a self, readings: &'a Readings) -> Vec<Shown<'a>> {
        shown(&self.config, self.group, readings)
    }

    /// The highest number of calls waiting at which one of these queues becomes critical.
    pub(crate) fn critical_waiting(&self, shown: &[Shown<'_>]) -> Option<f64> {
        let thresholds = shown.iter().map(|queue| self.judging.thresholds(queue));
        let limits = thresholds.filter_map(|it| it.limits(Metric::Waiting).critical);
        limits.reduce(f64::max)
    }

    /// From how many calls waiting the queue is at its two levels.
    pub(crate) fn waiting_limits(&self, shown: &Shown<'_>) -> [Option<u64>; 2] {
        let limits = self.judging.thresholds(shown).limits(Metric::Waiting);
        // Those that a count reaches: from 4.5 on it is 5.
        [limits.warning, limits.critical].map(|limit| limit.map(|limit| limit.ceil() as u64))
    }

    /// What the board shows now, and when any of its queues was last read.
    pub(crate) fn snapshot(
        &mut self,
        readings: &Readings,
        today: Option<&TodaysNumbers>,
        agents: Option<&AgentReads>,
        status: ScheduleStatus,
        frame: Frame<'_>,
    ) -> (BoardSnapshot, Option<Moment>) {
        let shown = shown(&self.config, self.group, readings);
        let latest = latest_read(&shown);
        let upstream = self.health.update(&shown, latest, readings, status, frame);
        let judging = &mut self.judging;
        let midnight = midnight(frame.epoch_ms, &self.zone);
        let of_board = today.zip(self.day).and_then(|(today, day)| {
            Some(OfBoard {
                day: today.day(day)?,
                midnight: day,
                is_over: day != midnight,
                interval: today.interval(),
                now: frame.now,
            })
        });
        let mut snapshot = assemble(
            &self.config,
            &shown,
            latest,
            upstream,
            of_board,
            judging,
            frame,
        );
        if let Some(today) = today {
            snapshot.today_interval_ms = Some(millis(today.interval()));
            snapshot.today_cause_code = today.cause(midnight);
            snapshot.today_cause = snapshot.today_cause_code.map(sentence);
        }
        snapshot.agents = self.agent_counts(agents, latest, frame);
        (snapshot, latest)
    }
}

/// In which zone its days begin.
pub(crate) fn zone_of_days(config: &BoardConfig) -> TimeZone {
    let zone = config.timezone.as_deref().or(config.day_zone.as_deref());
    let zone = zone.and_then(|name| TimeZoneDatabase::bundled().get(name).ok());
    zone.unwrap_or(TimeZone::UTC)
}
