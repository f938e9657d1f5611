//! The company proxy that leads to CXone.

use std::{fmt, time::Duration};

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;
use thiserror::Error;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::base_url::host_of;

/// This machine is never reached through a proxy.
const THIS_MACHINE: &str = "localhost,127.0.0.0/8,::1";

/// More of a proxy's answer is not read: its first line is enough.
const LONGEST_ANSWER: usize = 4_096;

/// An HTTP proxy that leads to CXone. It shows itself without user name and password.
#[derive(Clone)]
pub struct Proxy {
    url: Url,
    label: &'static str,
    exceptions: String,
}

/// Hosts that are reached without a proxy. The default is this machine alone, which is
/// always among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProxyExceptions(Vec<String>);

/// Why a proxy's address or its exceptions cannot be used. It quotes nothing of them: a
/// password may be part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProxyError {
    /// The address stands in quotes.
    #[error("has quotes around it")]
    Quoted,
    /// There is a blank or a control character in the address.
    #[error("has a blank in it")]
    Blank,
    /// The address is that of a SOCKS proxy.
    #[error("names a SOCKS proxy, which is not supported")]
    Socks,
    /// It is not the address of an HTTP proxy.
    #[error("is not a proxy address")]
    Malformed,
    /// There are quotes in the exceptions.
    #[error("has quotes in it")]
    ExceptionQuoted,
    /// An exception has a user name.
    #[error("has an entry with an @")]
    ExceptionWithUser,
}

impl ProxyExceptions {
    /// Reads host names, IP addresses and networks between commas, semicolons or blanks, as
    /// curl's `NO_PROXY` has them: `.example.com` and `example.com` are the domain and all
    /// below it, `*` is every host.
    ///
    /// # Errors
    /// For quotes, and for an `@`.
    pub fn parse(list: &str) -> Result<Self, ProxyError> {
        let entries = list.split([',', ';', ' ', '\t', '\n', '\r']);
        entries.map(exception).collect::<Result<_, _>>().map(Self)
    }
}

impl Proxy {
    /// The proxy at `address`, which without a scheme is plain HTTP. `label` is what errors
    /// call the setting that names it.
    ///
    /// # Errors
    /// When it is not the address of an HTTP proxy.
    pub fn new(
        address: &str,
        exceptions: &ProxyExceptions,
        label: &'static str,
    ) -> Result<Self, ProxyError> {
        let mut all = THIS_MACHINE.to_owned();
        for exception in &exceptions.0 {
            all.push(',');
            all.push_str(exception);
        }
        Ok(Self {
            url: self::address(address.trim())?,
            label,
            exceptions: all,
        })
    }

    /// What errors call the setting that names it.
    #[must_use]
    pub fn label(&self) -> &'static str {
        self.label
    }

    /// For the HTTP library; `None` where it refuses the address.
    pub(super) fn for_client(&self) -> Option<reqwest::Proxy> {
        let no_proxy = reqwest::NoProxy::from_string(&self.exceptions);
        let proxy = reqwest::Proxy::https(self.url.clone()).ok()?;
        Some(proxy.no_proxy(no_proxy))
    }

    fn matcher(&self) -> Matcher {
        let builder = Matcher::builder().https(self.url.as_str().to_owned());
        builder.no(self.exceptions.clone()).build()
    }

    /// Whether requests to `url` go through it.
    pub(super) fn leads_to(&self, url: &Url) -> bool {
        let uri = url.as_str().parse();
        uri.is_ok_and(|uri| self.matcher().intercept(&uri).is_some())
    }

    /// Asks the proxy for a connection to `url` and reads which status it answers: the HTTP
    /// library does not pass it on. `None` where it gives none, and for a proxy over TLS.
    pub(super) async fn status_for(&self, url: &Url, within: Duration) -> Option<u16> {
        let uri = url.as_str().parse().ok()?;
        let matcher = self.matcher();
        let intercept = matcher.intercept(&uri)?;
        if self.url.scheme() != "http" {
            return None;
        }
        let target = format!("{}:{}", url.host_str()?, url.port_or_known_default()?);
        let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n").into_bytes();
        if let Some(auth) = intercept.basic_auth() {
            request.extend_from_slice(b"Proxy-Authorization: ");
            request.extend_from_slice(auth.as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        let host = self.url.host_str()?.trim_matches(['[', ']']).to_owned();
        let port = self.url.port_or_known_default()?;
        let ask = async {
            let mut stream = TcpStream::connect((host, port)).await.ok()?;
            stream.write_all(&request).await.ok()?;
            let mut answer = Vec::new();
            while !answer.contains(&b'\n') && answer.len() < LONGEST_ANSWER {
                if stream.read_buf(&mut answer).await.ok()? == 0 {
                    break;
                }
            }
            status_of(&answer)
        };
        timeout(within, ask).await.ok()?
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&host_of(&self.url))
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Proxy")
            .field("host", &host_of(&self.url))
            .field("label", &self.label)
            .finish_non_exhaustive()
    }
}

