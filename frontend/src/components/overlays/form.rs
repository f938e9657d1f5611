//! The settings panel: writes the address that asks for what is chosen here. Nothing is
//! kept anywhere else, so that a screen is set up by its address alone.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Reflect};
use leptos::prelude::document;
use queuewall_shared::fit::Distance;
use queuewall_shared::rotation::DEFAULT_PERIOD;
use queuewall_shared::settings::View;
use queuewall_shared::snapshot::{Display, Theme};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, HtmlTextAreaElement};

use super::draft::Draft;
use crate::board::BoardState;
use crate::markup::{self, all, fill, find, flag, say, set};
use crate::{language, numbers, qr, steering, text};

/// What is done at an event.
pub(super) type Act = Box<dyn Fn(&Event)>;

/// Settings that are chosen from words, with the link's words; the empty one leaves the
/// setting to the board or the page.
const CHOICES: [(&str, &[&str]); 5] = [
    ("view", &["wall", "tab"]),
    ("sort", &["", "worst", "board"]),
    ("theme", &["", "dark", "light", "contrast"]),
    ("lang", &["", "en", "de", "es", "fr", "pt"]),
    ("sound", &["off", "on"]),
];

/// Settings that are typed in.
const ENTRIES: [&str; 4] = ["metres", "inches", "rotate", "screen"];

/// The form and the address, without what is chosen yet.
pub(super) fn body(board: BoardState) -> String {
    let mut body = String::from("<div class=settings><div class=settings-form>");
    for (name, words) in CHOICES {
        body += &fill(&[
            "<div class=setting role=group aria-label=\"",
            text::setting(name),
            "\" data-setting=\"",
            name,
            "\"><span class=setting-name>",
            text::setting(name),
            "</span><div class=choices>",
        ]);
        for word in words {
            body += &choice(word, text::choice(name, word));
        }
        body += "</div></div>";
    }
    for name in ENTRIES {
        body += &fill(&[
            "<div class=setting data-setting=\"",
            name,
            "\"><label class=setting-name for=\"set-",
            name,
            "\">",
            text::setting(name),
            "</label><div class=setting-entry><input type=text autocomplete=off id=\"set-",
            name,
            "\">",
        ]);
        if name == "rotate" {
            body += &choice("off", text::never());
        }
        body += "<p class=setting-fault role=alert></p></div></div>";
    }
    body += &fill(&[
        "<div class=setting data-setting=queues><span class=setting-name>",
        text::setting("queues"),
        "</span><div class=setting-queues>",
    ]);
    body += &choice("", text::all_queues());
    for (id, name) in board.names() {
        body += &fill(&[
            "<label class=check><input type=checkbox value=\"",
            &id,
            "\"><span>",
            &name,
            "</span></label>",
        ]);
    }
    body + &fill(&[
        "</div></div></div><div class=settings-address><label for=set-address>",
        text::address(),
        "</label><textarea readonly tabindex=-1 id=set-address></textarea>\
         <p class=setting-fault role=alert></p><div class=settings-acts>\
         <a class=\"button button-first\">",
        text::open(),
        "</a><button class=button type=button data-act=copy></button></div>\
         <svg class=settings-code role=img aria-label=\"",
        text::address(),
        "\"><path/></svg><p class=settings-status></p></div></div>",
    ])
}

fn choice(word: &str, label: &str) -> String {
    fill(&[
        "<button class=choice type=button data-word=\"",
        word,
        "\">",
        label,
        "</button>",
    ])
}

