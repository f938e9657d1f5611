//! Takes the place of `send_wrapper`, by which Leptos keeps the browser's values where others
//! might go to another thread. A page has one thread: to ask at each use which one this is
//! takes the standard library's threads, and a second allocator for them.

#[cfg(not(all(target_family = "wasm", not(target_feature = "atomics"))))]
compile_error!("only a page has one thread: elsewhere this is unsound");

use std::ops::{Deref, DerefMut};

/// A value of the page's one thread.
#[derive(Clone, Debug)]
pub struct SendWrapper<T>(T);

// SAFETY: there is no other thread, as the check above sees to.
unsafe impl<T> Send for SendWrapper<T> {}
// SAFETY: the same.
unsafe impl<T> Sync for SendWrapper<T> {}

impl<T> SendWrapper<T> {
    /// Wraps a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// Whether this is the value's thread.
    #[must_use]
    pub fn valid(&self) -> bool {
        true
    }

    /// The value.
    pub fn take(self) -> T {
        self.0
    }
}

impl<T> Deref for SendWrapper<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for SendWrapper<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

#[cfg(feature = "futures")]
mod futures {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use futures_core::Stream;

    use super::SendWrapper;

    impl<T> SendWrapper<T> {
        fn inside(self: Pin<&mut Self>) -> Pin<&mut T> {
            // SAFETY: the value is pinned as long as what is around it.
            unsafe { self.map_unchecked_mut(|it| &mut it.0) }
        }
    }

    impl<F: Future> Future for SendWrapper<F> {
        type Output = F::Output;

        fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
            self.inside().poll(context)
        }
    }

    impl<S: Stream> Stream for SendWrapper<S> {
        type Item = S::Item;

        fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
            self.inside().poll_next(context)
        }
    }
}
