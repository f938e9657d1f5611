//! The rows of the list of agents: who is shown, in which order, and what each says.

use queuewall_shared::agents::{AgentActivity, AgentEntry, PersonName};
use queuewall_shared::format;
use queuewall_shared::order::{fold, matches};
use queuewall_shared::snapshot::Level;

use super::super::place::Place;
use super::super::rows::head_cell;
use super::{activity, mark, over_mark};
use crate::board::BoardState;
use crate::{markup, numbers, text};

/// The columns, by their names in the address.
const COLUMNS: [Column; 6] = [
    Column::Level,
    Column::Name,
    Column::State,
    Column::Time,
    Column::Team,
    Column::Queue,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// Past a limit first, then by what they do, the longest first.
    Level,
    Name,
    State,
    Time,
    Team,
    Queue,
}

impl Column {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Level => "level",
            Self::Name => "name",
            Self::State => "state",
            Self::Time => "time",
            Self::Team => "team",
            Self::Queue => "queue",
        }
    }

    fn label(self) -> &'static str {
        let words = text::agent_list();
        match self {
            Self::Level => text::table().level,
            Self::Name => words.agent,
            Self::State => words.state,
            Self::Time => words.time,
            Self::Team => words.team,
            Self::Queue => text::detail().queue,
        }
        .text()
    }
}

/// The column that the address has, and whether it is the other way round.
pub(super) fn order_of(place: Place) -> (Column, bool) {
    let by = place.by();
    let (is_reversed, name) = match by.strip_prefix('-') {
        Some(name) => (true, name),
        None => (false, &*by),
    };
    let column = COLUMNS.into_iter().find(|column| column.name() == name);
    (column.unwrap_or(Column::Level), is_reversed)
}

pub(super) fn head(by: Column, is_reversed: bool) -> String {
    let mut head = String::from("<tr>");
    for column in COLUMNS {
        // Of times the longest comes first.
        let is_down = (column == Column::Time) != is_reversed;
        let sort = (column == by).then_some(is_down);
        head += &head_cell(column.name(), column.label(), "", sort);
    }
    head + "</tr>"
}

/// An agent, and what a row says besides the time.
pub(super) struct Row<'r> {
    pub(super) entry: &'r AgentEntry,
    /// None where the list is too old for one.
    level: Level,
    state: String,
    /// The queue whose contact is in hand, by id and name.
    queue: Option<(String, String)>,
}

impl<'r> Row<'r> {
    pub(super) fn of(board: BoardState, entry: &'r AgentEntry, is_stale: bool) -> Self {
        let label = activity(entry.activity);
        let state = entry
            .state
            .as_ref()
            .map(|state| [label, " · ", state].concat());
        let queue = entry.queue.as_ref().and_then(|id| board.queue(id));
        Self {
            entry,
            level: if is_stale { Level::None } else { entry.level },
            state: state.unwrap_or_else(|| label.to_owned()),
            queue: queue.map(|queue| (queue.id.clone(), queue.name.clone())),
        }
    }

    /// Whether it has every word of what is looked for.
    pub(super) fn matches(&self, wanted: &str) -> bool {
        let queue = self.queue.as_ref().map_or("", |queue| &queue.1);
        let all = [
            name(self.entry),
            &self.state,
            self.entry.team.as_deref().unwrap_or_default(),
            queue,
        ];
        matches(&all.join(" "), wanted)
    }

    /// Whether a person would be named by what is looked for.
    pub(super) fn is_named_by(&self, wanted: &str) -> bool {
        let is_named = |word| matches(name(self.entry), word);
        wanted.split_whitespace().any(is_named)
    }

    fn is_over(&self) -> bool {
        self.level > Level::Ok
    }

    fn key(&self, column: Column) -> Option<String> {
        let of = |text: &str| (!text.is_empty()).then(|| fold(text));
        match column {
            Column::Name => of(name(self.entry)),
            Column::State => of(&self.state),
            Column::Team => of(self.entry.team.as_deref()?),
            Column::Queue => of(&self.queue.as_ref()?.1),
            // A larger point in time is a shorter time: as text, numbers need one length and no
            // sign.
            Column::Time => {
                let since = i128::from(self.entry.since_ms?) - i128::from(i64::MIN);
                Some(format!("{since:020}"))
            }
            Column::Level => None,
        }
    }

