//! The demo's script: what goes wrong within its first three minutes, and later again in
//! other queues. Agents are called away, and calls come in a wave; every
//! number is still counted from the calls and agents that are there.

use super::{Acd, Doing, Event, MINUTE_MS, SECOND_MS};
use crate::{random::hash, skill::Skill};

const PERIOD_MS: i64 = 20 * MINUTE_MS;
const STEP_MS: i64 = 5 * SECOND_MS;
/// The most calls that a wave brings at a step.
const WAVE: usize = 3;
/// A queue that had a part has no other one for so long: its service level is that
/// of the latest hour.
const REST_MS: i64 = 60 * MINUTE_MS;

/// A queue's part in the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// Most of the team is called away: calls wait for minutes.
    Critical,
    /// Calls wait at the start, until the rest of the team is back.
    Recovery,
    /// More and more calls wait.
    Rising,
    /// Answers with live numbers leave the queue out.
    LeftOut,
}

/// What a part does, in seconds after the start or a repetition.
struct Course {
    from: i64,
    until: i64,
    /// The share of the team that is called away.
    away: f64,
    /// When the wave begins, and when it is at its height.
    rise: (i64, i64),
    /// So many calls wait at the least when it is.
    waiting: i64,
}

impl Part {
    const ALL: [Self; 4] = [Self::Critical, Self::Recovery, Self::Rising, Self::LeftOut];

    fn course(self) -> Course {
        match self {
            // A mean wait over two minutes takes twice as long to build up.
            Self::Critical => Course {
                from: -840,
                until: 330,
                away: 0.9,
                rise: (-840, -600),
                waiting: 14,
            },
            Self::Recovery => Course {
                from: -200,
                until: 50,
                away: 0.6,
                rise: (-120, -30),
                waiting: 7,
            },
            Self::Rising => Course {
                from: 10,
                until: 240,
                away: 0.0,
                rise: (15, 150),
                waiting: 7,
            },
            Self::LeftOut => Course {
                from: 60,
                until: 120,
                away: 0.0,
                rise: (60, 61),
                waiting: 0,
            },
        }
    }
}

/// A part that a queue has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene {
    part: Part,
    skill: usize,
    /// When the start or the repetition is that the course counts from.
    origin: i64,
}

impl Scene {
    fn ends(&self) -> i64 {
        self.origin + self.part.course().until * SECOND_MS
    }

    /// How many calls wait now at the least.
    fn waiting(&self, now: i64) -> usize {
        let Course { rise, waiting, .. } = self.part.course();
        let since = (now - self.origin) / SECOND_MS - rise.0;
        (since.clamp(0, rise.1 - rise.0) * waiting / (rise.1 - rise.0)) as usize
    }
}

impl Acd {
    /// Plays the script from a start on.
    pub(crate) fn play(&mut self, start: i64) {
        for part in Part::ALL {
            self.schedule_scene(part, start);
        }
    }

    fn schedule_scene(&mut self, part: Part, origin: i64) {
        let at = origin + part.course().from * SECOND_MS;
        self.schedule(at, Event::SceneBegins { part, origin });
    }

    pub(super) fn begin_scene(&mut self, part: Part, origin: i64) {
        // The service level of what was critical takes an hour to recover.
        let periods = if part == Part::Critical { 2 } else { 1 };
        self.schedule_scene(part, origin + periods * PERIOD_MS);
        let now = self.now;
        self.scenes.retain(|scene| scene.ends() + REST_MS > now);
        let Some(skill) = self.cast(part, origin) else {
            return;
        };
        let scene = Scene {
            part,
            skill,
            origin,
        };
        self.call_away(skill, part.course().away, scene.ends());
        self.scenes.push(scene);
        self.schedule(now, Event::SceneGoesOn { part });
    }

    /// The queue that has a part: one that is calm without it, and shares no agents with
    /// another in the script. An outage of the day's own comes first for what is critical.
    fn cast(&mut self, part: Part, origin: i64) -> Option<usize> {
        let skills = std::sync::Arc::clone(&self.skills);
        let until = origin + part.course().until * SECOND_MS;
        let is_staffed = |skill: &Skill, team| {
            skill.team(self.now).min(skill.team(until + 10 * MINUTE_MS)) >= team
        };
        let is_apart = |skill: &Skill| {
            !self.scenes.iter().any(|scene| {
                let other = &skills.all()[scene.skill];
                other.number() == skill.number()
                    || (self.now < scene.ends() && skill.is_in_group_of(other))
            })
        };
        let apart = skills.queues().iter().enumerate();
        let apart = apart.filter(|(_, skill)| is_staffed(skill, 6) && is_apart(skill));
        let apart: Vec<_> = apart.collect();
        let mut fitting = Vec::new();
        for (index, skill) in apart {
            let metrics = self.metrics(index, &[]);
            let has_outage = skill.outage(self.now) > 1.0;
            let is_calm = metrics.waiting <= 2 && metrics.service_level() >= 90.0 && !has_outage;
            let fits = match part {
                Part::Critical => (is_calm && metrics.logged_on >= 8) || has_outage,
                // Some late calls of many leave the service level in its green.
                Part::Recovery => is_calm && metrics.in_time >= 90,
                Part::Rising => is_calm && metrics.logged_on >= 8,
                Part::LeftOut => is_calm,
            };
            if fits {
                fitting.push((
                    !has_outage,
                    hash(&[skill.key(), 13, self.now as u64]),
                    index,
                ));
            }
        }
        fitting.into_iter().min().map(|(.., index)| index)
    }

    /// Calls a share of a team away, each agent when the contact in hand is done.
    fn call_away(&mut self, skill: usize, share: f64, until: i64) {
        let agents = self.lines[skill].team.iter().copied();
        let logged_on: Vec<_> = agents
            .filter(|agent| self.agents[*agent].doing != Doing::LoggedOut)
            .collect();
        let away = (logged_on.len() as f64 * share).round() as usize;
        for agent in logged_on.into_iter().take(away) {
            self.agents[agent].away_until = until;
            if self.agents[agent].doing == Doing::Available {
                self.free(agent);
            }
        }
    }

    pub(super) fn go_on(&mut self, part: Part) {
        let now = self.now;
        let scenes = self.scenes.iter().filter(|scene| scene.part == part);
        let Some(scene) = scenes.copied().next_back() else {
            return;
        };
        if now >= scene.ends() {
            // What was left out is in the answers again.
            self.lines[scene.skill].changed = now;
            return;
        }
        for _ in 0..WAVE {
            if self.lines[scene.skill].waiting.len() < scene.waiting(now) {
                self.arrive(scene.skill);
            }
        }
        self.schedule(now + STEP_MS, Event::SceneGoesOn { part });
    }

    /// How many times as long as usual contacts wait before they give up: those who hear
    /// of an outage stay on the line.
    pub(super) fn patience_times(&self, skill: usize) -> f64 {
        if self.has(Part::Critical, skill) {
            1.7
        } else {
            1.0
        }
    }

    fn has(&self, part: Part, skill: usize) -> bool {
        let mut scenes = self.scenes.iter();
        scenes.any(|it| it.part == part && it.skill == skill && self.now < it.ends())
    }

    /// Whether answers with live numbers leave a skill out now.
    pub(crate) fn leaves_out(&self, skill: usize) -> bool {
        self.has(Part::LeftOut, skill)
    }
}
