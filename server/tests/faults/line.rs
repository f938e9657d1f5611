//! The line between the server and the tenant. Each request goes on to the tenant, and
//! the answer that it gives is passed, changed, held up or cut off.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, RwLock},
    time::Duration,
};

use serde_json::{Map, Value};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinSet},
    time::{Instant, sleep},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring},
};

use crate::{
    scripted::{Seen, read_request},
    shapes::by_skill,
};

/// What the tenant answered.
pub(crate) struct Honest {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

impl Honest {
    /// As it is sent, whole.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        answer(
            self.status,
            &[("content-type", &self.content_type)],
            &self.body,
        )
    }

    /// Its JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The same with another JSON; a refusal stays what it is.
    pub(crate) fn with(&self, change: impl FnOnce(&mut Value)) -> Act {
        if self.status != 200 {
            return Act::Pass;
        }
        let mut json = self.json();
        change(&mut json);
        Act::Answer(answer(
            self.status,
            &[("content-type", "application/json")],
            json.to_string(),
        ))
    }

    /// The same with each queue's entry changed.
    pub(crate) fn with_each(&self, change: impl Fn(&mut Map<String, Value>)) -> Act {
        self.with(|json| {
            let entries = entries(json).iter_mut();
            entries.for_each(|entry| change(entry.as_object_mut().unwrap()));
        })
    }
}

/// The list of queues, or of skills.
pub(crate) fn entries(json: &mut Value) -> &mut Vec<Value> {
    let name = list_name(json);
    json[name].as_array_mut().unwrap()
}

/// What that list is called.
pub(crate) fn list_name(json: &Value) -> &'static str {
    let is_realtime = json.get("skillActivity").is_some();
    if is_realtime {
        "skillActivity"
    } else {
        "queues"
    }
}

/// An answer in bytes.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {status} Faulty\r\n").into_bytes();
    for (name, value) in headers {
        bytes.extend(format!("{name}: {value}\r\n").bytes());
    }
    bytes.extend(format!("content-length: {}\r\n\r\n", body.len()).bytes());
    bytes.extend(body);
    bytes
}

/// A client of our own, for the line and for the browser.
pub(crate) fn http_client() -> reqwest::Client {
    // A provider that is already there is as good: this fails only then.
    let _ = ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// The outcome of an answer.
pub(crate) enum Act {
    /// The tenant's own.
    Pass,
    /// These bytes; the connection stays open.
    Answer(Vec<u8>),
    /// The same, and they ask for so long a pause.
    AnswerAndHold(Vec<u8>, Duration),
    /// These bytes, and the connection is closed.
    Close(Vec<u8>),
    /// These bytes, and the connection is reset.
    Reset(Vec<u8>),
    /// These bytes, and nothing ever after.
    Stall(Vec<u8>),
    /// These bytes, one a second.
    Trickle(Vec<u8>),
}

/// Which requests a fault meets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum At {
    /// Every one.
    All,
    /// Those for live numbers.
    Reads,
    /// Those for a token.
    Tokens,
}

impl At {
    fn meets(self, seen: &Seen) -> bool {
        let target = seen.target.as_str();
        match self {
            Self::All => true,
            Self::Reads => target.contains("/queues/realtime") || target.contains("/activity"),
            Self::Tokens => matches!(target, "/oauth2/token" | "/auth/token"),
        }
    }
}

type Change = Arc<dyn Fn(&Honest) -> Act + Send + Sync>;

