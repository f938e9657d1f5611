//! What proxies write into a request's headers: the client's address, and whether the
//! browser speaks TLS.
//!
//! There is no single spelling. These are read: `X-Forwarded-For`, `Forwarded` (RFC 7239)
//! and `X-Real-IP`; `X-Forwarded-Proto` and its relatives; the forms of CloudFront,
//! Cloudflare and Azure.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderValue};

/// A header that is there and cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unreadable(pub(super) &'static str);

/// The first of these that a request has names its clients.
const CLIENTS: [&str; 3] = ["x-forwarded-for", FORWARDED, "x-real-ip"];
const FORWARDED: &str = "forwarded";

/// Headers that name the scheme of the browser's request, by their weight. Those of a
/// content delivery network come first: a balancer behind it overwrites the usual one with
/// its own.
const SCHEMES: [&str; 8] = [
    "cloudfront-forwarded-proto",
    "cf-visitor",
    "x-forwarded-proto",
    FORWARDED,
    "x-forwarded-scheme",
    "x-forwarded-protocol",
    "x-url-scheme",
    "x-scheme",
];
/// Headers that say yes or no to TLS.
const FLAGS: [&str; 3] = ["x-forwarded-ssl", "x-forwarded-https", "front-end-https"];
/// Azure's, whose value is the certificate.
const CERTIFICATE: &str = "x-arr-ssl";

/// The addresses that a request's headers name, the nearest first.
pub(super) fn clients(headers: &HeaderMap) -> impl Iterator<Item = Result<IpAddr, Unreadable>> {
    let name = CLIENTS.into_iter().find(|name| has_value(headers, name));
    let lists = name.into_iter().flat_map(move |name| {
        let values = headers.get_all(name).iter().rev();
        values.map(move |value| (name, value))
    });
    lists.flat_map(|(name, value)| {
        let text = value.to_str();
        let broken = text.is_err().then_some(Err(Unreadable(name)));
        // By commas alone: a quotation mark that a client leaves open must not swallow what
        // a proxy has written behind it.
        let elements = text.unwrap_or_default().rsplit(',').map(str::trim);
        let elements = elements.filter(|element| !element.is_empty());
        let addresses = elements.map(move |element| {
            let node = match name {
                FORWARDED => parameter(element, "for"),
                _ => Some(element),
            };
            node.and_then(address).ok_or(Unreadable(name))
        });
        broken.into_iter().chain(addresses)
    })
}

/// Whether the browser speaks TLS; `None` where no header says so.
///
/// # Errors
/// When the only headers that say so cannot be read.
pub(super) fn is_https(headers: &HeaderMap) -> Result<Option<bool>, Unreadable> {
    let mut unreadable = None;
    for name in SCHEMES.into_iter().chain(FLAGS) {
        if !has_value(headers, name) {
            continue;
        }
        let mut values = headers.get_all(name).iter();
        // Each proxy appends its own view: the browser's is the first.
        match values.find_map(|value| first_scheme(name, value)) {
            Some(Some(is_https)) => return Ok(Some(is_https)),
            Some(None) => unreadable = unreadable.or(Some(Unreadable(name))),
            None => {}
        }
    }
    match unreadable {
        _ if has_value(headers, CERTIFICATE) => Ok(Some(true)),
        Some(unreadable) => Err(unreadable),
        None => Ok(None),
    }
}

/// The first scheme in a header's value; `Some(None)` for a word that is none, and `None`
/// where it names no scheme at all.
fn first_scheme(name: &str, value: &HeaderValue) -> Option<Option<bool>> {
    let Ok(text) = value.to_str() else {
        return Some(None);
    };
    if name == "cf-visitor" {
        // {"scheme":"https"}
        let visitor: Option<serde_json::Value> = serde_json::from_str(text).ok();
        let scheme = visitor.as_ref().and_then(|it| it["scheme"].as_str());
        return Some(scheme.and_then(scheme_of));
    }
    let mut elements = text.split(',').map(unquoted).filter(|it| !it.is_empty());
    if name == FORWARDED {
        return elements
            .find_map(|element| parameter(element, "proto"))
            .map(|scheme| scheme_of(unquoted(scheme)));
    }
    elements.next().map(scheme_of)
}

fn scheme_of(word: &str) -> Option<bool> {
    let word = word.trim_end_matches(['/', ':']).to_ascii_lowercase();
    match word.as_str() {
        "https" | "wss" | "ssl" | "on" | "yes" | "true" | "1" => Some(true),
        "http" | "ws" | "off" | "no" | "false" | "0" => Some(false),
        _ => None,
    }
}

/// The value of `name` in an element of `Forwarded`.
fn parameter<'e>(element: &'e str, name: &str) -> Option<&'e str> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let found = pairs.find(|(key, _)| key.trim().eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

