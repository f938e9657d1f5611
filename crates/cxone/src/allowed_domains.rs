//! Where hosts may be that a discovery answer names.

use std::fmt;

use reqwest::Url;
use thiserror::Error;
use url::Host;

use super::BaseUrl;

/// Domains under which discovered hosts may be. A secret goes to no other, whatever an
/// answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedDomains(Vec<String>);

/// A text that is no domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("is not a domain")]
pub struct DomainError;

impl Default for AllowedDomains {
    /// CXone's own: `niceincontact.com` and `nice-incontact.com`.
    fn default() -> Self {
        Self(vec![
            "niceincontact.com".to_owned(),
            "nice-incontact.com".to_owned(),
        ])
    }
}

impl AllowedDomains {
    /// Reads domains; a dot before one is dropped.
    ///
    /// # Errors
    /// [`DomainError`] for the first that is none. A single label, such as `com`, is none.
    pub fn parse<'a>(domains: impl IntoIterator<Item = &'a str>) -> Result<Self, DomainError> {
        let parse = |text: &str| {
            let name = text.trim().trim_matches('.');
            match Host::parse(name) {
                Ok(Host::Domain(name)) if name.contains('.') && !name.contains('*') => Ok(name),
                _ => Err(DomainError),
            }
        };
        domains
            .into_iter()
            .map(parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether `address`, which an answer of `issuer` names, may be asked: over https
    /// under one of the domains, or on this machine where the issuer is on it too and
    /// not encrypted, as a simulated tenant is.
    ///
    /// # Errors
    /// Why not, in a few words.
    pub(super) fn check(&self, address: &Url, issuer: &BaseUrl) -> Result<(), &'static str> {
        if !address.username().is_empty() || address.password().is_some() {
            return Err("an address with a user name in it");
        }
        if issuer.is_loopback() && !issuer.is_encrypted() {
            let here = BaseUrl::parse(&address[..url::Position::AfterPath]);
            return match here {
                Ok(here) if here.is_loopback() => Ok(()),
                _ => Err("not on this machine, where the issuer is"),
            };
        }
        if address.scheme() != "https" {
            return Err("not encrypted (https)");
        }
        let Some(Host::Domain(name)) = address.host() else {
            return Err("not a name under an allowed domain");
        };
        let name = name.trim_end_matches('.');
        let is_under = |domain: &String| {
            let rest = name.strip_suffix(domain.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        if self.0.iter().any(is_under) {
            Ok(())
        } else {
            Err("not under an allowed domain")
        }
    }
}

impl fmt::Display for AllowedDomains {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, issuer: &str) -> Result<(), &'static str> {
        let issuer = BaseUrl::parse(issuer).unwrap();
        AllowedDomains::default().check(&Url::parse(address).unwrap(), &issuer)
    }

    #[test]
    fn only_https_under_an_allowed_domain_passes() {
        let check = |address| check(address, "https://cxone.niceincontact.com");
        for allowed in [
            "https://api-na1.niceincontact.com",
            "https://API-NA1.NICEINCONTACT.COM/x",
            "https://api-na1.niceincontact.com.",
            "https://niceincontact.com:8443",
            "https://api.c1.nice-incontact.com/inContactAPI/",
        ] {
            assert_eq!(check(allowed), Ok(()), "{allowed}");
        }
        for refused in [
            "http://api-na1.niceincontact.com",
            "https://evilniceincontact.com",
            "https://niceincontact.com.evil.com",
            "https://api.example.com/niceincontact.com",
            "https://api.example.com/?niceincontact.com",
            "https://niceincontact.com@evil.com",
            "https://me@api.niceincontact.com",
            "https://127.0.0.1",
            "https://[::1]",
            "https://localhost",
            "http://127.0.0.1:9090",
            "ftp://api.niceincontact.com",
        ] {
            assert!(check(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn loopback_issuer_allows_only_loopback_hosts() {
        let check = |address| check(address, "http://127.0.0.1:9090");
        assert_eq!(check("http://127.0.0.1:9091/x"), Ok(()));
        assert_eq!(check("http://localhost:1"), Ok(()));
        for refused in [
            "https://api-na1.niceincontact.com",
            "http://10.0.0.1",
            "http://me:secret@127.0.0.1",
        ] {
            assert!(check(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn tls_loopback_issuer_allows_only_the_allowed_domains() {
        let check = |address| check(address, "https://127.0.0.1:9443");
        assert_eq!(check("https://api-na1.niceincontact.com"), Ok(()));
        for refused in ["http://127.0.0.1:9091", "https://127.0.0.1:9443"] {
            assert!(check(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn domains_are_read_as_people_write_them() {
        let parse = |text: &str| AllowedDomains::parse(text.split(',')).map(|it| it.to_string());
        assert_eq!(
            parse(" .Example.com , gov.example."),
            Ok("example.com, gov.example".to_owned())
        );
        for wrong in [
            "com",
            "",
            "https://example.com",
            "*.example.com",
            "10.0.0.1",
            "a b.com",
        ] {
            assert_eq!(parse(wrong), Err(DomainError), "{wrong}");
        }
    }
}
