//! Every word on the screen, in one place, so that languages can be added.

use std::time::Duration;

use queuewall_shared::fit::Form;
use queuewall_shared::format;
use queuewall_shared::link::Failure;
use queuewall_shared::snapshot::{Level, Metric, Reason, UpstreamState};
use queuewall_shared::standing::Standing;

/// The language of these words, for numbers and times too.
pub const LOCALE: &str = "en-GB";

/// The product, in the tab's title and above the list of boards.
pub const PRODUCT: &str = "Queuewall";
/// After a crash.
pub const STOPPED: &str = "Queuewall stopped and shows nothing any more, so that no old \
    number passes for a live one. Please reload the page.";
/// Before the first answer.
pub const READING: &str = "Reading the queues …";
/// An address that is no page.
pub const NO_PAGE: &str = "There is no page at this address.";
/// To the list of boards.
pub const ALL_BOARDS: &str = "All boards";
/// Above the list of boards.
pub const BOARDS: &str = "Boards";
/// The list of boards is empty.
pub const NO_BOARDS: &str = "No board is set up on this server.";
/// A board without queues.
pub const NO_QUEUES: &str = "This board has no queues.";

/// Behind the number of calls waiting on the whole board.
pub const WAITING: &str = "waiting";
/// Before the longest wait of the whole board.
pub const LONGEST: &str = "longest";
/// Before the mean wait of the whole board.
pub const AVERAGE: &str = "average";

/// Before a tile's mean wait.
pub const TILE_WAIT: &str = "Wait";
/// Before a tile's longest wait, where the mean is not given.
pub const TILE_LONGEST_WAIT: &str = "Longest";
/// Before a tile's service level.
pub const TILE_SERVICE: &str = "Service";
/// Behind a service level.
pub const PERCENT: &str = "%";
/// Behind the number of agents who could take a call.
pub const FREE: &str = "free";
/// Behind the number of agents on a call or in after-call work.
pub const BUSY: &str = "busy";
/// Behind the number of agents logged on.
pub const LOGGED_ON: &str = "on";
/// Behind the age of a stale tile.
pub const OLD: &str = "old";
/// In a closed tile.
pub const CLOSED: &str = "Closed";

/// All readings are young.
pub const LIVE: &str = "Live";
/// The page slept and has not heard from its server since.
pub const RESUMING: &str = "Refreshing";
/// The page has lost its server.
pub const LOST: &str = "No connection";

/// There is no such board.
#[must_use]
pub fn no_board(slug: &str) -> String {
    format!("This server has no board “{slug}”.")
}

/// How many queues the totals are over.
#[must_use]
pub fn counted(counted: usize, of: usize) -> String {
    format!("{counted} of {of} queues")
}

/// An age that is still worth a glance.
#[must_use]
pub fn ago(age: Duration) -> String {
    format!("{} ago", format::age(age))
}

/// An age that is too great.
#[must_use]
pub fn old(age: Duration) -> String {
    format!("{} {OLD}", format::age(age))
}

/// A level in a word; empty where there is nothing to say.
#[must_use]
pub fn level(level: Level) -> &'static str {
    match level {
        Level::None | Level::Ok => "",
        Level::Warning => "Warning",
        Level::Critical => "Critical",
    }
}

/// What a reason means, without its level and its time.
fn matter(reason: &Reason) -> String {
    let limit = format::tenths(reason.limit);
    let wait = || format::wait(Duration::from_millis(reason.limit as u64));
    match reason.metric {
        Metric::Waiting => format!("{limit} or more waiting"),
        Metric::AverageWait => format!("wait over {}", wait()),
        Metric::LongestWait => format!("longest over {}", wait()),
        Metric::ServiceLevel => format!("service under {limit}{PERCENT}"),
        Metric::AvailableAgents if reason.limit < 1.0 => "nobody is free".into(),
        Metric::AvailableAgents => format!("{limit} or fewer free"),
    }
}

/// Why a tile is at its level, and for how long it has been: what follows the level's
/// word. Of less than a minute nothing is said, so that the words change no more often
/// than that.
#[must_use]
pub fn reason(first: Option<&Reason>, held: Option<Duration>) -> String {
    let matter = first.map_or_else(String::new, |first| format!(": {}", matter(first)));
    let minutes = held.map_or(0, |held| held.as_secs() / 60);
    match minutes {
        0 => matter,
        1..120 => format!("{matter}, for {minutes} min"),
        _ => format!("{matter}, for {} h", minutes / 60),
    }
}