/// How the line treats a new connection.
#[derive(Clone)]
pub(crate) enum Greeting {
    Plain,
    /// With this TLS.
    Tls(Arc<ServerConfig>),
    /// These bytes at once, and the end.
    Noise(&'static [u8]),
}

struct State {
    tenant: SocketAddr,
    client: reqwest::Client,
    greeting: RwLock<Greeting>,
    fault: RwLock<Option<(At, Change)>>,
    /// When requests came.
    arrivals: Mutex<Vec<Instant>>,
    /// Since when, and until when, nobody may ask.
    holds: Mutex<Vec<(Instant, Instant)>>,
    connections: Mutex<JoinSet<()>>,
}

/// The line; it is taken down when it is dropped.
pub(crate) struct Line {
    address: SocketAddr,
    state: Arc<State>,
    accepting: AbortHandle,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Line {
    pub(crate) async fn start(tenant: SocketAddr, greeting: Greeting) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            tenant,
            client: http_client(),
            greeting: RwLock::new(greeting),
            fault: RwLock::default(),
            arrivals: Mutex::default(),
            holds: Mutex::default(),
            connections: Mutex::default(),
        });
        let serving = Arc::clone(&state);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serve = serve(stream, Arc::clone(&serving));
                serving.connections.lock().unwrap().spawn(serve);
            }
        });
        Self {
            address,
            state,
            accepting: accepting.abort_handle(),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// From now on the answers to such requests are changed like this.
    pub(crate) fn change(&self, at: At, change: impl Fn(&Honest) -> Act + Send + Sync + 'static) {
        *self.state.fault.write().unwrap() = Some((at, Arc::new(change)));
    }

    /// Sets the greeting and closes the open connections.
    pub(crate) fn greet(&self, greeting: Greeting) {
        self.greet_from_now_on(greeting);
        self.cut();
    }

    /// Sets the greeting of new connections.
    pub(crate) fn greet_from_now_on(&self, greeting: Greeting) {
        *self.state.greeting.write().unwrap() = greeting;
    }

    /// From now on answers pass. What hangs goes on hanging.
    pub(crate) fn heal(&self) {
        *self.state.fault.write().unwrap() = None;
    }

    /// Cuts every connection.
    pub(crate) fn cut(&self) {
        *self.state.connections.lock().unwrap() = JoinSet::new();
    }

    /// When requests came.
    pub(crate) fn arrivals(&self) -> Vec<Instant> {
        self.state.arrivals.lock().unwrap().clone()
    }

    /// The times in which nobody may ask.
    pub(crate) fn holds(&self) -> Vec<(Instant, Instant)> {
        self.state.holds.lock().unwrap().clone()
    }
}

async fn serve(stream: TcpStream, state: Arc<State>) {
    let greeting = state.greeting.read().unwrap().clone();
    match greeting {
        Greeting::Plain => {
            if let Some(stream) = converse(stream, &state).await {
                // The close that follows sends a reset instead of an end.
                stream.set_zero_linger().unwrap();
            }
        }
        Greeting::Tls(config) => {
            if let Ok(stream) = TlsAcceptor::from(config).accept(stream).await
                && let Some(stream) = converse(stream, &state).await
            {
                stream.into_inner().0.set_zero_linger().unwrap();
            }
        }
        Greeting::Noise(noise) => {
            let mut stream = stream;
            let _ = stream.write_all(noise).await;
            let _ = stream.shutdown().await;
        }
    }
}

/// Answers requests until either side is done; the stream comes back when it is to be
/// reset.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, state: &State) -> Option<S> {
    let mut buffer = Vec::new();
    loop {
        let seen = read_request(&mut stream, &mut buffer).await?;
        state.arrivals.lock().unwrap().push(Instant::now());
        let honest = by_skill(&seen, state.ask(&seen).await?);
        let change = {
            let fault = state.fault.read().unwrap();
            let fault = fault.as_ref().filter(|(at, _)| at.meets(&seen));
            fault.map(|(_, change)| Arc::clone(change))
        };
        match change.map_or(Act::Pass, |change| change(&honest)) {
            Act::Pass => stream.write_all(&honest.bytes()).await.ok()?,
            Act::Answer(bytes) => stream.write_all(&bytes).await.ok()?,
            Act::AnswerAndHold(bytes, pause) => {
                let now = Instant::now();
                state.holds.lock().unwrap().push((now, now + pause));
                stream.write_all(&bytes).await.ok()?;
            }
            Act::Close(bytes) => {
                stream.write_all(&bytes).await.ok()?;
                let _ = stream.shutdown().await;
                return None;
            }
            Act::Reset(bytes) => {
                stream.write_all(&bytes).await.ok()?;
                // What was sent is read before the reset throws it away.
                sleep(Duration::from_millis(200)).await;
                return Some(stream);
            }
            Act::Stall(bytes) => {
                stream.write_all(&bytes).await.ok()?;
                std::future::pending().await
            }
            Act::Trickle(bytes) => {
                for byte in bytes {
                    stream.write_all(&[byte]).await.ok()?;
                    sleep(Duration::from_secs(1)).await;
                }
            }
        }
        stream.flush().await.ok()?;
    }
}

impl State {
    async fn ask(&self, seen: &Seen) -> Option<Honest> {
        let url = format!("http://{}{}", self.tenant, seen.target);
        let mut request = self.client.request(seen.method.parse().ok()?, url);
        for name in ["host", "authorization", "content-type", "accept"] {
            if let Some(value) = seen.header(name) {
                request = request.header(name, value);
            }
        }
        let response = request.body(seen.body.clone()).send().await.ok()?;
        let content_type = response.headers().get("content-type");
        Some(Honest {
            status: response.status().as_u16(),
            content_type: content_type
                .map_or("", |it| it.to_str().unwrap())
                .to_owned(),
            body: response.bytes().await.ok()?.to_vec(),
        })
    }
}
