//! What happens to a server in a round: screens of many names and boards, clients that
//! behave and others that do not, and every few rounds an outage or another configuration.

use std::{borrow::Cow, net::SocketAddr, ops::AddAssign, time::Duration};

use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use queuewall_shared::report::Report;
use queuewall_simulator::Fault;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
    time::timeout,
};

use crate::{
    program::Program,
    screen::{Answer, Screen},
};

/// What the program starts with: two boards, one of which comes and goes.
pub(super) const FIRST_BOARDS: &str = "\
[[boards]]\nslug = \"main\"\ntitle = \"Customer Care\"\n\n\
[[boards]]\nslug = \"first\"\ntitle = \"First\"\nnotice = \"Until the next one\"\n";

/// What takes its place for a while.
const OTHER_BOARDS: &str = "\
[[boards]]\nslug = \"main\"\ntitle = \"Customers\"\nlanguage = \"de\"\n\n\
[[boards]]\nslug = \"other\"\ntitle = \"Other\"\n\n\
[[boards]]\nslug = \"third\"\ntitle = \"Third\"\nnotice = \"With a line at its foot\"\n";

/// Some of these are there, and some are not.
const BOARDS: [&str; 4] = ["main", "first", "other", "third"];

/// Screens at once, and visitors at once.
const SCREENS: u32 = 32;
const VISITORS: u32 = 8;

/// After so many polls a screen is another one.
const A_SCREEN_LASTS: u32 = 40;

/// Names that screens have; every third has none, and then its page is new.
const NAMES: u32 = 300;

/// More screens than a server keeps.
const MORE_THAN_KEPT: u32 = 5_000;

/// For an answer on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much a round is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    /// Polls of screens on connections that stay open.
    pub polls: u32,
    /// Further connections, each of which ends soon.
    pub connects: u32,
}

/// What was seen of rounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Polls that were answered with a board.
    pub boards: u64,
    /// Polls that were answered with 304.
    pub unchanged: u64,
    /// Polls for a board that was not there.
    pub missing: u64,
    /// Connections, those of screens included.
    pub connects: u64,
    /// Outages of the tenant that began.
    pub outages: u64,
    /// Configurations that were taken over.
    pub reloads: u64,
}

impl Seen {
    /// Polls in all.
    pub const fn polls(&self) -> u64 {
        self.boards + self.unchanged + self.missing
    }
}

impl AddAssign for Seen {
    fn add_assign(&mut self, more: Self) {
        self.boards += more.boards;
        self.unchanged += more.unchanged;
        self.missing += more.missing;
        self.connects += more.connects;
        self.outages += more.outages;
        self.reloads += more.reloads;
    }
}

/// Lets more screens than are kept be there once: what knows them is then as large as it
/// gets.
pub(super) async fn fill(program: &Program) -> Result<()> {
    let mut screen = Screen::connect(program.address(), &Report::default()).await?;
    for number in 0..MORE_THAN_KEPT {
        screen.reports(&Report {
            page: Cow::Owned(format!("fill{number}")),
            build: Some("0123456789abcdef".into()),
            ..Report::default()
        });
        screen.poll("main").await?;
    }
    Ok(())
}

impl Round {
    /// Lets the round of this number pass.
    pub(super) async fn pass(self, program: &mut Program, number: u32) -> Result<Seen> {
        let mut seen = befall(program, number).await?;
        let address = program.address();
        let mut all = JoinSet::new();
        for screen in 0..SCREENS {
            let share = share(self.polls, SCREENS, screen);
            all.spawn(watch(address, number * SCREENS + screen, share));
        }
        for visitor in 0..VISITORS {
            let share = share(self.connects, VISITORS, visitor);
            all.spawn(visit(address, visitor, share));
        }
        while let Some(one) = all.join_next().await {
            seen += one??;
        }
        Ok(seen)
    }
}

/// What one of `many` does of it all.
const fn share(all: u32, many: u32, one: u32) -> u32 {
    all / many + (one < all % many) as u32
}

