//! The charts of a queue's history: where each line and area is, without a browser.
//!
//! - here: values over time, and the paths that are drawn of them
//! - [`calendar`]: days and hours by the clock of a zone

pub mod calendar;

/// Less known than this is no line: a stub looks like a dash.
const LEAST_KNOWN_MS: f64 = 5.0 * 60_000.0;
/// The least that a scale of counts goes up to, so that one call more is no mountain.
const LEAST_TOP: f64 = 5.0;
/// How far beyond its critical limit a scale goes at least.
const BEYOND_CRITICAL: f64 = 1.2;

/// Values of bins of one length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// When the first bin begins, in milliseconds since 1970.
    pub from_ms: f64,
    /// How long a bin is.
    pub step_ms: f64,
    /// A value a bin; `None` where nothing is known.
    pub values: Vec<Option<f64>>,
}

impl Series {
    /// When the bin of this place begins.
    #[must_use]
    pub fn begin(&self, place: usize) -> f64 {
        self.from_ms + place as f64 * self.step_ms
    }

    /// When the last bin ends.
    #[must_use]
    pub fn end(&self) -> f64 {
        self.begin(self.values.len())
    }

    /// The bin of a moment.
    #[must_use]
    pub fn place(&self, at_ms: f64) -> Option<usize> {
        let is_within = at_ms >= self.from_ms && at_ms < self.end();
        is_within.then(|| ((at_ms - self.from_ms) / self.step_ms) as usize)
    }

    /// What is known of a moment.
    #[must_use]
    pub fn at(&self, at_ms: f64) -> Option<f64> {
        self.values.get(self.place(at_ms)?).copied().flatten()
    }

    /// The highest value.
    #[must_use]
    pub fn highest(&self) -> Option<f64> {
        self.values.iter().flatten().copied().reduce(f64::max)
    }

    /// Whether there is enough to draw.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.values.iter().flatten().count() as f64 * self.step_ms >= LEAST_KNOWN_MS
    }

    /// The same bins between two moments.
    #[must_use]
    pub fn between(&self, from_ms: f64, to_ms: f64) -> Self {
        let within = |place: &usize| {
            self.begin(*place) + self.step_ms > from_ms && self.begin(*place) < to_ms
        };
        let places: Vec<usize> = (0..self.values.len()).filter(within).collect();
        let first = places.first().copied().unwrap_or_default();
        Self {
            from_ms: self.begin(first),
            step_ms: self.step_ms,
            values: places.iter().map(|place| self.values[*place]).collect(),
        }
    }

    /// The times of bins, one behind the other, for which `is_so` holds.
    pub fn runs(&self, is_so: impl Fn(usize) -> bool) -> Vec<(f64, f64)> {
        let mut runs: Vec<(f64, f64)> = Vec::new();
        for place in (0..self.values.len()).filter(|place| is_so(*place)) {
            let (begin, end) = (self.begin(place), self.begin(place + 1));
            match runs.last_mut() {
                Some(last) if last.1 == begin => last.1 = end,
                _ => runs.push((begin, end)),
            }
        }
        runs
    }
}

/// A scale from 0: where it ends, and how far its lines are apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The value at the top.
    pub top: f64,
    /// From line to line.
    pub step: f64,
}

impl Scale {
    /// Of percentages.
    pub const PERCENT: Self = Self {
        top: 100.0,
        step: 50.0,
    };

    /// For counts up to `highest`, and a fifth beyond the critical limit at least.
    #[must_use]
    pub fn of_counts(highest: Option<f64>, critical: Option<f64>) -> Self {
        let wanted = critical.unwrap_or(0.0) * BEYOND_CRITICAL;
        let wanted = wanted.max(highest.unwrap_or(0.0)).max(LEAST_TOP);
        let steps = (0..12).flat_map(|power| [1.0, 2.0, 5.0].map(|it| it * 10f64.powi(power)));
        let step = steps.into_iter().find(|step| step * 4.0 >= wanted);
        let step = step.unwrap_or(wanted);
        Self {
            top: (wanted / step).ceil() * step,
            step,
        }
    }
}