/// A tile's state and level for screen readers.
#[must_use]
pub fn tile_label(name: &str, standing: Standing, of: Level) -> String {
    let state = match standing {
        Standing::Fresh | Standing::Ageing if !level(of).is_empty() => level(of),
        Standing::Fresh => "up to date",
        Standing::Ageing => "a little old",
        Standing::Stale => "too old to rely on",
        Standing::Closed => "closed",
        Standing::Unknown => "unknown",
        Standing::NotFound => "not found",
        Standing::Forbidden => "no permission",
    };
    format!("{name}: {state}")
}

/// Why a tile without numbers has none, where the server gives no cause.
#[must_use]
pub fn cause(standing: Standing) -> &'static str {
    match standing {
        Standing::Fresh | Standing::Ageing => "",
        Standing::Stale => "No newer reading",
        Standing::Closed => "Nobody logged on",
        Standing::Unknown => "No reading yet",
        Standing::NotFound => "No such queue in CXone",
        Standing::Forbidden => "No permission to read this queue",
    }
}

/// Why a poll of the server failed.
#[must_use]
pub fn failure(failure: Option<Failure>) -> String {
    match failure {
        Some(Failure::Unreachable) => "it cannot be reached".into(),
        Some(Failure::TimedOut) | None => "it does not answer in time".into(),
        Some(Failure::Status(status)) => format!("it answers with status {status}"),
        Some(Failure::Unreadable) => "its answer cannot be read".into(),
    }
}

/// Since when something lasts, by the clock.
#[must_use]
pub fn since(time: &str) -> String {
    format!("since {time}")
}

/// Since when something lasts, where no clock tells.
#[must_use]
pub fn since_ago(ago: Duration) -> String {
    format!("for {}", format::age(ago))
}

/// Which link broke, since when (`None`: it never stood), and why.
#[must_use]
pub fn lost(failed: Option<Failure>, since: Option<String>) -> String {
    let since = since.unwrap_or_else(|| "since this page was opened".into());
    let why = failure(failed);
    format!("No connection to the Queuewall server {since}: {why}.")
}

/// When the page tries again.
#[must_use]
pub fn next_try(pause: Option<Duration>) -> String {
    match pause {
        None => "Trying now …".into(),
        Some(pause) => format!("Next try in {} s", pause.as_secs() + 1),
    }
}

/// What is wrong between the server and CXone, and since when.
#[must_use]
pub fn down(cause: &str, since: Option<String>) -> String {
    match since {
        Some(since) => format!("{cause}, {since}"),
        None => cause.into(),
    }
}

/// What the server's dealings with CXone mean, where it gives no cause.
#[must_use]
pub fn upstream(state: UpstreamState) -> &'static str {
    match state {
        UpstreamState::Ok => "",
        UpstreamState::Degraded => "Some queues cannot be read from CXone at the moment.",
        UpstreamState::Down => "The Queuewall server cannot read from CXone.",
    }
}

// --- fit and pages

/// What the tiles leave out for want of room.
#[must_use]
pub fn left_out(form: Form) -> &'static str {
    match form {
        Form::Full => "",
        Form::NoAgents => "No room for agents",
        Form::NoService => "No room for agents and service level",
        Form::NoWait => "No room for agents, service level and wait",
    }
}

/// The screen cannot show type as large as the distance asks.
#[must_use]
pub fn too_small() -> &'static str {
    "Screen too small for this distance"
}

/// Which page is shown, for screen readers.
#[must_use]
pub fn page_of(page: usize, pages: usize) -> String {
    format!("Page {page} of {pages}")
}

/// The pages do not turn.
#[must_use]
pub fn paused() -> &'static str {
    "Paused"
}

// --- alone

/// After a crash.
#[must_use]
pub fn stopped() -> &'static str {
    "Queuewall stopped and shows nothing any more, so that no old number passes for a \
     live one. It starts again by itself."
}

/// A browser that cannot keep its screen awake; over plain HTTP it may be able to.
#[must_use]
pub fn may_sleep(is_secure: bool) -> &'static str {
    match is_secure {
        true => "This screen may go to sleep: this browser cannot keep it awake.",
        false => "This screen may go to sleep: keeping it awake needs HTTPS.",
    }
}

/// A browser that refuses to keep its screen awake.
#[must_use]
pub fn may_sleep_by_refusal() -> &'static str {
    "This screen may go to sleep: the browser refuses to keep it awake."
}

/// Browsers are mute until a key is pressed; a remote has OK.
#[must_use]
pub fn sound_blocked() -> &'static str {
    "Sound off – press OK"
}
