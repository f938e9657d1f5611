//! Every language's words for both pages: a struct literal that lacks a phrase does not
//! compile, and neither does a phrase that is empty, too wide for its place, or has
//! other holes than the page fills.
//!
//! A page has English built in. Each other language is a file, made from the same table when
//! the page is built: a line a field, in the order of the fields.

mod access;
mod english;
mod french;
mod german;
mod labels;
mod portuguese;
mod spanish;

use crate::language::Language;
use crate::metric::Metric;
use crate::phrase::{Phrase, Word, width};

/// Room for the three words for agents together, in half letters: at the foot of a tile
/// they stand beside five figures without a smaller type.
const AGENTS_ROOM: usize = 22;

/// Room for the two words for agents who are off calls: a line of their own.
const OFF_CALL_ROOM: usize = 26;

/// Room for what a metric is called beside its value, in half letters.
const LABEL_ROOM: usize = 14;

/// What a page says until it has another language.
pub static ENGLISH: Words = english::WORDS;

/// All languages in the order of [`Language`].
pub static ALL: [Words; 5] = checked([
    english::WORDS,
    german::WORDS,
    spanish::WORDS,
    french::WORDS,
    portuguese::WORDS,
]);

/// Lines of a file; empty ones after its end.
struct Lines(&'static str);

impl Lines {
    // Once, since a language has more than a hundred.
    #[inline(never)]
    fn next_to(&mut self, place: &mut &'static str) {
        (*place, self.0) = self.0.split_once('\n').unwrap_or_default();
    }
}

/// What is a line of a file, or several.
trait Texts {
    fn write(&self, lines: &mut Vec<&'static str>);
    fn read(&mut self, lines: &mut Lines);
}

impl Texts for &'static str {
    fn write(&self, lines: &mut Vec<&'static str>) {
        lines.push(self);
    }

    fn read(&mut self, lines: &mut Lines) {
        lines.next_to(self);
    }
}

impl<const ROOM: usize> Texts for Word<ROOM> {
    fn write(&self, lines: &mut Vec<&'static str>) {
        lines.push(self.text());
    }

    fn read(&mut self, lines: &mut Lines) {
        lines.next_to(self.place());
    }
}

impl<const HOLES: usize> Texts for Phrase<HOLES> {
    fn write(&self, lines: &mut Vec<&'static str>) {
        lines.push(self.template());
    }

    fn read(&mut self, lines: &mut Lines) {
        lines.next_to(self.place());
    }
}

impl<T: Texts, const N: usize> Texts for [T; N] {
    fn write(&self, lines: &mut Vec<&'static str>) {
        self.iter().for_each(|texts| texts.write(lines));
    }

    fn read(&mut self, lines: &mut Lines) {
        self.iter_mut().for_each(|texts| texts.read(lines));
    }
}

impl Texts for Language {
    fn write(&self, lines: &mut Vec<&'static str>) {
        lines.push(self.code());
    }

    fn read(&mut self, lines: &mut Lines) {
        let mut code = "";
        lines.next_to(&mut code);
        *self = Self::of_code(code).unwrap_or_default();
    }
}

/// A table of texts that can be written to a file and read from one.
macro_rules! table {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "most fields say what English says")]
        pub struct $name { $($(#[$doc])* pub $field: $kind,)* }

        impl Texts for $name {
            fn write(&self, lines: &mut Vec<&'static str>) {
                $(self.$field.write(lines);)*
            }

            fn read(&mut self, lines: &mut Lines) {
                $(self.$field.read(lines);)*
            }
        }
    };
}

table! {
/// A language's words. Numbers come in as text, already in the language's own writing.
Words {
    /// How numbers and times are written: a BCP 47 tag for `Intl`.
    locale: &'static str,

    // Instead of a board
    stopped: Phrase<0>,

    // For people who set up a screen
    no_wake_lock: Phrase<0>,
    wake_lock_needs_https: Phrase<0>,
    wake_lock_refused: Phrase<0>,
    kept_awake: Phrase<0>,
    sound_on: Phrase<0>,
    sound_off: Phrase<0>,
    restarted: Phrase<2>,
    sound_blocked: Phrase<0>,
    no_such_zone: Phrase<1>,

    // Before there is a board
    reading: Phrase<0>,
    no_page: Phrase<0>,
    all_boards: Phrase<0>,
    boards: Phrase<0>,
    wall: Word<32>,
    desk_word: Word<32>,
    /// A key was pressed that the desk is for.
    opening_desk: Phrase<0>,
    no_boards: Phrase<0>,
    no_queues: Phrase<0>,
    no_board: Phrase<1>,
    /// What to do about either.
    check_address: Phrase<0>,

    // The header
    waiting: Word<20>,
    longest: Word<16>,
    average: Word<16>,
    /// Of the queues.
    not_read: Phrase<1>,
    /// Beside the clock.
    simulated: Word<20>,
    /// At the foot of a simulated board.
    demo: Phrase<0>,
    resuming: Word<36>,
    no_connection: Word<36>,
    /// How often each queue is read.
    read_every: Phrase<1>,

    // A tile
    /// What a metric is called on a tile and in the header, in the order of [`Metric::ALL`].
    labels: [Word<LABEL_ROOM>; Metric::ALL.len()],
    /// Behind a percentage, with the space that the language wants there.
    percent: Word<3>,
    free: Word<10>,
    busy: Word<10>,
    logged_on: Word<10>,
    after_call: Word<16>,
    away: Word<13>,
    closed: Word<21>,
    /// So many of a group's queues are read.
    read_of: Phrase<2>,

    // Ages
    seconds: Phrase<1>,
    minutes: Phrase<1>,
    hours: Phrase<1>,
    /// Two or more.
    days: Phrase<1>,
    /// A wait of hours and minutes.
    hours_and_minutes: Phrase<2>,
    /// A wait of two days or more: as short as can be.
    wait_days: Phrase<1>,
    /// Thousands and millions: as short as can be.
    thousands: Phrase<1>,
    millions: Phrase<1>,
    ago: Phrase<1>,
    old: Phrase<1>,
    /// Under the age of a stale tile.
    too_old: Word<20>,
    since: Phrase<1>,
    lasting: Phrase<1>,

    // Levels and reasons
    warning: Word<18>,
    critical: Word<18>,
    colon: &'static str,
    /// Why a tile is at its level: with the level's word a line of a tile, like all here.
    many_waiting: Phrase<1>,
    wait_over: Phrase<1>,
    longest_over: Phrase<1>,
    service_under: Phrase<1>,
    nobody_free: Phrase<0>,
    few_free: Phrase<1>,
    none_logged_on: Phrase<0>,
    few_logged_on: Phrase<1>,
    /// Of today's contacts, here and below.
    abandoned_over: Phrase<1>,
    service_today_under: Phrase<1>,
    answer_over: Phrase<1>,
    /// Instead of the level's word: it has not ended yet, and the number is better.
    easing: Word<22>,
    none_waiting: Phrase<0>,
    now_unknown: Phrase<0>,
    waiting_now: Phrase<1>,
    wait_now: Phrase<1>,
    longest_now: Phrase<1>,
    service_now: Phrase<1>,
    free_now: Phrase<1>,
    logged_on_now: Phrase<1>,
    abandoned_now: Phrase<1>,
    service_today_now: Phrase<1>,
    answer_now: Phrase<1>,
    /// For how long, where the start was not seen.
    at_least: Phrase<1>,
    free_of: Phrase<2>,
    /// Agents past a limit: how many, what they do, and the limit.
    agents_over: Phrase<3>,
    /// What a stale tile was, and when.
    was_critical: Phrase<1>,
    was_warning: Phrase<1>,
    was_closed: Phrase<1>,

    // A tile's state, for those who hear it
    is_fresh: Phrase<0>,
    is_ageing: Phrase<0>,
    is_stale: Phrase<0>,
    is_closed: Phrase<0>,
    is_unknown: Phrase<0>,
    is_not_found: Phrase<0>,
    is_forbidden: Phrase<0>,
    /// By how many more or fewer wait than a quarter of an hour ago.
    change: Phrase<1>,
    in_after_call_work: Phrase<1>,
    unavailable: Phrase<1>,

    // Why a tile has no numbers
    nothing_newer: Phrase<0>,
    nobody_logged_on: Phrase<0>,
    outside_hours: Phrase<0>,
    nothing_yet: Phrase<0>,
    queue_forbidden: Phrase<0>,
    causes: Causes,

    // Broken links
    some_unread: Phrase<0>,
    none_read: Phrase<0>,
    /// Since when, and why.
    lost: Phrase<2>,
    since_opened: Phrase<0>,
    unreachable: Phrase<0>,
    timed_out: Phrase<0>,
    bad_status: Phrase<1>,
    /// An answer, with this status, that is not the server's.
    foreign_answer: Phrase<1>,
    unreadable: Phrase<0>,
    /// Since when nothing was read from CXone.
    no_reading: Phrase<1>,
    /// Behind that: the cause of the moment.
    now: Phrase<1>,
    trying: Phrase<0>,
    next_try: Phrase<1>,

    // Pages of tiles
    page_of: Phrase<2>,
    worst_now: Phrase<0>,
    /// Behind a number of queues.
    on_page: Phrase<1>,
    on_other_pages: Phrase<0>,
    paused: Phrase<0>,
    too_small: Phrase<0>,
    no_room_for_service: Phrase<0>,
    no_room_for_wait: Phrase<0>,
    no_room_for_all: Phrase<0>,

    // Settings in the address that cannot be followed, by name, and what can: as short as can
    // be, for a wall's one line
    no_setting: Phrase<2>,
    repeated: Phrase<1>,
    not_one_of: Phrase<2>,
    not_within: Phrase<3>,
    not_within_nor_off: Phrase<3>,
    not_a_name: Phrase<2>,

    // What a link chooses
    no_such_queues: Phrase<0>,
    nothing_found: Phrase<0>,
    missing_queues: Phrase<1>,
    // The browser's tab: the sooner it is cut the more tabs there are
    no_data: Word<48>,
    one_critical: Phrase<1>,
    several_critical: Phrase<1>,
    one_warning: Phrase<1>,
    several_warnings: Phrase<1>,
    // Hands on a wall
    previous_page: Phrase<0>,
    next_page: Phrase<0>,
    pause_pages: Phrase<0>,
    turn_pages: Phrase<0>,
    settings: Phrase<0>,
    full_screen: Phrase<0>,
    full_screen_off: Phrase<0>,
    full_screen_refused: Phrase<0>,
    no_full_screen: Phrase<0>,
    paused_at: Phrase<2>,
    turning: Phrase<0>,
    /// Where the link says that they never turn by themselves.
    turned_by_hand: Phrase<0>,
    one_page: Phrase<0>,
    access: Access,
    /// Whose words these are: last, so that a file of another length is found out.
    language: Language,
}
}

table! {
/// The server's causes.
Causes {
    sign_in_rejected: Phrase<0>,
    forbidden: Phrase<0>,
    not_found: Phrase<0>,
    none_found: Phrase<0>,
    nothing_visible: Phrase<0>,
    left_out: Phrase<0>,
    list_incomplete: Phrase<0>,
    all_left_out: Phrase<0>,
    stood_still: Phrase<0>,
    rate_limited: Phrase<0>,
    upstream_trouble: Phrase<0>,
    no_connection: Phrase<0>,
    timed_out: Phrase<0>,
    unreadable: Phrase<0>,
    no_database: Phrase<0>,
    no_answer: Phrase<0>,
    first_answer: Phrase<0>,
}
}

table! {
/// A language's words for a screen that may not look.
Access {
    no_access: Phrase<0>,
    /// A link that this server never made.
    wrong_link: Phrase<0>,
    /// A link that lost a part.
    partial_link: Phrase<0>,
    /// A link that is good, for a board other than the address's.
    other_board: Phrase<0>,
    revoked: Phrase<0>,
    expired: Phrase<0>,
    untrusted_peer: Phrase<0>,
    no_cookies: Phrase<0>,
    /// Instead of that inside a frame by plain HTTP.
    no_cookies_in_plain_frame: Phrase<0>,
    /// The same by https.
    no_cookies_in_frame: Phrase<0>,
    /// Before a code and a command.
    let_in: Phrase<0>,
    /// For so many minutes.
    code_life: Phrase<1>,
}
}

impl Words {
    /// The words of `language` in a file's text; `None` where it holds something else.
    #[must_use]
    pub fn of_file(text: &'static str, language: Language) -> Option<Self> {
        let mut words = ENGLISH;
        words.read(&mut Lines(text));
        (words.language == language).then_some(words)
    }

    /// The text of this language's file.
    #[must_use]
    pub fn to_file(&self) -> String {
        let mut lines = Vec::new();
        self.write(&mut lines);
        lines.join("\n") + "\n"
    }

    /// How wide the words for agents are together, in half letters.
    const fn agents_width(&self) -> usize {
        width(self.free.text()) + width(self.busy.text()) + width(self.logged_on.text())
    }

    /// How wide the words for agents off calls are together, in half letters.
    const fn off_call_width(&self) -> usize {
        width(self.after_call.text()) + width(self.away.text())
    }
}

const fn checked<const N: usize>(all: [Words; N]) -> [Words; N] {
    assert!(N == Language::ALL.len(), "a language is missing");
    let mut at = 0;
    while at < N {
        assert!(all[at].language as usize == at, "languages out of order");
        assert!(all[at].agents_width() <= AGENTS_ROOM, "agents are too wide");
        assert!(
            all[at].off_call_width() <= OFF_CALL_ROOM,
            "agents off calls are too wide"
        );
        assert!(!all[at].locale.is_empty() && !all[at].colon.is_empty());
        at += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_is_read_back_from_its_file() {
        for words in &ALL {
            let file: &str = words.to_file().leak();
            let read = Words::of_file(file, words.language);
            assert_eq!(read.as_ref(), Some(words));
        }
    }

    #[test]
    fn file_of_other_length_or_language_is_refused() {
        let german = ALL[Language::German as usize].to_file();
        let of = |text: &str| Words::of_file(text.to_owned().leak(), Language::German);
        assert!(of(&german).is_some());
        let (_, shorter) = german.split_once('\n').unwrap();
        for other in [
            "",
            "<!DOCTYPE html>\n",
            shorter,
            &format!("\n{german}"),
            &ALL[Language::French as usize].to_file(),
        ] {
            assert!(of(other).is_none());
        }
    }
}
