//! What the upstream client needs: dialect, addresses, credentials, certificate,
//! time-outs. No message here ever quotes a credential.

mod realtime;
mod reporting_v2;

use std::path::PathBuf;

use cxone::{BaseUrl, Dialect, Proxy, Settings};

use super::{
    PollConfig,
    keys::{self, Setting},
    placeholder,
    problem::Spanned,
    proxy,
    reader::Reader,
};
use crate::remedy;

/// How the client names itself to CXone.
pub const USER_AGENT: &str = concat!("queuewall/", env!("CARGO_PKG_VERSION"));

const REPORTING_V2: &str = "reporting-v2";
const REALTIME: &str = "realtime";

/// Reads everything that the upstream client needs, `None` after a problem, and where the
/// certificates are that are trusted besides the system's.
pub(super) fn read(
    reader: &mut Reader<'_>,
    poll: &PollConfig,
) -> (Option<Settings>, Option<PathBuf>) {
    let dialect = match reader.text(&keys::DIALECT) {
        // Which settings are missing is not known.
        _ if reader.is_refused(&keys::DIALECT) => None,
        None => reporting_v2::read(reader).map(Dialect::ReportingV2),
        Some(found) => match found.value.trim() {
            REPORTING_V2 => reporting_v2::read(reader).map(Dialect::ReportingV2),
            REALTIME => realtime::read(reader).map(|it| Dialect::Realtime(Box::new(it))),
            _ => {
                reader.problems.push(found.wrong(
                    "is not a dialect",
                    format_args!(
                        "write {REPORTING_V2} (an API client of the Reporting API) or {REALTIME} (an API user \
                         with an access key); docs/cxone.md helps to choose"
                    ),
                ));
                None
            }
        },
    };
    let ca_file = ca_file(reader);
    let proxy = proxy(reader);
    let settings = dialect.map(|dialect| Settings {
        connect_timeout: poll.connect_timeout(),
        total_timeout: poll.total_timeout(),
        proxy,
        ..Settings::new(dialect, USER_AGENT)
    });
    (settings, ca_file)
}

/// An address where one is set, else the default if there is one; `None` after a
/// problem, `Some(None)` where nothing is set.
fn address(
    reader: &mut Reader<'_>,
    setting: &Setting,
    default: Option<&str>,
) -> Option<Option<BaseUrl>> {
    let default = || {
        Some(Spanned {
            value: default?.to_owned(),
            place: "default".to_owned(),
            key: setting.variable?.to_owned(),
        })
    };
    let Some(found) = reader.text(setting).or_else(default) else {
        return Some(None);
    };
    let address = found.parse(&mut reader.problems, |text| {
        if placeholder::is_address(text) {
            let remedy =
                "write your tenant's own host in its place; docs/cxone.md says how to find it";
            return Err(("is a placeholder", remedy.to_owned()));
        }
        BaseUrl::parse(text).map_err(|error| ("is refused", error.to_string()))
    })?;
    Some(Some(address))
}

/// Says of settings that mean nothing in a dialect that they do nothing.
fn warn_of_idle<'a>(
    reader: &mut Reader<'_>,
    settings: impl IntoIterator<Item = &'a Setting>,
    why: &str,
) {
    for setting in settings {
        let found = reader.given(setting);
        let warning = found.map(|found| found.warning(format_args!("does nothing {why}")));
        reader.warnings.extend(warning);
    }
}

/// The proxy that leads to CXone; `None` after a problem, and where none is named.
fn proxy(reader: &mut Reader<'_>) -> Option<Proxy> {
    let variable = |name: &str| reader.environment.proxy_variable(name);
    match proxy::read(|name| Some(variable(name)?.value.clone())) {
        Ok(proxy) => proxy,
        Err((variable, error)) => {
            let found = reader.environment.proxy_variable(variable);
            // Its value may hold a password.
            let problem = found.map(|found| found.problem(error, remedy::of_proxy_variable(error)));
            reader.problems.extend(problem);
            None
        }
    }
}

fn ca_file(reader: &mut Reader<'_>) -> Option<PathBuf> {
    let found = reader.path(&keys::CA_FILE)?;
    // Read here only so that a wrong path is reported with all else.
    reader.read_file_of(&found, false)?;
    Some(found.value)
}

#[cfg(test)]
mod tests {
    use super::super::{ConfigError, Environment, Loaded, env::fake::FakeEnv};

    /// A configuration that is good but for these variables and lines of `.env`.
    fn read(variables: &[(&str, &str)], dotenv: &str) -> Result<Option<String>, ConfigError> {
        let credentials = [
            ("CXONE_CLIENT_ID", "id"),
            ("CXONE_CLIENT_SECRET", "secret"),
            ("CXONE_TENANT_ID", "tenant"),
        ];
        let variables = [&credentials, variables].concat();
        let env = FakeEnv::new(&variables, &[(".env", dotenv)]);
        let environment = Environment::read(&env, None);
        let loaded = Loaded::read(&env, environment, None)?;
        Ok(loaded.config.cxone.proxy.map(|proxy| proxy.to_string()))
    }

    #[test]
    fn proxy_of_variables_and_of_dotenv_is_used() {
        let proxy = |variables: &[_], dotenv| read(variables, dotenv).unwrap();
        assert_eq!(proxy(&[], ""), None);
        let set = ("HTTPS_PROXY", "http://user:password@proxy:1");
        assert_eq!(proxy(&[set], "").as_deref(), Some("proxy:1"));
        let dotenv = "https_proxy='http://proxy:2'\n";
        assert_eq!(proxy(&[], dotenv).as_deref(), Some("proxy:2"));
        let dotenv = "HTTPS_PROXY='http://proxy:2'\n";
        assert_eq!(proxy(&[set], dotenv).as_deref(), Some("proxy:1"));
    }

    #[test]
    fn invalid_proxy_url_is_refused_without_showing_its_password() {
        let set = [("ALL_PROXY", "http://user:canary@x@proxy:1")];
        let dotenv = "# a remark\nHTTPS_PROXY=socks5://user:canary@proxy\n";
        for (error, place) in [
            (read(&set, ""), "environment: ALL_PROXY"),
            (read(&[], dotenv), ".env:2: HTTPS_PROXY"),
        ] {
            let words = format!("{0} {0:?}", error.unwrap_err());
            assert!(words.contains(place), "{words}");
            assert!(!words.contains("canary"), "{words}");
        }
    }
}
