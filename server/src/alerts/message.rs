//! What is sent of an incident, before it is known how and where to.

use jiff::tz::TimeZone;
use queuewall_shared::snapshot::Level;
use serde_json::{Value, json};

use super::{
    look::Board,
    rule::{MISSING, What},
    words,
};

/// The most lines of a message: what is more is counted.
const MOST_LINES: usize = 20;

/// What it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// There is trouble, this bad; or less of it than was told.
    Triggered(Level),
    /// It is over.
    Resolved,
}

/// One message, to several receivers.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Told apart from all others.
    pub id: String,
    /// The same for all messages of an incident.
    pub incident: String,
    /// What it says.
    pub kind: Kind,
    /// What happened, for machines.
    pub event: &'static str,
    /// The alert's name.
    pub rule: String,
    /// One line.
    pub title: String,
    /// What there is to say of each queue, in a line each.
    pub lines: Vec<String>,
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// The board, where it is of one.
    pub board: Option<String>,
    /// What it is about: the queue, where it is of one.
    pub subject: String,
    /// The receivers, by name.
    pub to: Vec<String>,
    /// The numbers.
    pub data: Value,
}

/// What is said of one queue, group or board.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) board: String,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) level: Level,
    /// Whether the level is what it is about.
    pub(super) is_of_level: bool,
    pub(super) since_ms: u64,
    /// When it ended.
    pub(super) until_ms: Option<u64>,
    pub(super) text: String,
    pub(super) data: Value,
}

impl Line {
    pub(super) fn lasted_until(self, until_ms: u64) -> Self {
        Self {
            until_ms: Some(until_ms),
            ..self
        }
    }

    fn words(&self, zone: &TimeZone, board: Option<&str>) -> String {
        let name = match board {
            Some(title) if title != self.name => format!("{title}: {}", self.name),
            _ => self.name.clone(),
        };
        let since = words::clock(self.since_ms, zone);
        match self.until_ms {
            Some(until) => {
                let lasted = words::lasted(until.saturating_sub(self.since_ms));
                let why = match self.text.as_str() {
                    "" => String::new(),
                    text => format!(" ({text})"),
                };
                format!(
                    "{name}: over since {}, after {lasted}{why}",
                    words::clock(until, zone)
                )
            }
            None if self.text.is_empty() => format!("{name}: since {since}"),
            None if self.is_of_level => {
                let level = words::level(self.level);
                format!("{name} {level}: {} (since {since})", self.text)
            }
            None => format!("{name}: {} (since {since})", self.text),
        }
    }
}

impl Message {
    pub(super) fn new(kind: Kind, incident: &str, rule: &str, to: Vec<String>, at_ms: u64) -> Self {
        let end = match kind {
            Kind::Resolved => "resolved",
            Kind::Triggered(level) => words::level(level),
        };
        Self {
            id: format!("{incident}-{at_ms}-{end}"),
            incident: incident.to_owned(),
            kind,
            event: "",
            rule: rule.to_owned(),
            title: String::new(),
            lines: Vec::new(),
            at_ms,
            board: None,
            subject: String::new(),
            to,
            data: Value::Null,
        }
    }

