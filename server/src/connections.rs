//! Connections: accepted, limited in number and in time, and drained at the end.
//!
//! Each connection costs memory and a file handle, so there is a limit in all and for one
//! client; a client that sends nothing, or reads nothing, is disconnected; and one client's
//! requests have a rate. Screens ask every 5 s, and stay far within all of it.
//!
//! # Layout
//! - `limits`: how many and how long
//! - `per_ip`: connections and request rate of one client
//! - `first_bytes`: plain HTTP on a TLS port and the like
//! - `metrics`: open and refused connections
//! - `tls`: certificates from files, read again when they change

mod first_bytes;
mod limits;
mod metrics;
mod per_ip;
mod tls;

use std::{convert::Infallible, future::Future, net::SocketAddr, sync::Arc, time::Duration};

use axum::{body::Body, extract::connect_info::ConnectInfo, http::Request, response::Response};
use futures_util::FutureExt as _;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto,
        graceful::{GracefulShutdown, Watcher},
    },
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{interval, sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tracing::{debug, warn};

use crate::{
    access::{Caller, OverTls, Proxies},
    http::{PlainOnTls, RateLimited},
};
use first_bytes::Warned;
pub use limits::Limits;
pub use metrics::ConnectionMetrics;
use metrics::Refused;
use per_ip::{ConnectionSlot, PerIpLimits};
pub use tls::{Tls, TlsError};

/// How long to wait where the system gives no connection: out of file handles, as a
/// rule, and it takes others to close some.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How often clients that are gone are forgotten.
const FORGET: Duration = Duration::from_secs(10);

/// The most of a request's head that is read, and of an answer that is kept.
const BUFFER_BYTES: usize = 16 * 1024;

/// Streams that one HTTP/2 connection may have at once: a browser opens a dozen.
const STREAMS: u32 = 64;

/// Raises the system's limit of open files, where it lets us, and warns where that is too
/// low for `limits`.
#[cfg(unix)]
pub fn raise_open_files(limits: Limits) {
    // Each connection has one; CXone, logs and files have some.
    const OTHERS: u64 = 256;
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(allowed) if allowed < limits.connections as u64 + OTHERS => warn!(
            "this system allows {allowed} open files, which is fewer than the {} connections that the server \
             would take: raise it (LimitNOFILE= in a systemd unit, `--ulimit nofile=` of a container, `ulimit -n`)",
            limits.connections
        ),
        Ok(_) => {}
        Err(error) => debug!(%error, "the limit of open files stays as it is"),
    }
}

/// This system has no limit of open files to raise.
#[cfg(not(unix))]
pub fn raise_open_files(_: Limits) {}

/// Answers requests by `answer` until `shutdown`; then those under way are answered, for
/// as long as the limits say.
///
/// Each request carries its peer's address as [`ConnectInfo`], and [`RateLimited`] where the
/// client has sent too many: then too `answer` answers, since it knows what belongs to an
/// answer. Connections of `proxies` are not limited, since many people share them; the
/// clients behind them have a rate.
pub async fn serve<A, F>(
    listener: TcpListener,
    tls: Option<Tls>,
    answer: A,
    limits: Limits,
    proxies: Proxies,
    metrics: ConnectionMetrics,
    shutdown: impl Future<Output = ()> + Send + 'static,
) where
    A: Fn(Request<Body>) -> F + Clone + Send + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let mut shutdown = shutdown.shared();
    let per_ip = Arc::new(PerIpLimits::new(limits, proxies));
    let slots = Arc::new(Semaphore::new(limits.connections));
    let draining = GracefulShutdown::new();
    let warned = Arc::new(Warned::default());
    let mut forget = interval(FORGET);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            _ = forget.tick() => {
                per_ip.forget_idle();
                continue;
            }
            accepted = listener.accept() => accepted,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                warn!(
                    "no connection could be accepted ({error}): where files or memory ran out, raise the \
                     limits of the process (LimitNOFILE=, `ulimit -n`)"
                );
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        // Closed at once rather than left to wait, so that the client learns it now.
        let Ok(permit) = Arc::clone(&slots).try_acquire_owned() else {
            debug!(%address, limit = limits.connections, "too many connections");
            metrics.refuse(Refused::Connections);
            continue;
        };
        let Some(slot) = per_ip.admit(address.ip()) else {
            debug!(%address, limit = limits.connections_per_ip, "too many connections of one client");
            metrics.refuse(Refused::ConnectionsOfClient);
            continue;
        };
        let connection = Connection {
            answer: answer.clone(),
            address,
            slot,
            limits,
            watcher: draining.watcher(),
            metrics: metrics.clone(),
        };
        let (tls, warned, shutdown) = (tls.clone(), Arc::clone(&warned), shutdown.clone());
        tokio::spawn(async move {
            let _permit = permit;
            let _open = connection.metrics.open();
            let mut first = [0; first_bytes::COUNT];
            let first = tokio::select! {
                () = shutdown => return,
                peeked = timeout(limits.idle, stream.peek(&mut first)) => match peeked {
                    Ok(Ok(count)) => &first[..count],
                    _ => return,
                },
            };
            warned.check(first, tls.is_some(), address);
            // Answers are small and complete: waiting to fill a packet would only delay them.
            if let Err(error) = stream.set_nodelay(true) {
                debug!(%error, "TCP_NODELAY could not be set");
            }
            match tls {
                None => connection.serve(stream, Protocol::Http).await,
                Some(_) if first_bytes::is_plain(first) => {
                    connection.serve(stream, Protocol::HttpOnTlsPort).await;
                }
                // Boxed: its state is several times as large as that of a plain connection.
                Some(tls) => Box::pin(connection.serve_tls(stream, tls)).await,
            }
        });
    }
    drop(listener);
    if timeout(limits.drain, draining.shutdown()).await.is_err() {
        warn!("some requests under way were cut off");
    }
}

