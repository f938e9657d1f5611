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
//! - `hands`: the wall's bar, and what a key did
//! - `problem`: settings in the address that cannot be followed

mod access;
mod desk;
mod hands;
mod link;
mod problem;

use std::time::Duration;

use queuewall_shared::address;
use queuewall_shared::cause::Cause;
use queuewall_shared::fit::Form;
use queuewall_shared::format::{self, AgeUnit, Wait};
use queuewall_shared::phrase::Phrase;
use queuewall_shared::snapshot::{Agents, Level, Metric, Queue, Reason};
use queuewall_shared::tile_state::TileState;
use queuewall_shared::words::Words;

use crate::board::Summary;
use crate::language;
use crate::numbers;

pub use access::{code_life, let_in, refused};
pub use desk::{
    address, all_queues, back_key, choice, close, command, copied, copy, help, left_open,
    missing_queues, never, no_data, no_such_queues, not_in_address, nothing_found, open, order,
    remote_keys, search, setting, settings, shown_of, sort_board, sort_worst, space_bar, tab_title,
    tab_unknown,
};
pub use hands::{bar, full_screen, one_page, sound_now, stopped_at, turning};
pub use link::{down, failure, lost, next_try, upstream};
pub use problem::problem;

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

/// The same of queues whose tiles are not on the screen, on `page` from 1 or on several.
#[must_use]
pub fn at_level_elsewhere(level: Level, queues: usize, page: Option<usize>) -> String {
    let words = words();
    let place = match page {
        Some(page) => words.on_page.fill([&numbers::count(page as u64)]),
        None => words.on_other_pages.text().into(),
    };
    [&at_level(level, queues), " ", &place].concat()
}

/// The number of calls waiting on the whole board: at least, where queues are not read.
#[must_use]
pub fn number_waiting(summary: &Summary) -> String {
    match summary.totals.waiting {
        None => format::UNKNOWN.into(),
        Some(waiting) if summary.unread() > 0 => numbers::compact(waiting) + "+",
        Some(waiting) => numbers::compact(waiting),
    }
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

/// Before a tile's mean wait.
#[must_use]
pub fn tile_wait() -> &'static str {
    words().tile_wait.text()
}

/// Before a tile's longest wait, where the mean is not given.
#[must_use]
pub fn tile_longest_wait() -> &'static str {
    words().tile_longest_wait.text()
}

/// Before a tile's service level.
#[must_use]
pub fn tile_service() -> &'static str {
    words().tile_service.text()
}

/// Behind a service level.
#[must_use]
pub fn percent() -> &'static str {
    words().percent.text()
}

/// Behind the number of agents who could take a call.
#[must_use]
pub fn free() -> &'static str {
    words().free.text()
}

/// Behind the number of agents on a call or in after-call work.
#[must_use]
pub fn busy() -> &'static str {
    words().busy.text()
}

/// Behind the number of agents logged on.
#[must_use]
pub fn logged_on() -> &'static str {
    words().logged_on.text()
}

/// Behind the number of agents in after-call work.
#[must_use]
pub fn after_call() -> &'static str {
    words().after_call.text()
}

/// Behind the number of agents who are logged on and not to be had for calls.
#[must_use]
pub fn away() -> &'static str {
    words().away.text()
}

/// In a closed tile.
#[must_use]
pub fn closed() -> &'static str {
    words().closed.text()
}

/// An age in its largest fitting unit.
#[must_use]
pub fn age(age: Duration) -> String {
    let (number, unit) = format::age(age);
    counted_in(number, unit)
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

/// Why a tile is at its level, in the parts that it is written in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Why {
    /// The level in a word, or that it is easing, and what parts it from the rest.
    pub lead: String,
    /// What is the matter.
    pub matter: String,
    /// For how long.
    pub lasting: String,
    /// How many agents could take a call, and of how many.
    pub free: String,
}

