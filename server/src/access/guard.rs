//! Decides whether a caller may see a board.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, SystemTime},
};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header::InvalidHeaderValue};
use ipnet::IpNet;
use thiserror::Error;
use tokio::time::Instant;
use tracing::{info, warn};

use super::{
    Attempts, Caller, CookieScope, Link, Links, Opened, PairingCodes, Proxies, Store, StoreError,
    Token, TokenHash, bearer, control, cookie, forwarded, person,
};

/// Tries with a wrong token, and codes asked for, in [`ATTEMPTS_WINDOW`].
const ATTEMPTS_OF_PEER: u32 = 30;
const ATTEMPTS_IN_ALL: u32 = 300;
const ATTEMPTS_WINDOW: Duration = Duration::from_secs(60);

/// Unknown tokens in cookies of which a line is logged in [`UNKNOWN_WINDOW`], each of
/// another address: a screen polls every 5 s.
const UNKNOWN_IN_ALL: u32 = 20;
const UNKNOWN_WINDOW: Duration = Duration::from_secs(3_600);

/// How long no second line is logged of a link that is used.
const USED_WINDOW: Duration = Duration::from_secs(60);

/// How often an id that could not be written is tried again.
const COOKIE_ID_AGAIN: Duration = Duration::from_secs(60);

/// Why a caller may not see a board. `Display` is for people who read the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// It has no link of this board, or the proxy did not say who it is.
    #[error("access denied: open a link of the board, or sign in")]
    NoAccess,
    /// Its link was revoked.
    #[error("the link was revoked: ask for a new one")]
    Revoked,
    /// Its link's time is over.
    #[error("the link has expired: ask for a new one")]
    Expired,
    /// It did not come through the proxy.
    #[error("access denied: open the address of the proxy that signs users in")]
    UntrustedPeer,
    /// It came through the proxy, which did not say who it is.
    #[error(
        "the proxy did not name a user: sign in there, and let it set the header of \
         QUEUEWALL_PROXY_HEADER (access.proxy_header) to the user's name"
    )]
    Nameless,
}

/// What lets somebody in.
#[derive(Clone, Debug)]
pub enum Policy {
    /// Nothing is asked, since only this machine reaches the server: what comes through a
    /// proxy is refused.
    Loopback,
    /// Nothing is asked.
    Open,
    /// A link of the board; they are kept here.
    Links(Store),
    /// A header of a trusted proxy, which names the person.
    Proxy(HeaderName),
}

/// Decides which callers may see which boards.
#[derive(Debug)]
pub struct Guard {
    backend: AccessBackend,
    proxies: Proxies,
    /// Whether access is limited to this machine.
    is_for_this_machine: bool,
}

#[derive(Debug)]
enum AccessBackend {
    Open,
    Links(Box<LinkBackend>),
    Proxy(HeaderName),
}

/// Access by links: the links, the pairing codes, and the limits of wrong attempts.
#[derive(Debug)]
pub struct LinkBackend {
    /// The stored links.
    pub links: Arc<Links>,
    /// The codes of screens that wait for approval.
    pub pairing_codes: Arc<PairingCodes>,
    /// Wrong tokens.
    pub wrong_tokens: Attempts,
    /// Codes asked for.
    pub asked_codes: Attempts,
    /// Unknown tokens in cookies, of which a line was logged.
    unknown_cookies: Attempts,
    /// When a line was logged that a link was used, by its id.
    used: Mutex<HashMap<String, Instant>>,
    store: Store,
    /// In the cookies' names, once it is known.
    cookie_id: OnceLock<String>,
}

/// What a caller may see a board by.
#[derive(Debug, Default)]
pub struct Pass {
    /// Its link; `None` where links do not decide.
    pub link: Option<TokenHash>,
    /// Whether it may list the board's agents: it is a person whom a proxy named, or has a link
    /// with this right.
    pub lists_agents: bool,
    /// The link and its token where a new cookie is due: the one that came is named as
    /// 0.1.0 did, or by another id.
    pub renewed: Option<(Link, Token)>,
}

impl From<Opened> for Pass {
    fn from(opened: Opened) -> Self {
        Self {
            link: Some(opened.link),
            lists_agents: opened.lists_agents,
            renewed: None,
        }
    }
}

impl Guard {
    /// Access for everyone.
    #[must_use]
    pub fn open() -> Self {
        Self {
            backend: AccessBackend::Open,
            proxies: Proxies::default(),
            is_for_this_machine: false,
        }
    }

