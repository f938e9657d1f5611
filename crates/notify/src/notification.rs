//! What is told.

use std::fmt;

use jiff::Timestamp;
use serde_json::Value;
use url::Url;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Worth a look.
    Warning,
    /// Needs somebody now.
    Critical,
}

impl Severity {
    /// The word that PagerDuty and webhooks use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// What happened to the alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It began, or changed its severity.
    Triggered(Severity),
    /// It ended.
    Resolved,
    /// Somebody takes care of it.
    Acknowledged {
        /// The person or link that acknowledged.
        by: String,
    },
    /// Nothing: somebody tries the receiver.
    Test,
}

impl Kind {
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Triggered(severity) => severity.as_str(),
            Self::Resolved => "resolved",
            Self::Acknowledged { .. } => "acknowledged",
            Self::Test => "test",
        }
    }
}

/// What is told. Texts are plain; each format escapes them itself.
#[derive(Clone)]
pub struct Notification {
    /// The same on every retry: `webhook-id`.
    pub id: String,
    /// The alert's: PagerDuty's `dedup_key`, Google Chat's `threadKey`, the thread of mails.
    pub key: String,
    /// What happened.
    pub kind: Kind,
    /// In dotted words, for `type` of Standard Webhooks: `queue.critical`.
    pub event: String,
    /// One line: "Sales: 14 waiting, longest 6:10 (critical since 10:02)".
    pub title: String,
    /// More lines.
    pub lines: Vec<String>,
    /// When the state changed.
    pub at: Timestamp,
    /// The board: PagerDuty's `group`.
    pub board: String,
    /// What it is about: PagerDuty's `component`.
    pub subject: String,
    /// The rule: PagerDuty's `class`.
    pub rule: String,
    /// The board's page.
    pub link: Option<Url>,
    /// A link that acknowledges the alert once: a secret.
    pub acknowledge: Option<Url>,
    /// Numbers for programs: `details` of webhooks, PagerDuty's `custom_details`.
    pub data: Value,
}

impl fmt::Debug for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notification")
            .field("id", &self.id)
            .field("key", &self.key)
            .field("kind", &self.kind)
            .field("event", &self.event)
            .finish_non_exhaustive()
    }
}
