//! Where the server listens.

use std::{
    net::{Ipv4Addr, SocketAddr},
    ops::RangeInclusive,
    path::{Path, PathBuf},
    time::Duration,
};

use url::Host;

use super::{ConfigError, Env, Environment, FrameAncestor, keys, problem::Fault, reader::Reader};

/// The server's own address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerConfig {
    /// Address and port. `QUEUEWALL_LISTEN`, `server.listen`; default
    /// 127.0.0.1:8080, which only this machine reaches.
    pub listen: SocketAddr,
    /// Address and port for operators: metrics and the status page of screens, without any
    /// access control. `QUEUEWALL_METRICS_LISTEN`, `server.metrics_listen`; `None`, the
    /// default, is nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// The most queues whose numbers are metrics; 0 is none. `QUEUEWALL_METRICS_QUEUES`,
    /// `server.metrics_queues`; default 200.
    pub metrics_queues: usize,
    /// Names by which browsers may ask, besides addresses, `localhost` and the machine's
    /// own. `QUEUEWALL_HOSTS`, `server.hosts`.
    pub hosts: Vec<String>,
    /// With what it speaks TLS; `None` is plain HTTP.
    pub tls: Option<TlsFiles>,
    /// The path that a proxy has the wall under, as in `/wall`; empty where there is none.
    /// `QUEUEWALL_BASE_PATH`, `server.base_path`.
    pub base_path: String,
    /// Which pages may show the wall in a frame. `QUEUEWALL_FRAME_ANCESTORS`,
    /// `server.frame_ancestors`; default none.
    pub frame_ancestors: Vec<FrameAncestor>,
    /// How long a connection may stay open between two requests. `QUEUEWALL_IDLE_SECONDS`,
    /// `server.idle_seconds`; default [`DEFAULT_IDLE`].
    pub idle: Duration,
}

/// Some 23 series a queue: what a small Prometheus takes without being asked.
const DEFAULT_METRICS_QUEUES: usize = 200;
const METRICS_QUEUES_BOUNDS: RangeInclusive<u64> = 0..=10_000;

/// Longer than nginx and most balancers (60 s), Go's proxies (90 s) and Caddy (120 s) keep
/// their connections: the side that closes one first loses the requests that cross it.
pub const DEFAULT_IDLE: Duration = Duration::from_secs(125);
/// In seconds. Screens ask every 5 s; Google's balancers keep connections for 600 s.
const IDLE_BOUNDS: RangeInclusive<u64> = 10..=3_600;

/// The files for TLS, as PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The chain, the server's own certificate first. `QUEUEWALL_TLS_CERTIFICATE_FILE`,
    /// `server.tls_certificate_file`.
    pub certificate: PathBuf,
    /// Its private key. `QUEUEWALL_TLS_KEY_FILE`, `server.tls_key_file`.
    pub key: PathBuf,
}

impl ServerConfig {
    /// A server at `listen`, and nothing else said.
    #[must_use]
    pub fn on(listen: SocketAddr) -> Self {
        Self {
            listen,
            metrics_listen: None,
            metrics_queues: DEFAULT_METRICS_QUEUES,
            hosts: Vec::new(),
            tls: None,
            base_path: String::new(),
            frame_ancestors: Vec::new(),
            idle: DEFAULT_IDLE,
        }
    }

    /// Reads and checks just this. `file` is the path of `--config`.
    ///
    /// # Errors
    /// All problems found in the file as a whole and in the keys that are needed.
    pub fn read_alone(
        env: &dyn Env,
        environment: Environment,
        file: Option<&Path>,
    ) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(env, environment, file)?;
        let server = Self::read(&mut reader);
        ConfigError::unless_none(reader.problems)?;
        Ok(server)
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let remedy = "write for example 127.0.0.1:8080 (this machine only) or 0.0.0.0:8080 \
                      (every network)";
        let listen = reader.parse(&keys::LISTEN, |text| address(text, remedy));
        let listen = listen.unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)));
        Self {
            listen,
            metrics_listen: metrics_listen(reader, listen),
            metrics_queues: usize::try_from(reader.integer(
                &keys::METRICS_QUEUES,
                DEFAULT_METRICS_QUEUES as u64,
                METRICS_QUEUES_BOUNDS,
                "queues",
            ))
            .unwrap_or(usize::MAX),
            hosts: reader.parse_list(&keys::HOSTS, host),
            tls: tls(reader),
            base_path: reader
                .parse(&keys::BASE_PATH, base_path)
                .unwrap_or_default(),
            frame_ancestors: reader.parse_list(&keys::FRAME_ANCESTORS, FrameAncestor::parse),
            idle: Duration::from_secs(reader.integer(
                &keys::IDLE_SECONDS,
                DEFAULT_IDLE.as_secs(),
                IDLE_BOUNDS,
                "seconds",
            )),
        }
    }
}