    /// A guard by `policy`. Headers of `trusted_proxies` tell the caller's address.
    ///
    /// # Errors
    /// When the links cannot be read: not within a minute where that may pass.
    pub async fn new(policy: Policy, trusted_proxies: Vec<IpNet>) -> Result<Self, StoreError> {
        let is_for_this_machine = matches!(policy, Policy::Loopback);
        let backend = match policy {
            Policy::Loopback | Policy::Open => AccessBackend::Open,
            Policy::Proxy(header) => AccessBackend::Proxy(header),
            Policy::Links(store) => {
                let attempts = || Attempts::new(ATTEMPTS_OF_PEER, ATTEMPTS_IN_ALL, ATTEMPTS_WINDOW);
                for warning in store.warnings() {
                    warn!("{warning}");
                }
                store.start().await?;
                let backend = LinkBackend {
                    links: Arc::new(Links::open(store.clone()).await?),
                    pairing_codes: Arc::new(PairingCodes::new(store.clone())),
                    wrong_tokens: attempts(),
                    asked_codes: attempts(),
                    unknown_cookies: Attempts::new(1, UNKNOWN_IN_ALL, UNKNOWN_WINDOW),
                    used: Mutex::default(),
                    store,
                    cookie_id: OnceLock::new(),
                };
                // Before the first cookie is set, if it can be.
                if let Err(error) = backend.find_cookie_id().await {
                    warn!(
                        "cookies are named without an id of this server, so that another Queuewall on this host \
                         would overwrite them: {error}. It is tried again every minute"
                    );
                }
                AccessBackend::Links(Box::new(backend))
            }
        };
        Ok(Self {
            backend,
            proxies: Proxies::new(trusted_proxies),
            is_for_this_machine,
        })
    }

    /// Whether access is limited to this machine, and a header shows that a proxy forwarded
    /// the request: otherwise everybody who reaches the proxy would have access.
    pub fn bars_proxied(&self, headers: &HeaderMap) -> bool {
        self.is_for_this_machine && forwarded::came_through_proxy(headers)
    }

    /// Whether access is limited to this machine.
    pub fn is_for_this_machine(&self) -> bool {
        self.is_for_this_machine
    }

    /// Whether everyone who reaches the address may see every board: agents are named to
    /// nobody then.
    pub fn is_open(&self) -> bool {
        matches!(self.backend, AccessBackend::Open)
    }

    /// Whether the caller may see the board `slug`.
    ///
    /// # Errors
    /// Why it may not. That says nothing of whether there is such a board.
    pub fn admit(&self, slug: &str, caller: Caller<'_>, now: SystemTime) -> Result<Pass, Refusal> {
        match &self.backend {
            AccessBackend::Open => Ok(Pass::default()),
            AccessBackend::Links(backend) => {
                let mut refusal = None;
                let mut admitted = None;
                if let Some(token) = bearer::token(caller.headers) {
                    match backend.links.opens(token, slug, now) {
                        Ok(opened) => return Ok(opened.into()),
                        Err(ended) => refusal = Some(ended),
                    }
                }
                let cookies = cookie::all(caller.headers);
                for cookie in cookies.filter(|cookie| cookie.board == slug) {
                    match backend.links.opens(cookie.token, slug, now) {
                        Ok(opened) if backend.is_current(cookie) => {
                            return Ok(opened.into());
                        }
                        // Browsers send the older one first: another may be current.
                        Ok(opened) => admitted = Some((opened, cookie)),
                        // That a link ended tells more than that a value is none.
                        Err(Refusal::NoAccess) if refusal.is_some() => {}
                        Err(ended) => refusal = Some(ended),
                    }
                }
                if let Some((opened, cookie)) = admitted {
                    return Ok(Pass {
                        renewed: backend.renewed(cookie, now),
                        ..opened.into()
                    });
                }
                if refusal == Some(Refusal::NoAccess) {
                    self.log_unknown(backend, caller);
                }
                Err(refusal.unwrap_or(Refusal::NoAccess))
            }
            AccessBackend::Proxy(_) if !self.proxies.vouch_for(caller) => {
                Err(Refusal::UntrustedPeer)
            }
            AccessBackend::Proxy(header) if person::is_named(caller.headers, header) => Ok(Pass {
                lists_agents: true,
                ..Pass::default()
            }),
            AccessBackend::Proxy(_) => Err(Refusal::Nameless),
        }
    }

