//! The web's rules: what a browser may do with an answer, and under which names the
//! server may be asked.
//!
//! The page needs nothing from elsewhere, and no script or style inside of its HTML. So
//! everything but its own files is forbidden; WebAssembly alone needs a word of its own.

use std::{
    collections::BTreeSet,
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use arc_swap::ArcSwap;
use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode,
        header::{
            CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY,
            STRICT_TRANSPORT_SECURITY, TRANSFER_ENCODING, USER_AGENT, VARY, X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::Response,
};
use tokio::sync::watch;

use super::{error::ApiError, frames::Shown, health};
use crate::config::{FrameAncestor, Live};

/// What documents may do, and which pages may show them in a frame.
#[derive(Clone, Debug)]
pub struct Policies {
    page: HeaderValue,
    old_page: HeaderValue,
    /// Those of a page that finds out itself whether it is in a frame.
    unclear: [HeaderValue; 2],
}

impl Policies {
    /// For a page with this script in the document itself, named by its hash, in frames of
    /// `ancestors` alone.
    #[must_use]
    pub fn new(inline_script: Option<&str>, ancestors: &[FrameAncestor]) -> Self {
        let inline = inline_script.map_or_else(String::new, |hash| format!(" {hash}"));
        let ancestors: Vec<String> = ancestors.iter().map(ToString::to_string).collect();
        let ancestors = match ancestors[..] {
            [] => "'none'".to_owned(),
            _ => ancestors.join(" "),
        };
        let policy = |wasm: &str, end: &str| {
            let policy = format!(
                "default-src 'none'; script-src 'self' '{wasm}'{inline}; style-src 'self'; img-src 'self' data:; \
                 font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'{end}"
            );
            // Of checked words: it never fails.
            HeaderValue::try_from(policy).unwrap_or_else(|_| HeaderValue::from_static(DATA_POLICY))
        };
        let frames = format!("; frame-ancestors {ancestors}");
        // A Chromium that does not know `wasm-unsafe-eval` yet runs no WebAssembly without
        // the other at all (measured in 72 to 88).
        let (new, old) = ("wasm-unsafe-eval", "unsafe-eval");
        Self {
            page: policy(new, &frames),
            old_page: policy(old, &frames),
            unclear: [policy(new, ""), policy(old, "")],
        }
    }

    fn of_page(&self, is_old: bool, shown: Shown) -> HeaderValue {
        let [unclear, old_unclear] = &self.unclear;
        match (shown, is_old) {
            (Shown::Unclear, false) => unclear,
            (Shown::Unclear, true) => old_unclear,
            (_, false) => &self.page,
            (_, true) => &self.old_page,
        }
        .clone()
    }
}

impl Default for Policies {
    fn default() -> Self {
        Self::new(None, &[])
    }
}

/// For everything else, should anybody take it for a document.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// The first Chromium that knows `wasm-unsafe-eval`.
const KNOWS_WASM_UNSAFE_EVAL: u32 = 97;

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
/// What a wall needs is its own; the rest is nobody's.
const PERMISSIONS: &str = "autoplay=(self), fullscreen=(self), screen-wake-lock=(self), camera=(), \
     display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()";
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// A year, as the list of HSTS sites has it.
const HSTS: &str = "max-age=31536000";

/// What holds for every answer of one server.
#[derive(Debug)]
pub struct Rules {
    /// Names by which it is asked whatever the configuration says.
    own: BTreeSet<String>,
    /// The configuration's.
    hosts: ArcSwap<BTreeSet<String>>,
    /// Whether it is asked by TLS.
    is_encrypted: bool,
}

impl Rules {
    /// Rules of a server at `listen`, which is asked by the names `hosts` too.
    ///
    /// Addresses in figures and `localhost` are always right: only a name can be made to
    /// point here by somebody else (DNS rebinding).
    #[must_use]
    pub fn new(
        listen: SocketAddr,
        hosts: impl IntoIterator<Item = String>,
        is_encrypted: bool,
    ) -> Self {
        let mut own = BTreeSet::from(["localhost".to_owned()]);
        if !listen.ip().is_loopback() {
            own.extend(own_name());
        }
        let rules = Self {
            own,
            hosts: ArcSwap::default(),
            is_encrypted,
        };
        rules.set_hosts(hosts);
        rules
    }

    /// Sets the names by which the server is asked too.
    fn set_hosts(&self, hosts: impl IntoIterator<Item = String>) {
        let hosts = hosts.into_iter().map(|it| it.to_lowercase()).collect();
        self.hosts.store(Arc::new(hosts));
    }

    /// Takes the names over that `changes` brings, for as long as it is polled.
    pub async fn follow(&self, changes: Option<watch::Receiver<Live>>) -> Infallible {
        if let Some(mut changes) = changes {
            while changes.changed().await.is_ok() {
                let hosts = changes.borrow_and_update().hosts.clone();
                self.set_hosts(hosts);
            }
        }
        // No more can come.
        std::future::pending().await
    }

    /// Whether the server may be asked by the name in the request, and the request is one
    /// that means the same to everyone on its way.
    ///
    /// # Errors
    /// - [`ApiError::NotOneHost`] for no name, and for several;
    /// - [`ApiError::ForeignHost`] for another server's;
    /// - [`ApiError::NoLength`] for a body in chunks. Our bodies are short and of known
    ///   length; one with a length *and* chunks is how requests are smuggled past a proxy,
    ///   and the library shows only the chunks then.
    pub(super) fn admit(&self, request: &Request<Body>) -> Result<(), ApiError> {
        let headers = request.headers();
        if headers.contains_key(TRANSFER_ENCODING) {
            return Err(ApiError::NoLength);
        }
        if health::is_check(request) {
            return Ok(());
        }
        let mut hosts = headers.get_all(HOST).iter();
        let in_header = hosts.next();
        if hosts.next().is_some() {
            return Err(ApiError::NotOneHost);
        }
        let named = host_of(request, in_header).ok_or(ApiError::NotOneHost)?;
        let host = without_port(named).trim_end_matches('.');
        let is_address = address_of(host).is_some();
        if is_address || self.is_name(host) {
            Ok(())
        } else {
            Err(ApiError::ForeignHost)
        }
    }

    /// Whether the server may be asked by this name.
    pub(super) fn is_name(&self, host: &str) -> bool {
        let is_named = |host: &str| self.own.contains(host) || self.hosts.load().contains(host);
        is_named(host) || is_named(&host.to_lowercase())
    }

    /// Adds what browsers are to know. `is_old` and `shown` are of the request.
    pub(super) fn dress(
        &self,
        response: &mut Response,
        is_old: bool,
        shown: Shown,
        policies: &Policies,
    ) {
        let is_page = response
            .headers()
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let is_unchanged = response.status() == StatusCode::NOT_MODIFIED;
        let headers = response.headers_mut();
        let mut set = |name, value: &'static str| {
            headers.insert(name, HeaderValue::from_static(value));
        };
        set(X_CONTENT_TYPE_OPTIONS, "nosniff");
        set(RESOURCE_POLICY, "same-origin");
        if self.is_encrypted {
            set(STRICT_TRANSPORT_SECURITY, HSTS);
        }
        if is_unchanged {
            // The browser takes a 304's headers over what it has, and a page's policy is not
            // that of data. What it has came with its own.
        } else if is_page {
            if !headers.contains_key(CONTENT_SECURITY_POLICY) {
                let policy = policies.of_page(is_old, shown);
                headers.insert(CONTENT_SECURITY_POLICY, policy);
            }
            let mut set = |name, value: &'static str| {
                headers.insert(name, HeaderValue::from_static(value));
            };
            set(PERMISSIONS_POLICY, PERMISSIONS);
            set(REFERRER_POLICY, "no-referrer");
            set(OPENER_POLICY, "same-origin");
            headers.append(VARY, HeaderValue::from_static("user-agent, sec-fetch-dest"));
        } else {
            set(CONTENT_SECURITY_POLICY, DATA_POLICY);
        }
    }
}

