//! An HTTP server that answers by a script, byte for byte: it can also break off,
//! reset, stall and talk nonsense, on plain TCP or TLS.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::AbortHandle,
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

/// One request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) target: String,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Seen {
    /// A header's value, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find_map(|(is, value)| (is == name).then_some(value.as_str()))
    }
}

/// What a script answers.
#[derive(Clone)]
pub(crate) struct Reply {
    bytes: Vec<u8>,
    then: Then,
    hold: Option<Arc<Notify>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Then {
    KeepOpen,
    Close,
    Reset,
    Stall,
}

impl Reply {
    /// A whole answer; the connection stays open.
    pub(crate) fn new(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Self {
        Self::with_headers(status, &[("content-type", content_type)], body)
    }

    pub(crate) fn with_headers(
        status: u16,
        headers: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) -> Self {
        let body = body.as_ref();
        let mut bytes = format!("HTTP/1.1 {status} Scripted\r\n").into_bytes();
        for (name, value) in headers {
            bytes.extend(format!("{name}: {value}\r\n").bytes());
        }
        bytes.extend(format!("content-length: {}\r\n\r\n", body.len()).bytes());
        bytes.extend(body);
        Self::raw(bytes, Then::KeepOpen)
    }

    pub(crate) fn json(body: &serde_json::Value) -> Self {
        Self::new(200, "application/json", body.to_string())
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::new(status, "application/json", "{}")
    }

    /// These bytes, and the connection is closed.
    pub(crate) fn then_close(bytes: impl AsRef<[u8]>) -> Self {
        Self::raw(bytes.as_ref().to_vec(), Then::Close)
    }

    /// These bytes, and the connection is reset.
    pub(crate) fn then_reset(bytes: impl AsRef<[u8]>) -> Self {
        Self::raw(bytes.as_ref().to_vec(), Then::Reset)
    }

    /// These bytes, and nothing ever after.
    pub(crate) fn then_stall(bytes: impl AsRef<[u8]>) -> Self {
        Self::raw(bytes.as_ref().to_vec(), Then::Stall)
    }

    /// Sends nothing before `gate` is notified.
    pub(crate) fn held_by(mut self, gate: &Arc<Notify>) -> Self {
        self.hold = Some(Arc::clone(gate));
        self
    }

    /// What is sent.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn raw(bytes: Vec<u8>, then: Then) -> Self {
        Self {
            bytes,
            then,
            hold: None,
        }
    }
}

type Script = Arc<dyn Fn(&Seen) -> Reply + Send + Sync>;

/// A running server; it stops when it is dropped.
pub(crate) struct Scripted {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: AbortHandle,
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Scripted {
    pub(crate) async fn start(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::listen(Arc::new(script), None).await
    }

    pub(crate) async fn start_tls(
        config: ServerConfig,
        script: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self::listen(Arc::new(script), Some(acceptor)).await
    }

    async fn listen(script: Script, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, log, tls) = (Arc::clone(&script), Arc::clone(&log), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => {
                            if let Some(stream) = converse(stream, &script, &log).await {
                                // The close that follows sends a reset instead of an end.
                                stream.set_zero_linger().unwrap();
                            }
                        }
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                converse(stream, &script, &log).await;
                            }
                        }
                    }
                });
            }
        })
        .abort_handle();
        Self {
            address,
            seen,
            task,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every request so far, in the order of arrival.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// How many requests came for `path`.
    pub(crate) fn count(&self, path: &str) -> usize {
        let seen = self.seen.lock().unwrap();
        seen.iter().filter(|seen| seen.target == path).count()
    }
}

/// Answers requests until either side is done; the stream comes back when it is to
/// be reset.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    script: &Script,
    log: &Mutex<Vec<Seen>>,
) -> Option<S> {
    let mut buffer = Vec::new();
    loop {
        let seen = read_request(&mut stream, &mut buffer).await?;
        log.lock().unwrap().push(seen.clone());
        let reply = script(&seen);
        if let Some(gate) = &reply.hold {
            gate.notified().await;
        }
        stream.write_all(&reply.bytes).await.ok()?;
        stream.flush().await.ok()?;
        match reply.then {
            Then::KeepOpen => {}
            Then::Close => {
                let _ = stream.shutdown().await;
                return None;
            }
            Then::Reset => {
                // What was sent is read before the reset throws it away.
                tokio::time::sleep(Duration::from_millis(50)).await;
                return Some(stream);
            }
            Then::Stall => std::future::pending().await,
        }
    }
}

/// Reads one request; `None` at the end of the connection.
pub(crate) async fn read_request(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
) -> Option<Seen> {
    let head_end = loop {
        if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(buffer[..head_end].to_vec()).ok()?;
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ').map(str::to_owned);
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut seen = Seen {
        method: words.next()?,
        target: words.next()?,
        headers,
        body: String::new(),
    };
    let length = seen
        .header("content-length")
        .map_or(0, |it| it.parse().unwrap());
    let end = head_end + 4 + length;
    while buffer.len() < end {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    seen.body = String::from_utf8(buffer[head_end + 4..end].to_vec()).ok()?;
    buffer.drain(..end);
    Some(seen)
}

/// An address at which nobody listens.
pub(crate) async fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// A stream that is spliced into another, for proxies.
pub(crate) async fn splice(mut one: TcpStream, other: SocketAddr) {
    if let Ok(mut other) = TcpStream::connect(other).await {
        let _ = tokio::io::copy_bidirectional(&mut one, &mut other).await;
    }
}
