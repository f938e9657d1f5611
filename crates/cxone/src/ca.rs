//! Certificate authorities that are trusted in addition to the system's.

use reqwest::Certificate;
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use thiserror::Error;

/// Certificates of authorities, for company proxies that inspect TLS. The default is none.
#[derive(Clone, Debug, Default)]
pub struct CaCertificates {
    certificates: Vec<Certificate>,
    unreadable: usize,
}

/// Why a PEM text has no certificate to trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CaError {
    /// It has no PEM block of a certificate.
    #[error("there is no PEM certificate in it")]
    NoCertificate,
    /// None of its certificates can be read.
    #[error("none of its certificates can be read")]
    Malformed,
}

impl CaCertificates {
    /// Reads every certificate of a PEM text. One that cannot be read is left out, and
    /// counted by [`unreadable`](Self::unreadable): a company's bundle may hold one that is
    /// too old.
    ///
    /// # Errors
    /// When there is none that can be read.
    pub fn from_pem(pem: &[u8]) -> Result<Self, CaError> {
        let found: Vec<Result<CertificateDer<'_>, _>> =
            CertificateDer::pem_slice_iter(pem).collect();
        // PEM is only the wrapping: a trust store tells whether certificates are inside.
        let mut store = RootCertStore::empty();
        let mut usable = |der: CertificateDer<'_>| {
            store.add(der.clone()).ok()?;
            Certificate::from_der(&der).ok()
        };
        let total = found.len();
        let certificates: Vec<_> = (found.into_iter())
            .filter_map(|der| usable(der.ok()?))
            .collect();
        match (total, certificates.len()) {
            (0, _) => Err(CaError::NoCertificate),
            (_, 0) => Err(CaError::Malformed),
            (_, usable) => Ok(Self {
                certificates,
                unreadable: total - usable,
            }),
        }
    }

    /// How many certificates are trusted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.certificates.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    /// How many certificates were left out.
    #[must_use]
    pub fn unreadable(&self) -> usize {
        self.unreadable
    }

    pub(crate) fn for_client(&self) -> Vec<Certificate> {
        self.certificates.clone()
    }
}