/// A chart's plot: a span of time and a scale, and the pixels that they have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plot {
    /// Where it begins and ends, in milliseconds since 1970.
    pub from_ms: f64,
    /// See `from_ms`.
    pub to_ms: f64,
    /// Its scale, from 0 at the bottom.
    pub scale: Scale,
    /// Its edges in pixels.
    pub left: f64,
    /// See `left`.
    pub right: f64,
    /// See `left`.
    pub top: f64,
    /// See `left`.
    pub bottom: f64,
}

impl Plot {
    /// Where a moment is, in whole pixels within the plot.
    #[must_use]
    pub fn x(&self, at_ms: f64) -> i32 {
        let share = (at_ms - self.from_ms) / (self.to_ms - self.from_ms).max(1.0);
        (self.left + share.clamp(0.0, 1.0) * (self.right - self.left)).round() as i32
    }

    /// Where a value is. What is higher than the scale is at its top.
    #[must_use]
    pub fn y(&self, value: f64) -> i32 {
        let share = (value / self.scale.top).clamp(0.0, 1.0);
        (self.bottom - share * (self.bottom - self.top)).round() as i32
    }

    /// Which moment is at a pixel.
    #[must_use]
    pub fn moment(&self, x: f64) -> f64 {
        let share = (x - self.left) / (self.right - self.left).max(1.0);
        self.from_ms + share.clamp(0.0, 1.0) * (self.to_ms - self.from_ms)
    }

    /// The stepped line of a series, as an SVG path. It breaks off where nothing is known, is
    /// never carried on, and goes on to `now` where its last bin is known.
    #[must_use]
    pub fn line(&self, series: &Series, now: Option<(f64, f64)>) -> String {
        if !series.is_known() {
            return String::new();
        }
        let mut path = String::new();
        let mut goes_on = false;
        for (place, value) in series.values.iter().enumerate() {
            if let Some(value) = value {
                let (begin, y) = (self.x(series.begin(place)), self.y(*value));
                let end = series.begin(place + 1);
                let end = self.x(now.map_or(end, |(now_ms, _)| end.min(now_ms)));
                match goes_on {
                    true => path += &["V", &y.to_string(), "H", &end.to_string()].concat(),
                    false => path += &move_to(begin, y, end),
                }
            }
            goes_on = value.is_some();
        }
        if let Some((at_ms, value)) = now.filter(|_| goes_on) {
            let (x, y) = (self.x(at_ms).to_string(), self.y(value).to_string());
            path += &["H", &x, "V", &y].concat();
        }
        path
    }

    /// The stepped area below a series, as an SVG path.
    #[must_use]
    pub fn area(&self, series: &Series) -> String {
        if !series.is_known() {
            return String::new();
        }
        let bottom = self.y(0.0);
        let mut path = String::new();
        for (begin, end) in series.runs(|place| series.values[place].is_some()) {
            path += &["M", &self.x(begin).to_string(), " ", &bottom.to_string()].concat();
            let first = series
                .place(begin + series.step_ms / 2.0)
                .unwrap_or_default();
            let count = ((end - begin) / series.step_ms).round() as usize;
            for place in first..first + count {
                let value = series
                    .values
                    .get(place)
                    .copied()
                    .flatten()
                    .unwrap_or_default();
                let (y, x) = (self.y(value), self.x(series.begin(place + 1)));
                path += &["V", &y.to_string(), "H", &x.to_string()].concat();
            }
            path += &["V", &bottom.to_string(), "Z"].concat();
        }
        path
    }
}

fn move_to(x: i32, y: i32, to: i32) -> String {
    let [x, y, to] = [x, y, to].map(|it| it.to_string());
    ["M", &x, " ", &y, "H", &to].concat()
}

