//! The dialect `reporting-v2`: what is asked of which path, and what each refusal
//! means there. UPSTREAM.md section 1 is its contract.

mod queue_list;
mod realtime;

use std::{collections::HashSet, fmt, sync::Arc};

use async_trait::async_trait;
use reqwest::{RequestBuilder, StatusCode, header::AUTHORIZATION};

use super::{
    Settings, SetupError,
    json::{self, unexpected},
    token::Tokens,
    transport::{Answer, Transport},
};
use crate::{
    budget::RequestBudget,
    clock::Clock,
    source::{QueueInfo, QueueReading, QueueSource, SourceError},
};

const REALTIME_PATH: &str = "/api/v2/reporting/queues/realtime";
const LIST_PATH: &str = "/api/v2/queues";

/// The scope that both reads need.
const SCOPE: &str = "reporting:queue:view";

/// The most ids that one read takes.
const BATCH_LIMIT: usize = 100;

/// A longer queue list is taken for a mistake.
const LONGEST_LIST_PAGES: usize = 100;

/// CXone's reporting API, version 2.
pub struct ReportingV2 {
    transport: Arc<Transport>,
    tokens: Tokens,
}

impl ReportingV2 {
    /// A client that is not signed in yet, and sends nothing before it must.
    ///
    /// Every request that it sends takes a permit of `budget`; `clock` says how old
    /// the token is.
    ///
    /// # Errors
    /// See [`SetupError`].
    pub fn new(
        settings: Settings,
        budget: Arc<RequestBudget>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetupError> {
        let transport = Arc::new(Transport::new(&settings, budget, clock)?);
        let tokens = Tokens::new(settings, Arc::clone(&transport));
        Ok(Self { transport, tokens })
    }

    /// Sends a request with the token; after a 401 once more with a new one.
    async fn send_signed_in(
        &self,
        request: impl Fn() -> RequestBuilder + Send,
    ) -> Result<Answer, SourceError> {
        let token = self.tokens.get().await?;
        let answer = self
            .transport
            .send(request().header(AUTHORIZATION, token.header()))
            .await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        self.tokens.invalidate(&token);
        let token = self.tokens.get().await?;
        let answer = self
            .transport
            .send(request().header(AUTHORIZATION, token.header()))
            .await?;
        match answer.status {
            // The new token stays: the next read tries it before it asks for another.
            StatusCode::UNAUTHORIZED => Err(SourceError::TokenRefused),
            _ => Ok(answer),
        }
    }
}

#[async_trait]
impl QueueSource for ReportingV2 {
    fn batch_limit(&self) -> usize {
        BATCH_LIMIT
    }

    async fn read_queues(
        &self,
        ids: &[String],
        skills: &[String],
    ) -> Result<Vec<QueueReading>, SourceError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        if ids.len() > BATCH_LIMIT {
            return Err(SourceError::TooManyIds {
                given: ids.len(),
                limit: BATCH_LIMIT,
            });
        }
        let query = realtime::Query::new(ids, skills);
        let answer = self
            .send_signed_in(|| self.transport.post(REALTIME_PATH).json(&query))
            .await?;
        check_read(answer.status, || SourceError::QueueNotFound {
            ids: ids.to_vec(),
        })?;
        let body = json::parse(&answer, self.transport.host())?;
        let (readings, odd) = realtime::readings(&body)?;
        odd.log(REALTIME_PATH);
        Ok(readings)
    }

    async fn list_queues(&self) -> Result<Vec<QueueInfo>, SourceError> {
        let base_url = self.transport.base_url();
        let mut url = base_url.endpoint(LIST_PATH);
        let (mut queues, mut known, mut visited) = (Vec::new(), HashSet::new(), HashSet::new());
        // A link back to a page that was read ends the list: nothing new is there.
        while visited.insert(url.clone()) {
            if visited.len() > LONGEST_LIST_PAGES {
                return Err(unexpected(format!(
                    "a queue list of more than {LONGEST_LIST_PAGES} pages"
                )));
            }
            let answer = self
                .send_signed_in(|| self.transport.get(url.clone()))
                .await?;
            check_read(answer.status, || SourceError::EndpointNotFound {
                path: url.path().to_owned(),
                host: self.transport.host().to_owned(),
            })?;
            let page = queue_list::page(&json::parse(&answer, self.transport.host())?)?;
            page.odd.log(LIST_PATH);
            queues.extend(
                page.queues
                    .into_iter()
                    .filter(|queue| known.insert(queue.id.clone())),
            );
            let Some(next) = page.next else { break };
            url = base_url
                .follow(&url, &next)
                .ok_or_else(|| unexpected("the queue list's next page is on another host"))?;
        }
        Ok(queues)
    }

    async fn sign_in(&self) -> Result<(), SourceError> {
        self.tokens.get().await.map(drop)
    }
}

/// What a status means on a read.
fn check_read(
    status: StatusCode,
    not_found: impl FnOnce() -> SourceError,
) -> Result<(), SourceError> {
    match status {
        status if status.is_success() => Ok(()),
        StatusCode::BAD_REQUEST => Err(SourceError::BadRequest {
            status: status.as_u16(),
        }),
        StatusCode::FORBIDDEN => Err(SourceError::Forbidden { scope: SCOPE }),
        StatusCode::NOT_FOUND => Err(not_found()),
        status => Err(SourceError::UnexpectedStatus {
            status: status.as_u16(),
        }),
    }
}

impl fmt::Debug for ReportingV2 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ReportingV2")
            .field("base_url", self.transport.base_url())
            .finish_non_exhaustive()
    }
}
