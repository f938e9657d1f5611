//! Links that are followed, through every kind of file.

use super::*;
use crate::{access::store::tests::link, logging::tests::Said};

#[tokio::test(start_paused = true)]
async fn a_link_that_was_just_added_is_found_before_it_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().to_owned());
    let links = Arc::new(Links::open(store.clone()).unwrap());
    let _following = tokio::spawn(Arc::clone(&links).follow());
    let now = SystemTime::now();
    let added = store.change::<_, StoreError>(|links| {
        links.push(link("main", "a"));
        Ok(())
    });
    added.unwrap();
    assert_eq!(links.good("a", now), Err(Refusal::NoAccess));
    assert_eq!(links.good_or_new("b", now).await, Err(Refusal::NoAccess));
    assert_eq!(links.good_or_new("a", now).await.unwrap().board, "main");
    assert!(links.opens("a", "main", now).is_ok());
}

/// Links that are followed, and what is logged meanwhile.
struct Followed {
    links: Arc<Links>,
    store: Store,
    folder: tempfile::TempDir,
    said: Said,
    _guard: tracing::subscriber::DefaultGuard,
}

impl Followed {
    fn start() -> Self {
        let (said, guard) = Said::gather("queuewall=info");
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_owned());
        let links = Arc::new(Links::open(store.clone()).unwrap());
        tokio::spawn(Arc::clone(&links).follow());
        Self {
            links,
            store,
            folder,
            said,
            _guard: guard,
        }
    }

    async fn looks(&self, looks: u32) {
        for _ in 0..looks {
            // The clock stands still while a look is under way.
            tokio::time::sleep(LOOK_EVERY).await;
            let _ = self.links.good_or_new("unknown", SystemTime::now()).await;
        }
    }

    async fn change(&self, change: impl FnOnce(&mut Vec<Link>)) {
        let changed = self.store.change::<_, StoreError>(|links| {
            change(links);
            Ok(())
        });
        changed.unwrap();
        self.looks(1).await;
    }

    fn opens(&self, token: &str, board: &str) -> Result<(), Refusal> {
        let outcome = self.links.opens(token, board, SystemTime::now());
        outcome.map(|_| ())
    }

    fn write(&self, content: &[u8]) {
        std::fs::write(self.folder.path().join("access.json"), content).unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn changed_links_file_is_reloaded_damaged_one_is_ignored() {
    let followed = Followed::start();
    assert_eq!(followed.opens("a", "main"), Err(Refusal::NoAccess));
    followed.change(|links| links.push(link("main", "a"))).await;
    assert_eq!(followed.opens("a", "main"), Ok(()));
    assert_eq!(followed.opens("a", "sales"), Err(Refusal::NoAccess));

    let whole = std::fs::read(followed.folder.path().join("access.json")).unwrap();
    for damaged in [
        &b""[..],
        b"{",
        &whole[..whole.len() / 2],
        b"null",
        b"\0\0\0",
    ] {
        followed.write(damaged);
        followed.looks(1).await;
        assert_eq!(followed.opens("a", "main"), Ok(()), "as it was");
    }
    followed.write(&whole);
    followed.change(|links| links[0].revoked = Some(1)).await;
    assert_eq!(followed.opens("a", "main"), Err(Refusal::Revoked));
}

#[tokio::test(start_paused = true)]
async fn removed_file_leaves_links_in_force_and_is_logged_once() {
    let followed = Followed::start();
    followed.change(|links| links.push(link("main", "a"))).await;
    followed
        .change(|links| {
            links.push(link("main", "b"));
            links[1].revoked = Some(1);
        })
        .await;
    followed.looks(LOOKS_A_WRITE).await;
    std::fs::remove_file(followed.folder.path().join("access.json")).unwrap();
    followed.looks(3).await;
    assert_eq!(followed.opens("a", "main"), Ok(()));
    assert_eq!(followed.opens("b", "main"), Err(Refusal::Revoked));
    let said = followed.said.text();
    assert_eq!(
        said.matches("access.json was removed: restore it").count(),
        1,
        "{said}"
    );
    assert!(said.contains("\"level\":\"ERROR\""), "{said}");
    let refused = followed.store.change::<(), StoreError>(|_| Ok(()));
    assert!(
        matches!(refused, Err(StoreError::Gone { .. })),
        "not taken for a first link"
    );
}

#[tokio::test(start_paused = true)]
async fn revocation_holds_when_an_older_file_comes_back() {
    let followed = Followed::start();
    followed.change(|links| links.push(link("main", "a"))).await;
    let older = std::fs::read(followed.folder.path().join("access.json")).unwrap();
    followed.change(|links| links[0].revoked = Some(1)).await;
    followed.write(&older);
    followed.looks(1).await;
    assert_eq!(followed.opens("a", "main"), Err(Refusal::Revoked));
    followed.looks(LOOKS_A_WRITE).await;
    assert_eq!(
        followed.store.links().unwrap()[0].revoked,
        Some(1),
        "written again"
    );
}

#[tokio::test(start_paused = true)]
async fn revocation_applies_before_the_disk_accepts_it() {
    let followed = Followed::start();
    followed.change(|links| links.push(link("main", "a"))).await;
    followed.looks(LOOKS_A_WRITE).await;
    // Nobody can lock a folder: as good as a disk that takes nothing.
    let lock = followed.folder.path().join("access.lock");
    std::fs::remove_file(&lock).unwrap();
    std::fs::create_dir(&lock).unwrap();
    let revoked = followed
        .links
        .revoke(|link| link.board == "main", SystemTime::now());
    assert_eq!(revoked.len(), 1);
    assert_eq!(followed.opens("a", "main"), Err(Refusal::Revoked));
    followed.looks(2 * LOOKS_A_WRITE).await;
    assert_eq!(followed.opens("a", "main"), Err(Refusal::Revoked));
    let said = followed.said.text();
    assert_eq!(
        said.matches("a restart would let them in again").count(),
        1,
        "{said}"
    );

    std::fs::remove_dir(&lock).unwrap();
    followed.looks(LOOKS_A_WRITE).await;
    assert!(followed.store.links().unwrap()[0].revoked.is_some());
    assert!(
        followed
            .said
            .text()
            .contains("the revocations were written")
    );
}

#[tokio::test(start_paused = true)]
async fn changes_and_use_of_links_are_logged_once_without_token() {
    let followed = Followed::start();
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
            "links in access.json: 0",
            &format!("{link} was added"),
            &format!("{link} is used, for the first time since the start"),
            &format!("{link} was revoked"),
            &format!("{link} was refused: the link was revoked: ask for a new one"),
            &format!("{link} is not in access.json any more, and opens nothing"),
        ]
    );
}
