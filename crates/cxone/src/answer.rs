//! What came of a request: a whole answer, or the other side of one that did not come whole.

use std::time::{Duration, SystemTime};

use reqwest::{Response, StatusCode, header::HeaderValue};

use crate::{
    Error, Host,
    clock::Moment,
    encoding::{EncodingError, decompress},
    failure::classify,
};

/// The most of a body that is read. A hundred queues are some 30 kB.
const BODY_LIMIT_BYTES: usize = 8 * 1024 * 1024;

/// What an error says about the other side.
pub(super) struct Peer {
    pub(super) host: Host,
    pub(super) is_encrypted: bool,
    pub(super) connect_timeout: Duration,
    pub(super) total_timeout: Duration,
}

/// A whole answer, of any status but 3xx, 429 and 5xx.
pub(super) struct Answer {
    /// Who answered.
    pub(super) host: Host,
    /// What was asked for there, without the query.
    pub(super) path: String,
    /// Just before the request was sent, after the wait for the budget.
    pub(super) sent_at: Moment,
    pub(super) status: StatusCode,
    /// When it was made, by the answering side's own clock (`Date`).
    pub(super) date: Option<SystemTime>,
    pub(super) content_type: Option<HeaderValue>,
    /// What `WWW-Authenticate` says.
    pub(super) challenge: String,
    /// The next page's address, where `Link` names one.
    pub(super) next_link: Option<String>,
    /// Empty where a refusal's body could not be read: its status says enough.
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// Whether it succeeded and says that there is nothing.
    pub(super) fn has_no_content(&self) -> bool {
        let statuses = [StatusCode::NO_CONTENT, StatusCode::RESET_CONTENT];
        statuses.contains(&self.status)
    }
}

impl Peer {
    pub(super) async fn read_body(&self, mut response: Response) -> Result<Vec<u8>, Error> {
        let too_large = || Error::TooLarge {
            host: self.host.clone(),
            limit_bytes: BODY_LIMIT_BYTES,
        };
        if response
            .content_length()
            .is_some_and(|length| length > BODY_LIMIT_BYTES as u64)
        {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| classify(&error, self))?
        {
            if body.len() + chunk.len() > BODY_LIMIT_BYTES {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    pub(super) fn decompress(
        &self,
        body: Vec<u8>,
        encoding: Option<&HeaderValue>,
    ) -> Result<Vec<u8>, Error> {
        let host = self.host.clone();
        decompress(body, encoding, BODY_LIMIT_BYTES).map_err(|error| match error {
            EncodingError::TooLarge => Error::TooLarge {
                host,
                limit_bytes: BODY_LIMIT_BYTES,
            },
            EncodingError::Unreadable(content) => Error::NotJson {
                host,
                content: content.to_owned(),
            },
        })
    }

    pub(super) fn timed_out(&self) -> Error {
        Error::TimedOut {
            host: self.host.clone(),
            after: self.total_timeout,
        }
    }
}
