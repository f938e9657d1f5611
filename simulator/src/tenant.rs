//! The tenant's memory: its day, tokens, rate limit and scripted exceptions.

mod rate_limit;
mod tokens;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

pub(crate) use rate_limit::RateLimit;
pub(crate) use tokens::{Holder, Tokens};

use crate::{
    clock::Clock,
    control::{Faults, Log, QueueOverride},
    day::{Day, Metrics, Skill, hash, unit},
    options::Options,
};

/// The tenant's id in id tokens, where the options name none.
const TENANT_ID: &str = "11eb0f3c-5d1e-8a60-b1c6-0242ac110004";

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
    /// Where discovery leads elsewhere.
    pub(crate) moved: Moved,
    /// The faults in force.
    pub(crate) faults: Faults,
    /// What was asked.
    pub(crate) log: Log,
    /// The tokens that hold.
    pub(crate) tokens: Tokens,
    /// Who asked how much in the last minute.
    pub(crate) rate_limit: RateLimit,
}

/// The addresses that discovery names in place of this tenant's own.
#[derive(Default)]
pub(crate) struct Moved {
    /// The origin of the API.
    pub(crate) api_endpoint: Option<String>,
    /// The address of the token endpoint.
    pub(crate) token_endpoint: Option<String>,
}

/// Where answers differ from the day, by queue id.
#[derive(Default)]
pub(crate) struct Exceptions {
    /// When they last changed, in milliseconds of the Unix epoch.
    pub(crate) changed_ms: i64,
    /// Queues with pinned fields.
    pub(crate) pinned: HashMap<String, QueueOverride>,
    /// Queues that are gone.
    pub(crate) removed: HashSet<String>,
    /// Queues that are silently left out.
    pub(crate) omitted: HashSet<String>,
}

impl Exceptions {
    /// Whether answers with live numbers leave a queue out.
    pub(crate) fn hides(&self, id: &str) -> bool {
        self.removed.contains(id) || self.omitted.contains(id)
    }
}

impl Tenant {
    /// A tenant whose day starts now.
    pub(crate) fn new(options: Options) -> Self {
        let clock = Clock::start(options.start, options.speed);
        Self {
            day: Day::new(options.seed, options.queues),
            clock,
            state: Mutex::new(State {
                // All of it is new to whoever asks what has changed since before.
                exceptions: Exceptions {
                    changed_ms: clock.now_ms(),
                    ..Exceptions::default()
                },
                moved: Moved::default(),
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

    /// Real and simulated time.
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The id that id tokens carry.
    pub(crate) fn id(&self) -> &str {
        let id = self.options.credentials.tenant_id.as_deref();
        id.unwrap_or(TENANT_ID)
    }

    /// The skills that an API user sees.
    pub(crate) fn skills(&self) -> impl Iterator<Item = &Skill> {
        let others = if self.options.other_skills {
            self.day.other_skills()
        } else {
            &[]
        };
        let all = self.day.skills().iter().chain(others);
        all.filter(|_| self.options.skills_visible)
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
