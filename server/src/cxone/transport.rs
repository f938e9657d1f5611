//! One HTTP request through the gate, and its answer.

use std::{sync::Arc, time::Duration};

use reqwest::{
    Client, ClientBuilder, RequestBuilder, Response, StatusCode, Url,
    header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue},
    redirect, retry,
};
use tokio::time::{Instant, timeout};

use super::{
    BaseUrl, Settings, SetupError,
    failure::{SystemResolver, classify, innermost},
    retry_after,
};
use crate::{
    budget::RequestBudget,
    clock::{Clock, Moment},
    source::SourceError,
};

/// The most of a body that is read. A hundred queues are some 30 kB.
const BODY_LIMIT_BYTES: usize = 8 * 1024 * 1024;

/// How long an idle connection is kept: for the requests of one round. Until the
/// next one the server may close it just as a request is on its way.
const IDLE_CONNECTION: Duration = Duration::from_secs(10);

const USER_AGENT: &str = concat!("queuewall/", env!("CARGO_PKG_VERSION"));

/// Sends requests to one CXone, each with a permit of the budget.
pub(super) struct Transport {
    client: Client,
    base_url: BaseUrl,
    peer: Peer,
    budget: Arc<RequestBudget>,
    clock: Arc<dyn Clock>,
}

/// What an error says about the other side.
pub(super) struct Peer {
    pub(super) host: String,
    pub(super) is_encrypted: bool,
    pub(super) connect_timeout: Duration,
    pub(super) total_timeout: Duration,
}

/// A whole answer, of any status but 3xx, 429 and 5xx.
pub(super) struct Answer {
    /// Just before the request was sent, after the wait for the budget.
    pub(super) sent_at: Moment,
    pub(super) status: StatusCode,
    pub(super) content_type: Option<HeaderValue>,
    pub(super) content_encoding: Option<HeaderValue>,
    /// Empty where a refusal's body could not be read: its status says enough.
    pub(super) body: Vec<u8>,
}

impl Transport {
    pub(super) fn new(
        settings: &Settings,
        budget: Arc<RequestBudget>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetupError> {
        let base_url = settings.base_url.clone();
        let peer = Peer {
            host: base_url.host(),
            is_encrypted: base_url.is_encrypted(),
            connect_timeout: settings.connect_timeout,
            total_timeout: settings.total_timeout,
        };
        let client = client_builder(settings)?
            .build()
            .map_err(|error| SetupError::Tls {
                detail: innermost(&error),
            })?;
        Ok(Self {
            client,
            base_url,
            peer,
            budget,
            clock,
        })
    }

    pub(super) fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    pub(super) fn host(&self) -> &str {
        &self.peer.host
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(super) fn get(&self, url: Url) -> RequestBuilder {
        self.client.get(url)
    }

    pub(super) fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(self.base_url.endpoint(path))
    }

    /// Waits for the budget, sends, and reads the answer.
    ///
    /// # Errors
    /// Whatever keeps an answer from being read whole, and the refusals that mean
    /// the same on every path: redirects, 429 and 5xx. A `Retry-After` among those
    /// closes the gate for every request before the permit is given back.
    pub(super) async fn send(&self, request: RequestBuilder) -> Result<Answer, SourceError> {
        let permit = self.budget.acquire().await;
        let (sent_at, started) = (self.clock.now(), Instant::now());
        let total = self.peer.total_timeout;

        let response = timeout(total, request.send())
            .await
            .map_err(|_| self.timed_out())?
            .map_err(|error| classify(&error, &self.peer))?;
        let status = response.status();
        self.refuse(status, response.headers())?;

        let content_type = response.headers().get(CONTENT_TYPE).cloned();
        let content_encoding = response.headers().get(CONTENT_ENCODING).cloned();
        let left = total.saturating_sub(started.elapsed());
        let body = timeout(left, self.read_body(response))
            .await
            .unwrap_or_else(|_| Err(self.timed_out()));
        drop(permit);

        Ok(Answer {
            sent_at,
            status,
            content_type,
            content_encoding,
            body: if status.is_success() {
                body?
            } else {
                body.unwrap_or_default()
            },
        })
    }

    fn refuse(&self, status: StatusCode, headers: &HeaderMap) -> Result<(), SourceError> {
        if status.is_redirection() {
            return Err(SourceError::Redirected {
                status: status.as_u16(),
                host: self.peer.host.clone(),
            });
        }
        if status != StatusCode::TOO_MANY_REQUESTS && !status.is_server_error() {
            return Ok(());
        }
        let retry_after = retry_after::wait_asked(headers, self.clock.now().wall);
        if let Some(wait) = retry_after {
            self.budget.hold_off(wait);
        }
        Err(if status.is_server_error() {
            SourceError::ServerError {
                status: status.as_u16(),
                retry_after,
            }
        } else {
            SourceError::RateLimited { retry_after }
        })
    }

    async fn read_body(&self, mut response: Response) -> Result<Vec<u8>, SourceError> {
        let too_large = || SourceError::TooLarge {
            host: self.peer.host.clone(),
            limit_bytes: BODY_LIMIT_BYTES,
        };
        if response
            .content_length()
            .is_some_and(|length| length > BODY_LIMIT_BYTES as u64)
        {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| classify(&error, &self.peer))?
        {
            if body.len() + chunk.len() > BODY_LIMIT_BYTES {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn timed_out(&self) -> SourceError {
        SourceError::TimedOut {
            host: self.peer.host.clone(),
            after: self.peer.total_timeout,
        }
    }
}

fn client_builder(settings: &Settings) -> Result<ClientBuilder, SetupError> {
    // A provider that is already there is as good: this fails only then.
    let _ = rustls::crypto::ring::default_provider().install_default();

    let certificates = settings.extra_certificates()?;
    let accept = (ACCEPT, HeaderValue::from_static("application/json"));
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        .default_headers(HeaderMap::from_iter([accept]))
        .redirect(redirect::Policy::none())
        // A repeat that passes by the budget would break its promise.
        .retry(retry::never())
        .referer(false)
        .dns_resolver(SystemResolver)
        .connect_timeout(settings.connect_timeout)
        .pool_idle_timeout(IDLE_CONNECTION);
    builder = if settings.base_url.is_encrypted() {
        builder.https_only(true).tls_certs_merge(certificates)
    } else {
        // Nothing is encrypted on the way to this machine: a machine without a trust
        // store can still run against a simulated tenant.
        builder.tls_certs_only(certificates)
    };
    if settings.base_url.is_loopback() {
        builder = builder.no_proxy();
    }
    Ok(builder)
}
