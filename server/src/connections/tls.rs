//! TLS from files: read at the start, and again when they change.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use arc_swap::ArcSwap;
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;
use tracing::{info, warn};
use x509_cert::der::Decode as _;

use crate::{
    disk,
    system_error::{Attempt, remedy},
    text_file,
};

/// HTTP/2 as TLS negotiates it (RFC 7301).
pub(super) const HTTP2: &[u8] = b"h2";
const HTTP1: &[u8] = b"http/1.1";

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(10);

/// A certificate and its key in force. Clones share them.
#[derive(Clone)]
pub struct Tls {
    files: Arc<Files>,
    in_force: Arc<ArcSwap<InForce>>,
    /// Of the files that are in force.
    seen: Digests,
}

/// SHA-256 of the certificate's and of the key's file; `None` where one cannot be read. Times
/// of writing say too little: container volumes and `cp -p` keep them.
type Digests = [Option<[u8; 32]>; 2];

/// What the files held when they were read.
struct InForce {
    config: Arc<ServerConfig>,
    /// When the server's own certificate expires, since 1970; `None` where that cannot be read.
    expires: Option<Duration>,
}

#[derive(Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// Why a certificate and its key cannot be used. The key itself is never quoted.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{} cannot be read ({error}): {}", .path.display(), remedy(Attempt::Read, .error))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        error: io::Error,
    },
    /// A file holds no certificate.
    #[error(
        "{} holds no PEM certificate, or a broken one: name the file with the whole chain, the server's own \
         certificate first",
        .path.display()
    )]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// A file holds no private key.
    #[error("{} holds no PEM private key: PKCS #8, PKCS #1 and SEC 1 are read, without a password", .path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// The two do not belong together, or are of a kind that cannot be used.
    #[error(
        "{} and {} cannot be used together ({detail}): name the key that belongs to the certificate, RSA, ECDSA or \
         Ed25519", .certificate.display(), .key.display()
    )]
    Unusable {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// The library's words.
        detail: String,
    },
}

impl Tls {
    /// Reads both files, as PEM: the chain with the server's own certificate first, and
    /// its key.
    ///
    /// # Errors
    /// See [`TlsError`].
    pub fn load(certificate: PathBuf, key: PathBuf) -> Result<Self, TlsError> {
        let files = Files { certificate, key };
        // Looked at before they are read: what changes meanwhile is then seen as a change.
        let seen = files.digests();
        let in_force = Arc::new(ArcSwap::from_pointee(files.read()?));
        Ok(Self {
            files: Arc::new(files),
            in_force,
            seen,
        })
    }

    /// Reads the files again whenever they change, for as long as it runs. New ones that
    /// cannot be used change nothing, and are warned of once.
    pub async fn keep_fresh(self) {
        let mut seen = self.seen;
        loop {
            sleep(LOOK).await;
            let now = disk::wait_for(|| self.files.digests());
            if now == seen {
                continue;
            }
            seen = now;
            match disk::wait_for(|| self.files.read()) {
                Ok(in_force) => {
                    self.in_force.store(Arc::new(in_force));
                    info!("the TLS certificate was read again");
                }
                Err(error) => warn!("the TLS certificate stays as it was: {error}"),
            }
        }
    }

    /// When the certificate in force expires, since 1970; `None` where that cannot be read.
    #[must_use]
    pub fn expires(&self) -> Option<Duration> {
        self.in_force.load().expires
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.in_force.load().config))
    }
}

impl Files {
    fn read(&self) -> Result<InForce, TlsError> {
        // A provider that is already there is as good: this fails only then.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let pem = read(&self.certificate)?;
        let chain: Result<Vec<CertificateDer<'static>>, _> =
            CertificateDer::pem_slice_iter(&pem).collect();
        let chain = chain.ok().filter(|chain| !chain.is_empty());
        let chain = chain.ok_or_else(|| TlsError::NoCertificate {
            path: self.certificate.clone(),
        })?;
        let key =
            PrivateKeyDer::from_pem_slice(&read(&self.key)?).map_err(|_| TlsError::NoKey {
                path: self.key.clone(),
            })?;
        let expires = chain.first().and_then(|own| expiry(own));
        let mut config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|error| TlsError::Unusable {
                certificate: self.certificate.clone(),
                key: self.key.clone(),
                detail: error.to_string(),
            })?;
        config.alpn_protocols = vec![HTTP2.to_vec(), HTTP1.to_vec()];
        Ok(InForce {
            config: Arc::new(config),
            expires,
        })
    }

    fn digests(&self) -> Digests {
        let digest = |path: &Path| Some(Sha256::digest(text_file::read(path).ok()?).into());
        [digest(&self.certificate), digest(&self.key)]
    }
}

fn expiry(certificate: &CertificateDer<'_>) -> Option<Duration> {
    let certificate = x509_cert::Certificate::from_der(certificate).ok()?;
    let not_after = certificate.tbs_certificate.validity.not_after;
    Some(not_after.to_unix_duration())
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    text_file::read_pem(path).map_err(|error| TlsError::Unreadable {
        path: path.to_owned(),
        error,
    })
}

impl fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Tls")
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}
