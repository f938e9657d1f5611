//! Two thousand screens beside one, and beside a plain server of the same bytes: all at the
//! same time, so that whatever else the machine does meets each of them.

use std::{
    sync::{Arc, PoisonError, RwLock},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use axum::{
    Router,
    extract::State,
    http::{
        HeaderMap, StatusCode,
        header::{ETAG, IF_NONE_MATCH},
    },
    response::{IntoResponse as _, Response},
    routing::get,
};
use queuewall_e2e::{
    browser::http_client,
    crowd::{self, Crowd, POLL},
    program::{INTERVAL, ONE_BOARD, Program},
};
use queuewall_simulator::Options;
use tokio::{net::TcpListener, runtime, sync::oneshot, time::sleep};

use crate::table::Table;

const SCREENS: usize = 2_000;
/// A minute's.
const READS: u32 = 12;

/// Measures all three at once.
pub(crate) async fn measure(table: &mut Table) -> Result<()> {
    let options = Options {
        rate_limit_per_minute: None,
        ..Options::default()
    };
    queuewall::connections::make_room(queuewall::connections::Limits::default());
    let alone = Program::start(options.clone(), ONE_BOARD).await?;
    let crowded = Program::start(options, ONE_BOARD).await?;
    let peer = Peer::start(&crowded).await?;
    let of_peer = async {
        let crowd = Crowd::gather(peer.address, SCREENS, POLL);
        // As long as the others, their rounds before the first that counts included.
        sleep(INTERVAL * (READS + 1)).await;
        crowd.disperse().await
    };
    let (one, many, mut of_peer) = tokio::try_join!(
        crowd::cost(&alone, 1, POLL, READS),
        crowd::cost(&crowded, SCREENS, POLL, READS),
        of_peer,
    )?;
    let start = many.polls.iter().map(|poll| poll.at).min();
    of_peer.retain(|poll| Some(poll.at) >= start);
    table.add(
        format!("requests to the tenant in {READS} intervals: {SCREENS} screens ÷ 1"),
        format!(
            "{} ÷ {} = {:.2}",
            many.upstream_calls,
            one.upstream_calls,
            many.upstream_calls as f64 / one.upstream_calls as f64
        ),
        "1.00",
    );
    table.add(
        format!(
            "snapshots encoded meanwhile, over {} polls, of which {} were answered with one",
            many.polls.len(),
            many.brought()
        ),
        format!(
            "{} for {} changes; with 1 screen {}",
            many.encodings, many.changes, one.encodings
        ),
        "one a change",
    );
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    let mut words = Vec::new();
    for (name, share) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)] {
        let (ours, theirs) = (many.quantile(share)?, crowd::quantile(&of_peer, share)?);
        words.push(format!(
            "{name} {:.2} ms; peer {:.2} ms; {:.2}×",
            ms(ours),
            ms(theirs),
            ms(ours) / ms(theirs)
        ));
    }
    table.add(
        format!("an answer to one of {SCREENS} screens that ask every 5 s, beside a plain server of the same bytes"),
        words.join(". "),
        "p99 ≤ 2×",
    );
    ensure!(
        many.upstream_calls == one.upstream_calls,
        "a crowd costs requests to the tenant: {} instead of {}",
        many.upstream_calls,
        one.upstream_calls
    );
    ensure!(
        many.encodings == many.changes as u64,
        "{} encodings of {} snapshots",
        many.encodings,
        many.changes
    );
    Ok(())
}

/// The least that a server can do: one answer in memory, whole or as a 304.
struct Peer {
    address: std::net::SocketAddr,
    _stop: oneshot::Sender<()>,
}

/// What it serves.
#[derive(Clone, Default)]
struct Served(Arc<RwLock<(HeaderMap, axum::body::Bytes)>>);

impl Peer {
    /// Serves what `program` serves, as soon as that has changed, with threads of its own.
    async fn start(program: &Program) -> Result<Self> {
        let served = Served::default();
        let url = format!("http://{}/api/boards/main", program.address());
        copy(&url, &served).await?;
        tokio::spawn({
            let served = served.clone();
            async move {
                // Ends with the program.
                while copy(&url, &served).await.is_ok() {
                    sleep(Duration::from_millis(200)).await;
                }
            }
        });
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = oneshot::channel();
        let app = Router::new()
            .route("/api/boards/main", get(answer))
            .with_state(served);
        thread::Builder::new().spawn(move || -> Result<()> {
            let runtime = runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await?;
                // Whoever waits for it is there, or nobody needs it any more.
                let _ = tell.send(listener.local_addr()?);
                tokio::select! {
                    served = async { axum::serve(listener, app).await } => Ok(served?),
                    _ = stopped => Ok(()),
                }
            })
        })?;
        Ok(Self {
            address: told.await.context("the peer has no address")?,
            _stop: stop,
        })
    }
}

async fn copy(url: &str, served: &Served) -> Result<()> {
    let request = http_client()?.get(url).header("accept-encoding", "gzip");
    let answer = request.send().await?.error_for_status()?;
    let mut headers = answer.headers().clone();
    for own in ["content-length", "date"] {
        headers.remove(own);
    }
    let body = answer.bytes().await?;
    *served.0.write().unwrap_or_else(PoisonError::into_inner) = (headers, body);
    Ok(())
}

async fn answer(State(served): State<Served>, asked: HeaderMap) -> Response {
    let served = served.0.read().unwrap_or_else(PoisonError::into_inner);
    let (headers, body) = &*served;
    if asked.get(IF_NONE_MATCH) == headers.get(ETAG) {
        return (StatusCode::NOT_MODIFIED, headers.clone()).into_response();
    }
    (headers.clone(), body.clone()).into_response()
}