    /// On the page of the queue whose contact is in hand.
    pub(super) fn in_queue(&self, time: &str) -> String {
        let level = match self.is_over() {
            true => [over_mark(self.level), text::level(self.level), " "].concat(),
            false => String::new(),
        };
        markup::fill(&[
            "<li><span>",
            name_or_dash(self.entry),
            "</span> <small>",
            self.entry.team.as_deref().unwrap_or_default(),
            "</small> <em data-is=",
            self.level.as_str(),
            ">",
            &level,
            "</em><b>",
            time,
            "</b></li>",
        ])
    }

    fn cells(&self) -> String {
        let entry = self.entry;
        let level = match self.is_over() {
            true => [over_mark(self.level), text::level(self.level)].concat(),
            false => String::new(),
        };
        let limit = entry.limit_ms.filter(|_| self.is_over()).map(text::limit);
        let limit = limit.map_or_else(String::new, |limit| text::detail().limit.fill([&limit]));
        let mut cells = markup::fill(&[
            "<td class=of-level data-is=",
            self.level.as_str(),
            "><span>",
            &level,
            "</span></td><th scope=row class=of-name>",
            name_or_dash(entry),
            "</th><td class=of-state><i class=",
            mark(entry.activity),
            "></i>",
            &self.state,
            "</td><td class=of-time><small>",
            &limit,
            "</small> <b></b></td><td class=of-team>",
            entry.team.as_deref().unwrap_or_default(),
            "</td><td class=of-skill>",
        ]);
        if let Some((id, name)) = &self.queue {
            // Several agents may be on one queue: the focus stays with this one.
            let own = ["agent-", &entry.key].concat();
            cells += &markup::fill(&[
                "<a id=\"",
                &own,
                "\" data-open=\"",
                id,
                "\" href=\"",
                &super::super::place::address_of(id),
                "\">",
                name,
                "</a>",
            ]);
        }
        cells + "</td>"
    }
}

fn name(entry: &AgentEntry) -> &str {
    entry.name.as_ref().map_or("", |PersonName(name)| name)
}

fn name_or_dash(entry: &AgentEntry) -> &str {
    match name(entry) {
        "" => format::UNKNOWN,
        name => name,
    }
}

/// In the order of a column; equal ones stay as they are: past a limit first.
pub(super) fn order(rows: &mut Vec<Row>, column: Column, is_reversed: bool) {
    if column == Column::Level {
        // Those past a limit are as the server has them: the worst first.
        rows.sort_by_key(|row| {
            let activity = (!row.is_over()).then_some(row.entry.activity);
            (std::cmp::Reverse(row.level.max(Level::Ok)), activity)
        });
        if is_reversed {
            rows.reverse();
        }
        return;
    }
    let mut keyed: Vec<_> = rows.drain(..).map(|row| (row.key(column), row)).collect();
    keyed.sort_by(|(a, _), (b, _)| match (a, b) {
        (Some(a), Some(b)) if is_reversed => b.cmp(a),
        (Some(a), Some(b)) => a.cmp(b),
        // What is unknown comes last either way.
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
    rows.extend(keyed.into_iter().map(|(_, row)| row));
}

/// What is written: each row by its key, and where they are grouped, a heading before each
/// group.
pub(super) fn written(rows: &[Row], is_grouped: bool) -> Vec<(String, String)> {
    let mut written = Vec::with_capacity(rows.len());
    let mut group = None;
    for row in rows {
        let of = match row.is_over() {
            true => None,
            false => Some(row.entry.activity),
        };
        if is_grouped && group != Some(of) {
            group = Some(of);
            written.push(heading(rows, of));
        }
        written.push((row.entry.key.clone(), row.cells()));
    }
    written
}

fn heading(rows: &[Row], of: Option<AgentActivity>) -> (String, String) {
    let is_of = |row: &&Row| match of {
        None => row.is_over(),
        Some(activity) => !row.is_over() && row.entry.activity == activity,
    };
    let count = numbers::count(rows.iter().filter(is_of).count() as u64);
    let label = of.map_or(text::agent_list().past_limit.text(), activity);
    let cells = markup::fill(&[
        "<th scope=colgroup colspan=6 class=of-group>",
        label,
        " <b>",
        &count,
        "</b></th>",
    ]);
    (["group ", label].concat(), cells)
}
