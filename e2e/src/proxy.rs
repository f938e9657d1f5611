//! A reverse proxy before the server which adds a header to every answer, as a company's
//! does. Ends with its handle.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use anyhow::Result;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header::CONTENT_LENGTH},
    response::{IntoResponse as _, Response},
};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::browser::http_client;

/// More than any answer of the server's has.
const LONGEST_BODY: usize = 4 * 1024 * 1024;

/// A running proxy.
pub struct Proxy {
    address: SocketAddr,
    task: JoinHandle<std::io::Result<()>>,
}

struct Passage {
    /// The server's address, without a closing slash.
    server: String,
    added: (HeaderName, HeaderValue),
    http: reqwest::Client,
}

impl Proxy {
    /// Before the server at this address.
    pub async fn adding(server: String, name: &'static str, value: &str) -> Result<Self> {
        let passage = Arc::new(Passage {
            server,
            added: (HeaderName::from_static(name), HeaderValue::from_str(value)?),
            http: http_client()?,
        });
        let router = Router::new().fallback(pass).with_state(passage);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        Ok(Self {
            address: listener.local_addr()?,
            task: tokio::spawn(async move { axum::serve(listener, router).await }),
        })
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(State(passage): State<Arc<Passage>>, request: Request) -> Response {
    match passage.answer(request).await {
        Ok(response) => response,
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

impl Passage {
    async fn answer(&self, request: Request) -> Result<Response> {
        let (parts, body) = request.into_parts();
        let answer = self
            .http
            .request(parts.method, format!("{}{}", self.server, parts.uri))
            .headers(parts.headers)
            .body(to_bytes(body, LONGEST_BODY).await?)
            .send()
            .await?;
        let (status, mut headers) = (answer.status(), answer.headers().clone());
        let mut response = Response::new(Body::from(answer.bytes().await?));
        headers.remove(CONTENT_LENGTH);
        let (name, value) = self.added.clone();
        headers.append(name, value);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}
