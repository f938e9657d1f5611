//! A tenant's skills: what contacts come in for. A queue of `reporting-v2` is a skill
//! of calls that come in.

mod demand;
mod other;
mod profile;

pub(crate) use demand::{day_of, is_lunch};
pub(crate) use other::Kind;
pub(crate) use profile::Goal;
use profile::Profile;

/// A skill, and what its days are made of.
#[derive(Debug)]
pub(crate) struct Skill {
    id: String,
    number: u64,
    kind: Kind,
    profile: Profile,
    /// Tells its chance from that of others.
    key: u64,
    /// Contacts a second at the height of an ordinary day.
    peak: f64,
    /// Skills of the same group and copy may share agents.
    group: Option<(usize, usize)>,
}

/// The skills of a tenant: its queues, and what else it routes.
#[derive(Debug)]
pub(crate) struct Skills {
    all: Vec<Skill>,
    queues: usize,
}

impl Skills {
    pub(crate) fn new(seed: u64, queues: usize) -> Self {
        let of_queues = (0..queues).map(|index| {
            let number = profile::id(index);
            let profile = profile::profile(seed, index);
            let group = profile::group(index);
            Skill::new(seed, number, Kind::QUEUE, profile, group)
        });
        let others = other::all()
            .map(|(number, kind, profile)| Skill::new(seed, number, kind, profile, None));
        Self {
            all: of_queues.chain(others).collect(),
            queues,
        }
    }

    /// Every skill: the queues in the order of the queue list, then the others.
    pub(crate) fn all(&self) -> &[Skill] {
        &self.all
    }

    /// The queues, in the order of the queue list.
    pub(crate) fn queues(&self) -> &[Skill] {
        &self.all[..self.queues]
    }

    /// Where in the queue list `id` stands.
    pub(crate) fn position(&self, id: &str) -> Option<usize> {
        self.queues().iter().position(|queue| queue.id == id)
    }
}

impl Skill {
    fn new(
        seed: u64,
        number: u64,
        kind: Kind,
        profile: Profile,
        group: Option<(usize, usize)>,
    ) -> Self {
        let key = crate::random::hash(&[seed, number]);
        let mut skill = Self {
            id: number.to_string(),
            number,
            kind,
            profile,
            key,
            peak: 0.0,
            group,
        };
        skill.peak = skill.peak_rate();
        skill
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

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

    /// Mean time that a contact takes without its after-call work, in seconds.
    pub(crate) fn talk_seconds(&self) -> f64 {
        0.86 * self.profile.handling_seconds
    }

    /// Mean time of the after-call work, in seconds.
    pub(crate) fn wrap_seconds(&self) -> f64 {
        0.14 * self.profile.handling_seconds
    }

    /// Mean time after which a contact gives up waiting, in seconds; `None` where
    /// nobody is at the other end.
    pub(crate) fn patience_seconds(&self) -> Option<f64> {
        match self.kind.medium.0 {
            _ if self.is_deferred() => None,
            3 => Some(240.0),
            _ => Some(200.0),
        }
    }

    /// Whether agents start its contacts; such contacts do not wait.
    pub(crate) fn is_outbound(&self) -> bool {
        self.kind.outbound
    }

    /// E-mail and voicemail: comes at all hours, and waits for office hours.
    pub(crate) fn is_deferred(&self) -> bool {
        matches!(self.kind.medium.0, 1 | 5)
    }

    /// What an agent who has a choice takes first: 0 before 1.
    pub(crate) fn urgency(&self) -> u8 {
        self.is_deferred().into()
    }

    /// Whether an agent of this team may have the other skill too: one who would be
    /// there only in the hours in which it is open anyway.
    pub(crate) fn may_share_with(&self, other: &Self) -> bool {
        self.is_in_group_of(other)
            && self.number != other.number
            && self.profile.is_within_hours_of(&other.profile)
    }

    /// Whether agents of the one may have the other skill.
    pub(crate) fn is_in_group_of(&self, other: &Self) -> bool {
        self.group.is_some() && self.group == other.group
    }

    /// Tells its chance from that of other skills.
    pub(crate) fn key(&self) -> u64 {
        self.key
    }
}
