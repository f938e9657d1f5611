//! What is said of one queue besides its chart: now, a week ago, its agents, who is free
//! elsewhere, and what happened today.

use std::time::Duration;

use queuewall_shared::chart::calendar::Zone;
use queuewall_shared::format;
use queuewall_shared::metric::Unit;
use queuewall_shared::snapshot::{Level, Metric, Queue};
use queuewall_shared::tile_state::TileState;

use super::clock::Clock;
use super::history::{Event, History};
use super::link;
use crate::board::BoardState;
use crate::tile_view::TileView;
use crate::{markup, numbers, text};

/// So many other queues with free agents are listed.
const MOST_ELSEWHERE: usize = 12;

/// A metric's value as it is written; a dash where it is unknown.
pub(super) fn written(metric: Metric, value: Option<f64>) -> String {
    text::known(value.map(|value| match metric.unit() {
        Unit::Calls | Unit::Agents => numbers::count(value as u64),
        Unit::Milliseconds => text::wait(Duration::from_millis(value as u64)),
        Unit::Percent => [&*format::whole_percent(value), text::percent()].concat(),
    }))
}

/// The queue now: its level with the time since when, its numbers and all its reasons. What a
/// tile does not show, because it is too old or there is none, is not shown here either.
pub(super) fn now(board: BoardState, queue: &Queue, view: &TileView) -> String {
    let words = text::detail();
    let lasting = |since_ms: Option<u64>| {
        let since = board.time_since(since_ms?)?;
        Some(board.by_clock(since))
    };
    let level = text::level(view.level);
    let since = queue.level_since_ms.and_then(|at| board.time_since(at));
    let since = since.and_then(|ago| board.write_time_ago(ago));
    let head = match (level.is_empty(), since) {
        (true, _) => String::new(),
        (false, None) => level.to_owned(),
        (false, Some(since)) => words.level_since.fill([level, &since]),
    };
    let mut content = markup::fill(&[
        "<h1>",
        &view.name,
        "</h1><p class=now-level>",
        &head,
        "</p>",
    ]);
    if !view.age.is_empty() {
        content += &markup::fill(&[
            "<p class=now-age>",
            &view.age,
            " <small>",
            text::too_old(),
            "</small></p>",
        ]);
    }
    let is_silent = matches!(
        view.tile_state,
        TileState::Unknown | TileState::NotFound | TileState::Forbidden | TileState::Closed
    );
    if view.tile_state == TileState::Closed {
        content += &markup::fill(&["<p class=now-closed>", text::closed(), "</p>"]);
    }
    if !is_silent {
        let figure = |label: &str, value: &str, unit: &str| {
            markup::fill(&[
                "<div><dt>",
                label,
                "</dt><dd><b>",
                value,
                "</b> <small>",
                unit,
                "</small></dd></div>",
            ])
        };
        content += "<dl class=now-figures>";
        content += &figure(
            words.calls_waiting.text(),
            &view.number(0).value,
            &view.change,
        );
        // Numbers that are too old are not repeated but for the calls waiting, as on a tile.
        if view.tile_state != TileState::Stale {
            // A supervisor's.
            let (wait, service) = (view.number(1), view.number(2));
            let label = match wait.metric {
                "longest_wait" => words.longest_wait,
                _ => words.average_wait,
            };
            content += &figure(label.text(), &wait.value, "");
            let goal = queue.service_level.goal.map(numbers::tenths);
            let goal = goal.filter(|_| !service.unit.is_empty());
            let goal = goal.map_or_else(String::new, |goal| words.goal.fill([&goal]));
            let service = [&*service.value, service.unit].concat();
            content += &figure(words.service_level.text(), &service, &goal);
            let of = ["/ ", &view.logged_on].concat();
            content += &figure(words.free_agents.text(), &view.available, &of);
        }
        content += "</dl>";
    }
    let mut reasons = String::new();
    if view.level > Level::Ok {
        for reason in &queue.reasons {
            let said = text::reason(queue, reason, lasting(reason.since_ms));
            reasons += &markup::fill(&["<li>", &said, "</li>"]);
        }
    }
    if !reasons.is_empty() {
        content += &["<ul class=now-reasons>", &reasons, "</ul>"].concat();
    }
    for said in [&view.ago, &view.was, &view.cause] {
        if !said.is_empty() {
            content += &markup::fill(&["<p class=now-cause>", said, "</p>"]);
        }
    }
    content
}

