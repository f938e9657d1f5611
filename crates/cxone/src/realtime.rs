//! The dialect `realtime`: what is asked of which path, and what each refusal means
//! there. The contract is the Real-Time Data API of CXone's developer
//! portal; a queue is a *skill* there.
//!
//! One list holds the numbers of every skill, so a read takes the whole list and picks
//! from it what was asked for.

mod activity;
mod agents;
#[cfg(any(test, fuzzing))]
#[path = "../tests/fuzzing/realtime.rs"]
pub(super) mod fuzzing;
#[cfg(any(test, fuzzing))]
#[path = "../tests/fuzzing/reports.rs"]
pub(super) mod fuzzing_reports;
mod reports;
mod summaries;

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use reqwest::{StatusCode, Url};

use super::{
    BaseUrl, RealtimeSettings, SignInMethod, SkillFilter,
    answer::Answer,
    base_url::host_of,
    discovery::Discovery,
    json::unexpected,
    paging::{self, List, LoggedShortfall},
    session::Session,
    sign_in::AccessKeySignIn,
    transport::Transport,
};
use crate::{
    CallKind, Cursor, Error, QueueInfo, QueueList, QueueReadings, QueueSource, Remedy,
    ReportSource, Setting, Step, TokenLife, clock::Clock,
};
use activity::{Skill, Skills};

/// CXone's Real-Time Data API.
pub(super) struct Realtime {
    settings: RealtimeSettings,
    discovery: Arc<Discovery>,
    session: Session,
    /// How many pages the last whole read took.
    pages: AtomicUsize,
    list_shortfall: LoggedShortfall,
    read_shortfall: LoggedShortfall,
    /// Of each report, by its [`reports::Call::place`].
    report_shortfalls: [LoggedShortfall; 3],
}

/// Where the API is, and which setting led there.
struct Place {
    base_url: BaseUrl,
    setting: Setting,
}

impl Realtime {
    /// A client that is not signed in yet, and sends nothing before it must.
    pub(super) fn new(
        settings: RealtimeSettings,
        transport: Arc<Transport>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let discovery = Arc::new(Discovery::new(
            Arc::clone(&transport),
            settings.issuer.clone(),
            settings.tenant_id.clone(),
            settings.allowed_domains.clone(),
        ));
        let way = AccessKeySignIn::new(
            Arc::clone(&transport),
            Arc::clone(&discovery),
            settings.access_key.clone(),
            settings.sign_in.clone(),
        );
        Self {
            settings,
            discovery,
            session: Session::new(
                transport,
                way,
                clock,
                [Remedy::AccessKeyTenant, Remedy::AccessKeyChanged],
            ),
            pages: AtomicUsize::new(1),
            list_shortfall: LoggedShortfall::default(),
            read_shortfall: LoggedShortfall::default(),
            report_shortfalls: Default::default(),
        }
    }

    /// The path of a resource, in the version set.
    fn path(&self, resource: &str) -> String {
        let version = &self.settings.api_version;
        format!("/incontactAPI/services/{version}/{resource}")
    }

    async fn place(&self) -> Result<Place, Error> {
        if let Some(base_url) = &self.settings.api_url {
            return Ok(Place {
                base_url: base_url.clone(),
                setting: Setting::BaseUrl,
            });
        }
        let token = self.session.token().await?;
        let api = self.discovery.api(&token).await?;
        Ok(Place {
            base_url: api.base_url,
            setting: Setting::Issuer,
        })
    }

    /// Reads the next page of the list, of what `filter` lets CXone leave out already.
    async fn read_page(
        &self,
        filter: Option<&SkillFilter>,
        cursor: &mut Cursor,
        skills: &mut Skills,
    ) -> Result<(), Error> {
        let place = self.place().await?;
        let path = self.path("skills/activity");
        let mut first = place.base_url.endpoint(&path);
        if let Some(filter) = filter {
            narrow(&mut first, filter);
        }
        let list = List {
            base_url: &place.base_url,
            setting: place.setting,
            kind: CallKind::Readings,
            first,
            top: None,
            name: "skill list",
        };
        let read = list
            .read_page(&self.session, cursor, check_read, |_, page| {
                skills.add(page)
            })
            .await;
        if let Err(error) = &read {
            self.discovery.doubt_api(error).await;
        }
        read?;
        if cursor.is_at_end() {
            skills.log(&path);
        }
        Ok(())
    }

    /// Reads the whole list of what the settings let through.
    async fn skills(&self) -> Result<(Skills, Cursor), Error> {
        let (mut skills, mut cursor) = (Skills::default(), Cursor::default());
        while !cursor.is_at_end() {
            self.read_page(Some(&self.settings.skills), &mut cursor, &mut skills)
                .await?;
        }
        self.pages.store(cursor.pages(), Ordering::Relaxed);
        if cursor.lacks_every_id() {
            // Not the same as no skills.
            return Err(unexpected("no entry of the skill list has a skillId"));
        }
        (self.read_shortfall).note("list of numbers", cursor.shortfall(), paging::BY_IDS);
        Ok((skills, cursor))
    }
}

