//! Which pages may show the wall inside a frame.

use std::fmt;

use url::{Host, Url};

use super::problem::Fault;

/// One source of `frame-ancestors` (CSP 3). `Display` is how the policy names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameAncestor {
    /// This server itself, as `'self'`.
    Own,
    /// Pages of a host.
    Host {
        /// `https` or `http`.
        scheme: &'static str,
        /// A name, an IPv4 address, or `*.` and a name.
        host: String,
        /// Digits or `*`; `None` is the scheme's own.
        port: Option<String>,
    },
}

impl fmt::Display for FrameAncestor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own => f.write_str("'self'"),
            Self::Host { scheme, host, port } => {
                write!(f, "{scheme}://{host}")?;
                port.iter().try_for_each(|port| write!(f, ":{port}"))
            }
        }
    }
}

impl FrameAncestor {
    /// Whether a page at `url` is one; ports are left to the browser.
    #[must_use]
    pub fn is_of(&self, url: &Url) -> bool {
        let Self::Host { scheme, host, .. } = self else {
            return false;
        };
        let given = url.host_str().unwrap_or_default();
        // A browser takes https where http is named.
        let is_scheme = url.scheme() == *scheme || url.scheme() == "https";
        is_scheme
            && match host.strip_prefix('*') {
                Some(end) => given.ends_with(end) && given.len() > end.len(),
                None => given == host,
            }
    }

    /// The page's host that is written so.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        Self::of_text(text).ok_or((
            "is not the host of a page",
            "write the hosts whose pages may show the wall in a frame, as in https://intranet.example.com or \
             https://*.sharepoint.com, or self for this server's pages; a * alone would let every page, and for none \
             the setting is left out",
        ))
    }

    fn of_text(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        match text.trim_matches('\'') {
            "self" => return Some(Self::Own),
            // Words of policies and of X-Frame-Options, not hosts.
            "none" | "all" | "any" | "deny" | "sameorigin" | "allow" | "allowall" | "off"
            | "true" | "false" | "null" => return None,
            _ => {}
        }
        let (scheme, rest) = match text.split_once("://") {
            None => ("https", text.as_str()),
            Some(("https", rest)) => ("https", rest),
            Some(("http", rest)) => ("http", rest),
            Some(_) => return None,
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match rest.rsplit_once(':') {
            None => (rest, None),
            Some((host, "*")) => (host, Some("*".to_owned())),
            Some((host, port)) => (host, Some(port.parse::<u16>().ok()?.to_string())),
        };
        let (any, name) = match host.strip_prefix("*.") {
            Some(name) if name.contains('.') => ("*.", name),
            Some(_) => return None,
            None => ("", host),
        };
        let name = match Host::parse(name).ok()? {
            Host::Domain(name) => name,
            Host::Ipv4(address) if any.is_empty() => address.to_string(),
            Host::Ipv4(_) | Host::Ipv6(_) => return None,
        };
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        name.chars().all(is_plain).then(|| Self::Host {
            scheme,
            host: format!("{any}{name}"),
            port,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Option<String> {
        FrameAncestor::of_text(text).map(|it| it.to_string())
    }

    #[test]
    fn frame_ancestors_are_hosts_and_nothing_else() {
        for (text, expected) in [
            (
                "https://intranet.example.com",
                "https://intranet.example.com",
            ),
            (
                "https://intranet.example.com/",
                "https://intranet.example.com",
            ),
            ("Intranet.Example.com", "https://intranet.example.com"),
            ("*.sharepoint.com", "https://*.sharepoint.com"),
            ("https://*.example.com:8443", "https://*.example.com:8443"),
            ("http://10.0.0.7:*", "http://10.0.0.7:*"),
            ("http://signage", "http://signage"),
            ("self", "'self'"),
            ("'self'", "'self'"),
        ] {
            assert_eq!(said(text).as_deref(), Some(expected), "{text}");
        }
        let texts = "* https://* https: *.com a*.example.com 'none' none all DENY SameOrigin false \
            file://x https://a.example/path [::1] https://ann@a.example a.example:x \
            https://a.example?x";
        for text in
            texts
                .split(' ')
                .chain(["", "a.example; script-src *", "a.example 'unsafe-inline'"])
        {
            assert_eq!(said(text), None, "{text}");
        }
    }

    #[test]
    fn frame_ancestor_is_matched_by_scheme_and_host() {
        let is_of = |ancestor: &str, url: &str| {
            FrameAncestor::of_text(ancestor)
                .unwrap()
                .is_of(&Url::parse(url).unwrap())
        };
        assert!(is_of(
            "https://*.sharepoint.com",
            "https://a.sharepoint.com/sites/x"
        ));
        assert!(!is_of(
            "https://*.sharepoint.com",
            "https://sharepoint.com/"
        ));
        assert!(!is_of(
            "https://*.sharepoint.com",
            "https://evilsharepoint.com/"
        ));
        assert!(!is_of("https://a.example", "http://a.example/"));
        assert!(is_of("http://a.example", "https://a.example/"));
        assert!(!is_of("self", "https://a.example/"));
    }
}
