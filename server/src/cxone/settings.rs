//! What the client is made of, and why it could not be made.

use std::{fmt, io, path::PathBuf, time::Duration};

use reqwest::Certificate;
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use secrecy::SecretString;
use thiserror::Error;

use super::BaseUrl;

/// Everything the client needs to know.
#[derive(Clone)]
pub struct Settings {
    /// Where CXone is.
    pub base_url: BaseUrl,
    /// The API client's id.
    pub client_id: String,
    /// The API client's secret.
    pub client_secret: SecretString,
    /// The tenant to sign in to.
    pub tenant_id: String,
    /// Certificates (PEM) trusted besides the system's, for company proxies.
    pub ca_file: Option<PathBuf>,
    /// The longest that name look-up, TCP and TLS may take together.
    pub connect_timeout: Duration,
    /// The longest that one request may take, from its sending to the last byte of
    /// its answer; the wait for the request budget is not counted.
    pub total_timeout: Duration,
}

impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The identity is left out: who the API client is belongs in no log either.
        formatter
            .debug_struct("Settings")
            .field("base_url", &self.base_url)
            .field("ca_file", &self.ca_file)
            .field("connect_timeout", &self.connect_timeout)
            .field("total_timeout", &self.total_timeout)
            .finish_non_exhaustive()
    }
}

/// Why the client could not be made.
#[derive(Debug, Error)]
pub enum SetupError {
    /// The CA file cannot be read.
    #[error(
        "the CA file {} cannot be read ({source}): check CXONE_CA_FILE, and that this user may read it",
        .path.display()
    )]
    CaFileUnreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// No certificate in the CA file.
    #[error(
        "the CA file {} holds no PEM certificate: CXONE_CA_FILE must name a file with a line \
         -----BEGIN CERTIFICATE-----; a DER file becomes one by `openssl x509 -inform der -in FILE -out FILE.pem`",
        .path.display()
    )]
    CaFileWithoutCertificate {
        /// The file.
        path: PathBuf,
    },
    /// A certificate in the CA file is broken.
    #[error(
        "a certificate in the CA file {} cannot be read: export it again, as PEM, and check CXONE_CA_FILE",
        .path.display()
    )]
    CaFileMalformed {
        /// The file.
        path: PathBuf,
    },
    /// The HTTP client refuses to start; most often there is no trust store.
    #[error(
        "no TLS client can be made here ({detail}): install the system's CA certificates (the package is often \
         called ca-certificates), or name a PEM file in CXONE_CA_FILE"
    )]
    Tls {
        /// The library's words.
        detail: String,
    },
}

impl Settings {
    /// The certificates of [`ca_file`](Self::ca_file); none where none is set.
    pub(super) fn extra_certificates(&self) -> Result<Vec<Certificate>, SetupError> {
        let Some(path) = &self.ca_file else {
            return Ok(Vec::new());
        };
        let pem = std::fs::read(path).map_err(|source| SetupError::CaFileUnreadable {
            path: path.clone(),
            source,
        })?;
        let malformed = || SetupError::CaFileMalformed { path: path.clone() };
        let ders: Vec<CertificateDer<'_>> = CertificateDer::pem_slice_iter(&pem)
            .collect::<Result<_, _>>()
            .map_err(|_| malformed())?;
        if ders.is_empty() {
            return Err(SetupError::CaFileWithoutCertificate { path: path.clone() });
        }
        // PEM is only the wrapping: whether certificates are inside shows when a
        // trust store takes them, and here the file can still be named.
        let mut store = RootCertStore::empty();
        ders.into_iter()
            .map(|der| {
                store.add(der.clone()).map_err(|_| malformed())?;
                Certificate::from_der(&der).map_err(|_| malformed())
            })
            .collect()
    }
}
