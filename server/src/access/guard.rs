//! The one question: may this caller see this board.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::http::{HeaderMap, HeaderName};
use thiserror::Error;

use super::{
    Attempts, Caller, Links, Proxies, Screens, Store, StoreError, cookie, forwarded, person,
};
use crate::config::{AccessConfig, AccessMode};

/// Tries with a wrong token, and codes asked for, in [`ATTEMPTS_WINDOW`].
const ATTEMPTS_OF_PEER: u32 = 30;
const ATTEMPTS_IN_ALL: u32 = 300;
const ATTEMPTS_WINDOW: Duration = Duration::from_secs(60);

/// Why a caller may not see a board. `Display` is for whoever reads the answer by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// It has no link of this board, or the proxy did not say who it is.
    #[error("this is not for everyone: open a link of the board, or sign in")]
    NoAccess,
    /// Its link was revoked.
    #[error("the link was revoked: ask for a new one")]
    Revoked,
    /// Its link's time is over.
    #[error("the link has expired: ask for a new one")]
    Expired,
    /// It did not come through the proxy.
    #[error("come through the proxy that signs people in")]
    UntrustedPeer,
    /// It came through the proxy, which did not say who it is.
    #[error(
        "the proxy did not say who is signed in: sign in there, and see that it sets the header of \
         QUEUEWALL_PROXY_HEADER (access.proxy_header) to that person's name"
    )]
    Nameless,
}

/// Who may look, as the configuration has it.
#[derive(Debug)]
pub struct Guard {
    door: Door,
    proxies: Proxies,
    /// Whether only people at this machine may look.
    is_for_this_machine: bool,
}

#[derive(Debug)]
enum Door {
    Open,
    Links(LinkDoor),
    Proxy(HeaderName),
}

/// The links, the screens that wait for one, and how often somebody may be wrong.
#[derive(Debug)]
pub struct LinkDoor {
    /// The stored links.
    pub links: Arc<Links>,
    /// The screens that wait to be let in.
    pub screens: Arc<Screens>,
    /// Wrong tokens.
    pub wrong_tokens: Attempts,
    /// Codes asked for.
    pub asked_codes: Attempts,
}

impl Guard {
    /// Everyone may look.
    #[must_use]
    pub fn open() -> Self {
        Self {
            door: Door::Open,
            proxies: Proxies::default(),
            is_for_this_machine: false,
        }
    }

    /// The guard of a configuration.
    ///
    /// # Errors
    /// When the links cannot be read.
    pub fn new(config: &AccessConfig) -> Result<Self, StoreError> {
        let door = match &config.mode {
            AccessMode::Loopback | AccessMode::Open => Door::Open,
            AccessMode::Proxy => Door::Proxy(config.proxy_header.clone()),
            AccessMode::Links => {
                let store = Store::new(config.state_dir.clone());
                let attempts = || Attempts::new(ATTEMPTS_OF_PEER, ATTEMPTS_IN_ALL, ATTEMPTS_WINDOW);
                Door::Links(LinkDoor {
                    links: Arc::new(Links::open(store.clone())?),
                    screens: Arc::new(Screens::open(store)?),
                    wrong_tokens: attempts(),
                    asked_codes: attempts(),
                })
            }
        };
        Ok(Self {
            door,
            proxies: Proxies::new(config.trusted_proxies.clone()),
            is_for_this_machine: config.mode == AccessMode::Loopback,
        })
    }

    /// Whether only people at this machine may look, and a header says that a proxy has
    /// passed the request on: everybody who reaches the proxy would be let in.
    #[must_use]
    pub fn bars_proxied(&self, headers: &HeaderMap) -> bool {
        self.is_for_this_machine && forwarded::came_through_proxy(headers)
    }

    /// Whether only people at this machine may look.
    #[must_use]
    pub fn is_for_this_machine(&self) -> bool {
        self.is_for_this_machine
    }

    /// Whether the caller may see the board `slug`.
    ///
    /// # Errors
    /// Why it may not. That says nothing of whether there is such a board.
    pub fn admit(&self, slug: &str, caller: Caller<'_>, now: SystemTime) -> Result<(), Refusal> {
        match &self.door {
            Door::Open => Ok(()),
            Door::Links(door) => {
                let mut refusal = Refusal::NoAccess;
                for token in cookie::of_board(caller.headers, slug) {
                    match door.links.opens(token, slug, now) {
                        Ok(()) => return Ok(()),
                        Err(Refusal::NoAccess) => {}
                        // That a link ended tells more than that a value is none.
                        Err(ended) => refusal = ended,
                    }
                }
                Err(refusal)
            }
            Door::Proxy(_) if !self.proxies.vouch_for(caller) => Err(Refusal::UntrustedPeer),
            Door::Proxy(header) if person::is_named(caller.headers, header) => Ok(()),
            Door::Proxy(_) => Err(Refusal::Nameless),
        }
    }

    /// Those of `slugs` that the caller may see; `None`: all of them, whoever asks.
    ///
    /// # Errors
    /// Why it may see none.
    pub fn admitted<'s>(
        &self,
        slugs: impl Iterator<Item = &'s str>,
        caller: Caller<'_>,
        now: SystemTime,
    ) -> Result<Option<Vec<&'s str>>, Refusal> {
        match &self.door {
            Door::Open => return Ok(None),
            // What a proxy says holds for all boards alike.
            Door::Proxy(_) => return self.admit("", caller, now).map(|()| None),
            Door::Links(_) => {}
        }
        let mut refusal = Refusal::NoAccess;
        let mut admitted = Vec::new();
        for slug in slugs {
            match self.admit(slug, caller, now) {
                Ok(()) => admitted.push(slug),
                // That a link ended tells more than that there is none of another board.
                Err(ended) if ended != Refusal::NoAccess => refusal = ended,
                Err(_) => {}
            }
        }
        if admitted.is_empty() {
            return Err(refusal);
        }
        Ok(Some(admitted))
    }

    /// The links, where links decide.
    #[must_use]
    pub fn link_door(&self) -> Option<&LinkDoor> {
        match &self.door {
            Door::Links(door) => Some(door),
            Door::Open | Door::Proxy(_) => None,
        }
    }

    /// The proxies whose word counts.
    #[must_use]
    pub fn proxies(&self) -> &Proxies {
        &self.proxies
    }

    /// Keeps up with what the command line changes, for as long as it is polled.
    pub async fn follow(&self) {
        match self.link_door() {
            Some(door) => Arc::clone(&door.links).follow().await,
            None => std::future::pending().await,
        }
    }
}
