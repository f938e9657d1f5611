//! Where the server listens.

use std::net::{Ipv4Addr, SocketAddr};

use super::{keys, reader::Reader};

/// The server's own address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerConfig {
    /// Address and port. `QUEUEWALL_LISTEN`, `server.listen`; default
    /// 127.0.0.1:8080, which only this machine reaches.
    pub listen: SocketAddr,
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
        Self { listen }
    }
}
