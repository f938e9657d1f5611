//! HTTP names that the server writes and the page reads.

/// Response header on every board answer, a 304 included: milliseconds since the
/// board's latest successful upstream read. Absent while nothing was ever read.
///
/// It is a header and not part of the body, so that a quiet poll stays a 304
/// although the age of the data moves on.
pub const SNAPSHOT_AGE_HEADER: &str = "x-snapshot-age-ms";

/// Response header on every answer about boards, a 304 included: milliseconds of
/// uptime when it answered, of earlier starts too where the server has a history. An answer without it is not this server's.
///
/// Points in time in the body (`…since_ms`, `…next_try_ms`) are on this scale. How
/// long ago one was: this header, less the point, plus the time since the request
/// was sent; two machines' clocks are never compared.
pub const UPTIME_HEADER: &str = "x-uptime-ms";

/// Error code: no board has this slug. A 404 without it is not this server's.
pub const NO_SUCH_BOARD: &str = "no_such_board";
/// Error code: the board shows no agents.
pub const NO_AGENTS: &str = "no_agents";
/// Error code: the caller may see the board, and not who its agents are.
pub const AGENTS_FORBIDDEN: &str = "agents_forbidden";
/// Error code: this server asks for no links.
pub const NO_LINKS: &str = "no_links";
/// Error code: this caller has no link of the board, or nobody said who it is.
pub const NO_ACCESS: &str = "no_access";
/// Error code: the caller's link was revoked.
pub const ACCESS_REVOKED: &str = "access_revoked";
/// Error code: the time of the caller's link is over.
pub const ACCESS_EXPIRED: &str = "access_expired";
/// Error code: the caller did not come through the proxy that signs people in.
pub const UNTRUSTED_PEER: &str = "untrusted_peer";
/// Error code: nobody let the screen in while its code was good.
pub const CODE_EXPIRED: &str = "code_expired";

/// What stands before a link's token in an address's fragment.
pub const TOKEN_FRAGMENT: &str = "t=";
