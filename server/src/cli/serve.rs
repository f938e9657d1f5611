//! `queuewall serve`: binds the address, hands over to the server, and keeps its
//! configuration up to date.

use std::{
    io::{self, Write as _},
    net::SocketAddr,
    sync::Arc,
};

use anyhow::anyhow;
use tokio::{net::TcpListener, sync::Notify};

use super::exit::{Exit, Failure};
use crate::{
    access::StoreError,
    connections::TlsError,
    reload::{self, Reload},
    serve::Server,
    shutdown,
    system_error::{Attempt, remedy},
};

/// Why there is no listener on `address`, which `setting` names. A port that is forbidden
/// stays so until the configuration changes; one that is in use, or an address that the
/// network has not assigned yet, may come free.
fn no_listener(error: &io::Error, address: SocketAddr, setting: &str) -> Failure {
    let exit = match error.kind() {
        io::ErrorKind::PermissionDenied => Exit::Usage,
        _ => Exit::Other,
    };
    let remedy = remedy(Attempt::Listen, error);
    Failure::new(
        exit,
        format_args!("cannot listen on {address} ({error}): {remedy} ({setting})"),
    )
}

/// Serves until the process is asked to end. Prints the wallboard's address on
/// stdout once it is bound, which tells the port where port 0 was requested.
pub(super) async fn run(mut server: Server, reload: Option<Reload>) -> Result<Exit, Failure> {
    let listen = server.config.server.listen;
    let cannot_listen =
        |error: io::Error| no_listener(&error, listen, "QUEUEWALL_LISTEN; `demo`: --listen");
    let listener = TcpListener::bind(listen).await.map_err(cannot_listen)?;
    if let Some(address) = server.config.server.metrics_listen {
        let operators = TcpListener::bind(address).await.map_err(|error| {
            no_listener(
                &error,
                address,
                "QUEUEWALL_METRICS_LISTEN; `demo`: --metrics-listen",
            )
        })?;
        server.operators = Some(operators);
    }
    let address = listener.local_addr().map_err(cannot_listen)?;
    let base_path = server.config.server.base_path.clone();
    let scheme = if server.config.server.tls.is_some() {
        "https"
    } else {
        "http"
    };
    let no_signals = |error: io::Error| {
        let remedy = remedy(Attempt::Read, &error);
        Failure::new(
            Exit::Other,
            format_args!("cannot wait for signals ({error}): {remedy}"),
        )
    };
    let ended = shutdown::requested().map_err(no_signals)?;
    let asked = Arc::new(Notify::new());
    let reloading = match reload {
        Some(reload) => {
            // Before anybody learns the address: from then on a signal is expected.
            reload::hangups(Arc::clone(&asked)).map_err(no_signals)?;
            tokio::spawn(reload.run(asked))
        }
        None => tokio::spawn(std::future::pending()),
    };
    // A server whose output nobody reads still serves.
    let _ = writeln!(io::stdout(), "{scheme}://{address}{base_path}/");
    let outcome = tokio::select! {
        outcome = server.run(listener, ended) => outcome,
        // It never ends by itself. Without it the wall would only seem to follow its
        // configuration.
        ended = reloading => Err(anyhow!("nobody reads the configuration any more: {ended:?}")),
    };
    outcome.map_err(|error| Failure::new(exit_after(&error), format_args!("{error:#}")))?;
    Ok(Exit::Done)
}

/// A certificate, a key or links that cannot be used stay so until somebody acts.
fn exit_after(error: &anyhow::Error) -> Exit {
    let is_lasting = |error: &StoreError| error.is_lasting();
    match error.is::<TlsError>() || error.downcast_ref().is_some_and(is_lasting) {
        true => Exit::Usage,
        false => Exit::Other,
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::{
        access::Store,
        config::{AccessConfig, AccessMode},
        database::FILE,
        state::StateError,
    };

    #[tokio::test]
    async fn unusable_state_folder_ends_with_exit_code_2() {
        let folder = tempfile::tempdir().unwrap();
        let access = |state_dir: PathBuf| AccessConfig {
            mode: AccessMode::Links,
            state_dir,
            ..AccessConfig::default()
        };
        let exit = async |state_dir: &Path| {
            let access = access(state_dir.to_owned());
            let guard = access.guard(Store::new(state_dir.to_owned())).await;
            exit_after(&guard.unwrap_err().into())
        };
        let links = folder.path().join("access.json");
        std::fs::write(&links, "{").unwrap();
        assert_eq!(exit(folder.path()).await, Exit::Usage, "damaged");
        assert_eq!(exit(&links).await, Exit::Usage, "a file in its place");
        std::fs::remove_file(&links).unwrap();
        let database = folder.path().join(FILE);
        std::fs::write(&database, [7; 8_192]).unwrap();
        assert_eq!(exit(folder.path()).await, Exit::Usage, "a damaged database");
        assert_eq!(std::fs::read(&database).unwrap(), [7; 8_192], "left alone");
        #[cfg(unix)]
        for planted in [links.clone(), database] {
            let _ = std::fs::remove_file(&planted);
            std::os::unix::fs::symlink("/etc/hostname", &planted).unwrap();
            assert_eq!(exit(folder.path()).await, Exit::Usage, "planted");
            std::fs::remove_file(&planted).unwrap();
        }
        for code in [5, 28] {
            let failed = StateError::Io {
                path: links.clone(),
                verb: "read",
                attempt: Attempt::Read,
                error: io::Error::from_raw_os_error(code),
            };
            let error = StoreError::from(failed).into();
            assert_eq!(exit_after(&error), Exit::Other, "it may pass: {code}");
        }
    }

    #[test]
    fn listener_failure_has_true_remedy_and_exit_code() {
        let address = SocketAddr::from(([0, 0, 0, 0], 80));
        let failed = |kind: io::ErrorKind| {
            let failure = no_listener(&kind.into(), address, "QUEUEWALL_LISTEN");
            (failure.exit, failure.message.unwrap_or_default())
        };
        let (exit, message) = failed(io::ErrorKind::PermissionDenied);
        assert_eq!(exit, Exit::Usage, "no restart helps");
        assert!(message.contains("below 1024") && !message.contains("uses the port"));
        let (exit, message) = failed(io::ErrorKind::AddrInUse);
        assert_eq!(exit, Exit::Other);
        assert!(message.contains("uses the port") && message.ends_with("(QUEUEWALL_LISTEN)"));
        let (exit, message) = failed(io::ErrorKind::AddrNotAvailable);
        assert_eq!(exit, Exit::Other, "the network may come up");
        assert!(message.contains("no such address"), "{message}");
    }
}
