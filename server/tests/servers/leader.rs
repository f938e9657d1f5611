//! Who leads, and what becomes of a leader that is gone or cannot read.

use std::time::{Duration, Instant};

use reqwest::header::ETAG;
use serde_json::Value;

use crate::{
    place::Place,
    program::{PATIENCE, signal},
    seen::TOLERANCE_MS,
};

#[tokio::test]
async fn servers_answer_alike_and_a_killed_leader_is_replaced() {
    let mut place = Place::new(2).await;
    assert_eq!(place.ready(0).await["servers"]["reads_cxone"], true);
    assert_eq!(place.ready(1).await["servers"]["reads_cxone"], false);
    assert_eq!(place.ready(1).await["servers"]["same_configuration"], true);
    place.poll_in_turn(&[0, 1], Duration::from_secs(12)).await;
    assert!(place.seen.readings >= 2, "{}", place.seen.readings);
    let mut alike = 0;
    for _ in 0..10 {
        let (one, other) = (place.poll(0).await, place.poll(1).await);
        // Between a reading and the other's look they differ.
        if one.read_ms.unwrap().abs_diff(other.read_ms.unwrap()) < TOLERANCE_MS {
            assert_eq!(one.tag, other.tag, "{:?} {:?}", one.board, other.board);
            alike += 1;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(alike >= 5, "{alike} of 10");
    let trends = async |server| {
        let response = place.get(server, "/api/boards/main/trends").await;
        let tag = response.headers()[ETAG].clone();
        (tag, response.text().await.unwrap())
    };
    // Not while a minute ends.
    let until = Instant::now() + PATIENCE;
    while trends(0).await != trends(1).await {
        assert!(
            Instant::now() < until,
            "{:?} {:?}",
            trends(0).await,
            trends(1).await
        );
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert!(trends(1).await.1.contains("waiting_highest"));
    signal(place.servers[0].id(), "KILL");
    let gap = place.until_leads(&[1]).await;
    println!("a killed leader: newer numbers after {gap:?}");
    place.poll_in_turn(&[1], Duration::from_secs(6)).await;
    // Neither a start nor another leader is a change.
    let events = place.get(1, "/api/boards/main/events").await;
    let events: Value = events.json().await.unwrap();
    let events = events["events"].as_array().unwrap();
    let kinds = |kind: &str| events.iter().filter(|it| it["kind"] == kind).count();
    assert_eq!((kinds("server"), kinds("upstream")), (2, 0), "{events:?}");
    let from_none = |it: &&Value| it["detail"]["from"] == "none";
    assert_eq!(events.iter().find(from_none), None);
}

#[tokio::test]
async fn stopped_leader_is_replaced_and_follows_when_it_goes_on() {
    let mut place = Place::new(2).await;
    signal(place.servers[0].id(), "STOP");
    let gap = place.until_leads(&[1]).await;
    println!("a stopped leader: newer numbers after {gap:?}");
    signal(place.servers[0].id(), "CONT");
    place.until_follows(0).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    for _ in 0..5 {
        place.poll(0).await;
        place.poll(1).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(place.ready(1).await["servers"]["reads_cxone"], true);
}

#[tokio::test]
async fn leader_that_ends_is_replaced_at_once() {
    let mut place = Place::new(2).await;
    let first = place.servers.remove(0);
    first.end();
    let gap = place.until_leads(&[0]).await;
    println!("a leader that ended: newer numbers after {gap:?}");
}

#[tokio::test]
async fn leader_that_gets_no_answer_hands_over_to_one_that_does() {
    let mut place = Place::new(2).await;
    place.cxone[0].cut().await;
    let gap = place.until_leads(&[0, 1]).await;
    println!("a leader without CXone: newer numbers after {gap:?}");
    place.until_follows(0).await;
}

#[tokio::test]
async fn leader_stays_while_no_server_gets_an_answer() {
    let mut place = Place::new(2).await;
    place.cxone[0].cut().await;
    place.cxone[1].cut().await;
    let until = Instant::now() + PATIENCE;
    while !place.servers[1].said().contains("neither does this one") {
        assert!(Instant::now() < until, "{}", place.servers[1].said());
        place.poll(0).await;
        place.poll(1).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(place.ready(0).await["servers"]["reads_cxone"], true);
    assert_eq!(place.ready(1).await["servers"]["reads_cxone"], false);
}

#[tokio::test]
async fn leader_that_cannot_read_what_was_kept_gives_the_lead_up() {
    let mut place = Place::new(2).await;
    place.execute("ALTER TABLE queue RENAME TO moved").await;
    signal(place.servers[0].id(), "KILL");
    place
        .until_said(1, "the last readings cannot be read")
        .await;
    let board = place.poll(1).await.board;
    assert!(board.totals.waiting.is_some(), "as the former leader");
    place.start().await;
    place
        .until_said(2, "the last readings cannot be read")
        .await;
    place.execute("ALTER TABLE moved RENAME TO queue").await;
    let until = Instant::now() + PATIENCE;
    let leads = async |server| place.ready(server).await["servers"]["reads_cxone"] == true;
    while !leads(1).await && !leads(2).await {
        assert!(Instant::now() < until, "{}", place.servers[1].said());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