/// Whether the browser is a Chromium that needs the older policy.
pub(super) fn is_old_chromium(headers: &HeaderMap) -> bool {
    chromium(headers).is_some_and(|version| version < KNOWS_WASM_UNSAFE_EVAL)
}

/// The version of a Chromium.
pub(super) fn chromium(headers: &HeaderMap) -> Option<u32> {
    let agent = headers.get(USER_AGENT)?.to_str().ok()?;
    let version = agent
        .split_once("Chrome/")
        .or(agent.split_once("Chromium/"))?
        .1;
    let digits = version
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(version.len());
    version[..digits].parse().ok()
}

/// The same address by https, for what a browser opens; `None` where it cannot be named, and
/// for what was sent, which is out already.
pub(super) fn to_https(request: &Request<Body>) -> Option<String> {
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let host = host_of(request, request.headers().get(HOST)).filter(|_| is_reading)?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    let path = request.uri().path_and_query().map_or("/", |it| it.as_str());
    let is_ours = host.bytes().all(is_plain) && path.starts_with('/');
    is_ours.then(|| format!("https://{host}{path}"))
}

/// Whether a request was asked by the IP address of another machine, as a proxy passes it on
/// that keeps the browser's `Host`.
pub(super) fn is_another_machine(request: &Request<Body>) -> bool {
    let host = host_of(request, request.headers().get(HOST));
    let address = host.and_then(|host| address_of(without_port(host)));
    address.is_some_and(|address| {
        let address = address.to_canonical();
        !address.is_loopback() && !address.is_unspecified()
    })
}

