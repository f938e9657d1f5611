//! What is said where nobody is listed, and what to do about it.

use std::time::Duration;

use queuewall_shared::agents::{AgentCounts, AgentList, AgentsShown, NoAgents};
use queuewall_shared::cause::Cause;
use queuewall_shared::freshness::Freshness;
use queuewall_shared::tile_state::TileState;

use super::feed::Loaded;
use crate::board::BoardState;
use crate::text;

/// Why there are no rows, or why what is shown grows old; empty where there is nothing to say.
pub(super) fn nobody(
    board: BoardState,
    loaded: &Loaded,
    counts: Option<&AgentCounts>,
    age: Option<(Freshness, Duration)>,
    rows: usize,
) -> String {
    let words = text::agent_list();
    let Some(counts) = counts else {
        // The dialect that has the one has the other.
        let phrase = match board.today_judge().interval {
            None => words.no_dialect,
            Some(_) => words.not_asked,
        };
        return phrase.text().into();
    };
    let cause = cause(board, counts, age.map(|it| it.0));
    if !cause.is_empty() {
        return cause.into();
    }
    match loaded {
        _ if counts.kind == AgentsShown::Counts => words.counts_only.text().into(),
        Loaded::Not => words.reading.text().into(),
        Loaded::Failed => words.failed.text().into(),
        Loaded::Refused(sentence) => [words.no_right.text(), " ", &capital(sentence), "."].concat(),
        Loaded::Here(read) => match &read.list.agents {
            None => none_listed(&read.list),
            Some(agents) if agents.is_empty() => text::cause(TileState::Closed).into(),
            Some(_) if rows == 0 => words.nothing_found.text().into(),
            Some(_) => String::new(),
        },
    }
}

/// Why the server lists nobody to this page.
pub(super) fn none_listed(list: &AgentList) -> String {
    let words = text::agent_list();
    let phrase = match list.agents_cause_code {
        Some(NoAgents::CountsOnly) => words.counts_only,
        Some(NoAgents::OpenAccess) => words.open_access,
        Some(NoAgents::NotRead) => words.not_read,
        // A younger server's reason is in its own words.
        None => return list.agents_cause.clone().unwrap_or_default(),
    };
    phrase.text().into()
}

/// Why agents are not read, or not read again.
fn cause(board: BoardState, counts: &AgentCounts, freshness: Option<Freshness>) -> &str {
    let words = text::agent_list();
    match (counts.cause_code, freshness) {
        (_, Some(Freshness::Fresh)) => "",
        _ if !board.is_trusted() => text::no_connection(),
        (Some(Cause::Forbidden), _) => words.forbidden.text(),
        (code, Some(Freshness::Stale)) => text::server_cause(code, counts.cause.as_deref())
            .unwrap_or(text::cause(TileState::Stale)),
        (code, Some(_)) => text::server_cause(code, counts.cause.as_deref()).unwrap_or_default(),
        (code, None) => {
            text::server_cause(code, counts.cause.as_deref()).unwrap_or(words.not_read.text())
        }
    }
}

/// A sentence of the server's, which begins as one.
fn capital(sentence: &str) -> String {
    let mut letters = sentence.trim_end_matches('.').chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}
