//! SIGHUP, by which an operator asks for the configuration to be read again.

use std::{io, sync::Arc};

use tokio::sync::Notify;

/// Starts listening at once, so that a signal from now on neither ends the process nor
/// is lost, and notifies `asked` of each for as long as the runtime lives.
///
/// # Errors
/// When the system does not let the process wait for signals.
#[cfg(unix)]
pub fn hangups(asked: Arc<Notify>) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            asked.notify_one();
        }
    });
    Ok(())
}

/// This system has no such signal: the files are looked at, and that is all.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub fn hangups(_: Arc<Notify>) -> io::Result<()> {
    Ok(())
}
