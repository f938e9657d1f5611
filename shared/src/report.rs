//! What a screen says of itself, in one header of each of its polls: who looks after a
//! building of TVs learns which of them is dark, old or silent, and no request is spent
//! on it.
//!
//! Written by the page and read by the server, which may meet anything there.

use std::borrow::Cow;

use crate::{label, settings::SCREEN_NAME_LENGTH};

/// The request header on a board's polls.
pub const HEADER: &str = "queuewall-screen";

/// The longest report that is read, in bytes: the longest name, every byte of it
/// encoded, and room for the rest.
pub const LONGEST: usize = 768;

/// The longest id and build, in bytes.
pub const LONGEST_WORD: usize = 40;

/// Whether a wall can be heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SoundState {
    /// Not wanted.
    #[default]
    Off,
    /// Wanted, and the browser waits for a key or a click, or has no sound at all.
    Blocked,
    /// Wanted and possible.
    On,
}

/// Whether a screen stays awake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum WakeLock {
    /// Not asked for, or not answered yet.
    #[default]
    Idle,
    /// It does.
    Held,
    /// This browser has no wake lock, or has none over plain HTTP.
    Unsupported,
    /// The browser refused, or took it back.
    Refused,
}

impl SoundState {
    const ALL: [Self; 3] = [Self::Off, Self::Blocked, Self::On];

    /// Its word in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Blocked => "blocked",
            Self::On => "on",
        }
    }
}

impl WakeLock {
    const ALL: [Self; 4] = [Self::Idle, Self::Held, Self::Unsupported, Self::Refused];

    /// Its word in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Held => "held",
            Self::Unsupported => "unsupported",
            Self::Refused => "refused",
        }
    }
}

/// One screen at one poll.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report<'r> {
    /// The page's own id, by chance: what tells two screens without a name apart. Letters
    /// and digits, at most [`LONGEST_WORD`].
    pub page: Cow<'r, str>,
    /// The link's name for the screen.
    pub name: Option<Cow<'r, str>>,
    /// The server's build that the page saw first: its own, or as good as that.
    pub build: Option<Cow<'r, str>>,
    /// Milliseconds since the browser last drew a frame for the page. A page asks for one
    /// with each poll.
    pub paint_age_ms: Option<u32>,
    /// Whether it can be heard.
    pub sound: SoundState,
    /// Whether it stays awake.
    pub awake: WakeLock,
    /// Errors that nobody caught, crashes among them, since the screen was switched on.
    pub errors: u32,
}

impl Report<'_> {
    /// As the header's value.
    #[must_use]
    pub fn to_header(&self) -> String {
        let mut text = String::new();
        let mut add = |name: &str, value: &str| {
            text.push_str(name);
            encode(value, &mut text);
        };
        add("page=", &self.page);
        for (name, value) in [("; name=", &self.name), ("; build=", &self.build)] {
            if let Some(value) = value {
                add(name, value);
            }
        }
        if let Some(ms) = self.paint_age_ms {
            add("; paint=", &ms.to_string());
        }
        add("; sound=", self.sound.word());
        add("; awake=", self.awake.word());
        add("; errors=", &self.errors.to_string());
        text
    }
}

impl<'r> Report<'r> {
    /// Reads a header's value; `None` for what no page of ours writes. Fields that are
    /// not known are a younger page's, and passed over.
    #[must_use]
    pub fn parse(header: &'r str) -> Option<Self> {
        if header.len() > LONGEST {
            return None;
        }
        let mut report = Self::default();
        for field in header.split(';') {
            let (name, value) = field.trim_matches(' ').split_once('=')?;
            match name {
                "page" => report.page = decode(value, LONGEST_WORD)?,
                "name" => {
                    let name = decode(value, SCREEN_NAME_LENGTH)?;
                    report.name = label::clean(&name).map(Cow::Owned);
                }
                "build" => {
                    let build = decode(value, LONGEST_WORD)?;
                    report.build = Some(Some(build).filter(|it| it.len() <= LONGEST_WORD)?);
                }
                "paint" => report.paint_age_ms = Some(number(value)?),
                "sound" => report.sound = of_word(value, &SoundState::ALL, SoundState::word)?,
                "awake" => report.awake = of_word(value, &WakeLock::ALL, WakeLock::word)?,
                "errors" => report.errors = number(value)?,
                _ => {}
            }
        }
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric();
        (!report.page.is_empty() && report.page.bytes().all(is_plain)).then_some(report)
    }
}

/// What stands in a value as it is; everything else is percent-encoded (RFC 3986, 2.1).
const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn encode(value: &str, text: &mut String) {
    for byte in value.bytes() {
        if is_unreserved(byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            }
        }
    }
}

/// A text of 1 to `longest` characters, none of which moves a cursor.
fn decode(value: &str, longest: usize) -> Option<Cow<'_, str>> {
    let text = if value.bytes().all(is_unreserved) {
        Cow::Borrowed(value)
    } else {
        let mut bytes = Vec::with_capacity(value.len());
        let mut rest = value.bytes();
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'%' => hex(rest.next()?)? * 16 + hex(rest.next()?)?,
                byte if is_unreserved(byte) => byte,
                _ => return None,
            });
        }
        Cow::Owned(String::from_utf8(bytes).ok()?)
    };
    let is_long = text.chars().count() > longest;
    (!text.is_empty() && !is_long && !text.contains(char::is_control)).then_some(text)
}

