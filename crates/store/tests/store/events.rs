//! Events are read back in their order.

use queuewall_store::event::{Event, EventKind};

use super::over_both;

#[tokio::test]
async fn events_are_those_of_the_board_and_of_all() {
    over_both(async |database| {
        let store = database.open().await;
        let event = |at_ms, board: Option<&str>, kind| Event {
            at_ms,
            kind,
            board: board.map(str::to_owned),
            queue: board.map(|_| "4711".to_owned()),
            detail: r#"{"to":"critical"}"#.to_owned(),
        };
        let events = [
            event(3, Some("main"), EventKind::Level),
            event(1, None, EventKind::Server),
            event(2, Some("other"), EventKind::Level),
            event(9, Some("main"), EventKind::Upstream),
        ];
        // Of a newer program.
        let newer =
            "INSERT INTO event (at_ms, kind, board, detail) VALUES (0, 'weather', 'main', '')";
        database.execute(newer).await;
        store.write_events(&events, &[], None).await.unwrap();
        let read = store.events("main", 0, 9, 10).await.unwrap();
        assert_eq!(read, [events[1].clone(), events[0].clone()]);
        assert_eq!(store.events("main", 0, 10, 1).await.unwrap().len(), 1);
    })
    .await;
}
