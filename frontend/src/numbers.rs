//! Numbers as the page's language writes them.

use std::cell::RefCell;

use js_sys::{Array, Function, Intl, JsString, Object, Reflect};
use queuewall_shared::format::{self, CountUnit};
use queuewall_shared::language::Language;
use wasm_bindgen::{JsCast, JsValue};

use crate::language;

thread_local! {
    /// The language's own writer, since making one is dear.
    static WRITER: RefCell<Option<(Language, Function)>> = const { RefCell::new(None) };
}

/// A count: `1 234` or `1.234` or `1,234`.
#[must_use]
pub fn count(count: u64) -> String {
    // All languages here write small ones alike, and most numbers on a wall are such.
    let plain = count.to_string();
    match plain.len() {
        ..4 => plain,
        _ => written(count as f64).unwrap_or(plain),
    }
}

/// A count in at most three figures, rounded down: `1.2k` or `1,2k` from 1,000 on.
#[must_use]
pub fn compact(count: u64) -> String {
    let (number, unit) = format::compact(count);
    let (number, words) = (tenths(number), language::words());
    match unit {
        CountUnit::One => number,
        CountUnit::Thousand => words.thousands.fill([&number]),
        CountUnit::Million => words.millions.fill([&number]),
    }
}

/// A number from 0 up to a tenth, and without one where it is whole: `80`, `82,5`.
#[must_use]
pub fn tenths(number: f64) -> String {
    let plain = format::tenths(number);
    match plain.len() < 4 && !plain.contains('.') {
        true => plain,
        false => written(number.max(0.0)).unwrap_or(plain),
    }
}

fn written(number: f64) -> Option<String> {
    let language = language::current();
    WRITER.with_borrow_mut(|writer| {
        if writer.as_ref().is_none_or(|(of, _)| *of != language) {
            *writer = Some((language, new_writer()?));
        }
        let (_, format) = writer.as_ref()?;
        let text = format.call1(&JsValue::UNDEFINED, &number.into()).ok()?;
        text.dyn_into::<JsString>().ok().map(String::from)
    })
}

fn new_writer() -> Option<Function> {
    let options = Object::new();
    Reflect::set(&options, &"maximumFractionDigits".into(), &1.into()).ok()?;
    let locales = Array::of1(&language::locale().into());
    Some(Intl::NumberFormat::new(&locales, &options).format())
}
