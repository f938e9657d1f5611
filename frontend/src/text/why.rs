//! Why a tile is at its level: nothing that the numbers on the tile refute.

use std::time::Duration;

use queuewall_shared::format::{self, AgeUnit};
use queuewall_shared::phrase::Phrase;
use queuewall_shared::snapshot::{Metric, Queue, Reason};

use super::{age, counted_in, known, level, wait, words};
use crate::numbers;

/// Before a time whose start was not seen, in all languages: it is longer than what was seen
/// of it. The page's face has no sign for "at least".
const MORE_THAN: &str = ">\u{a0}";

/// Why a tile is at its level, in the parts that it is written in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Why {
    /// The level in a word, or that it is easing, and what parts it from the rest.
    pub lead: String,
    /// What is the matter.
    pub matter: String,
    /// For how long.
    pub lasting: String,
    /// The same in fewer letters, where there is such a form.
    pub lasting_short: String,
    /// How many agents could take a call, and of how many; empty where the matter says it.
    pub free: String,
}

impl Why {
    /// Makes it a group's, whose level is that of the queue of this name, if it is a queue's: its
    /// agents are not the group's.
    pub(crate) fn is_of(&mut self, name: &str) {
        let dot = match name.is_empty() || self.lasting.is_empty() {
            true => "",
            false => " · ",
        };
        self.lasting = [name, dot, &self.lasting].concat();
        self.lasting_short.clear();
        self.free.clear();
    }

    /// The second line, and a shorter one for where it has no room. Agents, behind the time,
    /// are kept together: what has no room wraps out of sight.
    #[must_use]
    pub fn second_line(&self) -> [String; 2] {
        let free = self.free.replace(' ', "\u{a0}");
        [&self.lasting, &self.lasting_short].map(|lasting| {
            let dot = match lasting.is_empty() || free.is_empty() {
                true => "",
                false => " ·\u{a0}",
            };
            [lasting, dot, &free].concat()
        })
    }
}

/// Why a queue is at its level, by the first of its reasons, which has been for `lasting`.
/// Nothing here is refuted by the numbers on the queue's tile.
#[must_use]
pub fn why(queue: &Queue, lasting: Option<Duration>) -> Why {
    let words = words();
    let reason = queue.reasons.first();
    let is_easing = reason.is_some_and(|reason| {
        reason.held && (reason.value.is_some() || is_for_none_waiting(queue, reason))
    });
    let lead = match is_easing {
        true => words.easing.text(),
        false => level(queue.level),
    };
    let is_at_least = match reason {
        Some(Reason {
            since_ms: Some(_),
            since_at_least,
            ..
        }) => *since_at_least,
        _ => queue.level_since_at_least,
    };
    let lasting = lasting.map_or_else(String::new, minutes);
    let agents = &queue.agents;
    let says_free = reason.is_some_and(says_nobody_free);
    let free = match (agents.available, agents.logged_on) {
        (Some(free), Some(all @ 1..)) if !says_free => {
            (words.free_of).fill([&numbers::compact(free), &numbers::compact(all)])
        }
        _ => String::new(),
    };
    Why {
        lead: match reason {
            Some(_) => [lead, words.colon].concat(),
            None => lead.into(),
        },
        matter: reason.map_or_else(String::new, |reason| matter(queue, reason)),
        lasting_short: match is_at_least && !lasting.is_empty() {
            true => [MORE_THAN, &lasting].concat(),
            false => String::new(),
        },
        lasting: match is_at_least && !lasting.is_empty() {
            true => words.at_least.fill([&lasting]),
            false => lasting,
        },
        free,
    }
}

/// Whether a reason's words are that nobody is free.
fn says_nobody_free(reason: &Reason) -> bool {
    reason.metric == Metric::AvailableAgents && !reason.held && reason.limit < 1.0
}

/// Whether a reason is past because nobody waits any more.
fn is_for_none_waiting(queue: &Queue, reason: &Reason) -> bool {
    reason.held && queue.waiting == Some(0) && reason.metric < Metric::ServiceLevel
}

/// What a reason means, without its level and its time: its limit, or the number where the
/// limit would seem refuted by it.
fn matter(queue: &Queue, reason: &Reason) -> String {
    let words = words();
    if is_for_none_waiting(queue, reason) {
        return words.none_waiting.text().into();
    }
    if reason.held && reason.value.is_none() {
        return words.now_unknown.text().into();
    }
    let count = |number: f64| numbers::compact(number as u64);
    let time = |number: f64| wait(Duration::from_millis(number as u64));
    let said = |limit: Phrase<1>, now: Phrase<1>, write: &dyn Fn(f64) -> String| {
        let number = reason.value.map(write);
        let limit_text = write(reason.limit);
        match reason.held || number.as_ref() == Some(&limit_text) {
            true => now.fill([&known(number)]),
            false => limit.fill([&limit_text]),
        }
    };
    let nothing = |text: Phrase<0>| text.text().to_owned();
    match reason.metric {
        Metric::Waiting if !reason.held => words.many_waiting.fill([&count(reason.limit)]),
        Metric::Waiting => said(words.many_waiting, words.waiting_now, &count),
        Metric::AverageWait => said(words.wait_over, words.wait_now, &time),
        Metric::LongestWait => said(words.longest_over, words.longest_now, &time),
        Metric::ServiceLevel if reason.held => {
            (words.service_now).fill([&known(reason.value.map(format::whole_percent))])
        }
        Metric::ServiceLevel => words.service_under.fill([&numbers::tenths(reason.limit)]),
        Metric::AvailableAgents if reason.held => said(words.few_free, words.free_now, &count),
        Metric::AvailableAgents if says_nobody_free(reason) => nothing(words.nobody_free),
        Metric::AvailableAgents => words.few_free.fill([&count(reason.limit)]),
        Metric::AgentsLoggedOn if reason.held => {
            said(words.few_logged_on, words.logged_on_now, &count)
        }
        Metric::AgentsLoggedOn if reason.limit < 1.0 => nothing(words.none_logged_on),
        Metric::AgentsLoggedOn => words.few_logged_on.fill([&count(reason.limit)]),
        Metric::AbandonRate => said(words.abandoned_over, words.abandoned_now, &numbers::tenths),
        Metric::ServiceLevelToday => said(
            words.service_today_under,
            words.service_today_now,
            &numbers::tenths,
        ),
        Metric::AverageSpeedOfAnswer => said(words.answer_over, words.answer_now, &time),
        // The others are not judged.
        _ => String::new(),
    }
}

/// A time in whole minutes or more; empty below one, so that the words change no more often
/// than that.
pub(super) fn minutes(time: Duration) -> String {
    match time.as_secs() / 60 {
        0 => String::new(),
        // An age of up to two minutes would count its seconds.
        1 => counted_in(1, AgeUnit::Minutes),
        _ => age(time),
    }
}
