//! The wait that an answer asks for in `Retry-After` (RFC 9110, 10.2.3).

#[cfg(any(test, fuzzing))]
#[path = "../tests/fuzzing/retry_after.rs"]
pub(super) mod fuzzing;

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// The longest wait that is honoured: longer ones are mistakes more often than
/// wishes, and a wall that is dark for hours is worth one request in between.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// The wait asked for, at most 15 minutes; `None` where none is, or none that can
/// be read. Neither 0 nor a date in the past is a wait.
///
/// A date is by the clock of who answers, which `Date` tells; without it by ours, `now`.
pub(super) fn wait_asked(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok();
    let date = text(DATE).and_then(|date| httpdate::parse_http_date(date).ok());
    let asked = parse(text(RETRY_AFTER)?, date.unwrap_or(now)).filter(|it| !it.is_zero())?;
    if asked > LONGEST {
        tracing::warn!(
            "CXone asks for a wait of {} s (Retry-After), which is taken as {} s",
            asked.as_secs(),
            LONGEST.as_secs()
        );
    }
    Some(asked.min(LONGEST))
}

fn parse(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(date) = httpdate::parse_http_date(text) {
        return Some(date.duration_since(now).unwrap_or_default());
    }
    // Seconds are whole by the standard, and have no unit; some send fractions or `40s`, and a
    // proxy may join two headers.
    let text = text.split(',').next().unwrap_or_default().trim_end();
    let seconds = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = text[seconds.len()..].to_ascii_lowercase();
    if !["", "s", "sec", "secs", "second", "seconds"].contains(&unit.as_str()) {
        return None;
    }
    let seconds = seconds.trim_end();
    let is_decimal = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    if !seconds.starts_with(|letter: char| letter.is_ascii_digit())
        || !seconds.bytes().all(is_decimal)
    {
        return None;
    }
    let seconds: f64 = seconds.parse().ok()?;
    // Too many digits are still a wish for a very long wait.
    Some(Duration::try_from_secs_f64(seconds.ceil()).unwrap_or(Duration::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::logged::Logged;
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    /// 2026-01-05 10:00:00 UTC.
    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_607_200)
    }

    fn wait(text: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(
            RETRY_AFTER,
            HeaderValue::from_bytes(text.as_bytes()).unwrap(),
        );
        wait_asked(&headers, now())
    }

    #[test]
    fn both_forms_are_read_and_capped_at_fifteen_minutes() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        for (text, expected) in [
            ("30", seconds(30)),
            (" 30 ", seconds(30)),
            ("0", None),
            ("900", seconds(900)),
            ("901", seconds(900)),
            ("86400", seconds(900)),
            ("99999999999999999999999999", seconds(900)),
            ("Mon, 05 Jan 2026 10:00:45 GMT", seconds(45)),
            ("Monday, 05-Jan-26 10:00:45 GMT", seconds(45)),
            ("Mon Jan  5 10:00:45 2026", seconds(45)),
            ("Mon, 05 Jan 2026 10:00:00 GMT", None),
            ("Mon, 05 Jan 2026 09:00:00 GMT", None),
            ("Tue, 06 Jan 2026 10:00:00 GMT", seconds(900)),
            ("", None),
            ("-5", None),
            ("+5", None),
            ("0.503", seconds(1)),
            ("45.5", seconds(46)),
            ("45.", seconds(45)),
            (".5", None),
            ("1.5.2", None),
            ("1e3", None),
            ("soon", None),
            ("0.0", None),
            ("0s", None),
            ("30 s", seconds(30)),
            ("40s", seconds(40)),
            ("40 Seconds", seconds(40)),
            ("40sec, 60", seconds(40)),
            ("500ms", None),
            ("2m", None),
            ("Mon, 05 Jan 2026 25:61:00 GMT", None),
            ("30, 60", seconds(30)),
            ("30,30", seconds(30)),
            (", 30", None),
        ] {
            assert_eq!(wait(text), expected, "{text:?}");
        }
    }

    #[test]
    fn retry_after_date_counts_from_the_answers_own_date() {
        for date in [
            "Mon, 05 Jan 2026 09:00:00 GMT",
            "Mon, 05 Jan 2026 11:00:00 GMT",
        ] {
            let until = httpdate::parse_http_date(date).unwrap() + Duration::from_secs(40);
            let until = httpdate::fmt_http_date(until);
            let mut headers = HeaderMap::new();
            headers.insert(DATE, HeaderValue::from_static(date));
            headers.insert(RETRY_AFTER, until.parse().unwrap());
            assert_eq!(wait_asked(&headers, now()), Some(Duration::from_secs(40)));
        }
        let mut headers = HeaderMap::new();
        headers.insert(DATE, HeaderValue::from_static("today"));
        let until = HeaderValue::from_static("Mon, 05 Jan 2026 10:00:45 GMT");
        headers.insert(RETRY_AFTER, until);
        assert_eq!(wait_asked(&headers, now()), Some(Duration::from_secs(45)));
    }

    #[test]
    fn a_wish_that_is_not_granted_is_warned_of() {
        for (text, warnings) in [("899", 0), ("900", 0), ("901", 1)] {
            let (logged, guard) = Logged::gather(tracing::Level::WARN);
            wait(text);
            drop(guard);
            assert_eq!(logged.lines().len(), warnings, "{text}");
        }
    }

    #[test]
    fn no_header_is_no_wish() {
        assert_eq!(wait_asked(&HeaderMap::new(), now()), None);
    }

    proptest! {
        #[test]
        fn any_header_is_none_or_at_most_fifteen_minutes(
            bytes in proptest::collection::vec(any::<u8>(), 0..40),
        ) {
            if let Ok(value) = HeaderValue::from_bytes(&bytes) {
                let mut headers = HeaderMap::new();
                headers.insert(RETRY_AFTER, value);
                prop_assert!(wait_asked(&headers, now()).is_none_or(|wait| wait <= LONGEST));
            }
        }
    }
}