fn address<'r>(text: &str, remedy: &'r str) -> Result<SocketAddr, (&'static str, &'r str)> {
    text.parse()
        .map_err(|_| ("is not an address and port", remedy))
}

fn metrics_listen(reader: &mut Reader<'_>, listen: SocketAddr) -> Option<SocketAddr> {
    let found = reader.text(&keys::METRICS_LISTEN)?;
    let address = found.parse(&mut reader.problems, |text| {
        address(text, "write for example 127.0.0.1:9464 (this machine only)")
    })?;
    if address == listen && address.port() != 0 {
        reader.problems.push(found.wrong(
            "is the wall's own address",
            "take another port: metrics and screens have no access control",
        ));
    }
    if !address.ip().is_loopback() {
        reader.warnings.push(found.warning(format_args!(
            "= {address} is reached from other machines, and metrics and screens have no access control: \
             make sure that only operators can reach it"
        )));
    }
    Some(address)
}

fn host(text: &str) -> Result<String, Fault> {
    let name = text.to_ascii_lowercase();
    // A wildcard passes as a name in an address, and names no host; nor does a word for all.
    let is_word = ["all", "any", "none", "null", "true", "false"].contains(&name.as_str());
    match Host::parse(&name) {
        Ok(Host::Domain(_)) if !is_word && !name.contains('*') => Ok(text.to_owned()),
        _ => Err((
            "is not a host name",
            "write it as in wall.example.com, without https://, a port or *, each name by itself; IP addresses need \
             not be named",
        )),
    }
}

fn base_path(text: &str) -> Result<String, Fault> {
    // What lies at the root: below one of these no proxy's path could be told from ours.
    const OURS: [&str; 6] = ["api", "assets", "board", "boards", "healthz", "readyz"];
    let path = text.trim_end_matches('/');
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    let is_part =
        |part: &str| !part.is_empty() && part != "." && part != ".." && part.chars().all(is_plain);
    let mut parts = path.split('/').skip(1);
    let first = parts.clone().next().unwrap_or_default();
    let is_path = path.is_empty() || path.starts_with('/') && parts.all(is_part);
    if !is_path {
        return Err((
            "is not a path",
            "write the path that the proxy has the wall under, as in /wall: it begins with a slash, without \
             https:// and a host, and holds letters, digits and - . _ ~ alone",
        ));
    }
    match OURS.contains(&first.to_ascii_lowercase().as_str()) {
        false => Ok(path.to_owned()),
        true => Err((
            "is used by the server itself",
            "take another path, as in /wall",
        )),
    }
}

fn tls(reader: &mut Reader<'_>) -> Option<TlsFiles> {
    let certificate = reader.path(&keys::TLS_CERTIFICATE_FILE);
    let key = reader.path(&keys::TLS_KEY_FILE);
    let (certificate, key) = match (certificate, key) {
        (Some(certificate), Some(key)) => (certificate, key),
        (None, None) => return None,
        (Some(_), None) | (None, Some(_))
            if reader.is_refused(&keys::TLS_CERTIFICATE_FILE)
                || reader.is_refused(&keys::TLS_KEY_FILE) =>
        {
            return None;
        }
        (Some(alone), None) | (None, Some(alone)) => {
            reader.problems.push(alone.problem(
                "is set without the other",
                "set both, QUEUEWALL_TLS_CERTIFICATE_FILE and QUEUEWALL_TLS_KEY_FILE, or neither",
            ));
            return None;
        }
    };
    // Read here only so that a wrong path is reported with all else.
    let can_be_read = [(&certificate, false), (&key, true)]
        .map(|(found, is_secret)| reader.read_file_of(found, is_secret).is_some());
    (can_be_read == [true, true]).then_some(TlsFiles {
        certificate: certificate.value,
        key: key.value,
    })
}