    /// Those of `slugs` that the caller may see; `None`: all of them, for every caller.
    ///
    /// # Errors
    /// Why it may see none.
    pub fn admitted<'s>(
        &self,
        slugs: impl Iterator<Item = &'s str>,
        caller: Caller<'_>,
        now: SystemTime,
    ) -> Result<Option<Vec<&'s str>>, Refusal> {
        let backend = match &self.backend {
            AccessBackend::Open => return Ok(None),
            // What a proxy says holds for all boards alike.
            AccessBackend::Proxy(_) => return self.admit("", caller, now).map(|_| None),
            AccessBackend::Links(backend) => backend,
        };
        // Each cookie once, however many boards there are.
        let mut by_board = HashMap::new();
        let of_bearer = bearer::token(caller.headers).map(|token| backend.links.good(token, now));
        let of_bearer = of_bearer.and_then(Result::ok);
        if let Some(link) = &of_bearer {
            by_board.insert(link.board.as_str(), Ok(()));
        }
        for cookie in cookie::all(caller.headers) {
            let outcome = backend.links.opens(cookie.token, cookie.board, now);
            let outcome = outcome.map(|_| ());
            let so_far = by_board.entry(cookie.board).or_insert(outcome);
            // That a link ended tells more than that a value is none.
            if outcome.is_ok() || *so_far == Err(Refusal::NoAccess) {
                *so_far = outcome;
            }
        }
        let mut refusal = Refusal::NoAccess;
        let mut admitted = Vec::new();
        for slug in slugs {
            match by_board.get(slug) {
                Some(Ok(())) => admitted.push(slug),
                Some(Err(ended)) if *ended != Refusal::NoAccess => refusal = *ended,
                _ => {}
            }
        }
        if admitted.is_empty() {
            return Err(refusal);
        }
        Ok(Some(admitted))
    }

    fn log_unknown(&self, backend: &LinkBackend, caller: Caller<'_>) {
        let (client, now) = (self.proxies.client(caller), Instant::now());
        if backend.unknown_cookies.check(client, now).is_ok() {
            backend.unknown_cookies.count(client, now);
            info!("a cookie or bearer token was refused: no link has it");
        }
    }

    /// The links, where links decide.
    pub fn link_backend(&self) -> Option<&LinkBackend> {
        match &self.backend {
            AccessBackend::Links(backend) => Some(&**backend),
            AccessBackend::Open | AccessBackend::Proxy(_) => None,
        }
    }

    /// The proxies whose word counts.
    pub fn proxies(&self) -> &Proxies {
        &self.proxies
    }

    /// Keeps up with what the command line changes, for as long as it is polled.
    pub async fn follow(&self) {
        match &self.backend {
            AccessBackend::Links(backend) => backend.follow().await,
            AccessBackend::Open | AccessBackend::Proxy(_) => std::future::pending().await,
        }
    }
}

impl LinkBackend {
    /// Whether a line is due that the link was used at `now`: one a link and minute, however
    /// often somebody sends its token.
    pub fn is_news(&self, link: &Link, now: Instant) -> bool {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|_, at| now.saturating_duration_since(*at) < USED_WINDOW);
        let is_news = !used.contains_key(&link.id);
        if is_news {
            used.insert(link.id.clone(), now);
        }
        is_news
    }

    /// The cookie of a link's board, which holds its `token`.
    ///
    /// # Errors
    /// When the board's slug or the token could not stand in a header.
    pub fn cookie(
        &self,
        link: &Link,
        token: &Token,
        scope: CookieScope<'_>,
        now: SystemTime,
    ) -> Result<HeaderValue, InvalidHeaderValue> {
        let id = self.cookie_id.get().map(String::as_str);
        cookie::set_cookie(id, &link.board, token.expose(), link.left(now), scope)
    }

    /// Whether a cookie has the name that this server gives.
    fn is_current(&self, cookie: cookie::Cookie<'_>) -> bool {
        cookie.id == self.cookie_id.get().map(String::as_str)
    }

    /// What a good cookie's name is replaced with. The old one is left to its end: it opens
    /// the board to 0.1.0 as well, should that come back.
    fn renewed(&self, cookie: cookie::Cookie<'_>, now: SystemTime) -> Option<(Link, Token)> {
        self.cookie_id.get()?;
        let link = self.links.good(cookie.token, now).ok()?;
        Some((link, Token::of(cookie.token)))
    }

    async fn find_cookie_id(&self) -> Result<(), StoreError> {
        let _ = self.cookie_id.set(self.store.cookie_id().await?);
        Ok(())
    }

    async fn follow(&self) {
        let name = async {
            while self.cookie_id.get().is_none() {
                tokio::time::sleep(COOKIE_ID_AGAIN).await;
                if self.find_cookie_id().await.is_ok() {
                    info!("cookies are named by this server's id from now on");
                }
            }
        };
        let control = control::serve(self.store.state_dir().path().to_owned(), &self.links);
        tokio::select! {
            () = Arc::clone(&self.links).follow() => {}
            () = Arc::clone(&self.pairing_codes).follow() => {}
            _ = async { tokio::join!(name, control) } => {}
        }
    }
}

#[cfg(test)]
mod tests;
