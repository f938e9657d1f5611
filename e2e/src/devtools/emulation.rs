//! A slow machine, a slow network, other eyes, another user's wishes: what today's
//! Chromium can pretend.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::Tab;

/// A network that is slower than this machine's own.
#[derive(Clone, Copy, Debug)]
pub struct Network {
    /// Bits a second, down.
    pub down_bits: f64,
    /// Bits a second, up.
    pub up_bits: f64,
    /// Added to each request, in milliseconds.
    pub round_trip_ms: f64,
}

/// A way of seeing fewer colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vision {
    /// All of them.
    Full,
    /// Red is missing.
    Protanopia,
    /// Green is missing.
    Deuteranopia,
    /// Blue is missing.
    Tritanopia,
    /// No colour at all.
    Achromatopsia,
}

impl Vision {
    /// Every one of them, the full first.
    pub const ALL: [Self; 5] = [
        Self::Full,
        Self::Protanopia,
        Self::Deuteranopia,
        Self::Tritanopia,
        Self::Achromatopsia,
    ];

    /// Its name in the protocol, and in captions.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "none",
            Self::Protanopia => "protanopia",
            Self::Deuteranopia => "deuteranopia",
            Self::Tritanopia => "tritanopia",
            Self::Achromatopsia => "achromatopsia",
        }
    }
}

impl Tab {
    /// Makes the page's main thread `rate` times slower: 1 is as fast as the machine.
    pub async fn throttle_cpu(&mut self, rate: f64) -> Result<()> {
        self.command("Emulation.setCPUThrottlingRate", json!({ "rate": rate }))
            .await
            .map(|_| ())
    }

    /// Makes the network as slow as `network`, and forgets what was cached.
    pub async fn throttle_network(&mut self, network: Network) -> Result<()> {
        self.command("Network.clearBrowserCache", json!({})).await?;
        let conditions = json!({
            "offline": false,
            "latency": network.round_trip_ms,
            "downloadThroughput": network.down_bits / 8.0,
            "uploadThroughput": network.up_bits / 8.0,
        });
        self.command("Network.emulateNetworkConditions", conditions)
            .await
            .map(|_| ())
    }

    /// Cuts the page off from every server, or connects it again.
    pub async fn cut_off(&mut self, offline: bool) -> Result<()> {
        let conditions = json!({
            "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
        });
        self.command("Network.emulateNetworkConditions", conditions)
            .await
            .map(|_| ())
    }

    /// Shows the page as these eyes see it.
    pub async fn see_with(&mut self, vision: Vision) -> Result<()> {
        let kind = json!({ "type": vision.as_str() });
        self.command("Emulation.setEmulatedVisionDeficiency", kind)
            .await
            .map(|_| ())
    }

    /// Sets a media feature, `prefers-reduced-motion` to `reduce` for one.
    pub async fn prefer(&mut self, feature: &str, value: &str) -> Result<()> {
        let features = json!({ "features": [{ "name": feature, "value": value }] });
        self.command("Emulation.setEmulatedMedia", features)
            .await
            .map(|_| ())
    }

    /// A figure of the page's process by its name in `Performance.getMetrics`.
    pub async fn figure(&mut self, name: &str) -> Result<f64> {
        self.command("Performance.enable", json!({})).await?;
        let answer = self.command("Performance.getMetrics", json!({})).await?;
        let named = |list: &Vec<Value>| list.iter().find(|it| it["name"] == name).cloned();
        answer["metrics"]
            .as_array()
            .and_then(named)
            .and_then(|metric| metric["value"].as_f64())
            .with_context(|| format!("the browser has no figure {name}"))
    }
}
