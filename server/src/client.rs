//! The client of CXone that a configuration asks for.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use cxone::{
    CaCertificates, CaError, Connector, QueueSource, Settings, budget::RequestBudget, clock::Clock,
};
use thiserror::Error;
use tracing::warn;

use crate::{
    metrics::Calls,
    system_error::{Attempt, remedy},
    text_file,
};

/// Why the client could not be made.
#[derive(Debug, Error)]
pub enum SetupError {
    /// The CA file cannot be read.
    #[error(
        "the CA file {} of CXONE_CA_FILE cannot be read ({source}): {}",
        .path.display(), remedy(Attempt::Read, .source)
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
         -----BEGIN CERTIFICATE-----; openssl makes one, with `-in FILE -out FILE.pem`, of a DER file by \
         `x509 -inform der`, of a .p7b file by `pkcs7 -print_certs` (DER: with `-inform der`), of a .pfx file by \
         `pkcs12 -nokeys`, of a TRUSTED CERTIFICATE by `x509`",
        .path.display()
    )]
    CaFileWithoutCertificate {
        /// The file.
        path: PathBuf,
    },
    /// No certificate in the CA file can be read.
    #[error(
        "no certificate in the CA file {} can be read: export it again, as PEM, and check CXONE_CA_FILE",
        .path.display()
    )]
    CaFileMalformed {
        /// The file.
        path: PathBuf,
    },
    /// The HTTP client refuses to start; most often there is no trust store.
    #[error(
        "{0}: check SSL_CERT_FILE and SSL_CERT_DIR where they are set, install the system's CA certificates (the \
         package is often called ca-certificates), or name a PEM file in CXONE_CA_FILE"
    )]
    Tls(#[from] cxone::SetupError),
}

/// Makes the client, which trusts the authorities in `ca_file` besides the system's. Its
/// requests take permits of `budget`, and are counted by `calls`.
///
/// # Errors
/// When the file has no certificates, or there is no TLS client.
pub fn connect(
    settings: Settings,
    ca_file: Option<&Path>,
    budget: &Arc<RequestBudget>,
    clock: Arc<dyn Clock>,
    calls: &Calls,
) -> Result<Arc<dyn QueueSource>, SetupError> {
    let settings = Settings {
        ca_certificates: ca_file.map_or(Ok(CaCertificates::default()), read_ca_file)?,
        ..settings
    };
    Ok(Connector::new(settings, Arc::clone(budget), clock)
        .observer(Arc::new(calls.clone()))
        .connect()?)
}

fn read_ca_file(path: &Path) -> Result<CaCertificates, SetupError> {
    let pem = text_file::read_pem(path).map_err(|source| SetupError::CaFileUnreadable {
        path: path.to_owned(),
        source,
    })?;
    let found = CaCertificates::from_pem(&pem).map_err(|error| match error {
        CaError::NoCertificate => SetupError::CaFileWithoutCertificate {
            path: path.to_owned(),
        },
        CaError::Malformed => SetupError::CaFileMalformed {
            path: path.to_owned(),
        },
    })?;
    let unreadable = found.unreadable();
    if unreadable > 0 {
        warn!(
            "{unreadable} of {} certificates in the CA file {} cannot be read, and are not used",
            unreadable + found.len(),
            path.display()
        );
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
