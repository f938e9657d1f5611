//! What holds of any input: one body a fuzz target. `fuzz/` runs them guided by coverage,
//! the tests over the committed corpus and random changes of it.
//!
//! The bodies lie beside what they test.

pub use crate::config::fuzzing::configuration;

#[cfg(test)]
mod tests {
    use queuewall_replay::replay;

    use super::*;

    #[test]
    fn any_configuration_is_within_bounds_or_refused_with_reasons() {
        replay("configuration", configuration);
    }
}
