//! The page's two clocks, and a time of day as the board's zone has it.

use std::cell::{OnceCell, RefCell};
use std::time::Duration;

use js_sys::{Array, Date, Function, Intl, JsString, Object, Reflect};
use leptos::prelude::window;
use queuewall_shared::link::PageTime;
use wasm_bindgen::{JsCast, JsValue};

use crate::language;

/// This moment on both of the page's clocks.
#[must_use]
pub fn now() -> PageTime {
    let monotonic_ms = window()
        .performance()
        .map_or_else(Date::now, |clock| clock.now());
    PageTime {
        monotonic: duration(monotonic_ms),
        wall: duration(Date::now()),
    }
}

/// Milliseconds as JavaScript counts them.
#[must_use]
pub fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// The same back; zero where it is no duration.
#[must_use]
pub fn duration(milliseconds: f64) -> Duration {
    // As whole numbers, which takes less code; below zero there is nothing.
    Duration::from_micros((milliseconds * 1_000.0) as u64)
}

/// Writes times of day, hours and minutes, in one time zone and one language.
pub struct TimeOfDay {
    format: Function,
    /// The latest minute since 1970, and how it was written: a clock asks every second.
    latest: RefCell<(f64, String)>,
}

impl TimeOfDay {
    /// In the page's language, for an IANA zone, or for the screen's own with `None`. `None`
    /// comes back when the browser does not know the zone, or passes over every zone: no
    /// time is better than a wrong one.
    #[must_use]
    pub fn new(zone: Option<&str>) -> Option<Self> {
        let is_told = zone.is_none() || KNOWS_ZONES.with(|knows| *knows.get_or_init(knows_zones));
        Self::written(language::locale(), zone).filter(|_| is_told)
    }

    fn written(locale: &str, zone: Option<&str>) -> Option<Self> {
        let options = Object::new();
        let set = |key: &str, value: &str| Reflect::set(&options, &key.into(), &value.into());
        set("hour", "2-digit").ok()?;
        set("minute", "2-digit").ok()?;
        if let Some(zone) = zone {
            set("timeZone", zone).ok()?;
        }
        // Not `Intl::DateTimeFormat::new`: that one cannot catch the RangeError which
        // an older browser throws at a younger zone name.
        let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
        let constructor: Function = Reflect::get(&intl, &"DateTimeFormat".into())
            .ok()?
            .dyn_into()
            .ok()?;
        let arguments = Array::of2(&locale.into(), &options);
        let format: Intl::DateTimeFormat = Reflect::construct(&constructor, &arguments)
            .ok()?
            .unchecked_into();
        Some(Self {
            format: format.format(),
            latest: RefCell::new((f64::NAN, String::new())),
        })
    }

    /// The time of day at `epoch_ms` milliseconds since 1970.
    #[must_use]
    pub fn at(&self, epoch_ms: f64) -> String {
        let minute = (epoch_ms / 60_000.0).floor();
        let mut latest = self.latest.borrow_mut();
        if latest.0 != minute {
            *latest = (minute, self.write(epoch_ms));
        }
        latest.1.clone()
    }

    fn write(&self, epoch_ms: f64) -> String {
        let written = self
            .format
            .call1(&JsValue::UNDEFINED, &epoch_ms.into())
            .ok()
            .and_then(|text| text.dyn_into::<JsString>().ok())
            .map(String::from)
            .unwrap_or_default();
        // Chromium 66 writes one digit in Spanish, though two are asked for.
        match written.find(':') {
            Some(1) => format!("0{written}"),
            _ => written,
        }
    }
}

thread_local! {
    /// Asked of the browser once.
    static KNOWS_ZONES: OnceCell<bool> = const { OnceCell::new() };
}

/// Whether the browser writes times in the zone that it is asked for: some take any name
/// and write their own zone's time, or UTC.
#[must_use]
pub fn knows_zones() -> bool {
    // Midnight UTC on a day in winter and in summer.
    let (winter, summer) = (1_767_225_600_000.0, 1_782_864_000_000.0);
    let at = |zone, epoch_ms| Some(TimeOfDay::written("en-GB", Some(zone))?.at(epoch_ms));
    let [tokyo, new_york, in_summer] = [
        at("Asia/Tokyo", winter),
        at("America/New_York", winter),
        at("America/New_York", summer),
    ];
    new_york.is_some() && tokyo != new_york && new_york != in_summer
}
