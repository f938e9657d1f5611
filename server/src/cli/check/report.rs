//! What `check` says, a line for everything tried.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    fmt::Display,
    io::{self, Write},
};

use cxone::{QueueInfo, Shortfall};

use crate::{
    agents::{Agent, missing_teams},
    cli::{exit::Exit, table::printable, upstream::Answers},
    config::{AgentsConfig, BoardConfig, PollConfig},
    poller::plan,
    remedy::{self, explain},
};

pub(super) fn info<'a>(list: &'a [QueueInfo], id: &str) -> Option<&'a QueueInfo> {
    list.iter().find(|queue| queue.id == id)
}

/// `1 request`, `2 requests`.
fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// More lines than this are put in order: failures first, then steps, and queues that are
/// well as a number.
const FEW: usize = 40;

/// How one check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Ok,
    /// A queue without problems.
    Queue,
    /// It works, and does what is easily not expected.
    Note,
    /// It works, but slower than configured.
    Slower,
    /// It works, but something is missing.
    Short,
    Failed,
}

/// The lines, and the code of the first that failed.
pub(super) struct Report<'a> {
    out: &'a mut dyn Write,
    lines: Vec<(Outcome, String)>,
    exit: Exit,
}

impl<'a> Report<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            lines: Vec::new(),
            exit: Exit::Done,
        }
    }

    /// Writes a summary, the lines, and where to read on, if anything failed; returns the
    /// code to end with.
    pub(super) fn close(mut self) -> io::Result<Exit> {
        let mut lines = std::mem::take(&mut self.lines);
        let count = |outcome| lines.iter().filter(|(it, _)| *it == outcome).count();
        let (failed, queues) = (count(Outcome::Failed), count(Outcome::Queue));
        let all = lines.len() - count(Outcome::Note);
        match failed {
            0 => self.write(
                "ok",
                &format!("summary: {}, none failed", counted(all, "check")),
            )?,
            _ => self.write(
                "failed",
                &format!("summary: {failed} of {} failed", counted(all, "check")),
            )?,
        }
        let is_long = lines.len() > FEW;
        if is_long {
            lines.sort_by_key(|(outcome, _)| *outcome != Outcome::Failed);
            lines.retain(|(outcome, _)| *outcome != Outcome::Queue);
        }
        for (outcome, text) in &lines {
            let label = match outcome {
                Outcome::Ok | Outcome::Queue => "ok",
                Outcome::Note => "note",
                Outcome::Slower => "slower",
                Outcome::Short => "short",
                Outcome::Failed => "failed",
            };
            self.write(label, text)?;
        }
        if is_long && queues > 0 {
            self.write("ok", &format!("{} of the boards", counted(queues, "queue")))?;
        }
        if self.exit != Exit::Done {
            writeln!(self.out, "docs/cxone.md explains every step")?;
        }
        Ok(self.exit)
    }

    fn write(&mut self, label: &str, text: &str) -> io::Result<()> {
        let mut label = label;
        for line in text.split('\n') {
            writeln!(self.out, "{label:<8}{}", printable(line))?;
            label = "";
        }
        Ok(())
    }

    pub(super) fn ok(&mut self, what: impl Display) {
        self.lines.push((Outcome::Ok, what.to_string()));
    }

    pub(super) fn notes(&mut self, notes: &[String]) {
        let notes = notes.iter().cloned();
        self.lines.extend(notes.map(|note| (Outcome::Note, note)));
    }

    pub(super) fn failed(&mut self, what: &str, why: impl Display, exit: Exit) {
        self.exit = exit.or_earlier(self.exit);
        self.lines.push((Outcome::Failed, format!("{what}: {why}")));
    }

    pub(super) fn failed_read(&mut self, what: &str, error: &cxone::Error) {
        self.failed(what, explain(error), Exit::from(error));
    }

    /// How many there are; and of those that are left out, how many for which reason.
    pub(super) fn queues(&mut self, list: &[QueueInfo]) {
        let mut reasons = BTreeMap::<String, usize>::new();
        for reason in list.iter().filter_map(|queue| queue.left_out.as_ref()) {
            *reasons.entry(remedy::left_out(reason)).or_default() += 1;
        }
        let visible = list.len();
        let left_out: usize = reasons.values().sum();
        if left_out == 0 {
            return self.ok(format_args!("queues: {visible} visible"));
        }
        let shown = list.len() - left_out;
        let mut text = format!(
            "queues: {visible} visible: {shown} for boards of every queue, {left_out} left out"
        );
        let width = left_out.to_string().len();
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_by_key(|(_, count)| Reverse(*count));
        for (reason, count) in reasons {
            text.push_str(&format!("\n{count:>width$} left out ({reason})"));
        }
        self.ok(text);
    }

    /// What the queue list lacks. Where live numbers are read by id, a board that names its
    /// queues is none the worse; where they come in one list, no board shows what is not on it.
    pub(super) fn short(&mut self, shortfall: Shortfall, is_one_list: bool) {
        let lack = if is_one_list {
            "boards lack them, also those that name them: report it to CXone's support"
        } else {
            "boards of every queue lack them: report it to CXone's support; a queue that is named in \
             boards.queues or TARGET_QUEUE_ID is read all the same"
        };
        let text = format!("queues: {shortfall}; {lack}");
        self.lines.push((Outcome::Short, text));
    }

    pub(super) fn board(
        &mut self,
        board: &BoardConfig,
        answers: &Answers,
        list: Option<&[QueueInfo]>,
    ) {
        let what = format!("board {}", board.slug);
        if board.queues.is_empty() {
            return self.board_of_every_queue(&what, list);
        }
        let list = list.unwrap_or_default().iter();
        let list: HashMap<_, _> = list.map(|queue| (queue.id.as_str(), queue)).collect();
        let readings = answers.readings.iter();
        let readings: HashMap<_, _> = readings.map(|it| (it.id.as_str(), it)).collect();
        for queue in &board.queues {
            let listed = list.get(queue.id.as_str());
            let reading = readings.get(queue.id.as_str());
            let name = reading
                .and_then(|reading| reading.name.as_deref())
                .or(listed.and_then(|queue| queue.name.as_deref()));
            let name = name.map(|name| format!(" ({name})")).unwrap_or_default();
            let what = format!("{what}: queue {}{name}", queue.id);
            let left_out = listed.and_then(|queue| queue.left_out.as_ref());
            match (reading, left_out) {
                (Some(_), _) => self.lines.push((Outcome::Queue, what)),
                (None, Some(reason)) => self.failed(
                    &what,
                    format_args!(
                        "CXone has it, but it is left out ({})",
                        remedy::left_out(reason)
                    ),
                    Exit::NotFound,
                ),
                (None, None) => {
                    self.failed(&what, answers.why_missing(&queue.id), Exit::NotFound);
                }
            }
        }
    }

    fn board_of_every_queue(&mut self, what: &str, list: Option<&[QueueInfo]>) {
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

    /// Whether today's numbers and service levels can be read. The wall does without.
    pub(super) fn today(&mut self, answers: &[Result<usize, cxone::Error>]) {
        for (what, answer) in ["today's numbers", "today's service levels"]
            .iter()
            .zip(answers)
        {
            match answer {
                Ok(skills) => self.ok(format_args!("{what}: {}", counted(*skills, "skill"))),
                Err(error) => self.unknown(what, error),
            }
        }
    }

    /// Whether agents can be read, for boards that show them by `shown`. The wall does without.
    pub(super) fn agents<'b>(
        &mut self,
        answer: &Result<Vec<Agent>, cxone::Error>,
        shown: impl Iterator<Item = &'b AgentsConfig>,
    ) {
        match answer {
            Ok(agents) => {
                let found = counted(agents.len(), "agent");
                self.ok(format_args!("agents: {found} logged on"));
                let missing = missing_teams(shown, agents);
                self.lines.extend(missing.into_iter().map(|team| {
                    let text = format!("boards.agent_teams: no agent of {team:?} is logged on");
                    (Outcome::Note, text)
                }));
            }
            Err(error) => self.unknown("agents", error),
        }
    }

    /// What the wall does without could not be read.
    fn unknown(&mut self, what: &str, error: &cxone::Error) {
        let why = match error {
            cxone::Error::Forbidden { .. } => "no permission: ",
            _ => "",
        };
        let text = format!("{why}{}; {what} stay unknown", explain(error));
        self.lines.push((Outcome::Note, text));
    }

    /// Whether `requests` a round fit. If not, it works all the same, and slower.
    /// `is_one_list` says whether one list holds the numbers of all queues.
    pub(super) fn budget(&mut self, requests: usize, poll: &PollConfig, is_one_list: bool) {
        if requests == 0 {
            return;
        }
        let (budget, seconds) = (poll.budget_per_minute, poll.interval.as_secs());
        let round = format!("budget: one round takes {}", counted(requests, "request"));
        let cycle = plan::cycle(requests, poll.interval, budget);
        if cycle == poll.interval {
            return self.ok(format_args!(
                "{round} every {seconds} s, within the limit of {budget} a minute"
            ));
        }
        let cycle = cycle.as_secs();
        let text = format!(
            "{round}; the limit of {budget} a minute, sign-ins and retries included, allows one round every \
             {cycle} s instead of every {seconds} s: {}",
            plan::remedies(requests, poll, is_one_list).join(", or ")
        );
        self.lines.push((Outcome::Slower, text));
    }
}
