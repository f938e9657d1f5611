//! Which of a board's queues are shown, and in which order.

use crate::snapshot::{Level, Queue};
use crate::tile_state::TileState;

/// How bad a queue is, for putting the worst first: what is less comes first.
///
/// Only what is the matter counts. The calm ones are all alike, so that they stand
/// still in the board's order while their numbers move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Badness {
    group: u8,
    less_past: u32,
    fewer_waiting: u64,
    since_ms: u64,
}

impl Badness {
    /// Judges a queue by its tile: critical, those that were critical and are not read now,
    /// warning, the others that are not read, calm, closed. Within critical and warning by how
    /// far past its limit it is, the calls waiting, and how long it lasts.
    #[must_use]
    pub fn of(queue: &Queue, tile_state: TileState) -> Self {
        let was_critical = queue.level.max(queue.last_level) == Level::Critical;
        let group = match (tile_state, queue.level) {
            (TileState::Fresh | TileState::Ageing, Level::Critical) => 0,
            // A group of which a queue was, and is not read now.
            (TileState::Fresh | TileState::Ageing, _) if was_critical => 1,
            (TileState::Fresh | TileState::Ageing, Level::Warning) => 2,
            (TileState::Fresh | TileState::Ageing, Level::Ok | Level::None) => 4,
            (TileState::Closed, _) => 5,
            _ if was_critical => 1,
            _ => 3,
        };
        let mut badness = Self {
            group,
            less_past: 0,
            fewer_waiting: 0,
            since_ms: 0,
        };
        if matches!(group, 0 | 2) {
            let times = queue.times_past.unwrap_or(0.0);
            badness.less_past = u32::MAX - (times * 100.0) as u32;
            badness.fewer_waiting = u64::MAX - queue.waiting.unwrap_or(0);
            badness.since_ms = queue.level_since_ms.unwrap_or(u64::MAX);
        }
        badness
    }
}

/// The places of `all`, the worst first; equally bad ones keep their order.
#[must_use]
pub fn worst_first(all: &[Badness]) -> Vec<usize> {
    let mut places: Vec<usize> = Vec::with_capacity(all.len());
    for (place, badness) in all.iter().enumerate() {
        // By insertion: the standard sort is several KB of the page, for a few hundred
        // queues at most.
        let at = places.partition_point(|&known| all[known] <= *badness);
        places.insert(at, place);
    }
    places
}

/// Those of `board` that a link asks for, in the link's order; all of them where it
/// names none. `is_known` says whether an id is on the board.
#[must_use]
pub fn choose(board: &[String], asked: &[String], is_known: &dyn Fn(&str) -> bool) -> Vec<String> {
    if asked.is_empty() {
        return board.to_vec();
    }
    let known = |id: &&String| is_known(id);
    asked.iter().filter(known).cloned().collect()
}

/// What a link asks for and the board lacks.
#[must_use]
pub fn missing(asked: &[String], is_known: &dyn Fn(&str) -> bool) -> Vec<String> {
    let unknown = |id: &&String| !is_known(id);
    asked.iter().filter(unknown).cloned().collect()
}

/// Whether a queue's name holds every word of `wanted`, whatever their case and accents.
#[must_use]
pub fn matches(name: &str, wanted: &str) -> bool {
    let name = fold(name);
    let holds = |word: &str| last_place(&name, word).is_some();
    fold(wanted).split_ascii_whitespace().all(holds)
}

/// Where `part`, which is not empty, begins in `text` for the last time.
///
/// By bytes: the standard search for text within text is 3 KB of a page.
#[must_use]
pub fn last_place(text: &str, part: &str) -> Option<usize> {
    let mut places = text.as_bytes().windows(part.len());
    places.rposition(|place| place == part.as_bytes())
}

/// Text without case and accents, as far as the page's five languages have them.
///
/// By hand: the tables of Unicode would be larger than the rest of this file.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        match small(character) {
            'à'..='å' => folded.push('a'),
            'ç' => folded.push('c'),
            'è'..='ë' => folded.push('e'),
            'ì'..='ï' => folded.push('i'),
            'ñ' => folded.push('n'),
            'ò'..='ö' | 'ø' => folded.push('o'),
            'ù'..='ü' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            // Accents that stand alone behind their letter.
            '\u{300}'..='\u{36f}' => {}
            // As names are typed and pasted: no one finds these by their own keys.
            '\u{a0}' | '\u{202f}' => folded.push(' '),
            '’' => folded.push('\''),
            other => folded.push(other),
        }
    }
    folded
}

