//! Where the focus goes when an arrow key is pressed: a TV's remote has no pointer
//! and no Tab key.

/// A rectangle on the screen, in any one unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Its left edge.
    pub left: f64,
    /// Its upper edge; y grows downwards.
    pub top: f64,
    /// Its right edge.
    pub right: f64,
    /// Its lower edge.
    pub bottom: f64,
}

/// An arrow key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrow {
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// Upwards.
    Up,
    /// Downwards.
    Down,
}

/// Sideways distance counts so much more than distance along the arrow.
const SIDEWAYS: f64 = 3.0;

/// The place in `others` of the nearest one in the arrow's direction; `None` when there
/// is nothing that way.
#[must_use]
pub fn nearest(from: Area, others: &[Area], arrow: Arrow) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for (place, other) in others.iter().enumerate() {
        let (ahead, sideways) = match arrow {
            Arrow::Left => (from.left - other.right, apart_y(from, *other)),
            Arrow::Right => (other.left - from.right, apart_y(from, *other)),
            Arrow::Up => (from.top - other.bottom, apart_x(from, *other)),
            Arrow::Down => (other.top - from.bottom, apart_x(from, *other)),
        };
        // Half a pixel: edges that touch are rounded each on its own.
        if ahead < -0.5 {
            continue;
        }
        // Along a row only what stands in it: the next row is for the other arrows.
        if sideways > 0.0 && matches!(arrow, Arrow::Left | Arrow::Right) {
            continue;
        }
        let distance = ahead.max(0.0) + sideways * SIDEWAYS;
        if best.is_none_or(|(_, least)| distance < least) {
            best = Some((place, distance));
        }
    }
    best.map(|(place, _)| place)
}

fn apart_x(a: Area, b: Area) -> f64 {
    (a.left - b.right).max(b.left - a.right).max(0.0)
}

fn apart_y(a: Area, b: Area) -> f64 {
    (a.top - b.bottom).max(b.top - a.bottom).max(0.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn area(left: f64, top: f64) -> Area {
        Area {
            left,
            top,
            right: left + 80.0,
            bottom: top + 20.0,
        }
    }

    #[test]
    fn arrows_walk_a_form() {
        // Two rows of three, and a lone one below at the left.
        let all = [
            area(0.0, 0.0),
            area(100.0, 0.0),
            area(200.0, 0.0),
            area(0.0, 30.0),
            area(100.0, 30.0),
            area(200.0, 30.0),
            area(0.0, 60.0),
        ];
        let go = |from: usize, arrow| nearest(all[from], &all, arrow);
        assert_eq!(go(0, Arrow::Right), Some(1));
        assert_eq!(go(1, Arrow::Left), Some(0));
        assert_eq!(go(1, Arrow::Down), Some(4));
        assert_eq!(go(4, Arrow::Up), Some(1));
        // What stands aside is reached all the same.
        assert_eq!(go(5, Arrow::Down), Some(6));
        assert_eq!(go(0, Arrow::Up), None);
        assert_eq!(go(2, Arrow::Right), None);
        assert_eq!(go(6, Arrow::Right), None);
        // A row further down is a row as any other.
        assert_eq!(go(3, Arrow::Right), Some(4));
        assert_eq!(go(5, Arrow::Left), Some(4));
        assert_eq!((go(3, Arrow::Left), go(6, Arrow::Down)), (None, None));
    }

    #[test]
    fn touching_edges_are_neighbours_and_overlapping_ones_are_not() {
        let right_of = |left| nearest(area(0.0, 0.0), &[area(left, 0.0)], Arrow::Right);
        assert_eq!(right_of(80.0), Some(0));
        assert_eq!(right_of(79.5), Some(0), "rounded");
        assert_eq!(right_of(79.4), None);
    }

    #[test]
    fn of_those_that_stand_aside_the_nearer_one_is_taken() {
        let from = area(200.0, 0.0);
        let (far_left, left) = (area(0.0, 30.0), area(70.0, 30.0));
        let (right, far_right) = (area(330.0, 30.0), area(400.0, 30.0));
        let below = |others: &[Area]| nearest(from, others, Arrow::Down);
        // 50 to the left and to the right, 120 to the far ones.
        assert_eq!(below(&[far_left, right]), Some(1));
        assert_eq!(below(&[far_right, left]), Some(1));
        assert_eq!(below(&[far_left, left]), Some(1));
        assert_eq!(below(&[far_right, right]), Some(1));
        assert_eq!(below(&[left, right]), Some(0), "the first of two as near");
        // Straight down, the next row comes first.
        assert_eq!(below(&[area(200.0, 100.0), area(200.0, 30.0)]), Some(1));
        // Two rows straight down are nearer than one row that far aside.
        assert_eq!(below(&[right, area(200.0, 100.0)]), Some(1));
    }

    proptest! {
        #[test]
        fn it_never_stays_and_never_goes_back(
            places in proptest::collection::vec((0u8..9, 0u8..9), 1..30),
        ) {
            let all: Vec<_> = places
                .iter()
                .map(|(x, y)| area(f64::from(*x) * 100.0, f64::from(*y) * 30.0))
                .collect();
            for from in &all {
                if let Some(to) = nearest(*from, &all, Arrow::Down) {
                    prop_assert!(all[to].top >= from.bottom);
                }
                if let Some(to) = nearest(*from, &all, Arrow::Right) {
                    prop_assert!(all[to].left >= from.right);
                    prop_assert!((all[to].top - from.top).abs() < 1.0);
                }
            }
        }
    }
}