/// Shows in `panel` what `draft` has, and lets it be changed.
pub(super) fn bring_to_life(
    panel: &HtmlElement,
    board: BoardState,
    draft: Draft,
    listen: &mut dyn FnMut(&'static str, Act),
) {
    for name in ENTRIES {
        if let Some(input) = entry(panel, name) {
            input.set_value(draft.get(name));
        }
    }
    let form = Rc::new(Form {
        panel: panel.clone(),
        display: board.display(),
        draft: RefCell::new(draft),
    });
    form.show(false);
    for (name, act) in [
        ("click", Form::clicked as fn(&Form, &Event)),
        ("input", Form::typed),
        ("change", Form::checked),
    ] {
        let form = Rc::clone(&form);
        listen(name, Box::new(move |event| act(&form, event)));
    }
}

struct Form {
    panel: HtmlElement,
    display: Display,
    draft: RefCell<Draft>,
}

impl Form {
    fn clicked(&self, event: &Event) {
        if markup::around(event, "data-act").is_some_and(|it| it.1 == "copy") {
            let line: Option<HtmlTextAreaElement> = find(&self.panel, "#set-address");
            if let Some(line) = line {
                line.select();
            }
            self.show(copy_selection());
            // The selection took the focus along.
            if let Some(button) = find(&self.panel, "[data-act=copy]") {
                steering::focus(&button);
            }
            return;
        }
        let word = markup::around(event, "data-word");
        let (Some((_, word)), Some((_, name))) = (word, markup::around(event, "data-setting"))
        else {
            return;
        };
        let is_off = name == "rotate" && self.draft.borrow().get(&name) == word;
        let word = if is_off { "" } else { &word };
        self.draft.borrow_mut().set(&name, word);
        if let Some(input) = entry(&self.panel, &name) {
            input.set_value(word);
        }
        self.show(false);
    }

    fn typed(&self, event: &Event) {
        let Some((_, name)) = markup::around(event, "data-setting") else {
            return;
        };
        if let Some(input) = entry(&self.panel, &name) {
            self.draft.borrow_mut().set(&name, &input.value());
            self.show(false);
        }
    }

    fn checked(&self, event: &Event) {
        let target = event.target();
        let input: Option<HtmlInputElement> = target.and_then(|it| it.dyn_into().ok());
        if let Some(input) = input.filter(|input| input.type_() == "checkbox") {
            self.draft.borrow_mut().toggle_queue(&input.value());
            self.show(false);
        }
    }

    fn show(&self, is_copied: bool) {
        let draft = self.draft.borrow();
        for setting in all(&self.panel, ".setting") {
            let name = setting.get_attribute("data-setting").unwrap_or_default();
            let usual = usual(&self.display, draft.settings().view, &name);
            for button in all(&setting, "[data-word]") {
                let word = button.get_attribute("data-word").unwrap_or_default();
                let chosen = match (draft.get(&name), name.as_str()) {
                    ("", "view") => "wall",
                    ("", "sound") => "off",
                    (chosen, _) => chosen,
                };
                set(&button, "aria-pressed", flag(chosen == word));
                if word.is_empty() && name != "queues" {
                    say(&button, &text::left_open(&usual));
                }
            }
            if let Some(fault) = find::<Element>(&setting, ".setting-fault") {
                say(&fault, &draft.fault(&name));
            }
            if let Some(input) = entry(&self.panel, &name) {
                set(&input, "placeholder", &usual);
                set(&input, "aria-invalid", flag(!draft.fault(&name).is_empty()));
            }
        }
        for input in all(&self.panel, "[type=checkbox]") {
            if let Ok(input) = input.dyn_into::<HtmlInputElement>() {
                let queues = &draft.settings().queues;
                input.set_checked(queues.contains(&input.value()));
            }
        }
        self.show_address(&draft, is_copied);
    }

    fn show_address(&self, draft: &Draft, is_copied: bool) {
        let address = draft.address();
        let change = |selector: &str, change: &dyn Fn(&Element)| {
            if let Some(element) = find(&self.panel, selector) {
                change(&element);
            }
        };
        let line = find::<HtmlTextAreaElement>(&self.panel, "#set-address");
        if let Some(line) = line.filter(|line| line.value() != address) {
            line.set_value(&address);
        }
        let fault = if draft.has_faults() {
            text::not_in_address()
        } else {
            ""
        };
        change(".settings-address .setting-fault", &|it| say(it, fault));
        change(".settings-acts a", &|it| set(it, "href", &address));
        let copy = if is_copied {
            text::copied()
        } else {
            text::copy()
        };
        change("[data-act=copy]", &|it| say(it, copy));
        let (view_box, path) = qr::path(&address);
        change(".settings-code", &|it| set(it, "viewBox", &view_box));
        change(".settings-code path", &|it| set(it, "d", &path));
    }
}

fn entry(panel: &Element, name: &str) -> Option<HtmlInputElement> {
    find(panel, &format!("#set-{name}"))
}

/// What a setting comes to where the link leaves it open, in words.
fn usual(display: &Display, view: View, name: &str) -> String {
    let is_tab = view == View::Tab;
    let distance = if is_tab {
        Distance::DESK
    } else {
        Distance::WALL
    };
    // The board's screen is the one on the wall: a desk has its own.
    let or = |own: Option<f64>, usual| numbers::tenths(own.filter(|_| !is_tab).unwrap_or(usual));
    let word = match name {
        "metres" => return or(display.metres, distance.metres),
        "inches" => return or(display.inches, distance.inches),
        "rotate" if is_tab => return text::never().into(),
        "rotate" => {
            let seconds = display.rotate_seconds.map(u64::from);
            return seconds.unwrap_or(DEFAULT_PERIOD.as_secs()).to_string();
        }
        "theme" => match display.theme {
            Some(Theme::Light) => "light",
            Some(Theme::Contrast) => "contrast",
            Some(Theme::Dark) | None => "dark",
        },
        "lang" => language::choose(None, display.language.clone()).code(),
        "sort" if is_tab => "worst",
        "sort" => "board",
        _ => "",
    };
    text::choice(name, word).into()
}

/// Copies what is selected. By the old way, since the new one works over https alone,
/// and many a wall has none.
fn copy_selection() -> bool {
    let document = document();
    let copy = || -> Option<bool> {
        let command = Reflect::get(&document, &"execCommand".into()).ok()?;
        let command: Function = command.dyn_into().ok()?;
        let answer = command.call1(&document, &JsValue::from_str("copy"));
        answer.ok()?.as_bool()
    };
    copy().unwrap_or(false)
}
