//! How a batch that CXone refuses with a 404 is narrowed down to the ids that it does not
//! know: by the queue list where that tells, else by halving. The poller and the commands
//! do the same.

use std::collections::HashSet;

/// Ids of a refused batch that are asked for together next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) ids: Vec<String>,
    /// Whether the queue list lacks them: a refusal then makes all of them unknown.
    pub(crate) is_unlisted: bool,
}

impl Part {
    /// Whether a refusal of this part says that CXone knows none of its ids.
    pub(crate) fn is_unknown_when_refused(&self) -> bool {
        self.is_unlisted || self.ids.len() == 1
    }
}

/// The parts of a refused batch, by the queue list, where it could be read.
///
/// A list that lacks much of what is read may be a part of the truth: then it is no ground
/// to call a queue unknown.
pub(crate) fn parts(ids: &[String], listed: Option<&HashSet<&str>>) -> Vec<Part> {
    let Some(listed) = listed else {
        return halves(ids);
    };
    let (inside, outside): (Vec<_>, Vec<_>) =
        (ids.iter().cloned()).partition(|id| listed.contains(id.as_str()));
    let is_telling = outside.len() == 1 || outside.len() * 10 <= inside.len();
    if inside.is_empty() || outside.is_empty() || !is_telling {
        return halves(ids);
    }
    let part = |ids, is_unlisted| Part { ids, is_unlisted };
    vec![part(inside, false), part(outside, true)]
}

/// The two halves of a refused part; one, where there is a single id.
pub(crate) fn halves(ids: &[String]) -> Vec<Part> {
    let (first, second) = ids.split_at(ids.len() / 2);
    [first, second]
        .into_iter()
        .filter(|ids| !ids.is_empty())
        .map(|ids| Part {
            ids: ids.to_vec(),
            is_unlisted: false,
        })
        .collect()
}
