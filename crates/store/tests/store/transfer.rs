//! From SQLite to PostgreSQL.

use std::time::Duration;

use queuewall_store::{
    QueryError,
    access::WaitingScreen,
    backfill::Hour,
    event::{Event, EventKind},
    history::Resolution,
    transfer::TransferError,
};

use super::{access::link, queue, screen, support::databases, values};

#[tokio::test]
async fn everything_is_copied_to_an_empty_database_alone() {
    let [file, postgres] = databases().await;
    let (from, to) = (file.open().await, postgres.open().await);
    for at in 0..1_500 {
        let rows = [(queue("a"), values(&[("waiting", at as f64)]))];
        from.write_minute(at, &rows, &[]).await.unwrap();
    }
    from.roll_up(0, 100).await.unwrap();
    let hour = Hour {
        handled: Some(4),
        ..Hour::default()
    };
    from.write_hour(9, &[(queue("a"), hour)], &[])
        .await
        .unwrap();
    let event = |at_ms, board: Option<&str>| Event {
        at_ms,
        kind: EventKind::Server,
        board: board.map(str::to_owned),
        queue: None,
        detail: "{}".to_owned(),
    };
    let events = [event(7, None), event(7, Some("main"))];
    from.write_events(&events, &[], None).await.unwrap();
    from.write_state(&[("budget".to_owned(), "{}".to_owned())])
        .await
        .unwrap();
    let added = from.change_links::<_, QueryError>(|links| {
        links.extend([link("b"), link("a")]);
        links[0].revoked = Some(7);
        Ok(())
    });
    added.await.unwrap();
    let screen = WaitingScreen {
        code: "ABC234".to_owned(),
        sha256: "hash".to_owned(),
        expires: 10,
        peer: None,
    };
    from.write_waiting_screens(&[screen], &[], 0).await.unwrap();

    from.write_screens(&[screen::heard("Hall", 7_000)], &[], screen::KEEP)
        .await
        .unwrap();

    let mut told = Vec::new();
    let copied = from.copy_to(&to, |table, done, all| {
        told.push(format!("{table} {done} of {all}"));
    });
    copied.await.unwrap();
    assert!(told.contains(&"minute 1000 of 1500".to_owned()), "{told:?}");
    assert!(told.contains(&"minute 1500 of 1500".to_owned()), "{told:?}");
    let kept = queue("a");
    for resolution in [Resolution::Minute, Resolution::QuarterHour] {
        let [before, after] = [&from, &to].map(|it| it.read(&kept, resolution, 0, 2_000));
        assert_eq!(before.await.unwrap(), after.await.unwrap());
    }
    assert_eq!(to.hours(&kept, 0, 10).await.unwrap(), [(9, hour)]);
    assert_eq!(to.links().await.unwrap(), from.links().await.unwrap());
    assert_eq!(to.waiting_screens().await.unwrap().len(), 1);
    let screens = to.screens(Duration::from_secs(60), None).await.unwrap();
    assert_eq!(screens[0].key.name, "Hall");
    assert!(
        (7_000..60_000).contains(&screens[0].last_age_ms),
        "{screens:?}"
    );
    assert_eq!(to.events("main", 0, 10, 10).await.unwrap(), events);
    assert_eq!(to.state("budget").await.unwrap().as_deref(), Some("{}"));
    // The keys go on after those that were copied.
    to.write_events(&events, &[], None).await.unwrap();
    let rows = [(queue("b"), values(&[("waiting", 1.0)]))];
    to.write_minute(1, &rows, &[]).await.unwrap();

    let again = from.copy_to(&to, |_, _, _| {}).await.unwrap_err();
    assert!(matches!(again, TransferError::NotEmpty("queue")), "{again}");
}
