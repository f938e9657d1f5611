//! CXone as the commands see it: every read is announced when the budget makes it
//! wait, split into batches, and led around ids that do not exist.

use std::{
    collections::{BTreeSet, HashSet, VecDeque},
    io::{self, Write},
    ops::Range,
    pin::pin,
    time::{Duration, SystemTime},
};

use cxone::{
    QueueInfo, QueueList, QueueReading, QueueSource, Report, ServiceLevelSummary, Shortfall,
    SkillSummary, Step, budget::RequestBudget,
};
use tokio::time::{Instant, interval};

use crate::{
    agents::{self, Agent, Keys, Named},
    poller::narrowing,
    remedy::explain,
};

/// Waits longer than this are announced.
const LONG_WAIT: Duration = Duration::from_secs(3);

/// A source, its budget, and where to say what takes time.
pub(super) struct Upstream<'a> {
    source: &'a dyn QueueSource,
    budget: &'a RequestBudget,
    notes: &'a mut dyn Write,
    /// Ids of the queue list, once it was read.
    listed: Option<BTreeSet<String>>,
    pub(super) list_pages: usize,
    /// What the queue list lacks, once it was read.
    shortfall: Option<Shortfall>,
}

/// What became of the ids that were asked for.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Answers {
    /// What CXone answered; some ids may be missing.
    pub(super) readings: Vec<QueueReading>,
    /// Ids that CXone does not know.
    pub(super) unknown: BTreeSet<String>,
}

/// Contacts counted over a time.
pub(super) struct Reports {
    pub(super) contacts: Result<Report<SkillSummary>, cxone::Error>,
    /// `None` where they were not asked for, since the contacts are to be waited for.
    pub(super) service_levels: Option<Result<Report<ServiceLevelSummary>, cxone::Error>>,
}

impl Answers {
    pub(super) fn of(&self, id: &str) -> Option<&QueueReading> {
        self.readings.iter().find(|reading| reading.id == id)
    }

    /// Why one queue has no reading, with the remedy.
    pub(super) fn why_missing(&self, id: &str) -> String {
        if self.unknown.contains(id) {
            let ids = vec![id.to_owned()];
            return explain(&cxone::Error::QueueNotFound { ids });
        }
        format!(
            "CXone left the queue {id} out of its answer: compare with `queuewall queues`, \
             which lists what this tenant shows"
        )
    }
}

impl<'a> Upstream<'a> {
    pub(super) fn new(
        source: &'a dyn QueueSource,
        budget: &'a RequestBudget,
        notes: &'a mut dyn Write,
    ) -> Self {
        Self {
            source,
            budget,
            notes,
            listed: None,
            list_pages: 0,
            shortfall: None,
        }
    }

