//! One HTTP request through the budget.

use std::{sync::Arc, time::Duration};

use reqwest::{
    Client, ClientBuilder, Request, RequestBuilder, StatusCode, Url,
    header::{
        ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, HeaderName,
        HeaderValue, LINK, WWW_AUTHENTICATE,
    },
    redirect, retry,
};
use tokio::time::{Instant, timeout};

use super::{
    Connector, Observer, Proxy, Settings, SetupError,
    answer::{Answer, Peer},
    base_url::host_of,
    failure::{classify, innermost},
    json::{self, unexpected},
    paging::next_in,
    resolver::Naming,
    retry_after,
};
use crate::{CallKind, CallOutcome, Error, Host, Setting, budget::RequestBudget, clock::Clock};

/// The most header lines of an answer.
const MOST_HEADERS: usize = 1_000;

/// Sends requests to CXone's hosts, each with a permit of the budget.
pub(super) struct Transport {
    client: Client,
    proxy: Option<Proxy>,
    connect_timeout: Duration,
    total_timeout: Duration,
    budget: Arc<RequestBudget>,
    clock: Arc<dyn Clock>,
    observer: Option<Arc<dyn Observer>>,
}

impl Transport {
    pub(super) fn new(connector: Connector) -> Result<Self, SetupError> {
        let settings = connector.settings;
        let client = client_builder(&settings)?
            .dns_resolver(Naming(connector.resolver))
            .build()
            .map_err(|error| SetupError {
                detail: innermost(&error),
            })?;
        Ok(Self {
            client,
            proxy: settings.proxy.clone().filter(|_| !is_local(&settings)),
            connect_timeout: settings.connect_timeout,
            total_timeout: settings.total_timeout,
            budget: connector.budget,
            clock: connector.clock,
            observer: connector.observer,
        })
    }

    pub(super) fn get(&self, url: Url) -> RequestBuilder {
        self.client.get(url)
    }

    pub(super) fn post(&self, url: Url) -> RequestBuilder {
        self.client.post(url)
    }

    /// Waits for the budget, sends, reads the answer, and tells the observer.
    /// `setting` is what led to the host, for errors.
    ///
    /// # Errors
    /// Whatever keeps an answer from being read whole, and the refusals that mean
    /// the same on every path: redirects, 429 and 5xx. A `Retry-After` among those
    /// closes the gate for every request before the permit is given back.
    pub(super) async fn send(
        &self,
        kind: CallKind,
        setting: Setting,
        request: RequestBuilder,
    ) -> Result<Answer, Error> {
        let (client, request) = request.build_split();
        let request = request.map_err(|_| unexpected("an address that no request can go to"))?;
        let peer = Peer {
            host: Host {
                name: host_of(request.url()),
                setting,
            },
            is_encrypted: request.url().scheme() == "https",
            connect_timeout: self.connect_timeout,
            total_timeout: self.total_timeout,
        };
        let permit = self.budget.acquire_unless_lost().await?;
        let started = Instant::now();
        let result = self.exchange(&client, request, peer).await;
        if let Some(observer) = &self.observer {
            observer.request_ended(kind, outcome_of(&result), started.elapsed());
        }
        drop(permit);
        result
    }

    /// Sends, and reads the answer, within the total time-out.
    async fn exchange(
        &self,
        client: &Client,
        request: Request,
        peer: Peer,
    ) -> Result<Answer, Error> {
        let (url, path) = (request.url().clone(), request.url().path().to_owned());
        let (sent_at, started) = (self.clock.now(), Instant::now());
        let total = self.total_timeout;

        let response = timeout(total, client.execute(request))
            .await
            .map_err(|_| peer.timed_out())?;
        let response = match response {
            Ok(response) => response,
            Err(error) => return Err(self.without_answer(classify(&error, &peer), &url).await),
        };
        let status = response.status();
        self.refuse(status, response.headers(), &peer)?;

        let date = response.headers().get(DATE);
        let date = date.and_then(|it| httpdate::parse_http_date(it.to_str().ok()?).ok());
        let content_type = response.headers().get(CONTENT_TYPE).cloned();
        let encoding = response.headers().get(CONTENT_ENCODING).cloned();
        let challenge = joined(response.headers(), &WWW_AUTHENTICATE);
        let next_link = next_in(&joined(response.headers(), &LINK));
        let left = total.saturating_sub(started.elapsed());
        let body = timeout(left, peer.read_body(response))
            .await
            .unwrap_or_else(|_| Err(peer.timed_out()))
            .and_then(|body| peer.decompress(body, encoding.as_ref()));

        let answer = Answer {
            host: peer.host,
            path,
            sent_at,
            status,
            date,
            content_type,
            challenge,
            next_link,
            body: if status.is_success() {
                body?
            } else {
                body.unwrap_or_default()
            },
        };
        if status == StatusCode::FORBIDDEN && json::is_html(&answer) {
            // So refuse web firewalls and proxies, before CXone looks at credentials.
            return Err(Error::NotJson {
                host: answer.host,
                content: format!("an HTML page (HTTP {})", status.as_u16()),
            });
        }
        Ok(answer)
    }

