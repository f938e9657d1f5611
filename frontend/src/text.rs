//! Every word on the screen, in the page's language.
//!
//! The functions here answer in the language of the moment: in a reactive closure they
//! follow it.
//!
//! # Layout
//! - here: what the page says, by what it means
//! - `link`: broken links, and when they are tried again
//! - `desk`: a supervisor's desk, keys and settings
//! - `access`: who may look
//! - `agents`: what the board's agents do
//! - `hands`: the wall's bar, and what a key did
//! - `problem`: settings in the address that cannot be followed
//! - `tile`, `why`: a tile, and why it is at its level

mod access;
mod agents;
mod desk;
mod hands;
mod link;
mod problem;
mod tile;
mod why;

use std::time::Duration;

use queuewall_shared::address;
use queuewall_shared::choice::Choice;
use queuewall_shared::fit::Form;
use queuewall_shared::format::{self, AgeUnit, Wait};
use queuewall_shared::snapshot::{Level, Metric};
use queuewall_shared::words::Words;

use crate::board::Total;
use crate::language;
use crate::numbers;

pub use access::{code_life, let_in, refused};
pub use agents::{agents, agents_over, agents_over_as, limit};
pub use desk::{
    address, agents_logged_on, all_queues, back_key, choice, close, command, copied, copy, help,
    left_open, missing_queues, never, no_data, no_such_queues, not_in_address, nothing_found, open,
    order, remote_keys, search, setting, settings, shown_of, sort_board, sort_worst, space_bar,
    tab_title, tab_unknown,
};
pub(crate) use desk::{agent_list, detail, reason, table};
pub use hands::{bar, full_screen, one_page, paused_at, sound_now, turning};
pub use link::{down, failure, lost, next_try, upstream};
pub use problem::problem;
pub use tile::{
    after_call, away, busy, cause, change, closed, closed_because, free, known, label, logged_on,
    percent, read_of, server_cause, state, tile_label, value_of, was, was_closed,
};
pub use why::{Why, why};

/// The product, in the tab's title and above the list of boards.
pub const PRODUCT: &str = "Queuewall";

fn words() -> &'static Words {
    language::words()
}

/// After a crash: nothing here may panic, nor touch what may be broken.
#[must_use]
pub fn stopped() -> &'static str {
    language::words_untracked().stopped.text()
}

/// Before the first answer.
#[must_use]
pub fn reading() -> &'static str {
    words().reading.text()
}

/// An address that is no page.
#[must_use]
pub fn no_page() -> &'static str {
    words().no_page.text()
}

/// To the list of boards.
#[must_use]
pub fn all_boards() -> &'static str {
    words().all_boards.text()
}

/// Above the list of boards.
#[must_use]
pub fn boards() -> &'static str {
    words().boards.text()
}

/// The page for a screen on a wall.
#[must_use]
pub fn wall() -> &'static str {
    words().wall.text()
}

/// The page for a supervisor.
#[must_use]
pub fn desk_word() -> &'static str {
    words().desk_word.text()
}

/// A key was pressed that the desk is for.
#[must_use]
pub fn opening_desk() -> &'static str {
    words().opening_desk.text()
}

/// The list of boards is empty.
#[must_use]
pub fn no_boards() -> &'static str {
    words().no_boards.text()
}

/// There is no such board. A slug that may hold a link's token is not repeated.
#[must_use]
pub fn no_board(slug: &str) -> String {
    match address::may_hold_token(slug) {
        true => no_page().to_owned(),
        false => words().no_board.fill([slug]),
    }
}

/// What to do where there is no such page or board.
#[must_use]
pub fn check_address() -> &'static str {
    words().check_address.text()
}

/// A board without queues.
#[must_use]
pub fn no_queues() -> &'static str {
    words().no_queues.text()
}

