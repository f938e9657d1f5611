//! Delivers notifications to receivers: Slack, Microsoft Teams (Workflows), Google Chat,
//! PagerDuty, e-mail, and webhooks signed after Standard Webhooks.
//!
//! [`Outbox`] has a task and a bounded queue for each receiver: a slow or dead one delays
//! nothing else. [`deliver_once`] sends one notification now and says how it went.
//!
//! # Safety
//! - Webhooks go to public addresses only, unless the receiver allows private ones. The
//!   address that is checked is the one connected to. The cloud's metadata service is never
//!   reached. Proxies of the environment are not used: the proxy would resolve the name, and
//!   the check would say nothing.
//! - Redirects are failures. An attempt takes 15 seconds at most, and little of an answer is read.
//! - URLs, keys and answers are secrets: errors, statuses and `Debug` have host names only.

mod address;
mod error;
mod format;
mod mail;
mod notification;
mod outbox;
mod receiver;
mod send;
mod signing;

pub use error::{ReceiverError, SendError};
pub use notification::{Kind, Notification, Severity};
pub use outbox::{Failure, Outbox, ReceiverStatus};
pub use receiver::{PagerDutyEndpoint, Receiver, SmtpTls, Target};
pub use send::deliver_once;
pub use signing::SigningSecret;
