//! What is told, and when: each change once, and no more than people can take.
//!
//! Pure: it is handed what is seen and the time, and returns messages. What it remembers is a
//! text that the store keeps, so that a restart, or another leader, tells nothing twice.
//!
//! - A queue that turns red waits [`GATHER_MS`] for others of its rule, and all are one message:
//!   an incident. In a storm the wait is longer.
//! - It is over once it was calm for [`CALM_MS`]: what comes back sooner is the same trouble.
//! - Of one alert at most [`MOST_AN_HOUR`] messages are sent in an hour. One more is allowed where
//!   it stands still, and did not flap: a real trouble is not kept back for an hour.

use std::collections::{BTreeMap, BTreeSet};

use queuewall_shared::snapshot::Level;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    look::{Board, Sight, Verdict},
    message::{Kind, Line, Message},
    rule::{self, Rule, What},
};
use crate::hours::MinuteOfWeek;

/// How long the first waits for others. With the look that sees it and the one that sends, and
/// what several servers take to publish, less than 5 s.
const GATHER_MS: u64 = 2_000;

/// After so many messages of a rule within [`STORM_MS`] it gathers for as long.
const STORM_MESSAGES: usize = 2;
const STORM_MS: u64 = 60_000;

/// How long something must be calm to be over.
pub(super) const CALM_MS: u64 = 5 * 60_000;

/// How long those of an incident that are over wait for the rest.
const REST_MS: u64 = 15 * 60_000;

/// The most messages of one alert in an hour, and with the one that is allowed beside.
const MOST_AN_HOUR: usize = 2;
const HOUR_MS: u64 = 3_600_000;

/// It stands still that did not change for so long, and changed fewer times in the hour.
const STILL_MS: u64 = 10 * 60_000;
const FEW_CHANGES: usize = 8;

/// What is not known for so long, and was not told, begins from scratch.
const FORGOTTEN_MS: u64 = 5 * 60_000;

/// What was told, and what may have to be.
#[derive(Debug, Default)]
pub struct Engine {
    kept: Kept,
    /// When the messages of each rule were sent, within [`STORM_MS`].
    sent: BTreeMap<String, Vec<u64>>,
    /// The latest look at each alert.
    seen: BTreeMap<Key, Seen>,
}

/// What outlives the process.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Kept {
    /// How many incidents there were.
    incidents: u64,
    alerts: Vec<(Key, Alert)>,
}

/// A rule, a board's slug, and what it watches there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Key(String, String, String);

/// One thing that a rule watches, and that is or was in trouble.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Alert {
    name: String,
    is_on: bool,
    level: Level,
    /// Since when it is on, or not.
    since_ms: u64,
    /// When it changed lately: as many as matter.
    changes: Vec<u64>,
    /// When messages about it were sent within an hour.
    messages: Vec<u64>,
    told: Option<Told>,
}

/// What was told of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Told {
    incident: String,
    level: Level,
    /// Since when it was on.
    since_ms: u64,
    /// Who was told.
    to: Vec<String>,
}

/// What the latest look saw.
#[derive(Clone, Debug, Default)]
struct Seen {
    /// When it was last known.
    known_ms: u64,
    /// Whether it is known now.
    is_known: bool,
    /// Since when it is to be told.
    due_since_ms: Option<u64>,
    /// Whether nothing is to be sent now.
    is_quiet: bool,
    is_of_level: bool,
    text: String,
    data: Value,
}

impl Alert {
    /// Whether a message may be sent now.
    fn may_tell(&self, now_ms: u64) -> bool {
        let count = within(&self.messages, now_ms, HOUR_MS);
        let changed_ms = self.changes.last().copied().unwrap_or(self.since_ms);
        let is_still = now_ms.saturating_sub(changed_ms) >= STILL_MS
            && within(&self.changes, now_ms, HOUR_MS) < FEW_CHANGES;
        count < MOST_AN_HOUR || (count == MOST_AN_HOUR && is_still)
    }

    fn turn(&mut self, is_on: bool, now_ms: u64) {
        if self.is_on != is_on {
            (self.is_on, self.since_ms) = (is_on, now_ms);
            remember(&mut self.changes, now_ms);
        }
    }

