//! Keys of keyboards and TV remotes, and who obeys them.

use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement, KeyboardEvent};

use crate::field::Field;
use crate::listener::{self, Listener};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// The next page of tiles.
    NextPage,
    /// The page before.
    PreviousPage,
    /// The pages stop, or go on.
    TogglePause,
    /// Full screen, or back.
    FullScreen,
    /// Sound on or off.
    ToggleSound,
    /// The settings panel, open or closed.
    Settings,
    /// The list of keys, open or closed.
    Help,
    /// To the search for a queue's name.
    Search,
    /// A chart as a table, or back.
    Table,
    /// The board's agents, or back.
    Agents,
    /// Close what is open, clear what is searched.
    Close,
}

impl Command {
    /// What a key asks for, by its name; TV browsers that have none for a key of the
    /// remote only give its number.
    #[must_use]
    pub fn of_key(key: &str, code: u32) -> Option<Self> {
        Some(match key {
            "ArrowRight" | "PageDown" | "MediaTrackNext" => Self::NextPage,
            "ArrowLeft" | "PageUp" | "MediaTrackPrevious" => Self::PreviousPage,
            " " | "p" | "P" | "MediaPlayPause" | "MediaPlay" | "MediaPause" => Self::TogglePause,
            "f" | "F" | "ColorF2Yellow" => Self::FullScreen,
            "m" | "M" | "ColorF0Red" => Self::ToggleSound,
            "s" | "S" | "Enter" | "ColorF1Green" => Self::Settings,
            "?" | "h" | "H" | "ColorF3Blue" => Self::Help,
            "/" => Self::Search,
            "t" | "T" => Self::Table,
            "a" | "A" => Self::Agents,
            "Escape" | "GoBack" | "BrowserBack" | "XF86Back" => Self::Close,
            _ => return Self::of_code(code),
        })
    }

    /// Samsung's and LG's numbers.
    fn of_code(code: u32) -> Option<Self> {
        Some(match code {
            403 => Self::ToggleSound,
            404 => Self::Settings,
            405 => Self::FullScreen,
            406 => Self::Help,
            415 | 19 | 10252 => Self::TogglePause,
            461 | 10009 => Self::Close,
            _ => return None,
        })
    }

    /// A key that is held down turns pages, and does nothing else twice.
    fn repeats(self) -> bool {
        matches!(self, Self::NextPage | Self::PreviousPage)
    }
}

/// What lies over the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// The list of keys.
    Help,
    /// The settings.
    Settings,
}

impl Panel {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Help, Self::Settings];

    /// What opens it.
    #[must_use]
    pub fn command(self) -> Command {
        match self {
            Self::Help => Command::Help,
            Self::Settings => Command::Settings,
        }
    }

    /// The fragment of a desk's address that opens it from the start.
    #[must_use]
    pub fn fragment(self) -> &'static str {
        match self {
            Self::Help => "#keys",
            Self::Settings => "#settings",
        }
    }
}

type Receiver = (u32, Command, Rc<dyn Fn()>);

/// Brings commands to those who obey them. A copy is the same.
#[derive(Clone, Copy)]
pub struct Commands {
    receivers: StoredValue<(u32, Vec<Receiver>), LocalStorage>,
    is_ok_taken: StoredValue<Option<Rc<dyn Fn() -> bool>>, LocalStorage>,
    open: Field<Option<Panel>>,
}

impl Commands {
    /// For every component below, which finds it by [`commands`]; listens to the keys
    /// for as long as the reactive owner lives that this is called under.
    pub fn provide() -> Self {
        let commands = Self {
            receivers: StoredValue::new_local((0, Vec::new())),
            is_ok_taken: StoredValue::new_local(None),
            open: Field::new(None),
        };
        provide_context(commands);
        let listener = Listener::with_event(window().into(), "keydown", move |event| {
            commands.hear(&event);
        });
        listener::keep(vec![listener]);
        commands
    }

