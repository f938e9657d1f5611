//! The wall in real browsers.
