//! Full screen, by whichever name the browser has for it. A browser that refuses is
//! not argued with.

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Goes full screen, or back.
pub fn toggle() {
    let document = document();
    let is_full = ["fullscreenElement", "webkitFullscreenElement"]
        .iter()
        .any(|name| get(&document, name).is_some());
    if is_full {
        call(&document, &["exitFullscreen", "webkitExitFullscreen"]);
    } else if let Some(root) = document.document_element() {
        call(&root, &["requestFullscreen", "webkitRequestFullscreen"]);
    }
}

fn get(of: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(of, &name.into()).ok()?;
    value.is_truthy().then_some(value)
}

/// Calls the first method that there is.
fn call(of: &JsValue, names: &[&str]) {
    let method = names.iter().find_map(|name| get(of, name));
    let Some(method) = method.and_then(|it| it.dyn_into::<Function>().ok()) else {
        return;
    };
    let promise = method.call0(of).map(JsCast::dyn_into::<Promise>);
    if let Ok(Ok(promise)) = promise {
        // A refusal that nobody hears would be an error on the console.
        spawn_local(async move {
            let _ = JsFuture::from(promise).await;
        });
    }
}
