//! The company proxy that leads to CXone, as the usual variables name it.

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

/// The variables that name a proxy for CXone, which is reached by https: the first that is
/// set counts.
const NAMES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// Those that name one for plain http, which is never used.
const HTTP_NAMES: [&str; 2] = ["HTTP_PROXY", "http_proxy"];

/// Those that name the exceptions.
const NO_PROXY_NAMES: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// This machine is never reached through a proxy.
const THIS_MACHINE: &str = "localhost,127.0.0.0/8,::1";

/// More of a proxy's answer is not read: its first line is enough.
const LONGEST_ANSWER: usize = 4_096;

/// A proxy for CXone. It shows itself without user name and password.
#[derive(Clone)]
pub struct Proxy {
    url: Url,
    setting: &'static str,
    exceptions: String,
}

/// Why the proxy's variables cannot be used. It quotes nothing of them: a password may be
/// part of it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{reason}: {remedy}")]
pub struct ProxyError {
    /// The variable.
    pub variable: &'static str,
    /// What is wrong with its value.
    pub reason: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

const FORM: &str = "write http://HOST:PORT or http://USER:PASSWORD@HOST:PORT; in user name and password write \
     %40 for @, %3A for :, %2F for /, %23 for #, %3F for ?, %25 for %";
const FORM_OF_EXCEPTIONS: &str =
    "write names, IP addresses and networks with commas, as in localhost,.example.com,10.0.0.0/8";

impl Proxy {
    /// Every variable that is read.
    pub const VARIABLES: [&str; 8] = [
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "NO_PROXY",
        "no_proxy",
    ];

    /// Those that are used, the first of each that is set: for the proxy, and for its exceptions.
    pub const IN_USE: [&[&str]; 2] = [&NAMES, &NO_PROXY_NAMES];

