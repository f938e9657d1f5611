//! A screen that changes servers at every poll sees no older reading after a newer one.

use std::time::Duration;

use crate::{place::Place, program::signal};

#[tokio::test]
async fn readings_do_not_go_back_where_the_database_is_slow() {
    let mut place = Place::new(2).await;
    place.poll_in_turn(&[0, 1], Duration::from_secs(6)).await;
    for line in &place.databases {
        line.slow_down(Duration::from_secs(1));
    }
    // When it becomes slower, they may differ for a moment.
    tokio::time::sleep(Duration::from_secs(12)).await;
    let before = place.seen.readings;
    place.poll_in_turn(&[0, 1], Duration::from_secs(40)).await;
    let readings = place.seen.readings - before;
    assert!(readings >= 3, "{readings} in 40 s");
    println!("a slow database: {readings} readings in 40 s");
}

#[tokio::test]
async fn readings_do_not_go_back_where_the_leader_loses_the_database() {
    let mut place = Place::new(2).await;
    place.poll_in_turn(&[0, 1], Duration::from_secs(6)).await;
    place.databases[0].cut().await;
    let before = place.seen.readings;
    place.poll_in_turn(&[0, 1], Duration::from_secs(30)).await;
    assert!(place.seen.readings > before, "by the other one");
    assert_eq!(place.ready(1).await["servers"]["reads_cxone"], true);
    place.databases[0].mend().await;
    place.poll_in_turn(&[0, 1], Duration::from_secs(12)).await;
    let upstream = &place.poll(0).await.board.upstream;
    assert_eq!(upstream.cause_code, None, "it is one of them again");
}

#[tokio::test]
async fn readings_do_not_go_back_where_all_lose_the_database() {
    let mut place = Place::new(2).await;
    place.poll_in_turn(&[0, 1], Duration::from_secs(6)).await;
    for line in &mut place.databases {
        line.cut().await;
    }
    place.poll_in_turn(&[0, 1], Duration::from_secs(25)).await;
    let [one, other] = [place.poll(0).await, place.poll(1).await];
    let since = [&one, &other].map(|it| it.board.upstream.cause_since_ms.unwrap());
    assert!(since[0].abs_diff(since[1]) <= 1_000, "{since:?}");
    let since_reading = one.read_ms.unwrap().abs_diff(since[0]);
    assert!(since_reading <= 1_100, "{since_reading}");
    for line in &mut place.databases {
        line.mend().await;
    }
    place.poll_in_turn(&[0, 1], Duration::from_secs(15)).await;
}

#[tokio::test]
async fn readings_do_not_go_back_where_the_leader_is_killed() {
    let mut place = Place::new(3).await;
    place.poll_in_turn(&[0, 1, 2], Duration::from_secs(8)).await;
    signal(place.servers[0].id(), "KILL");
    let before = place.seen.readings;
    place.poll_in_turn(&[1, 2], Duration::from_secs(30)).await;
    assert!(place.seen.readings > before, "by one of the others");
}
