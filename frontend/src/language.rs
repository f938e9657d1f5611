//! Which language the page speaks now. There is one for the whole page, and whatever
//! reads it in a reactive closure runs again when it changes: the board's own language
//! is known only with the first answer.
//!
//! English is built in. Another language is a file that `words.js` fetches: until it is here
//! the page goes on in the language that it has.

use std::cell::{Cell, RefCell};

use leptos::prelude::*;
use leptos::reactive::diagnostics::SpecialNonReactiveZone;
use queuewall_shared::language::Language;
use queuewall_shared::words::{self, Words};
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::settings;
use crate::slots;

#[wasm_bindgen(js_namespace = queuewall)]
extern "C" {
    /// The text of a language's file, if it is here; else `loaded` is called when it is.
    #[wasm_bindgen(catch, js_name = words)]
    fn file(code: &str, loaded: JsValue) -> Result<Option<String>, JsValue>;
}

thread_local! {
    /// The language that the page is to speak.
    static WANTED: Cell<Language> = const { Cell::new(Language::English) };
    static SPOKEN: Cell<&'static Words> = const { Cell::new(&words::ENGLISH) };
    /// Kept for good, since words are `'static`: one a language.
    static FETCHED: RefCell<Vec<&'static Words>> = const { RefCell::new(Vec::new()) };
    static CHANGED: ArcTrigger = ArcTrigger::new();
}

/// The language now, tracked where somebody tracks.
#[must_use]
pub fn current() -> Language {
    words().language
}

/// How numbers and times are written: a BCP 47 tag.
pub(crate) fn locale() -> &'static str {
    words().locale
}

/// Its words, tracked where somebody tracks.
pub(crate) fn words() -> &'static Words {
    // Words outside of a closure are meant to stay as they are: no warning for them.
    let _quiet = SpecialNonReactiveZone::enter();
    CHANGED.with(Track::track);
    words_untracked()
}

/// Its words, without anything that could fail.
pub(crate) fn words_untracked() -> &'static Words {
    SPOKEN.get()
}

/// Speaks `language` as soon as its words are here, and says so to screen readers and
/// hyphenation.
pub fn speak(language: Language) {
    WANTED.set(language);
    let Some(words) = words_of(language) else {
        return;
    };
    if let Some(html) = document().document_element()
        && html.get_attribute("lang").as_deref() != Some(language.code())
    {
        // A page without the attribute still shows the right words.
        let _ = html.set_attribute("lang", language.code());
    }
    if SPOKEN.replace(words).language != language {
        CHANGED.with(Notify::notify);
    }
}

/// A language's words, if they are here; else they are fetched and spoken, where no other
/// language is wanted by then.
fn words_of(language: Language) -> Option<&'static Words> {
    // `trunk serve` and the tests of components have no files.
    if cfg!(debug_assertions) {
        return Some(&words::ALL[language as usize]);
    }
    if language == Language::English {
        return Some(&words::ENGLISH);
    }
    FETCHED.with_borrow_mut(|fetched| {
        if let Some(known) = fetched.iter().find(|it| it.language == language) {
            return Some(*known);
        }
        let loaded = Closure::once_into_js(|| speak(WANTED.get()));
        let text = file(language.code(), loaded).ok()??;
        let words: &Words = Box::leak(Box::new(Words::of_file(text.leak(), language)?));
        fetched.push(words);
        Some(words)
    })
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
