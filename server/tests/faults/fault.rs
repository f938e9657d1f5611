//! What a fault is, and what has to be seen of it.

use std::time::Duration;

use queuewall_shared::snapshot::{Cause, QueueState};

use crate::world::{Spoken, World};

/// One kind of trouble: an entry of the table.
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// Sets it going; [`World::heal`] ends it.
    pub(crate) begin: fn(&World),
    shows: Shows,
    shows_in_realtime: Option<Shows>,
    /// Whether the way to the tenant is encrypted.
    pub(crate) is_encrypted: bool,
    /// After how long what is wrong is looked at again, where the server does not say.
    pub(crate) retry: Duration,
}

/// What is to be seen within one poll.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Shows {
    /// Nothing at all: no poll is lost.
    Nothing,
    /// Old numbers for the time that one poll takes.
    Dip,
    /// The board's cause and every tile's, beside the last numbers and their age.
    Cause(Cause),
    /// The same in every tile, and no numbers; the board says the second.
    Gone(QueueState, Cause, Cause),
    /// All tiles say why they get no numbers; the board says so when they are too old.
    LeftOut,
    /// The first tile alone has no new numbers.
    First(QueueState, Cause),
    /// Tiles that are open and know nothing of what waits.
    Blank,
}

impl Fault {
    pub(crate) fn new(name: &'static str, begin: fn(&World), shows: Shows) -> Self {
        Self {
            name,
            begin,
            shows,
            shows_in_realtime: None,
            is_encrypted: false,
            retry: Duration::ZERO,
        }
    }

    /// What it looks like in `realtime`, where it looks otherwise there.
    pub(crate) fn in_realtime(self, shows: Shows) -> Self {
        Self {
            shows_in_realtime: Some(shows),
            ..self
        }
    }

    /// On an encrypted line.
    pub(crate) fn encrypted(self) -> Self {
        Self {
            is_encrypted: true,
            ..self
        }
    }

    /// Looked at again after `retry`.
    pub(crate) fn again_after(self, retry: Duration) -> Self {
        Self { retry, ..self }
    }

    pub(crate) fn shows(&self, spoken: Spoken) -> Shows {
        match (spoken, self.shows_in_realtime) {
            (Spoken::Realtime, Some(shows)) => shows,
            _ => self.shows,
        }
    }
}
