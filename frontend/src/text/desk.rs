//! A supervisor's desk, keys and settings. In English alone so far.

use queuewall_shared::format;

use crate::board::Tally;
use crate::keys::Command;
use crate::numbers;

/// None of the queues that the link names is on the board.
#[must_use]
pub fn no_such_queues() -> &'static str {
    "None of the queues that this address names is on this board."
}

/// The search finds no name.
#[must_use]
pub fn nothing_found() -> &'static str {
    "No queue of this name."
}

/// Queues that the link names and the board lacks.
#[must_use]
pub fn missing_queues(ids: &[String]) -> String {
    format!(
        "Queues in this address that the board does not have: {}.",
        ids.join(", ")
    )
}

/// Before the queues' names are searched.
#[must_use]
pub fn search() -> &'static str {
    "Search"
}

/// Before the choice of an order.
#[must_use]
pub fn order() -> &'static str {
    "Order"
}

/// The order of the board's configuration.
#[must_use]
pub fn sort_board() -> &'static str {
    "Board"
}

/// The worst queues first.
#[must_use]
pub fn sort_worst() -> &'static str {
    "Worst first"
}

/// How many queues are shown of how many.
#[must_use]
pub fn shown_of(shown: usize, of: usize) -> String {
    format!(
        "{} of {} shown",
        numbers::count(shown as u64),
        numbers::count(of as u64)
    )
}

/// Opens the settings; also their heading.
#[must_use]
pub fn settings() -> &'static str {
    "Settings"
}

/// Opens the list of keys; also its heading.
#[must_use]
pub fn help() -> &'static str {
    "Keys"
}

/// Closes what is open.
#[must_use]
pub fn close() -> &'static str {
    "Close"
}

/// The tab's title instead of numbers when no reading counts.
#[must_use]
pub fn no_data() -> &'static str {
    "No current data"
}

/// The tab's title when nothing can be told, and why not.
#[must_use]
pub fn tab_unknown(excuse: &str, heading: &str) -> String {
    format!("? {excuse} – {heading}")
}

/// The tab's title: how many queues are in trouble, and what waits in all.
#[must_use]
pub fn tab_title(tally: &Tally, heading: &str) -> String {
    let trouble = match (tally.critical, tally.warning) {
        (0, 0) => String::new(),
        (0, warning) => format!("▲ {warning} warning · "),
        (critical, _) => format!("● {critical} critical · "),
    };
    let more = if tally.is_partial { "+" } else { "" };
    let waiting = match tally.waiting {
        Some(waiting) => format!("{}{more} waiting", numbers::count(waiting)),
        None => format!("{} waiting", format::UNKNOWN),
    };
    format!("{trouble}{waiting} – {heading}")
}

/// What a key does, in the list of keys.
#[must_use]
pub fn command(command: Command) -> &'static str {
    match command {
        Command::NextPage => "Next page",
        Command::PreviousPage => "Page before",
        Command::TogglePause => "Stop the pages, or go on",
        Command::FullScreen => "Full screen, and back",
        Command::ToggleSound => "Sound on or off",
        Command::Settings => "Settings",
        Command::Help => "These keys",
        Command::Search => "Search a queue",
        Command::Close => "Close",
    }
}

/// The space bar.
#[must_use]
pub fn space_bar() -> &'static str {
    "Space"
}

/// The escape key, and a remote's way back.
#[must_use]
pub fn back_key() -> &'static str {
    "Esc"
}

/// Colour keys of a TV's remote, and what they do.
#[must_use]
pub fn remote_keys() -> &'static str {
    "On a remote: OK opens the settings; red is sound, green settings, yellow full \
        screen, blue keys."
}

/// A setting's name in the settings panel.
#[must_use]
pub fn setting(name: &str) -> &'static str {
    match name {
        "screen" => "Screen’s name",
        "view" => "Laid out for",
        "theme" => "Colours",
        "lang" => "Language",
        "metres" => "Distance in metres",
        "inches" => "Diagonal in inches",
        "rotate" => "Seconds a page",
        "sort" => "Order",
        "sound" => "Sound",
        "queues" => "Queues",
        _ => "",
    }
}

/// A setting's word in the settings panel: what it is in the link, in words.
#[must_use]
pub fn choice(name: &str, word: &str) -> &'static str {
    match (name, word) {
        ("view", "wall") => "A wall",
        ("view", "tab") => "A desk",
        ("theme", "dark") => "Dark",
        ("theme", "light") => "Light",
        ("theme", "contrast") => "High contrast",
        ("lang", "en") => "English",
        ("lang", "de") => "Deutsch",
        ("lang", "es") => "Español",
        ("lang", "fr") => "Français",
        ("lang", "pt") => "Português",
        ("sort", "board") => sort_board(),
        ("sort", "worst") => sort_worst(),
        ("sound", "on") => "On",
        ("sound", "off") => "Off",
        _ => "",
    }
}

/// A setting that the link leaves to the board or the page, which has this for it.
#[must_use]
pub fn left_open(effective: &str) -> String {
    match effective {
        "" => "As usual".into(),
        effective => format!("As usual ({effective})"),
    }
}

/// The pages never change by themselves.
#[must_use]
pub fn never() -> &'static str {
    "never"
}

/// All of the board's queues.
#[must_use]
pub fn all_queues() -> &'static str {
    "All"
}

/// Above the address that the settings make.
#[must_use]
pub fn address() -> &'static str {
    "The address for these settings"
}

/// Goes to the address.
#[must_use]
pub fn open() -> &'static str {
    "Open"
}

/// Puts the address into the clipboard.
#[must_use]
pub fn copy() -> &'static str {
    "Copy"
}

/// The address is in the clipboard.
#[must_use]
pub fn copied() -> &'static str {
    "Copied"
}

/// A value that cannot be followed is not in the address.
#[must_use]
pub fn not_in_address() -> &'static str {
    "What cannot be followed is left out of the address."
}