/// What comes over the server in this round, and goes on until another does.
async fn befall(program: &mut Program, number: u32) -> Result<Seen> {
    let mut seen = Seen::default();
    match number % 8 {
        1 => program.tenant().fail_with(Fault::status(503)),
        3 => program.tenant().fail_with(Fault::Reset),
        5 => program.tenant().fail_with(Fault::Truncated),
        7 => program.tenant().fail_with(Fault::Hang),
        _ => program.tenant().heal(),
    }
    seen.outages += u64::from(number % 2 == 1);
    let boards = match number % 4 {
        0 => Some(FIRST_BOARDS),
        2 => Some(OTHER_BOARDS),
        _ => None,
    };
    if let Some(boards) = boards.filter(|_| number > 0) {
        program.reconfigure(boards).await?;
        seen.reloads += 1;
    }
    Ok(seen)
}

/// One connection, over which screens look one after the other.
async fn watch(address: SocketAddr, first: u32, polls: u32) -> Result<Seen> {
    let mut seen = Seen {
        connects: 1,
        ..Seen::default()
    };
    let mut screen = Screen::connect(address, &Report::default()).await?;
    for poll in 0..polls {
        let board = match (first + poll / A_SCREEN_LASTS) % 8 {
            1 => BOARDS[1],
            3 => BOARDS[2],
            5 => BOARDS[3],
            _ => BOARDS[0],
        };
        if poll % A_SCREEN_LASTS == 0 {
            let other = first
                .wrapping_mul(7_919)
                .wrapping_add(poll / A_SCREEN_LASTS);
            screen.reports(&Report {
                page: Cow::Owned(format!("page{other}")),
                name: (!other.is_multiple_of(3))
                    .then(|| Cow::Owned(format!("TV {}", other % NAMES))),
                build: Some("0123456789abcdef".into()),
                paint_age_ms: Some(other % 50_000),
                errors: other % 3,
                ..Report::default()
            });
            screen.forget();
        }
        match timeout(PATIENCE, screen.poll(board))
            .await
            .context("no answer")??
        {
            Answer::Changed(_) => seen.boards += 1,
            Answer::Unchanged(_) => seen.unchanged += 1,
            Answer::Refused(StatusCode::NOT_FOUND) if board != BOARDS[0] => seen.missing += 1,
            Answer::Refused(status) => anyhow::bail!("{board} was answered with {status}"),
        }
    }
    Ok(seen)
}

/// Connections one after the other, of every kind.
async fn visit(address: SocketAddr, first: u32, connects: u32) -> Result<Seen> {
    for number in 0..connects {
        let visit = one_visit(address, first + number);
        timeout(PATIENCE, visit)
            .await
            .context("a visit does not end")??;
    }
    Ok(Seen {
        connects: connects.into(),
        ..Seen::default()
    })
}

async fn one_visit(address: SocketAddr, kind: u32) -> Result<()> {
    let get =
        |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n{more}\r\n");
    let last = "connection: close\r\n";
    match kind % 9 {
        0 => {
            let mut screen = Screen::connect(address, &Report::default()).await?;
            let answer = screen.poll("main").await?;
            ensure!(matches!(answer, Answer::Changed(_)), "{answer:?}");
            Ok(())
        }
        1 => {
            drop(TcpStream::connect(address).await?);
            Ok(())
        }
        // Gone in the middle of a request, and with an answer unread.
        2 => leave(address, "GET /api/boards/main HTTP/1.1\r\nhost: ").await,
        3 => leave(address, &get("/api/boards/main", "")).await,
        4 => answered(address, "NONSENSE\r\n\r\n", "400").await,
        5 => answered(address, &get("/api/boards/nowhere", last), "404").await,
        6 => answered(address, &get("/", last), "200").await,
        7 => answered(address, &get("/healthz", last), "200").await,
        _ => {
            let many = format!("x-large: {}\r\n", "x".repeat(20_000));
            answered(address, &get("/api/boards/main", &many), "431").await
        }
    }
}

/// Says that, and breaks off with a reset.
async fn leave(address: SocketAddr, words: &str) -> Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.set_zero_linger()?;
    let mut stream = socket.connect(address).await?;
    Ok(stream.write_all(words.as_bytes()).await?)
}

/// Says that, and reads until the server closes.
async fn answered(address: SocketAddr, words: &str, status: &str) -> Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(words.as_bytes()).await?;
    let mut answer = Vec::new();
    // What was not read of a request that is too large makes a reset of the end.
    let ended = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    let is_so = answer.get(9..12) == Some(status);
    ensure!(
        is_so || (answer.is_empty() && ended.is_err()),
        "{words:.40?} was answered with {answer:.100?}"
    );
    Ok(())
}
