//! A listener, and what is served behind it.

use std::{future::Future, sync::Arc};

use anyhow::{Context as _, Result};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use crate::{
    access::Proxies,
    config::Live,
    connections::{self, Limits, Tls},
    http::{App, Rules},
    metrics::Doors,
};

/// Where some of the routes can be reached.
pub(super) struct Entrance {
    listener: TcpListener,
    tls: Option<Tls>,
    app: App,
    rules: Arc<Rules>,
    url: String,
    limits: Limits,
    proxies: Proxies,
    doors: Doors,
}

impl Entrance {
    /// On `listener`, over `tls` where there is one: the routes that `app` makes, under the
    /// rules of this address and of `hosts`. Nothing is answered yet.
    ///
    /// # Errors
    /// When the listener has no address.
    pub(super) fn open(
        listener: TcpListener,
        tls: Option<Tls>,
        hosts: &[String],
        limits: Limits,
        app: impl FnOnce(Arc<Rules>) -> App,
    ) -> Result<Self> {
        let address = listener
            .local_addr()
            .context("the listener has no address")?;
        let rules = Arc::new(Rules::new(address, hosts.iter().cloned(), tls.is_some()));
        let scheme = if tls.is_some() { "https" } else { "http" };
        Ok(Self {
            listener,
            tls,
            app: app(Arc::clone(&rules)),
            rules,
            url: format!("{scheme}://{address}"),
            limits,
            proxies: Proxies::default(),
            doors: Doors::default(),
        })
    }

    /// The same, where `proxies` speak for others and `doors` count the connections.
    pub(super) fn by_way_of(mut self, proxies: Proxies, doors: Doors) -> Self {
        (self.proxies, self.doors) = (proxies, doors);
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
        shutdown: impl Future<Output = ()>,
    ) {
        let app = self.app;
        let answer = move |request| app.clone().answer(request);
        // A task of its own, since it waits for a disk; it ends with this one.
        let mut renewing = JoinSet::new();
        if let Some(tls) = self.tls.clone() {
            renewing.spawn(tls.keep_fresh());
        }
        let (limits, proxies, doors) = (self.limits, self.proxies, self.doors);
        tokio::select! {
            () = connections::serve(
                self.listener, self.tls, answer, limits, proxies, doors, shutdown,
            ) => {}
            never = self.rules.follow(changes) => match never {},
        }
    }
}
