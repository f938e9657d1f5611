//! What tests of several modules use.

pub(crate) mod any_json;
pub(crate) mod logged;