fn address(value: &str) -> Result<Url, ProxyError> {
    if value.starts_with(['"', '\'']) || value.ends_with(['"', '\'']) {
        return Err(ProxyError::Quoted);
    }
    if value.contains(|letter: char| letter.is_whitespace() || letter.is_control()) {
        return Err(ProxyError::Blank);
    }
    let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
    let scheme = scheme.to_ascii_lowercase();
    if scheme.starts_with("socks") {
        return Err(ProxyError::Socks);
    }
    if scheme != "http" && scheme != "https" {
        return Err(ProxyError::Malformed);
    }
    let url = Url::parse(&format!("{scheme}://{rest}")).map_err(|_| ProxyError::Malformed)?;
    let is_plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !is_plain || rest.matches('@').count() > 1 || url.port() == Some(0) {
        return Err(ProxyError::Malformed);
    }
    Ok(url)
}

/// An exception as the HTTP library knows it: without scheme, port and `*.`.
fn exception(entry: &str) -> Result<String, ProxyError> {
    if entry.contains(['"', '\'']) {
        return Err(ProxyError::ExceptionQuoted);
    }
    if entry.contains('@') {
        return Err(ProxyError::ExceptionWithUser);
    }
    let entry = entry.split_once("://").map_or(entry, |(_, rest)| rest);
    let entry = entry
        .strip_prefix('*')
        .filter(|it| it.starts_with('.'))
        .unwrap_or(entry);
    let is_network = entry
        .split_once('/')
        .is_some_and(|(_, size)| size.parse::<u8>().is_ok());
    let entry = match entry.split_once('/') {
        Some((host, _)) if !is_network => host,
        _ => entry,
    };
    let entry = match entry.strip_prefix('[').and_then(|it| it.split_once(']')) {
        Some((address, _)) => address,
        None => match entry.split_once(':') {
            Some((host, port)) if port.parse::<u16>().is_ok() && !host.is_empty() => host,
            _ => entry,
        },
    };
    Ok(entry.to_ascii_lowercase())
}

