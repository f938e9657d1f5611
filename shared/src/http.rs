//! HTTP names that the server writes and the page reads.

/// Response header on every board answer, a 304 included: milliseconds since the
/// board's latest successful upstream read. Absent while nothing was ever read.
///
/// It is a header and not part of the body, so that a quiet poll stays a 304
/// although the age of the data moves on.
pub const SNAPSHOT_AGE_HEADER: &str = "x-snapshot-age-ms";

/// Response header on every board answer, a 304 included: milliseconds since the
/// server's start when it answered.
///
/// Points in time in the body (`…since_ms`, `…next_try_ms`) are on this scale. How
/// long ago one was: this header, less the point, plus the time since the request
/// was sent; two machines' clocks are never compared.
pub const UPTIME_HEADER: &str = "x-uptime-ms";
