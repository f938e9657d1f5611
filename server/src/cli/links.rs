//! `queuewall links`: hands out, lists and revokes what opens a board.

use std::{
    io::{self, BufRead, Write},
    time::{Duration, SystemTime},
};

use jiff::Timestamp;
use queuewall_shared::http::TOKEN_FRAGMENT;
use serde::Serialize;

use super::{
    args::{AddArgs, LinksCommand, RevokeArgs},
    exit::{Exit, Failure},
    qr,
    table::{self, Align, Column, Format, printable},
};
use crate::{
    access::{
        LONGEST_COOKIE, Link, LinkStatus, Store, StoreError, Token, TokenHash, code,
        control::{self, Revocation, Revoked},
        seconds_since_1970,
    },
    config::{AccessMode, LinkSettings},
};

/// What a command on links reads and writes.
pub(super) struct CommandIo<'a> {
    /// Boards, folder and address.
    pub(super) config: &'a LinkSettings,
    /// Where the links are.
    pub(super) store: Store,
    /// This moment.
    pub(super) now: SystemTime,
    /// For the answer.
    pub(super) out: &'a mut dyn Write,
    /// For everything said about it.
    pub(super) notes: &'a mut dyn Write,
    /// Whether the notes go to a terminal.
    pub(super) is_terminal: bool,
    /// Answers to questions; `None` in a script.
    pub(super) answers: Option<&'a mut dyn BufRead>,
}

/// A link as scripts see it. Its token is nowhere to be had.
#[derive(Serialize)]
struct LinkRow {
    id: String,
    board: String,
    label: Option<String>,
    created: String,
    expires: Option<String>,
    /// What it may do beside showing the board.
    agents: bool,
    state: &'static str,
}

/// Does what was asked.
pub(super) async fn run(io: &mut CommandIo<'_>, command: LinksCommand) -> Result<Exit, Failure> {
    match command {
        LinksCommand::Add(args) => io.add(args).await,
        LinksCommand::List(args) => io.list(super::format(args)).await,
        LinksCommand::Revoke(args) => io.revoke(&args).await,
    }
}

