//! Texts that several programs change at the same time.

use std::{
    env,
    process::{Command, Stdio},
    time::{Duration, SystemTime},
};

use queuewall_store::{Location, Store};

use super::over_both;

const DATABASE: &str = "QUEUEWALL_UPDATED_DATABASE";
const PROGRAMS: i64 = 4;
const UPDATES: i64 = 25;

fn location(text: &str) -> Location {
    Location::postgres(text).unwrap_or_else(|_| Location::File(text.into()))
}

async fn count_up(store: &Store) {
    let mut next = |text: Option<&str>, _: i64| {
        let count: i64 = text.map_or(0, |text| text.parse().unwrap());
        Some((count + 1).to_string())
    };
    store.update_state("count", &mut next).await.unwrap();
}

#[tokio::test]
#[ignore = "the program that the next test starts"]
async fn counter() {
    let Some(database) = env::var_os(DATABASE) else {
        return;
    };
    let store = Store::open(location(database.to_str().unwrap()));
    let store = store.await.unwrap();
    for _ in 0..UPDATES {
        count_up(&store).await;
    }
}

#[tokio::test]
async fn update_by_several_processes_loses_none() {
    over_both(async |database| {
        let store = database.open().await;
        let program = || {
            let mut program = Command::new(env::current_exe().unwrap());
            program.args(["--ignored", "--exact", "updates::counter"]);
            let program = program.env(DATABASE, database.url());
            program.stdout(Stdio::null()).spawn().unwrap()
        };
        let programs: Vec<_> = (0..PROGRAMS).map(|_| program()).collect();
        for mut program in programs {
            assert!(program.wait().unwrap().success());
        }
        let count = store.state("count").await.unwrap().unwrap();
        assert_eq!(count, (PROGRAMS * UPDATES).to_string());
    })
    .await;
}

#[tokio::test]
async fn update_that_changes_nothing_leaves_text_as_it_is() {
    over_both(async |database| {
        let store = database.open().await;
        let mut found = Vec::new();
        for new in [None, Some("one"), None, Some(""), None] {
            let change = |text: Option<&str>, _| {
                found.push(text.map(str::to_owned));
                new.map(str::to_owned)
            };
            store.update_state("x", change).await.unwrap();
        }
        let one = Some("one".to_owned());
        assert_eq!(found, [None, None, one.clone(), one, Some(String::new())]);
        assert_eq!(store.state("x").await.unwrap().as_deref(), Some(""));
    })
    .await;
}

#[tokio::test]
async fn update_that_is_dropped_holds_no_lock() {
    over_both(async |database| {
        let (holder, store) = (database.open().await, database.open().await);
        let lock = database.lock_state(&holder).await;
        let update = store.update_state("x", |_, _| Some("late".to_owned()));
        let waited = tokio::time::timeout(Duration::from_millis(300), update).await;
        assert!(waited.is_err(), "it waits for the other program");
        lock.rollback().await.unwrap();
        for _ in 0..3 {
            let update = store.update_state("x", |_, _| Some("new".to_owned()));
            tokio::time::timeout(Duration::from_secs(10), update)
                .await
                .unwrap()
                .unwrap();
        }
        assert_eq!(holder.state("x").await.unwrap().as_deref(), Some("new"));
    })
    .await;
}

#[tokio::test]
async fn update_is_told_the_time_after_the_lock_is_held() {
    over_both(async |database| {
        let (holder, store) = (database.open().await, database.open().await);
        let ms = || {
            let since = SystemTime::UNIX_EPOCH.elapsed().unwrap();
            i64::try_from(since.as_millis()).unwrap()
        };
        let lock = database.lock_state(&holder).await;
        let mut told = 0;
        let update = store.update_state("x", |_, now_ms| {
            told = now_ms;
            None
        });
        let release = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            let released = ms();
            lock.rollback().await.unwrap();
            released
        };
        let (updated, released) = tokio::join!(update, release);
        updated.unwrap();
        assert!((released - 1..=ms() + 1).contains(&told), "{told}");
    })
    .await;
}
