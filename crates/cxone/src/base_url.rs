//! Where CXone is: an address that secrets may be sent to.

use std::fmt;

use reqwest::Url;
use rustls::pki_types::DnsName;
use thiserror::Error;
use url::Host;

/// Where the paths of CXone's endpoints begin, in lower case: people copy them along with the
/// address, and discovery may name them.
const OWN_PATHS: [&str; 6] = [
    "/oauth2/",
    "/api/v2",
    "/auth/token",
    "/authentication/v1",
    "/incontactapi",
    "/.well-known/",
];

/// The address that every request begins with: `https`, or `http` to this machine.
///
/// A path prefix is kept, for gateways that add one; a trailing slash is dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    /// Its path always ends with a slash.
    url: Url,
}

/// Why an address cannot be used. The address itself is not repeated: it
/// may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BaseUrlError {
    /// Nothing, or blanks.
    #[error("the address is empty: write it as https://HOST")]
    Empty,
    /// Not an address.
    #[error("this is not an address ({reason}): write it as https://HOST, without quotes")]
    Malformed {
        /// The parser's words.
        reason: url::ParseError,
    },
    /// Neither `https` nor `http`.
    #[error("the address must begin with https://: write it as https://HOST")]
    Scheme,
    /// `http` to another machine.
    #[error(
        "the address would send secrets to {host} unencrypted: write https:// instead of http:// \
         (http is allowed to this machine alone: localhost, 127.0.0.0/8, [::1])"
    )]
    Unencrypted {
        /// The host named.
        host: String,
    },
    /// `user:password@`.
    #[error(
        "the address holds a user name or password: remove the part before the @; the client id and secret \
         have settings of their own"
    )]
    Credentials,
    /// A character that no address has.
    #[error(
        "the address has the character {character:?}: write one address as https://HOST, without quotes, commas, \
         blanks and *"
    )]
    Character {
        /// The first one.
        character: char,
    },
    /// No machine can have this name.
    #[error("the address names no host: write it as https://HOST, with the host's whole name")]
    Host,
    /// `?…` or `#…`.
    #[error("the address has a query or fragment: remove the ? or # and all that follows")]
    QueryOrFragment,
}

impl BaseUrl {
    /// Reads an address; blanks around it are dropped, and the path of an endpoint at its end.
    ///
    /// # Errors
    /// See [`BaseUrlError`].
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(BaseUrlError::Empty);
        }
        let mut url = Url::parse(text).map_err(|reason| BaseUrlError::Malformed { reason })?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(BaseUrlError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::QueryOrFragment);
        }
        if let Some(character) = text.chars().find(|it| is_out_of_place(*it)) {
            return Err(BaseUrlError::Character { character });
        }
        if let Some(Host::Domain(name)) = url.host()
            && DnsName::try_from(name).is_err()
        {
            return Err(BaseUrlError::Host);
        }
        if url.scheme() == "http" && !is_loopback(&url) {
            let host = url.host_str().unwrap_or_default().to_owned();
            return Err(BaseUrlError::Unencrypted { host });
        }
        let path = url.path();
        let own = (OWN_PATHS.iter()).filter_map(|own| path.to_ascii_lowercase().find(own));
        let prefix = &path[..own.min().unwrap_or(path.len())];
        let prefix = format!("{}/", prefix.trim_end_matches('/'));
        url.set_path(&prefix);
        Ok(Self { url })
    }

    /// Whether it points to this machine, by its spelling.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The address of `path`, which begins with a slash.
    pub(super) fn endpoint(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}{}", self.prefix(), path));
        url
    }

    /// The address that `link` means on the page `page`; `None` where it is no web address.
    ///
    /// Its host does not count: behind a balancer a server often writes an internal name, port
    /// or scheme. The token is sent to the base URL's origin alone.
    pub(super) fn follow(&self, page: &Url, link: &str) -> Option<Url> {
        let link = page.join(link).ok()?;
        if !matches!(link.scheme(), "https" | "http") {
            return None;
        }
        let mut url = self.url.clone();
        // A gateway that adds a prefix seldom adds it to the links inside of bodies.
        if link.path().starts_with(self.url.path()) {
            url.set_path(link.path());
        } else {
            url.set_path(&format!("{}{}", self.prefix(), link.path()));
        }
        url.set_query(link.query());
        Some(url)
    }

    fn prefix(&self) -> &str {
        self.url.path().trim_end_matches('/')
    }
}

/// An address's host, with its port where that is not the scheme's own.
pub(super) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.url.as_str().trim_end_matches('/'))
    }
}

