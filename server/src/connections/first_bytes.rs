//! What a connection's first bytes say of its client: TLS, plain HTTP, or what is neither.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicBool, Ordering},
};

use tracing::warn;

/// The first byte of every TLS connection (RFC 8446, 5.1): a handshake's.
const TLS_HANDSHAKE: u8 = 0x16;

/// How the PROXY protocol begins that some balancers speak before the request: versions 1 and 2.
const PROXY_PROTOCOL: [&[u8]; 2] = [b"PROXY ", b"\r\n\r\n\0"];

/// How many bytes are looked at.
pub(super) const COUNT: usize = 6;

/// Whether they are plain HTTP, or the PROXY protocol before it.
pub(super) fn is_plain(first: &[u8]) -> bool {
    matches!(first, [b'A'..=b'Z' | b'\r', ..])
}

/// What was warned of: a client that is set up wrongly does the same each time.
#[derive(Default)]
pub(super) struct Warned {
    of_tls: AtomicBool,
    of_proxy_protocol: AtomicBool,
}

impl Warned {
    /// Warns, once each, of TLS on a plain port and of the PROXY protocol.
    pub(super) fn check(&self, first: &[u8], is_tls_port: bool, address: SocketAddr) {
        let is_new = |warned: &AtomicBool| !warned.swap(true, Ordering::Relaxed);
        let client = address.ip();
        if !is_tls_port && first.first() == Some(&TLS_HANDSHAKE) && is_new(&self.of_tls) {
            warn!(
                %client,
                "a browser asked by https, and this port speaks plain http: open the address with http:// there, or \
                 set QUEUEWALL_TLS_CERTIFICATE_FILE and QUEUEWALL_TLS_KEY_FILE"
            );
        }
        let is_proxy_protocol = (PROXY_PROTOCOL.iter()).any(|begin| first.starts_with(begin));
        if is_proxy_protocol && is_new(&self.of_proxy_protocol) {
            warn!(
                %client,
                "a balancer speaks the PROXY protocol, which Queuewall does not read: switch it off there \
                 (send-proxy, proxy_protocol), and let it send X-Forwarded-For, with the balancer named in \
                 QUEUEWALL_TRUSTED_PROXIES"
            );
        }
    }
}
