//! Where CXone is: an address that secrets may be sent to.

use std::fmt;

use reqwest::Url;
use thiserror::Error;
use url::Host;

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
    #[error("this is not an address ({reason}): write it as https://HOST")]
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
    /// `?…` or `#…`.
    #[error("the address has a query or fragment: remove the ? or # and all that follows")]
    QueryOrFragment,
}

impl BaseUrl {
    /// Reads an address; blanks around it are dropped.
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
        if url.scheme() == "http" && !is_loopback(&url) {
            let host = url.host_str().unwrap_or_default().to_owned();
            return Err(BaseUrlError::Unencrypted { host });
        }
        let prefix = format!("{}/", url.path().trim_end_matches('/'));
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

    /// The address that `link` means on the page `page`; `None` where it leaves the
    /// base URL's origin, to which alone the token may be sent.
    pub(super) fn follow(&self, page: &Url, link: &str) -> Option<Url> {
        let mut url = page.join(link).ok()?;
        // Behind a balancer that ends TLS, a server thinks that it was asked without.
        if self.is_encrypted() && url.scheme() == "http" && url.port().is_none() {
            url.set_scheme("https").ok()?;
        }
        let is_plain = url.username().is_empty() && url.password().is_none();
        if !is_plain || url.origin() != self.url.origin() {
            return None;
        }
        url.set_fragment(None);
        // A gateway that adds a prefix seldom adds it to the links inside of bodies.
        if !url.path().starts_with(self.url.path()) {
            let path = format!("{}{}", self.prefix(), url.path());
            url.set_path(&path);
        }
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
    fn it_shows_without_a_trailing_slash_and_names_a_port_of_its_own() {
        let base = BaseUrl::parse("https://API.example.com:8443/x/").unwrap();
        assert_eq!(base.to_string(), "https://api.example.com:8443/x");
        assert_eq!(host_of(&base.url), "api.example.com:8443");
        let base = BaseUrl::parse("https://api.example.com:443").unwrap();
        assert_eq!(host_of(&base.url), "api.example.com");
    }

    #[test]
    fn http_is_allowed_to_this_machine_alone() {
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
    fn what_cannot_be_a_base_url_is_refused_with_its_remedy_and_without_its_secrets() {
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
    fn links_are_followed_within_the_origin_only() {
        let base = BaseUrl::parse("https://api.example.com/gateway").unwrap();
        let page = base.endpoint("/api/v2/queues");
        let follow = |link: &str| base.follow(&page, link).map(String::from);
        let whole = Some("https://api.example.com/gateway/api/v2/queues?page=2".to_owned());
        assert_eq!(follow("?page=2"), whole);
        assert_eq!(follow("queues?page=2#part"), whole);
        assert_eq!(
            follow("/api/v2/queues?page=2"),
            whole,
            "the prefix is put back"
        );
        assert_eq!(follow("/gateway/api/v2/queues?page=2"), whole);
        assert_eq!(
            follow("https://api.example.com/api/v2/queues?page=2"),
            whole
        );
        assert_eq!(
            follow("http://api.example.com/api/v2/queues?page=2"),
            whole,
            "never unencrypted"
        );
        for elsewhere in [
            "https://evil.example.com/api/v2/queues",
            "//evil.example.com/",
            "\\\\evil.example.com\\",
            "http://api.example.com:8080/api/v2/queues",
            "https://api.example.com:8443/api/v2/queues",
            "https://me:secret@api.example.com/api/v2/queues",
            "https://me@api.example.com/api/v2/queues",
            "https://:secret@api.example.com/api/v2/queues",
            "javascript:alert(1)",
            "https://",
        ] {
            assert_eq!(follow(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn only_a_link_without_a_port_is_taken_for_one_behind_a_balancer() {
        let follow = |base: &str, link: &str| {
            let base = BaseUrl::parse(base).unwrap();
            let page = base.endpoint("/api/v2/queues");
            base.follow(&page, link).map(String::from)
        };
        let here = "http://localhost/api/v2/queues?page=2";
        assert_eq!(follow("http://localhost", "?page=2").as_deref(), Some(here));
        let other = "http://api.example.com:8443/api/v2/queues?page=2";
        assert_eq!(follow("https://api.example.com:8443", other), None);
    }
}