/// The host that a request names. HTTP/2 has it in the address, and so may HTTP/1, where
/// that one counts.
fn host_of<'r>(request: &'r Request<Body>, header: Option<&'r HeaderValue>) -> Option<&'r str> {
    let in_address = request.uri().authority().map(|it| it.as_str());
    let named = in_address.or_else(|| header?.to_str().ok());
    named.filter(|name| !name.is_empty())
}

fn address_of(host: &str) -> Option<IpAddr> {
    let inside = host.trim_start_matches('[').trim_end_matches(']');
    inside.parse().ok()
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// The machine's own name, by which its network often knows it.
fn own_name() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = name.or_else(|| std::env::var("COMPUTERNAME").ok())?;
    let name = name.trim().to_lowercase();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(hosts: &[&str]) -> Rules {
        let listen = SocketAddr::from(([0, 0, 0, 0], 8080));
        Rules::new(listen, hosts.iter().map(|&host| host.to_owned()), false)
    }

    fn admits(rules: &Rules, host: &str) -> bool {
        let request = Request::get("/")
            .header(HOST, host)
            .body(Body::empty())
            .unwrap();
        rules.admit(&request).is_ok()
    }

    #[test]
    fn addresses_and_our_names_are_admitted_and_others_are_not() {
        let rules = rules(&["Wall.Example.com"]);
        for ours in [
            "127.0.0.1",
            "127.0.0.1:8080",
            "10.1.2.3:80",
            "[::1]",
            "[2001:db8::1]:8080",
            "localhost",
            "LOCALHOST:8080",
            "wall.example.com",
            "wall.example.com.:443",
            "WALL.example.com:8080",
        ] {
            assert!(admits(&rules, ours), "{ours}");
        }
        for foreign in [
            "",
            "evil.example",
            "evil.example:8080",
            "example.com",
            "wall.example.com.evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "wall.example.com@evil.example",
        ] {
            assert!(!admits(&rules, foreign), "{foreign}");
        }
    }

    #[test]
    fn no_name_several_names_and_a_body_in_chunks_are_refused() {
        let rules = rules(&[]);
        let admit = |request: axum::http::request::Builder| {
            let admitted = rules.admit(&request.body(Body::empty()).unwrap());
            admitted.map_err(|error| error.status().as_u16())
        };
        let ours = || Request::get("/").header(HOST, "localhost");
        assert_eq!(admit(ours()), Ok(()));
        assert_eq!(admit(Request::get("/")), Err(400));
        assert_eq!(admit(Request::get("/").header(HOST, "")), Err(400));
        assert_eq!(admit(ours().header(HOST, "localhost")), Err(400));
        assert_eq!(admit(ours().header(HOST, "evil.example")), Err(400));
        assert_eq!(admit(ours().header(TRANSFER_ENCODING, "chunked")), Err(411));
    }

    #[test]
    fn over_http_2_the_name_is_in_the_address() {
        let rules = rules(&[]);
        let ask = |address: &str| {
            let request = Request::get(address).body(Body::empty()).unwrap();
            rules.admit(&request).is_ok()
        };
        assert!(ask("https://localhost:8080/"));
        assert!(!ask("https://evil.example/"));
    }

    #[test]
    fn only_an_old_chromium_may_evaluate() {
        let is_old = |agent: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(USER_AGENT, agent.parse().unwrap());
            is_old_chromium(&headers)
        };
        for old in [
            "Mozilla/5.0 (Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/76.0.3809.146 TV Safari/537.36",
            "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/79.0.3945.79 Safari/537.36",
            "Mozilla/5.0 HeadlessChrome/66.0.3359.0 Safari/537.36",
            "Mozilla/5.0 Chrome/96.0.4664.110",
        ] {
            assert!(is_old(old), "{old}");
        }
        for other in [
            "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/97.0.4692.71 Safari/537.36",
            "Mozilla/5.0 Chrome/156.0.0.0",
            "Mozilla/5.0 (X11; Linux x86_64; rv:91.0) Gecko/20100101 Firefox/91.0",
            "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.0 Safari/605.1.15",
            "Chrome/",
            "Chrome/x76",
            "",
        ] {
            assert!(!is_old(other), "{other}");
        }
        assert!(!is_old_chromium(&HeaderMap::new()));
    }

    fn dressed(kind: &str, is_old: bool, is_encrypted: bool) -> HeaderMap {
        let mut response = Response::new(Body::empty());
        response
            .headers_mut()
            .insert(CONTENT_TYPE, kind.parse().unwrap());
        let rules = Rules {
            is_encrypted,
            ..rules(&[])
        };
        rules.dress(
            &mut response,
            is_old,
            Shown::AsAllowed,
            &Policies::default(),
        );
        response.headers().clone()
    }

    #[test]
    fn a_page_may_run_its_own_files_and_nothing_else() {
        let headers = dressed("text/html; charset=utf-8", false, false);
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
        assert!(policy.contains("frame-ancestors 'none'"));
        assert_eq!(headers[VARY], "user-agent, sec-fetch-dest");
        assert_eq!(headers[REFERRER_POLICY], "no-referrer");
        assert_eq!(headers[OPENER_POLICY], "same-origin");
        assert!(headers.contains_key(PERMISSIONS_POLICY));
        assert!(!headers.contains_key(STRICT_TRANSPORT_SECURITY));

        let old = dressed("text/html", true, false);
        let old = old[CONTENT_SECURITY_POLICY].to_str().unwrap();
        let word = " 'unsafe-eval'";
        assert_eq!(old.replace(word, " 'wasm-unsafe-eval'"), policy, "one word");
    }

    #[test]
    fn frame_ancestors_are_named_where_they_are_set() {
        let ancestors = [FrameAncestor::Host {
            scheme: "https",
            host: "*.example.com".into(),
            port: None,
        }];
        let policies = Policies::new(Some("'sha256-x'"), &ancestors);
        let policy = policies.of_page(false, Shown::AsAllowed);
        let policy = policy.to_str().unwrap();
        assert!(
            policy.ends_with("; frame-ancestors https://*.example.com"),
            "{policy}"
        );
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval' 'sha256-x';"));
        let unclear = Policies::default().of_page(true, Shown::Unclear);
        let unclear = unclear.to_str().unwrap();
        assert!(!unclear.contains("frame-ancestors") && unclear.contains("'unsafe-eval'"));
    }

    #[test]
    fn an_unchanged_page_keeps_the_policy_that_it_came_with() {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        rules(&[]).dress(&mut response, false, Shown::AsAllowed, &Policies::default());
        assert!(!response.headers().contains_key(CONTENT_SECURITY_POLICY));
        assert_eq!(response.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
    }

    #[test]
    fn everything_is_what_it_says_and_ours_alone() {
        for kind in ["application/json", "text/javascript", "text/html"] {
            let headers = dressed(kind, false, true);
            assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
            assert_eq!(headers[RESOURCE_POLICY], "same-origin");
            assert_eq!(headers[STRICT_TRANSPORT_SECURITY], HSTS);
            assert!(headers.contains_key(CONTENT_SECURITY_POLICY));
        }
    }

    #[test]
    fn a_foreign_name_is_answered_with_the_remedy() {
        let error = ApiError::ForeignHost;
        assert!(error.to_string().contains("QUEUEWALL_HOSTS"));
        assert_eq!(error.status(), StatusCode::MISDIRECTED_REQUEST);
    }
}
