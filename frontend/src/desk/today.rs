//! A queue's contacts since midnight.

use js_sys::Date;
use queuewall_shared::cause::Cause;
use queuewall_shared::freshness::Freshness;
use queuewall_shared::snapshot::{Metric, Queue};
use queuewall_shared::tile_state::TileState;

use super::clock::Clock;
use super::facts::written;
use crate::board::{BoardState, TodayJudge};
use crate::{markup, numbers, text};

/// How far the numbers may be trusted, for the style sheet, and what the panel says.
pub(super) fn panel(
    board: BoardState,
    queue: &Queue,
    clock: Option<&Clock>,
) -> (&'static str, String) {
    let words = text::detail();
    let judge = board.today_judge();
    let head = |note: &str| {
        markup::fill(&[
            "<h2>",
            words.today.text(),
            " <small class=quiet>",
            note,
            "</small></h2>",
        ])
    };
    if judge.interval.is_none() {
        let said = markup::fill(&["<p class=quiet>", words.no_today.text(), "</p>"]);
        return ("none", head("") + &said);
    }
    let known = judge.of(queue);
    let state = known.map_or("none", |(freshness, _)| freshness.as_str());
    let mut content = match known {
        Some((Freshness::Fresh | Freshness::Ageing, _)) => head(&since(board, queue, clock)),
        // The day may be over.
        _ => head(""),
    };
    content += &match known {
        Some((Freshness::Ageing, Some(age))) => {
            markup::fill(&["<p class=quiet>", &text::ago(age), "</p>"])
        }
        Some((Freshness::Stale, Some(age))) => markup::fill(&[
            "<p class=today-age>",
            &text::age(age),
            " <small>",
            text::too_old(),
            "</small></p>",
        ]),
        _ => String::new(),
    };
    let cause = cause(&judge, known.map(|it| it.0));
    if !cause.is_empty() {
        content += &markup::fill(&["<p class=today-cause>", cause, "</p>"]);
    }
    (state, content + &numbers_of(queue))
}

fn numbers_of(queue: &Queue) -> String {
    let words = text::detail();
    let of = |metric| written(metric, queue.value(metric));
    // A rate over nobody is none.
    let rate = queue
        .value(Metric::AbandonRate)
        .filter(|_| queue.value(Metric::Queued) != Some(0.0));
    let rate = rate.map(|rate| [&*numbers::tenths(rate), text::percent()].concat());
    // What is unknown as a whole is one dash.
    let known = |metrics: &[Metric], said: String| {
        let is_known = metrics.iter().any(|it| queue.value(*it).is_some());
        if is_known { said } else { String::new() }
    };
    let queued = [&*text::known(rate), &of(Metric::Queued)];
    let queued = known(&[Metric::Queued], words.of_queued.fill(queued));
    let talk = [&*of(Metric::AverageTalk), &of(Metric::AverageWrap)];
    let talk = words.talk_and_wrap.fill(talk);
    let talk = known(&[Metric::AverageTalk, Metric::AverageWrap], talk);
    let sample = words
        .of_contacts
        .fill([&of(Metric::ServiceLevelTodaySample)]);
    let sample = known(&[Metric::ServiceLevelTodaySample], sample);
    let mut content = String::from("<dl class=counts>");
    for (label, metric, more) in [
        (words.offered, Metric::Offered, ""),
        (words.handled, Metric::Handled, ""),
        (words.abandoned, Metric::Abandoned, &*queued),
        (words.speed_of_answer, Metric::AverageSpeedOfAnswer, ""),
        (words.handle_time, Metric::AverageHandle, &*talk),
        (words.service_level, Metric::ServiceLevelToday, &*sample),
    ] {
        content += &markup::fill(&[
            "<div><dt>",
            label.text(),
            " <small>",
            more,
            "</small></dt><dd><b>",
            &of(metric),
            "</b></dd></div>",
        ]);
    }
    content + "</dl>"
}

/// When the day began, where the board says by which zone.
fn since(board: BoardState, queue: &Queue, clock: Option<&Clock>) -> String {
    let clock = clock.filter(|_| board.zone().is_some());
    let from = queue.today.as_ref().map(|today| Date::parse(&today.from));
    match clock.zip(from.filter(|it| it.is_finite())) {
        Some((clock, from)) => text::since(&clock.time(from)),
        None => String::new(),
    }
}

/// Why the numbers are missing or grow old.
fn cause(judge: &TodayJudge, freshness: Option<Freshness>) -> &'static str {
    match (judge.cause, freshness) {
        (_, Some(Freshness::Fresh)) => "",
        _ if !judge.is_trusted => text::no_connection(),
        (Some(Cause::Forbidden), _) => text::detail().today_forbidden.text(),
        (Some(cause), _) => text::server_cause(Some(cause), None).unwrap_or_default(),
        (None, Some(Freshness::Stale)) => text::cause(TileState::Stale),
        (None, Some(_)) => "",
        (None, None) => text::cause(TileState::Unknown),
    }
}
