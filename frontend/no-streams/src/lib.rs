//! Takes the place of `wasm-streams`, which Leptos has for server functions, and whose exports
//! no linker drops: 5 KB of a page that has no server functions. Only what `server_fn` needs to
//! compile; a stream has nothing in it.

use std::{
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use js_sys::wasm_bindgen::JsValue;

/// A stream of the browser's.
#[derive(Debug)]
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// The browser's stream, wrapped.
    #[must_use]
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// A stream without what is in `_stream`.
    ///
    /// # Panics
    /// Where the browser has no streams.
    pub fn from_stream<S>(_stream: S) -> Self {
        let empty = web_sys::ReadableStream::new();
        Self(empty.expect("a browser with streams"))
    }

    /// The browser's stream.
    #[must_use]
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// Ends at once.
    #[must_use]
    pub fn into_stream(self) -> IntoStream<'static> {
        IntoStream(PhantomData)
    }
}

/// A stream that has ended.
#[derive(Debug)]
pub struct IntoStream<'s>(PhantomData<&'s ()>);

impl Stream for IntoStream<'_> {
    type Item = Result<JsValue, JsValue>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(None)
    }
}