/// How many queues are at a level; empty where none is.
#[must_use]
pub fn at_level(level: Level, queues: usize) -> String {
    let words = words();
    let phrase = match (level, queues) {
        (_, 0) | (Level::None | Level::Ok, _) => return String::new(),
        (Level::Critical, 1) => words.one_critical,
        (Level::Critical, _) => words.several_critical,
        (Level::Warning, 1) => words.one_warning,
        (Level::Warning, _) => words.several_warnings,
    };
    phrase.fill([&numbers::count(queues as u64)])
}

/// Behind that, where tiles are that are not on the screen: on `page`, from 1, or on several.
#[must_use]
pub fn on_page(page: Option<usize>) -> String {
    match page {
        Some(page) => words().on_page.fill([&numbers::count(page as u64)]),
        None => words().on_other_pages.text().into(),
    }
}

/// One of the header's numbers, and what stands before and behind it: before it what it is, but for
/// calls waiting. With a plus where there may be more. All are empty where there is nothing to say.
#[must_use]
pub fn total(total: Option<Total>) -> [String; 3] {
    let Some(total) = total else {
        return Default::default();
    };
    let (before, behind) = match (total.metric, total.value) {
        (Metric::LongestWait | Metric::AverageWait, None) => return Default::default(),
        (Metric::LongestWait, _) => (longest(), ""),
        (Metric::AverageWait, _) => (average(), ""),
        (Metric::Waiting, _) => ("", waiting()),
        (metric, _) => (label(metric), ""),
    };
    let number = match total.value.map(|value| value_of(total.metric, value)) {
        Some((number, unit)) if total.is_at_least => [&number, unit, "+"].concat(),
        Some((number, unit)) => number + unit,
        None => format::UNKNOWN.into(),
    };
    let gap = |is_there: bool| if is_there { " " } else { "" };
    [
        [before, gap(!before.is_empty())].concat(),
        number,
        [gap(!behind.is_empty()), behind].concat(),
    ]
}

/// Behind the number of calls waiting on the whole board.
#[must_use]
pub fn waiting() -> &'static str {
    words().waiting.text()
}

/// Before the longest wait of the whole board.
#[must_use]
pub fn longest() -> &'static str {
    words().longest.text()
}

/// Before the mean wait of the whole board.
#[must_use]
pub fn average() -> &'static str {
    words().average.text()
}

/// How many queues are not in the totals; empty where all are.
#[must_use]
pub fn not_read(queues: usize) -> String {
    match queues {
        0 => String::new(),
        queues => words().not_read.fill([&numbers::count(queues as u64)]),
    }
}

/// What the clock is, where it shows no real time.
#[must_use]
pub fn simulated() -> &'static str {
    words().simulated.text()
}

/// At the foot of a board whose clock shows no real time.
#[must_use]
pub fn demo() -> &'static str {
    words().demo.text()
}

/// The page slept and has not heard from its server since.
#[must_use]
pub fn resuming() -> &'static str {
    words().resuming.text()
}

/// The page has lost its server.
#[must_use]
pub fn no_connection() -> &'static str {
    words().no_connection.text()
}

/// An age in its largest fitting unit.
#[must_use]
pub fn age(age: Duration) -> String {
    let (number, unit) = format::age(age);
    counted_in(number, unit)
}

/// So many minutes, however few.
#[must_use]
pub fn minutes(minutes: u64) -> String {
    counted_in(minutes, AgeUnit::Minutes)
}

fn counted_in(number: u64, unit: AgeUnit) -> String {
    let words = words();
    let phrase = match unit {
        AgeUnit::Seconds => words.seconds,
        AgeUnit::Minutes => words.minutes,
        AgeUnit::Hours => words.hours,
        AgeUnit::Days => words.days,
    };
    phrase.fill([&number.to_string()])
}