/// A capital letter of Latin-1 as a small one.
fn small(character: char) -> char {
    match character {
        'À'..='Ö' | 'Ø'..='Þ' => char::from(character as u8 + 0x20),
        'Œ' => 'œ',
        'Ÿ' => 'ÿ',
        'ẞ' => 'ß',
        other => other.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn queue(level: Level, waiting: u64, since_ms: u64, times_past: f64) -> Queue {
        Queue {
            level,
            waiting: Some(waiting),
            level_since_ms: Some(since_ms),
            times_past: Some(times_past),
            ..Queue::default()
        }
    }

    fn order(of: &[(Queue, TileState)]) -> Vec<usize> {
        let all: Vec<_> = of
            .iter()
            .map(|(queue, tile_state)| Badness::of(queue, *tile_state))
            .collect();
        worst_first(&all)
    }

    #[test]
    fn groups_come_in_the_order_of_their_trouble() {
        let of = |level, tile_state| (queue(level, 9, 0, 2.0), tile_state);
        let unread = Queue {
            last_level: Level::Critical,
            ..queue(Level::None, 9, 0, 2.0)
        };
        let all = [
            of(Level::Critical, TileState::Closed),
            of(Level::Ok, TileState::Fresh),
            of(Level::None, TileState::Forbidden),
            of(Level::None, TileState::NotFound),
            of(Level::None, TileState::Unknown),
            of(Level::Warning, TileState::Stale),
            of(Level::Warning, TileState::Fresh),
            of(Level::Critical, TileState::Stale),
            (unread, TileState::Unknown),
            of(Level::Critical, TileState::Ageing),
        ];
        assert_eq!(order(&all), [9, 7, 8, 6, 2, 3, 4, 5, 1, 0]);
    }

    #[test]
    fn order_within_level_is_by_times_past_then_calls_then_time() {
        let fresh = |queue| (queue, TileState::Fresh);
        let of = [
            fresh(queue(Level::Critical, 5, 100, 1.2)),
            fresh(queue(Level::Critical, 5, 50, 1.2)),
            fresh(queue(Level::Critical, 7, 100, 1.2)),
            fresh(queue(Level::Critical, 1, 100, 3.0)),
        ];
        assert_eq!(order(&of), [3, 2, 1, 0]);
    }

    #[test]
    fn calm_queues_stand_still_whatever_their_numbers_do() {
        let calm = |waiting, tile_state| (queue(Level::Ok, waiting, 0, 1.0), tile_state);
        let of = [
            calm(0, TileState::Ageing),
            calm(4, TileState::Fresh),
            calm(2, TileState::Ageing),
        ];
        assert_eq!(order(&of), [0, 1, 2]);
    }

    #[test]
    fn names_are_found_whatever_their_case_and_accents() {
        for (name, wanted) in [
            ("Störungen Süd", "storung sud"),
            ("STÖRUNGEN", "störung"),
            ("Straße", "strasse"),
            ("Réclamations – Français", "FRANCAIS recl"),
            ("Atención al Niño", "nino"),
            ("Manutenção", "manutencao"),
            ("Cafe\u{301}", "café"),
            ("Œuvres", "oeuv"),
            ("Billing\u{a0}2", "billing 2"),
            ("anything", "  "),
        ] {
            assert!(matches(name, wanted), "{wanted} in {name}");
        }
        assert!(!matches("Billing", "sales"));
        assert!(!matches("Billing North", "billing south"));
    }

    #[test]
    fn a_link_chooses_in_its_own_order_and_what_is_missing_is_named() {
        let ids = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
        let board = ids(&["1", "2", "3"]);
        let asked = ids(&["3", "9", "1"]);
        let is_known = |id: &str| board.iter().any(|known| known == id);
        assert_eq!(choose(&board, &asked, &is_known), ids(&["3", "1"]));
        assert_eq!(missing(&asked, &is_known), ids(&["9"]));
        assert_eq!(choose(&board, &[], &is_known), board);
        assert_eq!(missing(&[], &is_known), ids(&[]));
    }

    #[test]
    fn link_of_many_queues_looks_each_up_once() {
        let ids: Vec<String> = (0..2_000).map(|id| id.to_string()).collect();
        let lookups = std::cell::Cell::new(0);
        let is_known = |_: &str| {
            lookups.set(lookups.get() + 1);
            true
        };
        assert_eq!(choose(&ids, &ids, &is_known), ids);
        assert_eq!(lookups.take(), ids.len());
        assert!(missing(&ids, &is_known).is_empty());
        assert_eq!(lookups.take(), ids.len());
    }

    fn any_queue() -> impl Strategy<Value = (Queue, TileState)> {
        let level = prop_oneof![
            Just(Level::None),
            Just(Level::Ok),
            Just(Level::Warning),
            Just(Level::Critical)
        ];
        let tile_state = prop_oneof![
            Just(TileState::Fresh),
            Just(TileState::Ageing),
            Just(TileState::Stale),
            Just(TileState::Closed),
            Just(TileState::Unknown),
            Just(TileState::NotFound),
            Just(TileState::Forbidden)
        ];
        (level, tile_state, 0u64..4, 0u64..3, 1.0..4.0).prop_map(
            |(level, tile_state, waiting, since, times)| {
                (queue(level, waiting, since, times), tile_state)
            },
        )
    }

    proptest! {
        #[test]
        fn every_queue_has_one_place_and_the_worst_the_first(
            of in proptest::collection::vec(any_queue(), 0..40),
        ) {
            let order = order(&of);
            let mut places = order.clone();
            places.sort_unstable();
            prop_assert_eq!(places, (0..of.len()).collect::<Vec<_>>());
            let rank = |place: usize| {
                let (queue, tile_state) = &of[place];
                match (tile_state, queue.level) {
                    (TileState::Closed, _) => 5,
                    (TileState::Fresh | TileState::Ageing, Level::Critical) => 0,
                    (TileState::Fresh | TileState::Ageing, Level::Warning) => 2,
                    (TileState::Fresh | TileState::Ageing, _) => 4,
                    (_, Level::Critical) => 1,
                    _ => 3,
                }
            };
            for pair in order.windows(2) {
                let (a, b) = (pair[0], pair[1]);
                prop_assert!(rank(a) <= rank(b));
                let alike = Badness::of(&of[a].0, of[a].1) == Badness::of(&of[b].0, of[b].1);
                prop_assert!(!alike || a < b, "equally bad ones changed places");
            }
        }

        #[test]
        fn sorting_what_is_sorted_moves_nothing(
            of in proptest::collection::vec(any_queue(), 0..40),
        ) {
            let sorted: Vec<_> = order(&of).into_iter().map(|place| of[place].clone()).collect();
            prop_assert_eq!(order(&sorted), (0..of.len()).collect::<Vec<_>>());
        }

        #[test]
        fn every_name_is_found_by_itself(name in ".{0,20}") {
            prop_assert!(matches(&name, &name));
            prop_assert_eq!(fold(&fold(&name)), fold(&name));
        }
    }
}