/// Why a queue is at its level, by the first of its reasons, which has been for `lasting`.
/// Nothing here is refuted by the numbers on the queue's tile.
#[must_use]
pub fn why(queue: &Queue, lasting: Option<Duration>) -> Why {
    let words = words();
    let reason = queue.reasons.first();
    let is_easing = reason.is_some_and(|reason| {
        reason.held && (reason.value.is_some() || is_for_none_waiting(queue, reason))
    });
    let lead = match is_easing {
        true => words.easing.text(),
        false => level(queue.level),
    };
    let is_at_least = match reason {
        Some(Reason {
            since_ms: Some(_),
            since_at_least,
            ..
        }) => *since_at_least,
        _ => queue.level_since_at_least,
    };
    let lasting = lasting.map_or_else(String::new, minutes);
    let agents = &queue.agents;
    let free = match (agents.available, agents.logged_on) {
        (_, None | Some(0)) => String::new(),
        (Some(free), Some(all)) => {
            (words.free_of).fill([&numbers::compact(free), &numbers::compact(all)])
        }
        (None, _) => String::new(),
    };
    let free = match lasting.is_empty() || free.is_empty() {
        true => free,
        false => ["· ", &free].concat(),
    };
    Why {
        lead: match reason {
            Some(_) => [lead, words.colon].concat(),
            None => lead.into(),
        },
        matter: reason.map_or_else(String::new, |reason| matter(queue, reason)),
        lasting: match is_at_least && !lasting.is_empty() {
            true => words.at_least.fill([&lasting]),
            false => lasting,
        },
        free,
    }
}

/// Whether a reason is past because nobody waits any more.
fn is_for_none_waiting(queue: &Queue, reason: &Reason) -> bool {
    reason.held && queue.waiting == Some(0) && reason.metric != Metric::ServiceLevel
}

/// What a reason means, without its level and its time: its limit, or the number where the
/// limit would seem refuted by it.
fn matter(queue: &Queue, reason: &Reason) -> String {
    let words = words();
    if is_for_none_waiting(queue, reason) {
        return words.none_waiting.text().into();
    }
    if reason.held && reason.value.is_none() {
        return words.now_unknown.text().into();
    }
    let count = |number: f64| numbers::compact(number as u64);
    let time = |number: f64| wait(Duration::from_millis(number as u64));
    let said = |limit: Phrase<1>, now: Phrase<1>, write: &dyn Fn(f64) -> String| {
        let number = reason.value.map(write);
        let limit_text = write(reason.limit);
        match reason.held || number.as_ref() == Some(&limit_text) {
            true => now.fill([&known(number)]),
            false => limit.fill([&limit_text]),
        }
    };
    let nothing = |text: Phrase<0>| text.text().to_owned();
    match reason.metric {
        Metric::Waiting if !reason.held => words.many_waiting.fill([&count(reason.limit)]),
        Metric::Waiting => said(words.many_waiting, words.waiting_now, &count),
        Metric::AverageWait => said(words.wait_over, words.wait_now, &time),
        Metric::LongestWait => said(words.longest_over, words.longest_now, &time),
        Metric::ServiceLevel if reason.held => {
            (words.service_now).fill([&known(reason.value.map(format::whole_percent))])
        }
        Metric::ServiceLevel => words.service_under.fill([&numbers::tenths(reason.limit)]),
        Metric::AvailableAgents if reason.held => said(words.few_free, words.free_now, &count),
        Metric::AvailableAgents if reason.limit < 1.0 => nothing(words.nobody_free),
        Metric::AvailableAgents => words.few_free.fill([&count(reason.limit)]),
        Metric::AgentsLoggedOn if reason.held => {
            said(words.few_logged_on, words.logged_on_now, &count)
        }
        Metric::AgentsLoggedOn if reason.limit < 1.0 => nothing(words.none_logged_on),
        Metric::AgentsLoggedOn => words.few_logged_on.fill([&count(reason.limit)]),
        // The others are not judged.
        _ => String::new(),
    }
}

/// A time in whole minutes or more; empty below one, so that the words change no more often
/// than that.
fn minutes(time: Duration) -> String {
    match time.as_secs() / 60 {
        0 => String::new(),
        // An age of up to two minutes would count its seconds.
        1 => counted_in(1, AgeUnit::Minutes),
        _ => age(time),
    }
}

/// What a stale tile was at `time`; empty where that was no trouble.
#[must_use]
pub fn was(level: Level, time: &str) -> String {
    match level {
        Level::Critical => words().was_critical.fill([time]),
        Level::Warning => words().was_warning.fill([time]),
        Level::None | Level::Ok => String::new(),
    }
}