impl CommandIo<'_> {
    async fn add(&mut self, args: AddArgs) -> Result<Exit, Failure> {
        let token = Token::generate().map_err(no_random)?;
        let (hash, expires, agents) = (token.hash(), args.expires, args.agents);
        let id = self.hand_out(&args, hash, |_| Ok(())).await?;
        let board = &args.board;
        let address = format!(
            "{}/board/{board}#{TOKEN_FRAGMENT}{}",
            self.config.address,
            token.expose()
        );
        writeln!(self.out, "{address}")?;
        if self.is_terminal {
            qr::write(self.notes, &address)?;
        }
        writeln!(
            self.notes,
            "link {id} opens the board {board} {}. It is shown this once: only a hash of it is kept.",
            until(expires.at(self.now))
        )?;
        if agents {
            writeln!(
                self.notes,
                "It also lists the agents of the board, by name or initials as the board shows them."
            )?;
        }
        if self.config.access.public_url.is_none() {
            writeln!(
                self.notes,
                "note: browsers elsewhere need another address than {}: set QUEUEWALL_PUBLIC_URL \
                 (server.public_url)",
                self.config.address
            )?;
        }
        self.note_mode()?;
        Ok(Exit::Done)
    }

    /// Stores a link of `sha256` and tells its id. `check` may refuse it for the links
    /// that there are.
    pub(super) async fn hand_out(
        &self,
        args: &AddArgs,
        sha256: TokenHash,
        check: impl FnOnce(&[Link]) -> Result<(), Failure>,
    ) -> Result<String, Failure> {
        let board = &args.board;
        if !self.config.slugs.iter().any(|slug| slug == board) {
            return Err(Failure::new(
                Exit::Usage,
                format_args!(
                    "there is no board {board:?}: name one of {}",
                    self.config.slugs.join(", ")
                ),
            ));
        }
        let added = self.store.change(|links| {
            check(links)?;
            let now = self.now;
            forget(links, now);
            let mut id = code::generate().map_err(no_random)?.to_ascii_lowercase();
            while links.iter().any(|link| link.id == id) {
                id = code::generate().map_err(no_random)?.to_ascii_lowercase();
            }
            links.push(Link {
                id: id.clone(),
                board: board.clone(),
                label: args.label.clone(),
                created: seconds_since_1970(now),
                expires: args.expires.at(now),
                revoked: None,
                agents: args.agents,
                sha256,
            });
            Ok(id)
        });
        added.await
    }

    async fn list(&mut self, format: Format) -> Result<Exit, Failure> {
        let links = self.store.links().await?;
        let rows: Vec<_> = links
            .into_iter()
            .map(|link| LinkRow {
                state: match link.status(self.now) {
                    LinkStatus::Good => "good",
                    LinkStatus::Revoked => "revoked",
                    LinkStatus::Expired => "expired",
                },
                id: link.id,
                board: link.board,
                label: link.label,
                created: written(link.created),
                expires: link.expires.map(written),
                agents: link.agents,
            })
            .collect();
        match format {
            Format::Json => {
                serde_json::to_writer_pretty(&mut *self.out, &rows).map_err(io::Error::from)?;
                writeln!(self.out)?;
            }
            Format::Table => {
                let column = |heading, cell: fn(&LinkRow) -> &str| {
                    Column::new(
                        heading,
                        Align::Left,
                        rows.iter().map(|row| cell(row).to_owned()),
                    )
                };
                let columns = [
                    column("ID", |row| &row.id),
                    column("BOARD", |row| &row.board),
                    column("LABEL", |row| row.label.as_deref().unwrap_or_default()),
                    column("CREATED", |row| &row.created),
                    column("EXPIRES", |row| row.expires.as_deref().unwrap_or("never")),
                    column("AGENTS", |row| if row.agents { "yes" } else { "no" }),
                    column("STATE", |row| row.state),
                ];
                table::write(self.out, &columns)?;
            }
        }
        self.note_mode()?;
        Ok(Exit::Done)
    }

    async fn revoke(&mut self, args: &RevokeArgs) -> Result<Exit, Failure> {
        let now = self.now;
        let revocation = Revocation {
            id: args.id.clone(),
            board: args.board.clone(),
        };
        let stored = self.store.change::<_, RevokeError>(|links| {
            if !links.iter().any(|link| revocation.means(link)) {
                return Err(RevokeError::NoSuchLink);
            }
            let mut revoked = Vec::new();
            for link in links.iter_mut().filter(|link| revocation.means(link)) {
                if link.status(now) == LinkStatus::Good {
                    link.revoked = Some(seconds_since_1970(now));
                    revoked.push(Revoked::from(&*link));
                }
            }
            Ok(revoked)
        });
        let (revoked, unwritten) = match stored.await {
            Ok(revoked) => (Some(revoked), None),
            Err(RevokeError::NoSuchLink) => (None, None),
            Err(RevokeError::Store(error)) => {
                let folder = &self.config.access.state_dir;
                match control::revoke(folder, &revocation).await {
                    Ok(revoked) => (revoked, Some(error)),
                    Err(silence) => {
                        return Err(Failure::new(
                            Exit::Other,
                            format_args!(
                                "nothing was revoked: {error}. A running server could revoke it all the same, and \
                                 none answers on this folder ({silence}): run the command on the server's machine \
                                 (in its container: podman exec), as its user or as root"
                            ),
                        ));
                    }
                }
            }
        };
        let Some(revoked) = revoked else {
            let missing = match &args.id {
                Some(id) => format!("there is no link {id:?}: `queuewall links list` has them"),
                None => "the board has no links: `queuewall links list` has them".to_owned(),
            };
            return Err(Failure::new(Exit::Other, missing));
        };
        for link in &revoked {
            let label = printable(link.label.as_deref().unwrap_or_default());
            writeln!(self.out, "{}  {}  {label}", link.id, link.board)?;
        }
        match revoked.len() {
            0 => writeln!(self.notes, "nothing to revoke: already ended")?,
            _ => writeln!(
                self.notes,
                "revoked. Their screens show so within one poll, about 6 seconds."
            )?,
        }
        if let Some(error) = unwritten.filter(|_| !revoked.is_empty()) {
            writeln!(
                self.notes,
                "note: the running server refuses them, but could not save it yet: {error}. It retries every 10 s; \
                 after a restart before that, they would work again. Its log says when it is saved"
            )?;
        }
        Ok(Exit::Done)
    }

    /// A link is of no use to a server that asks for none.
    pub(super) fn note_mode(&mut self) -> io::Result<()> {
        if self.config.access.mode == AccessMode::Links {
            return Ok(());
        }
        writeln!(
            self.notes,
            "note: the server does not use links unless QUEUEWALL_ACCESS (access.mode) is links"
        )
    }
}

