//! What is alerted of: `[[alerts]]`.

use std::collections::BTreeMap;

use queuewall_shared::{metric::Metric, snapshot::Level};

use super::{
    BoardConfig, boards,
    file::Table,
    keys, levels,
    problem::{Problem, Spanned},
};
use crate::{
    alerts::{MISSING, Rule, What},
    hours::Hours,
};

/// The keys that say what an alert is about, of which it has one.
const ABOUT: [&str; 4] = ["level", "metric", "unread_seconds", "dark_screens"];

/// The longest time that something must last, in seconds.
const LONGEST: f64 = 86_400.0;

/// How long screens are dark before that is told, unless the alert says otherwise: a television
/// takes as long to start.
const DARK_MS: u64 = 60_000;

/// The alerts in their order: of these boards, to receivers of these names.
pub(super) fn read(
    alerts: &[Table],
    known: &[BoardConfig],
    receivers: &[String],
    problems: &mut Vec<Problem>,
) -> Vec<Rule> {
    let mut taken = BTreeMap::new();
    let mut rules = Vec::new();
    for alert in alerts {
        let mut reader = Reader {
            alert,
            known,
            problems,
        };
        let Some(rule) = reader.rule(receivers) else {
            continue;
        };
        if let Some(first) = taken.insert(rule.name.clone(), alert.place.clone()) {
            let what = format_args!("{:?} is the name of the alert at {first} too", rule.name);
            let remedy = "give each alert its own, for example name = \"late\"";
            problems.push(Problem::new(&alert.place, "alerts.name", what, remedy));
        }
        rules.push(rule);
    }
    rules
}

struct Reader<'r> {
    alert: &'r Table,
    known: &'r [BoardConfig],
    problems: &'r mut Vec<Problem>,
}

impl<'r> Reader<'r> {
    fn rule(&mut self, receivers: &[String]) -> Option<Rule> {
        let what = self.what();
        let boards = self.listed("boards", "is the slug of no board");
        let (queues, groups) = (
            self.listed("queues", "is a queue of no board"),
            self.listed("groups", "is a group of no board"),
        );
        if matches!(what, Some(What::Unread | What::DarkScreens(_))) {
            for key in ["queues", "groups"] {
                if let Some(found) = self.alert.lists.get(key) {
                    let remedy = "remove it: this alert is about whole boards";
                    self.problems
                        .push(found.problem("means nothing here", remedy));
                }
            }
        }
        let lasts = self.seconds("for_seconds", 0.0);
        let for_ms = match what {
            Some(What::Unread) => self.seconds("unread_seconds", 1.0),
            Some(What::DarkScreens(_)) => lasts.or(Some(DARK_MS)),
            _ => lasts,
        };
        let quiet = self.alert.texts.get("quiet").and_then(|found| {
            let remedy = "write for example 22:00-06:00, or Sa-Su 00:00-24:00";
            found.parse(self.problems, |text| {
                Hours::parse(text).map_err(|error| (error, remedy))
            })
        });
        let to = self.to(receivers);
        let name = self.name(what)?;
        Some(Rule {
            name,
            boards,
            queues,
            groups,
            what: what?,
            for_ms: for_ms.unwrap_or(0),
            to,
            quiet,
        })
    }

    /// The name; where there is none, what it is about.
    fn name(&mut self, what: Option<What>) -> Option<String> {
        let Some(found) = self.alert.texts.get("name") else {
            let name = match what? {
                What::Level(level) => level.as_str(),
                What::Metric { metric, .. } => metric.label(),
                What::Unread => "unread",
                What::DarkScreens(_) => "dark screens",
            };
            return Some(name.to_owned());
        };
        let name = boards::label(Some(found), self.problems)?;
        if name == MISSING {
            let remedy = "choose another: every watched board has an alert of this name";
            self.problems.push(found.wrong("is taken", remedy));
        }
        Some(name)
    }

