//! An address, and the routes that are served there.

use std::{future::Future, sync::Arc};

use anyhow::{Context as _, Result};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use crate::{
    access::Proxies,
    config::Live,
    connections::{self, ConnectionMetrics, Limits, Tls},
    http::{App, Hosts},
};

/// A listening address with its routes.
pub(super) struct Listener {
    socket: TcpListener,
    tls: Option<Tls>,
    app: App,
    hosts: Arc<Hosts>,
    url: String,
    limits: Limits,
    proxies: Proxies,
    metrics: ConnectionMetrics,
}

impl Listener {
    /// The routes that `app` makes, on `socket`, by TLS where there is some, for requests to
    /// this address and to `hosts`. Nothing is answered yet.
    ///
    /// # Errors
    /// When the socket has no address.
    pub(super) fn new(
        socket: TcpListener,
        tls: Option<Tls>,
        hosts: &[String],
        limits: Limits,
        app: impl FnOnce(Arc<Hosts>) -> App,
    ) -> Result<Self> {
        let address = socket.local_addr().context("the listener has no address")?;
        let hosts = Arc::new(Hosts::new(address, hosts.iter().cloned()));
        let scheme = if tls.is_some() { "https" } else { "http" };
        Ok(Self {
            socket,
            tls,
            app: app(Arc::clone(&hosts)),
            hosts,
            url: format!("{scheme}://{address}"),
            limits,
            proxies: Proxies::default(),
            metrics: ConnectionMetrics::default(),
        })
    }

    /// The same, with trusted `proxies`, and `metrics` that count its connections.
    pub(super) fn with_proxies(mut self, proxies: Proxies, metrics: ConnectionMetrics) -> Self {
        (self.proxies, self.metrics) = (proxies, metrics);
        self
    }

    /// Its address, for people.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Serves until `shutdown`, by the names that `changes` bring; what is under way is
    /// answered.
    pub(super) async fn serve(
        self,
        changes: Option<watch::Receiver<Live>>,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) {
        let app = self.app;
        let answer = move |request| app.clone().answer(request);
        // A separate task, since it waits for a disk; it ends with this one.
        let mut renewing = JoinSet::new();
        if let Some(tls) = self.tls.clone() {
            renewing.spawn(tls.keep_fresh());
        }
        let (limits, proxies, metrics) = (self.limits, self.proxies, self.metrics);
        tokio::select! {
            () = connections::serve(
                self.socket, self.tls, answer, limits, proxies, metrics, shutdown,
            ) => {}
            never = self.hosts.follow(changes) => match never {},
        }
    }
}
