//! A screen that polls several servers.

use std::time::{Duration, Instant};

use queuewall_shared::report;

use crate::{place::Place, program::PATIENCE};

#[tokio::test]
async fn screen_that_changes_servers_is_the_same_on_all_and_after_a_restart() {
    let mut place = Place::new(2).await;
    for poll in 0..10 {
        let server = poll % 2;
        let url = format!("http://{}/api/boards/main", place.servers[server].address);
        let request = place
            .client
            .get(url)
            .header(report::HEADER, "page=a; name=Hall");
        request.send().await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let screens = [place.screens(0).await, place.screens(1).await];
        for screen in screens.iter().flatten() {
            assert_eq!(screen["state"], "live", "{screen}");
            assert_eq!(screen["shares_its_name"], false, "{screen}");
        }
        let counts = screens.each_ref().map(Vec::len);
        assert!(counts.iter().all(|count| *count <= 1), "{screens:?}");
        assert!(poll < 5 || counts == [1, 1], "{screens:?}");
    }
    let screen = &place.screens(0).await[0];
    let server = screen["server"].as_str().unwrap();
    let ids = [0, 1].map(|server| format!(":{}", place.servers[server].id()));
    assert!(ids.iter().any(|id| server.ends_with(id)), "{screen}");
    // A screen that has been dark for an hour.
    place
        .execute("UPDATE screen SET last_ms = last_ms - 3600000, first_ms = first_ms - 3600000")
        .await;
    for _ in 0..2 {
        place.servers.remove(0).end();
    }
    place.start().await;
    let until = Instant::now() + PATIENCE;
    while place.screens(0).await.is_empty() {
        assert!(Instant::now() < until, "{}", place.servers[0].said());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let screen = &place.screens(0).await[0];
    assert_eq!(screen["state"], "dark");
    assert!(
        screen["last_seen_age_seconds"].as_f64().unwrap() >= 3_600.0,
        "{screen}"
    );
}
