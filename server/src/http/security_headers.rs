//! Security headers: what a browser may do with an answer.
//!
//! The page needs nothing from elsewhere, and no script or style inside of its HTML. So
//! everything but its own files is forbidden; WebAssembly alone needs a separate word.

use axum::{
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
            USER_AGENT, VARY, X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::Response,
};

use super::frames::Shown;
use crate::config::FrameAncestor;

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

/// The security headers of one server's answers: what documents may do, and which pages may
/// show them in a frame.
#[derive(Clone, Debug)]
pub(super) struct SecurityHeaders {
    is_tls: bool,
    page: HeaderValue,
    old_page: HeaderValue,
    /// Those of a page that finds out itself whether it is in a frame.
    unclear: [HeaderValue; 2],
}

impl SecurityHeaders {
    /// For a page with this script in the document itself, named by its hash, in frames of
    /// `ancestors` alone; `is_tls` where the server speaks TLS.
    pub(super) fn new(
        is_tls: bool,
        inline_script: Option<&str>,
        ancestors: &[FrameAncestor],
    ) -> Self {
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
            is_tls,
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

    /// Adds the headers to `response`; `is_old` and `shown` are of the request.
    pub(super) fn apply(&self, response: &mut Response, is_old: bool, shown: Shown) {
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
        if self.is_tls {
            set(STRICT_TRANSPORT_SECURITY, HSTS);
        }
        if is_unchanged {
            // The browser takes a 304's headers over what it has, and a page's policy is not
            // that of data. What it has came with its own.
        } else if is_page {
            if !headers.contains_key(CONTENT_SECURITY_POLICY) {
                let policy = self.of_page(is_old, shown);
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

impl Default for SecurityHeaders {
    fn default() -> Self {
        Self::new(false, None, &[])
    }
}

/// Whether the browser is a Chromium that needs the older policy.
pub(super) fn is_old_chromium(headers: &HeaderMap) -> bool {
    chromium(headers).is_some_and(|version| version < KNOWS_WASM_UNSAFE_EVAL)
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn headers_of(kind: &str, is_old: bool, is_tls: bool) -> HeaderMap {
        let mut response = Response::new(Body::empty());
        response
            .headers_mut()
            .insert(CONTENT_TYPE, kind.parse().unwrap());
        let headers = SecurityHeaders::new(is_tls, None, &[]);
        headers.apply(&mut response, is_old, Shown::AsAllowed);
        response.headers().clone()
    }

    #[test]
    fn only_old_chromium_gets_unsafe_eval() {
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

    #[test]
    fn page_policy_allows_own_files_only() {
        let headers = headers_of("text/html; charset=utf-8", false, false);
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
        assert!(policy.contains("frame-ancestors 'none'"));
        assert_eq!(headers[VARY], "user-agent, sec-fetch-dest");
        assert_eq!(headers[REFERRER_POLICY], "no-referrer");
        assert_eq!(headers[OPENER_POLICY], "same-origin");
        assert!(headers.contains_key(PERMISSIONS_POLICY));
        assert!(!headers.contains_key(STRICT_TRANSPORT_SECURITY));

        let old = headers_of("text/html", true, false);
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
        let headers = SecurityHeaders::new(false, Some("'sha256-x'"), &ancestors);
        let policy = headers.of_page(false, Shown::AsAllowed);
        let policy = policy.to_str().unwrap();
        assert!(
            policy.ends_with("; frame-ancestors https://*.example.com"),
            "{policy}"
        );
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval' 'sha256-x';"));
        let unclear = SecurityHeaders::default().of_page(true, Shown::Unclear);
        let unclear = unclear.to_str().unwrap();
        assert!(!unclear.contains("frame-ancestors") && unclear.contains("'unsafe-eval'"));
    }

    #[test]
    fn not_modified_page_keeps_its_policy() {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        SecurityHeaders::default().apply(&mut response, false, Shown::AsAllowed);
        assert!(!response.headers().contains_key(CONTENT_SECURITY_POLICY));
        assert_eq!(response.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
    }

    #[test]
    fn every_answer_has_nosniff_same_origin_and_hsts() {
        for kind in ["application/json", "text/javascript", "text/html"] {
            let headers = headers_of(kind, false, true);
            assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
            assert_eq!(headers[RESOURCE_POLICY], "same-origin");
            assert_eq!(headers[STRICT_TRANSPORT_SECURITY], HSTS);
            assert!(headers.contains_key(CONTENT_SECURITY_POLICY));
        }
    }
}
