//! Cookies of every kind at the guard.

use std::time::Instant;

use axum::http::{HeaderMap, header::COOKIE};

use super::*;
use crate::access::{
    InFrames,
    tests::{execute, link},
};

struct House {
    guard: Guard,
    folder: tempfile::TempDir,
}

impl House {
    /// In links mode, with a link of `main` whose token is `good`, and one that is revoked.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_owned());
        let added = store.change::<_, StoreError>(|links| {
            links.push(link("main", "good"));
            links.push(link("main", "ended"));
            links[1].revoked = Some(1);
            Ok(())
        });
        added.await.unwrap();
        Self {
            guard: guard(folder.path()).await,
            folder,
        }
    }

    fn admit(&self, cookies: &[&str]) -> Result<Pass, Refusal> {
        let headers = headers(cookies);
        self.guard
            .admit("main", caller(&headers), SystemTime::now())
    }

    async fn id(&self) -> String {
        let store = Store::new(self.folder.path().to_owned());
        store.cookie_id().await.unwrap()
    }
}

async fn guard(folder: &std::path::Path) -> Guard {
    let store = Store::new(folder.to_owned());
    Guard::new(Policy::Links(store), Vec::new()).await.unwrap()
}

fn headers(cookies: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for cookie in cookies {
        headers.append(COOKIE, cookie.parse().unwrap());
    }
    headers
}

fn caller(headers: &HeaderMap) -> Caller<'_> {
    Caller {
        headers,
        peer: None,
        is_tls: false,
    }
}

fn cookie_of(guard: &Guard, link: &Link, token: &Token) -> String {
    let scope = CookieScope {
        base_path: "",
        is_secure: false,
        in_frames: InFrames::Never,
    };
    let backend = guard.link_backend().unwrap();
    let cookie = backend
        .cookie(link, token, scope, SystemTime::now())
        .unwrap();
    cookie.to_str().unwrap().to_owned()
}

fn renewed(guard: &Guard, pass: Pass) -> Option<String> {
    let (link, token) = pass.renewed?;
    Some(cookie_of(guard, &link, &token))
}

#[tokio::test]
async fn good_cookie_counts_among_tossed_ones_of_its_name() {
    let house = House::new().await;
    let tossed = "queuewall-main=tossed; ".repeat(150);
    let good = "queuewall-main=good";
    let listed = format!("{tossed}{good}");
    for cookies in [
        &[listed.as_str()][..],
        &[good, &tossed],
        &[&tossed, good],
        &["queuewall-main=ended", "queuewall-main=tossed", good],
        &["queuewall-main=tossed, queuewall-main=\"good\""],
        &["queuewall_zz_main=tossed;queuewall_yy_main=good"],
    ] {
        assert!(house.admit(cookies).is_ok(), "{cookies:?}");
    }
    for (cookies, refusal) in [
        (&[tossed.as_str()][..], Refusal::NoAccess),
        (&["queuewall-main=ended", &tossed], Refusal::Revoked),
        (&[&tossed, "queuewall-main=ended"], Refusal::Revoked),
        (&["queuewall-sales=good"], Refusal::NoAccess),
        (&[], Refusal::NoAccess),
    ] {
        assert_eq!(house.admit(cookies).unwrap_err(), refusal, "{cookies:?}");
    }
}

