//! The company proxy that leads to CXone, as the usual variables name it.

use cxone::{Proxy, ProxyError, ProxyExceptions};

/// The variables that name a proxy for CXone, which is reached by https: the first that is
/// set counts.
const NAMES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// Those that name one for plain http, which is never used.
const HTTP_NAMES: [&str; 2] = ["HTTP_PROXY", "http_proxy"];

/// Those that name the exceptions.
const NO_PROXY_NAMES: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// Every variable that is read.
pub(super) const VARIABLES: [&str; 8] = [
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
pub(super) const IN_USE: [&[&str]; 2] = [&NAMES, &NO_PROXY_NAMES];

/// A variable that cannot be used, and why.
type Refused = (&'static str, ProxyError);

/// Reads the variables that curl reads too; `variable` looks one up. `None` where none
/// names a proxy for https.
///
/// # Errors
/// For the first one that cannot be used, the exceptions too.
pub(super) fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Proxy>, Refused> {
    let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    let none = ProxyExceptions::default();
    let proxy = |name, exceptions: &ProxyExceptions| {
        let proxy = set(name).map(|value| Proxy::new(&value, exceptions, name));
        proxy.transpose().map_err(|error| (name, error))
    };
    for name in HTTP_NAMES {
        proxy(name, &none)?;
    }
    let named = NO_PROXY_NAMES
        .iter()
        .find_map(|name| Some((*name, set(name)?)));
    let exceptions = named.map_or(Ok(none), |(name, value)| {
        ProxyExceptions::parse(&value).map_err(|error| (name, error))
    })?;
    let mut found = None;
    for name in NAMES {
        found = found.or(proxy(name, &exceptions)?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Option<String>, Refused> {
        let proxy = super::read(|name| {
            let mut variables = variables.iter();
            let value = variables.find_map(|(is, value)| (*is == name).then_some(*value));
            value.map(str::to_owned)
        })?;
        Ok(proxy.map(|proxy| format!("{proxy} {}", proxy.label())))
    }

    fn shown(variables: &[(&str, &str)]) -> Option<String> {
        read(variables).unwrap()
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
    fn every_proxy_variable_is_checked() {
        for name in NAMES.into_iter().chain(HTTP_NAMES) {
            let (variable, error) = read(&[(name, "socks5://proxy")]).unwrap_err();
            assert_eq!(variable, name);
            assert_eq!(error, ProxyError::Socks);
        }
        for name in NO_PROXY_NAMES {
            assert_eq!(read(&[(name, "'a'")]).unwrap_err().0, name);
        }
    }
}
