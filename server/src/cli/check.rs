//! `queuewall check`: from the sign-in to every configured id and the budget, a line
//! each, with the remedy where one failed.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fmt::Display,
    io::{self, Write},
};

use super::{
    exit::{Exit, Failure},
    table::printable,
    upstream::{Answers, Upstream},
};
use crate::{
    config::{BoardConfig, PollConfig},
    poller,
    source::{QueueInfo, SourceError},
};

/// What stands beneath a report with a failure.
const GUIDE: &str = "docs/cxone.md explains every step and every message";

/// Tries everything that a wallboard of `boards` will need. Ends with the code of
/// the first failure.
pub(super) async fn run(
    upstream: &mut Upstream<'_>,
    boards: &[BoardConfig],
    poll: &PollConfig,
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    let mut report = Report {
        out,
        exit: Exit::Done,
    };
    walk(upstream, boards, poll, &mut report).await?;
    if report.exit != Exit::Done {
        writeln!(report.out, "{GUIDE}")?;
    }
    Ok(report.exit)
}

/// Goes on as long as going on can tell anything new.
async fn walk(
    upstream: &mut Upstream<'_>,
    boards: &[BoardConfig],
    poll: &PollConfig,
    report: &mut Report<'_>,
) -> io::Result<()> {
    for step in upstream.sign_in_stepwise().await {
        match step.outcome {
            Ok(found) => report.ok(format_args!("{}: {}", step.name, printable(&found)))?,
            Err(error) => return report.failed_read(step.name, &error),
        }
    }
    let listed = match upstream.list_queues().await {
        Ok(queues) => {
            report.ok(format_args!("queues: {}", visible(&queues)))?;
            queues
        }
        Err(error) => {
            report.failed_read("queues", &error)?;
            if error.is_transient() {
                return Ok(());
            }
            Vec::new()
        }
    };
    let mut may_read = false;
    for (skills, ids) in reads(boards, &listed) {
        let answers = match upstream.read_all(&ids, skills).await {
            Ok(answers) => answers,
            Err(error) => {
                let what = match skills {
                    [] => "reading queues".to_owned(),
                    _ => format!("reading queues for the skills {}", skills.join(", ")),
                };
                report.failed_read(&what, &error)?;
                if error.is_transient() || matches!(error, SourceError::Forbidden { .. }) {
                    return Ok(());
                }
                continue;
            }
        };
        if !may_read && answers.dead.len() < ids.len() {
            may_read = true;
            report.ok("permission: queues may be read")?;
        }
        if answers.dead.len() == ids.len() {
            report.failed(
                "reading queues",
                "CXone knows none of the configured queues: check that the credentials, and \
                 CXONE_BASE_URL and CXONE_TENANT_ID where they are set, are those of your tenant",
                Exit::NotFound,
            )?;
        }
        for board in boards.iter().filter(|board| board.skill_ids == skills) {
            report.board(board, &answers, &listed)?;
        }
    }
    report.budget(upstream, boards, &listed, poll)
}

/// How many queues there are to see, and how many are for boards of every queue.
fn visible(queues: &[QueueInfo]) -> String {
    let mut reasons = BTreeMap::<&str, usize>::new();
    for reason in queues.iter().filter_map(|queue| queue.left_out.as_deref()) {
        *reasons.entry(reason).or_default() += 1;
    }
    let left_out: usize = reasons.values().sum();
    let seen = match queues.len() {
        1 => "1 is visible".to_owned(),
        count => format!("{count} are visible"),
    };
    if left_out == 0 {
        return seen;
    }
    let reasons = reasons
        .iter()
        .map(|(reason, count)| format!("{count} ({reason})"));
    format!(
        "{seen}, {} of them for boards of every queue; left out are {}",
        queues.len() - left_out,
        reasons.collect::<Vec<_>>().join(", ")
    )
}

