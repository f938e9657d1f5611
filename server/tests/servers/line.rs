//! A line between two programs that can be cut, and be slow.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, split},
    net::{TcpListener, TcpStream, UnixStream},
    task::{JoinHandle, JoinSet},
};

/// A line that can be cut, and be slow.
pub(crate) struct Line {
    /// Where it begins.
    pub(crate) address: SocketAddr,
    to: To,
    way: Arc<Way>,
    open: JoinHandle<()>,
}

/// Where a line leads.
#[derive(Clone)]
pub(crate) enum To {
    Tcp(String),
    Socket(PathBuf),
}

/// How long a round trip takes, in milliseconds, and how many there were.
#[derive(Default)]
struct Way {
    delay_ms: AtomicU64,
    trips: AtomicU64,
}

impl Line {
    pub(crate) async fn new(to: To) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, way) = (listener.local_addr().unwrap(), Arc::<Way>::default());
        let open = tokio::spawn(forward(listener, to.clone(), Arc::clone(&way)));
        Self {
            address,
            to,
            way,
            open,
        }
    }

    /// Nobody listens any more, and what is open ends.
    pub(crate) async fn cut(&mut self) {
        self.open.abort();
        let _ = (&mut self.open).await;
    }

    pub(crate) async fn mend(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.open = tokio::spawn(forward(listener, self.to.clone(), Arc::clone(&self.way)));
    }

    pub(crate) fn slow_down(&self, to: Duration) {
        let ms = u64::try_from(to.as_millis()).unwrap();
        self.way.delay_ms.store(ms, Ordering::Relaxed);
    }

    pub(crate) fn trips(&self) -> u64 {
        self.way.trips.load(Ordering::Relaxed)
    }
}

async fn forward(listener: TcpListener, to: To, way: Arc<Way>) {
    let mut connections = JoinSet::new();
    loop {
        let (from, _) = listener.accept().await.unwrap();
        let (to, way) = (to.clone(), Arc::clone(&way));
        connections.spawn(async move {
            match to {
                To::Tcp(address) => {
                    way.pass(from, TcpStream::connect(address).await.unwrap())
                        .await
                }
                To::Socket(path) => {
                    way.pass(from, UnixStream::connect(path).await.unwrap())
                        .await
                }
            }
        });
    }
}

impl Way {
    async fn pass(&self, from: TcpStream, to: impl AsyncRead + AsyncWrite) {
        let is_asked = AtomicBool::new(false);
        let ((mut from, mut back), (mut answers, mut to)) = (split(from), split(to));
        let there = async {
            let mut bytes = [0; 16_384];
            loop {
                let count = from.read(&mut bytes).await?;
                if count == 0 {
                    return std::io::Result::Ok(());
                }
                if !is_asked.swap(true, Ordering::Relaxed) {
                    self.trips.fetch_add(1, Ordering::Relaxed);
                    let delay = self.delay_ms.load(Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_millis(delay)).await;
                }
                to.write_all(&bytes[..count]).await?;
            }
        };
        let and_back = async {
            let mut bytes = [0; 16_384];
            loop {
                let count = answers.read(&mut bytes).await?;
                if count == 0 {
                    return std::io::Result::Ok(());
                }
                is_asked.store(false, Ordering::Relaxed);
                back.write_all(&bytes[..count]).await?;
            }
        };
        let _ = tokio::select! {
            ended = there => ended,
            ended = and_back => ended,
        };
    }
}