fn status_of(answer: &[u8]) -> Option<u16> {
    let line = answer.split(|byte| *byte == b'\n').next()?;
    let line = std::str::from_utf8(line).ok()?;
    let status = line
        .strip_prefix("HTTP/")?
        .split_ascii_whitespace()
        .nth(1)?;
    status.parse().ok().filter(|it| (100..600).contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(address: &str) -> Result<Proxy, ProxyError> {
        Proxy::new(address, &ProxyExceptions::default(), "HTTPS_PROXY")
    }

    #[test]
    fn proxy_is_read_in_its_usual_spellings() {
        for (address, expected) in [
            ("http://proxy:8080", "proxy:8080"),
            ("proxy:8080", "proxy:8080"),
            ("proxy.example.com", "proxy.example.com"),
            ("10.0.0.1:3128", "10.0.0.1:3128"),
            ("[::1]:3128", "[::1]:3128"),
            (" HTTP://Proxy:8080/ ", "proxy:8080"),
            ("https://proxy", "proxy"),
            ("http://user:pa%40ss@proxy:8080", "proxy:8080"),
            ("user:pass@proxy:8080", "proxy:8080"),
        ] {
            assert_eq!(proxy(address).unwrap().to_string(), expected, "{address}");
        }
    }

    #[test]
    fn proxy_that_cannot_be_used_is_refused_without_its_password() {
        for (address, word) in [
            ("socks5://user:canary@proxy:1080", "SOCKS"),
            ("SOCKS5H://proxy", "SOCKS"),
            ("socks4a://proxy", "SOCKS"),
            ("'http://user:canary@proxy:8080'", "quotes"),
            ("\"proxy:8080\"", "quotes"),
            ("http://user:canary @proxy:8080", "blank"),
            ("http://proxy:8080 http://canary", "blank"),
            ("http://user:canary@x@proxy:8080", "not a proxy"),
            ("http://user:1/canary@proxy:8080", "not a proxy"),
            ("http://user:1#canary@proxy:8080", "not a proxy"),
            ("http://user:canary?x@proxy:8080", "not a proxy"),
            ("http://user:canary#x@proxy:8080", "not a proxy"),
            ("ftp://proxy:8080", "not a proxy"),
            ("http://proxy:99999", "not a proxy"),
            ("http://proxy:port", "not a proxy"),
            ("http://proxy:0", "not a proxy"),
            ("http://", "not a proxy"),
            ("http:///", "not a proxy"),
            ("http:proxy:8080", "not a proxy"),
            (":8080", "not a proxy"),
            ("proxy:8080/canary", "not a proxy"),
        ] {
            let error = proxy(address).expect_err(address);
            let words = format!("{error} {error:?}");
            assert!(words.contains(word), "{address}: {words}");
            assert!(!words.contains("canary"), "{address}: {words}");
        }
    }

    #[test]
    fn proxy_shows_no_password() {
        let proxy = proxy("http://canary:canary@proxy:8080").unwrap();
        let words = format!("{proxy} {proxy:?}");
        assert!(
            words.contains("proxy:8080") && !words.contains("canary"),
            "{words}"
        );
    }

    #[test]
    fn proxy_exceptions_are_read_in_their_usual_spellings() {
        let leads = |exceptions: &str, url: &str| {
            let exceptions = ProxyExceptions::parse(exceptions).unwrap();
            let proxy = Proxy::new("proxy:8080", &exceptions, "HTTPS_PROXY").unwrap();
            proxy.leads_to(&Url::parse(url).unwrap())
        };
        let api = "https://api.example.com/path";
        for exception in [
            "api.example.com",
            "example.com",
            ".example.com",
            "*.example.com",
            "*",
            "localhost, api.example.com",
            "localhost api.example.com",
            "localhost;api.example.com",
            "api.example.com:443",
            "https://api.example.com/",
            "API.example.com",
        ] {
            assert!(!leads(exception, api), "{exception}");
        }
        for exception in ["", "other.com", "ample.com", "10.0.0.0/8"] {
            assert!(leads(exception, api), "{exception}");
        }
        assert!(!leads("10.0.0.0/8", "https://10.1.2.3/"));
        assert!(!leads("[fd00::1]:443", "https://[fd00::1]/"));
        for here in [
            "https://localhost/",
            "https://127.0.0.1:8443/",
            "https://[::1]/",
        ] {
            assert!(!leads("", here), "{here}");
        }
        for wrong in ["'example.com'", "user@example.com"] {
            assert!(ProxyExceptions::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn status_is_read_from_the_first_line_or_not_at_all() {
        for (answer, status) in [
            ("HTTP/1.1 403 Forbidden\r\n\r\n", Some(403)),
            ("HTTP/1.0 502\r\n", Some(502)),
            ("HTTP/1.1 99 x\r\n", None),
            ("SSH-2.0-OpenSSH_9.6\r\n", None),
            ("HTTP/1.1\r\n", None),
            ("", None),
        ] {
            assert_eq!(status_of(answer.as_bytes()), status, "{answer}");
        }
    }
}
