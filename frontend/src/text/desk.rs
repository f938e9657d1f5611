//! A supervisor's desk, keys and settings.
//!
//! # Layout
//! - here: what the page says, by what it means
//! - `reason`: why a queue is at its level, with value and limit
//! - `words`: what every language has to have
//! - `english`, `german`, `spanish`, `french`, `portuguese`: the languages

mod english;
mod french;
mod german;
mod portuguese;
mod reason;
mod spanish;
mod words;

use queuewall_shared::language::Language;
use queuewall_shared::snapshot::Level;

use super::problem::SECRET_CHARACTERS;
use crate::board::Summary;
use crate::keys::Command;
use crate::{language, numbers};
use words::{Agents, Desk, Detail, Table};

pub(crate) use reason::reason;

/// In the order of [`Language`]. Apart from all other words, which a wall has too.
static ALL: [Desk; Language::ALL.len()] = [
    english::DESK,
    german::DESK,
    spanish::DESK,
    french::DESK,
    portuguese::DESK,
];

fn desk() -> &'static Desk {
    &ALL[language::current() as usize]
}

/// The words of the page of one queue.
pub(crate) fn detail() -> &'static Detail {
    &desk().detail
}

/// The words of the table of queues.
pub(crate) fn table() -> &'static Table {
    &desk().table
}

/// The words of the list of agents.
pub(crate) fn agent_list() -> &'static Agents {
    &desk().agents
}

/// How many agents are logged on.
#[must_use]
pub fn agents_logged_on(agents: u64) -> String {
    let agents = numbers::count(agents);
    super::words().logged_on_now.fill([&agents])
}

/// None of the queues that the link names is on the board.
#[must_use]
pub fn no_such_queues() -> &'static str {
    super::words().no_such_queues.text()
}

/// The search finds no name.
#[must_use]
pub fn nothing_found() -> &'static str {
    super::words().nothing_found.text()
}

/// Queues that the link names and the board lacks.
#[must_use]
pub fn missing_queues(ids: &[String]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| missing_queue(id)).collect();
    super::words().missing_queues.fill([&ids.join(", ")])
}

/// An id as it stands there; a few letters of one that may be a link's token, which is no
/// number and no UUID.
fn missing_queue(id: &str) -> String {
    let is_id = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    if id.len() < SECRET_CHARACTERS || id.bytes().all(is_id) {
        return id.to_owned();
    }
    let start: String = id.chars().take(4).collect();
    start + "…"
}

/// Before the queues' names are searched.
#[must_use]
pub fn search() -> &'static str {
    desk().search.text()
}

/// Before the choice of an order.
#[must_use]
pub fn order() -> &'static str {
    desk().names.sort.text()
}

/// The order of the board's configuration.
#[must_use]
pub fn sort_board() -> &'static str {
    desk().choices.by_board.text()
}

/// The worst queues first.
#[must_use]
pub fn sort_worst() -> &'static str {
    desk().choices.worst_first.text()
}

/// How many queues are shown of how many.
#[must_use]
pub fn shown_of(shown: usize, of: usize) -> String {
    desk()
        .shown_of
        .fill([&numbers::count(shown as u64), &numbers::count(of as u64)])
}

/// Opens the settings; also their heading.
#[must_use]
pub fn settings() -> &'static str {
    desk().settings.text()
}

/// Opens the list of keys; also its heading.
#[must_use]
pub fn help() -> &'static str {
    desk().help.text()
}

/// Closes what is open.
#[must_use]
pub fn close() -> &'static str {
    desk().close.text()
}

/// The tab's title instead of numbers when no reading counts.
#[must_use]
pub fn no_data() -> &'static str {
    super::words().no_data.text()
}

/// The tab's title when nothing can be told, and why not.
#[must_use]
pub fn tab_unknown(excuse: &str, heading: &str) -> String {
    ["? ", excuse, " – ", heading].concat()
}

