//! What every language has to have for a desk, for keys and for settings.

use queuewall_shared::phrase::{Phrase, Word};

/// A language's words for a desk, for keys and for settings.
pub(in crate::text) struct Desk {
    // The line over the tiles
    pub(in crate::text) search: Word<24>,
    pub(in crate::text) shown_of: Phrase<2>,

    /// The page of one queue.
    pub(in crate::text) detail: Detail,
    pub(in crate::text) table: Table,
    pub(in crate::text) agents: Agents,

    // Keys
    pub(in crate::text) help: Word<24>,
    pub(in crate::text) space_bar: Word<16>,
    pub(in crate::text) back_key: Word<16>,
    pub(in crate::text) commands: Commands,
    pub(in crate::text) remote_keys: Phrase<0>,

    // The settings panel
    pub(in crate::text) settings: Word<24>,
    pub(in crate::text) close: Word<24>,
    pub(in crate::text) names: Names,
    pub(in crate::text) choices: Choices,
    pub(in crate::text) left_open: Word<24>,
    /// What it comes to where it is left open.
    pub(in crate::text) left_open_to: Phrase<1>,
    pub(in crate::text) never: Word<16>,
    pub(in crate::text) all_queues: Word<24>,
    pub(in crate::text) address: Phrase<0>,
    pub(in crate::text) open: Word<24>,
    pub(in crate::text) copy: Word<24>,
    pub(in crate::text) copied: Word<24>,
    pub(in crate::text) not_in_address: Phrase<0>,
}

/// What a key does; what opens a panel is called like the panel.
pub(in crate::text) struct Commands {
    pub(in crate::text) next_page: Phrase<0>,
    pub(in crate::text) previous_page: Phrase<0>,
    pub(in crate::text) toggle_pause: Phrase<0>,
    pub(in crate::text) full_screen: Phrase<0>,
    pub(in crate::text) toggle_sound: Phrase<0>,
    pub(in crate::text) help: Phrase<0>,
    pub(in crate::text) search: Phrase<0>,
    pub(in crate::text) agents: Phrase<0>,
}

/// The settings' names: two lines at most beside what is chosen.
pub(in crate::text) struct Names {
    pub(in crate::text) screen: Word<44>,
    pub(in crate::text) view: Word<44>,
    pub(in crate::text) theme: Word<44>,
    pub(in crate::text) language: Word<44>,
    pub(in crate::text) metres: Word<44>,
    pub(in crate::text) inches: Word<44>,
    pub(in crate::text) rotate: Word<44>,
    pub(in crate::text) sort: Word<44>,
    pub(in crate::text) sound: Word<44>,
    pub(in crate::text) queues: Word<44>,
}

/// What can be chosen; languages are called what they call themselves.
pub(in crate::text) struct Choices {
    pub(in crate::text) dark: Word<32>,
    pub(in crate::text) light: Word<32>,
    pub(in crate::text) contrast: Word<32>,
    pub(in crate::text) by_board: Word<32>,
    pub(in crate::text) worst_first: Word<32>,
    pub(in crate::text) on: Word<32>,
    pub(in crate::text) off: Word<32>,
}

