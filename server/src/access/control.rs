//! How `queuewall links revoke` reaches a running server without a disk: where the database
//! cannot be written, or is damaged, a revocation still has to count at once.
//!
//! The server listens on a socket in Linux's abstract namespace, which needs no file. Its
//! name is made of the state folder's device and inode, so that both sides find it. Each
//! side asks the kernel for the other's user id: the same user or root is answered.

use std::{
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{Link, Links};

/// Which links are meant: the one with this id, or all of a board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// A link's id.
    pub id: Option<String>,
    /// A board's slug, where no id is named.
    pub board: Option<String>,
}

/// A link that was revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// Its id.
    pub id: String,
    /// Its board's slug.
    pub board: String,
    /// What people call it.
    pub label: Option<String>,
}

impl From<&Link> for Revoked {
    fn from(link: &Link) -> Self {
        Self {
            id: link.id.clone(),
            board: link.board.clone(),
            label: link.label.clone(),
        }
    }
}

/// What the server answers; `None`: it has no such link.
type Answer = Option<Vec<Revoked>>;

impl Revocation {
    /// Whether it means this link.
    pub fn means(&self, link: &Link) -> bool {
        match (&self.id, &self.board) {
            (Some(id), _) => link.id == *id,
            (None, board) => board.as_ref() == Some(&link.board),
        }
    }
}

/// Answers revocations for as long as it is polled.
pub(super) async fn serve(folder: PathBuf, links: &Links) {
    if let Err(error) = linux::serve(folder, links).await {
        tracing::debug!("`queuewall links revoke` needs to write the database: {error}");
    }
    std::future::pending().await
}

/// Asks the server that runs on this folder. Waits for its answer, a few seconds at most.
///
/// # Errors
/// When no server answers.
pub async fn revoke(folder: &Path, revocation: &Revocation) -> io::Result<Option<Vec<Revoked>>> {
    linux::ask(folder, revocation).await
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{
        os::{linux::net::SocketAddrExt as _, unix::fs::MetadataExt as _, unix::net},
        time::{Duration, SystemTime},
    };

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::{UnixListener, UnixStream},
        time::{sleep, timeout},
    };

    use super::*;

    const LONGEST_QUESTION: u64 = 4 * 1024;
    const LONGEST_ANSWER: u64 = 1024 * 1024;
    const PATIENCE: Duration = Duration::from_secs(5);
    /// After a folder is missing, or another server has the name.
    const AGAIN_AFTER: Duration = Duration::from_secs(10);

    /// The socket's name, and the user who owns the folder.
    fn place(folder: &Path) -> io::Result<(net::SocketAddr, u32)> {
        let found = std::fs::metadata(folder)?;
        let name = format!("queuewall-{}-{}", found.dev(), found.ino());
        Ok((net::SocketAddr::from_abstract_name(name)?, found.uid()))
    }

    fn bind(folder: &Path) -> io::Result<(UnixListener, u32)> {
        let (address, owner) = place(folder)?;
        let listener = net::UnixListener::bind_addr(&address)?;
        listener.set_nonblocking(true)?;
        Ok((UnixListener::from_std(listener)?, owner))
    }

    pub(super) async fn serve(folder: PathBuf, links: &Links) -> io::Result<()> {
        let (listener, owner) = loop {
            let folder = folder.clone();
            match tokio::task::spawn_blocking(move || bind(&folder)).await? {
                Ok(bound) => break bound,
                Err(error) => tracing::debug!("no socket for `queuewall links revoke`: {error}"),
            }
            sleep(AGAIN_AFTER).await;
        };
        loop {
            let (stream, _) = listener.accept().await?;
            if is_trusted(&stream, owner) {
                // One at a time: only trusted users can ask at all.
                let _ = timeout(PATIENCE, answer(stream, links)).await;
            }
        }
    }

    async fn answer(mut stream: UnixStream, links: &Links) -> io::Result<()> {
        let mut question = Vec::new();
        (&mut stream)
            .take(LONGEST_QUESTION)
            .read_to_end(&mut question)
            .await?;
        let revocation: Revocation = serde_json::from_slice(&question)?;
        let answer: Answer = links.has(|link| revocation.means(link)).then(|| {
            let revoked = links.revoke(|link| revocation.means(link), SystemTime::now());
            revoked.iter().map(Revoked::from).collect()
        });
        stream.write_all(&serde_json::to_vec(&answer)?).await
    }

    pub(super) async fn ask(folder: &Path, revocation: &Revocation) -> io::Result<Answer> {
        let asked = async {
            let (address, owner) = place(folder)?;
            let stream = net::UnixStream::connect_addr(&address)?;
            stream.set_nonblocking(true)?;
            let mut stream = UnixStream::from_std(stream)?;
            if !is_trusted(&stream, owner) {
                return Err(io::Error::other("a program of another user took its place"));
            }
            stream.write_all(&serde_json::to_vec(revocation)?).await?;
            stream.shutdown().await?;
            let mut answer = Vec::new();
            (&mut stream)
                .take(LONGEST_ANSWER)
                .read_to_end(&mut answer)
                .await?;
            Ok(serde_json::from_slice(&answer)?)
        };
        timeout(PATIENCE, asked).await?
    }

    /// Whether the other side runs as root, as this user, or where this is root, as the
    /// folder's owner: that one can change the files anyway.
    fn is_trusted(stream: &UnixStream, owner: u32) -> bool {
        let user = rustix::process::geteuid();
        let trusted = [0, user.as_raw(), if user.is_root() { owner } else { 0 }];
        let other = stream.peer_cred();
        other.is_ok_and(|other| trusted.contains(&other.uid()))
    }
}

#[cfg(not(target_os = "linux"))]
use elsewhere as linux;

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use super::*;

    pub(super) async fn serve(_folder: PathBuf, _links: &Links) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) async fn ask(_folder: &Path, _revocation: &Revocation) -> io::Result<Answer> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
