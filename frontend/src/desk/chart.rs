//! A queue's two charts as SVG: calls waiting over those of a week ago, and service levels.

mod service;

use queuewall_shared::chart::calendar::{DAY, HOUR, Zone, tick_step};
use queuewall_shared::chart::{Plot, Scale, Series, apart};

use super::clock::Clock;
use super::history::{History, Span};
use super::place::Range;
use crate::markup::{self, escape};
use crate::{numbers, text};

/// The room around the plots, in pixels.
const LEFT: f64 = 48.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 26.0;
/// Between the two.
const BETWEEN: f64 = 34.0;
const SERVICE_HEIGHT: f64 = 64.0;
/// From one line of words to the next.
const LINE: i32 = 17;
/// Under this width there is less room for everything.
const NARROW: f64 = 700.0;
/// Words in a gap need so much room.
const WORDS_PX: i32 = 70;
/// At the open hours' ends.
const LEAST_HOURS: f64 = 4.0;

/// What is drawn.
pub(super) struct Chart<'c> {
    pub(super) history: &'c History,
    pub(super) clock: &'c Clock,
    pub(super) range: Range,
    /// What is read now: when, and how many wait; none where that is too old.
    pub(super) now: Option<(f64, f64)>,
    /// Since when the queue is at its level, and what that says.
    pub(super) since: Option<(f64, String)>,
    pub(super) goal: Option<f64>,
    pub(super) width: f64,
}

