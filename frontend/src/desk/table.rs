//! The board as a table: a row a queue, which every column can order.

use std::cmp::Ordering;
use std::sync::Arc;

use leptos::prelude::*;
use queuewall_shared::format;
use queuewall_shared::order::fold;
use queuewall_shared::snapshot::{Level, Metric, Queue, Totals};
use queuewall_shared::tile_state::TileState;
use web_sys::Element;

use super::facts::written;
use super::place::Place;
use super::rows::{Rows, head_cell};
use super::{Section, link, link_to_group, state_of_group};
use crate::board::{BoardState, Phase};
use crate::listener::Listener;
use crate::slots::follow;
use crate::tile_view::TileView;
use crate::{markup, numbers, text};

/// The columns, by their names in the address.
const COLUMNS: [Column; 11] = [
    Column::Level,
    Column::Queue,
    Column::Waiting,
    Column::Change,
    Column::Wait,
    Column::Service,
    Column::Abandoned,
    Column::Free,
    Column::On,
    Column::Line,
    Column::Since,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Level,
    Queue,
    Waiting,
    Change,
    Wait,
    Service,
    Abandoned,
    Free,
    On,
    Line,
    Since,
}

/// A queue as it is ordered and written.
struct Row {
    id: String,
    name: String,
    /// By the column that orders the table; what is unknown comes last either way.
    key: Option<f64>,
    is_closed: bool,
    cells: String,
}

/// A group's row with those of its queues, or the row of a queue that is in none.
struct Block {
    row: Row,
    /// Whether it is a group's.
    is_group: bool,
    queues: Vec<Row>,
}

/// What is on the screen.
struct Made {
    root: Element,
    head: Section,
    foot: Section,
    rows: Rows,
    _listener: Option<Listener>,
}

/// Fills the element of the id `queues` while the board is shown as a table.
pub(super) fn keep(board: BoardState, place: Place) {
    let mut made: Option<Made> = None;
    follow(move || {
        let is_other = place.queue().is_some() || place.is_agents();
        let is_shown = place.is_table() && !is_other && board.phase() == Phase::Shown;
        let Some(root) = document().get_element_by_id("queues") else {
            return;
        };
        if !is_shown {
            if made.take().is_some() {
                root.set_inner_html("");
            }
            return;
        }
        if made.is_none() {
            made = Made::new(root, place);
        }
        if let Some(made) = &mut made {
            made.show(board, place);
        }
    });
}

impl Column {
    fn name(self) -> &'static str {
        match self {
            Self::Level => "level",
            Self::Queue => "queue",
            Self::Waiting => "waiting",
            Self::Change => "change",
            Self::Wait => "wait",
            Self::Service => "service",
            Self::Abandoned => "abandoned",
            Self::Free => "free",
            Self::On => "on",
            Self::Line => "line",
            Self::Since => "since",
        }
    }

    fn label(self) -> &'static str {
        let words = text::table();
        match self {
            Self::Level => words.level,
            Self::Queue => text::detail().queue,
            Self::Waiting => words.waiting,
            Self::Change => words.change,
            Self::Wait => words.wait,
            Self::Service => words.service,
            Self::Abandoned => text::detail().abandoned,
            Self::Free => words.free,
            Self::On => words.on,
            Self::Line => words.line,
            Self::Since => words.since,
        }
        .text()
    }

    /// Whether what is most comes first: where less is trouble, that does.
    fn is_most_first(self) -> bool {
        !matches!(
            self,
            Self::Level | Self::Queue | Self::Service | Self::Free | Self::On
        )
    }
}

/// The column that the address has, and whether it is the other way round.
fn order_of(place: Place) -> (Column, bool) {
    let by = place.by();
    let (is_reversed, name) = match by.strip_prefix('-') {
        Some(name) => (true, name),
        None => (false, &*by),
    };
    let column = COLUMNS.into_iter().find(|column| column.name() == name);
    (column.unwrap_or(Column::Level), is_reversed)
}

impl Made {
    fn new(root: Element, place: Place) -> Option<Self> {
        root.set_inner_html(
            "<div class=queues-scroll><table class=queue-table><thead></thead><tbody></tbody><tfoot></tfoot></table></div>",
        );
        let listener = Listener::with_event(root.clone().into(), "click", move |event| {
            let Some((_, name)) = markup::around(&event, "data-act") else {
                return;
            };
            let (column, is_reversed) = untrack(|| order_of(place));
            let again = column.name() == name && !is_reversed;
            place.set_by(&[if again { "-" } else { "" }, &name].concat());
        });
        Some(Self {
            head: Section::find(&root, "thead")?,
            foot: Section::find(&root, "tfoot")?,
            rows: Rows::find(&root)?,
            root,
            _listener: listener,
        })
    }

