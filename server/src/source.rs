//! What the product needs of a contact centre, whatever dialect it speaks.

mod error;

use std::time::Duration;

use async_trait::async_trait;

pub use error::SourceError;

/// Reads live queue metrics. One implementation a dialect.
#[async_trait]
pub trait QueueSource: Send + Sync + 'static {
    /// The most ids that one [`read_queues`](Self::read_queues) takes.
    fn batch_limit(&self) -> usize;

    /// Reads `ids`, filtered by `skills` where any are given, in one request.
    ///
    /// Answers the queues that the upstream answered, in its order: some of `ids`
    /// may be missing.
    ///
    /// # Errors
    /// [`SourceError::QueueNotFound`] when the upstream refuses the batch for an id
    /// that it does not know; any other variant when nothing could be read.
    async fn read_queues(
        &self,
        ids: &[String],
        skills: &[String],
    ) -> Result<Vec<QueueReading>, SourceError>;

    /// Lists every queue that the credentials can see.
    ///
    /// # Errors
    /// Any variant but [`SourceError::QueueNotFound`].
    async fn list_queues(&self) -> Result<Vec<QueueInfo>, SourceError>;

    /// Signs in, or makes sure that the sign-in still holds, and reads nothing.
    ///
    /// # Errors
    /// [`SourceError::CredentialsRejected`], or why the sign-in was not reached.
    async fn sign_in(&self) -> Result<(), SourceError>;
}

/// One queue's live metrics. Whatever the upstream left out is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueReading {
    /// The queue's id, as text.
    pub id: String,
    /// The upstream's name for it.
    pub name: Option<String>,
    /// Calls waiting now.
    pub waiting: Option<u64>,
    /// Mean wait of the calls waiting now.
    pub average_wait: Option<Duration>,
    /// Wait of the call that waits longest.
    pub longest_wait: Option<Duration>,
    /// Agents logged on in any state.
    pub agents_logged_on: Option<u64>,
    /// Agents ready to take a call.
    pub agents_available: Option<u64>,
    /// Agents on a call or in after-call work.
    pub agents_busy: Option<u64>,
    /// Agents in after-call work, where the upstream counts them on their own.
    pub agents_after_call_work: Option<u64>,
    /// Agents logged on and not available for calls: breaks, meetings.
    pub agents_unavailable: Option<u64>,
    /// Percent (0 to 100) of calls answered within the threshold.
    pub service_level_percent: Option<f64>,
    /// The percentage that the queue is to reach, as set in the upstream.
    pub service_level_goal: Option<f64>,
    /// Within which time a call counts as answered in time, as set in the upstream.
    pub service_level_threshold: Option<Duration>,
    /// How many calls the service level is over.
    pub service_level_sample: Option<u64>,
}

/// A queue's id and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueInfo {
    /// The id, as text.
    pub id: String,
    /// The upstream's name for it, where it gives one.
    pub name: Option<String>,
}