    fn what(&mut self) -> Option<What> {
        let texts = &self.alert.texts;
        let given: Vec<&str> = ABOUT
            .into_iter()
            .filter(|key| texts.contains_key(*key))
            .collect();
        let level = texts
            .get("level")
            .map(|found| found.parse(self.problems, level));
        match (given.as_slice(), texts.get("metric")) {
            (["level"], _) => Some(What::Level(level??)),
            (["metric"] | ["level", "metric"], Some(found)) => {
                let metric = found.parse(self.problems, metric)?;
                let limit = self.limit(metric)?;
                let level = level.map_or(Some(Level::Critical), |level| level)?;
                Some(What::Metric {
                    metric,
                    limit,
                    level,
                })
            }
            (["unread_seconds"], _) => Some(What::Unread),
            (["dark_screens"], _) => {
                let found = texts.get("dark_screens")?;
                let least = found.number(self.problems, 1.0..=1_000.0, true, "screens")?;
                Some(What::DarkScreens(least as u64))
            }
            (given, _) => {
                let what = match given.is_empty() {
                    true => "does not say what it is about",
                    false => "is about several things",
                };
                self.problems.push(Problem::new(
                    &self.alert.place,
                    "the alert",
                    what,
                    "give it one of level, metric (with limit), unread_seconds and dark_screens",
                ));
                None
            }
        }
    }

    /// The limit, in the metric's unit in the snapshot.
    fn limit(&mut self, metric: Metric) -> Option<f64> {
        let (factor, bounds, is_whole, unit) = levels::scale(metric);
        let Some(found) = self.alert.texts.get("limit") else {
            self.problems.push(Problem::new(
                &self.alert.place,
                "alerts.limit",
                "is missing",
                format_args!("give the {unit} at which {} is trouble", metric.label()),
            ));
            return None;
        };
        let limit = found.number(self.problems, bounds, is_whole, unit)?;
        Some(limit * factor)
    }

    fn seconds(&mut self, key: &str, least: f64) -> Option<u64> {
        let found = self.alert.texts.get(key)?;
        let seconds = found.number(self.problems, least..=LONGEST, true, "seconds")?;
        Some(seconds as u64 * 1_000)
    }

    fn list(&self, key: &str) -> &'r [Spanned<String>] {
        self.alert.lists.get(key).map_or(&[], |it| &it.value)
    }

    /// What the list names, each of which some board must have.
    fn listed(&mut self, key: &str, otherwise: &str) -> Vec<String> {
        let mut names = Vec::new();
        for found in self.list(key) {
            let name = found.value.trim();
            let is_there = |board: &BoardConfig| match key {
                "boards" => board.slug == name,
                "groups" => board.groups.iter().any(|group| group.name == name),
                // A board of every queue may have it.
                _ => board.queues.is_empty() || board.queues.iter().any(|it| it.id == name),
            };
            if !self.known.iter().any(is_there) {
                let remedy = "compare it with [[boards]], or remove it here";
                self.problems.push(found.wrong(otherwise, remedy));
            }
            names.push(name.to_owned());
        }
        names
    }

    fn to(&mut self, receivers: &[String]) -> Vec<String> {
        let found = self.list("to");
        if found.is_empty() {
            self.problems.push(Problem::new(
                &self.alert.place,
                "alerts.to",
                "is missing or empty",
                "name receivers, for example to = [\"team\"], each with a [[receivers]] of that name",
            ));
        }
        let mut names = Vec::new();
        for found in found {
            let name = found.value.trim().to_owned();
            if !receivers.contains(&name) {
                let near = keys::did_you_mean(&name, receivers.iter().map(String::as_str));
                let remedy = match near {
                    Some(near) => format!("did you mean {near}?"),
                    None => "add a [[receivers]] of that name".to_owned(),
                };
                self.problems.push(found.wrong("is no receiver", remedy));
            }
            names.push(name);
        }
        names
    }
}

fn level(text: &str) -> Result<Level, (&'static str, &'static str)> {
    match text {
        "warning" => Ok(Level::Warning),
        "critical" => Ok(Level::Critical),
        _ => Err(("is not a level", "write warning or critical")),
    }
}

/// A metric by its name, or as levels name it.
fn metric(text: &str) -> Result<Metric, (&'static str, String)> {
    let mut all = Metric::ALL.into_iter();
    if let Some(metric) = all.find(|it| it.as_str() == text || keys::level_key(*it) == text) {
        return Ok(metric);
    }
    let names = Metric::ALL.map(Metric::as_str);
    let remedy = match keys::did_you_mean(text, names) {
        Some(name) => format!("did you mean {name}?"),
        None => "docs/metrics.md lists every metric".to_owned(),
    };
    Err(("is not a metric", remedy))
}