impl Chart<'_> {
    /// How high both are, in pixels.
    pub(super) fn height(&self) -> f64 {
        let waiting = if self.is_narrow() { 190.0 } else { 250.0 };
        TOP + waiting + BETWEEN + SERVICE_HEIGHT + BOTTOM
    }

    fn is_narrow(&self) -> bool {
        self.width < NARROW
    }

    /// What a week ago is called.
    pub(super) fn last(&self) -> String {
        let words = text::detail();
        match self.range {
            Range::Week => words.week_before.text().into(),
            _ => {
                let then = self.clock.days_before(self.history.span.now_ms, 7.0);
                words.last.fill([&self.clock.weekday(then)])
            }
        }
    }

    /// The plot of calls waiting.
    pub(super) fn plot(&self) -> Plot {
        let Span { from_ms, to_ms, .. } = self.span();
        let history = self.history;
        let now = self.now.map(|(_, waiting)| waiting);
        let highest = [history.waiting.highest(), history.before.highest(), now];
        let highest = highest.into_iter().flatten().reduce(f64::max);
        Plot {
            from_ms,
            to_ms,
            scale: Scale::of_counts(highest, history.limits[1]),
            left: LEFT,
            right: self.width - if self.is_narrow() { 84.0 } else { 130.0 },
            top: TOP,
            bottom: self.height() - BOTTOM - SERVICE_HEIGHT - BETWEEN,
        }
    }

    /// The span that is drawn: of today the hours in which somebody was logged on or waited,
    /// today or a week ago.
    fn span(&self) -> Span {
        let span = self.history.span;
        if self.range != Range::Today {
            return span;
        }
        let history = self.history;
        let is_open = |series: &Series, place: usize| matches!(series.values.get(place), Some(Some(value)) if *value > 0.0);
        let mut open = (span.now_ms, span.now_ms);
        for series in [&history.waiting, &history.logged_on, &history.before] {
            for (begin, end) in series.runs(|place| is_open(series, place)) {
                open = (open.0.min(begin), open.1.max(end));
            }
        }
        let later = history.part(&history.service, true);
        for (begin, end) in later.runs(|place| later.values[place].is_some()) {
            open = (open.0.min(begin), open.1.max(end));
        }
        let clock = self.clock;
        let hour = |at_ms: f64, round: fn(f64) -> f64| {
            clock.moment(round(clock.clock(at_ms) / HOUR) * HOUR)
        };
        let from_ms = hour(open.0, f64::floor).max(span.from_ms);
        let least = (from_ms + LEAST_HOURS * HOUR).min(span.to_ms);
        Span {
            from_ms: from_ms.min(span.to_ms - LEAST_HOURS * HOUR),
            to_ms: hour(open.1, f64::ceil).min(span.to_ms).max(least),
            ..span
        }
    }

    /// Both charts as one picture.
    pub(super) fn svg(&self) -> String {
        let (width, height) = (px(self.width), px(self.height()));
        let plot = self.plot();
        let mut svg = [
            "<svg class=chart-picture aria-hidden=true width=", &*width, " height=", &*height, " viewBox=\"0 0 ",
            &*width, " ", &*height, "\"><defs><pattern id=gap width=8 height=8 patternUnits=userSpaceOnUse \
             patternTransform=\"rotate(-45)\"><rect class=gap-ground width=8 height=8 /><rect class=gap-line width=4 \
             height=8 /></pattern></defs>",
        ]
        .concat();
        self.draw_waiting(&mut svg, &plot);
        self.draw_service(&mut svg, &plot);
        svg + "<path class=chart-cross d=\"\"/></svg>"
    }

    fn draw_waiting(&self, svg: &mut String, plot: &Plot) {
        let (history, words) = (self.history, text::detail());
        self.draw_times(svg, plot);
        let mut value = 0.0;
        while value <= plot.scale.top {
            rule(svg, plot, value, "chart-grid");
            label(
                svg,
                LEFT as i32 - 8,
                plot.y(value) + 5,
                "end",
                "",
                &numbers::count(value as u64),
            );
            value += plot.scale.step;
        }
        *svg += &markup::fill(&[
            "<path class=chart-before d=\"",
            &plot.area(&history.before),
            "\"/>",
        ]);
        let [warning, critical] = history.limits;
        for (limit, class) in [(warning, "chart-warning"), (critical, "chart-critical")] {
            if let Some(limit) = limit {
                rule(svg, plot, limit, class);
            }
        }
        if let Some((at_ms, said)) = &self.since
            && *at_ms > plot.from_ms
        {
            let x = plot.x(*at_ms);
            let [at, top, bottom] =
                [x, plot.y(plot.scale.top), plot.y(0.0)].map(|it| it.to_string());
            *svg += &[
                "<path class=chart-since d=\"M",
                &at,
                " ",
                &top,
                "V",
                &bottom,
                "\"/>",
            ]
            .concat();
            let is_right = f64::from(x) > (plot.left + plot.right) / 2.0;
            let (x, anchor) = if is_right {
                (x - 6, "end")
            } else {
                (x + 6, "start")
            };
            label(svg, x, 14, anchor, "chart-since-words", said);
        }
        let line = plot.line(&history.waiting.between(plot.from_ms, plot.to_ms), self.now);
        *svg += &["<path class=chart-line d=\"", &*line, "\"/>"].concat();
        let mut ends: Vec<(i32, &str, String)> = Vec::new();
        if let Some(limit) = critical {
            ends.push((
                plot.y(limit),
                "critical",
                words.critical_at.fill([&numbers::tenths(limit)]),
            ));
        }
        if let Some(limit) = warning {
            ends.push((
                plot.y(limit),
                "warning",
                words.warning_at.fill([&numbers::tenths(limit)]),
            ));
        }
        if !history.before.is_known() {
            let said = words.not_recorded_of.fill([&self.last()]);
            label(svg, LEFT as i32, 14, "start", "", &said);
        } else {
            let at_end = history.before.at(plot.to_ms - 1.0).unwrap_or_default();
            ends.push((plot.y(at_end / 2.0), "before", self.last()));
        }
        let mut dot = None;
        if let Some((at_ms, waiting)) = self.now {
            let (x, y) = (plot.x(at_ms), plot.y(waiting));
            *svg += &[
                "<circle class=chart-dot r=5 cx=",
                &x.to_string(),
                " cy=",
                &y.to_string(),
                " />",
            ]
            .concat();
            let said = words.waiting_now.fill([&numbers::count(waiting as u64)]);
            // With the others where the line ends beside them, else at the line's end.
            match f64::from(x) > plot.right - 90.0 {
                true => ends.push((y, "now", said)),
                false => dot = Some((x, y, said)),
            }
        }
        let wanted: Vec<i32> = ends.iter().map(|end| end.0).collect();
        let placed = apart(&wanted, LINE, TOP as i32, plot.y(0.0));
        for ((_, class, said), y) in ends.iter().zip(placed) {
            let class = ["chart-", class, "-words"].concat();
            label(svg, plot.right as i32 + 9, y + 5, "start", &class, said);
        }
        if let Some((x, y, said)) = dot {
            label(
                svg,
                x + 10,
                (y - 8).max(14),
                "start",
                "chart-now-words",
                &said,
            );
        }
    }

    /// Gaps, closed times, and the lines of the clock, with their words below both charts.
    fn draw_times(&self, svg: &mut String, plot: &Plot) {
        let (history, words) = (self.history, text::detail());
        let waiting = &history.waiting;
        let bottom = self.height() - BOTTOM;
        let span_ms = plot.to_ms - plot.from_ms;
        let is_of_days = span_ms > DAY * 2.0;
        let least_px = if self.is_narrow() { 52.0 } else { 72.0 };
        let most = ((plot.right - plot.left) / least_px).floor();
        let step = match is_of_days {
            true => DAY,
            false => tick_step(span_ms, most),
        };
        for at in self.clock.ticks(plot.from_ms, plot.to_ms, step) {
            // A day's name stands in its middle.
            let (x, said) = match is_of_days {
                true if at >= plot.to_ms => (plot.x(at), String::new()),
                true => (plot.x(at + DAY / 2.0), self.clock.day(at)),
                false => (plot.x(at), self.clock.time(at)),
            };
            let [at, top, end] = [plot.x(at), TOP as i32, bottom as i32].map(|it| it.to_string());
            *svg += &[
                "<path class=chart-grid d=\"M",
                &at,
                " ",
                &top,
                "V",
                &end,
                "\"/>",
            ]
            .concat();
            label(svg, x, bottom as i32 + 19, "middle", "", &said);
        }
        let mut shade =
            |(from_ms, to_ms): (f64, f64), (top, bottom): (f64, f64), class: &str, said: &str| {
                let (from, to) = (plot.x(from_ms.max(plot.from_ms)), plot.x(to_ms));
                if to_ms <= plot.from_ms || to <= from {
                    return;
                }
                let [x, y, wide, high] = [from, top as i32, to - from, bottom as i32 - top as i32]
                    .map(|it| it.to_string());
                *svg += &[
                    "<rect class=",
                    class,
                    " x=",
                    &*x,
                    " y=",
                    &*y,
                    " width=",
                    &*wide,
                    " height=",
                    &*high,
                    " />",
                ]
                .concat();
                if to - from > WORDS_PX && !said.is_empty() {
                    label(svg, (from + to) / 2, TOP as i32 + 14, "middle", "", said);
                }
            };
        let both = (TOP, bottom);
        for closed in waiting.runs(|place| history.is_closed(place)) {
            shade(closed, both, "chart-closed", text::closed());
        }
        // What is not over, or not written yet, is no gap.
        let until = self.until();
        let gaps = waiting.runs(|place| waiting.values[place].is_none());
        for (from, to) in gaps.into_iter().filter(|gap| gap.0 < until) {
            let gap = (from, to.min(until));
            let upper = (TOP, plot.bottom + BETWEEN / 2.0);
            shade(gap, upper, "chart-gap", words.no_reading.text());
            // Service levels may have been read later.
            for gap in without(gap, &history.backfilled) {
                shade(gap, (upper.1, bottom), "chart-gap", "");
            }
        }
    }

    /// Until when something can be known: what the server keeps comes up to two minutes later.
    pub(super) fn until(&self) -> f64 {
        self.history.span.now_ms - 120_000.0
    }

    /// What is known of a moment, in one line.
    pub(super) fn readout(&self, at_ms: f64) -> String {
        let (history, words) = (self.history, text::detail());
        let place = history.waiting.place(at_ms);
        let begin = place.map_or(at_ms, |place| history.waiting.begin(place));
        let mut said = self.clock.time(begin);
        if self.range == Range::Week {
            said = [&self.clock.day(begin), " ", &said].concat();
        }
        said += " · ";
        said += &match history.waiting.at(at_ms) {
            _ if place.is_some_and(|it| history.is_closed(it)) => text::closed().to_owned(),
            Some(waiting) => [&numbers::count(waiting as u64), " ", text::waiting()].concat(),
            None if at_ms >= self.until() => String::from("–"),
            None => words.not_recorded.text().into(),
        };
        said += " · ";
        said += &match history.before.at(at_ms) {
            Some(before) => [&self.last(), " ", &numbers::count(before as u64)].concat(),
            None => words.not_recorded_of.fill([&self.last()]),
        };
        if let Some(level) = history.service.at(at_ms) {
            let level = self.service_level(Some(level), at_ms);
            said += &[" · ", words.service_level.text(), " ", &level].concat();
        }
        said
    }

    /// What the chart shows, for those who do not see it.
    pub(super) fn sentence(&self) -> String {
        let (history, words) = (self.history, text::detail());
        let shown = history
            .waiting
            .between(self.plot().from_ms, self.plot().to_ms);
        let mut said = Vec::new();
        if let Some((_, waiting)) = self.now {
            let now = words.waiting_now.fill([&numbers::count(waiting as u64)]);
            said.push([words.calls_waiting.text(), ": ", &now, "."].concat());
        }
        let highest = shown.highest();
        let place = shown
            .values
            .iter()
            .position(|value| highest.is_some() && *value == highest);
        if let Some((place, highest)) = place.zip(highest) {
            let time = self.clock.time(shown.begin(place));
            said.push(words.highest.fill([&numbers::count(highest as u64), &time]));
        }
        let before = history.before.at(history.span.now_ms);
        said.push(match before {
            Some(before) => words
                .compared
                .fill([&self.last(), &numbers::count(before as u64)]),
            None => words.not_recorded_of.fill([&self.last()]) + ".",
        });
        let gaps = shown.runs(|place| shown.values[place].is_none());
        let until = self.until();
        let gaps = gaps
            .into_iter()
            .filter(|gap| gap.0 < until)
            .map(|(from, to)| [self.clock.time(from), self.clock.time(to.min(until))].join("–"));
        let gaps: Vec<String> = gaps.take(5).collect();
        if !gaps.is_empty() {
            said.push(words.gaps.fill([&gaps.join(", ")]));
        }
        let (from_ms, to_ms) = (self.plot().from_ms, self.plot().to_ms);
        let later = history.backfilled.iter();
        let later = later.filter(|run| run.1 > from_ms && run.0 < to_ms);
        let later = later.map(|(from, to)| {
            [from.max(from_ms), to.min(to_ms)]
                .map(|at| self.clock.time(at))
                .join("–")
        });
        let later: Vec<String> = later.take(5).collect();
        if !later.is_empty() {
            let of = words.service_level.text();
            let times = later.join(", ");
            said.push([of, " ", &times, ": ", words.backfilled.text(), "."].concat());
        }
        said.join(" ")
    }

    /// The same as a table, the latest first.
    pub(super) fn table(&self) -> String {
        let (history, words) = (self.history, text::detail());
        let mut table = markup::fill(&[
            "<table class=chart-table><thead><tr><th scope=col>",
            words.time.text(),
            "</th><th scope=col>",
            words.calls_waiting.text(),
            "</th><th scope=col>",
            &self.last(),
            "</th><th scope=col>",
            words.service_level.text(),
            "</th></tr></thead><tbody>",
        ]);
        let plot = self.plot();
        let waiting = history.waiting.between(plot.from_ms, plot.to_ms);
        for place in (0..waiting.values.len()).rev() {
            let begin = waiting.begin(place);
            let middle = begin + waiting.step_ms / 2.0;
            let day = match self.range {
                Range::Week => self.clock.day(begin) + " ",
                _ => String::new(),
            };
            let count = |value: Option<f64>| match value {
                Some(value) => numbers::count(value as u64),
                None => words.not_recorded.text().into(),
            };
            let is_closed = history
                .waiting
                .place(middle)
                .is_some_and(|it| history.is_closed(it));
            let known = match is_closed {
                true => text::closed().into(),
                false => count(waiting.values[place]),
            };
            table += &markup::fill(&[
                "<tr><th scope=row>",
                &day,
                "",
                &self.clock.time(begin),
                "</th><td>",
                &known,
                "</td><td>",
                &count(history.before.at(middle)),
                "</td><td>",
                &self.service_level(history.service.at(middle), middle),
                "</td></tr>",
            ]);
        }
        table + "</tbody></table>"
    }
}

/// What is left of a time without these, which are in order.
fn without((from, to): (f64, f64), others: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut left = Vec::new();
    let mut begin = from;
    for other in others.iter().filter(|it| it.1 > from && it.0 < to) {
        left.push((begin, other.0));
        begin = other.1;
    }
    left.push((begin, to));
    left.retain(|(from, to)| from < to);
    left
}

fn px(length: f64) -> String {
    (length.round() as i32).to_string()
}

/// A line across the plot at a value.
fn rule(svg: &mut String, plot: &Plot, value: f64, class: &str) {
    let [left, right] = [plot.left, plot.right].map(px);
    let y = plot.y(value).to_string();
    *svg += &[
        "<path class=",
        class,
        " d=\"M",
        &*left,
        " ",
        &*y,
        "H",
        &*right,
        "\"/>",
    ]
    .concat();
}

fn label(svg: &mut String, x: i32, y: i32, anchor: &str, class: &str, said: &str) {
    let [x, y] = [x, y].map(|it| it.to_string());
    *svg += &[
        "<text x=",
        &*x,
        " y=",
        &*y,
        " text-anchor=",
        anchor,
        " class=\"",
        class,
        "\">",
        &escape(said),
        "</text>",
    ]
    .concat();
}
