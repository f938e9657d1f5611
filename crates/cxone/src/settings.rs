//! What the client is made of, and why it could not be made.

use std::{fmt, time::Duration};

use secrecy::SecretString;
use thiserror::Error;

use crate::{AllowedDomains, ApiVersion, BaseUrl, CaCertificates, Proxy, SkillFilter};

/// Everything that the client needs to know. [`Settings::new`] has defaults for all but the
/// dialect and the name.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which of CXone's APIs is read, and how to sign in to it.
    pub dialect: Dialect,
    /// How the client names itself in the header `User-Agent`, as in `my-program/1.0`.
    pub user_agent: String,
    /// Certificate authorities trusted in addition to the system's.
    pub ca_certificates: CaCertificates,
    /// The HTTP proxy that leads to CXone. Where it is `None`, the proxy of the process's
    /// environment is used. Hosts of this machine are reached without one.
    pub proxy: Option<Proxy>,
    /// The longest that name look-up, TCP and TLS may take together. Default: 5 s.
    pub connect_timeout: Duration,
    /// The longest that one request may take, from its sending to the last byte of
    /// its answer; the wait for the request budget is not counted. Default: 10 s.
    pub total_timeout: Duration,
}

impl Settings {
    /// Settings for `dialect`, with the default for everything else.
    #[must_use]
    pub fn new(dialect: Dialect, user_agent: impl Into<String>) -> Self {
        Self {
            dialect,
            user_agent: user_agent.into(),
            ca_certificates: CaCertificates::default(),
            proxy: None,
            connect_timeout: Duration::from_secs(5),
            total_timeout: Duration::from_secs(10),
        }
    }
}

/// One of CXone's APIs for the same job, with what it takes to read it.
#[derive(Clone, Debug)]
pub enum Dialect {
    /// The v2 Reporting API, by client credentials.
    ReportingV2(ReportingV2Settings),
    /// The Real-Time Data API, by an API user's access key.
    Realtime(Box<RealtimeSettings>),
}

/// What the v2 Reporting API needs: an API client with the grant "client credentials" and the
/// scope `reporting:queue:view`.
///
/// Tokens come from `POST {base_url}/oauth2/token`, numbers from
/// `POST {base_url}/api/v2/reporting/queues/realtime`, the queue list from
/// `GET {base_url}/api/v2/queues`.
#[derive(Clone)]
pub struct ReportingV2Settings {
    /// Where CXone is.
    pub base_url: BaseUrl,
    /// The API client's id.
    pub client_id: String,
    /// The API client's secret.
    pub client_secret: SecretString,
    /// The tenant to sign in to.
    pub tenant_id: String,
}

/// What the Real-Time Data API needs: the access key of an API user who may view ACD skills.
///
/// Discovery at the issuer (`/.well-known/openid-configuration`,
/// `/.well-known/cxone-configuration`) names the token endpoint and the API's host. Numbers
/// and queue list come from `GET {api}/incontactAPI/services/{api_version}/skills/activity`;
/// a queue is a skill there.
#[derive(Clone)]
pub struct RealtimeSettings {
    /// The API user's access key.
    pub access_key: AccessKey,
    /// How the key becomes a token.
    pub sign_in: SignInMethod,
    /// Whose discovery names token endpoint and API.
    pub issuer: BaseUrl,
    /// Where the API is, instead of what discovery says.
    pub api_url: Option<BaseUrl>,
    /// The tenant, instead of what the token says.
    pub tenant_id: Option<String>,
    /// The API's version.
    pub api_version: ApiVersion,
    /// Where discovered hosts may be.
    pub allowed_domains: AllowedDomains,
    /// Which skills are read.
    pub skills: SkillFilter,
}

/// An access key of CXone's, which belongs to one user.
#[derive(Clone)]
pub struct AccessKey {
    /// Its public half.
    pub id: String,
    /// Its secret half.
    pub secret: SecretString,
}

/// How an access key becomes a token.
#[derive(Clone)]
pub enum SignInMethod {
    /// By the OAuth 2.0 password grant, for a registered application.
    Password {
        /// The application's client id.
        client_id: String,
        /// The application's client secret.
        client_secret: SecretString,
    },
    /// By the key alone, at the host of the tenant's area.
    KeyOnly {
        /// That host's address.
        area_url: BaseUrl,
    },
}

// Who signs in belongs in no log either, so identities are left out as well.

impl fmt::Debug for ReportingV2Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ReportingV2Settings")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RealtimeSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RealtimeSettings")
            .field("sign_in", &self.sign_in)
            .field("issuer", &self.issuer)
            .field("api_url", &self.api_url)
            .field("api_version", &self.api_version)
            .field("allowed_domains", &self.allowed_domains)
            .field("skills", &self.skills)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AccessKey").finish_non_exhaustive()
    }
}

impl fmt::Debug for SignInMethod {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password { .. } => formatter.debug_struct("Password").finish_non_exhaustive(),
            Self::KeyOnly { area_url } => formatter
                .debug_struct("KeyOnly")
                .field("area_url", area_url)
                .finish(),
        }
    }
}

impl Dialect {
    /// The addresses that are set, to each of which requests may go.
    pub(super) fn addresses(&self) -> Vec<&BaseUrl> {
        match self {
            Self::ReportingV2(settings) => vec![&settings.base_url],
            Self::Realtime(settings) => {
                let area_url = match &settings.sign_in {
                    SignInMethod::Password { .. } => None,
                    SignInMethod::KeyOnly { area_url } => Some(area_url),
                };
                let set = [Some(&settings.issuer), settings.api_url.as_ref(), area_url];
                set.into_iter().flatten().collect()
            }
        }
    }
}

/// Why the client could not be made: the HTTP client refuses to start. Most often there is
/// no trust store.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no TLS client can be made here ({detail})")]
pub struct SetupError {
    /// The library's words.
    pub detail: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_addresses_and_no_credentials() {
        let address = |name: &str| BaseUrl::parse(&format!("https://{name}.example.com")).unwrap();
        let secret = || SecretString::from("canary-secret");
        let reporting = ReportingV2Settings {
            base_url: address("base"),
            client_id: "canary-client".into(),
            client_secret: secret(),
            tenant_id: "canary-tenant".into(),
        };
        let realtime = RealtimeSettings {
            access_key: AccessKey {
                id: "canary-key".into(),
                secret: secret(),
            },
            sign_in: SignInMethod::KeyOnly {
                area_url: address("area"),
            },
            issuer: address("issuer"),
            api_url: Some(address("api")),
            tenant_id: Some("canary-tenant".into()),
            api_version: ApiVersion::default(),
            allowed_domains: AllowedDomains::default(),
            skills: SkillFilter::default(),
        };
        let password = SignInMethod::Password {
            client_id: "canary-client".into(),
            client_secret: secret(),
        };
        for (debugged, told) in [
            (format!("{reporting:?}"), ["ReportingV2Settings", "base."]),
            (format!("{:?}", realtime.access_key), ["AccessKey", ""]),
            (format!("{realtime:?}"), ["issuer.", "area."]),
            (format!("{realtime:?}"), ["RealtimeSettings", "api."]),
            (format!("{password:?}"), ["Password", ""]),
        ] {
            for told in told {
                assert!(debugged.contains(told), "{debugged}");
            }
            assert!(!debugged.contains("canary"), "{debugged}");
        }
    }
}
