//! English.

use queuewall_shared::phrase::{phrase, word};

use super::words::{Choices, Commands, Desk, Names};

pub(in crate::text) const DESK: Desk = Desk {
    search: word("Search"),
    shown_of: phrase("{0} of {1} shown"),
    help: word("Keys"),
    space_bar: word("Space"),
    back_key: word("Esc"),
    commands: Commands {
        next_page: phrase("Next page"),
        previous_page: phrase("Page before"),
        toggle_pause: phrase("Stop the pages, or go on"),
        full_screen: phrase("Full screen, and back"),
        toggle_sound: phrase("Sound on or off"),
        help: phrase("These keys"),
        search: phrase("Search a queue"),
    },
    remote_keys: phrase(
        "On a remote: OK opens the settings; red is sound, green settings, yellow full \
         screen, blue keys.",
    ),
    settings: word("Settings"),
    close: word("Close"),
    names: Names {
        screen: word("Screen’s name"),
        view: word("Laid out for"),
        theme: word("Colours"),
        language: word("Language"),
        metres: word("Distance in metres"),
        inches: word("Diagonal in inches"),
        rotate: word("Seconds a page"),
        sort: word("Order"),
        sound: word("Sound"),
        queues: word("Queues"),
    },
    choices: Choices {
        dark: word("Dark"),
        light: word("Light"),
        contrast: word("High contrast"),
        by_board: word("Board"),
        worst_first: word("Worst first"),
        on: word("On"),
        off: word("Off"),
    },
    left_open: word("As usual"),
    left_open_to: phrase("As usual ({0})"),
    never: word("never"),
    all_queues: word("All"),
    address: phrase("The address for these settings"),
    open: word("Open"),
    copy: word("Copy"),
    copied: word("Copied"),
    not_in_address: phrase("What cannot be followed is left out of the address."),
};