    fn show(&mut self, board: BoardState, place: Place) {
        let (column, is_reversed) = order_of(place);
        self.head.show(head(column, is_reversed));
        let judge = board.judge().of_supervisor();
        let of_today = board.today_judge();
        let ids = match column {
            // The order of the tiles, which the toolbar chooses.
            Column::Level => board.shown().get(),
            _ => board.worst_first(board.shown().get(), None),
        };
        let mut totals = Vec::new();
        let mut blocks: Vec<Block> = Vec::new();
        let row = |queue: &Arc<Queue>| {
            let view = board.gist(queue, &judge).view();
            let abandoned = queue
                .value(Metric::Abandoned)
                .filter(|_| of_today.is_current(queue));
            Row::of(board, queue, &view, column, abandoned)
        };
        let mut count = |queue: Arc<Queue>| {
            let counts = judge.of(&queue).0.counts();
            totals.push((queue, counts));
        };
        for id in ids {
            let Some(queue) = board.queue(&id) else {
                continue;
            };
            let members = board.members(&id);
            let is_group = !members.is_empty();
            match is_group {
                true => (members.iter())
                    .filter_map(|id| board.queue(id))
                    .for_each(&mut count),
                false => count(queue.clone()),
            }
            let Some(heading) = board.heading(&id) else {
                blocks.push(Block {
                    row: row(&queue),
                    is_group,
                    queues: Vec::new(),
                });
                continue;
            };
            let is_it = |block: &&mut Block| block.row.id == heading.id;
            let known = blocks.iter_mut().find(is_it);
            match known {
                Some(block) => block.queues.push(row(&queue)),
                None => blocks.push(Block {
                    row: row(&heading),
                    is_group: true,
                    queues: vec![row(&queue)],
                }),
            }
        }
        let totals = Totals::of(totals.iter().map(|(queue, counts)| (&**queue, *counts)));
        let is_closed =
            |block: &Block| block.row.is_closed && !block.is_group && column != Column::Queue;
        let (closed, mut open): (Vec<Block>, Vec<Block>) = blocks.into_iter().partition(is_closed);
        order(&mut open, |it| &it.row, column, is_reversed);
        let mut rows = Vec::new();
        for mut block in open {
            rows.push((block.row.id, block.row.cells));
            order(&mut block.queues, |row| row, column, is_reversed);
            rows.extend(block.queues.into_iter().map(|row| (row.id, row.cells)));
        }
        markup::set(&self.root, "data-rows", &rows.len().to_string());
        self.rows.write(rows);
        let closed: Vec<Row> = closed.into_iter().map(|block| block.row).collect();
        self.foot.show(foot(&totals, &closed));
    }
}

impl Row {
    fn of(
        board: BoardState,
        queue: &Queue,
        view: &TileView,
        column: Column,
        abandoned: Option<f64>,
    ) -> Self {
        let is_current = matches!(view.tile_state, TileState::Fresh | TileState::Ageing);
        let value = |metric| queue.value(metric).filter(|_| is_current);
        let wait = match view.number(1).metric {
            "longest_wait" => Metric::LongestWait,
            _ => Metric::AverageWait,
        };
        let waits = queue.waiting != Some(0);
        let key = match column {
            Column::Level => None,
            Column::Queue => None,
            Column::Waiting | Column::Line => value(Metric::Waiting),
            Column::Change => board.change(queue).filter(|_| is_current),
            Column::Wait => value(wait).filter(|_| waits),
            Column::Service => value(Metric::ServiceLevel),
            Column::Abandoned => abandoned,
            Column::Free => value(Metric::AvailableAgents),
            Column::On => value(Metric::AgentsLoggedOn),
            // The longest first: it began at the smallest point in time.
            Column::Since => queue
                .level_since_ms
                .filter(|_| view.level > Level::Ok)
                .map(|at| -(at as f64)),
        };
        Self {
            id: queue.id.clone(),
            name: queue.name.clone(),
            key,
            is_closed: view.tile_state == TileState::Closed,
            cells: cells(board, queue, view, is_current, abandoned),
        }
    }
}

/// By the column of each one's row; equal ones stay, the worst first.
fn order<T>(rows: &mut [T], row: impl Fn(&T) -> &Row, column: Column, is_reversed: bool) {
    match column {
        Column::Level if is_reversed => rows.reverse(),
        Column::Level => {}
        Column::Queue => rows.sort_by(|a, b| {
            let order = fold(&row(a).name).cmp(&fold(&row(b).name));
            if is_reversed { order.reverse() } else { order }
        }),
        _ => rows.sort_by(|a, b| match (row(a).key, row(b).key) {
            (Some(a), Some(b)) => {
                let order = a.partial_cmp(&b).unwrap_or(Ordering::Equal);
                if column.is_most_first() != is_reversed {
                    order.reverse()
                } else {
                    order
                }
            }
            (a, b) => b.is_some().cmp(&a.is_some()),
        }),
    }
}

