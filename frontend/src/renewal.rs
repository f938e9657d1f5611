//! Makes room for a newer page when the server speaks of another build.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use js_sys::Math;
use queuewall_shared::renewal::Renewal;

use crate::{startup, time};

/// One page's way to its successor.
#[derive(Default)]
pub struct Renewer(Rc<RefCell<Renewal>>);

impl Renewer {
    /// To be told about once a second what the server calls its build; empty while that
    /// is not known.
    pub fn tick(&self, now: Duration, build: String) {
        let is_due =
            self.0
                .borrow_mut()
                .tick(now, &build, Math::random(), startup::was_renewed_for);
        if is_due {
            let renewal = Rc::downgrade(&self.0);
            startup::renew(&build.clone(), move || {
                if let Some(renewal) = renewal.upgrade() {
                    let now = time::now().monotonic;
                    renewal.borrow_mut().failed(now, &build, Math::random());
                }
            });
        }
    }
}
