//! Makes room for a newer page when the server speaks of another build.

use std::time::Duration;

use js_sys::Math;
use leptos::prelude::*;
use queuewall_shared::renewal::Renewal;
use wasm_bindgen_futures::spawn_local;

use crate::startup;

/// Looks at the server's `build` (empty while unknown) whenever `now`, the page's
/// monotonic clock, moves, for as long as the reactive owner lives.
pub fn watch(now: impl Fn() -> Duration + 'static, build: impl Fn() -> String + 'static) {
    let renewal = StoredValue::new_local(Renewal::default());
    Effect::new(move || {
        let (now, build) = (now(), build());
        let is_due = renewal.try_update_value(|renewal| {
            renewal.tick(now, &build, Math::random(), startup::was_renewed_for)
        });
        if is_due != Some(true) {
            return;
        }
        spawn_local(async move {
            if !startup::renewed(&build).await {
                // The owner may be gone by now, and the renewal with it. The fetching
                // took half a minute at most: the pause may begin before it.
                renewal.try_update_value(|renewal| {
                    renewal.failed(now, &build, Math::random());
                });
            }
        });
    });
}