/// How a client speaks to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Http,
    /// Plain HTTP to a port of TLS.
    HttpOnTlsPort,
    Https,
    /// HTTP/2, by TLS only.
    Http2,
}

struct Connection<A> {
    answer: A,
    address: SocketAddr,
    slot: ConnectionSlot,
    limits: Limits,
    watcher: Watcher,
    metrics: ConnectionMetrics,
}

impl<A, F> Connection<A>
where
    A: Fn(Request<Body>) -> F + Send + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    async fn serve_tls(self, stream: TcpStream, tls: Tls) {
        let handshake = timeout(self.limits.handshake, tls.acceptor().accept(stream));
        match handshake.await {
            Ok(Ok(stream)) => {
                let is_http2 = stream.get_ref().1.alpn_protocol() == Some(tls::HTTP2);
                let protocol = if is_http2 {
                    Protocol::Http2
                } else {
                    Protocol::Https
                };
                self.serve(stream, protocol).await;
            }
            Ok(Err(error)) => {
                self.metrics.refuse(Refused::Tls);
                debug!(%error, address = %self.address, "no TLS connection");
            }
            Err(_) => {
                self.metrics.refuse(Refused::Tls);
                debug!(address = %self.address, "the TLS handshake takes too long");
            }
        }
    }

    async fn serve<S>(self, stream: S, protocol: Protocol)
    where
        S: AsyncRead + AsyncWrite + Send + 'static,
    {
        let Self {
            answer,
            address,
            slot,
            limits,
            watcher,
            metrics,
        } = self;
        let mut stream = TimeoutStream::new(stream);
        stream.set_read_timeout(Some(limits.idle));
        stream.set_write_timeout(Some(limits.stalled_write));
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            let is_tls = matches!(protocol, Protocol::Https | Protocol::Http2);
            let is_allowed = slot.allows(Caller {
                headers: request.headers(),
                peer: Some(address.ip().to_canonical()),
                is_tls,
            });
            let extensions = request.extensions_mut();
            extensions.insert(ConnectInfo(address));
            if is_tls {
                extensions.insert(OverTls);
            }
            if protocol == Protocol::HttpOnTlsPort {
                extensions.insert(PlainOnTls);
            }
            if !is_allowed {
                metrics.refuse(Refused::RateLimit);
                extensions.insert(RateLimited);
            }
            answer(request).map(Ok::<_, Infallible>)
        });
        let http = http(limits, protocol);
        let connection = http.serve_connection(TokioIo::new(Box::pin(stream)), service);
        if let Err(error) = watcher.watch(connection).await {
            debug!(%error, %address, "connection ended");
        }
    }
}

fn http(limits: Limits, protocol: Protocol) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    if protocol == Protocol::Http2 {
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(BUFFER_BYTES as u32)
            .max_send_buf_size(BUFFER_BYTES)
            // A client that is there answers the ping, so that it is not silent for long.
            .keep_alive_interval(limits.handshake.min(limits.idle / 2))
            .keep_alive_timeout(limits.handshake);
        return builder.http2_only();
    }
    builder
        .http1()
        .timer(TokioTimer::new())
        // From the end of the request before, so that it is the limit of silence, too.
        .header_read_timeout(limits.idle)
        // Answers take no time: watching meanwhile whether the client is still there would
        // need a buffer for each request.
        .half_close(true)
        .max_buf_size(BUFFER_BYTES);
    builder.http1_only()
}

#[cfg(test)]
mod tests;