fn head(by: Column, is_reversed: bool) -> String {
    let mut head = String::from("<tr>");
    for column in COLUMNS {
        let title = match column {
            Column::Change => text::table().worsened_most.text(),
            Column::Abandoned => text::detail().today.text(),
            _ => "",
        };
        let sort = (column == by).then_some(column.is_most_first() != is_reversed);
        head += &head_cell(column.name(), column.label(), title, sort);
    }
    head + "</tr>"
}

fn cells(
    board: BoardState,
    queue: &Queue,
    view: &TileView,
    is_current: bool,
    abandoned: Option<f64>,
) -> String {
    let state = match view.level {
        // What is calm says nothing.
        Level::None | Level::Ok if view.tile_state == TileState::Fresh => "",
        Level::None | Level::Ok => text::state(view.tile_state),
        level => text::level(level),
    };
    let known = |metric| written(metric, queue.value(metric).filter(|_| is_current));
    let mut cells = markup::fill(&[
        "<td class=of-level data-is=",
        view.level.as_str(),
        " data-as=",
        view.tile_state.as_str(),
        "><span>",
        state,
        "</span></td><th scope=row class=\"of-queue",
        match (board.heading(&queue.id), &*view.group) {
            (Some(_), _) => " in-group",
            (None, "") => "",
            _ => " of-group",
        },
        "\">",
    ]);
    cells += &match &*view.group {
        "" => link(&queue.id, &queue.name),
        name => {
            let link = link_to_group(name, board.is_folded(queue));
            let said = [&*view.ago, &state_of_group(board, queue)].join(" ");
            [&link, " <small>", &markup::escape(&said), "</small>"].concat()
        }
    };
    // Of a group there are at least so many.
    let agents = |metric, at_least: &str| match view.group.is_empty() || !is_current {
        true => known(metric),
        false => at_least.to_owned(),
    };
    let since = match (&*view.why.lasting, &*view.age) {
        ("", age) => age,
        (lasting, _) => lasting,
    };
    // A supervisor's.
    let (wait, service) = (view.number(1), view.number(2));
    let goal = queue
        .service_level
        .goal
        .filter(|_| is_current && !service.unit.is_empty());
    let goal = goal.map_or_else(String::new, |goal| [" / ", &numbers::tenths(goal)].concat());
    let wait = if is_current {
        &*wait.value
    } else {
        format::UNKNOWN
    };
    let service = match is_current {
        true => [&*service.value, service.unit].concat(),
        false => format::UNKNOWN.into(),
    };
    cells
        + &markup::fill(&[
            "</th><td class=of-waiting><b>",
            &known(Metric::Waiting),
            "</b></td><td>",
            &view.change,
            "</td><td>",
            wait,
            "</td><td>",
            &service,
            "<small>",
            &goal,
            "</small></td><td class=of-abandoned>",
            &written(Metric::Abandoned, abandoned),
            "</td><td>",
            &agents(Metric::AvailableAgents, &view.available),
            "</td><td>",
            &agents(Metric::AgentsLoggedOn, &view.logged_on),
            "</td><td class=of-line><svg viewBox=\"0 -6 180 112\" preserveAspectRatio=none aria-hidden=true><path d=\"",
            &view.line,
            "\"/></svg></td><td>",
            since,
            "</td>",
        ])
}

/// The sums over what is shown, and the closed queues in one row.
fn foot(totals: &Totals, closed: &[Row]) -> String {
    let mut foot = String::new();
    if !closed.is_empty() {
        let count = numbers::count(closed.len() as u64);
        foot += "<tr class=closed><td></td><td colspan=10><details><summary>";
        foot += &markup::escape(&text::table().several_closed.fill([&count]));
        foot += "</summary>";
        let links: Vec<String> = closed.iter().map(|row| link(&row.id, &row.name)).collect();
        foot += &links.join(", ");
        foot += "</details></td></tr>";
    }
    let shown = text::table()
        .total
        .fill([&numbers::count(totals.of as u64)]);
    let unread = text::not_read(totals.of - totals.counted);
    let longest = totals
        .longest_wait_ms
        .or(totals.average_wait_ms)
        .map(|ms| ms as f64);
    let longest = longest.filter(|_| totals.waiting != Some(0));
    foot + &markup::fill(&[
        "<tr class=total><td></td><th scope=row>",
        &shown,
        " <small>",
        &unread,
        "</small></th><td><b>",
        &written(Metric::Waiting, totals.waiting.map(|it| it as f64)),
        "</b></td><td></td><td>",
        &written(Metric::LongestWait, longest),
        "</td><td colspan=6></td></tr>",
    ])
}