    /// What kept an answer from coming, with the proxy's part in it.
    async fn without_answer(&self, error: Error, url: &Url) -> Error {
        let proxy = self.proxy.as_ref().filter(|proxy| proxy.leads_to(url));
        let (Some(proxy), Error::Connect { host, detail }) = (proxy, &error) else {
            return error;
        };
        let host = host.clone();
        match proxy.status_for(url, self.connect_timeout).await {
            Some(status) if !(200..300).contains(&status) => Error::ProxyRefused {
                host,
                proxy: proxy.to_string(),
                label: proxy.label(),
                status,
            },
            _ => Error::Connect {
                host,
                detail: format!("by the proxy {proxy} of {}: {detail}", proxy.label()),
            },
        }
    }

    fn refuse(&self, status: StatusCode, headers: &HeaderMap, peer: &Peer) -> Result<(), Error> {
        if status.is_redirection() {
            return Err(Error::Redirected {
                status: status.as_u16(),
                host: peer.host.clone(),
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
            Error::ServerError {
                status: status.as_u16(),
                retry_after,
            }
        } else {
            Error::RateLimited { retry_after }
        })
    }
}

fn joined(headers: &HeaderMap, name: &HeaderName) -> String {
    let values = headers.get_all(name).into_iter();
    let values = values.map(|it| String::from_utf8_lossy(it.as_bytes()));
    values.collect::<Vec<_>>().join(", ")
}

fn outcome_of(result: &Result<Answer, Error>) -> CallOutcome {
    match result {
        Ok(answer) if answer.status.is_success() => CallOutcome::Answered,
        Ok(_) => CallOutcome::Refused,
        Err(Error::RateLimited { .. }) => CallOutcome::RateLimited,
        Err(Error::ServerError { .. }) => CallOutcome::ServerError,
        Err(Error::Redirected { .. }) => CallOutcome::Redirected,
        Err(Error::TimedOut { .. }) => CallOutcome::TimedOut,
        Err(
            Error::Dns { .. }
            | Error::Tls { .. }
            | Error::Connect { .. }
            | Error::ProxyRefused { .. }
            | Error::Truncated { .. },
        ) => CallOutcome::NoConnection,
        Err(_) => CallOutcome::Unreadable,
    }
}

fn client_builder(settings: &Settings) -> Result<ClientBuilder, SetupError> {
    // A provider that is already there is as good: this fails only then.
    let _ = rustls::crypto::ring::default_provider().install_default();

    let certificates = settings.ca_certificates.for_client();
    let accept = [
        (ACCEPT, HeaderValue::from_static("application/json")),
        (ACCEPT_ENCODING, HeaderValue::from_static("identity")),
    ];
    let mut builder = Client::builder()
        .user_agent(&settings.user_agent)
        .default_headers(HeaderMap::from_iter(accept))
        .redirect(redirect::Policy::none())
        // A repeat that passes by the budget would break its promise.
        .retry(retry::never())
        .referer(false)
        .connect_timeout(settings.connect_timeout)
        // Each request has its own connection: a server may close one that is kept just as a
        // request is on its way, and there are few.
        .pool_max_idle_per_host(0)
        // What browsers and curl take too.
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http1_ignore_invalid_headers_in_responses(true)
        .http1_max_headers(MOST_HEADERS)
        // Integrators report token calls that fail over HTTP/2.
        .http1_only();
    let addresses = settings.dialect.addresses();
    builder = if addresses.iter().all(|address| !address.is_encrypted()) {
        // Nothing is encrypted on the way to this machine: a machine without a trust
        // store can still run against a simulated tenant.
        builder.tls_certs_only(certificates)
    } else {
        let only = addresses.iter().all(|address| address.is_encrypted());
        builder.https_only(only).tls_certs_merge(certificates)
    };
    if is_local(settings) {
        builder = builder.no_proxy();
    } else if let Some(proxy) = &settings.proxy {
        let proxy = proxy.for_client().ok_or_else(|| SetupError {
            detail: format!("the proxy that {} names cannot be used", proxy.label()),
        })?;
        builder = builder.proxy(proxy);
    }
    Ok(builder)
}

/// Whether every request stays on this machine.
fn is_local(settings: &Settings) -> bool {
    let addresses = settings.dialect.addresses();
    addresses.iter().all(|address| address.is_loopback())
}
