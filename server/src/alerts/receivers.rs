//! The receivers of the configuration.

use std::{fmt, sync::Arc};

use queuewall_notify::Receiver;

use super::Rule;

/// What is alerted of, and to whom: `[[alerts]]` and `[[receivers]]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlertsConfig {
    /// The alerts, each with a name of its own.
    pub rules: Vec<Rule>,
    /// Whom they name.
    pub receivers: Receivers,
}

/// Receivers that can be compared, and that reveal no address.
#[derive(Clone, Default)]
pub struct Receivers {
    list: Arc<[Receiver]>,
    /// Of everything that they were made of, secrets too.
    digest: [u8; 32],
}

impl Receivers {
    /// These, which were made of what has this digest.
    #[must_use]
    pub fn new(list: Vec<Receiver>, digest: [u8; 32]) -> Self {
        Self {
            list: list.into(),
            digest,
        }
    }

    /// All of them, in their order.
    #[must_use]
    pub fn all(&self) -> &[Receiver] {
        &self.list
    }

    /// The one of this name.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<&Receiver> {
        self.list.iter().find(|receiver| receiver.name() == name)
    }
}

impl PartialEq for Receivers {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl fmt::Debug for Receivers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.list.iter().map(Receiver::name);
        formatter.debug_list().entries(names).finish()
    }
}