    /// The gate that its requests go through.
    pub(super) fn budget(&self) -> &'a RequestBudget {
        self.budget
    }

    /// Says something on stderr.
    pub(super) fn note(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.notes, "{text}")
    }

    pub(super) fn say_spent(&mut self) -> io::Result<()> {
        let (spent, limit) = (self.budget.spent(), self.budget.limit());
        self.note(&format!(
            "requests to CXone: {spent} (budget: {limit} a minute)"
        ))
    }

    /// The most ids that one read takes.
    pub(super) fn batch_limit(&self) -> usize {
        self.source.batch_limit().max(1)
    }

    /// Whether a read takes every queue's numbers in one list, whatever is asked for.
    pub(super) fn reads_one_list(&self) -> bool {
        self.source.batch_limit() == usize::MAX
    }

    /// How many requests one read takes, once there was one.
    pub(super) fn requests_per_read(&self) -> usize {
        self.source.requests_per_read().max(1)
    }

    /// Every step of the sign-in; only the last one can have failed.
    pub(super) async fn sign_in(&mut self) -> Vec<Step> {
        let source = self.source;
        self.announcing_waits(source.sign_in_stepwise()).await
    }

    pub(super) async fn list_queues(&mut self) -> Result<Vec<QueueInfo>, cxone::Error> {
        let source = self.source;
        let mut list = QueueList::default();
        while !list.is_complete() {
            self.announcing_waits(source.list_page(&mut list)).await?;
        }
        (self.list_pages, self.shortfall) = (list.pages(), list.shortfall());
        let queues = list.queues;
        self.listed = Some(queues.iter().map(|queue| queue.id.clone()).collect());
        Ok(queues)
    }

    /// Contacts and service levels by skill; `None` where the dialect has neither. The second
    /// are not asked for where the first are to be waited for.
    pub(super) async fn reports(&mut self, window: Range<SystemTime>) -> Option<Reports> {
        let source = self.source;
        let reports = source.reports()?;
        let contacts = reports.skill_summaries(window.clone());
        let contacts = self.announcing_waits(contacts).await;
        let service_levels = match &contacts {
            Err(error) if error.is_transient() => None,
            _ => Some(self.announcing_waits(reports.service_levels(window)).await),
        };
        Some(Reports {
            contacts,
            service_levels,
        })
    }

    /// How many skills today's numbers, and today's service levels, are of.
    pub(super) async fn todays_skills(&mut self) -> Option<Vec<Result<usize, cxone::Error>>> {
        const HOUR: Duration = Duration::from_secs(3_600);
        let now = SystemTime::now();
        let reports = self.reports(now - HOUR..now).await?;
        let mut answers = vec![reports.contacts.map(|report| report.entries.len())];
        let levels = reports.service_levels;
        answers.extend(levels.map(|levels| levels.map(|report| report.entries.len())));
        Some(answers)
    }

    /// The agents who are logged on, without their names; `None` where the dialect has none.
    pub(super) async fn agents(&mut self) -> Option<Result<Vec<Agent>, cxone::Error>> {
        let source = self.source;
        let answer = self
            .announcing_waits(source.reports()?.agent_states(false))
            .await;
        let reduced = |states| agents::reduce(states, Named::Not, 0, &[], &Keys::default());
        Some(answer.map(|report| reduced(report.entries)))
    }

    /// What the queue list lacks of what CXone says that there is.
    pub(super) fn shortfall(&self) -> Option<Shortfall> {
        self.shortfall
    }

    /// Reads all of `ids`. Ids that CXone does not know cost only themselves.
    pub(super) async fn read_all(
        &mut self,
        ids: &[String],
        skills: &[String],
    ) -> Result<Answers, cxone::Error> {
        let mut answers = Answers::default();
        for batch in ids.chunks(self.batch_limit()) {
            if !self.read_batch(batch, skills, &mut answers).await? {
                self.narrow_down(batch, skills, &mut answers).await?;
            }
        }
        Ok(answers)
    }

    /// One request. False when an id of several is unknown, and nobody knows which.
    async fn read_batch(
        &mut self,
        ids: &[String],
        skills: &[String],
        answers: &mut Answers,
    ) -> Result<bool, cxone::Error> {
        let source = self.source;
        let answer = self.announcing_waits(source.read_queues(ids, skills)).await;
        match (answer, ids) {
            (Ok(answer), _) => {
                answers.readings.extend(answer.queues);
                answers.unknown.extend(answer.unknown);
            }
            (Err(cxone::Error::QueueNotFound { .. }), [id]) => {
                answers.unknown.insert(id.clone());
            }
            (Err(cxone::Error::QueueNotFound { .. }), _) => return Ok(false),
            (Err(error), _) => return Err(error),
        }
        Ok(true)
    }

    /// Finds the unknown ids of a batch as the server does.
    async fn narrow_down(
        &mut self,
        ids: &[String],
        skills: &[String],
        answers: &mut Answers,
    ) -> Result<(), cxone::Error> {
        if self.listed.is_none() && self.list_queues().await.is_err() {
            // Halving needs no list, and meets the same trouble if it lasts.
            self.listed = None;
        }
        let listed = self.listed.as_ref();
        let listed: Option<HashSet<&str>> =
            listed.map(|listed| listed.iter().map(String::as_str).collect());
        let mut unread = VecDeque::from(narrowing::parts(ids, listed.as_ref()));
        while let Some(part) = unread.pop_front() {
            if self.read_batch(&part.ids, skills, answers).await? {
                continue;
            }
            if part.is_unknown_when_refused() {
                answers.unknown.extend(part.ids);
            } else {
                unread.extend(narrowing::halves(&part.ids));
            }
        }
        Ok(())
    }

    /// Awaits `asking`, and says for how long where the budget makes it wait.
    async fn announcing_waits<T>(&mut self, asking: impl Future<Output = T>) -> T {
        let mut asking = pin!(asking);
        let mut looks = interval(Duration::from_secs(1));
        let mut is_announced = false;
        loop {
            tokio::select! {
                biased;
                answer = &mut asking => return answer,
                _ = looks.tick() => {
                    let wait = self.budget.next_free() - Instant::now();
                    if !self.budget.is_awaited() {
                        is_announced = false;
                    } else if !is_announced && wait > LONG_WAIT {
                        is_announced = true;
                        self.announce(wait);
                    }
                }
            }
        }
    }

    fn announce(&mut self, wait: Duration) {
        let (seconds, limit) = (wait.as_secs_f64().ceil(), self.budget.limit());
        // The wait matters more than whether it could be announced.
        let _ = self.note(&format!(
            "waiting {seconds} s before the next request (budget: {limit} a minute, \
             QUEUEWALL_BUDGET_PER_MINUTE; a server on the same state folder shares it)"
        ));
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use async_trait::async_trait;
    use cxone::{
        AgentState, QueueReadings, ReportSource,
        clock::{Clock as _, SystemClock},
    };
    use std::{collections::BTreeMap, sync::Mutex};

    /// A tenant with scripted queues, that counts what it is asked.
    pub(in crate::cli) struct Tenant {
        pub(in crate::cli) queues: Vec<QueueReading>,
        /// Listed and answered without these.
        pub(in crate::cli) unanswered: Vec<String>,
        /// Answered, though the list lacks them.
        pub(in crate::cli) unlisted: Vec<String>,
        /// Refused with 404, though the list has them.
        pub(in crate::cli) listed_but_unknown: Vec<String>,
        pub(in crate::cli) sign_in: Option<cxone::Error>,
        pub(in crate::cli) list: Option<cxone::Error>,
        /// What the list says that it lacks.
        pub(in crate::cli) shortfall: Option<Shortfall>,
        pub(in crate::cli) read: Option<cxone::Error>,
        /// A read with this skill is called wrong.
        pub(in crate::cli) bad_skill: Option<String>,
        /// What a watched sign-in tells, where it is not the one step of `sign_in`.
        pub(in crate::cli) steps: Vec<Step>,
        /// Listed as left out for this reason, and unknown to a read, by id.
        pub(in crate::cli) left_out: BTreeMap<String, cxone::LeftOut>,
        /// Sets the other fields of a queue in the list.
        pub(in crate::cli) describe: fn(&mut QueueInfo),
        /// Names unknown ids in its answer, instead of refusing the read with 404.
        pub(in crate::cli) names_unknown: bool,
        pub(in crate::cli) batch_limit: usize,
        pub(in crate::cli) requests_per_read: usize,
        /// The ids of each read, joined by commas, with the skills after a slash.
        pub(in crate::cli) reads: Mutex<Vec<String>>,
        /// How many skills today's numbers and service levels are of, where there are any.
        pub(in crate::cli) reports: Option<[Result<usize, cxone::Error>; 2]>,
        /// Over which time each of the two was asked for.
        pub(in crate::cli) windows: Mutex<Vec<Range<SystemTime>>>,
        /// Taken from by each request, where there is one.
        pub(in crate::cli) budget: Option<std::sync::Arc<RequestBudget>>,
    }

    impl Default for Tenant {
        /// One without queues.
        fn default() -> Self {
            Self {
                queues: Vec::new(),
                unanswered: Vec::new(),
                unlisted: Vec::new(),
                listed_but_unknown: Vec::new(),
                sign_in: None,
                list: None,
                shortfall: None,
                read: None,
                bad_skill: None,
                steps: Vec::new(),
                left_out: BTreeMap::new(),
                describe: |_| {},
                names_unknown: false,
                batch_limit: 4,
                requests_per_read: 1,
                reads: Mutex::default(),
                reports: None,
                windows: Mutex::default(),
                budget: None,
            }
        }
    }

    impl Tenant {
        pub(in crate::cli) fn of(ids: &[&str]) -> Self {
            Self {
                queues: ids
                    .iter()
                    .map(|id| QueueReading {
                        id: (*id).to_owned(),
                        name: Some(format!("Queue {id}")),
                        waiting: Some(3),
                        ..QueueReading::default()
                    })
                    .collect(),
                ..Self::default()
            }
        }

        pub(in crate::cli) fn leaves_out(&mut self, id: &str, why: cxone::LeftOut) {
            self.left_out.insert(id.to_owned(), why);
        }

        async fn pass(&self, failure: &Option<cxone::Error>) -> Result<(), cxone::Error> {
            if let Some(budget) = &self.budget {
                drop(budget.acquire().await);
            }
            failure.clone().map_or(Ok(()), Err)
        }
    }

    /// Why queues of a media type are left out.
    pub(in crate::cli) fn without(media_type: &str) -> cxone::LeftOut {
        cxone::LeftOut::MediaType(cxone::MediaType::parse(media_type).unwrap())
    }

    #[async_trait]
    impl QueueSource for Tenant {
        fn batch_limit(&self) -> usize {
            self.batch_limit
        }

        fn requests_per_read(&self) -> usize {
            self.requests_per_read
        }

        async fn read_queues(
            &self,
            ids: &[String],
            skills: &[String],
        ) -> Result<QueueReadings, cxone::Error> {
            self.pass(&self.read).await?;
            let asked = format!("{}/{}", ids.join(","), skills.join(","));
            self.reads.lock().unwrap().push(asked);
            if self
                .bad_skill
                .as_ref()
                .is_some_and(|bad| skills.contains(bad))
            {
                return Err(cxone::Error::BadRequest {
                    status: 400,
                    remedy: cxone::Remedy::Ids,
                });
            }
            let is_unknown = |id: &String| {
                self.listed_but_unknown.contains(id) || self.left_out.contains_key(id)
            };
            let known = |id: &String| {
                let mut living = self.queues.iter().filter(|queue| !is_unknown(&queue.id));
                living.find(|queue| queue.id == *id)
            };
            let (living, unknown): (Vec<_>, Vec<_>) =
                ids.iter().cloned().partition(|id| known(id).is_some());
            if !self.names_unknown && !unknown.is_empty() {
                return Err(cxone::Error::QueueNotFound { ids: ids.to_vec() });
            }
            let answered = living.iter().filter(|id| !self.unanswered.contains(id));
            Ok(QueueReadings {
                queues: answered.filter_map(known).cloned().collect(),
                unknown,
                ..QueueReadings::default()
            })
        }

        async fn list_queues(&self) -> Result<Vec<QueueInfo>, cxone::Error> {
            self.pass(&self.list).await?;
            if self.queues.is_empty() {
                return Err(cxone::Error::NothingVisible {
                    remedy: cxone::Remedy::VisibleQueues,
                });
            }
            let info = |queue: &QueueReading| {
                let mut info = QueueInfo {
                    id: queue.id.clone(),
                    name: queue.name.clone(),
                    left_out: self.left_out.get(&queue.id).cloned(),
                    ..QueueInfo::default()
                };
                (self.describe)(&mut info);
                info
            };
            let listed = (self.queues.iter()).filter(|queue| !self.unlisted.contains(&queue.id));
            Ok(listed.map(info).collect())
        }

        async fn list_page(&self, list: &mut QueueList) -> Result<(), cxone::Error> {
            *list = QueueList::complete(self.list_queues().await?, self.shortfall);
            Ok(())
        }

        fn reports(&self) -> Option<&dyn ReportSource> {
            self.reports.as_ref().map(|_| self as &dyn ReportSource)
        }

        async fn sign_in(&self) -> Result<(), cxone::Error> {
            self.pass(&self.sign_in).await
        }

        async fn sign_in_stepwise(&self) -> Vec<Step> {
            if !self.steps.is_empty() {
                return self.steps.clone();
            }
            vec![Step {
                name: "sign-in",
                outcome: self
                    .sign_in()
                    .await
                    .map(|()| "CXone issues a token".to_owned()),
            }]
        }
    }

    impl Tenant {
        async fn report<T>(
            &self,
            place: usize,
            window: Range<SystemTime>,
            entry: impl Fn(String) -> T,
        ) -> Result<Report<T>, cxone::Error> {
            self.pass(&None).await?;
            self.windows.lock().unwrap().push(window);
            let count = self.reports.clone().unwrap()[place].clone()?;
            let id = |place: usize| self.queues.get(place).map(|queue| queue.id.clone());
            Ok(Report {
                entries: (0..count)
                    .map(|place| entry(id(place).unwrap_or_default()))
                    .collect(),
                asked_at: SystemClock.now(),
                requests: 1,
            })
        }
    }

    #[async_trait]
    impl ReportSource for Tenant {
        async fn skill_summaries(
            &self,
            window: Range<SystemTime>,
        ) -> Result<Report<SkillSummary>, cxone::Error> {
            self.report(0, window, |id| SkillSummary {
                id,
                offered: Some(52),
                queued: Some(50),
                handled: Some(48),
                abandoned: Some(2),
                average_speed_of_answer: Some(Duration::from_secs(23)),
                ..SkillSummary::default()
            })
            .await
        }

        async fn service_levels(
            &self,
            window: Range<SystemTime>,
        ) -> Result<Report<ServiceLevelSummary>, cxone::Error> {
            self.report(1, window, |id| ServiceLevelSummary {
                id,
                in_time: Some(36),
                late: Some(12),
            })
            .await
        }

        async fn agent_states(&self, names: bool) -> Result<Report<AgentState>, cxone::Error> {
            assert!(!names, "no command names agents");
            self.report(0, SystemTime::now()..SystemTime::now(), |id| AgentState {
                id,
                name: None,
                team: Some(("7".to_owned(), Some("Help Desk".to_owned()))),
                activity: cxone::Activity::Available,
                reason: None,
                in_state: None,
                skill: None,
            })
            .await
        }
    }

    pub(in crate::cli) fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    async fn read(tenant: &Tenant, asked: &[&str]) -> (Result<Answers, cxone::Error>, Vec<String>) {
        let (budget, mut notes) = (RequestBudget::new(100), Vec::new());
        let mut upstream = Upstream::new(tenant, &budget, &mut notes);
        let answers = upstream.read_all(&ids(asked), &ids(&["7"])).await;
        (answers, tenant.reads.lock().unwrap().clone())
    }

    fn read_ids(answers: &Answers) -> Vec<&str> {
        answers.readings.iter().map(|r| r.id.as_str()).collect()
    }

    #[tokio::test]
    async fn many_ids_are_split_into_batches() {
        let (answers, reads) = read(
            &Tenant::of(&["a", "b", "c", "d", "e"]),
            &["a", "b", "c", "d", "e"],
        )
        .await;
        assert_eq!(reads, ["a,b,c,d/7", "e/7"]);
        assert_eq!(read_ids(&answers.unwrap()), ["a", "b", "c", "d", "e"]);
    }

    #[tokio::test]
    async fn id_that_the_list_lacks_is_asked_for_alone() {
        let (answers, reads) = read(&Tenant::of(&["a", "b"]), &["a", "x", "b"]).await;
        let answers = answers.unwrap();
        assert_eq!(reads, ["a,x,b/7", "a,b/7", "x/7"]);
        assert_eq!(read_ids(&answers), ["a", "b"]);
        assert_eq!(answers.unknown, ["x".to_owned()].into());
    }

    #[tokio::test]
    async fn what_the_list_does_not_explain_is_halved() {
        let mut tenant = Tenant::of(&["a", "b", "c", "d"]);
        tenant.listed_but_unknown = ids(&["c"]);
        let (answers, reads) = read(&tenant, &["a", "b", "c", "d"]).await;
        let answers = answers.unwrap();
        assert_eq!(reads, ["a,b,c,d/7", "a,b/7", "c,d/7", "c/7", "d/7"]);
        assert_eq!(read_ids(&answers), ["a", "b", "d"]);
        assert_eq!(answers.unknown, ["c".to_owned()].into());
    }

    #[tokio::test]
    async fn ids_that_a_partial_list_lacks_are_read() {
        let mut tenant = Tenant::of(&["a", "b", "c", "d"]);
        // The list has a part of the queues, as after a page that did not come.
        tenant.unlisted = ids(&["b", "c", "d"]);
        let (answers, _) = read(&tenant, &["a", "b", "c", "x"]).await;
        let answers = answers.unwrap();
        assert_eq!(read_ids(&answers), ["a", "b", "c"]);
        assert_eq!(answers.unknown, ["x".to_owned()].into());
        let (answers, _) = read(&tenant, &["d"]).await;
        assert_eq!(read_ids(&answers.unwrap()), ["d"]);
        // One that the list lacks is asked for before it is called unknown.
        tenant.unlisted = ids(&["b"]);
        tenant.listed_but_unknown = ids(&["a"]);
        let (answers, _) = read(&tenant, &["a", "b", "c", "d"]).await;
        let answers = answers.unwrap();
        assert_eq!(answers.unknown, ["a".to_owned()].into());
        assert_eq!(read_ids(&answers), ["b", "c", "d"]);
    }

    #[tokio::test]
    async fn without_a_list_there_is_halving_and_other_errors_end_it() {
        let mut tenant = Tenant::of(&["a"]);
        tenant.list = Some(cxone::Error::TokenRefused {
            status: 401,
            remedy: cxone::Remedy::ApiClient,
        });
        let (answers, reads) = read(&tenant, &["a", "x"]).await;
        assert_eq!(reads, ["a,x/7", "a/7", "x/7"]);
        assert_eq!(answers.unwrap().unknown, ["x".to_owned()].into());

        tenant.read = Some(cxone::Error::RateLimited { retry_after: None });
        let (answers, _) = read(&tenant, &["a"]).await;
        assert_eq!(
            answers,
            Err(cxone::Error::RateLimited { retry_after: None })
        );
    }

    #[tokio::test]
    async fn ids_that_an_answer_names_as_unknown_cost_no_request_more() {
        let mut tenant = Tenant::of(&["a", "b"]);
        tenant.names_unknown = true;
        let (answers, reads) = read(&tenant, &["a", "x", "b"]).await;
        let answers = answers.unwrap();
        assert_eq!(reads, ["a,x,b/7"]);
        assert_eq!(read_ids(&answers), ["a", "b"]);
        assert_eq!(answers.unknown, ["x".to_owned()].into());
    }

    #[tokio::test(start_paused = true)]
    async fn long_wait_for_budget_and_requests_spent_are_announced() {
        let budget = std::sync::Arc::new(RequestBudget::new(1));
        let mut tenant = Tenant::of(&["a"]);
        tenant.budget = Some(std::sync::Arc::clone(&budget));
        let mut notes = Vec::new();
        let mut upstream = Upstream::new(&tenant, &budget, &mut notes);
        upstream.sign_in().await;
        upstream.list_queues().await.unwrap();
        upstream.say_spent().unwrap();
        assert_eq!(
            String::from_utf8(notes).unwrap(),
            "waiting 60 s before the next request (budget: 1 a minute, QUEUEWALL_BUDGET_PER_MINUTE; \
             a server on the same state folder shares it)\n\
             requests to CXone: 2 (budget: 1 a minute)\n"
        );
    }
}
