//! What kind of tenant to pretend to be.

use std::{fmt, str::FromStr};

use clap::Args;

use crate::{form::Form, quirk::Quirk};

/// Everything that is settled when a [`Simulator`](crate::Simulator) starts.
#[derive(Clone, Debug)]
pub struct Options {
    /// The same seed gives the same numbers at the same simulated time.
    pub seed: u64,
    /// Simulated seconds a real second, up to 3,600; 0 holds the day still. Negative and
    /// non-finite values count as 0. Tokens and rate limits keep real time.
    pub speed: f64,
    /// The time of day at which the simulated day starts.
    pub start: TimeOfDay,
    /// How many whole days are simulated before that day, for
    /// [`Control::intervals`](crate::Control::intervals) and for what is left over from
    /// them. The day of the start is a Wednesday.
    pub days_before: u16,
    /// Whether a script plays from the start of that day on, and later again in other queues:
    /// a queue that is critical, one that rises to a warning, one that recovers, and one that
    /// is left out of the answers for a minute.
    pub script: bool,
    /// How many queues the tenant has; made for 1 to 5,000.
    pub queues: usize,
    /// Who may sign in.
    pub credentials: Credentials,
    /// How long an access token holds, in real seconds.
    pub token_seconds: u32,
    /// How long a refresh token of the `realtime` dialect holds, in real seconds; at
    /// the least, as long as an access token.
    pub refresh_token_seconds: u32,
    /// The most requests that one client has in any 60 real seconds, token
    /// requests included; `None` is no limit. Requests that are refused with 429,
    /// or answered by a [`Fault`](crate::Fault), do not count.
    pub rate_limit_per_minute: Option<u32>,
    /// Whether clients have the scope `reporting:queue:view`, and API users the
    /// permission to see real-time data; without it every read is answered with 403.
    pub scope_granted: bool,
    /// How many queues a page of the queue list has; `None` is all on one.
    pub list_page_size: Option<usize>,
    /// The most skills that a page of the skills' activity has; 0 counts as 1.
    pub activity_page_size: usize,
    /// How the skills' activity is wrapped.
    pub activity_shape: ActivityShape,
    /// Whether an API user sees any skill; one who sees none gets an empty list, and
    /// no error.
    pub skills_visible: bool,
    /// Whether the tenant has skills besides its queues, as real ones do: retired
    /// ones, and some of other media or directions. Only the `realtime` dialect shows
    /// them.
    pub other_skills: bool,
    /// The odd forms that answers have.
    pub quirks: Vec<Quirk>,
    /// How reports are written.
    pub form: Form,
}

/// How an answer with the skills' activity is wrapped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ActivityShape {
    /// `{"totalRecords": …, "skillActivity": […]}`
    #[default]
    Plain,
    /// The same in an object `resultSet`, as older versions have it.
    ResultSet,
}

impl Default for Options {
    /// A mid-sized tenant on a busy morning, at real speed, that lets anybody in.
    fn default() -> Self {
        Self {
            seed: 1,
            speed: 1.0,
            start: TimeOfDay::BUSY_MORNING,
            days_before: 1,
            script: false,
            queues: 24,
            credentials: Credentials::default(),
            token_seconds: 3_600,
            refresh_token_seconds: 7_200,
            rate_limit_per_minute: Some(20),
            scope_granted: true,
            list_page_size: None,
            activity_page_size: 100,
            activity_shape: ActivityShape::default(),
            skills_visible: true,
            other_skills: true,
            quirks: Vec::new(),
            form: Form::default(),
        }
    }
}

/// What a sign-in must say; `None` accepts anything but an empty value.
#[derive(Clone, Default, Args)]
pub struct Credentials {
    /// The only client id accepted [default: any]
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// The only client secret accepted [default: any]
    #[arg(long, value_name = "SECRET")]
    pub client_secret: Option<String>,
    /// The only tenant id accepted [default: any]
    // Also the `tenantId` in the id tokens of the `realtime` dialect.
    #[arg(long, value_name = "ID")]
    pub tenant_id: Option<String>,
    /// The only access key of an API user accepted [default: any]
    // The `username` of a password grant.
    #[arg(long, value_name = "ID")]
    pub access_key_id: Option<String>,
    /// The only secret of that key accepted [default: any]
    #[arg(long, value_name = "SECRET")]
    pub access_key_secret: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = |secret: Option<&String>| secret.map(|_| "…");
        f.debug_struct("Credentials")
            .field("client_id", &self.client_id)
            .field("client_secret", &hidden(self.client_secret.as_ref()))
            .field("tenant_id", &self.tenant_id)
            .field("access_key_id", &self.access_key_id)
            .field(
                "access_key_secret",
                &hidden(self.access_key_secret.as_ref()),
            )
            .finish()
    }
}

/// A time of day to the minute. Written and read as `HH:MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay {
    minute: u16,
}

impl TimeOfDay {
    /// 10:20: the morning's peak, with something of everything on the wall.
    pub const BUSY_MORNING: Self = Self {
        minute: 10 * 60 + 20,
    };

    /// The time `hour:minute`; `None` from 24 hours or 60 minutes on.
    #[must_use]
    pub fn new(hour: u16, minute: u16) -> Option<Self> {
        (hour < 24 && minute < 60).then(|| Self {
            minute: hour * 60 + minute,
        })
    }

    /// The minute of the day.
    #[must_use]
    pub fn minute(self) -> u16 {
        self.minute
    }

    /// Milliseconds since midnight.
    pub(crate) fn milliseconds(self) -> i64 {
        i64::from(self.minute) * 60_000
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minute / 60, self.minute % 60)
    }
}

impl FromStr for TimeOfDay {
    type Err = InvalidTimeOfDay;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = |part: &str| {
            let digits = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse().ok()).flatten()
        };
        text.split_once(':')
            .and_then(|(hour, minute)| Self::new(parse(hour)?, parse(minute)?))
            .ok_or(InvalidTimeOfDay)
    }
}

/// A text that is no time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTimeOfDay;

impl fmt::Display for InvalidTimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a time of day from 00:00 to 23:59, as in 10:20")
    }
}

impl std::error::Error for InvalidTimeOfDay {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_read_as_they_are_written() {
        let read = |text: &str| text.parse::<TimeOfDay>().map(|time| time.to_string());
        assert_eq!(read("10:20"), Ok("10:20".into()));
        assert_eq!(read("7:05"), Ok("07:05".into()));
        for wrong in [
            "24:00", "10:60", "10", "10:", ":10", "+1:00", "10:20:30", "noon", "",
        ] {
            assert_eq!(read(wrong), Err(InvalidTimeOfDay), "{wrong}");
        }
    }

    #[test]
    fn the_secrets_stay_out_of_debug() {
        let credentials = Credentials {
            client_secret: Some("hush-hush".into()),
            access_key_secret: Some("hush-too".into()),
            ..Credentials::default()
        };
        let options = Options {
            credentials,
            ..Options::default()
        };
        assert!(!format!("{options:?}").contains("hush"));
    }
}