/// What the page of one queue says.
pub(crate) struct Detail {
    pub(crate) all_queues: Phrase<0>,
    pub(crate) place: Phrase<2>,
    pub(crate) previous: Phrase<0>,
    pub(crate) next: Phrase<0>,
    pub(crate) calls_waiting: Phrase<0>,
    pub(crate) average_wait: Phrase<0>,
    pub(crate) longest_wait: Phrase<0>,
    pub(crate) service_level: Phrase<0>,
    pub(crate) agents_of_queue: Phrase<0>,
    pub(crate) free_agents: Phrase<0>,
    pub(crate) logged_on: Phrase<0>,
    pub(crate) limit: Phrase<1>,
    pub(crate) against: Phrase<2>,
    pub(crate) now: Phrase<0>,
    pub(crate) last: Phrase<1>,
    pub(crate) week_before: Phrase<0>,
    pub(crate) not_recorded: Phrase<0>,
    pub(crate) not_recorded_of: Phrase<1>,
    pub(crate) today: Phrase<0>,
    pub(crate) days: Phrase<1>,
    pub(crate) range: Phrase<0>,
    pub(crate) highest_of: Phrase<1>,
    pub(crate) value_of: Phrase<1>,
    pub(crate) backfilled: Phrase<0>,
    pub(crate) critical_at: Phrase<1>,
    pub(crate) warning_at: Phrase<1>,
    pub(crate) goal: Phrase<1>,
    pub(crate) no_reading: Phrase<0>,
    pub(crate) level_since: Phrase<2>,
    pub(crate) waiting_now: Phrase<1>,
    pub(crate) as_table: Phrase<0>,
    pub(crate) as_chart: Phrase<0>,
    pub(crate) time: Phrase<0>,
    pub(crate) highest: Phrase<2>,
    pub(crate) compared: Phrase<2>,
    pub(crate) gaps: Phrase<1>,
    pub(crate) free_elsewhere: Phrase<0>,
    pub(crate) in_several: Phrase<0>,
    pub(crate) none_elsewhere: Phrase<0>,
    pub(crate) queue: Phrase<0>,
    pub(crate) happened: Phrase<0>,
    pub(crate) nothing_happened: Phrase<0>,
    pub(crate) within_limits: Phrase<0>,
    pub(crate) not_judged: Phrase<0>,
    pub(crate) no_history: Phrase<0>,
    pub(crate) reading_history: Phrase<0>,
    pub(crate) little_known: Phrase<0>,
    pub(crate) no_such_queue: Phrase<0>,
    pub(crate) chart_table: Phrase<0>,
    /// Today's numbers, here and below.
    pub(crate) offered: Phrase<0>,
    pub(crate) handled: Phrase<0>,
    pub(crate) abandoned: Phrase<0>,
    pub(crate) of_queued: Phrase<2>,
    pub(crate) speed_of_answer: Phrase<0>,
    pub(crate) handle_time: Phrase<0>,
    pub(crate) talk_and_wrap: Phrase<2>,
    pub(crate) of_contacts: Phrase<1>,
    pub(crate) no_today: Phrase<0>,
    pub(crate) today_forbidden: Phrase<0>,
}

/// What the table of queues says.
pub(crate) struct Table {
    pub(crate) tiles: Phrase<0>,
    pub(crate) table: Phrase<0>,
    pub(crate) form: Phrase<0>,
    pub(crate) level: Phrase<0>,
    pub(crate) waiting: Phrase<0>,
    pub(crate) change: Phrase<0>,
    pub(crate) worsened_most: Phrase<0>,
    pub(crate) wait: Phrase<0>,
    pub(crate) service: Phrase<0>,
    pub(crate) free: Phrase<0>,
    pub(crate) on: Phrase<0>,
    pub(crate) line: Phrase<0>,
    pub(crate) since: Phrase<0>,
    pub(crate) queues: Phrase<1>,
    pub(crate) one_queue: Phrase<0>,
    pub(crate) several_closed: Phrase<1>,
    pub(crate) total: Phrase<1>,
}

/// What the list of agents says.
pub(crate) struct Agents {
    pub(crate) title: Phrase<0>,
    /// What an agent does: the longest form.
    pub(crate) available: Phrase<0>,
    pub(crate) after_call_work: Phrase<0>,
    pub(crate) on_contact: Phrase<0>,
    pub(crate) unavailable: Phrase<0>,
    pub(crate) other: Phrase<0>,
    pub(crate) past_limit: Phrase<0>,
    /// The columns.
    pub(crate) agent: Phrase<0>,
    pub(crate) state: Phrase<0>,
    pub(crate) time: Phrase<0>,
    pub(crate) team: Phrase<0>,
    pub(crate) nothing_found: Phrase<0>,
    pub(crate) reading: Phrase<0>,
    pub(crate) failed: Phrase<0>,
    /// Why nobody is listed, and what to do.
    pub(crate) no_right: Phrase<0>,
    pub(crate) counts_only: Phrase<0>,
    pub(crate) open_access: Phrase<0>,
    pub(crate) not_read: Phrase<0>,
    pub(crate) forbidden: Phrase<0>,
    pub(crate) no_dialect: Phrase<0>,
    pub(crate) not_asked: Phrase<0>,
    /// On the page of one queue.
    pub(crate) handling: Phrase<0>,
    pub(crate) nobody_handling: Phrase<0>,
}
