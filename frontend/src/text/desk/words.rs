//! What every language has to have for a desk, for keys and for settings.

use queuewall_shared::phrase::{Phrase, Word};

/// A language's words for a desk, for keys and for settings.
pub(in crate::text) struct Desk {
    // The line over the tiles
    pub(in crate::text) search: Word<24>,
    pub(in crate::text) shown_of: Phrase<2>,

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