/// Behind calls waiting that are so many more or fewer than a quarter of an hour ago.
#[must_use]
pub fn change(waiting: u64, before: u64) -> String {
    let (sign, by) = match waiting >= before {
        true => ("+", waiting - before),
        false => ("−", before - waiting),
    };
    match by {
        0 => String::new(),
        by => [sign, &numbers::compact(by)].concat(),
    }
}

/// A number, or what stands where it is unknown.
#[must_use]
pub fn known(text: Option<String>) -> String {
    text.unwrap_or_else(|| format::UNKNOWN.into())
}

/// A tile's state and level, by how much the calls waiting changed, and how many of the
/// `agents` are off calls, for screen readers.
#[must_use]
pub fn tile_label(
    name: &str,
    tile_state: TileState,
    of: Level,
    change: &str,
    agents: Agents,
) -> String {
    let words = words();
    let state = match tile_state {
        TileState::Fresh | TileState::Ageing if !level(of).is_empty() => level(of),
        TileState::Fresh => words.is_fresh.text(),
        TileState::Ageing => words.is_ageing.text(),
        TileState::Stale => words.is_stale.text(),
        TileState::Closed => words.is_closed.text(),
        TileState::Unknown => words.is_unknown.text(),
        TileState::NotFound => words.is_not_found.text(),
        TileState::Forbidden => words.is_forbidden.text(),
    };
    let mut label = [name, words.colon, state].concat();
    if !change.is_empty() {
        label.push_str(", ");
        label.push_str(&words.change.fill([change]));
    }
    for (count, phrase) in [
        (agents.after_call_work, words.in_after_call_work),
        (agents.unavailable, words.unavailable),
    ] {
        if let Some(count) = count {
            label.push_str(", ");
            label.push_str(&phrase.fill([&numbers::count(count)]));
        }
    }
    label
}

/// In a closed tile: nobody is logged on, or how many wait outside opening hours.
#[must_use]
pub fn closed_because(queue: &Queue) -> String {
    let words = words();
    match (queue.is_outside_hours, queue.waiting) {
        (false, _) => words.nobody_logged_on.text().into(),
        (true, Some(waiting @ 1..)) => {
            let waiting = words.waiting_now.fill([&numbers::compact(waiting)]);
            [words.outside_hours.text(), " · ", &waiting].concat()
        }
        (true, _) => words.outside_hours.text().into(),
    }
}

/// Why a tile without numbers has none, where the server gives no cause.
#[must_use]
pub fn cause(tile_state: TileState) -> &'static str {
    let words = words();
    match tile_state {
        TileState::Fresh | TileState::Ageing => "",
        TileState::Stale => words.nothing_newer.text(),
        TileState::Closed => words.nobody_logged_on.text(),
        TileState::Unknown => words.nothing_yet.text(),
        TileState::NotFound => words.causes.not_found.text(),
        TileState::Forbidden => words.queue_forbidden.text(),
    }
}

/// The server's cause: by its code, else in the server's own sentence, which is
/// English; `None` where the server gives neither.
#[must_use]
pub fn server_cause(code: Option<Cause>, sentence: Option<&str>) -> Option<&str> {
    let causes = &words().causes;
    let phrase = match code {
        None => return sentence,
        Some(Cause::SignInRejected) => causes.sign_in_rejected,
        Some(Cause::Forbidden) => causes.forbidden,
        Some(Cause::NotFound) => causes.not_found,
        Some(Cause::NoneFound) => causes.none_found,
        Some(Cause::NothingVisible) => causes.nothing_visible,
        Some(Cause::LeftOut) => causes.left_out,
        Some(Cause::ListIncomplete) => causes.list_incomplete,
        Some(Cause::AllLeftOut) => causes.all_left_out,
        Some(Cause::StoodStill) => causes.stood_still,
        Some(Cause::RateLimited) => causes.rate_limited,
        Some(Cause::UpstreamTrouble) => causes.upstream_trouble,
        Some(Cause::NoConnection) => causes.no_connection,
        Some(Cause::TimedOut) => causes.timed_out,
        Some(Cause::Unreadable) => causes.unreadable,
        Some(Cause::NoAnswer) => causes.no_answer,
        Some(Cause::FirstAnswer) => causes.first_answer,
    };
    Some(phrase.text())
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

/// What the tiles leave out for want of room; empty where they say everything.
#[must_use]
pub fn left_out(form: Form) -> &'static str {
    let words = words();
    match form {
        Form::Full => "",
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