/// Why the links were not changed.
enum RevokeError {
    NoSuchLink,
    Store(StoreError),
}

impl From<StoreError> for RevokeError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Until when, in a sentence.
pub(super) fn until(expires: Option<u64>) -> String {
    match expires {
        Some(at) => format!("until {}", written(at)),
        None => "until it is revoked".to_owned(),
    }
}

/// A time in UTC, to the second. Beyond what a calendar has it is its number.
fn written(seconds: u64) -> String {
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .map_or_else(|| seconds.to_string(), |time| time.to_string())
}

fn no_random(error: io::Error) -> Failure {
    Failure::new(Exit::Other, error)
}

/// So many links are kept whatever the clock says: one that is far ahead, for a moment,
/// makes every link look as if it had ended long ago.
const ALWAYS_KEPT: usize = 1_000;

/// Drops links of which no cookie is left that could ask why, the oldest first, where
/// there are very many.
fn forget(links: &mut Vec<Link>, now: SystemTime) {
    let mut surplus = links.len().saturating_sub(ALWAYS_KEPT);
    links.retain(|link| {
        let is_surplus = surplus > 0 && link.ended(now).is_some_and(|at| is_forgotten(at, now));
        surplus -= usize::from(is_surplus);
        !is_surplus
    });
}

fn is_forgotten(ended: u64, now: SystemTime) -> bool {
    let age = Duration::from_secs(seconds_since_1970(now).saturating_sub(ended));
    age > LONGEST_COOKIE
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let exit = match error.is_lasting() {
            true => Exit::Usage,
            false => Exit::Other,
        };
        Self::new(exit, error)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{
        access::tests::execute,
        cli::args::Expires,
        config::{AccessConfig, StoreConfig},
        database::FILE,
    };
    use tempfile::TempDir;

    /// A [`CommandIo`] whose output can be read.
    pub(in crate::cli) struct TestIo {
        pub(in crate::cli) config: LinkSettings,
        pub(in crate::cli) now: SystemTime,
        is_terminal: bool,
        /// What somebody types when asked; `None` for a script.
        pub(in crate::cli) answer: Option<&'static str>,
        _folder: TempDir,
    }

    impl TestIo {
        pub(in crate::cli) fn open() -> Self {
            let folder = tempfile::tempdir().unwrap();
            Self {
                config: LinkSettings {
                    access: AccessConfig {
                        mode: AccessMode::Links,
                        state_dir: folder.path().join("state"),
                        public_url: Some("https://wall.example.com".to_owned()),
                        ..AccessConfig::default()
                    },
                    store: StoreConfig::default(),
                    slugs: vec!["main".to_owned(), "sales".to_owned()],
                    address: "https://wall.example.com".to_owned(),
                },
                now: SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000),
                is_terminal: false,
                answer: None,
                _folder: folder,
            }
        }

        /// What came out on stdout and stderr.
        pub(in crate::cli) async fn ask(
            &self,
            act: impl AsyncFnOnce(&mut CommandIo<'_>) -> Result<Exit, Failure>,
        ) -> Result<(String, String), Failure> {
            let (mut out, mut notes) = (Vec::new(), Vec::new());
            let mut typed = self.answer.map(str::as_bytes);
            let mut command_io = CommandIo {
                config: &self.config,
                store: self.store(),
                now: self.now,
                out: &mut out,
                notes: &mut notes,
                is_terminal: self.is_terminal,
                answers: typed.as_mut().map(|typed| typed as &mut dyn BufRead),
            };
            let exit = act(&mut command_io).await?;
            assert_eq!(exit, Exit::Done);
            let text = |bytes| String::from_utf8(bytes).unwrap();
            Ok((text(out), text(notes)))
        }

        pub(in crate::cli) fn store(&self) -> Store {
            Store::new(self.config.access.state_dir.clone())
        }

        async fn add(
            &self,
            board: &str,
            label: Option<&str>,
            expires: Expires,
        ) -> (String, String) {
            let args = AddArgs {
                board: board.to_owned(),
                label: label.map(str::to_owned),
                expires,
                agents: false,
            };
            let add = async |io: &mut CommandIo<'_>| run(io, LinksCommand::Add(args)).await;
            self.ask(add).await.unwrap()
        }

        async fn revoke(
            &self,
            id: Option<&str>,
            board: Option<&str>,
        ) -> Result<(String, String), Failure> {
            let args = RevokeArgs {
                id: id.map(str::to_owned),
                board: board.map(str::to_owned),
                all: board.is_some(),
            };
            let revoke = async |io: &mut CommandIo<'_>| run(io, LinksCommand::Revoke(args)).await;
            self.ask(revoke).await
        }

        async fn states(&self) -> Vec<LinkStatus> {
            let links = self.store().links().await.unwrap();
            links.iter().map(|link| link.status(self.now)).collect()
        }
    }

    #[tokio::test]
    async fn a_new_link_is_printed_once_and_stored_as_a_hash() {
        let mut test_io = TestIo::open();
        let (address, notes) = test_io.add("sales", Some("Hall 2"), Expires::Days(2)).await;
        let token = address
            .trim()
            .strip_prefix("https://wall.example.com/board/sales#t=")
            .unwrap();
        assert_eq!(token.len(), 22);
        assert!(notes.contains("until 2027-01-17T08:00:00Z"), "{notes}");
        assert!(
            !notes.contains(token) && !notes.contains("note:"),
            "{notes}"
        );
        let links = test_io.store().links().await.unwrap();
        assert_eq!(links[0].sha256, TokenHash::of(token));
        assert_eq!(links[0].board, "sales");
        assert_eq!(links[0].expires, Some(1_800_000_000 + 2 * 86_400));
        let files = std::fs::read_dir(&test_io.config.access.state_dir).unwrap();
        for file in files {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            let has_token = bytes.windows(token.len()).any(|it| it == token.as_bytes());
            assert!(!has_token);
        }

        test_io.is_terminal = true;
        test_io.config.access.public_url = None;
        test_io.config.access.mode = AccessMode::Loopback;
        let (_, notes) = test_io.add("main", None, Expires::Never).await;
        assert!(notes.contains('█'), "a code to be scanned: {notes}");
        assert!(notes.contains("QUEUEWALL_PUBLIC_URL"), "{notes}");
        assert!(notes.contains("QUEUEWALL_ACCESS"), "{notes}");
        assert_eq!(test_io.store().links().await.unwrap()[1].expires, None);
    }

    #[tokio::test]
    async fn link_that_lists_agents_is_told_apart() {
        let test_io = TestIo::open();
        test_io.add("main", None, Expires::Never).await;
        let args = AddArgs {
            board: "main".to_owned(),
            label: None,
            expires: Expires::Never,
            agents: true,
        };
        let add = async |io: &mut CommandIo<'_>| run(io, LinksCommand::Add(args)).await;
        let (_, notes) = test_io.ask(add).await.unwrap();
        assert!(notes.contains("It also lists the agents"), "{notes}");
        let list = async |io: &mut CommandIo<'_>| io.list(Format::Json).await;
        let (rows, _) = test_io.ask(list).await.unwrap();
        let rows: serde_json::Value = serde_json::from_str(&rows).unwrap();
        assert_eq!([&rows[0]["agents"], &rows[1]["agents"]], [false, true]);
    }

    #[tokio::test]
    async fn a_board_that_is_not_there_gets_no_link() {
        let test_io = TestIo::open();
        let args = AddArgs {
            board: "sale".to_owned(),
            label: None,
            expires: Expires::Never,
            agents: false,
        };
        let add = async |io: &mut CommandIo<'_>| run(io, LinksCommand::Add(args)).await;
        let failure = test_io.ask(add).await;
        assert_eq!(
            failure,
            Err(Failure::new(
                Exit::Usage,
                "there is no board \"sale\": name one of main, sales"
            ))
        );
        assert_eq!(test_io.store().links().await.unwrap(), []);
    }

    #[tokio::test]
    async fn links_are_listed_without_what_opens_them() {
        let mut test_io = TestIo::open();
        let (address, _) = test_io.add("main", Some("Hall"), Expires::Days(1)).await;
        test_io.add("sales", None, Expires::Never).await;
        test_io.now += Duration::from_secs(86_400);
        let list = async |format| {
            let list = async |io: &mut CommandIo<'_>| io.list(format).await;
            test_io.ask(list).await.unwrap().0
        };
        let table = list(Format::Table).await;
        let lines: Vec<_> = table
            .lines()
            .map(|line| line.split_whitespace().skip(1))
            .collect();
        let lines: Vec<Vec<_>> = lines.into_iter().map(Iterator::collect).collect();
        assert_eq!(
            lines[0],
            ["BOARD", "LABEL", "CREATED", "EXPIRES", "AGENTS", "STATE"]
        );
        assert_eq!(
            lines[1],
            [
                "main",
                "Hall",
                "2027-01-15T08:00:00Z",
                "2027-01-16T08:00:00Z",
                "no",
                "expired"
            ]
        );
        assert_eq!(
            lines[2],
            ["sales", "2027-01-15T08:00:00Z", "never", "no", "good"]
        );
        let rows: serde_json::Value = serde_json::from_str(&list(Format::Json).await).unwrap();
        assert_eq!(rows[1]["state"], "good");
        assert_eq!(rows[1]["expires"], serde_json::Value::Null);
        let keys: Vec<_> = rows[0].as_object().unwrap().keys().collect();
        assert_eq!(
            keys,
            [
                "agents", "board", "created", "expires", "id", "label", "state"
            ]
        );
        let token = address.split("t=").nth(1).unwrap().trim();
        assert!(!table.contains(token));
    }

    #[tokio::test]
    async fn one_link_or_all_of_a_board_are_revoked() {
        let test_io = TestIo::open();
        for board in ["main", "main", "sales"] {
            test_io.add(board, None, Expires::Never).await;
        }
        let id = test_io.store().links().await.unwrap()[0].id.clone();
        let (out, notes) = test_io.revoke(Some(&id), None).await.unwrap();
        assert!(out.starts_with(&format!("{id}  main")), "{out}");
        assert!(notes.contains("within one poll"), "{notes}");
        let (good, revoked) = (LinkStatus::Good, LinkStatus::Revoked);
        assert_eq!(test_io.states().await, [revoked, good, good]);
        let (out, notes) = test_io.revoke(Some(&id), None).await.unwrap();
        assert_eq!((out.as_str(), notes.starts_with("nothing")), ("", true));

        let (out, _) = test_io.revoke(None, Some("main")).await.unwrap();
        assert_eq!(out.lines().count(), 1, "{out}");
        assert_eq!(test_io.states().await, [revoked, revoked, good]);
        for failure in [
            test_io.revoke(Some("nope"), None).await,
            test_io.revoke(None, Some("nope")).await,
        ] {
            assert_eq!(failure.unwrap_err().exit, Exit::Other);
        }
        assert_eq!(test_io.states().await, [revoked, revoked, good]);
    }

    #[tokio::test]
    async fn a_clock_that_is_ahead_for_a_moment_loses_no_link() {
        let mut test_io = TestIo::open();
        test_io.add("main", None, Expires::Days(365)).await;
        let today = test_io.now;
        test_io.now += 100 * LONGEST_COOKIE;
        test_io.add("main", None, Expires::Days(1)).await;
        assert_eq!(
            test_io.states().await,
            [LinkStatus::Expired, LinkStatus::Good]
        );
        test_io.now = today;
        assert_eq!(test_io.states().await, [LinkStatus::Good, LinkStatus::Good]);
    }

    #[test]
    fn oldest_ended_links_are_removed_when_there_are_too_many() {
        let now = SystemTime::UNIX_EPOCH + 2 * LONGEST_COOKIE;
        let ended = |days: u64| seconds_since_1970(now) - days * 86_400;
        let link = |number: usize, revoked| Link {
            id: number.to_string(),
            board: "main".to_owned(),
            label: None,
            created: 0,
            expires: None,
            revoked,
            agents: false,
            sha256: TokenHash::of(&number.to_string()),
        };
        let mut links: Vec<_> = (0..ALWAYS_KEPT + 2)
            .map(|number| {
                let days = [None, Some(500), Some(399), Some(500), Some(500)].get(number);
                link(number, days.copied().flatten().map(ended))
            })
            .collect();
        forget(&mut links, now);
        let first: Vec<_> = links.iter().take(3).map(|link| link.id.as_str()).collect();
        assert_eq!(
            first,
            ["0", "2", "4"],
            "a good one, a late one, and one of room"
        );
        assert_eq!(links.len(), ALWAYS_KEPT);
        forget(&mut links, now);
        assert_eq!(links.len(), ALWAYS_KEPT);
    }

    #[tokio::test]
    async fn a_damaged_store_is_left_alone() {
        let test_io = TestIo::open();
        test_io.add("main", None, Expires::Days(1)).await;
        let folder = &test_io.config.access.state_dir;
        let database = folder.join(FILE);
        let whole = std::fs::read(&database).unwrap();
        std::fs::write(&database, [7; 8_192]).unwrap();
        let failure = test_io.revoke(None, Some("main")).await.unwrap_err();
        let message = failure.message.unwrap();
        assert!(message.contains("queuewall.db is damaged"), "{message}");
        assert!(message.contains("none answers on this folder"), "{message}");
        assert_eq!(std::fs::read(&database).unwrap(), [7; 8_192]);

        std::fs::write(&database, whole).unwrap();
        let old = folder.join("access.json");
        std::fs::write(&old, "{").unwrap();
        let failure = test_io.revoke(None, Some("main")).await.unwrap_err();
        let message = failure.message.unwrap();
        assert!(message.contains("access.json is damaged"), "{message}");
        assert_eq!(std::fs::read_to_string(&old).unwrap(), "{");
    }

    #[cfg(target_os = "linux")]
    #[tokio::test(flavor = "multi_thread")]
    async fn server_revokes_link_when_database_cannot_be_written() {
        let test_io = TestIo::open();
        let (address, _) = test_io.add("main", Some("Hall"), Expires::Days(1)).await;
        let token = address.trim().rsplit("t=").next().unwrap();
        let guard = test_io.config.access.guard(test_io.store()).await;
        let guard = std::sync::Arc::new(guard.unwrap());
        let links = &guard.link_backend().unwrap().links;
        let following = std::sync::Arc::clone(&guard);
        let following = tokio::spawn(async move { following.follow().await });
        let now = test_io.now;
        assert!(links.good(token, now).is_ok());
        let store = test_io.store();
        execute(
            &store,
            "CREATE TRIGGER full BEFORE UPDATE ON link BEGIN SELECT RAISE(ABORT, 'disk full'); END",
        )
        .await;
        let until = std::time::Instant::now() + Duration::from_secs(30);
        // The server has the folder's socket a moment after its start.
        let (out, notes) = loop {
            match test_io.revoke(None, Some("main")).await {
                Ok(said) => break said,
                Err(error) => assert!(std::time::Instant::now() < until, "{error:?}"),
            }
        };
        assert_eq!(links.good(token, now), Err(crate::access::Refusal::Revoked));
        assert!(out.contains("main  Hall"), "{out}");
        assert!(notes.contains("could not save it yet"), "{notes}");
        assert!(notes.contains("disk full"), "{notes}");
        let (_, notes) = test_io.revoke(None, Some("main")).await.unwrap();
        assert!(notes.starts_with("nothing to revoke"), "{notes}");
        let unknown = test_io.revoke(Some("nope"), None).await.unwrap_err();
        assert!(unknown.message.unwrap().starts_with("there is no link"));

        execute(&store, "DROP TRIGGER full").await;
        while test_io.states().await != [LinkStatus::Revoked] {
            assert!(std::time::Instant::now() < until, "never written");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        following.abort();
    }
}
