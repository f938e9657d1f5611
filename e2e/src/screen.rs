//! What a screen costs its server, without the screen: one connection that stays open, and
//! polls as the page's.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, ensure};
use axum::{
    body::{Body, to_bytes},
    http::{
        HeaderValue, Request, StatusCode,
        header::{ACCEPT_ENCODING, ETAG, HOST, IF_NONE_MATCH},
    },
};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use queuewall_shared::report::{HEADER, Report};
use tokio::net::TcpStream;

/// More than any snapshot has.
const LONGEST_BODY: usize = 1024 * 1024;

/// One screen, connected.
pub struct Screen {
    line: SendRequest<Body>,
    address: SocketAddr,
    report: String,
    known: Option<HeaderValue>,
}

/// What a poll brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A board of this tag, which the screen did not have.
    Changed(HeaderValue),
    /// 304: the board of this tag, which it has.
    Unchanged(HeaderValue),
    /// Anything else.
    Refused(StatusCode),
}

impl Screen {
    /// Connects a screen which says that of itself.
    pub async fn connect(address: SocketAddr, report: &Report<'_>) -> Result<Self> {
        let stream = TcpStream::connect(address)
            .await
            .context("a screen cannot connect: is `ulimit -n` high enough?")?;
        stream.set_nodelay(true)?;
        let (line, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // It ends with the connection; the next request reports an error.
        tokio::spawn(async move { connection.await.ok() });
        Ok(Self {
            line,
            address,
            report: report.to_header(),
            known: None,
        })
    }

    /// From now on it says that of itself.
    pub fn reports(&mut self, report: &Report<'_>) {
        self.report = report.to_header();
    }

    /// It has no board any more, as after a restart of its page.
    pub fn forget(&mut self) {
        self.known = None;
    }

    /// Asks for a board, and reads the whole answer.
    pub async fn poll(&mut self, board: &str) -> Result<Answer> {
        let mut request = Request::get(format!("/api/boards/{board}"))
            .header(HOST, self.address.to_string())
            // What browsers offer over plain HTTP.
            .header(ACCEPT_ENCODING, "gzip, deflate")
            .header(HEADER, &self.report);
        if let Some(tag) = &self.known {
            request = request.header(IF_NONE_MATCH, tag);
        }
        self.line.ready().await?;
        let response = self.line.send_request(request.body(Body::empty())?).await?;
        let (head, body) = response.into_parts();
        let body = to_bytes(Body::new(body), LONGEST_BODY).await?;
        let tag = head.headers.get(ETAG).cloned();
        match head.status {
            StatusCode::OK => {
                ensure!(!body.is_empty(), "a board without a body");
                self.known.clone_from(&tag);
                Ok(Answer::Changed(tag.context("a board without a tag")?))
            }
            StatusCode::NOT_MODIFIED => {
                ensure!(tag == self.known, "unchanged, and of another tag");
                Ok(Answer::Unchanged(tag.context("a 304 without a tag")?))
            }
            status => Ok(Answer::Refused(status)),
        }
    }
}
