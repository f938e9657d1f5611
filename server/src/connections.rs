//! Connections: accepted, bounded in number and in time, and drained at the end.
//!
//! What is bounded, and why: each connection costs memory and a file handle, so there
//! are at most so many, in all and for one peer; a peer that says nothing, or reads
//! nothing, is let go; and one peer's requests have a pace. The page's screens ask every
//! 5 s, and stay far within all of it.
//!
//! # Layout
//! - `limits`: how many and how long
//! - `patient`: a stream that waits for its peer only so long
//! - `peers`: what one peer has, and its pace
//! - `tls`: certificates from files, read again when they change

mod limits;
mod patient;
mod peers;
mod tls;

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{body::Body, extract::connect_info::ConnectInfo, http::Request, response::Response};
use futures_util::FutureExt as _;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tracing::{debug, warn};

use crate::{
    access::{Caller, OverTls, Proxies},
    http::{OverPace, PlainOnTls},
    metrics::{Doors, Refused},
};
pub use limits::Limits;
use patient::{Patient, Silence};
use peers::{Peers, Seat};
pub use tls::{Tls, TlsError};

/// How long to wait where the system gives no connection: out of file handles, as a
/// rule, and it takes others to close some.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The most of a request's head that is read, and of an answer that is kept.
const BUFFER_BYTES: usize = 16 * 1024;

/// The first byte of every TLS connection (RFC 8446, 5.1): a handshake's.
const TLS_HANDSHAKE: u8 = 0x16;

/// How the PROXY protocol begins that some balancers speak before the request: version 1, and 2.
const PROXY_PROTOCOL: [&[u8]; 2] = [b"PROXY ", b"\r\n\r\n\0"];

/// Streams that one HTTP/2 connection may have at once: a browser opens a dozen.
const STREAMS: u32 = 64;

/// Raises what the system allows of file handles, where it lets us, and says where that
/// is too little for `limits`.
#[cfg(unix)]
pub fn make_room(limits: Limits) {
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
pub fn make_room(_: Limits) {}

/// Answers requests by `answer` until `shutdown`; then those under way are answered, for
/// as long as the limits say.
///
/// Each request carries its peer's address as [`ConnectInfo`], and [`OverPace`] where the
/// peer has asked too much: then too `answer` answers, since it knows what belongs to an
/// answer. A connection of `proxies` has no bounds of its own, since many people share it;
/// whom it speaks for has a pace. `doors` count connections.
pub async fn serve<A, F>(
    listener: TcpListener,
    tls: Option<Tls>,
    answer: A,
    limits: Limits,
    proxies: Proxies,
    doors: Doors,
    shutdown: impl Future<Output = ()>,
) where
    A: Fn(Request<Body>) -> F + Clone + Send + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let mut shutdown = pin!(shutdown);
    let peers = Arc::new(Peers::new(limits, proxies));
    let slots = Arc::new(Semaphore::new(limits.connections));
    let draining = GracefulShutdown::new();
    let warned = Arc::new(Warned::default());
    loop {
        let (stream, address) = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    warn!(
                        "no connection could be accepted ({error}): where files or memory ran out, raise the \
                         limits of the process (LimitNOFILE=, `ulimit -n`)"
                    );
                    sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
        };
        // Closed at once, and not left to wait: whoever asks learns it now.
        let Ok(slot) = Arc::clone(&slots).try_acquire_owned() else {
            debug!(%address, limit = limits.connections, "too many connections");
            doors.refuse(Refused::Connections);
            continue;
        };
        let Some(seat) = peers.admit(address.ip()) else {
            debug!(%address, limit = limits.connections_per_peer, "too many connections of one peer");
            doors.refuse(Refused::ConnectionsOfPeer);
            continue;
        };
        let connection = Connection {
            answer: answer.clone(),
            address,
            seat: Arc::new(seat),
            limits,
            watcher: draining.watcher(),
            warned: Arc::clone(&warned),
            doors: doors.clone(),
        };
        let tls = tls.clone();
        tokio::spawn(async move {
            let _slot = slot;
            connection.run(stream, tls).await;
        });
    }
    drop(listener);
    if timeout(limits.drain, draining.shutdown()).await.is_err() {
        warn!("some requests under way were cut off");
    }
}

/// What was warned of: a peer that speaks wrongly does so each time.
#[derive(Default)]
struct Warned {
    of_tls: AtomicBool,
    of_proxy_protocol: AtomicBool,
}

impl Warned {
    /// Warns, once each, of what is no HTTP at the beginning of a connection.
    fn look_at(&self, first: &[u8], speech: Speech, address: SocketAddr) {
        let is_new = |warned: &AtomicBool| !warned.swap(true, Ordering::Relaxed);
        let client = address.ip();
        if speech == Speech::Plain && first.first() == Some(&TLS_HANDSHAKE) && is_new(&self.of_tls)
        {
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

/// One connection, and what it was let in with.
struct Connection<A> {
    answer: A,
    address: SocketAddr,
    seat: Arc<Seat>,
    limits: Limits,
    watcher: Watcher,
    warned: Arc<Warned>,
    doors: Doors,
}

impl<A, F> Connection<A>
where
    A: Fn(Request<Body>) -> F + Send + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    async fn run(self, stream: TcpStream, tls: Option<Tls>) {
        let _open = self.doors.open();
        // Answers are small and complete: waiting to fill a packet would only delay them.
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%error, "TCP_NODELAY could not be set");
        }
        match tls {
            None => self.speak_http1(stream, Speech::Plain).await,
            Some(_) if begins_plain(&stream, self.limits.head).await => {
                self.speak_http1(stream, Speech::PlainOnTls).await;
            }
            // Its state is several times as large as that of a plain connection, which
            // does not have to hold it.
            Some(tls) => Box::pin(self.speak_tls(stream, tls)).await,
        }
    }

