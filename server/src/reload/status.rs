//! How the last reload ended, for metrics.

use std::sync::atomic::AtomicI64;

use prometheus_client::{metrics::gauge::Gauge, registry::Registry};

/// How the last reload ended. A clone is of the same one.
#[derive(Clone, Debug)]
pub struct ReloadStatus {
    is_successful: Gauge<i64, AtomicI64>,
    requires_restart: Gauge<i64, AtomicI64>,
}

impl Default for ReloadStatus {
    /// The configuration that the server started with was good.
    fn default() -> Self {
        let status = Self {
            is_successful: Gauge::default(),
            requires_restart: Gauge::default(),
        };
        status.is_successful.set(1);
        status
    }
}

impl ReloadStatus {
    /// Whether the configuration, as it was read last, is in force.
    pub(super) fn set_successful(&self, is_successful: bool) {
        self.is_successful.set(is_successful.into());
    }

    /// Whether some of it requires a restart.
    pub(super) fn set_requires_restart(&self, requires_restart: bool) {
        self.requires_restart.set(requires_restart.into());
    }

    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "config_last_reload_successful",
            "1 if the configuration, as it was read last, is in force; 0 if it was refused",
            self.is_successful.clone(),
        );
        registry.register(
            "config_restart_required",
            "1 while changes of the configuration wait for a restart, else 0",
            self.requires_restart.clone(),
        );
    }
}
