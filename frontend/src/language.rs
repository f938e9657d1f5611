//! Which language the page speaks now. There is one for the whole page, and whatever
//! reads it in a reactive closure runs again when it changes: the board's own language
//! is known only with the first answer.

use std::cell::Cell;

use leptos::prelude::*;
use leptos::reactive::diagnostics::SpecialNonReactiveZone;
use queuewall_shared::language::Language;

use crate::settings;
use crate::slots;

thread_local! {
    static LANGUAGE: Cell<Language> = const { Cell::new(Language::English) };
    static CHANGED: ArcTrigger = ArcTrigger::new();
}

/// The language now, tracked where somebody tracks.
#[must_use]
pub fn current() -> Language {
    // Words outside of a closure are meant to stay as they are: no warning for them.
    let _quiet = SpecialNonReactiveZone::enter();
    CHANGED.with(Track::track);
    current_untracked()
}

/// The language now, without anything that could fail.
#[must_use]
pub fn current_untracked() -> Language {
    LANGUAGE.get()
}

/// Speaks `language` from now on, and says so to screen readers and hyphenation.
pub fn speak(language: Language) {
    if let Some(html) = document().document_element()
        && html.get_attribute("lang").as_deref() != Some(language.code())
    {
        // A page without the attribute still shows the right words.
        let _ = html.set_attribute("lang", language.code());
    }
    if LANGUAGE.replace(language) != language {
        CHANGED.with(Notify::notify);
    }
}

/// Speaks what the link asks, else what `board` says, else what the browser prefers,
/// and follows `board` for as long as the reactive owner lives.
pub fn follow(board: impl Fn() -> Option<String> + Send + Sync + 'static) {
    let asked = settings::asked().settings.language;
    // At once, so that no word is written in one language to be replaced in the next.
    speak(choose(asked, untrack(&board)));
    if asked.is_none() {
        slots::follow(move || speak(choose(None, board())));
    }
}

/// The language that a page speaks whose link and board say so.
#[must_use]
pub fn choose(link: Option<Language>, board: Option<String>) -> Language {
    let tags = window().navigator().languages();
    let tags = tags.iter().filter_map(|tag| tag.as_string());
    Language::choose(link, board.as_deref(), tags)
}