    async fn speak_tls(self, stream: TcpStream, tls: Tls) {
        let address = self.address;
        match timeout(self.limits.head, tls.acceptor().accept(stream)).await {
            Ok(Ok(stream)) => {
                let is_http2 = stream.get_ref().1.alpn_protocol() == Some(tls::HTTP2);
                if is_http2 {
                    self.speak_http2(stream).await;
                } else {
                    self.speak_http1(stream, Speech::Tls).await;
                }
            }
            Ok(Err(error)) => {
                self.doors.refuse(Refused::Tls);
                debug!(%error, %address, "no TLS connection");
            }
            Err(_) => {
                self.doors.refuse(Refused::Tls);
                debug!(%address, "the TLS handshake takes too long");
            }
        }
    }

    async fn speak_http1(
        self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        speech: Speech,
    ) {
        let mut builder = hyper::server::conn::http1::Builder::new();
        builder
            // The stream itself looks after it, without a timer for each request.
            .header_read_timeout(None)
            // Answers take no time: nobody has to watch meanwhile whether the peer is still
            // there, for which each request would need a buffer of its own.
            .half_close(true)
            .max_buf_size(BUFFER_BYTES);
        let service = service_of(self.answer, self.address, self.seat, speech, self.doors);
        let silence = Silence {
            idle: self.limits.idle,
            head: self.limits.head,
        };
        let mut stream = Patient::new(stream, Some(silence), self.limits.stalled_write);
        if speech != Speech::Tls {
            let (warned, address) = (self.warned, self.address);
            stream = stream.tell_first(move |bytes| warned.look_at(bytes, speech, address));
        }
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        if let Err(error) = self.watcher.watch(connection).await {
            debug!(%error, address = %self.address, "connection ended");
        }
    }

    async fn speak_http2(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let mut builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(BUFFER_BYTES as u32)
            .max_send_buf_size(BUFFER_BYTES)
            // A peer that is gone is found out; one that is only silent stays.
            .keep_alive_interval(self.limits.head)
            .keep_alive_timeout(self.limits.head);
        // The library's own time limits begin after the handshake.
        let has_asked = Arc::new(AtomicBool::new(false));
        let (asked, answer) = (Arc::clone(&has_asked), self.answer);
        let answer = move |request| {
            asked.store(true, Ordering::Relaxed);
            answer(request)
        };
        let service = service_of(answer, self.address, self.seat, Speech::Tls, self.doors);
        let stream = Patient::new(stream, None, self.limits.stalled_write);
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(self.watcher.watch(connection));
        let ended = tokio::select! {
            ended = &mut connection => ended,
            () = sleep(self.limits.idle) => {
                if !has_asked.load(Ordering::Relaxed) {
                    debug!(address = %self.address, "nothing was asked in time");
                    return;
                }
                connection.await
            }
        };
        if let Err(error) = ended {
            debug!(%error, address = %self.address, "connection ended");
        }
    }
}

/// Whether the peer speaks plain HTTP: a browser that asks by http:// is sent to https. A line break
/// begins the PROXY protocol.
async fn begins_plain(stream: &TcpStream, limit: Duration) -> bool {
    let mut first = [0];
    let peeked = timeout(limit, stream.peek(&mut first)).await;
    matches!(peeked, Ok(Ok(1))) && (first[0].is_ascii_uppercase() || first[0] == b'\r')
}

/// How a peer speaks to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speech {
    /// By plain HTTP, as it should.
    Plain,
    /// By TLS, as it should.
    Tls,
    /// By plain HTTP to a port of TLS.
    PlainOnTls,
}

/// The answers of one connection: its peer's pace first.
fn service_of<A, F>(
    answer: A,
    address: SocketAddr,
    seat: Arc<Seat>,
    speech: Speech,
    doors: Doors,
) -> impl hyper::service::Service<
    Request<Incoming>,
    Response = Response,
    Error = Infallible,
    Future: Send,
> + Send
where
    A: Fn(Request<Body>) -> F + Send,
    F: Future<Output = Response> + Send,
{
    service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        let is_tls = speech == Speech::Tls;
        let may_ask = seat.may_ask(Caller {
            headers: request.headers(),
            peer: Some(address.ip().to_canonical()),
            is_tls,
        });
        let extensions = request.extensions_mut();
        extensions.insert(ConnectInfo(address));
        if is_tls {
            extensions.insert(OverTls);
        }
        if speech == Speech::PlainOnTls {
            extensions.insert(PlainOnTls);
        }
        if !may_ask {
            doors.refuse(Refused::Pace);
            extensions.insert(OverPace);
        }
        answer(request).map(Ok)
    })
}

#[cfg(test)]
mod tests;
