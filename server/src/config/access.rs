//! Access to the boards.

use std::path::{Path, PathBuf};

use axum::http::HeaderName;
use ipnet::IpNet;
use url::Url;

use super::{
    BoardConfig, ConfigError, Env, Environment, ServerConfig, StoreConfig, Targets, keys,
    problem::Fault, reader::Reader, trust,
};
use crate::access::{Guard, Policy, Store, StoreError};

const DEFAULT_PROXY_HEADER: HeaderName = HeaderName::from_static("x-forwarded-user");
const DEFAULT_STATE_DIR: &str = "queuewall-state";

/// The three modes, each with what it means: the remedy of every wrong choice.
const MODES: &str = "set QUEUEWALL_ACCESS (access.mode) to links (each screen has a link of one \
     board), proxy (a proxy in front signs people in) or open (everyone who reaches this address \
     sees every board); docs/access.md says more";

/// Access control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessConfig {
    /// What lets somebody in. `QUEUEWALL_ACCESS`, `access.mode`.
    pub mode: AccessMode,
    /// The header in which a proxy names the person. `QUEUEWALL_PROXY_HEADER`,
    /// `access.proxy_header`; default `x-forwarded-user`.
    pub proxy_header: HeaderName,
    /// The proxies whose headers count. `QUEUEWALL_TRUSTED_PROXIES`,
    /// `access.trusted_proxies`; default none.
    pub trusted_proxies: Vec<IpNet>,
    /// Where links, and what is spent of the budget, are kept. `QUEUEWALL_STATE_DIR`, `server.state_dir`; default
    /// `queuewall-state` beside the configuration file.
    pub state_dir: PathBuf,
    /// The address under which browsers reach the server, with the base path and without a
    /// slash at its end.
    /// `QUEUEWALL_PUBLIC_URL`, `server.public_url`; `None`: as it listens.
    pub public_url: Option<String>,
}

/// What lets somebody in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccessMode {
    /// Nothing is asked, since only this machine reaches the server.
    #[default]
    Loopback,
    /// `open`: nothing is asked, and that was said.
    Open,
    /// `links`: a link of the board.
    Links,
    /// `proxy`: a header of a trusted proxy.
    Proxy,
}

/// On this machine, without links.
impl Default for AccessConfig {
    fn default() -> Self {
        Self {
            mode: AccessMode::default(),
            proxy_header: DEFAULT_PROXY_HEADER,
            trusted_proxies: Vec::new(),
            state_dir: DEFAULT_STATE_DIR.into(),
            public_url: None,
        }
    }
}

impl AccessConfig {
    pub(super) fn read(reader: &mut Reader<'_>, server: &ServerConfig) -> Self {
        let mode = mode_of(reader, server);
        let trusted_proxies = proxies_of(reader);
        let found = reader.text(&keys::ACCESS_MODE);
        // One that is wrong was said to be so.
        let has_none = trusted_proxies.is_empty()
            && reader.list(&keys::TRUSTED_PROXIES).is_empty()
            && !reader.is_refused(&keys::TRUSTED_PROXIES);
        if let (AccessMode::Proxy, true, Some(found)) = (mode, has_none, found) {
            reader.problems.push(found.wrong(
                "needs a trusted proxy, and none is set",
                "set QUEUEWALL_TRUSTED_PROXIES (access.trusted_proxies) to the address that the \
                 proxy connects from, for example 10.0.0.5",
            ));
        }
        Self {
            mode,
            proxy_header: (reader.parse(&keys::PROXY_HEADER, proxy_header))
                .unwrap_or(DEFAULT_PROXY_HEADER),
            trusted_proxies,
            state_dir: state_dir(reader),
            public_url: public_url_of(reader, &server.base_path),
        }
    }
}

impl AccessConfig {
    /// The guard by this configuration; links are kept in `store`.
    ///
    /// # Errors
    /// When the links cannot be read.
    pub async fn guard(&self, store: Store) -> Result<Guard, StoreError> {
        let policy = match self.mode {
            AccessMode::Loopback => Policy::Loopback,
            AccessMode::Open => Policy::Open,
            AccessMode::Links => Policy::Links(store),
            AccessMode::Proxy => Policy::Proxy(self.proxy_header.clone()),
        };
        Guard::new(policy, self.trusted_proxies.clone()).await
    }

    /// The guard of a mode that keeps no links.
    #[cfg(test)]
    pub(crate) fn guard_without_links(&self) -> Guard {
        let guard = self.guard(Store::new(self.state_dir.clone()));
        futures_util::FutureExt::now_or_never(guard)
            .unwrap()
            .unwrap()
    }

    /// The name by which browsers reach the server, where it was said.
    #[must_use]
    pub fn public_host(&self) -> Option<String> {
        let url = Url::parse(self.public_url.as_deref()?).ok()?;
        url.host_str().map(str::to_owned)
    }
}

