//! Links that are followed, while other processes change them.

use super::*;
use crate::{
    access::tests::{execute, link},
    logging::tests::Said,
};

#[tokio::test]
async fn a_link_that_was_just_added_is_found_before_it_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().to_owned());
    let links = Arc::new(Links::open(store.clone()).await.unwrap());
    let _following = tokio::spawn(Arc::clone(&links).follow());
    let now = SystemTime::now();
    let added = store.change::<_, StoreError>(|links| {
        links.push(link("main", "a"));
        Ok(())
    });
    added.await.unwrap();
    assert_eq!(links.good_or_new("b", now).await, Err(Refusal::NoAccess));
    assert_eq!(links.good_or_new("a", now).await.unwrap().board, "main");
    assert!(links.opens("a", "main", now).is_ok());
}

/// Links that are followed, and what is logged meanwhile.
struct Followed {
    links: Arc<Links>,
    store: Store,
    _folder: tempfile::TempDir,
    said: Said,
    _guard: tracing::subscriber::DefaultGuard,
}

impl Followed {
    async fn start() -> Self {
        let (said, guard) = Said::gather("queuewall=info");
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_owned());
        let links = Arc::new(Links::open(store.clone()).await.unwrap());
        tokio::spawn(Arc::clone(&links).follow());
        Self {
            links,
            store,
            _folder: folder,
            said,
            _guard: guard,
        }
    }

    async fn looks(&self, looks: u32) {
        for _ in 0..looks {
            let _ = self.links.good_or_new("unknown", SystemTime::now()).await;
        }
    }

    async fn change(&self, change: impl FnOnce(&mut Vec<Link>)) {
        let changed = self.store.change::<_, StoreError>(|links| {
            change(links);
            Ok(())
        });
        changed.await.unwrap();
        self.looks(1).await;
    }

    fn opens(&self, token: &str, board: &str) -> Result<(), Refusal> {
        let outcome = self.links.opens(token, board, SystemTime::now());
        outcome.map(|_| ())
    }
}

#[tokio::test]
async fn changed_links_are_reloaded_and_stay_while_database_fails() {
    let followed = Followed::start().await;
    assert_eq!(followed.opens("a", "main"), Err(Refusal::NoAccess));
    followed.change(|links| links.push(link("main", "a"))).await;
    assert_eq!(followed.opens("a", "main"), Ok(()));
    assert_eq!(followed.opens("a", "sales"), Err(Refusal::NoAccess));

    execute(&followed.store, "ALTER TABLE state RENAME TO gone").await;
    followed.looks(3).await;
    assert_eq!(followed.opens("a", "main"), Ok(()), "as it was");
    let said = followed.said.text();
    assert_eq!(said.matches("stay as they were").count(), 1, "{said}");
    assert!(said.contains("\"level\":\"ERROR\""), "{said}");
    execute(&followed.store, "ALTER TABLE gone RENAME TO state").await;
    followed.change(|links| links[0].revoked = Some(1)).await;
    assert_eq!(followed.opens("a", "main"), Err(Refusal::Revoked));
    let said = followed.said.text();
    assert!(said.contains("the links are read again"), "{said}");
}

#[cfg(unix)]
#[tokio::test]
async fn links_stay_in_force_while_their_file_is_gone() {
    let followed = Followed::start().await;
    followed.change(|links| links.push(link("main", "a"))).await;
    let file = followed._folder.path().join(crate::database::FILE);
    let elsewhere = followed._folder.path().join("elsewhere");
    std::fs::rename(&file, &elsewhere).unwrap();
    followed.looks(3).await;
    assert_eq!(followed.opens("a", "main"), Ok(()), "as it was");
    let said = followed.said.text();
    assert_eq!(said.matches("stay as they were").count(), 1, "{said}");
    assert!(said.contains("was removed or replaced"), "{said}");
    std::fs::rename(&elsewhere, &file).unwrap();
    followed.looks(1).await;
    let said = followed.said.text();
    assert!(said.contains("the links are read again"), "{said}");
}

#[tokio::test]
async fn revocation_applies_before_the_database_accepts_it() {
    let followed = Followed::start().await;
    followed.change(|links| links.push(link("main", "a"))).await;
    let full = "CREATE TRIGGER full BEFORE UPDATE ON link BEGIN SELECT RAISE(ABORT, 'full'); END";
    execute(&followed.store, full).await;
    let revoked = followed
        .links
        .revoke(|link| link.board == "main", SystemTime::now());
    assert_eq!(revoked.len(), 1);
    assert_eq!(followed.opens("a", "main"), Err(Refusal::Revoked));
    // Another link changes meanwhile.
    followed.change(|links| links.push(link("main", "b"))).await;
    followed.looks(2 * LOOKS_A_WRITE).await;
    assert_eq!(followed.opens("a", "main"), Err(Refusal::Revoked));
    assert_eq!(followed.opens("b", "main"), Ok(()));
    let said = followed.said.text();
    assert_eq!(
        said.matches("a restart would let them in again").count(),
        1,
        "{said}"
    );

    execute(&followed.store, "DROP TRIGGER full").await;
    followed.looks(2 * LOOKS_A_WRITE).await;
    let links = followed.store.links().await.unwrap();
    assert!(links[0].revoked.is_some());
    assert!(
        followed
            .said
            .text()
            .contains("the revocations were written")
    );
}

#[tokio::test]
async fn changes_and_use_of_links_are_logged_once_without_token() {
    let followed = Followed::start().await;
    followed
        .change(|links| links.push(link("main", "s3cret")))
        .await;
    for _ in 0..3 {
        followed.opens("s3cret", "main").unwrap();
    }
    followed.change(|links| links[0].revoked = Some(1)).await;
    for _ in 0..3 {
        followed.opens("s3cret", "main").unwrap_err();
    }
    followed.change(|links| links.clear()).await;
    let lines = followed.said.lines();
    let said: Vec<_> = lines
        .iter()
        .map(|line| line["message"].as_str().unwrap())
        .collect();
    let link = "link main-s3cret of board main";
    assert_eq!(
        said,
        [
            "links: 0",
            &format!("{link} was added"),
            &format!("{link} is used, for the first time since the start"),
            &format!("{link} was revoked"),
            &format!("{link} was refused: the link was revoked: ask for a new one"),
            &format!("{link} is not stored any more, and opens nothing"),
        ]
    );
}
