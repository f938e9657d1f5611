//! Why numbers are missing or old, as a code for machines: a page says it in its own
//! language, and every other reader has the sentence beside it.

use serde::{Deserialize, Deserializer, Serialize};

/// What is the matter between the server and CXone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// CXone refuses the credentials, or a token that it had just issued.
    SignInRejected,
    /// The API client lacks the scope.
    Forbidden,
    /// CXone does not know the queue, or does not show it to this tenant.
    NotFound,
    /// CXone knows none of a board's queues.
    NoneFound,
    /// The sign-in succeeded, and there is no queue for the wall: CXone shows none, or the
    /// configuration leaves all of them out.
    NothingVisible,
    /// CXone answered, and left the queue out.
    LeftOut,
    /// CXone's list has fewer queues than it says that there are.
    ListIncomplete,
    /// CXone answered, and left all of a board's queues out.
    AllLeftOut,
    /// CXone answers, and its numbers are those of long ago.
    StoodStill,
    /// CXone allows no more requests for now.
    RateLimited,
    /// CXone answers that it is in trouble itself.
    UpstreamTrouble,
    /// No connection to CXone comes about, or it breaks.
    NoConnection,
    /// CXone takes too long to answer.
    TimedOut,
    /// CXone's answer is none that the server understands.
    Unreadable,
    /// The database is lost in which servers share the request budget: CXone is not asked.
    NoDatabase,
    /// CXone has not been asked, or not answered, for too long.
    NoAnswer,
    /// The server has just started.
    FirstAnswer,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::SignInRejected,
        Self::Forbidden,
        Self::NotFound,
        Self::NoneFound,
        Self::NothingVisible,
        Self::LeftOut,
        Self::ListIncomplete,
        Self::AllLeftOut,
        Self::StoodStill,
        Self::RateLimited,
        Self::UpstreamTrouble,
        Self::NoConnection,
        Self::TimedOut,
        Self::Unreadable,
        Self::NoDatabase,
        Self::NoAnswer,
        Self::FirstAnswer,
    ];

    /// Its name in JSON.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::SignInRejected => "sign_in_rejected",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::NoneFound => "none_found",
            Self::NothingVisible => "nothing_visible",
            Self::LeftOut => "left_out",
            Self::ListIncomplete => "list_incomplete",
            Self::AllLeftOut => "all_left_out",
            Self::StoodStill => "stood_still",
            Self::RateLimited => "rate_limited",
            Self::UpstreamTrouble => "upstream_trouble",
            Self::NoConnection => "no_connection",
            Self::TimedOut => "timed_out",
            Self::Unreadable => "unreadable",
            Self::NoDatabase => "no_database",
            Self::NoAnswer => "no_answer",
            Self::FirstAnswer => "first_answer",
        }
    }

    /// The cause of this name; `None` for a younger server's.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.code() == code)
    }

    /// One plain sentence, in English: no host, no status, no internals.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::SignInRejected => "CXone rejects our sign-in",
            Self::Forbidden => "No permission to read queues in CXone",
            Self::NotFound => "No such queue in CXone",
            Self::NoneFound => "CXone knows none of these queues: check their ids and the tenant",
            Self::NothingVisible => "Signed in, but there is no queue to show",
            Self::LeftOut => "CXone left this queue out of its answer",
            Self::ListIncomplete => "CXone lists fewer queues than it has",
            Self::AllLeftOut => "CXone left these queues out of its answer",
            Self::StoodStill => "CXone answers, but its numbers have stood still",
            Self::RateLimited => "CXone's rate limit is reached",
            Self::UpstreamTrouble => "CXone is in trouble",
            Self::NoConnection => "No connection to CXone",
            Self::TimedOut => "CXone does not answer in time",
            Self::Unreadable => "CXone's answer cannot be read",
            Self::NoDatabase => "CXone is not asked: no connection to the database",
            Self::NoAnswer => "No answer from CXone",
            Self::FirstAnswer => "Waiting for CXone's first answer",
        }
    }
}

/// Reads a code that may be a younger server's, and is then as good as none.
pub(crate) fn known<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Cause>, D::Error> {
    let code = Option::<String>::deserialize(from)?;
    Ok(code.as_deref().and_then(Cause::of_code))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_what_is_written_and_read_back() {
        for cause in Cause::ALL {
            assert_eq!(serde_json::to_value(cause).unwrap(), cause.code());
            assert_eq!(Cause::of_code(cause.code()), Some(cause));
        }
        assert_eq!(Cause::of_code("moon_phase"), None);
    }

    #[test]
    fn every_cause_has_a_distinct_sentence() {
        let sentences = BTreeSet::from(Cause::ALL.map(Cause::sentence));
        assert_eq!(sentences.len(), Cause::ALL.len());
        for sentence in sentences {
            assert!(sentence.starts_with(char::is_uppercase) && sentence.contains(' '));
        }
    }
}