/// An address as proxies write it: with a port, in brackets or quotes, with a zone.
fn address(text: &str) -> Option<IpAddr> {
    let text = unquoted(text);
    let parse = |text: &str| {
        let text = text
            .split_once('%')
            .map_or(text, |(address, _zone)| address);
        text.parse::<IpAddr>().ok().map(|it| it.to_canonical())
    };
    if let Some((inside, after)) = text.strip_prefix('[').and_then(|it| it.split_once(']')) {
        let is_port = after.is_empty() || after.strip_prefix(':').is_some_and(is_port);
        return parse(inside).filter(|_| is_port);
    }
    // Where a port follows IPv6 without brackets and has four digits, it is read as a part
    // of the address: of the half that does not matter, since networks of 64 bits count.
    parse(text).or_else(|| {
        let (address, port) = text.rsplit_once(':')?;
        parse(address).filter(|_| is_port(port))
    })
}

/// A number, or what RFC 7239 (6.3) hides it behind.
fn is_port(text: &str) -> bool {
    let is_hidden = |rest: &str| !rest.is_empty() && rest.is_ascii();
    text.parse::<u16>().is_ok() || text.strip_prefix('_').is_some_and(is_hidden)
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches('"').trim()
}

fn has_value(headers: &HeaderMap, name: &str) -> bool {
    let mut values = headers.get_all(name).iter();
    values.any(|value| {
        value
            .as_bytes()
            .iter()
            .any(|byte| !b" \t,\"".contains(byte))
    })
}

/// How names begin that proxies, balancers and tunnels give their headers, and browsers
/// never do.
const OF_PROXIES: &[&str] = &[
    "cdn-loop",
    "cf-",
    "client-ip",
    "cloudfront-",
    "fastly-",
    "forwarded",
    "front-end-https",
    "remote-user",
    "tailscale-",
    "true-client-ip",
    "via",
    "wl-proxy-",
    "x-amz-cf-",
    "x-amzn-",
    "x-appengine-",
    "x-arr-",
    "x-auth-request-",
    "x-azure-",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-envoy-",
    "x-forwarded",
    "x-nginx-",
    "x-original-",
    "x-proxy",
    "x-real-",
    "x-remote-",
    "x-scheme",
    "x-url-scheme",
];

/// What a development server (`trunk serve`) adds that passes on a request of this machine.
const OF_DEVELOPMENT: [&str; 3] = [FORWARDED_HOST, "x-forwarded-proto", "x-forwarded-port"];
const FORWARDED_HOST: &str = "x-forwarded-host";

/// Whether a header shows that a request came through a proxy, whatever the header says. A
/// development server that was itself asked by `localhost` is none.
pub(super) fn came_through_proxy(headers: &HeaderMap) -> bool {
    let is_of_proxies = |name: &str| OF_PROXIES.iter().any(|start| name.starts_with(start));
    let names = headers.keys().map(|name| name.as_str());
    let mut of_proxies = names.filter(|name| is_of_proxies(name)).peekable();
    of_proxies.peek().is_some()
        && !(is_asked_here(headers) && of_proxies.all(|name| OF_DEVELOPMENT.contains(&name)))
}

