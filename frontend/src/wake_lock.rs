//! Keeps the screen awake where the browser can.
//!
//! Through `Reflect`, since web-sys has the wake lock among its unstable parts only.

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{EventTarget, VisibilityState};

use crate::listener::Listener;

/// Whether the screen stays awake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum WakeLock {
    /// Not asked for, or not answered yet.
    #[default]
    Idle,
    /// It does.
    Held,
    /// This browser has no wake lock, or has none over plain HTTP.
    Unsupported,
    /// The browser refused, or took it back.
    Refused,
}

/// The state of this page's wake lock; [`WakeLock::Idle`] where nobody keeps one.
#[must_use]
pub fn state() -> Signal<WakeLock> {
    use_context::<RwSignal<WakeLock>>().map_or_else(Signal::default, Signal::from)
}

/// A lock that is held. Dropping it lets the screen sleep.
struct Sentinel {
    lock: JsValue,
    _released: Option<Listener>,
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        // Releasing what the browser has released does nothing.
        let _ = call(&self.lock, "release", &JsValue::UNDEFINED);
    }
}

#[derive(Clone, Copy)]
struct Keeper {
    state: RwSignal<WakeLock>,
    held: StoredValue<Option<Sentinel>, LocalStorage>,
}

/// Keeps the screen awake for as long as the reactive owner lives, and lets everything
/// below ask for its [`state`]. Browsers release the lock of a page that is hidden and
/// may at other times: it is asked for again when the page is seen again, and at every
/// new `minute`.
pub fn keep(minute: Memo<u64>) {
    let keeper = Keeper {
        state: RwSignal::new(WakeLock::Idle),
        held: StoredValue::new_local(None),
    };
    provide_context(keeper.state);
    let again = Listener::new(document().into(), "visibilitychange", move || keeper.ask());
    let again = StoredValue::new_local(again);
    Effect::new(move || {
        minute.track();
        keeper.ask();
    });
    on_cleanup(move || {
        again.try_update_value(Option::take);
        keeper.held.try_update_value(Option::take);
    });
}

impl Keeper {
    fn ask(self) {
        let is_seen = document().visibility_state() == VisibilityState::Visible;
        if !is_seen || self.state.try_get_untracked() == Some(WakeLock::Held) {
            return;
        }
        let Some(asked) = request() else {
            self.set(WakeLock::Unsupported);
            return;
        };
        spawn_local(async move {
            match JsFuture::from(asked).await {
                Ok(lock) => self.take(lock),
                Err(_) => self.set(WakeLock::Refused),
            }
        });
    }

    fn take(self, lock: JsValue) {
        let released = lock.dyn_ref::<EventTarget>().and_then(|lock| {
            Listener::new(lock.clone(), "release", move || self.set(WakeLock::Refused))
        });
        let sentinel = Sentinel {
            lock,
            _released: released,
        };
        // Where the owner is gone meanwhile the sentinel is dropped here.
        if self
            .held
            .try_update_value(|held| *held = Some(sentinel))
            .is_some()
        {
            self.set(WakeLock::Held);
        }
    }

    fn set(self, state: WakeLock) {
        if self
            .state
            .try_get_untracked()
            .is_some_and(|old| old != state)
        {
            self.state.set(state);
        }
    }
}

/// Asks the browser; `None` where it has no wake lock.
fn request() -> Option<Promise> {
    let lock = Reflect::get(&window().navigator(), &"wakeLock".into()).ok()?;
    call(&lock, "request", &"screen".into())?.dyn_into().ok()
}

fn call(on: &JsValue, method: &str, argument: &JsValue) -> Option<JsValue> {
    let method: Function = Reflect::get(on, &method.into()).ok()?.dyn_into().ok()?;
    method.call1(on, argument).ok()
}
