//! Keeps the screen awake where the browser can.
//!
//! Through `Reflect`, since web-sys has the wake lock among its unstable parts only.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::{document, window};
pub use queuewall_shared::report::WakeLock;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{EventTarget, VisibilityState};

use crate::listener::Listener;

/// Keeps the screen awake until it is dropped. Browsers release the lock of a page that
/// is hidden and may at other times: it asks again when the page is seen again, and
/// whenever it is told to.
pub struct Sentinel {
    core: Rc<Core>,
    _listener: Option<Listener>,
}

struct Core {
    tell: Box<dyn Fn(WakeLock)>,
    /// The latest lock, which the browser may have taken back.
    lock: RefCell<Option<Lock>>,
    is_held: Cell<bool>,
    /// An answer is awaited.
    is_asking: Cell<bool>,
    /// What is done with it: held, refused.
    answers: RefCell<Option<[Answer; 2]>>,
}

type Answer = Closure<dyn FnMut(JsValue)>;

/// A lock that is held. Dropping it lets the screen sleep.
struct Lock {
    lock: JsValue,
    _released: Option<Listener>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Releasing what the browser has released does nothing.
        let _ = call(&self.lock, "release", &JsValue::UNDEFINED);
    }
}

impl Sentinel {
    /// Asks at once, and calls `tell` whenever the state may have changed.
    #[must_use]
    pub fn new(tell: impl Fn(WakeLock) + 'static) -> Self {
        let core = Rc::new(Core {
            tell: Box::new(tell),
            lock: RefCell::default(),
            is_held: Cell::new(false),
            is_asking: Cell::new(false),
            answers: RefCell::default(),
        });
        let answer = |what: fn(&Rc<Core>, JsValue)| {
            let core = Rc::downgrade(&core);
            Answer::new(move |value| {
                if let Some(core) = Weak::upgrade(&core) {
                    core.is_asking.set(false);
                    what(&core, value);
                }
            })
        };
        let answers = [
            answer(Core::take),
            answer(|core, _| (core.tell)(WakeLock::Refused)),
        ];
        core.answers.replace(Some(answers));
        let again = Rc::downgrade(&core);
        let listener = Listener::new(document().into(), "visibilitychange", move || {
            again.upgrade().iter().for_each(|core| core.ask());
        });
        core.ask();
        Self {
            core,
            _listener: listener,
        }
    }

    /// Asks the browser again, unless the lock is held.
    pub fn ask(&self) {
        self.core.ask();
    }
}

impl Core {
    fn ask(&self) {
        let is_seen = document().visibility_state() == VisibilityState::Visible;
        if !is_seen || self.is_asking.get() || self.is_held.get() {
            return;
        }
        let Some(asked) = request() else {
            (self.tell)(WakeLock::Unsupported);
            return;
        };
        if let Some([held, refused]) = &*self.answers.borrow() {
            self.is_asking.set(true);
            let _ = asked.then2(held, refused);
        }
    }

    fn take(self: &Rc<Self>, lock: JsValue) {
        let core = Rc::downgrade(self);
        let released = move || {
            if let Some(core) = core.upgrade() {
                core.is_held.set(false);
                (core.tell)(WakeLock::Refused);
            }
        };
        let released = lock
            .dyn_ref::<EventTarget>()
            .and_then(|lock| Listener::new(lock.clone(), "release", released));
        self.lock.replace(Some(Lock {
            lock,
            _released: released,
        }));
        self.is_held.set(true);
        (self.tell)(WakeLock::Held);
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
