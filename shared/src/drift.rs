//! Where the wall stands this minute: it wanders by a few pixels, so that nothing
//! bright stays put for hours and burns itself into the screen.

/// How far the wall goes, to the left and upwards, in pixels. The board's padding is
/// larger on any screen of 800×480 and more, so that nothing is cut off.
pub const REACH_PX: u32 = SIDE - 1;

/// Places in a row and in a column. Even, since no closed path through an odd square
/// visits every place once.
const SIDE: u32 = 6;

/// After so many minutes the wall is where it was.
pub const PERIOD_MINUTES: u32 = SIDE * SIDE;

/// How far to the left and how far up the wall stands in a minute, in pixels. Never to
/// the right or down: that would give the screen something to scroll to.
///
/// The path goes along the first row and comes back column by column.
#[must_use]
pub fn offset_px(minute: u64) -> (u32, u32) {
    // The remainder is below `PERIOD_MINUTES`.
    let step = (minute % u64::from(PERIOD_MINUTES)) as u32;
    let Some(back) = step.checked_sub(SIDE) else {
        return (step, 0);
    };
    let (column, along) = (back / (SIDE - 1), back % (SIDE - 1));
    let up = if column % 2 == 0 {
        1 + along
    } else {
        SIDE - 1 - along
    };
    (SIDE - 1 - column, up)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn in_one_period_it_visits_every_place_once() {
        let places: BTreeSet<_> = (0..u64::from(PERIOD_MINUTES)).map(offset_px).collect();
        assert_eq!(places.len(), PERIOD_MINUTES as usize);
        assert!(places.contains(&(REACH_PX, REACH_PX)));
        assert_eq!(offset_px(0), (0, 0));
    }

    proptest! {
        #[test]
        fn it_stays_in_reach_and_moves_by_one_pixel_a_minute(minute in 0..u64::MAX) {
            let (x, y) = offset_px(minute);
            prop_assert!(x <= REACH_PX && y <= REACH_PX);
            let (next_x, next_y) = offset_px(minute + 1);
            // The period does not divide 2⁶⁴; nobody waits for that seam.
            prop_assert_eq!(x.abs_diff(next_x) + y.abs_diff(next_y), 1);
            prop_assert_eq!(offset_px(minute % u64::from(PERIOD_MINUTES)), (x, y));
        }
    }
}
