//! The groups of a board's queues.

use std::collections::BTreeMap;

use queuewall_shared::{
    label::clean,
    level::Thresholds,
    metric::{Metric, Unit},
};

use super::{
    QueueConfig, boards,
    file::Table,
    keys, levels,
    problem::{Problem, Spanned},
};
use crate::board::GroupConfig;

/// A board's groups in their order: over `queues`, its own, with levels judged as `base` says.
pub(super) fn read(
    board: &Table,
    queues: &[QueueConfig],
    base: &Thresholds,
    problems: &mut Vec<Problem>,
) -> Vec<GroupConfig> {
    let groups = board.array("groups");
    let Some(first) = groups.first() else {
        return Vec::new();
    };
    if queues.is_empty() {
        problems.push(Problem::new(
            &first.place,
            "boards.groups",
            "needs boards.queues: this board shows every queue",
            "list the board's queues in its key queues",
        ));
        return Vec::new();
    }
    let mut taken = Taken::default();
    let read = |group| taken.group(group, queues, base, problems);
    groups.iter().filter_map(read).collect()
}

/// What a board's earlier groups have: each with its place.
#[derive(Default)]
struct Taken {
    names: BTreeMap<String, String>,
    queues: BTreeMap<String, String>,
}

impl Taken {
    fn group(
        &mut self,
        group: &Table,
        queues: &[QueueConfig],
        base: &Thresholds,
        problems: &mut Vec<Problem>,
    ) -> Option<GroupConfig> {
        let name = self.name(group, problems);
        let ids = self.queues(group, queues, problems);
        let levels = group.table(keys::LEVELS).filter(|it| !it.is_empty());
        if let Some(levels) = levels {
            problems.extend(refused(levels));
        }
        Some(GroupConfig {
            name: name?,
            queues: ids,
            levels: levels.map(|it| levels::over(&base.without_limits(), Some(it), problems)),
        })
    }

    fn name(&mut self, group: &Table, problems: &mut Vec<Problem>) -> Option<String> {
        let Some(found) = group.texts.get("name") else {
            problems.push(Problem::new(
                &group.place,
                "boards.groups.name",
                "is missing",
                "name the group, for example name = \"Sales\"",
            ));
            return None;
        };
        // As people see it.
        let name = clean(&boards::label(Some(found), problems)?)?;
        if let Some(first) = self.names.insert(name.clone(), found.place.clone()) {
            let what = format_args!("is the name of the group at {first} too");
            problems.push(found.wrong(what, "give each group of a board its own"));
        }
        Some(name)
    }

    fn queues(
        &mut self,
        group: &Table,
        queues: &[QueueConfig],
        problems: &mut Vec<Problem>,
    ) -> Vec<String> {
        let found: &[Spanned<String>] = group.lists.get("queues").map_or(&[], |it| &it.value);
        if found.is_empty() {
            problems.push(Problem::new(
                &group.place,
                "boards.groups.queues",
                "is missing or empty",
                "list some of the board's queues, for example queues = [\"4711\", \"4712\"], or remove the group",
            ));
        }
        let mut ids = Vec::new();
        for found in found {
            let id = found.value.trim();
            if !queues.iter().any(|queue| queue.id == id) {
                let remedy = "add it to boards.queues of this board, or remove it here";
                problems.push(found.wrong("is not a queue of this board", remedy));
            } else if let Some(first) = self.queues.insert(id.to_owned(), found.place.clone()) {
                let what = format_args!("is in the group at {first} already");
                let remedy = "keep it in one group: its calls would count twice";
                problems.push(found.wrong(what, remedy));
            }
            ids.push(id.to_owned());
        }
        ids
    }
}

/// What a group's levels cannot have.
fn refused(levels: &Table) -> impl Iterator<Item = Problem> {
    let hours = levels.texts.get(keys::HOURS);
    let hours = hours.map(|it| {
        let remedy = "set hours in the levels of the board or of the queues, which a group follows";
        it.problem("is no key of a group", remedy)
    });
    let of_agents = (Metric::JUDGED.into_iter()).filter(|metric| metric.unit() == Unit::Agents);
    let agents = of_agents.filter_map(|metric| {
        let key = keys::level_key(metric);
        let place = &levels.table(&key)?.place;
        Some(Problem::new(
            place,
            &format!("boards.groups.levels.{key}"),
            "cannot be judged: CXone does not say which agents serve several queues of a group",
            "set it in the levels of the board or of the queues",
        ))
    });
    hours.into_iter().chain(agents)
}

/// A board's groups in words, for `check`; none where it has none.
pub(super) fn describe(groups: &[GroupConfig], queues: usize) -> Option<String> {
    let of = |count: usize| match count {
        1 => "1 queue".to_owned(),
        count => format!("{count} queues"),
    };
    let named: Vec<String> = groups
        .iter()
        .map(|group| {
            let own = group.levels.map_or("", |_| ", own levels");
            format!("{} ({}{own})", group.name, of(group.queues.len()))
        })
        .collect();
    let grouped: usize = groups.iter().map(|group| group.queues.len()).sum();
    let rest = match queues.saturating_sub(grouped) {
        0 => String::new(),
        rest => format!("; {} in no group", of(rest)),
    };
    (!named.is_empty()).then(|| format!("groups: {}{rest}", named.join(", ")))
}