/// A wait: `1:32`, `1 h 30`, `25 h`, `30 d`.
#[must_use]
pub fn wait(wait: Duration) -> String {
    let words = words();
    match Wait::of(wait) {
        Wait::Clock(minutes, seconds) => format::clock(minutes, seconds),
        Wait::HoursAndMinutes(hours, minutes) => words
            .hours_and_minutes
            .fill([&hours.to_string(), &format::two_digits(minutes)]),
        Wait::Hours(hours) => counted_in(hours, AgeUnit::Hours),
        Wait::Days(days) => words.wait_days.fill([&numbers::compact(days)]),
    }
}

/// How often each queue is read, where that is seldom.
#[must_use]
pub fn read_every(interval: Duration) -> String {
    words().read_every.fill([&wait(interval)])
}

/// The browser cannot tell the time in the board's zone.
#[must_use]
pub fn no_such_zone(zone: &str) -> String {
    words().no_such_zone.fill([zone])
}

/// An age that is still worth a glance.
#[must_use]
pub fn ago(age: Duration) -> String {
    words().ago.fill([&self::age(age)])
}

/// An age that is too great.
#[must_use]
pub fn old(age: Duration) -> String {
    words().old.fill([&self::age(age)])
}

/// Under the age of a stale tile.
#[must_use]
pub fn too_old() -> &'static str {
    words().too_old.text()
}

/// Since when something lasts, by the clock.
#[must_use]
pub fn since(time: &str) -> String {
    words().since.fill([time])
}

/// Since when something lasts, where no clock tells.
#[must_use]
pub fn since_ago(ago: Duration) -> String {
    words().lasting.fill([&age(ago)])
}

/// A level in a word; empty where there is nothing to say.
#[must_use]
pub fn level(level: Level) -> &'static str {
    match level {
        Level::None | Level::Ok => "",
        Level::Warning => words().warning.text(),
        Level::Critical => words().critical.text(),
    }
}

/// The page of the worst queues of all pages.
#[must_use]
pub fn worst_now() -> &'static str {
    words().worst_now.text()
}

/// Which of several pages of tiles this is, counted from 1.
#[must_use]
pub fn page_of(page: usize, pages: usize) -> String {
    words()
        .page_of
        .fill([&numbers::count(page as u64), &numbers::count(pages as u64)])
}

/// The pages do not change by themselves for now.
#[must_use]
pub fn paused() -> &'static str {
    words().paused.text()
}

/// The screen cannot show type as large as the distance asks.
#[must_use]
pub fn too_small() -> &'static str {
    words().too_small.text()
}

/// What the tiles leave out for want of room; empty where they say everything. Which numbers that
/// are is said of a board that chooses none.
#[must_use]
pub fn left_out(form: Form, choice: Choice) -> &'static str {
    let words = words();
    match form {
        Form::Full => "",
        _ if choice != Choice::default() => words.no_room_for_all.text(),
        Form::NoService => words.no_room_for_service.text(),
        Form::NoWait => words.no_room_for_wait.text(),
    }
}

/// A browser that cannot keep its screen awake; over plain HTTP it may be able to.
#[must_use]
pub fn may_sleep(is_secure: bool) -> &'static str {
    match is_secure {
        true => words().no_wake_lock.text(),
        false => words().wake_lock_needs_https.text(),
    }
}

/// A browser that refuses to keep its screen awake.
#[must_use]
pub fn may_sleep_by_refusal() -> &'static str {
    words().wake_lock_refused.text()
}

/// Browsers are mute until a key is pressed; a remote has OK.
#[must_use]
pub fn sound_blocked() -> &'static str {
    words().sound_blocked.text()
}

/// The browser keeps the screen awake.
#[must_use]
pub fn kept_awake() -> &'static str {
    words().kept_awake.text()
}

/// Whether the chime is on.
#[must_use]
pub fn sound(is_on: bool) -> &'static str {
    match is_on {
        true => words().sound_on.text(),
        false => words().sound_off.text(),
    }
}

/// How often the page started again after a crash, and why at last.
#[must_use]
pub fn restarted(times: u32, cause: &str) -> String {
    let times = numbers::count(times.into());
    words().restarted.fill([&times, cause])
}
