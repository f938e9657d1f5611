//! Where names lead: handed in, so that tests can take a name away.

use std::{io, net::SocketAddr, sync::Arc};

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;

/// Looks up names.
#[async_trait]
pub trait Resolver: Send + Sync + 'static {
    /// The addresses of `name`, with port 0, which stands for the address's own.
    ///
    /// # Errors
    /// When it has none, or nobody can say.
    async fn resolve(&self, name: &str) -> io::Result<Vec<SocketAddr>>;
}

/// The system's.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolver for SystemResolver {
    async fn resolve(&self, name: &str) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.collect())
    }
}

/// A resolver for the HTTP library, with an error that says which name it failed for:
/// with a proxy that is not the base URL's.
pub(super) struct Naming(pub(super) Arc<dyn Resolver>);

impl Resolve for Naming {
    fn resolve(&self, name: Name) -> Resolving {
        let (resolver, host) = (Arc::clone(&self.0), name.as_str().to_owned());
        Box::pin(async move {
            match resolver.resolve(&host).await {
                Ok(addresses) => Ok(Box::new(addresses.into_iter()) as Addrs),
                Err(source) => Err(Box::new(NameNotResolved { host, source }) as _),
            }
        })
    }
}

/// A name without an address.
#[derive(Debug, Error)]
#[error("the name {host} cannot be resolved")]
pub(super) struct NameNotResolved {
    pub(super) host: String,
    source: io::Error,
}
