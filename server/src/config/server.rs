//! Where the server listens.

use std::net::{Ipv4Addr, SocketAddr};

use url::Host;

use super::{keys, reader::Reader};

/// The server's own address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerConfig {
    /// Address and port. `QUEUEWALL_LISTEN`, `server.listen`; default
    /// 127.0.0.1:8080, which only this machine reaches.
    pub listen: SocketAddr,
    /// Names by which browsers may ask, besides addresses, `localhost` and the machine's
    /// own. `QUEUEWALL_HOSTS`, `server.hosts`.
    pub hosts: Vec<String>,
}

impl ServerConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let default = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
        let listen = match reader.text(&keys::LISTEN) {
            None => default,
            Some(found) => found.value.trim().parse().unwrap_or_else(|_| {
                reader.problems.push(found.wrong(
                    "is not an address and port",
                    "write for example 127.0.0.1:8080 (this machine only) or 0.0.0.0:8080 \
                     (every network)",
                ));
                default
            }),
        };
        Self {
            listen,
            hosts: hosts(reader),
        }
    }
}

fn hosts(reader: &mut Reader<'_>) -> Vec<String> {
    let found = reader.list(&keys::HOSTS);
    for host in &found {
        let is_name = |text: &str| matches!(Host::parse(text), Ok(Host::Domain(_)));
        if !is_name(host.value.trim()) {
            reader.problems.push(host.wrong(
                "is not a host's name",
                "write it as in wall.example.com, without https:// and without a port; addresses in \
                 figures need not be named",
            ));
        }
    }
    found.into_iter().map(|found| found.value).collect()
}