    /// Whether it was calm for long enough.
    fn is_over(&self, now_ms: u64) -> bool {
        !self.is_on && now_ms.saturating_sub(self.since_ms) >= CALM_MS
    }

    /// Whether it is worse than was told, or was not told.
    fn is_news(&self) -> bool {
        self.is_on
            && self
                .told
                .as_ref()
                .is_none_or(|told| told.level < self.level)
    }
}

fn within(times: &[u64], now_ms: u64, window_ms: u64) -> usize {
    let times = times.iter();
    let recent = times.filter(|at| now_ms.saturating_sub(**at) < window_ms);
    recent.count()
}

fn remember(times: &mut Vec<u64>, now_ms: u64) {
    times.retain(|at| now_ms.saturating_sub(*at) < HOUR_MS);
    if times.len() >= FEW_CHANGES {
        times.remove(0);
    }
    times.push(now_ms);
}

impl Engine {
    /// Goes on from what was kept; of another version, it may not be understood.
    #[must_use]
    pub fn restored(kept: &str) -> Self {
        Self {
            kept: serde_json::from_str(kept).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// What is to be kept.
    #[must_use]
    pub fn kept(&self) -> String {
        // Of plain values: it is always written.
        serde_json::to_string(&self.kept).unwrap_or_default()
    }

    /// Whether there is nothing to remember.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.kept.alerts.is_empty()
    }

    /// Looks at all boards, and returns what is to be sent now, in milliseconds since 1970.
    pub fn step(&mut self, rules: &[Rule], boards: &[Board<'_>], now_ms: u64) -> Vec<Message> {
        let slugs = boards
            .iter()
            .map(|board| board.snapshot.board.slug.as_str());
        let rules = rule::with_missing(rules, slugs);
        let mut alerts: BTreeMap<_, _> =
            std::mem::take(&mut self.kept.alerts).into_iter().collect();
        self.look(&mut alerts, &rules, boards, now_ms);
        let mut messages = self.told_now(&mut alerts, &rules, boards, now_ms);
        messages.extend(self.over_now(&mut alerts, boards, now_ms));
        let is_kept = |alert: &Alert| {
            let lasts = within(&alert.messages, now_ms, HOUR_MS) > 0;
            alert.is_on || alert.told.is_some() || lasts
        };
        alerts.retain(|_, alert| is_kept(alert));
        self.seen.retain(|key, _| alerts.contains_key(key));
        self.kept.alerts = alerts.into_iter().collect();
        messages
    }

    /// Takes over what is seen.
    fn look(
        &mut self,
        alerts: &mut BTreeMap<Key, Alert>,
        rules: &[Rule],
        boards: &[Board<'_>],
        now_ms: u64,
    ) {
        for seen in self.seen.values_mut() {
            seen.is_known = false;
        }
        let mut there = BTreeSet::new();
        for rule in rules {
            let watched = |board: &&Board<'_>| rule.watches(&board.snapshot.board.slug);
            for board in boards.iter().filter(watched) {
                let is_quiet = is_quiet(rule, board, now_ms);
                for sight in board.sights(rule) {
                    let slug = board.snapshot.board.slug.clone();
                    let key = Key(rule.name.clone(), slug, sight.id.clone());
                    there.insert(key.clone());
                    self.see(alerts, key, sight, rule, is_quiet, now_ms);
                }
            }
        }
        for (key, alert) in alerts.iter_mut().filter(|(key, _)| !there.contains(*key)) {
            // Of a board that is not read yet nothing is gone.
            let board = boards.iter().find(|it| it.snapshot.board.slug == key.1);
            let is_watched = rules
                .iter()
                .any(|rule| rule.name == key.0 && rule.watches(&key.1));
            if is_watched && board.is_some_and(|board| !board.is_read()) {
                continue;
            }
            alert.turn(false, now_ms.saturating_sub(CALM_MS));
            let seen = self.seen.entry(key.clone()).or_default();
            (seen.is_known, seen.is_quiet) = (true, false);
            "no longer watched".clone_into(&mut seen.text);
        }
    }

    fn see(
        &mut self,
        alerts: &mut BTreeMap<Key, Alert>,
        key: Key,
        sight: Sight,
        rule: &Rule,
        is_quiet: bool,
        now_ms: u64,
    ) {
        if matches!(sight.verdict, Verdict::Trouble(_)) {
            alerts.entry(key.clone()).or_default();
        }
        let Some(alert) = alerts.get_mut(&key) else {
            return;
        };
        let seen = self.seen.entry(key).or_insert_with(|| Seen {
            known_ms: now_ms,
            ..Seen::default()
        });
        (seen.is_quiet, seen.is_of_level) = (is_quiet, matches!(rule.what, What::Level(_)));
        match sight.verdict {
            Verdict::Trouble(level) => {
                if alert.is_on && alert.level != level {
                    remember(&mut alert.changes, now_ms);
                }
                alert.turn(true, now_ms);
                (alert.level, alert.name) = (level, sight.name);
                (seen.text, seen.data) = (sight.text, sight.data);
            }
            Verdict::Calm => alert.turn(false, now_ms),
            Verdict::Closed => {
                alert.turn(false, now_ms);
                "closed".clone_into(&mut seen.text);
            }
            Verdict::Near => {}
            Verdict::Unknown => {
                seen.due_since_ms = None;
                let is_forgotten = now_ms.saturating_sub(seen.known_ms) >= FORGOTTEN_MS;
                if is_forgotten && alert.told.is_none() {
                    alert.turn(false, now_ms);
                }
                return;
            }
        }
        if sight.verdict == Verdict::Calm {
            seen.text.clear();
        }
        (seen.is_known, seen.known_ms) = (true, now_ms);
        let is_due = matches!(sight.verdict, Verdict::Trouble(_))
            && alert.is_news()
            && now_ms.saturating_sub(alert.since_ms) >= rule.for_ms
            && !is_quiet
            && alert.may_tell(now_ms);
        seen.due_since_ms = is_due.then(|| seen.due_since_ms.unwrap_or(now_ms));
    }

    /// What turned bad, or worse, and waited long enough for others.
    fn told_now(
        &mut self,
        alerts: &mut BTreeMap<Key, Alert>,
        rules: &[Rule],
        boards: &[Board<'_>],
        now_ms: u64,
    ) -> Vec<Message> {
        let mut messages = Vec::new();
        for rule in rules {
            let sent = self.sent.entry(rule.name.clone()).or_default();
            sent.retain(|at| now_ms.saturating_sub(*at) < STORM_MS);
            let gather_ms = match sent.len() >= STORM_MESSAGES {
                true => STORM_MS,
                false => GATHER_MS,
            };
            let of_rule = self.seen.iter().filter(|(key, _)| key.0 == rule.name);
            let due = of_rule.filter_map(|(key, seen)| Some((key, seen.due_since_ms?)));
            let due: Vec<_> = due.map(|(key, since)| (key.clone(), since)).collect();
            let is_time = |since: u64| now_ms.saturating_sub(since) >= gather_ms;
            if !due.iter().any(|(_, since)| is_time(*since)) {
                continue;
            }
            // What got worse is the same incident.
            let mut incidents: BTreeMap<Option<String>, Vec<Key>> = BTreeMap::new();
            for (key, _) in due {
                let told = alerts.get(&key).and_then(|alert| alert.told.as_ref());
                let incident = told.map(|told| told.incident.clone());
                incidents.entry(incident).or_default().push(key);
            }
            for (incident, keys) in incidents {
                let incident = incident.unwrap_or_else(|| {
                    self.kept.incidents += 1;
                    format!("{now_ms}-{}", self.kept.incidents)
                });
                self.sent.entry(rule.name.clone()).or_default().push(now_ms);
                let mut lines = Vec::new();
                for key in &keys {
                    let (Some(alert), Some(seen)) = (alerts.get_mut(key), self.seen.get_mut(key))
                    else {
                        continue;
                    };
                    seen.due_since_ms = None;
                    remember(&mut alert.messages, now_ms);
                    alert.told = Some(Told {
                        incident: incident.clone(),
                        level: alert.level,
                        since_ms: alert.since_ms,
                        to: rule.to.clone(),
                    });
                    lines.push(line(key, alert, seen, alert.since_ms));
                }
                let level = lines.iter().map(|line| line.level).max();
                let kind = Kind::Triggered(level.unwrap_or(Level::Warning));
                let message = Message::new(kind, &incident, &rule.name, rule.to.clone(), now_ms);
                messages.push(message.of(Some(rule.what), lines, Vec::new(), boards));
            }
        }
        messages
    }

    /// What is over: of an incident all at once, else those that waited long enough for the rest.
    fn over_now(
        &mut self,
        alerts: &mut BTreeMap<Key, Alert>,
        boards: &[Board<'_>],
        now_ms: u64,
    ) -> Vec<Message> {
        let mut incidents: BTreeMap<String, Vec<Key>> = BTreeMap::new();
        for (key, alert) in alerts.iter() {
            if let Some(told) = &alert.told {
                incidents
                    .entry(told.incident.clone())
                    .or_default()
                    .push(key.clone());
            }
        }
        let mut messages = Vec::new();
        for (incident, keys) in incidents {
            let is_over = |key: &Key| {
                let known = (alerts.get(key)).zip(self.seen.get(key));
                known.is_some_and(|(alert, seen)| {
                    let may_tell = seen.is_known && !seen.is_quiet && alert.may_tell(now_ms);
                    alert.is_over(now_ms) && may_tell
                })
            };
            let (over, rest): (Vec<_>, Vec<_>) = keys.into_iter().partition(is_over);
            let waited = |key: &Key| {
                let since = alerts.get(key).map_or(now_ms, |alert| alert.since_ms);
                now_ms.saturating_sub(since) >= CALM_MS + REST_MS
            };
            if over.is_empty() || (!rest.is_empty() && !over.iter().any(waited)) {
                continue;
            }
            let mut lines = Vec::new();
            let (mut to, mut rule) = (Vec::new(), String::new());
            for key in &over {
                let Some(alert) = alerts.get_mut(key) else {
                    continue;
                };
                let Some(told) = alert.told.take() else {
                    continue;
                };
                remember(&mut alert.messages, now_ms);
                alert.level = told.level;
                let seen = self.seen.get(key).cloned().unwrap_or_default();
                lines.push(line(key, alert, &seen, told.since_ms).lasted_until(alert.since_ms));
                (to, rule) = (told.to, key.0.clone());
            }
            let rest: Vec<_> = rest
                .iter()
                .filter_map(|key| {
                    let alert = alerts.get(key)?;
                    let seen = self.seen.get(key).cloned().unwrap_or_default();
                    Some(line(key, alert, &seen, alert.since_ms))
                })
                .collect();
            let kind = match rest.iter().map(|line| line.level).max() {
                Some(level) => Kind::Triggered(level),
                None => Kind::Resolved,
            };
            let message = Message::new(kind, &incident, &rule, to, now_ms);
            messages.push(message.of(None, lines, rest, boards));
        }
        messages
    }
}

fn line(key: &Key, alert: &Alert, seen: &Seen, since_ms: u64) -> Line {
    Line {
        board: key.1.clone(),
        id: key.2.clone(),
        name: alert.name.clone(),
        level: alert.level,
        is_of_level: seen.is_of_level,
        since_ms,
        until_ms: None,
        text: seen.text.clone(),
        data: match &seen.data {
            Value::Null => json!({ "id": key.2, "name": alert.name }),
            data => data.clone(),
        },
    }
}

/// Whether the rule is quiet on this board now.
fn is_quiet(rule: &Rule, board: &Board<'_>, now_ms: u64) -> bool {
    let Some(quiet) = &rule.quiet else {
        return false;
    };
    let now = std::time::UNIX_EPOCH + std::time::Duration::from_millis(now_ms);
    MinuteOfWeek::at(now, &board.zone).is_some_and(|minute| quiet.contain(minute))
}
