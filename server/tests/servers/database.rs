//! A database that is slow, or away for one server or all.

use std::time::{Duration, Instant};

use queuewall_shared::http::SNAPSHOT_AGE_HEADER;
use queuewall_store::{Location, Store, lease::Publication};

use crate::{
    line::{Line, To},
    place::Place,
    program::{PATIENCE, signal},
};

#[tokio::test]
async fn leader_without_its_database_is_replaced_and_its_numbers_grow_old() {
    let mut place = Place::new(2).await;
    place.databases[0].cut().await;
    let gap = place.until_leads(&[0, 1]).await;
    println!("a leader without the database: newer numbers after {gap:?}");
    place.until_follows(0).await;
    assert_eq!(
        place.ready(0).await["servers"]["database"],
        "does not answer"
    );
    let age = async |place: &Place| {
        let response = place.get(0, "/api/boards/main").await;
        let age = response.headers()[SNAPSHOT_AGE_HEADER]
            .to_str()
            .unwrap()
            .to_owned();
        age.parse::<u64>().unwrap()
    };
    let before = age(&place).await;
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert!(age(&place).await >= before + 6_000, "it reads nothing");
    place.databases[0].mend().await;
    let until = Instant::now() + PATIENCE;
    while age(&place).await > before {
        assert!(Instant::now() < until, "{}", place.servers[0].said());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    place.poll(0).await;
    assert_eq!(place.ready(0).await["servers"]["reads_cxone"], false);
}

#[tokio::test]
async fn statements_of_the_lease_take_few_round_trips() {
    let place = Place::new(0).await;
    let line = Line::new(To::Socket(place.folder.clone())).await;
    let url = format!("postgres://queuewall@{}/{}", line.address, place.database);
    let store = Store::open(Location::postgres(&url).unwrap())
        .await
        .unwrap();
    let long = Duration::from_secs(3_600);
    let fence = store.take_lease("one", long).await.unwrap().unwrap();
    let answer = |name: usize| Publication {
        name: name.to_string(),
        read_ms: Some(1),
        body: "{}".to_owned(),
    };
    let answers: Vec<_> = (0..20).map(answer).collect();
    let state = (0..5).map(|name| (name.to_string(), String::new()));
    let state: Vec<_> = state.collect();
    // Each connection prepares a statement once; and a statement ends with one more round trip,
    // when its connection goes back.
    macro_rules! trips {
        ($statement:expr) => {{
            for _ in 0..12 {
                $statement;
            }
            let mut least = u64::MAX;
            // A connection that the pool adds takes some more.
            for _ in 0..3 {
                tokio::time::sleep(Duration::from_millis(200)).await;
                let before = line.trips();
                for _ in 0..10 {
                    $statement;
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
                least = least.min((line.trips() - before).div_ceil(10) - 1);
            }
            least
        }};
    }
    let renew = trips!(assert!(
        store.renew_lease(fence, long, false).await.unwrap()
    ));
    let look = trips!(assert!(store.lease_holder().await.unwrap().is_valid));
    let publish = trips!(assert!(
        store.publish(fence, &answers, &state).await.unwrap()
    ));
    let update = trips!(
        store
            .update_state("0", |_, _| Some(String::new()))
            .await
            .unwrap()
    );
    assert_eq!((renew, look, publish, update), (1, 1, 1, 4));
}

#[tokio::test]
async fn leader_of_a_slow_database_stays_and_is_replaced() {
    let mut place = Place::new(2).await;
    for line in &place.databases {
        line.slow_down(Duration::from_secs(1));
    }
    tokio::time::sleep(Duration::from_secs(30)).await;
    let said = place.servers[0].said();
    assert!(!said.contains("does not read CXone any more"), "{said}");
    assert_eq!(place.ready(0).await["servers"]["reads_cxone"], true);
    for server in [0, 1] {
        let upstream = &place.ready(server).await["upstream"];
        assert_eq!(upstream["state"], "ok", "{upstream}");
        assert!(
            upstream["latest_read_age_ms"].as_u64().unwrap() < 15_000,
            "{upstream}"
        );
    }
    signal(place.servers[0].id(), "KILL");
    let gap = place.until_leads(&[1]).await;
    println!("a killed leader of a slow database: newer numbers after {gap:?}");
}

#[tokio::test]
async fn servers_without_the_database_say_the_same() {
    let mut place = Place::new(2).await;
    for line in &mut place.databases {
        line.cut().await;
    }
    let until = Instant::now() + PATIENCE;
    let begun = Instant::now();
    let mut since: [Option<Duration>; 2] = [None; 2];
    while since.contains(&None) {
        for server in [0, 1] {
            let upstream = &place.ready(server).await["upstream"];
            if upstream["cause_code"] == "no_database" {
                assert_ne!(upstream["state"], "ok");
                since[server].get_or_insert(begun.elapsed());
            } else {
                assert_eq!(since[server], None, "it says so from then on: {upstream}");
            }
        }
        assert!(
            Instant::now() < until,
            "{since:?} {}",
            place.servers[1].said()
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let [one, other] = since.map(Option::unwrap);
    assert!(one.abs_diff(other) < Duration::from_secs(6), "{since:?}");
    tokio::time::sleep(Duration::from_secs(15)).await;
    for server in [0, 1] {
        let upstream = &place.ready(server).await["upstream"];
        let said = (&upstream["state"], &upstream["cause_code"]);
        assert_eq!(
            said,
            (&"down".into(), &"no_database".into()),
            "stale by now"
        );
        let board = place.poll(server).await.board;
        assert!(board.upstream.cause_since_ms.is_some(), "{board:?}");
    }
    for line in &mut place.databases {
        line.mend().await;
    }
    place.until_read(0).await;
    place.until_read(1).await;
}
