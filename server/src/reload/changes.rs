//! What a running server takes over, told apart in words. Nothing of it is secret.

use std::collections::BTreeMap;

use crate::config::{BoardConfig, Live};

/// What is other in `new`, in a sentence each; none where all is the same.
pub(super) fn between(old: &Live, new: &Live) -> Vec<String> {
    let mut news = Vec::new();
    for board in &old.boards {
        if of(new, &board.slug).is_none() {
            news.push(format!("board {:?} removed", board.slug));
        }
    }
    for board in &new.boards {
        match of(old, &board.slug) {
            None => news.push(format!("board {:?} added", board.slug)),
            Some(before) if before != board => {
                let what = parts(before, board).join(", ");
                news.push(format!("board {:?} changed ({what})", board.slug));
            }
            Some(_) => {}
        }
    }
    if order(old, new) != order(new, old) {
        news.push("the boards stand in another order".to_owned());
    }
    if old.interval != new.interval {
        news.push(format!("reading every {} s", new.interval.as_secs()));
    }
    if old.backfill_days != new.backfill_days {
        news.push(format!("back-fill: {} days", new.backfill_days));
    }
    if old.alerts.receivers != new.alerts.receivers {
        news.push(format!("receivers: {:?}", new.alerts.receivers));
    }
    if old.alerts.rules != new.alerts.rules {
        let names = new.alerts.rules.iter().map(|rule| rule.name.as_str());
        news.push(format!("alerts: {}", names.collect::<Vec<_>>().join(", ")));
    }
    if old.hosts != new.hosts {
        news.push(format!("names: {}", new.hosts.join(", ")));
    }
    news
}

/// The boards that would show more than before since a line is gone, in a sentence each.
/// `places` says where a board of the file begins, by slug.
pub(super) fn wider(old: &Live, new: &Live, places: &BTreeMap<String, String>) -> Vec<String> {
    let mut wider = Vec::new();
    for board in &new.boards {
        let Some(before) = of(old, &board.slug) else {
            continue;
        };
        let slug = &board.slug;
        if !before.queues.is_empty() && board.queues.is_empty() {
            let place = places.get(slug).map_or("TARGET_QUEUE_ID", String::as_str);
            wider.push(format!(
                "board {slug:?} ({place}) names no queues any more, and would show every queue"
            ));
        }
        if !before.skill_ids.is_empty() && board.skill_ids.is_empty() {
            let place = places.get(slug).map_or("CXONE_SKILL_IDS", String::as_str);
            wider.push(format!(
                "board {slug:?} ({place}) has no skill_ids any more, and would count contacts of every skill"
            ));
        }
    }
    wider
}

/// The board of that name.
fn of<'l>(live: &'l Live, slug: &str) -> Option<&'l BoardConfig> {
    live.boards.iter().find(|board| board.slug == slug)
}

/// The slugs of `live` that `other` has too, in order.
fn order<'l>(live: &'l Live, other: &Live) -> Vec<&'l str> {
    let slugs = live.boards.iter().map(|board| board.slug.as_str());
    let is_common = |slug: &&str| other.boards.iter().any(|board| board.slug == **slug);
    slugs.filter(is_common).collect()
}

/// Which parts of a board are other.
fn parts(old: &BoardConfig, new: &BoardConfig) -> Vec<&'static str> {
    // Every field: one that is added must be named here.
    let BoardConfig {
        slug: _,
        title,
        timezone,
        day_zone,
        skill_ids,
        queues,
        groups,
        levels,
        hours,
        notice,
        display,
        agents,
        simulated_clock: _,
    } = new;
    let parts = [
        (old.title != *title, "title"),
        (
            old.timezone != *timezone || old.day_zone != *day_zone,
            "timezone",
        ),
        (old.skill_ids != *skill_ids, "skill_ids"),
        (old.queues != *queues, "queues"),
        (old.groups != *groups, "groups"),
        (old.levels != *levels || old.hours != *hours, "levels"),
        (old.notice != *notice, "notice"),
        (old.display != *display, "display"),
        (old.agents != *agents, "agents"),
    ];
    let other = parts.into_iter().filter(|(is_other, _)| *is_other);
    other.map(|(_, part)| part).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{alerts::AlertsConfig, board::GroupConfig, config::QueueConfig};

    fn live(slugs: &[&str]) -> Live {
        let board = |slug: &&str| BoardConfig {
            slug: (*slug).to_owned(),
            ..BoardConfig::default()
        };
        Live {
            boards: slugs.iter().map(board).collect(),
            interval: Duration::from_secs(30),
            backfill_days: 7,
            hosts: Vec::new(),
            alerts: AlertsConfig::default(),
        }
    }

    #[test]
    fn every_change_is_named_once_and_nothing_else() {
        let old = live(&["a", "b", "c"]);
        assert!(between(&old, &old).is_empty());
        let mut new = live(&["c", "d", "b"]);
        new.boards[0].title = "C".into();
        new.boards[0].queues = vec![QueueConfig::new("1")];
        new.boards[0].groups = vec![GroupConfig {
            name: "One".into(),
            queues: vec!["1".into()],
            levels: None,
        }];
        new.interval = Duration::from_secs(60);
        new.hosts = vec!["wall.example.com".into()];
        assert_eq!(
            between(&old, &new),
            [
                "board \"a\" removed",
                "board \"c\" changed (title, queues, groups)",
                "board \"d\" added",
                "the boards stand in another order",
                "reading every 60 s",
                "names: wall.example.com",
            ]
        );
        let added = live(&["a", "d", "b", "c"]);
        assert_eq!(between(&old, &added), ["board \"d\" added"]);
    }
}
