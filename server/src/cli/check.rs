//! `queuewall check`: sign-in, permission and every configured id, a line each,
//! with the remedy where one failed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    io::{self, Write},
};

use super::{
    exit::{Exit, Failure},
    queues::EMPTY_LIST,
    table::printable,
    upstream::{Answers, Upstream},
};
use crate::{
    config::BoardConfig,
    source::{QueueInfo, SourceError},
};

/// Tries everything that a wallboard of `boards` will need. Ends with the code of
/// the first failure.
pub(super) async fn run(
    upstream: &mut Upstream<'_>,
    boards: &[BoardConfig],
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    let mut report = Report {
        out,
        exit: Exit::Done,
    };
    if let Err(error) = upstream.sign_in().await {
        report.failed_read("sign-in", &error)?;
        return Ok(report.exit);
    }
    report.ok("sign-in: CXone issues a token")?;
    let listed = match upstream.list_queues().await {
        Ok(queues) if queues.is_empty() => {
            report.failed("queue list", EMPTY_LIST, Exit::NotFound)?;
            queues
        }
        Ok(queues) => {
            report.ok(format_args!("queue list: {} queues", queues.len()))?;
            queues
        }
        Err(error) => {
            report.failed_read("queue list", &error)?;
            if error.is_transient() {
                return Ok(report.exit);
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
                    return Ok(report.exit);
                }
                continue;
            }
        };
        if !may_read && answers.dead.len() < ids.len() {
            may_read = true;
            report.ok("permission: this API client may read queues")?;
        }
        if answers.dead.len() == ids.len() {
            report.failed(
                "reading queues",
                "CXone knows none of the configured queues: check that CXONE_BASE_URL and \
                 CXONE_TENANT_ID are those of your tenant",
                Exit::NotFound,
            )?;
        }
        for board in boards.iter().filter(|board| board.skill_ids == skills) {
            report.board(board, &answers, !listed.is_empty())?;
        }
    }
    Ok(report.exit)
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
    for ids in reads.values_mut().filter(|ids| ids.is_empty()) {
        ids.extend(listed.first().map(|queue| queue.id.clone()));
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

    fn board(&mut self, board: &BoardConfig, answers: &Answers, has_list: bool) -> io::Result<()> {
        let slug = &board.slug;
        if board.queues.is_empty() {
            return if has_list {
                self.ok(format_args!("board {slug}: every queue of the queue list"))
            } else {
                self.failed(
                    &format!("board {slug}"),
                    "there is no queue list to take its queues from: name them in boards.queues \
                     or TARGET_QUEUE_ID",
                    Exit::NotFound,
                )
            };
        }
        for queue in &board.queues {
            let what = format!("board {slug}: queue {}", queue.id);
            match answers.of(&queue.id) {
                Some(reading) => match &reading.name {
                    Some(name) => self.ok(format_args!("{what} ({})", printable(name)))?,
                    None => self.ok(what)?,
                },
                None => self.failed(&what, answers.why_missing(&queue.id), Exit::NotFound)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::upstream::tests::{Tenant, ids},
        *,
    };
    use crate::{budget::RequestBudget, config::QueueConfig};

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
        let exit = run(&mut upstream, boards, &mut out).await.unwrap();
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
             ok      queue list: 2 queues\n\
             ok      permission: this API client may read queues\n\
             ok      board a: queue 1 (Queue 1)\n\
             ok      board a: queue 2 (Queue 2)\n\
             ok      board b: queue 2 (Queue 2)\n\
             ok      board d: every queue of the queue list\n\
             ok      board c: queue 2 (Queue 2)\n"
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
            text.ends_with(
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
            text.contains("CXone knows none of the configured queues: check that CXONE_BASE_URL")
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
        assert!(text.contains("failed  queue list: CXone shows this API client no queue"));
    }

    #[tokio::test]
    async fn each_step_that_fails_has_its_code_and_stops_where_going_on_is_vain() {
        let rejected = SourceError::CredentialsRejected {
            status: 401,
            oauth_error: None,
            remedy: "",
        };
        let forbidden = SourceError::Forbidden { remedy: "" };
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
        assert!(
            text.contains("failed  reading queues: CXone does not let")
                && text.contains("reporting:queue:view")
        );

        let (exit, text) = checked(
            &Tenant {
                list: Some(limited),
                ..tenant()
            },
            &boards,
        )
        .await;
        assert_eq!(exit, Exit::RateLimit);
        assert_eq!(text.lines().count(), 2, "{text}");

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
            text.ends_with(
                "ok      board a: queue 1 (Queue 1)\n\
                 failed  board all: there is no queue list to take its queues from: name them in \
                 boards.queues or TARGET_QUEUE_ID\n"
            ),
            "{text}"
        );
    }
}
