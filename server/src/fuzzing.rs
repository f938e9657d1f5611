//! What holds of any input: one body a fuzz target. `fuzz/` runs them guided by coverage,
//! the tests over the committed corpus and random changes of it.
//!
//! The bodies lie beside what they test.

pub use crate::{
    config::fuzzing::configuration,
    cxone::fuzzing::{discovery, queue_list, realtime, reporting_v2, retry_after, token},
};

#[cfg(test)]
mod tests {
    use queuewall_replay::replay;

    use super::*;

    #[test]
    fn any_answer_of_reporting_v2_gives_numbers_that_it_holds_or_none() {
        replay("reporting_v2", reporting_v2);
    }

    #[test]
    fn any_queue_list_gives_each_queue_once_and_stays_at_its_host() {
        replay("queue_list", queue_list);
    }

    #[test]
    fn any_answer_of_realtime_gives_numbers_that_it_holds_or_none() {
        replay("realtime", realtime);
    }

    #[test]
    fn any_token_lives_a_while_and_shows_itself_nowhere() {
        replay("token", token);
    }

    #[test]
    fn any_discovery_leads_to_allowed_hosts_or_nowhere() {
        replay("discovery", discovery);
    }

    #[test]
    fn any_retry_after_is_kept_within_bounds() {
        replay("retry_after", retry_after);
    }

    #[test]
    fn any_configuration_is_within_bounds_or_refused_with_reasons() {
        replay("configuration", configuration);
    }
}