/// Moves labels apart that stand below each other: their places, none nearer than `height` to
/// the next, and all of them within `top` and `bottom` as far as there is room.
#[must_use]
pub fn apart(wanted: &[i32], height: i32, top: i32, bottom: i32) -> Vec<i32> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|place| wanted[*place]);
    let mut placed = wanted.to_vec();
    let mut least = top;
    for place in &order {
        placed[*place] = placed[*place].max(least);
        least = placed[*place] + height;
    }
    let mut most = bottom;
    for place in order.iter().rev() {
        placed[*place] = placed[*place].min(most);
        most = placed[*place] - height;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: f64 = 60_000.0;

    fn series(values: &[Option<f64>]) -> Series {
        Series {
            from_ms: 0.0,
            step_ms: 5.0 * MINUTE,
            values: values.to_vec(),
        }
    }

    /// One pixel a minute, and ten a call.
    fn plot() -> Plot {
        Plot {
            from_ms: 0.0,
            to_ms: 60.0 * MINUTE,
            scale: Scale {
                top: 10.0,
                step: 5.0,
            },
            left: 0.0,
            right: 60.0,
            top: 0.0,
            bottom: 100.0,
        }
    }

    #[test]
    fn line_is_stepped_and_breaks_off_where_nothing_is_known() {
        let known = series(&[Some(1.0), Some(3.0), None, Some(0.0)]);
        assert_eq!(plot().line(&known, None), "M0 90H5V70H10M15 100H20");
        // Up to the dot, and not beyond it.
        let now = Some((18.0 * MINUTE, 2.0));
        assert_eq!(plot().line(&known, now), "M0 90H5V70H10M15 100H18H18V80");
        // A gap before now is not bridged.
        let gap = series(&[Some(1.0), None]);
        assert_eq!(plot().line(&gap, now), "M0 90H5");
    }

    #[test]
    fn little_is_no_line_and_no_area() {
        let mut minutes = series(&[Some(1.0); 4]);
        minutes.step_ms = MINUTE;
        assert_eq!(plot().line(&minutes, None), "");
        assert_eq!(plot().area(&minutes), "");
        minutes.values.push(Some(1.0));
        assert_eq!(plot().line(&minutes, None), "M0 90H1V90H2V90H3V90H4V90H5");
    }

    #[test]
    fn area_stands_on_the_ground_and_leaves_gaps() {
        let known = series(&[Some(1.0), None, Some(3.0), Some(20.0)]);
        assert_eq!(
            plot().area(&known),
            "M0 100V90H5V100ZM10 100V70H15V0H20V100Z"
        );
    }

    #[test]
    fn scale_begins_at_zero_and_holds_what_is_highest() {
        let of = |highest, critical| Scale::of_counts(highest, critical).top;
        assert_eq!(of(None, None), 6.0);
        assert_eq!(of(Some(3.0), Some(10.0)), 15.0);
        assert_eq!(of(Some(22.0), Some(10.0)), 30.0);
        assert_eq!(of(Some(1_935.0), None), 2_000.0);
        for highest in 0..3_000 {
            let scale = Scale::of_counts(Some(f64::from(highest)), Some(10.0));
            assert!(scale.top >= f64::from(highest) && scale.top / scale.step <= 4.0);
        }
    }

    #[test]
    fn moment_and_pixel_are_each_others_place() {
        let plot = plot();
        assert_eq!(plot.x(plot.moment(17.0)), 17);
        assert_eq!(plot.moment(-5.0), 0.0);
        let known = series(&[Some(1.0), None, Some(3.0)]);
        assert_eq!(known.at(11.0 * MINUTE), Some(3.0));
        assert_eq!(known.at(6.0 * MINUTE), None);
        assert_eq!(known.place(15.0 * MINUTE), None);
        assert_eq!(
            known.runs(|place| known.values[place].is_none()),
            [(300_000.0, 600_000.0)]
        );
    }

    #[test]
    fn labels_are_moved_apart_within_the_plot() {
        assert_eq!(apart(&[50, 50, 90], 10, 0, 100), [50, 60, 90]);
        assert_eq!(apart(&[98, 99], 10, 0, 100), [90, 100]);
        assert_eq!(apart(&[], 10, 0, 100), Vec::<i32>::new());
    }
}