fn hex(digit: u8) -> Option<u8> {
    // A digit of base 16 fits.
    Some(char::from(digit).to_digit(16)? as u8)
}

fn number(value: &str) -> Option<u32> {
    let is_plain = value.bytes().all(|byte| byte.is_ascii_digit());
    value.parse().ok().filter(|_| is_plain)
}

fn of_word<T: Copy>(value: &str, all: &[T], word: fn(T) -> &'static str) -> Option<T> {
    all.iter().copied().find(|it| word(*it) == value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLAIN: &str =
        "page=k3j9; name=Hall%202; build=0.1.0-a1b2; paint=4870; sound=on; awake=held; errors=1";

    #[test]
    fn a_report_is_a_line_that_people_can_read() {
        let report = Report {
            page: "k3j9".into(),
            name: Some("Hall 2".into()),
            build: Some("0.1.0-a1b2".into()),
            paint_age_ms: Some(4_870),
            sound: SoundState::On,
            awake: WakeLock::Held,
            errors: 1,
        };
        assert_eq!(report.to_header(), PLAIN);
        assert_eq!(Report::parse(PLAIN), Some(report));
    }

    #[test]
    fn unknown_values_are_omitted() {
        let report = Report {
            page: "a".into(),
            ..Report::default()
        };
        let header = report.to_header();
        assert_eq!(header, "page=a; sound=off; awake=idle; errors=0");
        assert_eq!(Report::parse(&header), Some(report));
    }

    #[test]
    fn a_younger_pages_fields_are_passed_over() {
        let younger = format!("{PLAIN}; colour=blue");
        assert_eq!(Report::parse(&younger), Report::parse(PLAIN));
    }

    #[test]
    fn a_bad_field_makes_a_bad_report() {
        for bad in [
            "",
            "page",
            "page=",
            "page=a b",
            "page=%61%2F",
            "sound=on",
            "page=a; name=",
            "page=a; name=%",
            "page=a; name=%4",
            "page=a; name=%zz",
            "page=a; name=%FF",
            "page=a; name=Hall 2",
            "page=a; name=a%0Ab",
            "page=a; name=a%1B%5B2J",
            "page=a; paint=+5",
            "page=a; paint=-1",
            "page=a; paint=99999999999",
            "page=a; sound=loud",
            "page=a; awake=",
            "page=a; errors=x",
            "page=a;",
        ] {
            assert_eq!(Report::parse(bad), None, "{bad}");
        }
        let long = "x".repeat(SCREEN_NAME_LENGTH + 1);
        assert_eq!(Report::parse(&format!("page=a; name={long}")), None);
        let long = "%C3%A4".repeat(LONGEST_WORD / 2 + 1);
        assert_eq!(Report::parse(&format!("page=a; build={long}")), None);
        let of_length = |length: usize| {
            let begin = "page=a; later=";
            format!("{begin}{}", "x".repeat(length - begin.len()))
        };
        assert!(Report::parse(&of_length(LONGEST)).is_some());
        assert_eq!(Report::parse(&of_length(LONGEST + 1)), None);
    }

    fn any_report() -> impl Strategy<Value = Report<'static>> {
        let text = |longest| {
            let text = proptest::collection::vec(any::<char>(), 1..=longest);
            text.prop_map(|characters| {
                let text = characters.iter().collect::<String>();
                label::clean(&text).map(Cow::Owned)
            })
        };
        (
            "[a-z0-9]{1,40}",
            text(SCREEN_NAME_LENGTH),
            proptest::option::of("[a-z0-9.+-]{1,40}".prop_map(Cow::Owned)),
            proptest::option::of(any::<u32>()),
            0..SoundState::ALL.len(),
            0..WakeLock::ALL.len(),
            any::<u32>(),
        )
            .prop_map(
                |(page, name, build, paint_age_ms, sound, awake, errors)| Report {
                    page: Cow::Owned(page),
                    name,
                    build,
                    paint_age_ms,
                    sound: SoundState::ALL[sound],
                    awake: WakeLock::ALL[awake],
                    errors,
                },
            )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(report in any_report()) {
            let header = report.to_header();
            prop_assert!(header.bytes().all(|byte| matches!(byte, b' '..=b'~')));
            prop_assert_eq!(Report::parse(&header), Some(report));
        }

        #[test]
        fn no_header_makes_the_server_stumble(header in ".{0,700}") {
            let _ = Report::parse(&header);
        }

        #[test]
        fn report_like_text_parses_or_is_refused(
            header in "(page=[a-z]{0,2}|name=[%0-9A-Fa-z é]{0,8}|paint=[0-9]{0,12}|sound=o[nf]{1,2})(; ?(page=a|errors=[0-9x]{1,3}|awake=held))?",
        ) {
            if let Some(report) = Report::parse(&header) {
                let again = report.to_header();
                prop_assert_eq!(Report::parse(&again), Some(report));
            }
        }
    }
}
