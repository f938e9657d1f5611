//! A working day in a contact centre, as a pure function of seed, queue and
//! simulated time: nothing accumulates, so neither the polling pattern nor the
//! order of questions can change an answer.
//!
//! The model is a sketch of a queue, not a simulation of calls: the load is the
//! demand over the staff at work; what the load exceeds of their time piles up
//! as waiting calls; the wait follows from the pile, and the service level from
//! how it was over the last twenty minutes.

mod metrics;
mod noise;
mod other_skills;
mod profile;

pub(crate) use metrics::Metrics;
use noise::{Noise, smooth_step};
pub(crate) use noise::{hash, unit};
pub(crate) use other_skills::Kind;
pub(crate) use profile::Goal;
use profile::{Profile, Trouble};

/// Seconds of a day.
pub(crate) const DAY_SECONDS: f64 = 86_400.0;
/// Above this load nobody finds a free minute between two calls.
const SWAMPED: f64 = 1.08;

/// How far back the service level looks, in seconds.
const LOOK_BACK: [f64; 5] = [0.0, 300.0, 600.0, 900.0, 1_200.0];

/// The queues of a tenant and the seed of their days.
#[derive(Debug)]
pub(crate) struct Day {
    queues: Vec<Skill>,
    others: Vec<Skill>,
}

/// What calls, or other contacts, come in for: a queue, in the words of the seed's
/// contract.
#[derive(Debug)]
pub(crate) struct Skill {
    id: String,
    number: u64,
    kind: Kind,
    profile: Profile,
    key: u64,
}

impl Day {
    /// The day of `queues` queues.
    pub(crate) fn new(seed: u64, queues: usize) -> Self {
        let queues = (0..queues)
            .map(|index| Skill {
                id: profile::id(index).to_string(),
                number: profile::id(index),
                kind: Kind::QUEUE,
                profile: profile::profile(seed, index),
                key: hash(&[seed, index as u64]),
            })
            .collect();
        let others = other_skills::all()
            .map(|(number, kind, profile)| Skill {
                id: number.to_string(),
                number,
                kind,
                profile,
                key: hash(&[seed, number]),
            })
            .collect();
        Self { queues, others }
    }

    /// Every queue as a skill, in the order of the queue list.
    pub(crate) fn skills(&self) -> &[Skill] {
        &self.queues
    }

    /// The skills that are no queues in the seed's contract.
    pub(crate) fn other_skills(&self) -> &[Skill] {
        &self.others
    }

    /// Every queue's id and name, in the order of the queue list.
    pub(crate) fn queues(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.queues
            .iter()
            .map(|queue| (queue.id.as_str(), queue.profile.name.as_str()))
    }

    /// Where in the queue list `id` stands.
    pub(crate) fn position(&self, id: &str) -> Option<usize> {
        self.queues.iter().position(|queue| queue.id == id)
    }

    /// The name of the queue at `position`.
    pub(crate) fn name(&self, position: usize) -> &str {
        &self.queues[position].profile.name
    }

    /// The metrics of the queue at `position`, `seconds` after the midnight with
    /// which the simulated time began.
    pub(crate) fn metrics(&self, position: usize, seconds: f64) -> Metrics {
        self.queues[position].metrics(seconds)
    }
}

