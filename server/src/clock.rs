//! Time, handed in: the clocks of [`cxone`], and those that are [`Watched`] all the time, so
//! that what one of them does is seen before another can hide it.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

pub use cxone::clock::{Clock, Moment, SystemClock};
use jiff::SignedDuration;

/// From here on a difference between two clocks is a leap, and not that they were read
/// one after the other or that one of them is slewed.
const LEAP: Duration = Duration::from_secs(1);

/// Clocks of which every leap forward of the wall clock is added to what has
/// [`passed`](Moment::passed).
///
/// Where the machine does not count its sleep (its system has no clock for it, or it is
/// a virtual machine that was paused from outside), only the wall clock tells of it,
/// and afterwards looks as if it had been set forward. Both are taken for sleep. A wall
/// clock that was set back in the meantime takes nothing away: it was seen by itself, as
/// long as somebody asked for the time between the two, and the boards are assembled
/// every second.
#[derive(Debug)]
pub struct Watched<C> {
    clock: C,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The clocks when the wall clock last leapt.
    reference: Moment,
    /// The sum of its leaps forward.
    leapt: Duration,
}

impl<C: Clock> Watched<C> {
    /// Watches `clock` from now on.
    #[must_use]
    pub fn new(clock: C) -> Self {
        let reference = clock.now();
        Self {
            clock,
            state: Mutex::new(State {
                reference,
                leapt: Duration::ZERO,
            }),
        }
    }
}

impl<C: Clock> Clock for Watched<C> {
    fn now(&self) -> Moment {
        // Every change is a single step, so a panic elsewhere leaves it whole.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // Within the lock: the second caller gets a later moment.
        let now = self.clock.now();
        let leap = leap(state.reference, now);
        if leap.unsigned_abs() >= LEAP {
            state.reference = now;
            state.leapt += Duration::try_from(leap).unwrap_or_default();
        }
        Moment {
            passed: now.passed + state.leapt,
            ..now
        }
    }
}

/// How much further the wall clock went between two moments than time did; negative
/// where it was set back.
fn leap(from: Moment, to: Moment) -> SignedDuration {
    let wall = SignedDuration::system_until(from.wall, to.wall);
    let passed = SignedDuration::try_from(to.passed.saturating_sub(from.passed));
    // Only clocks that are hundreds of billions of years apart fail.
    match (wall, passed) {
        (Ok(wall), Ok(passed)) => wall.saturating_sub(passed),
        _ => SignedDuration::MAX,
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::Arc,
        time::{Duration, SystemTime},
    };

    use proptest::prelude::*;
    use tokio::time::Instant;

    use super::*;

    /// Clocks that do what they are told.
    #[derive(Clone)]
    struct Told(Arc<Mutex<Moment>>);

    impl Told {
        fn new() -> Self {
            Self(Arc::new(Mutex::new(Moment {
                monotonic: Instant::now(),
                wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_607_200),
                passed: Duration::from_secs(1_000),
            })))
        }

        fn go(&self, by: Duration) {
            let mut moment = self.0.lock().unwrap();
            moment.monotonic += by;
            moment.wall += by;
            moment.passed += by;
        }

        /// The machine is paused, and only the wall clock knows.
        fn pause(&self, by: Duration) {
            self.0.lock().unwrap().wall += by;
        }

        fn set_back(&self, by: Duration) {
            self.0.lock().unwrap().wall -= by;
        }
    }

    impl Clock for Told {
        fn now(&self) -> Moment {
            *self.0.lock().unwrap()
        }
    }

    const HOUR: Duration = Duration::from_secs(3_600);
    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_clock_that_is_set_back_hides_no_pause() {
        let told = Told::new();
        let clock = Watched::new(told.clone());
        let read = clock.now();
        told.set_back(HOUR);
        told.go(SECOND);
        assert_eq!(read.age_at(clock.now()), SECOND, "nothing has happened yet");
        told.pause(HOUR);
        told.go(SECOND);
        assert_eq!(read.age_at(clock.now()), HOUR + 2 * SECOND);
        // However often.
        told.set_back(2 * HOUR);
        clock.now();
        told.pause(HOUR);
        assert_eq!(read.age_at(clock.now()), 2 * HOUR + 2 * SECOND);
    }

    #[test]
    fn slewed_clock_or_late_read_does_not_change_ages() {
        let told = Told::new();
        let clock = Watched::new(told.clone());
        let read = clock.now();
        for _ in 0..1_000 {
            told.pause(Duration::from_millis(300));
            clock.now();
            told.set_back(Duration::from_millis(300));
            clock.now();
        }
        told.go(SECOND);
        assert_eq!(read.age_at(clock.now()), SECOND);
    }

    #[derive(Clone, Copy, Debug)]
    enum Event {
        Go(u64),
        Pause(u64),
        SetBack(u64),
        SetForward(u64),
    }

    fn event() -> impl Strategy<Value = Event> {
        let far = || 1_000..10_000_000_u64;
        prop_oneof![
            (0..5_000_u64).prop_map(Event::Go),
            far().prop_map(Event::Pause),
            far().prop_map(Event::SetBack),
            far().prop_map(Event::SetForward),
        ]
    }

    proptest! {
        /// With a look after every event, an age is never less than the truth; and where
        /// no clock was set forward, it is the truth.
        #[test]
        fn no_age_is_less_than_the_truth(events in prop::collection::vec(event(), 1..40)) {
            let told = Told::new();
            let clock = Watched::new(told.clone());
            let (read, mut truly) = (clock.now(), Duration::ZERO);
            let mut is_set_forward = false;
            for event in events {
                match event {
                    Event::Go(ms) => {
                        told.go(Duration::from_millis(ms));
                        truly += Duration::from_millis(ms);
                    }
                    Event::Pause(ms) => {
                        told.pause(Duration::from_millis(ms));
                        truly += Duration::from_millis(ms);
                    }
                    Event::SetBack(ms) => told.set_back(Duration::from_millis(ms)),
                    Event::SetForward(ms) => {
                        told.pause(Duration::from_millis(ms));
                        is_set_forward = true;
                    }
                }
                let age = read.age_at(clock.now());
                prop_assert!(age >= truly, "{age:?} < {truly:?}");
                prop_assert!(is_set_forward || age == truly, "{age:?} > {truly:?}");
            }
        }
    }
}
