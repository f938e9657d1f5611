//! The tenant's memory: its contact centre, tokens, rate limit and scripted exceptions.

mod fault;
mod log;
mod overrides;
mod rate_limit;
mod tokens;

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

pub(crate) use fault::Faults;
pub use fault::{Fault, ScopedFault};
pub(crate) use log::Log;
pub use log::Request;
pub use overrides::{Field, QueueOverride};
pub(crate) use rate_limit::RateLimit;
pub(crate) use tokens::{Holder, Tokens};

use crate::{
    acd::{Acd, Counts},
    clock::Clock,
    form::Form,
    options::Options,
    past::PastDays,
    quirk::Quirks,
    skill::{Skill, Skills},
};

/// The tenant's id in id tokens, where the options name none.
const TENANT_ID: &str = "11eb0f3c-5d1e-8a60-b1c6-0242ac110004";

pub(crate) struct Tenant {
    options: Options,
    skills: Arc<Skills>,
    acd: Mutex<Acd>,
    past: PastDays,
    clock: Clock,
    state: Mutex<State>,
}

/// What changes while the tenant runs.
pub(crate) struct State {
    /// Where answers differ from the day.
    pub(crate) exceptions: Exceptions,
    /// The odd forms of answers.
    pub(crate) quirks: Quirks,
    /// How reports are written.
    pub(crate) form: Form,
    /// Where discovery leads elsewhere.
    pub(crate) moved: Moved,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
    pub(crate) tokens: Tokens,
    /// Who asked how much in the last minute.
    pub(crate) rate_limit: RateLimit,
}

/// The addresses that discovery names in place of this tenant's own.
#[derive(Default)]
pub(crate) struct Moved {
    pub(crate) api_endpoint: Option<String>,
    pub(crate) token_endpoint: Option<String>,
}

/// Where answers differ from the day, by queue id.
#[derive(Default)]
pub(crate) struct Exceptions {
    /// When they last changed, in milliseconds of the Unix epoch.
    pub(crate) changed_ms: i64,
    pub(crate) pinned: HashMap<String, QueueOverride>,
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
    /// A tenant whose time starts now.
    pub(crate) fn new(options: Options) -> Self {
        let clock = Clock::start(options.start, options.speed);
        let skills = Arc::new(Skills::new(options.seed, options.queues));
        let mut acd = Acd::new(Arc::clone(&skills), options.days_before);
        if options.script {
            acd.play(options.start.milliseconds());
        }
        Self {
            acd: Mutex::new(acd),
            past: PastDays::default(),
            skills,
            clock,
            state: Mutex::new(State {
                // A request for changes since a time before the start gets all of it.
                exceptions: Exceptions {
                    changed_ms: clock.now_ms(),
                    ..Exceptions::default()
                },
                quirks: Quirks::new(&options.quirks, clock.now_ms()),
                form: options.form,
                moved: Moved::default(),
                faults: Faults::default(),
                log: Log::default(),
                tokens: Tokens::new(options.seed),
                rate_limit: RateLimit::new(options.rate_limit_per_minute),
            }),
            options,
        }
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    pub(crate) fn skills(&self) -> &Skills {
        &self.skills
    }

    /// The centre at a moment of real time, or later where it has come further.
    pub(crate) fn acd_at(&self, now_ms: i64) -> MutexGuard<'_, Acd> {
        let mut acd = self.acd.lock().unwrap_or_else(PoisonError::into_inner);
        acd.advance(self.clock.simulated_ms(now_ms));
        acd
    }

    /// What happened in each skill in these quarters of an hour before the days that the centre
    /// itself goes through.
    pub(crate) fn counts_before(&self, quarters: &Range<i64>) -> Vec<Counts> {
        let first_own = -i64::from(self.options.days_before);
        self.past.between(&self.skills, quarters, first_own)
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The id that id tokens carry.
    pub(crate) fn id(&self) -> &str {
        let id = self.options.credentials.tenant_id.as_deref();
        id.unwrap_or(TENANT_ID)
    }

    /// The skills that an API user sees, each with its place among all.
    pub(crate) fn visible_skills(&self) -> impl Iterator<Item = (usize, &Skill)> {
        let shown = if !self.options.skills_visible {
            &[]
        } else if self.options.other_skills {
            self.skills.all()
        } else {
            self.skills.queues()
        };
        shown.iter().enumerate()
    }

    /// What changes; not to be held across an await.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // Every change is a single step, so a panic elsewhere leaves it whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
