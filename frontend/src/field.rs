//! A value of the page that effects follow. Signals of each type take more than a KB of code:
//! here only the value has a type, and what tells of its changes has none.

use std::sync::{PoisonError, RwLock};

use leptos::prelude::{ArcTrigger, Notify, Track};

/// A value that lives as long as the page. A copy is the same value.
pub struct Field<T: 'static>(&'static (RwLock<T>, ArcTrigger));

impl<T> Clone for Field<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Field<T> {}

impl<T: PartialEq> Field<T> {
    /// A field with its first value.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(Box::leak(Box::new((RwLock::new(value), ArcTrigger::new()))))
    }

    /// Sets the value. What is equal wakes nothing.
    pub fn set(&self, value: T) {
        let (place, changed) = self.0;
        let mut place = place.write().unwrap_or_else(PoisonError::into_inner);
        if *place != value {
            *place = value;
            // An effect may read it at once.
            drop(place);
            changed.notify();
        }
    }

    /// Sets the value, and wakes all that follow it: where it comes seldom and another one is the
    /// rule, to compare it is only code.
    pub fn replace(&self, value: T) {
        let (place, changed) = self.0;
        *place.write().unwrap_or_else(PoisonError::into_inner) = value;
        changed.notify();
    }

    /// Reads the value, and follows it.
    pub fn with<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        self.0.1.track();
        self.with_untracked(read)
    }

    /// Reads the value without following it.
    pub fn with_untracked<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.0.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The value, followed.
    #[must_use]
    pub fn get(&self) -> T
    where
        T: Clone,
    {
        self.with(Clone::clone)
    }

    /// The value, without following it.
    #[must_use]
    pub fn get_untracked(&self) -> T
    where
        T: Clone,
    {
        self.with_untracked(Clone::clone)
    }
}
