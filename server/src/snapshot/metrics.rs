//! How often snapshots are encoded: once a change that somebody asks for, however many
//! screens ask.

use std::time::Instant;

use prometheus_client::{
    metrics::histogram::Histogram,
    registry::{Registry, Unit},
};

/// Encodings so far. A clone counts on the same.
#[derive(Clone, Debug)]
pub struct Encodings(Histogram);

impl Default for Encodings {
    fn default() -> Self {
        Self(Histogram::new([
            0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
        ]))
    }
}

impl Encodings {
    /// Encodes, and counts it.
    pub fn measure<T>(&self, encode: impl FnOnce() -> T) -> T {
        // Not tokio's clock: this is work, and no time that a test lets pass.
        let started = Instant::now();
        let encoded = encode();
        self.0.observe(started.elapsed().as_secs_f64());
        encoded
    }

    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register_with_unit(
            "snapshot_encode",
            "Time that encoding a changed snapshot took (JSON, gzip and brotli); its count is that of the changes",
            Unit::Seconds,
            self.0.clone(),
        );
    }
}
