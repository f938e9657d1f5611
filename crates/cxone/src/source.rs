//! Where live queue metrics come from, whatever the dialect.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Error, MediaType, QueueList, ReportSource, Shortfall, clock::Moment};

/// Reads live queue metrics: a client of one dialect, as [`connect`](crate::connect) makes
/// it, or a source of a test.
///
/// Calls may overlap; requests pass the budget one by one. Dropping a call's future cancels
/// it: a request that waits for the budget then costs nothing.
#[async_trait]
pub trait QueueSource: Send + Sync + 'static {
    /// The most ids that one [`read_queues`](Self::read_queues) takes.
    fn batch_limit(&self) -> usize;

    /// How many requests one [`read_queues`](Self::read_queues) takes, as far as is
    /// known by now; at least 1.
    fn requests_per_read(&self) -> usize {
        1
    }

    /// Reads the queues `ids`. `reporting-v2` counts only contacts of `skills`, where any are
    /// given; `realtime` ignores them.
    ///
    /// No ids cost no request. Not every id needs to be answered:
    /// [`QueueReadings::unknown`] names those that CXone is known not to have.
    ///
    /// # Errors
    /// [`Error::QueueNotFound`] when CXone refuses the batch for an id that it does not
    /// know; any other variant when nothing could be read.
    async fn read_queues(&self, ids: &[String], skills: &[String]) -> Result<QueueReadings, Error>;

    /// Lists every queue that the credentials can see; at least one.
    ///
    /// # Errors
    /// [`Error::NothingVisible`] where there is none; any other variant but
    /// [`Error::QueueNotFound`].
    async fn list_queues(&self) -> Result<Vec<QueueInfo>, Error>;

    /// Reads the next page of `list`, which starts empty, and adds it: one request, besides
    /// those for signing in. An error leaves `list` as it was, so that the same page can be
    /// asked for again.
    ///
    /// # Errors
    /// As [`list_queues`](Self::list_queues).
    async fn list_page(&self, list: &mut QueueList) -> Result<(), Error> {
        *list = QueueList::complete(self.list_queues().await?, None);
        Ok(())
    }

    /// Signs in, or makes sure that the sign-in still holds, and reads nothing.
    ///
    /// # Errors
    /// [`Error::CredentialsRejected`], or why the sign-in was not reached.
    async fn sign_in(&self) -> Result<(), Error>;

    /// What counts contacts over a time and lists agents; `None` where the dialect has neither.
    fn reports(&self) -> Option<&dyn ReportSource> {
        None
    }

    /// How long the token in force lives; `None` where there is none.
    fn token_life(&self) -> Option<TokenLife> {
        None
    }

    /// Signs in and reports every step on the way to the first read, in order. Only the last
    /// one can have failed.
    async fn sign_in_stepwise(&self) -> Vec<Step> {
        let outcome = self.sign_in().await;
        vec![Step {
            name: "sign-in",
            outcome: outcome.map(|()| "CXone issues a token".to_owned()),
        }]
    }
}

/// How long a token holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenLife {
    /// Just before it was asked for.
    pub asked_at: Moment,
    /// How long it holds from then: `expires_in`, at most a day; an hour where CXone does
    /// not say.
    pub life: Duration,
}

/// One step towards the first read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was tried, in a word or two.
    pub name: &'static str,
    /// What was found, in words; never a secret.
    pub outcome: Result<String, Error>,
}

/// What one read answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueReadings {
    /// The queues answered, in CXone's order. Some of those asked for may be
    /// missing.
    pub queues: Vec<QueueReading>,
    /// When the oldest of it was asked for: the numbers are no younger. `None` is just now.
    pub asked_at: Option<Moment>,
    /// Those asked for that CXone does not have, by its answer.
    pub unknown: Vec<String>,
    /// What the answer lacks of the entries that it promised.
    pub shortfall: Option<Shortfall>,
    /// Tells this answer from others by all that it held: its own time, and queues that were
    /// not asked for. `None` where its numbers carry no time.
    pub digest: Option<u64>,
}

/// One queue's live metrics, which both dialects map to. What CXone left out, or wrote in a
/// form that cannot be read, is `None`, never 0.
///
/// The names of the fields in CXone's JSON are in parentheses: `reporting-v2`, then
/// `realtime`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QueueReading {
    /// The queue's id, as text (`queueId`; `skillId`).
    pub id: String,
    /// CXone's name for it (`name`; `skillName`).
    pub name: Option<String>,
    /// Through which channel contacts come (none; `mediaTypeId`, else `mediaTypeName`).
    pub media_type: Option<MediaType>,
    /// Calls waiting now (`callsWaiting`; `queueCount`).
    pub waiting: Option<u64>,
    /// Mean wait of the calls waiting now (`averageWaitTime` in milliseconds; none).
    pub average_wait: Option<Duration>,
    /// Wait of the call that waits longest (none; `serverTime` less `earliestQueueTime`).
    pub longest_wait: Option<Duration>,
    /// Agents logged on in any state (`agentsLoggedOn`; `agentsLoggedIn`).
    pub agents_logged_on: Option<u64>,
    /// Agents ready to take a call (`agentsAvailable`).
    pub agents_available: Option<u64>,
    /// Agents on a call, and in after-call work where that is not counted separately
    /// (`agentsBusy`; `agentsWorking`).
    pub agents_busy: Option<u64>,
    /// Agents in after-call work, where CXone counts them separately (none; `agentsACW`).
    pub agents_after_call_work: Option<u64>,
    /// Agents logged on and not available for calls: breaks, meetings (none;
    /// `agentsUnavailable`).
    pub agents_unavailable: Option<u64>,
    /// Percent (0 to 100) of calls answered within the threshold (`serviceLevel`).
    pub service_level_percent: Option<f64>,
    /// The percentage that the queue is to reach, as set in CXone (none;
    /// `serviceLevelGoal`).
    pub service_level_goal: Option<f64>,
    /// Within which time a call counts as answered in time, as set in CXone (none;
    /// `serviceLevelThreshold` in seconds).
    pub service_level_threshold: Option<Duration>,
    /// How many calls the service level is over (none; `inSLA` and `outSLA`).
    pub service_level_sample: Option<u64>,
    /// When CXone made these numbers, by its own clock (none; `serverTime`). It tells whether
    /// two readings are the same one, and not how old they are.
    pub source_time: Option<SystemTime>,
}

/// A queue as CXone lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueInfo {
    /// The id, as text.
    pub id: String,
    /// CXone's name for it, where it gives one.
    pub name: Option<String>,
    /// Through which channel contacts come, in CXone's words.
    pub media_type: Option<String>,
    /// Whether the queue is in use.
    pub is_active: Option<bool>,
    /// Which setting leaves it out of those that are read; `None` where none does.
    pub left_out: Option<LeftOut>,
}

/// Which part of a [`SkillFilter`](crate::SkillFilter) leaves a queue out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// Its media type is not among [`media_types`](crate::SkillFilter::media_types).
    MediaType(MediaType),
    /// It is outbound: [`outbound`](crate::SkillFilter::outbound).
    Outbound,
    /// It is switched off: [`inactive`](crate::SkillFilter::inactive).
    Inactive,
}
