//! The browser's tab: its title and its icon, which tell of a board that nobody looks at.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, Path2d};

use crate::board::{BoardState, Icon, TabLabel};
use crate::field::Field;
use crate::listener::{self, Listener};
use crate::slots::follow;
use crate::text;

/// Keeps title and icon as `board` has them, for as long as the reactive owner lives that
/// this is called under.
pub fn keep(board: BoardState) {
    let frozen = Field::new(false);
    // A frozen tab runs nothing and keeps its title: it must not keep numbers.
    let listen =
        |event, is_frozen| Listener::new(document().into(), event, move || frozen.set(is_frozen));
    listener::keep(vec![listen("freeze", true), listen("resume", false)]);

    let (mut last, mut tab) = (TabLabel::default(), Tab::default());
    follow(move || {
        let label = match frozen.get() {
            false => board.tab_label(),
            true => TabLabel {
                title: text::tab_unknown(text::no_data(), &board.title()),
                icon: Icon::Unknown,
            },
        };
        if last.title != label.title {
            document().set_title(&label.title);
        }
        if last.icon != label.icon {
            tab.show(label.icon);
        }
        last = label;
    });
}

/// The tab's icon element and what it was before.
#[derive(Default)]
struct Tab(Option<(Element, Option<String>, Option<String>)>);

impl Tab {
    fn show(&mut self, icon: Icon) {
        if self.0.is_none() {
            self.0 = icon_element().map(|it| {
                let before = (it.get_attribute("href"), it.get_attribute("type"));
                (it, before.0, before.1)
            });
        }
        let Some((element, href, kind)) = &self.0 else {
            return;
        };
        let drawn = draw(icon);
        let (href, kind) = match &drawn {
            Some(png) => (Some(png), Some("image/png")),
            None => (href.as_ref(), kind.as_deref()),
        };
        // Neither name can be refused.
        if let Some(kind) = kind {
            let _ = element.set_attribute("type", kind);
        }
        if let Some(href) = href {
            let _ = element.set_attribute("href", href);
        }
    }
}

fn icon_element() -> Option<Element> {
    let document = document();
    if let Ok(Some(known)) = document.query_selector("link[rel~='icon']") {
        return Some(known);
    }
    let made = document.create_element("link").ok()?;
    made.set_attribute("rel", "icon").ok()?;
    document.head()?.append_child(&made).ok()?;
    Some(made)
}

/// A PNG's address; `None` for the product's own icon. By canvas, since the older of
/// our browsers take no SVG here.
fn draw(icon: Icon) -> Option<String> {
    // Told apart by their shape too.
    let (shape, ground, sign, ink) = match icon {
        Icon::Product => return None,
        Icon::Warning => ("M16 1L32 30H0z", "#ffc233", "!", "#14120a"),
        Icon::Critical => (
            "M9.5 0h13L32 9.5v13L22.5 32h-13L0 22.5v-13z",
            "#d5121d",
            "!",
            "#ffffff",
        ),
        Icon::Unknown => (
            "M16 0a16 16 0 1 0 0 32a16 16 0 1 0 0-32",
            "#6e7784",
            "?",
            "#ffffff",
        ),
    };
    let canvas = document().create_element("canvas").ok()?;
    let canvas: HtmlCanvasElement = canvas.unchecked_into();
    canvas.set_width(32);
    canvas.set_height(32);
    let pen = canvas.get_context("2d").ok()??;
    let pen: CanvasRenderingContext2d = pen.unchecked_into();
    pen.set_fill_style_str(ground);
    pen.fill_with_path_2d(&Path2d::new_with_path_string(shape).ok()?);
    pen.set_fill_style_str(ink);
    pen.set_font("bold 26px sans-serif");
    pen.set_text_align("center");
    pen.fill_text(sign, 16.0, 26.0).ok()?;
    canvas.to_data_url().ok()
}