#[async_trait]
impl QueueSource for Realtime {
    /// All of them come in one list.
    fn batch_limit(&self) -> usize {
        usize::MAX
    }

    fn requests_per_read(&self) -> usize {
        self.pages.load(Ordering::Relaxed)
    }

    /// A skill is what this dialect has for a queue, and there is none to filter by: the
    /// configuration knows no `skills` with it.
    async fn read_queues(
        &self,
        ids: &[String],
        _skills: &[String],
    ) -> Result<QueueReadings, Error> {
        if ids.is_empty() {
            return Ok(QueueReadings::default());
        }
        let (skills, cursor) = self.skills().await?;
        let is_whole = cursor.shortfall().is_none() && skills.are_distinct();
        if skills.list.is_empty() {
            // Sooner this than that CXone knew none of the queues any more.
            return Err(Error::NothingVisible {
                remedy: Remedy::SkillFilter,
            });
        }
        let digest = skills.digest();
        let mut by_id: HashMap<String, Skill> = HashMap::with_capacity(skills.list.len());
        let filter = &self.settings.skills;
        for skill in skills.list.into_iter().filter(|it| it.passes(filter)) {
            by_id.entry(skill.reading.id.clone()).or_insert(skill);
        }
        let mut readings = QueueReadings {
            asked_at: cursor.asked_at(),
            shortfall: cursor.shortfall(),
            digest,
            ..QueueReadings::default()
        };
        let mut asked = HashSet::new();
        for id in ids.iter().filter(|id| asked.insert(*id)) {
            match by_id.remove(id) {
                Some(skill) => readings.queues.push(skill.reading),
                None if is_whole => readings.unknown.push(id.clone()),
                None => {}
            }
        }
        Ok(readings)
    }

    async fn list_queues(&self) -> Result<Vec<QueueInfo>, Error> {
        paging::read_whole(self).await
    }

    async fn list_page(&self, list: &mut QueueList) -> Result<(), Error> {
        let mut skills = Skills::default();
        self.read_page(None, &mut list.cursor, &mut skills).await?;
        let filter = &self.settings.skills;
        if list.is_complete() {
            self.list_shortfall
                .note("queue list", list.shortfall(), paging::BY_IDS);
        }
        let new = skills.list.into_iter().map(|it| it.into_info(filter));
        paging::add(list, new.collect(), "skillId", Remedy::VisibleSkills)
    }

    async fn sign_in(&self) -> Result<(), Error> {
        self.session.token().await.map(drop)
    }

    fn reports(&self) -> Option<&dyn ReportSource> {
        Some(self)
    }

    fn token_life(&self) -> Option<TokenLife> {
        self.session.token_life()
    }

    async fn sign_in_stepwise(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut step = |name, outcome: Result<String, Error>| {
            let failed = outcome.is_err();
            steps.push(Step { name, outcome });
            failed
        };
        if let SignInMethod::Password { .. } = self.settings.sign_in {
            let found = self.discovery.token_endpoint().await;
            let words = found.map(|url| format!("tokens are issued at {}", host_of(&url)));
            if step("issuer", words) {
                return steps;
            }
        }
        let token = self.session.token().await;
        let way = match &self.settings.sign_in {
            SignInMethod::Password { .. } => "the password grant",
            SignInMethod::KeyOnly { .. } => "the access key alone",
        };
        let words = token.as_ref().map_err(Clone::clone);
        if step(
            "sign-in",
            words.map(|_| format!("CXone issues a token, by {way}")),
        ) {
            return steps;
        }
        if let Some(base_url) = &self.settings.api_url {
            step("API", Ok(format!("{base_url}, as set")));
        } else if let Ok(token) = token {
            let api = self.discovery.api(&token).await;
            let words =
                api.map(|api| format!("tenant {} is served at {}", api.tenant_id, api.base_url));
            step("discovery", words);
        }
        steps
    }
}

/// Lets CXone leave out already what `filter` leaves out, as far as it can be told to.
fn narrow(url: &mut Url, filter: &SkillFilter) {
    // CXone takes one media type or all.
    if let [media_type] = filter.media_types.as_slice() {
        url.query_pairs_mut()
            .append_pair("mediaTypeId", &media_type.0.to_string());
    }
    if !filter.outbound {
        url.query_pairs_mut().append_pair("isOutbound", "false");
    }
}

/// What a status means on a read.
fn check_read(answer: &Answer) -> Result<(), Error> {
    match answer.status {
        status if status.is_success() => Ok(()),
        StatusCode::BAD_REQUEST => Err(Error::BadRequest {
            status: answer.status.as_u16(),
            remedy: Remedy::VersionOrMediaTypes,
        }),
        StatusCode::FORBIDDEN => Err(Error::Forbidden {
            remedy: Remedy::SkillPermission,
        }),
        StatusCode::NOT_FOUND => {
            let mut host = answer.host.clone();
            // The host was found, and is CXone's: the version is more likely unknown to it.
            host.setting = Setting::ApiVersion;
            Err(Error::EndpointNotFound {
                path: answer.path.clone(),
                host,
            })
        }
        status => Err(Error::UnexpectedStatus {
            status: status.as_u16(),
        }),
    }
}
