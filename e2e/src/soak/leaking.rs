//! The server with a planted leak: the program itself, in one process with a proxy in front
//! of it that keeps something of each connection or of each poll. Nothing of it is in the
//! product.

use std::{
    ffi::OsString,
    fs::File,
    hint::black_box,
    io,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::{self, ExitCode},
    sync::Arc,
    thread,
};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Parser as _;
use queuewall::{
    cli::{self, Cli},
    config::{Env, Environment, OsEnv, Permissions},
    connections::{Limits, raise_open_files},
    logging,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy},
    net::{TcpListener, TcpStream},
};

use super::server::{DESCRIPTORS, LEAKS, MEMORY, TASKS, THREADS};

/// What is kept of each poll, in bytes.
const KEPT_BYTES: usize = 4096;

/// Of how many connections one keeps a thread.
const A_THREAD_EVERY: u64 = 10;

/// What the server reads its configuration from: the machine, but for where it listens.
struct Behind(SocketAddr);

impl Env for Behind {
    fn variables(&self) -> Vec<(OsString, OsString)> {
        let mut variables = OsEnv.variables();
        variables.push(("QUEUEWALL_LISTEN".into(), self.0.to_string().into()));
        variables
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        OsEnv.read(path)
    }

    fn permissions(&self, path: &Path) -> Permissions {
        OsEnv.permissions(path)
    }
}

/// Serves like `queuewall serve`, with the leak of this name at this address; `none` is the
/// proxy alone.
pub async fn serve(arguments: &[String]) -> Result<ExitCode> {
    let [leak, address] = arguments else {
        bail!("name a leak, one of {LEAKS:?} or none, and the address to listen at");
    };
    ensure!(leak == "none" || LEAKS.contains(&leak.as_str()), "{leak}");
    let leak = leak.clone();
    let entrance = TcpListener::bind(address).await?;
    let server = {
        // A separate loopback address: no other process is given its port meanwhile.
        let [_, high, middle, low] = process::id().to_be_bytes();
        let own = Ipv4Addr::new(127, 64 | high, middle, low);
        std::net::TcpListener::bind((own, 0))?.local_addr()?
    };
    raise_open_files(Limits::default());
    tokio::spawn(carry(entrance, server, leak));
    let machine = Arc::new(Behind(server));
    let environment = Environment::read(&*machine, None);
    if logging::start(&environment).is_err() {
        bail!("the log cannot be started");
    }
    let cli = Cli::try_parse_from(["queuewall", "serve"])?;
    Ok(cli::run(cli, machine, environment).await.into())
}

async fn carry(entrance: TcpListener, server: SocketAddr, leak: String) -> Result<()> {
    let keeps_memory = leak == MEMORY;
    for number in 0_u64.. {
        let (screen, _) = entrance.accept().await?;
        match leak.as_str() {
            DESCRIPTORS => std::mem::forget(File::open("/dev/null")?),
            TASKS => drop(tokio::spawn(std::future::pending::<()>())),
            THREADS if number.is_multiple_of(A_THREAD_EVERY) => {
                thread::Builder::new().spawn(|| {
                    loop {
                        thread::park();
                    }
                })?;
            }
            _ => {}
        }
        // Clients and server may break off a connection.
        tokio::spawn(async move { forward(screen, server, keeps_memory).await.ok() });
    }
    Ok(())
}

/// Both ways, until one end closes.
async fn forward(mut screen: TcpStream, server: SocketAddr, keeps_memory: bool) -> Result<()> {
    let mut server = TcpStream::connect(server).await.context("no server yet")?;
    screen.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut from_screen, mut to_screen) = screen.split();
    let (mut from_server, mut to_server) = server.split();
    let questions = async {
        let mut buffer = [0; 16 * 1024];
        loop {
            let length = from_screen.read(&mut buffer).await?;
            if length == 0 {
                return anyhow::Ok(());
            }
            // A poll is one piece: it is short, and the next one waits for its answer.
            if keeps_memory {
                // Without it the compiler leaves out memory that is never read.
                black_box(Box::leak(vec![buffer[0]; KEPT_BYTES].into_boxed_slice()));
            }
            to_server.write_all(&buffer[..length]).await?;
        }
    };
    tokio::select! {
        ended = questions => ended,
        ended = copy(&mut from_server, &mut to_screen) => Ok(ended.map(drop)?),
    }
}
