//! Links and waiting screens.

use queuewall_store::{
    QueryError, Store,
    access::{Link, WaitingScreen},
};

use super::over_both;

/// A link that never ends; those whose ids begin with `a` may list agents.
pub(super) fn link(id: &str) -> Link {
    Link {
        id: id.to_owned(),
        board: "main".to_owned(),
        label: Some("Hall 2".to_owned()),
        created: 1_800_000_000,
        expires: None,
        revoked: None,
        agents: id.starts_with('a'),
        sha256: format!("hash of {id}"),
    }
}

async fn add(store: &Store, id: &str) {
    let added = store.change_links::<_, QueryError>(|links| {
        links.push(link(id));
        Ok(())
    });
    added.await.unwrap();
}

fn ids(links: &[Link]) -> Vec<&str> {
    links.iter().map(|link| link.id.as_str()).collect()
}

#[tokio::test]
async fn links_are_added_revoked_and_removed() {
    over_both(async |database| {
        let store = database.open().await;
        assert_eq!(store.links().await.unwrap(), []);
        assert_eq!(store.links_version().await.unwrap(), None);
        for id in ["b", "a", "c"] {
            let before = store.links_version().await.unwrap();
            add(&store, id).await;
            assert_ne!(store.links_version().await.unwrap(), before);
        }
        let other = database.open().await;
        assert_eq!(ids(&other.links().await.unwrap()), ["b", "a", "c"]);
        let changed = other.change_links::<_, QueryError>(|links| {
            links[0].revoked = Some(7);
            links.remove(1);
            Ok(links.len())
        });
        assert_eq!(changed.await.unwrap(), 2);
        let links = store.links().await.unwrap();
        assert_eq!(ids(&links), ["b", "c"]);
        let revoked = Link {
            revoked: Some(7),
            ..link("b")
        };
        assert_eq!(links, [revoked, link("c")]);
        assert_eq!(store.info().await.unwrap().links, 2);
    })
    .await;
}

#[tokio::test]
async fn link_of_an_older_version_may_not_list_agents() {
    over_both(async |database| {
        let store = database.open().await;
        // As versions write it that know no such right.
        let insert =
            "INSERT INTO link (id, board, created, sha256) VALUES ('a', 'main', 0, 'hash')";
        database.execute(insert).await;
        add(&store, "ab").await;
        let links = store.links().await.unwrap();
        assert_eq!(
            links.iter().map(|link| link.agents).collect::<Vec<_>>(),
            [false, true]
        );
    })
    .await;
}

#[tokio::test]
async fn refused_change_of_links_writes_nothing() {
    over_both(async |database| {
        #[derive(Debug)]
        struct Refused;
        impl From<QueryError> for Refused {
            fn from(error: QueryError) -> Self {
                panic!("{error}")
            }
        }
        let store = database.open().await;
        add(&store, "a").await;
        let before = store.links_version().await.unwrap();
        let refused = store.change_links::<(), Refused>(|links| {
            links.clear();
            Err(Refused)
        });
        refused.await.unwrap_err();
        assert_eq!(ids(&store.links().await.unwrap()), ["a"]);
        assert_eq!(store.links_version().await.unwrap(), before);
        add(&store, "b").await;
    })
    .await;
}

#[tokio::test]
async fn programs_that_add_links_at_once_lose_none() {
    over_both(async |database| {
        let (one, two) = (database.open().await, database.open().await);
        let adding = async |store: &Store, name: &str| {
            for number in 0..10 {
                add(store, &format!("{name}{number}")).await;
            }
        };
        tokio::join!(
            adding(&one, "a"),
            adding(&two, "b"),
            adding(&one, "c"),
            adding(&two, "d")
        );
        assert_eq!(one.links().await.unwrap().len(), 40);
        assert_eq!(one.links_version().await.unwrap().as_deref(), Some("40"));
    })
    .await;
}

#[tokio::test]
async fn taking_over_twice_changes_nothing_and_keeps_revocations() {
    over_both(async |database| {
        let store = database.open().await;
        add(&store, "b").await;
        let revoked = Link {
            revoked: Some(7),
            ..link("b")
        };
        for budget in ["one", "two"] {
            let texts = [("budget", budget)];
            store
                .take_over(&[link("a"), revoked.clone()], &texts)
                .await
                .unwrap();
            let links = store.links().await.unwrap();
            assert_eq!(links, [revoked.clone(), link("a")]);
            assert_eq!(
                store.state("budget").await.unwrap().as_deref(),
                Some("one"),
                "the first stays"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn text_is_the_same_for_all_who_make_it() {
    over_both(async |database| {
        let (one, two) = (database.open().await, database.open().await);
        let (first, second) = tokio::join!(one.state_or("id", "x"), two.state_or("id", "y"));
        assert_eq!(first.unwrap(), second.unwrap());
    })
    .await;
}

#[tokio::test]
async fn waiting_screens_of_all_programs_are_there_until_they_expire() {
    over_both(async |database| {
        let screen = |code: &str, expires| WaitingScreen {
            code: code.to_owned(),
            sha256: format!("hash of {code}"),
            expires,
            peer: Some("10.0.0.7".to_owned()),
        };
        let (one, two) = (database.open().await, database.open().await);
        let added = [screen("B", 20), screen("A", 10), screen("A", 10)];
        one.write_waiting_screens(&added, &[], 0).await.unwrap();
        two.write_waiting_screens(&[screen("C", 30)], &[], 0)
            .await
            .unwrap();
        let expected = [screen("A", 10), screen("B", 20), screen("C", 30)];
        assert_eq!(one.waiting_screens().await.unwrap(), expected);
        let removed = ["hash of C".to_owned()];
        one.write_waiting_screens(&[], &removed, 10).await.unwrap();
        assert_eq!(two.waiting_screens().await.unwrap(), [screen("B", 20)]);
    })
    .await;
}