/// The tab's title: how many queues are in trouble, and the first of the header's numbers.
#[must_use]
pub fn tab_title(summary: &Summary, heading: &str) -> String {
    let (sign, level, queues) = match (summary.critical, summary.warning) {
        (0, 0) => ("", Level::Ok, 0),
        (0, warning) => ("▲ ", Level::Warning, warning),
        (critical, _) => ("● ", Level::Critical, critical),
    };
    let trouble = super::at_level(level, queues);
    let total = super::total(summary.totals[0]).concat();
    let dot = match trouble.is_empty() || total.is_empty() {
        true => "",
        false => " · ",
    };
    let dash = match trouble.is_empty() && total.is_empty() {
        true => "",
        false => " – ",
    };
    [sign, &trouble, dot, &total, dash, heading].concat()
}

/// What a key does, in the list of keys.
#[must_use]
pub fn command(command: Command) -> &'static str {
    let desk = desk();
    let phrase = match command {
        Command::NextPage => desk.commands.next_page,
        Command::PreviousPage => desk.commands.previous_page,
        Command::TogglePause => desk.commands.toggle_pause,
        Command::FullScreen => desk.commands.full_screen,
        Command::ToggleSound => desk.commands.toggle_sound,
        Command::Help => desk.commands.help,
        Command::Search => desk.commands.search,
        Command::Table => desk.detail.chart_table,
        Command::Agents => desk.commands.agents,
        Command::Settings => return desk.settings.text(),
        Command::Close => return desk.close.text(),
    };
    phrase.text()
}

/// The space bar.
#[must_use]
pub fn space_bar() -> &'static str {
    desk().space_bar.text()
}

/// The escape key, and a remote's way back.
#[must_use]
pub fn back_key() -> &'static str {
    desk().back_key.text()
}

/// Colour keys of a TV's remote, and what they do.
#[must_use]
pub fn remote_keys() -> &'static str {
    desk().remote_keys.text()
}

/// A setting's name in the settings panel.
#[must_use]
pub fn setting(name: &str) -> &'static str {
    let names = &desk().names;
    let word = match name {
        "screen" => names.screen,
        "view" => names.view,
        "theme" => names.theme,
        "lang" => names.language,
        "metres" => names.metres,
        "inches" => names.inches,
        "rotate" => names.rotate,
        "sort" => names.sort,
        "sound" => names.sound,
        "queues" => names.queues,
        _ => return "",
    };
    word.text()
}

/// A setting's word in the settings panel: what it is in the link, in words.
#[must_use]
pub fn choice(name: &str, word: &str) -> &'static str {
    let choices = &desk().choices;
    let word = match (name, word) {
        ("view", "wall") => return super::wall(),
        ("view", "tab") => return super::desk_word(),
        ("theme", "dark") => choices.dark,
        ("theme", "light") => choices.light,
        ("theme", "contrast") => choices.contrast,
        ("lang", code) => return own_name(code),
        ("sort", "board") => choices.by_board,
        ("sort", "worst") => choices.worst_first,
        ("sound", "on") => choices.on,
        ("sound", "off") => choices.off,
        _ => return "",
    };
    word.text()
}

/// What a language calls itself, whatever the page speaks: for those who look for it.
fn own_name(code: &str) -> &'static str {
    match Language::of_code(code) {
        Some(Language::English) => "English",
        Some(Language::German) => "Deutsch",
        Some(Language::Spanish) => "Español",
        Some(Language::French) => "Français",
        Some(Language::Portuguese) => "Português",
        None => "",
    }
}

/// A setting that the link leaves to the board or the page, which has this for it.
#[must_use]
pub fn left_open(effective: &str) -> String {
    match effective {
        "" => desk().left_open.text().into(),
        effective => desk().left_open_to.fill([effective]),
    }
}

/// The pages never change by themselves.
#[must_use]
pub fn never() -> &'static str {
    desk().never.text()
}

/// All of the board's queues.
#[must_use]
pub fn all_queues() -> &'static str {
    desk().all_queues.text()
}

/// Above the address that the settings make.
#[must_use]
pub fn address() -> &'static str {
    desk().address.text()
}

/// Goes to the address.
#[must_use]
pub fn open() -> &'static str {
    desk().open.text()
}

/// Puts the address into the clipboard.
#[must_use]
pub fn copy() -> &'static str {
    desk().copy.text()
}

/// The address is in the clipboard.
#[must_use]
pub fn copied() -> &'static str {
    desk().copied.text()
}

/// A value that cannot be followed is not in the address.
#[must_use]
pub fn not_in_address() -> &'static str {
    desk().not_in_address.text()
}