    /// Reads the variables that curl reads too; `variable` looks one up. `None` where none
    /// names a proxy for https.
    ///
    /// # Errors
    /// [`ProxyError`] for the first one that cannot be used, the exceptions too.
    pub fn from_variables(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, ProxyError> {
        let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        for name in HTTP_NAMES {
            if let Some(value) = set(name) {
                address(name, value.trim())?;
            }
        }
        let mut exceptions = THIS_MACHINE.to_owned();
        let named = NO_PROXY_NAMES
            .iter()
            .find_map(|name| Some((*name, set(name)?)));
        if let Some((name, value)) = named {
            for exception in value.split([',', ';', ' ', '\t', '\n', '\r']) {
                exceptions.push(',');
                exceptions.push_str(&self::exception(name, exception)?);
            }
        }
        let mut found = None;
        for name in NAMES {
            if let Some(value) = set(name) {
                let url = address(name, value.trim())?;
                found.get_or_insert((name, url));
            }
        }
        Ok(found.map(|(setting, url)| Self {
            url,
            setting,
            exceptions,
        }))
    }

    /// The variable that names it.
    #[must_use]
    pub fn setting(&self) -> &'static str {
        self.setting
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
            .field("setting", &self.setting)
            .finish_non_exhaustive()
    }
}

/// A proxy's address; without a scheme it is http.
fn address(variable: &'static str, value: &str) -> Result<Url, ProxyError> {
    let wrong = |reason, remedy| ProxyError {
        variable,
        reason,
        remedy,
    };
    if value.starts_with(['"', '\'']) || value.ends_with(['"', '\'']) {
        return Err(wrong("has quotes around it", "remove them"));
    }
    if value.contains(|letter: char| letter.is_whitespace() || letter.is_control()) {
        return Err(wrong("has a blank in it", FORM));
    }
    let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
    let scheme = scheme.to_ascii_lowercase();
    if scheme.starts_with("socks") {
        let remedy = "name a proxy that takes HTTP CONNECT, as http://HOST:PORT";
        return Err(wrong(
            "names a SOCKS proxy, which Queuewall does not use",
            remedy,
        ));
    }
    if scheme != "http" && scheme != "https" {
        return Err(wrong("is not a proxy address", FORM));
    }
    let url = Url::parse(&format!("{scheme}://{rest}"));
    let url = url.map_err(|_| wrong("is not a proxy address", FORM))?;
    let is_plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !is_plain || rest.matches('@').count() > 1 || url.port() == Some(0) {
        return Err(wrong("is not a proxy address", FORM));
    }
    Ok(url)
}

/// An entry of the exceptions as the HTTP library knows it: without scheme, port and `*.`.
fn exception(variable: &'static str, entry: &str) -> Result<String, ProxyError> {
    let wrong = |reason| ProxyError {
        variable,
        reason,
        remedy: FORM_OF_EXCEPTIONS,
    };
    if entry.contains(['"', '\'']) {
        return Err(wrong("has quotes in it"));
    }
    if entry.contains('@') {
        return Err(wrong("has an entry with an @"));
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

/// The status in the first line of an answer.
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

    fn read(variables: &[(&str, &str)]) -> Result<Option<Proxy>, ProxyError> {
        Proxy::from_variables(|name| {
            let mut variables = variables.iter();
            let value = variables.find_map(|(is, value)| (*is == name).then_some(*value));
            value.map(str::to_owned)
        })
    }

    fn shown(variables: &[(&str, &str)]) -> Option<String> {
        let proxy = read(variables).unwrap()?;
        Some(format!("{proxy} {}", proxy.setting()))
    }

    #[test]
    fn proxy_is_read_in_its_usual_spellings() {
        for (value, expected) in [
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
            for name in NAMES {
                let expected = format!("{expected} {name}");
                assert_eq!(shown(&[(name, value)]), Some(expected), "{value}");
            }
        }
    }

    #[test]
    fn first_proxy_variable_that_is_set_counts() {
        let all = ("ALL_PROXY", "all:1");
        let lower = ("https_proxy", "lower:1");
        let upper = ("HTTPS_PROXY", "upper:1");
        assert_eq!(shown(&[]), None);
        assert_eq!(shown(&[("HTTP_PROXY", "plain:1")]), None);
        assert_eq!(shown(&[all]).as_deref(), Some("all:1 ALL_PROXY"));
        assert_eq!(shown(&[all, lower]).as_deref(), Some("lower:1 https_proxy"));
        assert_eq!(
            shown(&[all, lower, upper]).as_deref(),
            Some("upper:1 HTTPS_PROXY")
        );
        let blank = ("HTTPS_PROXY", " ");
        assert_eq!(
            shown(&[blank, lower]).as_deref(),
            Some("lower:1 https_proxy")
        );
    }

    #[test]
    fn proxy_that_cannot_be_read_is_refused_without_its_password() {
        for (value, word) in [
            ("socks5://user:canary@proxy:1080", "SOCKS"),
            ("SOCKS5H://proxy", "SOCKS"),
            ("socks4a://proxy", "SOCKS"),
            ("'http://user:canary@proxy:8080'", "quotes"),
            ("\"proxy:8080\"", "quotes"),
            ("http://user:canary @proxy:8080", "blank"),
            ("http://proxy:8080 http://canary", "blank"),
            ("http://user:canary@x@proxy:8080", "%40"),
            ("http://user:1/canary@proxy:8080", "%2F"),
            ("http://user:1#canary@proxy:8080", "%23"),
            ("http://user:canary?x@proxy:8080", "%3F"),
            ("http://user:canary#x@proxy:8080", "%23"),
            ("ftp://proxy:8080", "http://HOST:PORT"),
            ("http://proxy:99999", "http://HOST:PORT"),
            ("http://proxy:port", "http://HOST:PORT"),
            ("http://proxy:0", "http://HOST:PORT"),
            ("http://", "http://HOST:PORT"),
            ("http:///", "http://HOST:PORT"),
            ("http:proxy:8080", "http://HOST:PORT"),
            (":8080", "http://HOST:PORT"),
            ("proxy:8080/canary", "http://HOST:PORT"),
        ] {
            for name in NAMES.into_iter().chain(HTTP_NAMES) {
                let error = read(&[(name, value)]).expect_err(value);
                assert_eq!(error.variable, name);
                let words = format!("{error} {error:?}");
                assert!(words.contains(word), "{value}: {words}");
                assert!(!words.contains("canary"), "{value}: {words}");
            }
        }
    }

    #[test]
    fn proxy_shows_no_password() {
        let proxy = read(&[("HTTPS_PROXY", "http://canary:canary@proxy:8080")]);
        let proxy = proxy.unwrap().unwrap();
        let words = format!("{proxy} {proxy:?}");
        assert!(
            words.contains("proxy:8080") && !words.contains("canary"),
            "{words}"
        );
    }

    #[test]
    fn exceptions_of_the_proxy_are_read_in_their_usual_spellings() {
        let leads = |no_proxy: &str, url: &str| {
            let proxy = read(&[("HTTPS_PROXY", "proxy:8080"), ("no_proxy", no_proxy)]);
            proxy.unwrap().unwrap().leads_to(&Url::parse(url).unwrap())
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
            let error = read(&[("NO_PROXY", wrong)]).expect_err(wrong);
            assert_eq!(error.variable, "NO_PROXY");
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
