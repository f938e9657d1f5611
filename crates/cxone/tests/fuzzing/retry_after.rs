//! The header of a refusal.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};

use super::{LONGEST, wait_asked};

/// Any header: at most 15 minutes, or none. Seconds are what they say, a date is that
/// moment, and no time is none; and who asks later waits no longer.
///
/// # Panics
/// Where that does not hold.
pub fn retry_after(header: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(header) else {
        return;
    };
    let mut headers = HeaderMap::new();
    headers.insert(RETRY_AFTER, value);
    // 2026-01-05 10:00:00 UTC.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_607_200);
    let wait = wait_asked(&headers, now);
    assert!(wait.is_none_or(|wait| wait <= LONGEST));

    let minute = Duration::from_secs(60);
    let later = wait_asked(&headers, now + minute);
    let text = String::from_utf8_lossy(header);
    let text = text.trim_matches([' ', '\t']);
    let is_seconds = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let may_be_date = text.bytes().any(|byte| byte.is_ascii_alphabetic());
    if is_seconds {
        // More digits than fit are more seconds than are honoured.
        let significant = text.trim_start_matches('0');
        let seconds = match significant.len() {
            0 => 0,
            1..=4 => significant.parse().expect("four digits"),
            _ => u64::MAX,
        };
        let seconds = Duration::from_secs(seconds).min(LONGEST);
        assert_eq!(wait, Some(seconds).filter(|it| !it.is_zero()));
        assert_eq!(later, wait, "seconds are counted from the answer");
        return;
    }
    assert!(wait.is_some() || later.is_none());
    assert!(later.is_some() || wait.is_none_or(|wait| wait <= minute));
    if !may_be_date {
        // A fraction, or the first of a list.
        assert_eq!(later, wait, "seconds are counted from the answer");
        return;
    }
    if let (Some(wait), Some(later)) = (wait, later) {
        assert!(
            later <= wait && wait <= later + minute,
            "{wait:?} {later:?}"
        );
        if later != wait && !wait.is_zero() && wait < LONGEST {
            let date = httpdate::fmt_http_date(now + wait);
            let mut digits = text.split(|it: char| !it.is_ascii_digit());
            let clock = &date[17..25];
            assert!(text.contains(clock), "{text} is not {date}");
            let day = date[5..7].trim_start_matches('0');
            assert!(
                digits.any(|it| it.trim_start_matches('0') == day),
                "{text} is not {date}"
            );
        }
    }
}