fn is_out_of_place(character: char) -> bool {
    !character.is_alphanumeric() && !"-._~:/[]%@!$&+=()".contains(character)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(base: &str) -> String {
        let base = BaseUrl::parse(base).unwrap();
        base.endpoint("/oauth2/token").to_string()
    }

    #[test]
    fn a_trailing_slash_or_a_prefix_leads_to_the_right_endpoint() {
        let whole = "https://api.example.com/oauth2/token";
        assert_eq!(endpoint("https://api.example.com"), whole);
        assert_eq!(endpoint(" https://api.example.com// "), whole);
        assert_eq!(
            endpoint("https://api.example.com/gateway/cxone/"),
            "https://api.example.com/gateway/cxone/oauth2/token"
        );
    }

    #[test]
    fn endpoint_path_in_a_base_url_is_cut_off() {
        let whole = "https://api.example.com/oauth2/token";
        for path in [
            "/oauth2/token",
            "/api/v2",
            "/api/v2/",
            "/api/v2/reporting/queues/realtime",
            "/auth/token",
            "/authentication/v1/token/access-key",
            "/inContactAPI/",
            "/incontactAPI/services/v23.0",
            "/.well-known/openid-configuration",
        ] {
            assert_eq!(endpoint(&format!("https://api.example.com{path}")), whole);
        }
        assert_eq!(
            endpoint("https://api.example.com/gateway/InContactAPI/services/"),
            "https://api.example.com/gateway/oauth2/token"
        );
    }

    #[test]
    fn display_drops_trailing_slash_and_host_keeps_non_default_port() {
        let base = BaseUrl::parse("https://API.example.com:8443/x/").unwrap();
        assert_eq!(base.to_string(), "https://api.example.com:8443/x");
        assert_eq!(host_of(&base.url), "api.example.com:8443");
        let base = BaseUrl::parse("https://api.example.com:443").unwrap();
        assert_eq!(host_of(&base.url), "api.example.com");
    }

    #[test]
    fn http_is_allowed_only_for_loopback() {
        for here in [
            "http://localhost",
            "http://127.0.0.1:8089",
            "http://127.9.9.9",
            "http://127.1",
            "http://[::1]:1",
        ] {
            assert!(BaseUrl::parse(here).unwrap().is_loopback(), "{here}");
        }
        for elsewhere in [
            "http://api.example.com",
            "http://localhost.example.com",
            "http://localhost.",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "http://[::2]",
            "http://[::ffff:127.0.0.1]",
        ] {
            assert!(
                matches!(
                    BaseUrl::parse(elsewhere),
                    Err(BaseUrlError::Unencrypted { .. })
                ),
                "{elsewhere}"
            );
        }
        assert!(
            !BaseUrl::parse("https://api.example.com")
                .unwrap()
                .is_loopback()
        );
    }

    #[test]
    fn invalid_base_url_error_has_remedy_and_no_secret() {
        for (text, remedy) in [
            ("", "https://HOST"),
            (" \t", "https://HOST"),
            ("api.example.com", "https://HOST"),
            ("localhost:8080", "https://HOST"),
            ("https://", "https://HOST"),
            ("ftp://api.example.com", "https://HOST"),
            ("file:///etc/passwd", "https://HOST"),
            ("http://api.example.com", "write https://"),
            ("https://canary@api.example.com", "before the @"),
            ("https://me:canary@api.example.com", "before the @"),
            ("https://api.example.com,", "the character ','"),
            ("https://api.example.com/,", "the character ','"),
            ("https://api.example.com;", "the character ';'"),
            ("https://*.example.com", "the character '*'"),
            ("https://api.example.com/a b", "without quotes"),
            ("https://api.example.com\tx", "without quotes"),
            ("https://api.example.com\"", "without quotes"),
            ("https://api.example.com'", "without quotes"),
            ("https://api.example.com/\u{201d}", "without quotes"),
            ("https://api.example.com/\u{200b}", "without quotes"),
            ("\"https://api.example.com\"", "without quotes"),
            ("'https://api.example.com", "without quotes"),
            ("https://api exa.mple.com", "without quotes"),
            ("https://api..example.com", "whole name"),
            ("https://-.example.com", "whole name"),
            ("https://api.example.com?key=canary", "remove the ?"),
            ("https://api.example.com/?", "remove the ?"),
            ("https://api.example.com/#canary", "remove the ?"),
        ] {
            let error = BaseUrl::parse(text).expect_err(text);
            let words = format!("{error} {error:?}");
            assert!(words.contains(remedy), "{text}: {words}");
            assert!(!words.contains("canary"), "{text}: {words}");
        }
    }

    #[test]
    fn next_link_is_requested_at_the_base_url_host() {
        let base = BaseUrl::parse("https://api.example.com:8443/gateway").unwrap();
        let page = base.endpoint("/api/v2/queues");
        let follow = |link: &str| base.follow(&page, link).map(String::from);
        let whole = "https://api.example.com:8443/gateway/api/v2/queues?page=2";
        for link in [
            "?page=2",
            "queues?page=2#part",
            "/api/v2/queues?page=2",
            "/gateway/api/v2/queues?page=2",
            "https://api.example.com:8443/api/v2/queues?page=2",
            "https://api.example.com/api/v2/queues?page=2",
            "http://api.example.com/api/v2/queues?page=2",
            "http://api.example.com:443/api/v2/queues?page=2",
            "http://10.0.0.7:3000/api/v2/queues?page=2",
            "http://internal-lb/api/v2/queues?page=2",
            "//internal-lb/api/v2/queues?page=2",
            "https://me:secret@api.example.com/api/v2/queues?page=2",
        ] {
            assert_eq!(follow(link).as_deref(), Some(whole), "{link}");
        }
        for link in ["javascript:alert(1)", "ftp://api.example.com/", "https://"] {
            assert_eq!(follow(link), None, "{link}");
        }
    }
}
