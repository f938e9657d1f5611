//! What every language has to have: a struct literal that lacks a phrase does not
//! compile, and neither does a phrase that is empty, too wide for its place, or has
//! other holes than the page fills.

use queuewall_shared::language::Language;
use queuewall_shared::phrase::{Phrase, Word, width};

use super::access::Access;

/// Room for the three words for agents together, in half letters: at the foot of a tile
/// they stand beside five figures without a smaller type.
const AGENTS_ROOM: usize = 22;

/// Room for the two words for agents who are off calls: a line of their own.
const OFF_CALL_ROOM: usize = 26;

/// A language's words. Numbers come in as text, already in the language's own writing.
pub(super) struct Words {
    /// Whose words these are.
    pub(super) language: Language,
    /// How numbers and times are written: a BCP 47 tag for `Intl`.
    pub(super) locale: &'static str,

    // Instead of a board
    pub(super) stopped: Phrase<0>,

    // For people who set up a screen
    pub(super) no_wake_lock: Phrase<0>,
    pub(super) wake_lock_needs_https: Phrase<0>,
    pub(super) wake_lock_refused: Phrase<0>,
    pub(super) kept_awake: Phrase<0>,
    pub(super) sound_on: Phrase<0>,
    pub(super) sound_off: Phrase<0>,
    pub(super) restarted: Phrase<2>,
    pub(super) sound_blocked: Phrase<0>,
    pub(super) no_such_zone: Phrase<1>,

    // Before there is a board
    pub(super) reading: Phrase<0>,
    pub(super) no_page: Phrase<0>,
    pub(super) all_boards: Phrase<0>,
    pub(super) boards: Phrase<0>,
    pub(super) wall: Word<32>,
    pub(super) desk_word: Word<32>,
    /// A key was pressed that the desk is for.
    pub(super) opening_desk: Phrase<0>,
    pub(super) no_boards: Phrase<0>,
    pub(super) no_queues: Phrase<0>,
    pub(super) no_board: Phrase<1>,

    // The header
    pub(super) waiting: Word<20>,
    pub(super) longest: Word<16>,
    pub(super) average: Word<16>,
    pub(super) counted: Phrase<2>,
    /// Where the board has one queue.
    pub(super) counted_of_one: Phrase<2>,
    pub(super) live: Word<20>,
    pub(super) resuming: Word<36>,
    pub(super) no_connection: Word<36>,
    /// How often each queue is read.
    pub(super) read_every: Phrase<1>,

    // A tile
    pub(super) tile_wait: Word<14>,
    pub(super) tile_longest_wait: Word<14>,
    pub(super) tile_service: Word<14>,
    /// Behind a percentage, with the space that the language wants there.
    pub(super) percent: Word<3>,
    pub(super) free: Word<10>,
    pub(super) busy: Word<10>,
    pub(super) logged_on: Word<10>,
    pub(super) after_call: Word<16>,
    pub(super) away: Word<10>,
    pub(super) closed: Word<21>,

    // Ages
    pub(super) seconds: Phrase<1>,
    pub(super) minutes: Phrase<1>,
    pub(super) hours: Phrase<1>,
    /// Two or more.
    pub(super) days: Phrase<1>,
    /// A wait of hours and minutes.
    pub(super) hours_and_minutes: Phrase<2>,
    /// A wait of two days or more: as short as can be.
    pub(super) wait_days: Phrase<1>,
    /// Thousands and millions: as short as can be.
    pub(super) thousands: Phrase<1>,
    pub(super) millions: Phrase<1>,
    pub(super) ago: Phrase<1>,
    pub(super) old: Phrase<1>,
    /// Under the age of a stale tile.
    pub(super) too_old: Word<20>,
    pub(super) since: Phrase<1>,
    pub(super) lasting: Phrase<1>,

    // Levels and reasons
    pub(super) warning: Word<18>,
    pub(super) critical: Word<18>,
    pub(super) colon: &'static str,
    pub(super) many_waiting: Phrase<1>,
    pub(super) wait_over: Phrase<1>,
    pub(super) longest_over: Phrase<1>,
    pub(super) service_under: Phrase<1>,
    pub(super) nobody_free: Phrase<0>,
    pub(super) few_free: Phrase<1>,
    /// For how long: as short as can be, since a tile has two lines for all of it.
    pub(super) held: Phrase<1>,

