//! Cookies of every kind at the guard.

use std::time::Instant;

use axum::http::{HeaderMap, header::COOKIE};

use super::*;
use crate::access::{InFrames, store::tests::link};

struct House {
    guard: Guard,
    folder: tempfile::TempDir,
}

impl House {
    /// In links mode, with a link of `main` whose token is `good`, and one that is revoked.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_owned());
        let added = store.change::<_, StoreError>(|links| {
            links.push(link("main", "good"));
            links.push(link("main", "ended"));
            links[1].revoked = Some(1);
            Ok(())
        });
        added.unwrap();
        Self {
            guard: guard(folder.path()),
            folder,
        }
    }

    fn admit(&self, cookies: &[&str]) -> Result<Pass, Refusal> {
        let headers = headers(cookies);
        self.guard
            .admit("main", caller(&headers), SystemTime::now())
    }

    fn id(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("cookie-id"))
            .unwrap()
            .trim()
            .to_owned()
    }
}

fn guard(folder: &std::path::Path) -> Guard {
    Guard::new(Policy::Links(folder.to_owned()), Vec::new()).unwrap()
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

#[test]
fn good_cookie_counts_among_tossed_ones_of_its_name() {
    let house = House::new();
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

#[test]
fn cookie_of_0_1_0_opens_its_board_and_is_given_the_new_name() {
    let house = House::new();
    let pass = house.admit(&["queuewall-main=good"]).unwrap();
    assert_eq!(pass.link, Some(TokenHash::of("good")));
    let cookie = renewed(&house.guard, pass).unwrap();
    let named = format!("queuewall_{}_main=good", house.id());
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
    // A restart keeps the id; without the file there is another, and the cookie still opens.
    let restarted = guard(house.folder.path());
    let headers = headers(&[&named]);
    let again = |guard: &Guard| guard.admit("main", caller(&headers), SystemTime::now());
    assert!(again(&restarted).unwrap().renewed.is_none());
    std::fs::remove_file(house.folder.path().join("cookie-id")).unwrap();
    assert!(
        again(&guard(house.folder.path()))
            .unwrap()
            .renewed
            .is_some()
    );
}

#[test]
fn two_servers_on_one_host_keep_their_cookies_apart() {
    let (one, other) = (House::new(), House::new());
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

#[test]
fn cookies_without_id_are_used_while_the_folder_takes_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().to_owned());
    let added = store.change::<_, StoreError>(|links| {
        links.push(link("main", "good"));
        Ok(())
    });
    added.unwrap();
    std::fs::create_dir(folder.path().join("cookie-id")).unwrap();
    let guard = guard(folder.path());
    let headers = headers(&["queuewall-main=good"]);
    let pass = guard.admit("main", caller(&headers), SystemTime::now());
    assert!(pass.unwrap().renewed.is_none());
    let backend = guard.link_backend().unwrap();
    let link = backend.links.good("good", SystemTime::now()).unwrap();
    let cookie = cookie_of(&guard, &link, &Token::of("good"));
    assert!(cookie.starts_with("queuewall-main=good; "), "{cookie}");
}

/// With the cookies parsed once a board this took 300 times as long.
#[test]
fn cookie_header_costs_the_same_for_one_board_and_for_300() {
    let house = House::new();
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

#[cfg(target_os = "linux")]
#[test]
fn start_succeeds_where_the_state_folder_cannot_be_made() {
    let (said, _guard) = crate::logging::tests::Said::gather("queuewall=info");
    // Nobody can make a folder there, not even root.
    let guard = guard(std::path::Path::new("/proc/queuewall-state"));
    let headers = headers(&["queuewall-main=good"]);
    let refused = guard.admit("main", caller(&headers), SystemTime::now());
    assert_eq!(refused.unwrap_err(), Refusal::NoAccess);
    assert!(said.text().contains("cannot be made"), "{}", said.text());
}

#[test]
fn used_link_is_logged_once_a_minute() {
    let folder = tempfile::tempdir().unwrap();
    let guard = guard(folder.path());
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