#[tokio::test]
async fn cookie_of_0_1_0_opens_its_board_and_is_given_the_new_name() {
    let house = House::new().await;
    let pass = house.admit(&["queuewall-main=good"]).unwrap();
    assert_eq!(pass.link, Some(TokenHash::of("good")));
    let cookie = renewed(&house.guard, pass).unwrap();
    let named = format!("queuewall_{}_main=good", house.id().await);
    assert!(
        cookie.starts_with(&format!("{named}; Path=/; ")),
        "{cookie}"
    );
    // As a browser sends it from then on, the old one beside it.
    for cookies in [
        &[named.as_str()][..],
        &[&named, "queuewall-main=good"],
        &["queuewall-main=good", &named],
    ] {
        assert!(house.admit(cookies).unwrap().renewed.is_none());
    }
    // A restart keeps the id; without it there is another, and the cookie still opens.
    let restarted = guard(house.folder.path()).await;
    let headers = headers(&[&named]);
    let again = |guard: &Guard| guard.admit("main", caller(&headers), SystemTime::now());
    assert!(again(&restarted).unwrap().renewed.is_none());
    let store = Store::new(house.folder.path().to_owned());
    execute(&store, "DELETE FROM state WHERE name = 'cookie_id'").await;
    let renamed = guard(house.folder.path()).await;
    assert!(again(&renamed).unwrap().renewed.is_some());
}

#[tokio::test]
async fn two_servers_on_one_host_keep_their_cookies_apart() {
    let (one, other) = (House::new().await, House::new().await);
    let of = |house: &House| {
        let pass = house.admit(&["queuewall-main=good"]).unwrap();
        let cookie = renewed(&house.guard, pass).unwrap();
        cookie.split(';').next().unwrap().to_owned()
    };
    let both = format!("{}; {}", of(&one), of(&other));
    assert_ne!(of(&one), of(&other));
    for house in [&one, &other] {
        assert!(house.admit(&[&both]).unwrap().renewed.is_none());
    }
}

#[tokio::test]
async fn cookies_without_id_are_used_while_database_takes_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().to_owned());
    let added = store.change::<_, StoreError>(|links| {
        links.push(link("main", "good"));
        Ok(())
    });
    added.await.unwrap();
    execute(
        &store,
        "CREATE TRIGGER full BEFORE INSERT ON state BEGIN SELECT RAISE(ABORT, 'full'); END",
    )
    .await;
    let guard = guard(folder.path()).await;
    let headers = headers(&["queuewall-main=good"]);
    let pass = guard.admit("main", caller(&headers), SystemTime::now());
    assert!(pass.unwrap().renewed.is_none());
    let backend = guard.link_backend().unwrap();
    let link = backend.links.good("good", SystemTime::now()).unwrap();
    let cookie = cookie_of(&guard, &link, &Token::of("good"));
    assert!(cookie.starts_with("queuewall-main=good; "), "{cookie}");
}

/// With the cookies parsed once a board this took 300 times as long.
#[tokio::test]
async fn cookie_header_costs_the_same_for_one_board_and_for_300() {
    let house = House::new().await;
    let junk = "queuewall-none=x; a=b; ".repeat(700);
    let headers = headers(&[&junk]);
    let slugs: Vec<String> = (0..300).map(|board| format!("board-{board}")).collect();
    let fastest = |boards: usize| {
        let time = |_| {
            let start = Instant::now();
            for _ in 0..20 {
                let slugs = slugs.iter().take(boards).map(String::as_str);
                let admitted = house
                    .guard
                    .admitted(slugs, caller(&headers), SystemTime::now());
                assert_eq!(admitted, Err(Refusal::NoAccess));
            }
            start.elapsed()
        };
        (0..5).map(time).min().unwrap()
    };
    assert!(fastest(300) < fastest(1) * 20);
}

#[tokio::test]
async fn used_link_is_logged_once_a_minute() {
    let folder = tempfile::tempdir().unwrap();
    let guard = guard(folder.path()).await;
    let backend = guard.link_backend().unwrap();
    let [one, other] = ["one", "other"].map(|id| Link {
        id: id.to_owned(),
        ..link("main", id)
    });
    let start = tokio::time::Instant::now();
    let later = |seconds| start + Duration::from_secs(seconds);
    assert!(backend.is_news(&one, start));
    assert!(!backend.is_news(&one, later(59)));
    assert!(backend.is_news(&other, later(59)), "another link");
    assert!(backend.is_news(&one, later(60)));
}