    /// Calls `act` at every `command` for as long as the reactive owner lives that this
    /// is called under.
    pub fn on(&self, command: Command, act: impl Fn() + 'static) {
        self.receive(command, Rc::new(act));
    }

    fn receive(&self, command: Command, act: Rc<dyn Fn()>) {
        let receivers = self.receivers;
        let number = receivers.try_update_value(|(last, all)| {
            *last += 1;
            all.push((*last, command, act));
            *last
        });
        on_cleanup(move || {
            receivers.try_update_value(|(_, all)| all.retain(|it| Some(it.0) != number));
        });
    }

    /// While `is_taken`, OK opens no settings: the page asks for that key by itself, for
    /// something else.
    pub fn leave_ok(&self, is_taken: impl Fn() -> bool + 'static) {
        self.is_ok_taken.set_value(Some(Rc::new(is_taken)));
    }

    fn is_ok_taken(&self) -> bool {
        let is_taken = self.is_ok_taken.try_get_value().flatten();
        is_taken.is_some_and(|is_taken| is_taken())
    }

    /// What lies over the board.
    #[must_use]
    pub fn open(&self) -> Option<Panel> {
        self.open.get()
    }

    /// Gives a command; whether somebody obeyed.
    pub fn give(&self, command: Command) -> bool {
        match (self.open.get_untracked(), command) {
            (Some(_), Command::Close) => self.open.set(None),
            (None, command)
            | (
                _,
                command @ (Command::ToggleSound
                | Command::FullScreen
                | Command::Help
                | Command::Settings),
            ) => return self.tell(command),
            // The board lies below: what is open has the keys.
            _ => return false,
        }
        true
    }

    /// Opens a panel, or closes it.
    pub fn toggle(&self, panel: Panel) {
        let is_open = self.open.get_untracked() == Some(panel);
        self.open.set((!is_open).then_some(panel));
    }

    fn tell(&self, command: Command) -> bool {
        // Called on a copy: a receiver may come or go meanwhile.
        let all = self.receivers.try_with_value(|(_, all)| {
            let meant = all.iter().filter(|it| it.1 == command);
            meant.map(|it| Rc::clone(&it.2)).collect::<Vec<_>>()
        });
        let all = all.unwrap_or_default();
        for act in &all {
            act();
        }
        !all.is_empty()
    }

    fn hear(&self, event: &Event) {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
            return;
        };
        let has_modifier = event.ctrl_key() || event.alt_key() || event.meta_key();
        if has_modifier || event.default_prevented() {
            return;
        }
        let Some(command) = Command::of_key(&event.key(), event.key_code()) else {
            return;
        };
        if !is_left_over(event, command) || (event.repeat() && !command.repeats()) {
            return;
        }
        if event.key() == "Enter" && self.is_ok_taken() {
            return;
        }
        if self.give(command) {
            // A space scrolls, a slash searches, a remote's back leaves the page.
            event.prevent_default();
        }
    }
}

/// Whether the focused element does not use the key itself.
fn is_left_over(event: &KeyboardEvent, command: Command) -> bool {
    let focused = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    let Some(focused) = focused else {
        return true;
    };
    let is_typed_in = focused
        .dyn_ref::<HtmlInputElement>()
        .is_some_and(|input| input.type_() != "checkbox");
    if is_typed_in {
        return command == Command::Close;
    }
    let acts = focused.matches("a, button, input, select, textarea");
    let presses = matches!(event.key().as_str(), " " | "Enter");
    !(presses && acts.unwrap_or(false))
}

/// The page's commands; without keys where nobody provided them.
#[must_use]
pub fn commands() -> Commands {
    use_context().unwrap_or_else(|| Commands {
        receivers: StoredValue::new_local((0, Vec::new())),
        is_ok_taken: StoredValue::new_local(None),
        open: Field::new(None),
    })
}
