//! What a service manager is told: that the server is ready, how it goes, that it is
//! alive, and that it stops.
//!
//! The protocol is systemd's, `sd_notify(3)`: a datagram of `NAME=value` lines to the
//! socket that `NOTIFY_SOCKET` names. Where nobody set that, nothing is told.

mod status;

use std::{ffi::OsString, io, process, time::Duration};

use tokio::time::{Instant, sleep_until};
use tracing::warn;

use crate::{clock::Clock, config::Env, snapshot::Boards};

/// How often the status is sent, at most.
const STATUS_EVERY: Duration = Duration::from_secs(5);

/// The service manager, where there is one.
#[derive(Clone, Debug, Default)]
pub struct ServiceManager {
    /// Its socket: a path, or after an `@` a name of Linux's that lies in no folder.
    socket: Option<OsString>,
    /// After what silence it takes the process for stuck, and ends it.
    patience: Option<Duration>,
}

impl ServiceManager {
    /// The one that the variables name: `NOTIFY_SOCKET`, `WATCHDOG_USEC` and
    /// `WATCHDOG_PID`.
    #[must_use]
    pub fn of(env: &dyn Env) -> Self {
        let mut manager = Self::default();
        let mut is_ours = true;
        for (name, value) in env.variables() {
            let number = || value.to_str()?.parse::<u64>().ok();
            match name.to_str() {
                Some("NOTIFY_SOCKET") if !value.is_empty() => manager.socket = Some(value),
                Some("WATCHDOG_USEC") => {
                    manager.patience = number().filter(|&it| it > 0).map(Duration::from_micros);
                }
                // Else it waits for the process that started this one.
                Some("WATCHDOG_PID") => is_ours = number() == Some(process::id().into()),
                _ => {}
            }
        }
        if !is_ours {
            manager.patience = None;
        }
        manager
    }

    /// Sends `READY=1` once the boards were assembled for the first time, then the status and
    /// the watchdog's keep-alive, each only after they were assembled again. So a stuck
    /// poller sends nothing. It ends when the boards are dropped.
    pub async fn follow(&self, boards: &Boards, clock: &dyn Clock) {
        let mut assembled = boards.assembled();
        let rest = (self.patience).map_or(STATUS_EVERY, |it| STATUS_EVERY.min(it / 3));
        let mut first = "\nREADY=1";
        // Unlike a change, it may have been before this began to look.
        let mut is_assembled = assembled.wait_for(|&times| times > 0).await.is_ok();
        while is_assembled {
            let said_at = Instant::now();
            let status = status::of(boards, clock.now());
            let alive = self.patience.map_or("", |_| "\nWATCHDOG=1");
            if let Err(error) = self.tell(&format!("STATUS={status}{first}{alive}")) {
                warn!(
                    "systemd could not be told how the server is ({error}): check NotifyAccess= and NOTIFY_SOCKET"
                );
            }
            first = "";
            sleep_until(said_at + rest).await;
            // What was assembled meanwhile is no sign of life by now.
            assembled.mark_unchanged();
            is_assembled = assembled.changed().await.is_ok();
        }
    }

    /// Says that the process is about to end.
    pub fn stopping(&self) {
        if let Err(error) = self.tell("STOPPING=1\nSTATUS=stopping") {
            warn!(
                "systemd could not be told how the server is ({error}): check NotifyAccess= and NOTIFY_SOCKET"
            );
        }
    }

    fn tell(&self, state: &str) -> io::Result<()> {
        match &self.socket {
            Some(socket) => send(socket, state.as_bytes()),
            None => Ok(()),
        }
    }
}

#[cfg(unix)]
fn send(address: &OsString, state: &[u8]) -> io::Result<()> {
    use std::os::unix::{ffi::OsStrExt as _, net::UnixDatagram};

    // A new socket each time, as the manager may have restarted meanwhile.
    let socket = UnixDatagram::unbound()?;
    // Drops the message rather than waiting for a manager that does not read.
    socket.set_nonblocking(true)?;
    #[cfg(target_os = "linux")]
    if let Some(name) = address.as_bytes().strip_prefix(b"@") {
        use std::os::{linux::net::SocketAddrExt as _, unix::net::SocketAddr};
        let address = SocketAddr::from_abstract_name(name)?;
        return socket.send_to_addr(state, &address).map(drop);
    }
    socket.send_to(state, address).map(drop)
}

/// There is no such manager here.
#[cfg(not(unix))]
fn send(_: &OsString, _: &[u8]) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