/// The numbers now beside those of the same time a week ago.
pub(super) fn against(
    queue: &Queue,
    is_current: bool,
    history: Option<(&History, &Clock)>,
) -> String {
    let words = text::detail();
    const ROWS: [Metric; 5] = [
        Metric::Waiting,
        Metric::AverageWait,
        Metric::ServiceLevel,
        Metric::AgentsLoggedOn,
        Metric::AvailableAgents,
    ];
    let Some((history, clock)) = history else {
        return String::new();
    };
    let week_ago = clock.days_before(history.span.now_ms, 7.0);
    let last = words.last.fill([&clock.weekday(week_ago)]);
    let title = words.against.fill([&last, &clock.time(week_ago)]);
    let mut content = markup::fill(&["<h2>", &title, "</h2>"]);
    let is_known = history.then.iter().any(Option::is_some);
    content += &markup::fill(&[
        "<table><thead><tr><td></td><th scope=col>",
        words.now.text(),
        "</th><th scope=col>",
        &last,
        "</th></tr></thead><tbody>",
    ]);
    for (metric, then) in ROWS.into_iter().zip(history.then) {
        let label = match metric {
            Metric::Waiting => words.calls_waiting,
            Metric::AverageWait => words.average_wait,
            Metric::ServiceLevel => words.service_level,
            Metric::AgentsLoggedOn => words.logged_on,
            _ => words.free_agents,
        };
        // Where nobody waits, there is no wait.
        let is_wait = |waiting: Option<f64>| metric != Metric::AverageWait || waiting != Some(0.0);
        let now = queue
            .value(metric)
            .filter(|_| is_current && is_wait(queue.value(Metric::Waiting)));
        let then = match is_known {
            true => written(metric, then.filter(|_| is_wait(history.then[0]))),
            false => String::new(),
        };
        content += &markup::fill(&[
            "<tr><th scope=row>",
            label.text(),
            "</th><td><b>",
            &written(metric, now),
            "</b></td><td>",
            &then,
            "</td></tr>",
        ]);
    }
    content += "</tbody></table>";
    let said = match is_known {
        true if history.is_then_backfilled => {
            let of = words.service_level.text();
            [&last, ", ", of, ": ", words.backfilled.text()].concat()
        }
        true => String::new(),
        false => words.not_recorded_of.fill([&last]),
    };
    if !said.is_empty() {
        content += &markup::fill(&["<p class=quiet>", &said, "</p>"]);
    }
    content
}

/// This queue's agents, as counts.
pub(super) fn agents(view: &TileView, is_current: bool) -> String {
    let words = text::detail();
    let mut content = markup::fill(&[
        "<h2>",
        words.agents_of_queue.text(),
        "</h2><dl class=counts>",
    ]);
    for (label, count, mark) in [
        (text::free(), &view.available, "available"),
        (text::busy(), &view.busy, "busy"),
        (text::after_call(), &view.after_call, "after-call"),
        (text::away(), &view.away, "away"),
        (text::logged_on(), &view.logged_on, "on"),
    ] {
        let count = if is_current { count } else { format::UNKNOWN };
        content += &markup::fill(&[
            "<div><dt><i class=\"bar-",
            mark,
            "\"></i>",
            label,
            "</dt><dd><b>",
            count,
            "</b></dd></div>",
        ]);
    }
    content + "</dl>"
}

/// The board's other queues in which somebody is free, the most first.
pub(super) fn elsewhere(board: BoardState, id: &str) -> String {
    let words = text::detail();
    let judge = board.judge();
    let mut free: Vec<_> = Vec::new();
    for (other, _) in board.names() {
        let Some(queue) = board.queue(&other).filter(|_| other != id) else {
            continue;
        };
        let is_current = matches!(judge.of(&queue).0, TileState::Fresh | TileState::Ageing);
        if let Some(count @ 1..) = queue.agents.available.filter(|_| is_current) {
            free.push((count, queue));
        }
    }
    free.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let mut content = markup::fill(&["<h2>", words.free_elsewhere.text(), "</h2>"]);
    if free.is_empty() {
        return content + &markup::fill(&["<p class=quiet>", words.none_elsewhere.text(), "</p>"]);
    }
    content += &markup::fill(&[
        "<table><thead><tr><th scope=col>",
        words.queue.text(),
        "</th><th scope=col>",
        text::table().waiting.text(),
        "</th><th scope=col>",
        words.free_agents.text(),
        "</th></tr></thead><tbody>",
    ]);
    for (_, queue) in free.iter().take(MOST_ELSEWHERE) {
        let of = |metric| written(metric, queue.value(metric));
        let all = of(Metric::AgentsLoggedOn);
        content += "<tr><th scope=row>";
        content += &link(&queue.id, &queue.name);
        content += &markup::fill(&[
            "</th><td>",
            &of(Metric::Waiting),
            "</td><td><b>",
            &of(Metric::AvailableAgents),
            "</b> / ",
            &all,
            "</td></tr>",
        ]);
    }
    content
        + &markup::fill(&[
            "</tbody></table><p class=quiet>",
            words.in_several.text(),
            "</p>",
        ])
}

/// What happened to the queue today, the latest first.
pub(super) fn events(history: Option<(&History, &Clock)>) -> String {
    let words = text::detail();
    let mut content = markup::fill(&["<h2>", words.happened.text(), "</h2>"]);
    let Some((history, clock)) = history else {
        return content;
    };
    if history.events.is_empty() {
        return content
            + &markup::fill(&["<p class=quiet>", words.nothing_happened.text(), "</p>"]);
    }
    content += "<ol class=events tabindex=0>";
    for event in &history.events {
        let (time, level) = (clock.time(event.at_ms), event.to.as_str());
        content += &markup::fill(&[
            "<li data-to=\"",
            level,
            "\"><time>",
            &time,
            "</time> <span>",
            &said(event),
            "</span></li>",
        ]);
    }
    content + "</ol>"
}

fn said(event: &Event) -> String {
    let words = text::detail();
    match event.to {
        Level::Ok => words.within_limits.text().into(),
        Level::None => words.not_judged.text().into(),
        level => {
            let queue = Queue {
                level,
                reasons: event.reason.into_iter().collect(),
                ..Queue::default()
            };
            let why = text::why(&queue, None);
            [why.lead, why.matter].concat()
        }
    }
}
