//! The board's zone: how far its clock is ahead, and times and days in words.

use std::cell::RefCell;
use std::collections::BTreeMap;

use js_sys::{Array, Date, Function, Intl, JsString, Object, Reflect};
use queuewall_shared::chart::calendar::Zone;
use queuewall_shared::language::Language;
use wasm_bindgen::{JsCast, JsValue};

use crate::language;
use crate::time::TimeOfDay;

/// No zone's clock is moved within a span of this: milliseconds.
const STEADY_MS: f64 = 900_000.0;

/// A zone's clock in one language.
pub(super) struct Clock {
    /// What it was made for.
    of: (Option<String>, Language),
    whole: Function,
    time: TimeOfDay,
    weekday: Function,
    day: Function,
    /// By the number of the span since 1970: asking the browser is dear.
    ahead: RefCell<BTreeMap<i64, f64>>,
}

impl Clock {
    /// The clock of a zone, where `None` is the screen's own; none where the browser does not know
    /// the zone.
    pub(super) fn new(zone: Option<String>) -> Option<Self> {
        let write = |locale: &str, options: &[(&str, &str)]| -> Option<Function> {
            let object = Object::new();
            for (name, value) in options {
                Reflect::set(&object, &(*name).into(), &(*value).into()).ok()?;
            }
            if let Some(zone) = &zone {
                Reflect::set(&object, &"timeZone".into(), &zone.into()).ok()?;
            }
            // It throws at a zone that it does not know, which none is here.
            let locales = Array::of1(&locale.into());
            Some(Intl::DateTimeFormat::new(&locales, &object).format())
        };
        let time = TimeOfDay::new(zone.as_deref())?;
        let two = "2-digit";
        let whole = [
            ("year", "numeric"),
            ("month", two),
            ("day", two),
            ("hour", two),
            ("minute", two),
            ("second", two),
            ("hourCycle", "h23"),
        ];
        Some(Self {
            // Sweden writes as ISO 8601 does.
            whole: write("sv-SE", &whole)?,
            weekday: write(language::locale(), &[("weekday", "long")])?,
            day: write(
                language::locale(),
                &[("weekday", "short"), ("day", "numeric")],
            )?,
            time,
            of: (zone, language::current()),
            ahead: RefCell::default(),
        })
    }

    /// Whether it is the clock of this zone in the page's language.
    pub(super) fn is_of(&self, zone: &Option<String>) -> bool {
        self.of.0 == *zone && self.of.1 == language::current()
    }

    /// The time of day.
    pub(super) fn time(&self, at_ms: f64) -> String {
        self.time.at(at_ms)
    }

    /// The day of the week.
    pub(super) fn weekday(&self, at_ms: f64) -> String {
        written(&self.weekday, at_ms)
    }

    /// The day of the week and of the month, in short.
    pub(super) fn day(&self, at_ms: f64) -> String {
        written(&self.day, at_ms)
    }
}

impl Zone for Clock {
    fn ahead_ms(&self, at_ms: f64) -> f64 {
        let span = (at_ms / STEADY_MS).floor();
        let mut known = self.ahead.borrow_mut();
        *known.entry(span as i64).or_insert_with(|| {
            let begin = span * STEADY_MS;
            let shown = written(&self.whole, begin).replace(' ', "T") + "Z";
            let ahead = Date::parse(&shown) - begin;
            if ahead.is_finite() { ahead } else { 0.0 }
        })
    }
}

fn written(format: &Function, at_ms: f64) -> String {
    let text = format.call1(&JsValue::UNDEFINED, &at_ms.into());
    let text = text.ok().and_then(|it| it.dyn_into::<JsString>().ok());
    text.map_or_else(String::new, String::from)
}
