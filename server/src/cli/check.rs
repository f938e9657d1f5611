//! `queuewall check`: every step up to the first read, every configured id, and the
//! request budget: a summary, then a line each, with the remedy where one failed.
//! `--offline`: what can be tried without CXone.
//!
//! # Layout
//! - `database`: where everything is kept
//! - `report`: the lines, in words

mod database;
mod report;

use std::{
    io::{self, Write},
    path::PathBuf,
    time::Duration,
};

use cxone::QueueInfo;
use tokio::time::Instant;

use super::{
    exit::{Exit, Failure},
    upstream::{Answers, Upstream},
};
use crate::{
    access::{Store, StoreError},
    config::{AccessConfig, AccessMode, AlertsConfig, BoardConfig, Config, PollConfig},
    connections::Tls,
    poller::plan::{self, Group},
};
use report::Report;

/// How often it is said how far the reading is.
const PROGRESS: Duration = Duration::from_secs(10);

/// Tries everything that a wallboard of `boards` will need. Ends with the code of
/// the first failure.
pub(super) async fn run(
    upstream: &mut Upstream<'_>,
    config: &Config,
    notes: &[String],
    files: &[PathBuf],
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    let mut report = Report::new(out);
    of_this_machine(config, files, false, &mut report).await;
    of_alerts(&config.alerts, &mut report);
    report.notes(notes);
    let budget = upstream.budget();
    let refused = tokio::select! {
        walked = walk(upstream, &config.boards, &config.poll, &mut report) => {
            walked?;
            None
        }
        why = budget.refused() => Some(why),
    };
    if let Some(why) = refused {
        report.failed("request budget", why, Exit::Other);
    }
    Ok(report.close()?)
}

/// Tries what can be tried without CXone.
pub(super) async fn offline(
    config: &Config,
    notes: &[String],
    files: &[PathBuf],
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    let mut report = Report::new(out);
    let can_be_used = of_this_machine(config, files, true, &mut report).await;
    of_alerts(&config.alerts, &mut report);
    report.notes(notes);
    let boards = config.boards.len();
    let of_all = (config.boards.iter()).filter(|board| board.queues.is_empty());
    let named: usize = config.boards.iter().map(|board| board.queues.len()).sum();
    report.ok(format_args!(
        "boards: {boards}, with {named} queues named; {} of every queue",
        of_all.count()
    ));
    report.ok(match can_be_used {
        true => "settings: all can be used; CXone was not asked",
        false => "CXone: was not asked",
    });
    Ok(report.close()?)
}

/// Files, the database, and what only this machine knows of them; whether all can be used.
async fn of_this_machine(
    config: &Config,
    files: &[PathBuf],
    is_offline: bool,
    report: &mut Report<'_>,
) -> bool {
    report.ok(files_read(files));
    let mut can_be_used = can_keep_state(&config.access, report);
    // A file in a folder that cannot be used was said.
    if can_be_used || config.store.database.is_some() {
        can_be_used &= database::check(config, is_offline, report).await;
    }
    let Some(tls) = &config.server.tls else {
        return can_be_used;
    };
    match Tls::load(tls.certificate.clone(), tls.key.clone()) {
        Ok(_) => {
            report.ok("TLS: certificate and key can be used");
            can_be_used
        }
        Err(error) => {
            report.failed("TLS", error, Exit::Usage);
            false
        }
    }
}

/// The alerts, and whom they are sent to. Nothing is sent.
fn of_alerts(alerts: &AlertsConfig, report: &mut Report<'_>) {
    for receiver in alerts.receivers.all() {
        let rules = alerts.rules.iter();
        let rules = rules.filter(|rule| rule.to.iter().any(|name| name == receiver.name()));
        let rules: Vec<_> = rules.map(|rule| rule.name.as_str()).collect();
        let what = match rules.is_empty() {
            true => "no alert names it".to_owned(),
            false => format!("gets {}", rules.join(", ")),
        };
        report.ok(format_args!(
            "receiver {}: {} at {}, {what}; try it with `queuewall alerts test`",
            receiver.name(),
            receiver.target().kind(),
            receiver.host()
        ));
    }
}

/// Whether the state folder, and the links in it where links decide, can be used.
fn can_keep_state(access: &AccessConfig, report: &mut Report<'_>) -> bool {
    let store = Store::new(access.state_dir.clone());
    for warning in store.warnings() {
        tracing::warn!("{warning}");
    }
    let tried = store.state_dir().try_out().map_err(StoreError::from);
    let tried = tried.and_then(|()| match access.mode {
        AccessMode::Links => store.check(),
        _ => Ok(()),
    });
    match tried {
        Ok(()) => report.ok(format_args!(
            "state folder: {} can be used",
            access.state_dir.display()
        )),
        Err(error) => {
            report.failed("state folder", error, Exit::Usage);
            return false;
        }
    }
    true
}

/// The files that the configuration was read from.
fn files_read(files: &[PathBuf]) -> String {
    let names: Vec<_> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    match names.as_slice() {
        [] => "files read: none, only the environment".to_owned(),
        names => format!("files read: {}", names.join(", ")),
    }
}

