//! Which numbers a board's tiles and header show: `preset`, `hero` and `beside`.

use std::fmt::Write as _;

use queuewall_shared::{
    choice::{Beside, Choice, MOST_BESIDE, Preset},
    metric::Metric,
    snapshot::Display,
};

use crate::config::{
    file::Table,
    keys::did_you_mean,
    problem::{Problem, Spanned},
};

/// What a board says of its numbers, with the preset's where it says nothing of them; all `None`
/// where it names neither a preset other than `supervisor` nor a number.
#[derive(Default)]
pub(super) struct Numbers {
    pub(super) preset: Option<Preset>,
    pub(super) hero: Option<Metric>,
    pub(super) beside: Option<Beside>,
}

impl Numbers {
    pub(super) fn read(board: &Table, problems: &mut Vec<Problem>) -> Self {
        let found = board.texts.get("preset");
        let preset = found.and_then(|found| found.parse(problems, preset));
        let found = board.texts.get("hero");
        let hero = found.and_then(|found| found.parse(problems, metric));
        let (of_preset, numbers) = preset.unwrap_or(Preset::Supervisor).numbers();
        let shown = hero.unwrap_or(of_preset);
        let beside = board.lists.get("beside");
        let beside = beside.map(|found| self::beside(found, shown, problems));
        if hero.is_none() && beside.is_none() && of_preset == Choice::default().hero {
            return Self {
                preset,
                ..Self::default()
            };
        }
        let of_preset = || numbers.iter().copied().filter(|it| *it != shown).collect();
        Self {
            preset,
            hero: Some(shown),
            beside: Some(beside.unwrap_or_else(of_preset).into()),
        }
    }
}

fn preset(text: &str) -> Result<Preset, (&'static str, String)> {
    let names = Preset::ALL.map(Preset::as_str);
    let known = Preset::of_name(text);
    known.ok_or_else(|| ("is not a preset", remedy(text, &names)))
}

fn metric(text: &str) -> Result<Metric, (&'static str, String)> {
    let names = Metric::ALL.map(Metric::as_str);
    let known = Metric::of_name(text);
    known.ok_or_else(|| ("is not a metric", remedy(text, &names)))
}

fn remedy(text: &str, names: &[&str]) -> String {
    match did_you_mean(text, names.iter().copied()) {
        Some(name) => format!("did you mean {name}?"),
        None => format!("write one of {}", names.join(", ")),
    }
}

fn beside(
    found: &Spanned<Vec<Spanned<String>>>,
    hero: Metric,
    problems: &mut Vec<Problem>,
) -> Vec<Metric> {
    if found.value.len() > MOST_BESIDE {
        problems.push(found.problem(
            format_args!("has {} metrics", found.value.len()),
            format_args!("keep {MOST_BESIDE} of them: a tile has no room for more"),
        ));
    }
    let mut metrics = Vec::new();
    for found in &found.value {
        match found.parse(problems, metric) {
            Some(metric) if metric == hero => {
                problems.push(found.wrong(
                    "is the large number of the tile already",
                    "leave it out, or choose another hero",
                ));
            }
            Some(metric) if metrics.contains(&metric) => {
                problems.push(found.wrong("is there twice", "keep one of the two"));
            }
            metric => metrics.extend(metric),
        }
    }
    metrics
}

/// What a board says where it chooses today's numbers and the dialect has none.
pub(in crate::config) fn without_today(slug: &str, display: &Display) -> Option<String> {
    let mut names = String::new();
    let choice = Choice::of(display);
    let metrics = (0..=MOST_BESIDE).filter_map(|place| choice.at(place));
    for metric in metrics.filter(|it| it.is_of_today()) {
        let comma = if names.is_empty() { "" } else { ", " };
        let _ = write!(names, "{comma}{}", metric.as_str());
    }
    (!names.is_empty()).then(|| {
        format!(
            "board {slug:?}: its tiles show no value of {names}: only the dialect realtime has today's numbers; choose \
             others by boards.hero and boards.beside, or set cxone.dialect"
        )
    })
}
