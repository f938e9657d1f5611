//! The dialect `reporting-v2`: what is asked of which path, and what each refusal
//! means there. The contract is that of CXone's v2 Reporting API.

#[cfg(any(test, fuzzing))]
#[path = "../tests/fuzzing/reporting_v2.rs"]
pub(super) mod fuzzing;
mod queue_list;
mod readings;

use std::sync::Arc;

use async_trait::async_trait;
use reqwest::StatusCode;

use super::{
    ReportingV2Settings,
    answer::Answer,
    json,
    paging::{self, List, LoggedShortfall},
    session::Session,
    sign_in::ClientCredentials,
    transport::Transport,
};
use crate::{
    CallKind, Error, QueueInfo, QueueList, QueueReadings, QueueSource, Remedy, Setting, TokenLife,
    clock::Clock,
};

const REALTIME_PATH: &str = "/api/v2/reporting/queues/realtime";
const LIST_PATH: &str = "/api/v2/queues";

/// The setting that says where all of it is.
const SETTING: Setting = Setting::BaseUrl;

/// The most ids that one read takes.
const BATCH_LIMIT: usize = 100;

/// CXone's reporting API, version 2.
pub(super) struct ReportingV2 {
    settings: ReportingV2Settings,
    session: Session,
    list_shortfall: LoggedShortfall,
}

impl ReportingV2 {
    /// A client that is not signed in yet, and sends nothing before it must.
    pub(super) fn new(
        settings: ReportingV2Settings,
        transport: Arc<Transport>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let way = ClientCredentials {
            transport: Arc::clone(&transport),
            settings: settings.clone(),
        };
        Self {
            settings,
            session: Session::new(
                transport,
                way,
                clock,
                [Remedy::ApiClientTenant, Remedy::ApiClientChanged],
            ),
            list_shortfall: LoggedShortfall::default(),
        }
    }
}

#[async_trait]
impl QueueSource for ReportingV2 {
    fn batch_limit(&self) -> usize {
        BATCH_LIMIT
    }

    async fn read_queues(&self, ids: &[String], skills: &[String]) -> Result<QueueReadings, Error> {
        if ids.is_empty() {
            return Ok(QueueReadings::default());
        }
        if ids.len() > BATCH_LIMIT {
            return Err(Error::TooManyIds {
                given: ids.len(),
                limit: BATCH_LIMIT,
            });
        }
        let query = readings::Query::new(ids, skills);
        let url = self.settings.base_url.endpoint(REALTIME_PATH);
        let post = || self.session.transport().post(url.clone()).json(&query);
        let answer = (self.session)
            .send(CallKind::Readings, SETTING, post)
            .await?;
        check_read(&answer, || Error::QueueNotFound { ids: ids.to_vec() })?;
        let queues = if answer.has_no_content() {
            Vec::new()
        } else {
            let (queues, odd) = readings::readings(&json::parse(&answer)?)?;
            odd.log(REALTIME_PATH);
            queues
        };
        Ok(QueueReadings {
            queues,
            asked_at: Some(answer.sent_at),
            // This dialect says so by a 404.
            unknown: Vec::new(),
            shortfall: None,
            digest: None,
        })
    }

    async fn list_queues(&self) -> Result<Vec<QueueInfo>, Error> {
        paging::read_whole(self).await
    }

    async fn list_page(&self, list: &mut QueueList) -> Result<(), Error> {
        let pages = List {
            base_url: &self.settings.base_url,
            setting: SETTING,
            kind: CallKind::QueueList,
            first: self.settings.base_url.endpoint(LIST_PATH),
            top: None,
            name: "queue list",
        };
        let not_found = |answer: &Answer| Error::EndpointNotFound {
            path: answer.path.clone(),
            host: answer.host.clone(),
        };
        let mut new = Vec::new();
        pages
            .read_page(
                &self.session,
                &mut list.cursor,
                |answer| check_read(answer, || not_found(answer)),
                |_, body| {
                    let page = queue_list::page(body)?;
                    page.odd.log(LIST_PATH);
                    let ids = page.ids();
                    new = page.queues;
                    Ok(ids)
                },
            )
            .await?;
        if list.is_complete() {
            self.list_shortfall
                .note("queue list", list.shortfall(), paging::BY_IDS);
        }
        paging::add(list, new, "queueId", Remedy::VisibleQueues)
    }

    async fn sign_in(&self) -> Result<(), Error> {
        self.session.token().await.map(drop)
    }

    fn token_life(&self) -> Option<TokenLife> {
        self.session.token_life()
    }
}

/// What a status means on a read.
fn check_read(answer: &Answer, not_found: impl FnOnce() -> Error) -> Result<(), Error> {
    match answer.status {
        status if status.is_success() => Ok(()),
        StatusCode::BAD_REQUEST => Err(Error::BadRequest {
            status: answer.status.as_u16(),
            remedy: Remedy::Ids,
        }),
        StatusCode::FORBIDDEN => Err(Error::Forbidden {
            remedy: Remedy::QueueScope,
        }),
        StatusCode::NOT_FOUND => Err(not_found()),
        status => Err(Error::UnexpectedStatus {
            status: status.as_u16(),
        }),
    }
}
