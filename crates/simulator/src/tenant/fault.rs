//! Ways to go wrong that are no part of the contract, but of the world.

use crate::endpoint::Endpoint;

/// A wrong answer, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A status with a body of type `application/json`.
    Status {
        /// The HTTP status, from 200 to 999.
        code: u16,
        /// The text of the `Retry-After` header, if there is to be one.
        retry_after: Option<String>,
        /// The body, as it is.
        body: String,
    },
    /// The connection is closed without an answer.
    Reset,
    /// No answer ever comes; the connection stays open.
    Hang,
    /// 200 with an HTML page, as log-in pages and proxies answer.
    HtmlPage,
    /// 200 with JSON that breaks off before its announced length.
    Truncated,
    /// 200 with JSON in which every value has the wrong type.
    WrongTypes,
    /// 307 to this address.
    RedirectTo(String),
}

impl Fault {
    /// A status with a JSON error for a body and no `Retry-After`.
    #[must_use]
    pub fn status(code: u16) -> Self {
        Self::Status {
            code,
            retry_after: None,
            body: r#"{"error":"simulated_fault"}"#.to_owned(),
        }
    }

    /// A status with a `Retry-After` header of this text.
    #[must_use]
    pub fn retry_after(code: u16, retry_after: impl Into<String>) -> Self {
        Self::Status {
            code,
            retry_after: Some(retry_after.into()),
            body: r#"{"error":"simulated_fault"}"#.to_owned(),
        }
    }

    /// This fault, at one endpoint only.
    #[must_use]
    pub fn on(self, endpoint: Endpoint) -> ScopedFault {
        ScopedFault {
            endpoint: Some(endpoint),
            ..self.into()
        }
    }

    /// This fault, for so many requests to each endpoint, which then heals.
    #[must_use]
    pub fn times(self, times: u32) -> ScopedFault {
        ScopedFault::from(self).times(times)
    }
}

/// A fault, with where and how often it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopedFault {
    fault: Fault,
    endpoint: Option<Endpoint>,
    times: Option<u32>,
}

impl ScopedFault {
    /// The same, for so many requests to each endpoint, which then heals.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self {
            times: Some(times),
            ..self
        }
    }
}

impl From<Fault> for ScopedFault {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            endpoint: None,
            times: None,
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Faults {
    active: Vec<Active>,
}

#[derive(Debug)]
struct Active {
    endpoint: Endpoint,
    fault: Fault,
    left: Option<u32>,
}

impl Faults {
    /// Puts a fault in force, in place of earlier ones at the same endpoints.
    pub(crate) fn set(&mut self, scoped: ScopedFault) {
        let hit = |endpoint: Endpoint| scoped.endpoint.is_none_or(|only| only == endpoint);
        self.active.retain(|active| !hit(active.endpoint));
        for endpoint in Endpoint::ALL.into_iter().filter(|one| hit(*one)) {
            self.active.push(Active {
                endpoint,
                fault: scoped.fault.clone(),
                left: scoped.times,
            });
        }
    }

    /// The fault that answers the next request to `endpoint`, counted as used.
    pub(crate) fn take(&mut self, endpoint: Endpoint) -> Option<Fault> {
        let active = self
            .active
            .iter_mut()
            .find(|one| one.endpoint == endpoint)?;
        if let Some(left) = &mut active.left {
            *left = left.checked_sub(1)?;
        }
        Some(active.fault.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_hits_its_endpoint_as_often_as_it_should() {
        let mut faults = Faults::default();
        faults.set(Fault::Reset.into());
        faults.set(Fault::Hang.on(Endpoint::Realtime).times(2));
        assert_eq!(faults.take(Endpoint::Token), Some(Fault::Reset));
        assert_eq!(faults.take(Endpoint::Realtime), Some(Fault::Hang));
        assert_eq!(faults.take(Endpoint::Realtime), Some(Fault::Hang));
        assert_eq!(faults.take(Endpoint::Realtime), None);
        assert_eq!(faults.take(Endpoint::QueueList), Some(Fault::Reset));
    }
}
