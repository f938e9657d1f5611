//! HTTP names that the server writes and the page reads.

/// Response header on every board answer, a 304 included: milliseconds since the
/// board's latest successful upstream read. Absent while nothing was ever read.
///
/// It is a header and not part of the body, so that a quiet poll stays a 304
/// although the age of the data moves on.
pub const SNAPSHOT_AGE_HEADER: &str = "x-snapshot-age-ms";
