//! The programs that can show the wall: which there are, and how each is started.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};
use tokio::process::Command;

const CHROMIUM: [&str; 11] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--window-size=1920,1080",
];

const FIREFOX: [&str; 2] = ["--headless", "--no-remote"];

/// The old engines are cut down for machines without a display or a sandbox.
/// Chromium 80 ends when a page asks for sound and its audio is to be a second process.
const OLD_CHROMIUM: [&str; 3] = [
    "--single-process",
    "--no-zygote",
    "--disable-features=AudioServiceOutOfProcess",
];

/// Firefox looks at nothing outside, and asks nothing at its start.
const FIREFOX_PREFERENCES: &str = r#"
user_pref("app.update.enabled", false);
user_pref("app.normandy.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("extensions.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,");
user_pref("toolkit.telemetry.enabled", false);
"#;

/// A program that can show the wall.
#[derive(Clone, Debug)]
pub struct Engine {
    /// `Chromium today`, `Chromium 66`, `Firefox ESR`.
    pub name: String,
    kind: Kind,
    program: PathBuf,
    without: Option<Without>,
    switches: &'static [&'static str],
}

/// A feature that a switch or a preference of the browser can turn off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Without {
    /// No `WebAssembly`, as where an administrator forbids it.
    WebAssembly,
    /// No scripts of pages, in Firefox: in Chromium the debugger can forbid them.
    Scripts,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Chromium,
    /// With the libraries that it needs.
    OldChromium {
        libraries: PathBuf,
    },
    Firefox,
}

impl Engine {
    /// Today's Chromium: `QUEUEWALL_CHROMIUM`, as `cargo xtask` sets it.
    pub fn today() -> Result<Self> {
        let Some(program) = env::var_os("QUEUEWALL_CHROMIUM") else {
            bail!(
                "QUEUEWALL_CHROMIUM does not name a Chromium: run this through `cargo xtask`, which finds one"
            );
        };
        Ok(Self {
            name: "Chromium today".into(),
            kind: Kind::Chromium,
            program: program.into(),
            without: None,
            switches: &[],
        })
    }

    /// The engines in the folders that `QUEUEWALL_OLD_ENGINES` lists as PATH does, each named
    /// by its major version, and the Firefox that `QUEUEWALL_FIREFOX` names; none where they
    /// cannot be had, which `cargo xtask test` says.
    #[must_use]
    pub fn others() -> Vec<Self> {
        let folders = env::var_os("QUEUEWALL_OLD_ENGINES").unwrap_or_default();
        let old = env::split_paths(&folders).filter_map(|folder| {
            Some(Self {
                name: format!("Chromium {}", folder.file_name()?.to_string_lossy()),
                kind: Kind::OldChromium {
                    libraries: folder.join("lib"),
                },
                program: folder.join("chromium"),
                without: None,
                switches: &[],
            })
        });
        let mut engines: Vec<_> = old.collect();
        if let Some(program) = env::var_os("QUEUEWALL_FIREFOX") {
            engines.push(Self {
                name: "Firefox ESR".into(),
                kind: Kind::Firefox,
                program: program.into(),
                without: None,
                switches: &[],
            });
        }
        engines
    }

    /// Today's Chromium and the [`others`](Self::others).
    pub fn all() -> Result<Vec<Self>> {
        let mut engines = vec![Self::today()?];
        engines.extend(Self::others());
        Ok(engines)
    }

    /// Whether it is [`today`](Self::today)'s Chromium.
    pub fn is_today(&self) -> bool {
        self.kind == Kind::Chromium
    }

    /// Whether it is a Firefox.
    pub fn is_firefox(&self) -> bool {
        self.kind == Kind::Firefox
    }

    /// The same, told to do without something.
    #[must_use]
    pub fn without(self, what: Without) -> Self {
        Self {
            without: Some(what),
            ..self
        }
    }

    /// The same Chromium with more switches.
    #[must_use]
    pub fn with(self, switches: &'static [&'static str]) -> Self {
        Self { switches, ..self }
    }

    /// Where it is.
    pub(super) fn program(&self) -> &Path {
        &self.program
    }

    /// Starts it with a profile in this folder.
    pub(super) fn command(&self, profile: &Path) -> Result<Command> {
        let mut command = Command::new(&self.program);
        match &self.kind {
            Kind::Chromium => {
                command.args(CHROMIUM);
            }
            Kind::OldChromium { libraries } => {
                command
                    .args(CHROMIUM)
                    .args(OLD_CHROMIUM)
                    .env("LD_LIBRARY_PATH", libraries);
            }
            Kind::Firefox => {
                let more = self.without.map_or("", Without::firefox_preference);
                fs::write(
                    profile.join("user.js"),
                    format!("{FIREFOX_PREFERENCES}{more}"),
                )?;
                command.args(FIREFOX).arg("--profile").arg(profile);
            }
        }
        if self.kind != Kind::Firefox {
            command.arg(format!("--user-data-dir={}", profile.display()));
            command.args(self.chromium_switch()).args(self.switches);
        }
        command.arg("--remote-debugging-port=0").arg("about:blank");
        Ok(command)
    }

    fn chromium_switch(&self) -> Option<&'static str> {
        Some(match self.without? {
            Without::Scripts => return None,
            // Where no code may be made at run time, today's has no WebAssembly either.
            Without::WebAssembly if self.is_today() => "--js-flags=--jitless",
            Without::WebAssembly => "--js-flags=--noexpose-wasm",
        })
    }

    /// What it says before the port of its debugger.
    pub(super) fn announcement(&self) -> &'static str {
        match self.kind {
            Kind::Chromium | Kind::OldChromium { .. } => "DevTools listening on ws://127.0.0.1:",
            Kind::Firefox => "WebDriver BiDi listening on ws://127.0.0.1:",
        }
    }
}

impl Without {
    fn firefox_preference(self) -> &'static str {
        match self {
            Self::WebAssembly => "user_pref(\"javascript.options.wasm\", false);\n",
            Self::Scripts => "user_pref(\"javascript.enabled\", false);\n",
        }
    }
}
