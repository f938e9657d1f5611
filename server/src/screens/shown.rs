//! A screen as operators see it.

use std::{cmp::Ordering, net::IpAddr, time::Duration};

use queuewall_shared::report::{SoundState, WakeLock};
use serde::{Serialize, Serializer};

/// How a screen is, in one word; the worst that is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It does not ask any more.
    Dark,
    /// It asks, and its browser draws nothing.
    NotPainting,
    /// It shows a page that is not the server's.
    OldBuild,
    /// Nothing is wrong.
    Live,
}

impl State {
    /// All of them, the worst first.
    pub const ALL: [Self; 4] = [Self::Dark, Self::NotPainting, Self::OldBuild, Self::Live];

    /// Its word in metrics and in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::NotPainting => "not_painting",
            Self::OldBuild => "old_build",
            Self::Live => "live",
        }
    }
}

/// One screen at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Screen {
    /// What its link calls it.
    pub name: Option<String>,
    /// The id of its page.
    #[serde(skip)]
    pub page: String,
    /// The board that it shows.
    pub board: String,
    /// From where it asks, as far as is known.
    pub address: Option<IpAddr>,
    /// The server that heard it last, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// How it is.
    pub state: State,
    /// Its page's build, once it said so.
    pub build: Option<String>,
    /// Since when it is known.
    #[serde(rename = "first_seen_age_seconds", serialize_with = "seconds")]
    pub first_seen_age: Duration,
    /// How long ago it last asked.
    #[serde(rename = "last_seen_age_seconds", serialize_with = "seconds")]
    pub last_seen_age: Duration,
    /// How old its latest frame was when it last asked.
    #[serde(rename = "paint_age_seconds", serialize_with = "known_seconds")]
    pub paint_age: Option<Duration>,
    /// Whether it can be heard.
    #[serde(serialize_with = "sound")]
    pub sound: SoundState,
    /// Whether it stays awake.
    #[serde(rename = "wake_lock", serialize_with = "awake")]
    pub awake: WakeLock,
    /// Errors that nobody caught since it was switched on.
    pub errors: u32,
    /// Whether another screen has the same name just now.
    pub shares_its_name: bool,
}

impl Screen {
    /// The order for people: by state, then those silent for longest, then by name.
    #[must_use]
    pub fn worst_first(&self, other: &Self) -> Ordering {
        let silence = |it: &Self| match it.state {
            // While it asks, the seconds since say nothing.
            State::Dark => it.last_seen_age,
            _ => Duration::ZERO,
        };
        // Those without a name come last of theirs.
        let name = |it: &Self| (it.name.is_none(), it.name.as_deref().map(str::to_lowercase));
        (self.state.cmp(&other.state))
            .then_with(|| silence(other).cmp(&silence(self)))
            .then_with(|| name(self).cmp(&name(other)))
            .then_with(|| self.page.cmp(&other.page))
    }
}

fn seconds<S: Serializer>(age: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(age.as_millis() as f64 / 1_000.0)
}

fn known_seconds<S: Serializer>(age: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    match age {
        Some(age) => seconds(age, serializer),
        None => serializer.serialize_none(),
    }
}

fn sound<S: Serializer>(sound: &SoundState, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(sound.word())
}

fn awake<S: Serializer>(awake: &WakeLock, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(awake.word())
}
