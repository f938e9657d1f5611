//! The signals that end the server: SIGTERM and Ctrl-C.

use std::io;

/// Starts listening at once, so that a signal from now on is not lost, and hands
/// back what resolves when the process is asked to end.
///
/// # Errors
/// When the system does not let the process wait for signals.
#[cfg(unix)]
pub fn requested() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => tracing::info!("SIGTERM: shutting down"),
            _ = interrupt.recv() => tracing::info!("SIGINT: shutting down"),
        }
    })
}

/// Starts listening at once, so that Ctrl-C from now on is not lost, and hands
/// back what resolves when the process is asked to end.
///
/// # Errors
/// When the system does not let the process wait for signals.
#[cfg(windows)]
pub fn requested() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
        tracing::info!("Ctrl-C: shutting down");
    })
}
