//! What `check` says, a line for everything tried.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    fmt::Display,
    io::{self, Write},
};

use crate::{
    cli::{exit::Exit, table::printable, upstream::Answers},
    config::{BoardConfig, PollConfig},
    poller::plan,
    source::{QueueInfo, SourceError},
};

/// A queue of the list.
pub(super) fn info<'a>(list: &'a [QueueInfo], id: &str) -> Option<&'a QueueInfo> {
    list.iter().find(|queue| queue.id == id)
}

/// `1 request`, `2 requests`.
fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// The lines, and the code of the first that failed.
pub(super) struct Report<'a> {
    out: &'a mut dyn Write,
    exit: Exit,
}

impl<'a> Report<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            exit: Exit::Done,
        }
    }

    /// Where to read on, if anything failed; and the code to end with.
    pub(super) fn close(self) -> io::Result<Exit> {
        if self.exit != Exit::Done {
            writeln!(self.out, "docs/cxone.md explains every step")?;
        }
        Ok(self.exit)
    }

    fn line(&mut self, mark: &str, text: impl Display) -> io::Result<()> {
        writeln!(self.out, "{mark:<8}{}", printable(&text.to_string()))
    }

    pub(super) fn ok(&mut self, what: impl Display) -> io::Result<()> {
        self.line("ok", what)
    }

    pub(super) fn failed(&mut self, what: &str, why: impl Display, exit: Exit) -> io::Result<()> {
        self.exit = exit.or_earlier(self.exit);
        self.line("failed", format_args!("{what}: {why}"))
    }

    pub(super) fn failed_read(&mut self, what: &str, error: &SourceError) -> io::Result<()> {
        self.failed(what, error, Exit::from(error))
    }

    /// How many there are; and of those that are left out, how many for which reason.
    pub(super) fn queues(&mut self, list: &[QueueInfo]) -> io::Result<()> {
        let mut reasons = BTreeMap::<&str, usize>::new();
        for reason in list.iter().filter_map(|queue| queue.left_out.as_deref()) {
            *reasons.entry(reason).or_default() += 1;
        }
        let visible = list.len();
        let left_out: usize = reasons.values().sum();
        if left_out == 0 {
            return self.ok(format_args!("queues: {visible} visible"));
        }
        let shown = list.len() - left_out;
        self.ok(format_args!(
            "queues: {visible} visible: {shown} for boards of every queue, {left_out} left out"
        ))?;
        let width = left_out.to_string().len();
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_by_key(|(_, count)| Reverse(*count));
        for (reason, count) in reasons {
            self.line("", format_args!("{count:>width$} left out ({reason})"))?;
        }
        Ok(())
    }

    pub(super) fn board(
        &mut self,
        board: &BoardConfig,
        answers: &Answers,
        list: Option<&[QueueInfo]>,
    ) -> io::Result<()> {
        let what = format!("board {}", board.slug);
        if board.queues.is_empty() {
            return self.board_of_every_queue(&what, list);
        }
        for queue in &board.queues {
            let listed = list.and_then(|list| info(list, &queue.id));
            let reading = answers.of(&queue.id);
            let name = reading
                .and_then(|reading| reading.name.as_deref())
                .or(listed.and_then(|queue| queue.name.as_deref()));
            let name = name.map(|name| format!(" ({name})")).unwrap_or_default();
            let what = format!("{what}: queue {}{name}", queue.id);
            let left_out = listed.and_then(|queue| queue.left_out.as_deref());
            match (reading, left_out) {
                (Some(_), _) => self.ok(what)?,
                (None, Some(reason)) => self.failed(
                    &what,
                    format_args!("CXone has it, but it is left out ({reason})"),
                    Exit::NotFound,
                )?,
                (None, None) => {
                    self.failed(&what, answers.why_missing(&queue.id), Exit::NotFound)?;
                }
            }
        }
        Ok(())
    }

    fn board_of_every_queue(&mut self, what: &str, list: Option<&[QueueInfo]>) -> io::Result<()> {
        let Some(list) = list else {
            return self.failed(
                what,
                "there is no queue list to take its queues from: name them in boards.queues or \
                 TARGET_QUEUE_ID",
                Exit::NotFound,
            );
        };
        match list.iter().filter(|queue| queue.left_out.is_none()).count() {
            0 => self.failed(
                what,
                "it shows every queue, and all of them are left out: change the settings named above",
                Exit::NotFound,
            ),
            shown => self.ok(format_args!("{what}: every queue, {shown} now")),
        }
    }

    /// Whether `requests` a round fit. If not, it works all the same, and slower.
    pub(super) fn budget(&mut self, requests: usize, poll: &PollConfig) -> io::Result<()> {
        if requests == 0 {
            return Ok(());
        }
        let (budget, seconds) = (poll.budget_per_minute, poll.interval.as_secs());
        let round = format!("budget: one round takes {}", counted(requests, "request"));
        let cycle = plan::cycle(requests, poll.interval, budget);
        if cycle == poll.interval {
            return self.ok(format_args!(
                "{round} every {seconds} s; {budget} a minute allow it"
            ));
        }
        let cycle = cycle.as_secs();
        let enough = plan::sufficient_budget(requests, poll.interval);
        self.line(
            "slower",
            format_args!(
                "{round}; {budget} a minute, with room for sign-ins and repeats, allow it every {cycle} s \
                 instead of every {seconds} s: set QUEUEWALL_BUDGET_PER_MINUTE to {enough}, or \
                 QUEUEWALL_POLL_SECONDS to {cycle}"
            ),
        )
    }
}