    /// Says these lines, then those that are still in trouble.
    pub(super) fn of(
        mut self,
        what: Option<What>,
        mut lines: Vec<Line>,
        rest: Vec<Line>,
        boards: &[Board<'_>],
    ) -> Self {
        // The worst first.
        lines.sort_by_key(|line| std::cmp::Reverse(line.level));
        let board_of = |slug: &str| boards.iter().find(|it| it.snapshot.board.slug == slug);
        let mut slugs: Vec<_> = lines.iter().chain(&rest).map(|line| &line.board).collect();
        slugs.sort_unstable();
        slugs.dedup();
        self.board = (slugs.len() == 1).then(|| slugs[0].clone());
        let is_of_several = slugs.len() > 1;
        let say = |line: &Line| {
            let board = board_of(&line.board);
            let zone = board.map_or(TimeZone::UTC, |board| board.zone.clone());
            let title = board.map(|board| board.snapshot.board.title.as_str());
            line.words(&zone, title.filter(|_| is_of_several))
        };
        let title_of_board = (self.board.as_deref().and_then(board_of))
            .map(|board| board.snapshot.board.title.clone());
        self.event = self.event_of(what, &rest);
        self.title = self.title_of(what, &lines, &rest, title_of_board.as_deref());
        self.subject = match (lines.as_slice(), rest.is_empty()) {
            ([line], true) => line.name.clone(),
            _ => title_of_board.unwrap_or_else(|| self.rule.clone()),
        };
        self.data = json!({
            "rule": self.rule,
            "is": lines.iter().map(|line| &line.data).collect::<Vec<_>>(),
            "still": rest.iter().map(|line| &line.data).collect::<Vec<_>>(),
        });
        self.lines = lines.iter().take(MOST_LINES).map(say).collect();
        if let ([line], true) = (lines.as_slice(), rest.is_empty())
            && line.is_of_level
            && line.until_ms.is_none()
        {
            // The title has said the rest.
            let zone = board_of(&line.board).map_or(TimeZone::UTC, |board| board.zone.clone());
            self.lines = vec![format!("since {}", words::clock(line.since_ms, &zone))];
        }
        let still = rest
            .iter()
            .take(MOST_LINES.saturating_sub(self.lines.len()));
        self.lines
            .extend(still.map(|line| format!("Still: {}", say(line))));
        let more = (lines.len() + rest.len()).saturating_sub(self.lines.len());
        if more > 0 {
            self.lines.push(format!("and {more} more"));
        }
        self
    }

    fn event_of(&self, what: Option<What>, rest: &[Line]) -> &'static str {
        match (self.kind, what) {
            (Kind::Resolved, _) => "alert.resolved",
            (Kind::Triggered(_), None) if !rest.is_empty() => "alert.partly_resolved",
            (Kind::Triggered(_), Some(What::Unread)) => "numbers.missing",
            (Kind::Triggered(_), Some(What::DarkScreens(_))) => "screens.dark",
            (Kind::Triggered(Level::Critical), _) => "queue.critical",
            (Kind::Triggered(_), _) => "queue.warning",
        }
    }

    fn title_of(
        &self,
        what: Option<What>,
        lines: &[Line],
        rest: &[Line],
        board: Option<&str>,
    ) -> String {
        let mut names: Vec<_> = lines.iter().map(|line| line.name.as_str()).collect();
        names.dedup();
        let named = words::listed(&names);
        let of_queues = lines.iter().any(|line| !line.id.is_empty());
        let on = match (of_queues, board) {
            (true, Some(title)) if lines.len() > 1 => format!(" on {title}"),
            _ => String::new(),
        };
        if self.kind == Kind::Resolved {
            return match self.rule.as_str() {
                MISSING => format!("Numbers are back: {named}"),
                _ => format!("Over: {named}{on}"),
            };
        }
        if !rest.is_empty() {
            return format!("Over: {named}; {} still in trouble{on}", rest.len());
        }
        let level = lines
            .iter()
            .map(|line| line.level)
            .max()
            .unwrap_or_default();
        let level = words::level(level);
        match (what, lines) {
            (Some(What::Unread), _) => format!("Numbers are missing: {named}"),
            (Some(What::DarkScreens(_)), [line]) => format!("{}: {}", line.name, line.text),
            (Some(What::DarkScreens(_)), _) => format!("Screens are dark: {named}"),
            (Some(What::Metric { metric, .. }), [line]) => {
                format!("{}: {} {}", line.name, metric.label(), words::past(metric))
            }
            (Some(What::Metric { metric, .. }), _) => format!(
                "{} {} in {} queues{on}: {named}",
                metric.label(),
                words::past(metric),
                lines.len()
            ),
            (_, [line]) => format!("{} {level}: {}", line.name, line.text),
            _ => format!("{}{on}: {named}", counted(lines)),
        }
    }
}

/// How many queues are at which level.
fn counted(lines: &[Line]) -> String {
    let of = |level| lines.iter().filter(|line| line.level == level).count();
    let queues = |count: usize| match count {
        1 => "1 queue".to_owned(),
        count => format!("{count} queues"),
    };
    match (of(Level::Critical), of(Level::Warning)) {
        (0, warning) => format!("{} warning", queues(warning)),
        (critical, 0) => format!("{} critical", queues(critical)),
        (critical, warning) => format!("{} critical and {warning} warning", queues(critical)),
    }
}
