//! The running simulator: accepts connections, and cuts them all when it stops.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::{JoinHandle, JoinSet},
};

use crate::{Control, Options, http, tenant::Tenant};

/// A simulated tenant that serves in the background. Dropping it stops it.
pub struct Simulator {
    address: SocketAddr,
    tenant: Arc<Tenant>,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Simulator {
    /// Serves on `listener`. The simulated day starts now.
    ///
    /// # Panics
    /// Outside of a tokio runtime, or when the system no longer knows the
    /// listener's address.
    #[must_use = "dropping it stops it"]
    pub fn start(listener: TcpListener, options: Options) -> Self {
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let tenant = Arc::new(Tenant::new(options));
        let (stop, stopped) = oneshot::channel();
        Self {
            address,
            serving: tokio::spawn(serve(listener, Arc::clone(&tenant), stopped)),
            tenant,
            stop: Some(stop),
        }
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What to set `CXONE_BASE_URL` to, on this machine: no slash at the end.
    pub fn base_url(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(match address.ip() {
                IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
                IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
            });
        }
        format!("http://{address}")
    }

    /// A handle to change it while it runs.
    pub fn control(&self) -> Control {
        Control::new(Arc::clone(&self.tenant))
    }

    /// Stops it: when this returns, the port is free and every connection cut.
    pub async fn shutdown(mut self) {
        if let Some(stop) = self.stop.take() {
            // An error means that it has stopped already.
            let _ = stop.send(());
        }
        let _ = (&mut self.serving).await;
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, tenant: Arc<Tenant>, mut stopped: oneshot::Receiver<()>) {
    // Dropping the set cuts the connections.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve_connection(stream, Arc::clone(&tenant)));
                }
                Err(error) => {
                    tracing::warn!(%error, "no connection accepted");
                    // Out of file handles, as a rule: it takes others to close some.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
        }
    }
    connections.shutdown().await;
}

async fn serve_connection(stream: TcpStream, tenant: Arc<Tenant>) {
    // Answers are small and must not wait for more to send.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| http::respond(&tenant, request));
    let served = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "connection ended");
    }
}