impl Skill {
    /// Its id, as text.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Its id, as the number that it is.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.profile.name
    }

    /// What is handled there, and how.
    pub(crate) fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The service level that it is to reach.
    pub(crate) fn goal(&self) -> Goal {
        self.profile.goal
    }

    /// Its metrics, `seconds` after the midnight with which the simulated time
    /// began.
    pub(crate) fn metrics(&self, seconds: f64) -> Metrics {
        if !self.kind.active {
            return Metrics::CLOSED;
        }
        let team = self.profile.agents * self.staffing(seconds);
        let logged_on = (team * (1.0 + 0.04 * self.noise(1, seconds, 900.0))).round();
        if logged_on < 1.0 {
            return Metrics::CLOSED;
        }
        let load = self.load(seconds);
        let swamped = load >= SWAMPED;

        // Large teams have calls in passing even when all is well.
        let pile = self.profile.agents * (1.8 * pressure(load) + 0.14 * load.powi(3));
        let flutter = (0.5 + 0.5 * pile.sqrt()) * self.noise(2, seconds, 45.0);
        let waiting = (pile + flutter)
            .round()
            .max(if swamped { 1.0 } else { 0.0 });
        let wait_seconds = if waiting > 0.0 {
            let clearing = self.profile.handling_seconds * pile.max(0.3) / (2.0 * team.max(1.0));
            (10.0 + clearing) * (1.0 + 0.15 * self.noise(3, seconds, 100.0))
        } else {
            0.0
        };

        let away = (logged_on * (0.06 + 0.05 * self.noise(4, seconds, 400.0))).round();
        let ready = logged_on - away;
        let busy_share = load * 0.96 + 0.05 * self.noise(5, seconds, 60.0);
        let mut busy = (ready * busy_share.clamp(0.0, 1.0)).round();
        if swamped {
            busy = ready;
        } else {
            // With skills shared among queues, somebody is always about to be free.
            busy = busy.min(ready - 1.0);
        }

        // Whoever is busy is about an eighth of the time done with the call itself.
        let after_call_share = 0.12 + 0.06 * self.noise(9, seconds, 50.0);
        // Calls that came one after the other at even distances have waited from
        // almost nothing to almost twice the mean; one alone has waited the mean.
        let spread = (waiting - 1.0).max(0.0) / (waiting + 1.0);
        let longest_seconds =
            wait_seconds * (1.0 + spread * (1.0 + 0.3 * self.noise(10, seconds, 80.0)));

        let service_level = self.service_level(seconds);
        let calls = self.calls_of_late(seconds);
        let in_time = (calls * service_level / 100.0).round();
        Metrics {
            logged_on: logged_on as u64,
            available: (ready - busy) as u64,
            busy: busy as u64,
            after_call_work: (busy * after_call_share).round() as u64,
            waiting: waiting as u64,
            average_wait_ms: (wait_seconds * 1_000.0).round() as u64,
            longest_wait_ms: (longest_seconds * 1_000.0).round() as u64,
            service_level,
            in_time: in_time as u64,
            late: (calls - in_time) as u64,
        }
    }

    /// The share of a full shift that is logged on: in before the first call, out
    /// after the last, fewer over lunch.
    fn staffing(&self, seconds: f64) -> f64 {
        let profile = &self.profile;
        let minute = minute_of_day(seconds);
        let on_shift = if profile.open_for >= 1_440.0 {
            // Night shifts are smaller.
            0.35 + 0.65
                * smooth_step(360.0, 480.0, minute)
                * (1.0 - smooth_step(1_200.0, 1_320.0, minute))
        } else {
            let open = self.minutes_since_opening(minute);
            smooth_step(-10.0, 8.0, open)
                * (1.0 - smooth_step(profile.open_for + 4.0, profile.open_for + 15.0, open))
        };
        let lunch = 1.0 - 0.26 * bump(minute, 750.0, 35.0);
        let missing = match profile.trouble {
            Trouble::ShortHanded { share } => share * (1.0 - smooth_step(780.0, 800.0, minute)),
            _ => 0.0,
        };
        on_shift * lunch * (1.0 - missing)
    }

    /// The demand, in shares of a full shift's working time.
    fn demand(&self, seconds: f64) -> f64 {
        let profile = &self.profile;
        let minute = minute_of_day(seconds);
        let lines_open = if profile.open_for >= 1_440.0 {
            0.3 + 0.7
                * smooth_step(360.0, 500.0, minute)
                * (1.0 - smooth_step(1_180.0, 1_320.0, minute))
        } else {
            let open = self.minutes_since_opening(minute);
            smooth_step(0.0, 10.0, open)
                * (1.0 - smooth_step(profile.open_for - 5.0, profile.open_for + 3.0, open))
        };
        let usual = profile.base
            + profile.morning * bump(minute, 630.0, 75.0)
            + profile.afternoon * bump(minute, 915.0, 75.0);
        let outage = match profile.trouble {
            Trouble::Outage { from, until, load } => {
                load * smooth_step(from, from + 15.0, minute)
                    * (1.0 - smooth_step(until, until + 25.0, minute))
            }
            _ => 0.0,
        };
        let drift =
            1.0 + 0.05 * self.noise(6, seconds, 700.0) + 0.03 * self.noise(7, seconds, 160.0);
        lines_open * (usual + outage) * drift
    }

    /// Demand over staff: 1 is everybody busy all the time.
    fn load(&self, seconds: f64) -> f64 {
        self.demand(seconds) / self.staffing(seconds).max(0.2)
    }

    /// How many calls came in the last twenty minutes.
    fn calls_of_late(&self, seconds: f64) -> f64 {
        let demand = LOOK_BACK
            .iter()
            .map(|back| self.demand((seconds - back).max(0.0)))
            .sum::<f64>()
            / LOOK_BACK.len() as f64;
        let span = LOOK_BACK[LOOK_BACK.len() - 1];
        (self.profile.agents * demand * span / self.profile.handling_seconds).round()
    }

    fn service_level(&self, seconds: f64) -> f64 {
        let strain = LOOK_BACK
            .iter()
            .map(|back| pressure(self.load((seconds - back).max(0.0))))
            .sum::<f64>()
            / LOOK_BACK.len() as f64;
        let usual = 88.0 + 9.0 * unit(self.key) + 2.0 * self.noise(8, seconds, 1_500.0);
        let percent = (usual - 150.0 * strain).clamp(0.0, 100.0);
        (percent * 10.0).round() / 10.0
    }

    /// Minutes since the lines opened; a little below 0 while the first agents
    /// log on.
    fn minutes_since_opening(&self, minute: f64) -> f64 {
        (minute - self.profile.opens + 30.0).rem_euclid(1_440.0) - 30.0
    }

    fn noise(&self, which: u64, seconds: f64, period_seconds: f64) -> f64 {
        let key = self.key ^ which.rotate_left(56);
        Noise { key }.at(seconds, period_seconds)
    }
}

/// What the load exceeds of the agents' time, softened: some wait even where on
/// average there is time enough.
fn pressure(load: f64) -> f64 {
    const FROM: f64 = 0.84;
    const SOFTNESS: f64 = 0.05;
    SOFTNESS * ((load - FROM) / SOFTNESS).exp().ln_1p()
}

/// A hill of height 1 around `centre`, falling off over `width` to each side.
fn bump(minute: f64, centre: f64, width: f64) -> f64 {
    let distance = (minute - centre) / width;
    (-0.5 * distance * distance).exp()
}

fn minute_of_day(seconds: f64) -> f64 {
    seconds.rem_euclid(DAY_SECONDS) / 60.0
}

#[cfg(test)]
mod tests;