/// Which ids to read with which skills: each configured id once; where no board
/// names any, the first of the list, to try the permission.
fn reads<'a>(
    boards: &'a [BoardConfig],
    listed: &[QueueInfo],
) -> BTreeMap<&'a [String], Vec<String>> {
    let mut reads = BTreeMap::<&[String], Vec<String>>::new();
    let mut seen = BTreeSet::new();
    for board in boards {
        let ids = reads.entry(&board.skill_ids).or_default();
        for queue in &board.queues {
            if seen.insert((&board.skill_ids, &queue.id)) {
                ids.push(queue.id.clone());
            }
        }
    }
    let mut shown = listed.iter().filter(|queue| queue.left_out.is_none());
    let first = shown.next().map(|queue| queue.id.clone());
    for ids in reads.values_mut().filter(|ids| ids.is_empty()) {
        ids.extend(first.clone());
    }
    reads.retain(|_, ids| !ids.is_empty());
    reads
}

/// The lines, and the code of the first that failed.
struct Report<'a> {
    out: &'a mut dyn Write,
    exit: Exit,
}

impl Report<'_> {
    fn ok(&mut self, what: impl Display) -> io::Result<()> {
        writeln!(self.out, "ok      {what}")
    }

    fn failed(&mut self, what: &str, why: impl Display, exit: Exit) -> io::Result<()> {
        self.exit = exit.or_earlier(self.exit);
        writeln!(self.out, "failed  {what}: {why}")
    }

    fn failed_read(&mut self, what: &str, error: &SourceError) -> io::Result<()> {
        self.failed(what, error, Exit::from(error))
    }

    fn board(
        &mut self,
        board: &BoardConfig,
        answers: &Answers,
        listed: &[QueueInfo],
    ) -> io::Result<()> {
        let slug = &board.slug;
        if board.queues.is_empty() {
            let shown = listed.iter().filter(|queue| queue.left_out.is_none());
            return match shown.count() {
                0 => self.failed(
                    &format!("board {slug}"),
                    "there is no queue list to take its queues from: name them in boards.queues \
                     or TARGET_QUEUE_ID",
                    Exit::NotFound,
                ),
                count => self.ok(format_args!("board {slug}: every queue, {count} by now")),
            };
        }
        for queue in &board.queues {
            let what = format!("board {slug}: queue {}", queue.id);
            let listed = listed.iter().find(|it| it.id == queue.id);
            match (
                answers.of(&queue.id),
                listed.and_then(|it| it.left_out.as_ref()),
            ) {
                (Some(reading), _) => match &reading.name {
                    Some(name) => self.ok(format_args!("{what} ({})", printable(name)))?,
                    None => self.ok(what)?,
                },
                (None, Some(why)) => self.failed(
                    &what,
                    format_args!("CXone shows it, and the configuration leaves it out: {why}"),
                    Exit::NotFound,
                )?,
                (None, None) => {
                    self.failed(&what, answers.why_missing(&queue.id), Exit::NotFound)?;
                }
            }
        }
        Ok(())
    }

    /// Whether the interval is kept within the budget, by the poller's own reckoning.
    fn budget(
        &mut self,
        upstream: &Upstream<'_>,
        boards: &[BoardConfig],
        listed: &[QueueInfo],
        poll: &PollConfig,
    ) -> io::Result<()> {
        let shown: Vec<&str> = (listed.iter())
            .filter(|queue| queue.left_out.is_none())
            .map(|queue| queue.id.as_str())
            .collect();
        let (groups, _) = poller::group(boards);
        let requests: usize = groups
            .iter()
            .map(|group| {
                let mut ids: HashSet<&str> = group.ids.iter().map(String::as_str).collect();
                if group.all {
                    ids.extend(&shown);
                }
                upstream.requests_for(ids.len())
            })
            .sum();
        let limit = upstream.budget_per_minute();
        let (wanted, cycle) = (poll.interval, poller::cycle(requests, poll.interval, limit));
        let plural = if requests == 1 { "" } else { "s" };
        let round = format!("one round takes {requests} request{plural}");
        if cycle == wanted {
            self.ok(format_args!(
                "budget: {round} every {} s, and {limit} a minute allow it",
                wanted.as_secs()
            ))
        } else {
            self.ok(format_args!(
                "budget: {round}, which {limit} a minute do not allow every {} s: each queue is read every \
                 {} s (QUEUEWALL_POLL_SECONDS, QUEUEWALL_BUDGET_PER_MINUTE)",
                wanted.as_secs(),
                cycle.as_secs()
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::upstream::tests::{Tenant, ids},
        *,
    };
    use crate::{budget::RequestBudget, config::QueueConfig};
    use std::time::Duration;

    fn board(slug: &str, queues: &[&str], skills: &[&str]) -> BoardConfig {
        BoardConfig {
            slug: slug.to_owned(),
            title: slug.to_owned(),
            skill_ids: ids(skills),
            queues: queues.iter().map(|id| QueueConfig::new(*id)).collect(),
            ..BoardConfig::default()
        }
    }

    async fn checked(tenant: &Tenant, boards: &[BoardConfig]) -> (Exit, String) {
        let (budget, mut notes, mut out) = (RequestBudget::new(100), Vec::new(), Vec::new());
        let mut upstream = Upstream::new(tenant, &budget, &mut notes);
        let poll = PollConfig {
            interval: Duration::from_secs(30),
            budget_per_minute: 100,
        };
        let exit = run(&mut upstream, boards, &poll, &mut out).await.unwrap();
        (exit, String::from_utf8(out).unwrap())
    }

    #[tokio::test]
    async fn every_configured_id_of_every_board_has_its_line_and_is_read_once() {
        let tenant = Tenant::of(&["1", "2"]);
        let boards = [
            board("a", &["1", "2"], &[]),
            board("b", &["2"], &[]),
            board("c", &["2"], &["7"]),
            board("d", &[], &[]),
        ];
        let (exit, text) = checked(&tenant, &boards).await;
        assert_eq!(
            text,
            "ok      sign-in: CXone issues a token\n\
             ok      queues: 2 are visible\n\
             ok      permission: queues may be read\n\
             ok      board a: queue 1 (Queue 1)\n\
             ok      board a: queue 2 (Queue 2)\n\
             ok      board b: queue 2 (Queue 2)\n\
             ok      board d: every queue, 2 by now\n\
             ok      board c: queue 2 (Queue 2)\n\
             ok      budget: one round takes 2 requests every 30 s, and 100 a minute allow it\n"
        );
        assert_eq!(exit, Exit::Done);
        assert_eq!(*tenant.reads.lock().unwrap(), ["1,2/", "2/7"]);
    }

    #[tokio::test]
    async fn dead_and_unanswered_ids_are_named_with_the_remedy() {
        let mut tenant = Tenant::of(&["1", "2"]);
        tenant.unanswered = ids(&["2"]);
        let (exit, text) = checked(&tenant, &[board("a", &["1", "404", "2"], &[])]).await;
        assert_eq!(exit, Exit::NotFound);
        assert!(
            text.contains(
                "ok      board a: queue 1 (Queue 1)\n\
                 failed  board a: queue 404: CXone does not know the queue 404: compare with `queuewall \
                 queues`, which lists what this tenant shows\n\
                 failed  board a: queue 2: CXone left the queue 2 out of its answer: compare with \
                 `queuewall queues`, which lists what this tenant shows\n"
            ),
            "{text}"
        );
    }

    #[tokio::test]
    async fn when_all_ids_are_dead_the_tenant_is_in_doubt() {
        let (exit, text) = checked(&Tenant::of(&["1"]), &[board("a", &["8", "9"], &[])]).await;
        assert_eq!(exit, Exit::NotFound);
        assert!(
            text.contains("CXone knows none of the configured queues: check that the credentials")
        );
        assert!(!text.contains("permission"));
    }

    #[tokio::test]
    async fn without_configured_ids_one_listed_queue_tries_the_permission() {
        let tenant = Tenant::of(&["1", "2"]);
        let (exit, text) = checked(&tenant, &[board("main", &[], &[])]).await;
        assert_eq!(exit, Exit::Done);
        assert!(text.contains("ok      permission"));
        assert_eq!(*tenant.reads.lock().unwrap(), ["1/"]);
        let (exit, text) = checked(&Tenant::default(), &[board("main", &[], &[])]).await;
        assert_eq!(exit, Exit::NotFound);
        assert!(text.contains("failed  queues: signed in, but CXone shows us no queue: check"));
        assert!(text.ends_with("docs/cxone.md explains every step and every message\n"));
    }

    #[tokio::test]
    async fn each_step_that_fails_has_its_code_and_stops_where_going_on_is_vain() {
        let rejected = SourceError::CredentialsRejected {
            status: 401,
            oauth_error: None,
            remedy: "",
        };
        let forbidden = SourceError::Forbidden {
            remedy: "grant the scope",
        };
        let limited = SourceError::RateLimited { retry_after: None };
        let boards = [board("a", &["1"], &[])];
        let tenant = || Tenant::of(&["1"]);

        let (exit, text) = checked(
            &Tenant {
                sign_in: Some(rejected),
                ..tenant()
            },
            &boards,
        )
        .await;
        assert_eq!(exit, Exit::Credentials);
        assert!(text.starts_with("failed  sign-in: CXone rejected the credentials"));

        let (exit, text) = checked(
            &Tenant {
                read: Some(forbidden.clone()),
                ..tenant()
            },
            &boards,
        )
        .await;
        assert_eq!(exit, Exit::Permission);
        assert!(text.contains("failed  reading queues: CXone does not let"));
        assert!(text.contains("grant the scope"), "{text}");

        let (exit, text) = checked(
            &Tenant {
                list: Some(limited),
                ..tenant()
            },
            &boards,
        )
        .await;
        assert_eq!(exit, Exit::RateLimit);
        assert_eq!(text.lines().count(), 3, "{text}");

        // The list is a help, not a need, where ids are configured.
        let (exit, text) = checked(
            &Tenant {
                list: Some(forbidden),
                ..tenant()
            },
            &[board("a", &["1"], &[]), board("all", &[], &[])],
        )
        .await;
        assert_eq!(exit, Exit::Permission);
        assert!(
            text.contains(
                "ok      board a: queue 1 (Queue 1)\n\
                 failed  board all: there is no queue list to take its queues from: name them in \
                 boards.queues or TARGET_QUEUE_ID\n"
            ),
            "{text}"
        );
    }

    #[tokio::test]
    async fn what_the_configuration_leaves_out_is_counted_and_named() {
        let mut tenant = Tenant::of(&["1", "2", "3"]);
        let inactive = "inactive: SETTING=true shows it";
        tenant.left_out = ["2", "3"].map(|id| (id.into(), inactive.into())).into();
        tenant.unknown = ids(&["2", "9"]);
        let boards = [
            board("a", &["1", "2", "9", "3"], &[]),
            board("all", &[], &[]),
        ];
        let (exit, text) = checked(&tenant, &boards).await;
        assert_eq!(exit, Exit::NotFound);
        for line in [
            "ok      queues: 3 are visible, 1 of them for boards of every queue; left out are 2 (inactive: \
             SETTING=true shows it)\n",
            "failed  board a: queue 2: CXone shows it, and the configuration leaves it out: inactive: \
             SETTING=true shows it\n",
            "failed  board a: queue 9: CXone does not know the queue 9",
            "ok      board a: queue 3 (Queue 3)\n",
            "ok      board all: every queue, 1 by now\n",
        ] {
            assert!(text.contains(line), "{text}");
        }
    }

    #[tokio::test]
    async fn a_budget_that_does_not_suffice_says_how_often_it_is_read() {
        let many: Vec<_> = (1..=30).map(|id| id.to_string()).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        let tenant = Tenant::of(&many);
        let (budget, mut notes, mut out) = (RequestBudget::new(10), Vec::new(), Vec::new());
        let mut upstream = Upstream::new(&tenant, &budget, &mut notes);
        let poll = PollConfig {
            interval: Duration::from_secs(30),
            budget_per_minute: 10,
        };
        let exit = run(&mut upstream, &[board("a", &[], &[])], &poll, &mut out)
            .await
            .unwrap();
        let text = String::from_utf8(out).unwrap();
        // 8 batches of 4, of 8 a minute that the budget leaves for reads.
        assert_eq!(exit, Exit::Done);
        assert!(
            text.contains(
                "ok      budget: one round takes 8 requests, which 10 a minute do not allow every 30 s: \
                 each queue is read every 60 s (QUEUEWALL_POLL_SECONDS, QUEUEWALL_BUDGET_PER_MINUTE)\n"
            ),
            "{text}"
        );
    }
}