/// What the commands on links need: the access settings and the boards. No credentials, so
/// that a user who creates links does not need them.
#[derive(Clone, Debug)]
pub struct LinkSettings {
    /// Access control.
    pub access: AccessConfig,
    /// Where the links are.
    pub store: StoreConfig,
    /// Every board's slug.
    pub slugs: Vec<String>,
    /// The address to print links with, without a slash at its end.
    pub address: String,
}

impl LinkSettings {
    /// Reads and checks just that. `file` is the path of `--config`.
    ///
    /// # Errors
    /// All problems found in the file as a whole and in the keys that are needed.
    pub fn read(
        env: &dyn Env,
        environment: Environment,
        file: Option<&Path>,
    ) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(env, environment, file)?;
        let server = ServerConfig::read(&mut reader);
        let access = AccessConfig::read(&mut reader, &server);
        let store = StoreConfig::read(&mut reader);
        let targets = Targets::read(&mut reader);
        let boards = BoardConfig::read_all(&mut reader, &targets, false);
        ConfigError::unless_none(reader.problems)?;
        let scheme = match server.tls {
            Some(_) => "https",
            None => "http",
        };
        let listening = || format!("{scheme}://{}{}", server.listen, server.base_path);
        Ok(Self {
            address: access.public_url.clone().unwrap_or_else(listening),
            access,
            store,
            slugs: boards.into_iter().map(|board| board.slug).collect(),
        })
    }
}

/// The folder of links and history.
pub(super) fn state_dir(reader: &mut Reader<'_>) -> PathBuf {
    match reader.path(&keys::STATE_DIR) {
        Some(found) => found.value,
        None => reader.beside_file(DEFAULT_STATE_DIR),
    }
}

fn mode_of(reader: &mut Reader<'_>, server: &ServerConfig) -> AccessMode {
    if reader.text(&keys::ACCESS_MODE).is_none() {
        let is_for_others = !server.listen.ip().to_canonical().is_loopback();
        if is_for_others && !reader.is_refused(&keys::ACCESS_MODE) {
            let what = "accepts connections from other machines, and no access mode is set";
            let listen = reader.text(&keys::LISTEN);
            (reader.problems).extend(listen.map(|found| found.wrong(what, MODES)));
        }
        return AccessMode::Loopback;
    }
    let mode = reader.parse(&keys::ACCESS_MODE, |text| match text {
        "open" => Ok(AccessMode::Open),
        "links" => Ok(AccessMode::Links),
        "proxy" => Ok(AccessMode::Proxy),
        _ => Err(("is not an access mode", MODES)),
    });
    mode.unwrap_or_default()
}

fn proxy_header(text: &str) -> Result<HeaderName, Fault> {
    const REMEDY: &str =
        "write the header in which the proxy names the person, for example x-forwarded-user";
    match text.parse::<HeaderName>() {
        Ok(name) if trust::may_name_a_person(name.as_str()) => Ok(name),
        Ok(_) => Err((
            "is a header that every request has, signed in or not",
            REMEDY,
        )),
        Err(_) => Err(("is not a header name", REMEDY)),
    }
}

fn proxies_of(reader: &mut Reader<'_>) -> Vec<IpNet> {
    let mut networks = Vec::new();
    for found in reader.list(&keys::TRUSTED_PROXIES) {
        let network = found.parse(&mut reader.problems, |text| {
            let remedy = "write the addresses that the proxies connect from, for example 10.0.0.5 or 10.0.0.0/24";
            trust::network(text).map_err(|what| (what, remedy))
        });
        if network.is_some_and(trust::is_wide) {
            reader.warnings.push(found.warning(format_args!(
                "= {:?}: every machine of this network may name users and where requests come from; name the \
                 proxies' own addresses, as in 10.0.0.5",
                found.value
            )));
        }
        networks.extend(network);
    }
    networks
}

fn public_url_of(reader: &mut Reader<'_>, base_path: &str) -> Option<String> {
    let found = reader.text(&keys::PUBLIC_URL)?;
    let is_address = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && url.host().is_some()
            && (url.query(), url.fragment(), url.password()) == (None, None, None)
            && url.username().is_empty()
    };
    let Some(url) = Url::parse(found.value.trim()).ok().filter(is_address) else {
        reader.problems.push(found.problem(
            "is not the address of a server",
            "write it as a browser shows it: for example https://wall.example.com",
        ));
        return None;
    };
    let path = url.path().trim_end_matches('/');
    let given = reader.text(&keys::BASE_PATH);
    let is_wrong = reader.is_refused(&keys::BASE_PATH)
        || base_path.is_empty() && given.is_some_and(|it| it.value.trim() != "/");
    if !path.is_empty() && path != base_path && !is_wrong {
        reader.problems.push(found.problem(
            "has a path that QUEUEWALL_BASE_PATH (server.base_path) does not name",
            format_args!("set that to {path}, or leave the path out here"),
        ));
        return None;
    }
    let origin = url.origin().ascii_serialization();
    Some(format!("{origin}{base_path}"))
}
