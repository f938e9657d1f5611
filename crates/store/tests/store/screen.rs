//! Screens of several servers.

use std::time::Duration;

use queuewall_store::screen::{KeepScreens, KeptScreen, ScreenKey};

use super::over_both;

pub(super) const KEEP: KeepScreens = KeepScreens {
    named: Duration::from_secs(3_600),
    unnamed: Duration::from_secs(60),
};

const LONG: Duration = Duration::from_secs(86_400);

/// A screen that was heard so many milliseconds ago, and first a second before.
pub(super) fn heard(name: &str, last_age_ms: i64) -> KeptScreen {
    KeptScreen {
        key: ScreenKey {
            link: String::new(),
            board: "main".to_owned(),
            name: name.to_owned(),
            is_named: true,
        },
        server: "one".to_owned(),
        address: Some("192.0.2.7".to_owned()),
        report: format!("page=a; name={name}"),
        first_age_ms: last_age_ms + 1_000,
        last_age_ms,
    }
}

fn names(screens: &[KeptScreen]) -> Vec<&str> {
    screens.iter().map(|it| it.key.name.as_str()).collect()
}

#[tokio::test]
async fn screens_are_read_back_with_their_ages() {
    over_both(async |database| {
        let store = database.open().await;
        let written = [heard("late", 500), heard("Hall", 30_000)];
        store.write_screens(&written, &[], KEEP).await.unwrap();
        let screens = store.screens(LONG, None).await.unwrap();
        assert_eq!(names(&screens), ["Hall", "late"]);
        let hall = &screens[0];
        assert_eq!(
            (&hall.key, &hall.report),
            (&written[1].key, &written[1].report)
        );
        assert_eq!(hall.address, written[1].address);
        assert!((30_000..40_000).contains(&hall.last_age_ms), "{hall:?}");
        let known_before_ms = hall.first_age_ms - hall.last_age_ms;
        assert!((990..=1_010).contains(&known_before_ms), "{hall:?}");
        assert_eq!(store.info().await.unwrap().screens, 2);
    })
    .await;
}

#[tokio::test]
async fn screen_that_two_servers_hear_is_one_with_its_first_time() {
    over_both(async |database| {
        let store = database.open().await;
        store
            .write_screens(&[heard("Hall", 60_000)], &[], KEEP)
            .await
            .unwrap();
        let other = KeptScreen {
            server: "two".to_owned(),
            address: None,
            ..heard("Hall", 100)
        };
        store.write_screens(&[other], &[], KEEP).await.unwrap();
        let screens = store.screens(LONG, Some("one")).await.unwrap();
        let [screen] = &screens[..] else {
            panic!("{screens:?}");
        };
        assert_eq!((screen.server.as_str(), &screen.address), ("two", &None));
        assert!(screen.last_age_ms < 10_000, "{screen:?}");
        assert!(
            (61_000..70_000).contains(&screen.first_age_ms),
            "{screen:?}"
        );
        assert!(store.screens(LONG, Some("two")).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn silent_and_removed_screens_are_deleted() {
    over_both(async |database| {
        let store = database.open().await;
        let unnamed = |name, age_ms| {
            let mut screen = heard(name, age_ms);
            screen.key.is_named = false;
            screen
        };
        let written = [
            heard("kept", 3_500_000),
            heard("silent", 3_600_000),
            heard("removed", 0),
            unnamed("kept", 0),
            unnamed("silent", 60_000),
        ];
        store.write_screens(&written, &[], KEEP).await.unwrap();
        let removed = [written[2].key.clone()];
        store.write_screens(&[], &removed, KEEP).await.unwrap();
        let screens = store.screens(LONG, None).await.unwrap();
        assert_eq!(names(&screens), ["kept", "kept"]);
    })
    .await;
}

#[tokio::test]
async fn screens_written_before_are_not_read_again() {
    over_both(async |database| {
        let store = database.open().await;
        store
            .write_screens(&[heard("before", 0)], &[], KEEP)
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        // However long it was silent when that was written.
        store
            .write_screens(&[heard("Hall", 900_000)], &[], KEEP)
            .await
            .unwrap();
        let screens = store.screens(Duration::from_secs(1), None).await.unwrap();
        assert_eq!(names(&screens), ["Hall"]);
    })
    .await;
}

#[tokio::test]
async fn many_screens_are_written_by_two_servers_at_once() {
    over_both(async |database| {
        let (one, two) = (database.open().await, database.open().await);
        let screens: Vec<_> = (0..1_200).map(|it| heard(&it.to_string(), 0)).collect();
        let reversed: Vec<_> = screens.iter().rev().cloned().collect();
        let (a, b) = tokio::join!(
            one.write_screens(&screens, &[], KEEP),
            two.write_screens(&reversed, &[], KEEP)
        );
        a.unwrap();
        b.unwrap();
        assert_eq!(one.screens(LONG, None).await.unwrap().len(), 1_200);
    })
    .await;
}