    // A tile's state, for those who hear it
    pub(super) is_fresh: Phrase<0>,
    pub(super) is_ageing: Phrase<0>,
    pub(super) is_stale: Phrase<0>,
    pub(super) is_closed: Phrase<0>,
    pub(super) is_unknown: Phrase<0>,
    pub(super) is_not_found: Phrase<0>,
    pub(super) is_forbidden: Phrase<0>,
    pub(super) rising: Phrase<0>,
    pub(super) falling: Phrase<0>,
    pub(super) in_after_call_work: Phrase<1>,
    pub(super) unavailable: Phrase<1>,

    // Why a tile has no numbers
    pub(super) nothing_newer: Phrase<0>,
    pub(super) nobody_logged_on: Phrase<0>,
    pub(super) nothing_yet: Phrase<0>,
    pub(super) queue_forbidden: Phrase<0>,
    pub(super) causes: Causes,

    // Broken links
    pub(super) some_unread: Phrase<0>,
    pub(super) none_read: Phrase<0>,
    /// Since when, and why.
    pub(super) lost: Phrase<2>,
    pub(super) since_opened: Phrase<0>,
    pub(super) unreachable: Phrase<0>,
    pub(super) timed_out: Phrase<0>,
    pub(super) bad_status: Phrase<1>,
    /// An answer, with this status, that is not the server's.
    pub(super) foreign_answer: Phrase<1>,
    pub(super) unreadable: Phrase<0>,
    pub(super) trying: Phrase<0>,
    pub(super) next_try: Phrase<1>,

    // Pages of tiles
    pub(super) page_of: Phrase<2>,
    pub(super) paused: Phrase<0>,
    pub(super) too_small: Phrase<0>,
    pub(super) no_room_for_agents: Phrase<0>,
    pub(super) no_room_for_service: Phrase<0>,
    pub(super) no_room_for_wait: Phrase<0>,

    // Settings in the address that cannot be followed: `{0}` is what stands there
    pub(super) no_setting: Phrase<2>,
    pub(super) repeated: Phrase<1>,
    pub(super) not_one_of: Phrase<2>,
    pub(super) not_within: Phrase<3>,
    pub(super) not_within_nor_off: Phrase<3>,
    pub(super) not_a_name: Phrase<2>,

    // What a link chooses
    pub(super) no_such_queues: Phrase<0>,
    pub(super) nothing_found: Phrase<0>,
    pub(super) missing_queues: Phrase<1>,
    // The browser's tab: the sooner it is cut the more tabs there are
    pub(super) no_data: Word<48>,
    pub(super) one_critical: Phrase<1>,
    pub(super) several_critical: Phrase<1>,
    pub(super) one_warning: Phrase<1>,
    pub(super) several_warnings: Phrase<1>,
    pub(super) access: Access,
}

/// The server's causes.
pub(super) struct Causes {
    pub(super) sign_in_rejected: Phrase<0>,
    pub(super) forbidden: Phrase<0>,
    pub(super) not_found: Phrase<0>,
    pub(super) none_found: Phrase<0>,
    pub(super) nothing_visible: Phrase<0>,
    pub(super) left_out: Phrase<0>,
    pub(super) list_incomplete: Phrase<0>,
    pub(super) all_left_out: Phrase<0>,
    pub(super) stood_still: Phrase<0>,
    pub(super) rate_limited: Phrase<0>,
    pub(super) upstream_trouble: Phrase<0>,
    pub(super) no_connection: Phrase<0>,
    pub(super) timed_out: Phrase<0>,
    pub(super) unreadable: Phrase<0>,
    pub(super) no_answer: Phrase<0>,
    pub(super) first_answer: Phrase<0>,
}

impl Words {
    /// How wide the words for agents are together, in half letters.
    pub(super) const fn agents_width(&self) -> usize {
        width(self.free.text()) + width(self.busy.text()) + width(self.logged_on.text())
    }

    /// How wide the words for agents off calls are together, in half letters.
    pub(super) const fn off_call_width(&self) -> usize {
        width(self.after_call.text()) + width(self.away.text())
    }
}

/// All languages in the order of [`Language`], which is how they are found.
pub(super) const fn checked<const N: usize>(all: [Words; N]) -> [Words; N] {
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