fn is_asked_here(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(FORWARDED_HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    let host = host.map(|host| host.rsplit_once(':').map_or(host, |(host, _)| host));
    hosts.next().is_none() && matches!(host, Some("localhost" | "127.0.0.1" | "[::1]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    }

    #[test]
    fn address_is_read_with_port_brackets_quotes_and_zone() {
        for (text, expected) in [
            ("203.0.113.7", "203.0.113.7"),
            ("203.0.113.7:51000", "203.0.113.7"),
            (" \"203.0.113.7:51000\" ", "203.0.113.7"),
            ("203.0.113.7:_hidden", "203.0.113.7"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("\"[2001:db8::7]:51000\"", "2001:db8::7"),
            ("2001:db8::7:51000", "2001:db8::7"),
            ("2001:db8:0:0:0:0:0:7:443", "2001:db8::7"),
            ("[fe80::7%eth0]:443", "fe80::7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("[::FFFF:203.0.113.7]:80", "203.0.113.7"),
            ("::ffff:203.0.113.7:51000", "203.0.113.7"),
        ] {
            assert_eq!(address(text), Some(expected.parse().unwrap()), "{text}");
        }
        for text in [
            "",
            "unknown",
            "_hidden",
            "-",
            "wall.example.com",
            "203.0.113",
            "203.0.113.7:",
            "203.0.113.7:x",
            "203.0.113.7:99999",
            "[2001:db8::7",
            "[2001:db8::7]x",
            "[]:80",
        ] {
            assert_eq!(address(text), None, "{text}");
        }
    }

    #[test]
    fn clients_are_read_from_every_usual_header() {
        let read = |pairs: &[(&'static str, &str)]| {
            let headers = headers(pairs);
            let words = clients(&headers).map(|it| match it {
                Ok(address) => address.to_string(),
                Err(Unreadable(name)) => format!("? {name}"),
            });
            words.collect::<Vec<_>>()
        };
        let xff = "x-forwarded-for";
        assert_eq!(
            read(&[(xff, "203.0.113.7:51000, 10.0.0.1:1"), (xff, "10.0.0.2")]),
            ["10.0.0.2", "10.0.0.1", "203.0.113.7"]
        );
        assert_eq!(read(&[(xff, "203.0.113.7,, ")]), ["203.0.113.7"]);
        assert_eq!(
            read(&[(xff, "unknown, 10.0.0.1")]),
            ["10.0.0.1", "? x-forwarded-for"]
        );
        assert_eq!(read(&[(xff, "203.0.113.7\u{e4}")]), ["? x-forwarded-for"]);
        let rfc = "For=\"[2001:db8::7]:4711\";proto=https, for=10.0.0.1;by=10.0.0.2";
        assert_eq!(read(&[("forwarded", rfc)]), ["10.0.0.1", "2001:db8::7"]);
        assert_eq!(
            read(&[("forwarded", "for=\"203.0.113.7, for=10.0.0.1")]),
            ["10.0.0.1", "203.0.113.7"],
            "an open quotation mark hides nothing"
        );
        assert_eq!(read(&[("forwarded", "for=_x")]), ["? forwarded"]);
        assert_eq!(read(&[("x-real-ip", "203.0.113.7")]), ["203.0.113.7"]);
        let both = [("x-real-ip", "10.9.9.9"), (xff, "203.0.113.7")];
        assert_eq!(read(&both), ["203.0.113.7"]);
        assert_eq!(
            read(&[(xff, ""), ("x-real-ip", "203.0.113.7")]),
            ["203.0.113.7"]
        );
        assert!(read(&[]).is_empty());
    }

    #[test]
    fn https_is_read_from_every_usual_header() {
        for (name, value, expected) in [
            ("x-forwarded-proto", "https", Some(true)),
            ("x-forwarded-proto", "HTTPS", Some(true)),
            ("x-forwarded-proto", " https , http", Some(true)),
            ("x-forwarded-proto", "https,http,http", Some(true)),
            ("x-forwarded-proto", "\"https\"", Some(true)),
            ("x-forwarded-proto", "wss", Some(true)),
            ("x-forwarded-proto", "http, https", Some(false)),
            ("x-forwarded-proto", "ws", Some(false)),
            ("x-forwarded-proto", ", https", Some(true)),
            ("x-forwarded-proto", "", None),
            ("forwarded", "for=1.2.3.4;Proto=HTTPS;host=x", Some(true)),
            (
                "forwarded",
                "for=1.2.3.4;proto=\"https\", for=x;proto=http",
                Some(true),
            ),
            ("forwarded", "for=1.2.3.4", None),
            ("x-forwarded-scheme", "https", Some(true)),
            ("x-forwarded-protocol", "ssl", Some(true)),
            ("x-forwarded-ssl", "on", Some(true)),
            ("front-end-https", "On", Some(true)),
            ("front-end-https", "off", Some(false)),
            ("x-arr-ssl", "2048|256|C=US", Some(true)),
            ("cloudfront-forwarded-proto", "https", Some(true)),
            ("cf-visitor", "{\"scheme\":\"https\"}", Some(true)),
            ("cf-visitor", "{\"scheme\":\"http\"}", Some(false)),
        ] {
            let read = is_https(&headers(&[(name, value)]));
            assert_eq!(read, Ok(expected), "{name}: {value}");
        }
        let behind = [
            ("x-forwarded-proto", "http"),
            ("cloudfront-forwarded-proto", "https"),
        ];
        assert_eq!(is_https(&headers(&behind)), Ok(Some(true)));
        for (name, value) in [
            ("x-forwarded-proto", "htps"),
            ("x-forwarded-proto", "https\u{e4}"),
            ("forwarded", "proto=_"),
            ("cf-visitor", "{"),
        ] {
            let read = is_https(&headers(&[(name, value)]));
            assert_eq!(read, Err(Unreadable(name)), "{name}: {value}");
        }
        let one_of_two = [("x-forwarded-proto", "htps"), ("x-forwarded-ssl", "on")];
        assert_eq!(is_https(&headers(&one_of_two)), Ok(Some(true)));
    }

    #[test]
    fn forwarding_headers_are_told_from_a_browsers() {
        for name in [
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-user",
            "forwarded",
            "via",
            "x-real-ip",
            "cf-connecting-ip",
            "true-client-ip",
            "x-azure-clientip",
            "x-amzn-trace-id",
            "x-original-host",
            "x-client-ip",
            "tailscale-user-login",
        ] {
            assert!(came_through_proxy(&headers(&[(name, "")])), "{name}");
        }
        for name in [
            "host",
            "accept",
            "accept-language",
            "user-agent",
            "cookie",
            "referer",
            "origin",
            "sec-fetch-dest",
            "upgrade-insecure-requests",
            "x-requested-with",
            "dnt",
            "priority",
            "connection",
            "x-screen-report",
            "if-none-match",
            "x-request-id",
            "cache-control",
        ] {
            assert!(!came_through_proxy(&headers(&[(name, "x")])), "{name}");
        }
        let by_trunk = |host| headers(&[("x-forwarded-host", host), ("x-forwarded-proto", "http")]);
        assert!(!came_through_proxy(&by_trunk("127.0.0.1:8081")));
        assert!(came_through_proxy(&by_trunk("wall.example.com")));
        let mut both = by_trunk("localhost");
        both.append("x-forwarded-for", "127.0.0.1".parse().unwrap());
        assert!(came_through_proxy(&both));
    }
}
