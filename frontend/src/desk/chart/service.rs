//! The chart of service levels, those that were read later among them.

use queuewall_shared::chart::{Plot, Scale, Series};
use queuewall_shared::snapshot::Metric;

use super::{BETWEEN, Chart, LEFT, SERVICE_HEIGHT, label, rule};
use crate::desk::facts::written;
use crate::{numbers, text};

/// A character of words needs so much room at most, on average.
const CHARACTER_PX: i32 = 8;

impl Chart<'_> {
    pub(super) fn draw_service(&self, svg: &mut String, above: &Plot) {
        let words = text::detail();
        let plot = Plot {
            scale: Scale::PERCENT,
            top: above.bottom + BETWEEN,
            bottom: above.bottom + BETWEEN + SERVICE_HEIGHT,
            ..*above
        };
        for value in [0.0, 50.0, 100.0] {
            rule(svg, &plot, value, "chart-grid");
            let said = written(Metric::ServiceLevel, Some(value));
            label(svg, LEFT as i32 - 4, plot.y(value) + 5, "end", "", &said);
        }
        let quarter = text::age(std::time::Duration::from_secs(900));
        let mut title = [
            words.service_level.text(),
            ", ",
            &words.value_of.fill([&quarter]),
        ]
        .concat();
        if self.name_backfilled(svg, &plot) {
            title += &[" · ", words.backfilled.text()].concat();
        }
        label(
            svg,
            LEFT as i32,
            plot.top as i32 - 8,
            "start",
            "chart-title-words",
            &title,
        );
        if let Some(goal) = self.goal {
            rule(svg, &plot, goal, "chart-warning");
            let said = words.goal.fill([&numbers::tenths(goal)]);
            label(
                svg,
                plot.right as i32 + 9,
                plot.y(goal) + 5,
                "start",
                "chart-warning-words",
                &said,
            );
        }
        let service = self.history.service.between(plot.from_ms, plot.to_ms);
        for (is_later, class) in [(false, "chart-line"), (true, "chart-later")] {
            let part = self.history.part(&service, is_later);
            let line = plot.line(&part, self.end_of(&part));
            *svg += &["<path class=", class, " d=\"", &*line, "\"/>"].concat();
        }
    }

    /// Says so below the widest part of the line that was read later; whether there is such a
    /// line without the room for it.
    fn name_backfilled(&self, svg: &mut String, plot: &Plot) -> bool {
        let said = text::detail().backfilled.text();
        let runs = self.history.backfilled.iter();
        let runs = runs.filter(|run| run.1 > plot.from_ms && run.0 < plot.to_ms);
        let runs = runs.map(|run| (plot.x(run.0), plot.x(run.1)));
        let Some((from, to)) = runs.max_by_key(|(from, to)| to - from) else {
            return false;
        };
        if to - from <= said.chars().count() as i32 * CHARACTER_PX {
            return true;
        }
        let y = plot.bottom as i32 - 7;
        label(svg, (from + to) / 2, y, "middle", "", said);
        false
    }

    /// The last quarter hour is drawn up to now only.
    fn end_of(&self, service: &Series) -> Option<(f64, f64)> {
        let now_ms = self.history.span.now_ms;
        let value = service.values.last().copied().flatten()?;
        (service.end() >= now_ms).then_some((now_ms, value))
    }

    /// A service level in words, and whether it was read later.
    pub(super) fn service_level(&self, level: Option<f64>, at_ms: f64) -> String {
        let said = written(Metric::ServiceLevel, level);
        match level.is_some() && self.history.is_backfilled(at_ms) {
            true => [&said, " (", text::detail().backfilled.text(), ")"].concat(),
            false => said,
        }
    }
}
