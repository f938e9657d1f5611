//! Whom it is told to.

use std::{fmt, net::IpAddr};

use lettre::message::Mailbox;
use reqwest::{Client, redirect, retry};
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

use crate::{
    address::{self, Guard},
    error::ReceiverError,
    send::TIMEOUT,
    signing::SigningSecret,
};

/// Where PagerDuty takes events.
#[derive(Clone, Debug, Default)]
pub enum PagerDutyEndpoint {
    /// The service region of the United States.
    #[default]
    Us,
    /// The service region of the European Union.
    Eu,
    /// Another address: a proxy, or a test's.
    Other(Url),
}

/// How the connection to the mail server is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SmtpTls {
    /// STARTTLS, and nothing is sent without it; port 587.
    #[default]
    StartTls,
    /// From the first byte; port 465.
    Implicit,
    /// Not at all: for a relay on the same machine or network.
    None,
}

/// A kind of receiver and its address. URLs are secrets.
#[derive(Clone)]
pub enum Target {
    /// Slack's incoming webhook.
    Slack {
        /// All of it is a secret.
        url: SecretString,
    },
    /// A workflow of Microsoft Teams: "when a webhook request is received".
    Teams {
        /// All of it is a secret.
        url: SecretString,
    },
    /// A webhook of a Google Chat space.
    GoogleChat {
        /// All of it is a secret.
        url: SecretString,
    },
    /// PagerDuty, an integration "Events API v2".
    PagerDuty {
        /// The integration key.
        routing_key: SecretString,
        /// The service region.
        endpoint: PagerDutyEndpoint,
    },
    /// Mail.
    Email {
        /// The mail server's name or address.
        server: String,
        /// 587, 465 or 25 where not said.
        port: Option<u16>,
        /// How it is encrypted.
        tls: SmtpTls,
        /// Signs in with it, where said.
        user: Option<String>,
        /// The user's.
        password: Option<SecretString>,
        /// The sender, as `Queuewall <wall@example.com>`.
        from: String,
        /// The recipients.
        to: Vec<String>,
    },
    /// Any webhook, signed after Standard Webhooks.
    Webhook {
        /// All of it is a secret.
        url: SecretString,
        /// Each one signs: two while they are exchanged, none for no signature.
        secrets: Vec<SigningSecret>,
    },
}

impl Target {
    /// The word of the configuration.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Slack { .. } => "slack",
            Self::Teams { .. } => "teams",
            Self::GoogleChat { .. } => "google_chat",
            Self::PagerDuty { .. } => "pagerduty",
            Self::Email { .. } => "email",
            Self::Webhook { .. } => "webhook",
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(self.kind()).finish_non_exhaustive()
    }
}

/// How it is reached: made once from a checked target.
#[derive(Clone)]
pub(crate) enum Channel {
    Http {
        client: Client,
        url: Url,
    },
    Mail {
        server: String,
        port: u16,
        from: Mailbox,
        to: Vec<Mailbox>,
    },
}

/// A receiver whose configuration was checked.
#[derive(Clone)]
pub struct Receiver {
    name: String,
    target: Target,
    host: String,
    pub(crate) channel: Channel,
}

impl Receiver {
    /// Checks the target. `allow_private` allows webhooks to private addresses, and `http`.
    ///
    /// # Errors
    /// With the receiver's name, what is wrong and what to do, without secrets.
    pub fn new(name: &str, target: Target, allow_private: bool) -> Result<Self, ReceiverError> {
        let channel = channel(&target, allow_private).map_err(|what| ReceiverError {
            name: name.to_owned(),
            what,
        })?;
        let host = match &channel {
            Channel::Http { url, .. } => url.host_str().unwrap_or_default().to_owned(),
            Channel::Mail { server, .. } => server.clone(),
        };
        Ok(Self {
            name: name.to_owned(),
            target,
            host,
            channel,
        })
    }

    /// Its name in the configuration.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its kind and address.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The host that it is reached at: all of its address that may be shown.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut it = f.debug_struct("Receiver");
        it.field("name", &self.name)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

fn channel(target: &Target, allow_private: bool) -> Result<Channel, String> {
    let url = match target {
        Target::Slack { url }
        | Target::Teams { url }
        | Target::GoogleChat { url }
        | Target::Webhook { url, .. } => Url::parse(url.expose_secret().trim())
            .map_err(|error| format!("its URL cannot be read ({error})"))?,
        Target::PagerDuty {
            routing_key,
            endpoint,
        } => {
            if routing_key.expose_secret().trim().is_empty() {
                return Err(
                    "its routing key is empty: PagerDuty shows it at the service's \
                            integration \"Events API v2\""
                        .to_owned(),
                );
            }
            let known = match endpoint {
                PagerDutyEndpoint::Us => Url::parse("https://events.pagerduty.com/v2/enqueue"),
                PagerDutyEndpoint::Eu => Url::parse("https://events.eu.pagerduty.com/v2/enqueue"),
                PagerDutyEndpoint::Other(url) => Ok(url.clone()),
            };
            known.map_err(|error| error.to_string())?
        }
        Target::Email {
            server,
            port,
            tls,
            from,
            to,
            ..
        } => {
            let standard = match tls {
                SmtpTls::StartTls => 587,
                SmtpTls::Implicit => 465,
                SmtpTls::None => 25,
            };
            return mail(server, port.unwrap_or(standard), from, to);
        }
    };
    http(target, url, allow_private)
}

fn mail(server: &str, port: u16, from: &str, to: &[String]) -> Result<Channel, String> {
    let mailbox = |text: &str| {
        text.parse::<Mailbox>().map_err(|_| {
            format!(
                "`{text}` is no mail address: write `wall@example.com` or `Wall <wall@example.com>`"
            )
        })
    };
    if server.trim().is_empty() {
        return Err("it names no mail server".to_owned());
    }
    if to.is_empty() {
        return Err("it has no recipients: name at least one in `to`".to_owned());
    }
    let to = to
        .iter()
        .map(|text| mailbox(text))
        .collect::<Result<_, _>>()?;
    Ok(Channel::Mail {
        server: server.trim().to_owned(),
        port,
        from: mailbox(from)?,
        to,
    })
}

fn http(target: &Target, mut url: Url, allow_private: bool) -> Result<Channel, String> {
    match url.scheme() {
        "https" => {}
        "http" if allow_private => {}
        _ => return Err("its URL does not begin with `https://`".to_owned()),
    }
    // A literal address passes no resolver. The parser has read odd spellings by now.
    let literal = match url.host() {
        Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
        _ => None,
    };
    if let Some(ip) = literal {
        address::check(ip, allow_private).map_err(|error| format!("its URL: {error}"))?;
    }
    if matches!(target, Target::GoogleChat { .. }) {
        // Without it every message begins a thread.
        url.query_pairs_mut()
            .append_pair("messageReplyOption", "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD");
    }
    // A provider that is already there is as good: this fails only then.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .user_agent(concat!("queuewall/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .timeout(TIMEOUT)
        // A proxy would resolve the name, past the check of its addresses.
        .no_proxy()
        .dns_resolver(std::sync::Arc::new(Guard { allow_private }))
        // Alerts are rare: a kept connection would be dead by the next.
        .pool_max_idle_per_host(0)
        .http1_only();
    if url.scheme() == "http" {
        builder = builder.tls_certs_only([]);
    }
    let client = builder.build().map_err(|_| {
        "the machine's certificates cannot be read: install its package of CA certificates"
            .to_owned()
    })?;
    Ok(Channel::Http { client, url })
}
