//! From messages to receivers.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use queuewall_notify::{Notification, Outbox, ReceiverStatus, Severity};
use queuewall_shared::snapshot::Level;
use tracing::warn;
use url::Url;

use super::{Kind, Message, Receivers};

/// Where messages go. Nothing here waits.
pub(crate) trait Outgoing: Send + Sync {
    /// From now on these are the receivers.
    fn take_over(&self, receivers: &Receivers);
    /// Queues a message for each of its receivers.
    fn send(&self, message: &Message);
}

/// The receivers of the configuration.
#[derive(Clone)]
pub struct Delivery {
    /// The address of this server, for links.
    base: Option<Url>,
    current: Arc<Mutex<(Receivers, Outbox)>>,
}

impl Delivery {
    /// To these; `public_url` is the address at which people find the boards.
    #[must_use]
    pub fn new(receivers: Receivers, public_url: Option<&str>) -> Self {
        let outbox = Outbox::new(receivers.all().to_vec());
        Self {
            base: public_url.and_then(|url| Url::parse(url).ok()),
            current: Arc::new(Mutex::new((receivers, outbox))),
        }
    }

    /// How each receiver does.
    #[must_use]
    pub fn status(&self) -> Vec<ReceiverStatus> {
        self.current().1.status()
    }

    fn current(&self) -> MutexGuard<'_, (Receivers, Outbox)> {
        // It is replaced as a whole.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Delivery")
    }
}

impl Outgoing for Delivery {
    fn take_over(&self, receivers: &Receivers) {
        let mut current = self.current();
        if current.0 != *receivers {
            // What still waits for one of the former is given up.
            *current = (receivers.clone(), Outbox::new(receivers.all().to_vec()));
        }
    }

    fn send(&self, message: &Message) {
        let notification = notification(message, self.base.as_ref());
        let current = self.current();
        for name in &message.to {
            if !current.1.send(name, notification.clone()) {
                warn!(
                    "alert {:?}: there is no receiver {name:?} any more",
                    message.rule
                );
            }
        }
    }
}

fn notification(message: &Message, base: Option<&Url>) -> Notification {
    let link = base.map(|base| {
        let mut link = base.clone();
        if let (Some(board), Ok(mut path)) = (&message.board, link.path_segments_mut()) {
            path.pop_if_empty().extend(["board", board.as_str()]);
        }
        link
    });
    let at = i64::try_from(message.at_ms).unwrap_or(i64::MAX);
    Notification {
        id: format!("queuewall-{}", message.id),
        key: format!("queuewall-{}", message.incident),
        kind: match message.kind {
            Kind::Triggered(Level::Critical) => {
                queuewall_notify::Kind::Triggered(Severity::Critical)
            }
            Kind::Triggered(_) => queuewall_notify::Kind::Triggered(Severity::Warning),
            Kind::Resolved => queuewall_notify::Kind::Resolved,
        },
        event: message.event.to_owned(),
        title: message.title.clone(),
        lines: message.lines.clone(),
        at: Timestamp::from_millisecond(at).unwrap_or_default(),
        board: message.board.clone().unwrap_or_default(),
        subject: message.subject.clone(),
        rule: message.rule.clone(),
        link,
        acknowledge: None,
        data: message.data.clone(),
    }
}
