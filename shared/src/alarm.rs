//! When a wall makes itself heard: at a change of a tile into critical, and never for
//! what is old, was already known, or flaps about its boundary. Told the time, never
//! reads it.

use std::time::Duration;

use crate::level::Level;
use crate::tile_state::TileState;

/// A queue that was out of critical for less than this rises again without a sound.
pub const QUIET: Duration = Duration::from_secs(120);

/// What a tile tells the alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AlarmInput {
    /// Critical by a reading that still counts.
    Critical,
    /// Not critical by a reading that still counts.
    Calm,
    /// Nothing that could be relied on: too old, unknown, or the link is broken.
    Unseen,
}

impl AlarmInput {
    /// What a tile in this state tells, at the level that the server gives.
    #[must_use]
    pub fn of(tile_state: TileState, level: Level) -> Self {
        match tile_state {
            TileState::Fresh | TileState::Ageing if level == Level::Critical => Self::Critical,
            _ if tile_state.counts() => Self::Calm,
            _ => Self::Unseen,
        }
    }
}

/// How a queue was when it was last seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Critical,
    /// Calm, and critical before that until this moment; `None` if it never was.
    Calm(Option<Duration>),
}

/// Remembers how every queue of one board was last seen. A new one knows nothing, so
/// that what is critical when the page opens makes no sound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alarm {
    /// In the board's order.
    queues: Vec<(String, Last)>,
}

impl Alarm {
    /// Looks at all queues of the board at once; whether the wall has to sound, once
    /// for however many rose. `now` never goes back.
    ///
    /// A queue that cannot be seen keeps how it was last: what became critical in the
    /// dark is news when the light comes back, what was so before is none.
    pub fn look<'q>(
        &mut self,
        now: Duration,
        queues: impl IntoIterator<Item = (&'q str, AlarmInput)>,
    ) -> bool {
        let mut sounds = false;
        // Rebuilt, so that queues which are gone leave nothing behind.
        let before = std::mem::take(&mut self.queues);
        // Boards seldom change: the next one is where it was the last time.
        let mut next = 0;
        for (id, input) in queues {
            let is_it = |(known, _): &(String, Last)| known == id;
            let at = match before.get(next) {
                Some(queue) if is_it(queue) => Some(next),
                _ => before.iter().position(is_it),
            };
            next = at.map_or(next, |at| at + 1);
            let known = at.map(|at| before[at].1);
            let last = match (input, known) {
                (AlarmInput::Unseen, None) => continue,
                (AlarmInput::Unseen, Some(last)) => last,
                (AlarmInput::Calm, Some(Last::Critical)) => Last::Calm(Some(now)),
                (AlarmInput::Calm, Some(calm)) => calm,
                (AlarmInput::Calm, None) => Last::Calm(None),
                (AlarmInput::Critical, known) => {
                    sounds |= match known {
                        None | Some(Last::Critical) => false,
                        Some(Last::Calm(None)) => true,
                        Some(Last::Calm(Some(since))) => now.saturating_sub(since) >= QUIET,
                    };
                    Last::Critical
                }
            };
            self.queues.push((id.to_owned(), last));
        }
        sounds
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use AlarmInput::{Calm, Critical, Unseen};

    /// Looks at one queue every five seconds; the looks that sounded.
    fn run(inputs: &[AlarmInput]) -> Vec<usize> {
        let mut alarm = Alarm::default();
        let look = |(index, input): (usize, &AlarmInput)| {
            let now = Duration::from_secs(5 * index as u64);
            alarm.look(now, [("a", *input)]).then_some(index)
        };
        inputs.iter().enumerate().filter_map(look).collect()
    }

    #[test]
    fn a_change_into_critical_sounds_once() {
        assert_eq!(run(&[Calm, Calm, Critical, Critical, Critical]), [2]);
    }

    #[test]
    fn queue_critical_at_page_open_makes_no_sound() {
        assert!(run(&[Critical, Critical]).is_empty());
        assert!(run(&[Unseen, Critical]).is_empty());
    }

    #[test]
    fn a_queue_that_falls_and_rises_within_two_minutes_is_silent() {
        let mut inputs = vec![Calm, Critical];
        inputs.extend([Calm; 24]);
        inputs.push(Critical);
        // 24 looks of calm: exactly two minutes since it fell.
        assert_eq!(run(&inputs), [1, 26]);
        inputs.remove(5);
        assert_eq!(run(&inputs), [1]);
    }

    #[test]
    fn the_dark_hides_a_change_only_as_long_as_it_lasts() {
        assert_eq!(run(&[Calm, Unseen, Critical]), [2]);
        assert_eq!(run(&[Calm, Critical, Unseen, Critical]), [1]);
    }

    #[test]
    fn queues_critical_together_sound_once_and_gone_ones_drop() {
        let mut alarm = Alarm::default();
        let at = Duration::from_secs;
        assert!(!alarm.look(at(0), [("a", Calm), ("b", Calm), ("c", Critical)]));
        assert!(alarm.look(at(5), [("a", Critical), ("b", Critical), ("c", Critical)]));
        assert!(!alarm.look(at(10), [("b", Critical)]));
        assert_eq!(alarm.queues.len(), 1);
        assert!(!alarm.look(at(15), [("a", Critical), ("b", Critical)]));
    }

    #[test]
    fn only_a_reading_that_counts_is_seen() {
        for (tile_state, critical) in [
            (TileState::Fresh, Critical),
            (TileState::Ageing, Critical),
            (TileState::Closed, Calm),
            (TileState::Stale, Unseen),
            (TileState::Unknown, Unseen),
            (TileState::NotFound, Unseen),
            (TileState::Forbidden, Unseen),
        ] {
            assert_eq!(AlarmInput::of(tile_state, Level::Critical), critical);
            for level in [Level::None, Level::Ok, Level::Warning] {
                assert_ne!(AlarmInput::of(tile_state, level), Critical);
            }
        }
    }

    fn input() -> impl Strategy<Value = AlarmInput> {
        prop_oneof![Just(Calm), Just(Critical), Just(Unseen)]
    }

    proptest! {
        #[test]
        fn alarm_sounds_only_when_critical_and_once_per_quiet_time(
            inputs in prop::collection::vec(input(), 0..200)
        ) {
            let sounded = run(&inputs);
            for index in &sounded {
                prop_assert_eq!(inputs[*index], Critical);
                prop_assert!(inputs[..*index].contains(&Calm));
            }
            for pair in sounded.windows(2) {
                prop_assert!(5 * (pair[1] - pair[0]) as u64 >= QUIET.as_secs());
            }
        }

        #[test]
        fn several_queues_sound_when_any_of_them_would(
            rows in prop::collection::vec([input(), input(), input()], 0..80)
        ) {
            let mut together = Alarm::default();
            let mut alone = [Alarm::default(), Alarm::default(), Alarm::default()];
            for (index, row) in rows.iter().enumerate() {
                let now = Duration::from_secs(5 * index as u64);
                let ids = ["a", "b", "c"];
                let all = together.look(now, ids.into_iter().zip(*row));
                let mut any = false;
                for (alarm, (id, input)) in alone.iter_mut().zip(ids.into_iter().zip(*row)) {
                    any |= alarm.look(now, [(id, input)]);
                }
                prop_assert_eq!(all, any);
            }
        }

        #[test]
        fn queue_never_calm_makes_no_sound(
            inputs in prop::collection::vec(prop_oneof![Just(Critical), Just(Unseen)], 0..50)
        ) {
            prop_assert!(run(&inputs).is_empty());
        }
    }
}
