//! The tenant's memory: its day, tokens, rate limit and scripted exceptions.

mod rate_limit;
mod tokens;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

pub(crate) use rate_limit::RateLimit;
pub(crate) use tokens::Tokens;

use crate::{
    clock::Clock,
    control::{Faults, Log, QueueOverride},
    day::{Day, Metrics, hash, unit},
    options::Options,
};

/// A simulated tenant.
pub(crate) struct Tenant {
    options: Options,
    day: Day,
    clock: Clock,
    state: Mutex<State>,
}

/// What changes while the tenant runs.
pub(crate) struct State {
    /// Where answers differ from the day.
    pub(crate) exceptions: Exceptions,
    /// The faults in force.
    pub(crate) faults: Faults,
    /// What was asked.
    pub(crate) log: Log,
    /// The tokens that hold.
    pub(crate) tokens: Tokens,
    /// Who asked how much in the last minute.
    pub(crate) rate_limit: RateLimit,
}

/// Where answers differ from the day, by queue id.
#[derive(Default)]
pub(crate) struct Exceptions {
    /// Queues with pinned fields.
    pub(crate) pinned: HashMap<String, QueueOverride>,
    /// Queues that are gone.
    pub(crate) removed: HashSet<String>,
    /// Queues that are silently left out.
    pub(crate) omitted: HashSet<String>,
}

impl Tenant {
    /// A tenant whose day starts now.
    pub(crate) fn new(options: Options) -> Self {
        Self {
            day: Day::new(options.seed, options.queues),
            clock: Clock::start(options.start, options.speed),
            state: Mutex::new(State {
                exceptions: Exceptions::default(),
                faults: Faults::default(),
                log: Log::default(),
                tokens: Tokens::new(options.seed),
                rate_limit: RateLimit::new(options.rate_limit_per_minute),
            }),
            options,
        }
    }

    /// What was settled at the start.
    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// The queues and their numbers.
    pub(crate) fn day(&self) -> &Day {
        &self.day
    }

    /// The numbers of the queue at `position` now, of those calls and agents that
    /// have one of `skills` where any are given.
    pub(crate) fn metrics(&self, position: usize, skills: &[String]) -> Metrics {
        let metrics = self.day.metrics(position, self.clock.seconds());
        if skills.is_empty() {
            return metrics;
        }
        // Each skill is found in a part of the queue of its own; together they
        // cover more of it.
        let uncovered: f64 = skills
            .iter()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .map(|skill| {
                let words: Vec<u64> = skill.bytes().map(u64::from).collect();
                0.4 + 0.4 * unit(hash(&[self.options.seed, position as u64, hash(&words)]))
            })
            .product();
        metrics.of_share(1.0 - uncovered)
    }

    /// What changes; not to be held across an await.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // Every change is a single step, so a panic elsewhere leaves it whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