/// Step by step, up to the first failure that makes the rest pointless.
async fn walk(
    upstream: &mut Upstream<'_>,
    boards: &[BoardConfig],
    poll: &PollConfig,
    report: &mut Report<'_>,
) -> io::Result<()> {
    for step in upstream.sign_in().await {
        match step.outcome {
            Ok(found) => report.ok(format_args!("{}: {found}", step.name)),
            Err(error) => {
                report.failed_read(step.name, &error);
                return Ok(());
            }
        }
    }
    let listed = upstream.list_queues().await;
    match &listed {
        Ok(queues) => {
            report.queues(queues);
            if let Some(shortfall) = upstream.shortfall() {
                report.short(shortfall, upstream.reads_one_list());
            }
        }
        Err(error) => {
            report.failed_read("queues", error);
            let is_to_wait =
                matches!(error, cxone::Error::RateLimited { .. }) || error.retry_after().is_some();
            if is_to_wait || matches!(error, cxone::Error::NothingVisible { .. }) {
                return Ok(());
            }
        }
    }
    let list = listed.as_deref().ok();
    // What boards of every queue lack was said, and passes.
    let list_is_late = (listed.as_ref().err()).is_some_and(cxone::Error::is_transient);
    let (groups, group_of_board) = plan::group(boards);
    let mut may_read = false;
    for (index, group) in groups.iter().enumerate() {
        let ids = ids_to_try(group, list.unwrap_or_default());
        let answers = match read_all(upstream, &ids, &group.skills).await? {
            Ok(answers) => answers,
            // What refused the list refuses this too, and was said.
            Err(error) if Some(&error) == listed.as_ref().err() => return Ok(()),
            Err(error) => {
                let what = match group.skills.as_slice() {
                    [] => "reading queues".to_owned(),
                    skills => format!("reading queues for the skills {}", skills.join(", ")),
                };
                report.failed_read(&what, &error);
                // The ids and skills of this group may be at fault.
                if matches!(error, cxone::Error::BadRequest { .. }) {
                    continue;
                }
                return Ok(());
            }
        };
        if !may_read && answers.unknown.len() < ids.len() {
            may_read = true;
            report.ok("permission: CXone lets us read queues");
        }
        let is_listed = |id| list.is_some_and(|list| report::info(list, id).is_some());
        if !ids.is_empty()
            && answers.unknown.len() == ids.len()
            && !ids.iter().any(|id| is_listed(id))
        {
            report.failed(
                "reading queues",
                "CXone knows none of the configured queues: compare their ids with `queuewall queues`; if they are \
                 right, address and credentials are another tenant's",
                Exit::NotFound,
            );
        }
        let of_group = boards.iter().zip(&group_of_board);
        for (board, _) in of_group.filter(|(_, of_board)| **of_board == index) {
            if list_is_late && board.queues.is_empty() {
                continue;
            }
            report.board(board, &answers, list);
        }
    }
    if may_read && let Some(answers) = upstream.todays_skills().await {
        report.today(&answers);
    }
    let shown = || boards.iter().filter_map(|board| board.agents.as_ref());
    if may_read
        && shown().next().is_some()
        && let Some(answer) = upstream.agents().await
    {
        report.agents(&answer, shown());
    }
    if list.is_none() && groups.iter().any(|group| group.all) {
        // How much there is to read is unknown.
        return Ok(());
    }
    let batches = |group: &Group| {
        let ids = group.wanted(list.unwrap_or_default());
        ids.len().div_ceil(upstream.batch_limit())
    };
    let batches: usize = groups.iter().map(batches).sum();
    // A page of a list that has several is read each round, between the reads.
    let pages = usize::from(groups.iter().any(|group| group.all) && upstream.list_pages > 1);
    let requests = batches * upstream.requests_per_read() + pages;
    report.budget(requests, poll, upstream.reads_one_list());
    Ok(())
}

/// Reads all of `ids`, and says how far it is where that takes long.
async fn read_all(
    upstream: &mut Upstream<'_>,
    ids: &[String],
    skills: &[String],
) -> io::Result<Result<Answers, cxone::Error>> {
    let mut answers = Answers::default();
    let mut read = 0;
    let mut said = Instant::now();
    for batch in ids.chunks(upstream.batch_limit()) {
        if said.elapsed() >= PROGRESS {
            said = Instant::now();
            upstream.note(&format!("read {read} of {} queues", ids.len()))?;
        }
        match upstream.read_all(batch, skills).await {
            Ok(batch) => {
                answers.readings.extend(batch.readings);
                answers.unknown.extend(batch.unknown);
            }
            Err(error) => return Ok(Err(error)),
        }
        read += batch.len();
    }
    Ok(Ok(answers))
}

/// The ids that the boards of `group` name; where they name none, the first that they
/// show, to try the permission.
fn ids_to_try(group: &Group, list: &[QueueInfo]) -> Vec<String> {
    if group.ids.is_empty() {
        group.wanted(list).into_iter().take(1).collect()
    } else {
        group.ids.clone()
    }
}

#[cfg(test)]
mod tests;
