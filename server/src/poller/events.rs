//! What changed between two snapshots of a board, for the history.

use queuewall_shared::{
    level::Level,
    snapshot::{BoardSnapshot, Queue},
};
use queuewall_store::event::{Event, EventKind};
use serde_json::json;

/// The changes from one snapshot to the next, at this time in milliseconds since 1970: of the
/// upstream's state, and of levels where one of the two is trouble. A queue that is new has none:
/// what it was before is not known.
pub(super) fn between(before: &BoardSnapshot, after: &BoardSnapshot, at_ms: u64) -> Vec<Event> {
    let event = |kind, queue: Option<&Queue>, detail: serde_json::Value| Event {
        at_ms: i64::try_from(at_ms).unwrap_or(i64::MAX),
        kind,
        board: Some(after.board.slug.clone()),
        queue: queue.map(|queue| queue.id.clone()),
        detail: detail.to_string(),
    };
    let mut events = Vec::new();
    let (was, is) = (&before.upstream, &after.upstream);
    if (was.state, was.cause_code) != (is.state, is.cause_code) {
        let detail = json!({ "state": is.state, "cause_code": is.cause_code });
        events.push(event(EventKind::Upstream, None, detail));
    }
    for (place, queue) in after.queues.iter().enumerate() {
        // In the same place, unless the configuration changed.
        let same_place = before.queues.get(place).filter(|it| it.id == queue.id);
        let was = same_place.or_else(|| before.queues.iter().find(|it| it.id == queue.id));
        let is_trouble = |it: &Queue| it.level > Level::Ok;
        let is_change =
            |was: &&Queue| was.level != queue.level && (is_trouble(was) || is_trouble(queue));
        if let Some(was) = was.filter(is_change) {
            let detail = json!({ "from": was.level, "to": queue.level, "reasons": queue.reasons });
            events.push(event(EventKind::Level, Some(queue), detail));
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use queuewall_shared::snapshot::Board;

    use super::*;
    use crate::{
        clock::{Clock as _, SystemClock},
        snapshot::Boards,
    };

    fn board(levels: &[(&str, Level)]) -> BoardSnapshot {
        let queue = |(id, level): &(&str, Level)| Queue {
            id: (*id).to_owned(),
            level: *level,
            ..Queue::default()
        };
        let board = Board {
            slug: "main".into(),
            ..Board::default()
        };
        let boards = Boards::new(vec![board], String::new(), SystemClock.now());
        let mut snapshot = boards.latest("main").unwrap().snapshot.clone();
        snapshot.queues = levels.iter().map(queue).collect();
        snapshot
    }

    #[test]
    fn level_change_is_an_event_and_new_queue_is_none() {
        let before = board(&[("a", Level::Ok), ("b", Level::Warning)]);
        let after = board(&[
            ("c", Level::Critical),
            ("b", Level::Warning),
            ("a", Level::Critical),
        ]);
        let events = between(&before, &after, 7);
        assert_eq!(events.len(), 1, "{events:?}");
        assert_eq!(
            (events[0].at_ms, events[0].queue.as_deref()),
            (7, Some("a"))
        );
        assert!(
            events[0]
                .detail
                .contains(r#""from":"ok","reasons":[],"to":"critical""#),
            "{events:?}"
        );
        assert!(between(&after, &after, 8).is_empty());
        let unread = board(&[("a", Level::None)]);
        assert!(
            between(&board(&[("a", Level::Ok)]), &unread, 9).is_empty(),
            "the upstream's event says it"
        );
    }
}
