//! Which page of tiles a wall shows, and when the next one comes.
//!
//! Pages with a critical tile come first, from the first second, and every second turn; so
//! does a page of the worst queues where there is one, in their place. The others share the
//! turns between, so every page is shown eventually.

use std::time::Duration;

/// How long a page stays where nobody says otherwise.
pub const DEFAULT_PERIOD: Duration = Duration::from_secs(15);
/// A wall that somebody stopped goes on by itself after so long: nobody may come back.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// From so many pages on, the first one is [`Turns::Worst`].
pub const LEAST_PAGES_FOR_WORST: usize = 3;

/// What calls a page first and every second turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turns {
    /// A critical tile.
    Critical,
    /// Being the first: it has the worst queues of all pages.
    Worst,
}

/// The turns of one wall's pages. Times are the page's monotonic clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rotation {
    page: usize,
    since: Duration,
    paused_at: Option<Duration>,
    /// The latest page of either kind: the next of that kind comes after it.
    latest_critical: Option<usize>,
    latest_other: Option<usize>,
    /// Whether there have been pages to choose from.
    is_started: bool,
}

impl Rotation {
    /// Starts with the first page, or the first one in trouble, once there are several.
    #[must_use]
    pub fn new(now: Duration) -> Self {
        Self {
            page: 0,
            since: now,
            paused_at: None,
            latest_critical: None,
            latest_other: None,
            is_started: false,
        }
    }

    /// The page to show, counted from 0.
    #[must_use]
    pub fn page(&self) -> usize {
        self.page
    }

    /// Whether somebody stopped the turns.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.paused_at.is_some()
    }

    /// Lets time pass. `critical` says of each page whether a tile on it is critical;
    /// its length is the number of pages. Without a `period` pages turn only by hand.
    pub fn tick(
        &mut self,
        now: Duration,
        critical: &[bool],
        turns: Turns,
        period: Option<Duration>,
    ) {
        if self.page >= critical.len() {
            // There are fewer pages than there were.
            self.set(0, now);
        }
        let is_called: &dyn Fn(usize) -> bool = &|page| match turns {
            Turns::Critical => critical[page],
            Turns::Worst => page == 0,
        };
        if !self.is_started && critical.len() > 1 {
            self.is_started = true;
            let first = (0..critical.len()).find(|page| is_called(*page));
            self.turn_to(first.unwrap_or(0), now, is_called);
        }
        if let Some(paused_at) = self.paused_at {
            if now.saturating_sub(paused_at) < LONGEST_PAUSE {
                return;
            }
            self.paused_at = None;
        }
        // Trouble elsewhere does not wait for a long turn to end.
        let is_trouble_elsewhere =
            !critical.get(self.page).is_some_and(|it| *it) && critical.iter().any(|it| *it);
        let is_over = |period: Duration| {
            let longest = match is_trouble_elsewhere {
                true => period.min(DEFAULT_PERIOD),
                false => period,
            };
            now.saturating_sub(self.since) >= longest
        };
        if critical.len() > 1 && period.is_some_and(is_over) {
            self.turn(now, critical.len(), is_called);
        }
    }

    /// Stops the turns, or lets them go on with a whole turn of the present page.
    pub fn toggle_pause(&mut self, now: Duration) {
        self.paused_at = match self.paused_at {
            Some(_) => None,
            None => Some(now),
        };
        self.since = now;
    }

    /// Shows the next page of `pages`, and gives it a whole turn.
    pub fn next(&mut self, now: Duration, pages: usize) {
        self.show((self.page + 1) % pages.max(1), now);
    }

    /// Shows the page before of `pages`, and gives it a whole turn.
    pub fn previous(&mut self, now: Duration, pages: usize) {
        let pages = pages.max(1);
        self.show((self.page.min(pages) + pages - 1) % pages, now);
    }

    /// Shows `page`, and gives it a whole turn.
    pub fn show(&mut self, page: usize, now: Duration) {
        self.set(page, now);
        self.is_started = true;
        // The pages that nothing calls for go on from here.
        self.latest_other = Some(page);
    }

    fn turn(&mut self, now: Duration, pages: usize, is_called: &dyn Fn(usize) -> bool) {
        let present = self.page;
        let next = |after: Option<usize>, wanted: bool| {
            let start = after.map_or(0, |after| after + 1);
            (start..start + pages)
                .map(|page| page % pages)
                .find(|page| *page != present && is_called(*page) == wanted)
        };
        let worst = next(self.latest_critical, true);
        let other = next(self.latest_other, false);
        let page = if is_called(present) {
            other.or(worst)
        } else {
            worst.or(other)
        };
        if let Some(page) = page {
            self.turn_to(page, now, is_called);
        }
    }

    fn turn_to(&mut self, page: usize, now: Duration, is_called: &dyn Fn(usize) -> bool) {
        self.set(page, now);
        if is_called(page) {
            self.latest_critical = Some(page);
        } else {
            self.latest_other = Some(page);
        }
    }

    fn set(&mut self, page: usize, now: Duration) {
        self.page = page;
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PERIOD: Duration = Duration::from_secs(15);

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// The pages shown in so many turns from the start.
    fn shown(critical: &[bool], turns: Turns, count: u64) -> Vec<usize> {
        let mut rotation = Rotation::new(at(0));
        (0..count)
            .map(|turn| {
                rotation.tick(PERIOD * turn as u32, critical, turns, Some(PERIOD));
                rotation.page()
            })
            .collect()
    }

    /// With the first of calm pages on the screen.
    fn started(now: Duration) -> Rotation {
        let mut rotation = Rotation::new(now);
        rotation.tick(now, &[false; 2], Turns::Critical, Some(PERIOD));
        rotation
    }

    fn turns(critical: &[bool], count: u64) -> Vec<usize> {
        shown(critical, Turns::Critical, count)
    }

    #[test]
    fn calm_pages_take_their_turns() {
        assert_eq!(turns(&[false; 3], 5), [0, 1, 2, 0, 1]);
        assert_eq!(turns(&[false], 3), [0, 0, 0]);
    }

    #[test]
    fn a_critical_page_comes_first_and_every_second_turn() {
        assert_eq!(
            turns(&[false, false, false, true], 7),
            [3, 0, 3, 1, 3, 2, 3]
        );
        // Two of them share those turns.
        assert_eq!(turns(&[false, true, false, true], 7), [1, 0, 3, 2, 1, 0, 3]);
        assert_eq!(turns(&[true, true, true], 4), [0, 1, 2, 0]);
        assert_eq!(turns(&[true, false], 4), [0, 1, 0, 1]);
    }

    #[test]
    fn page_of_the_worst_comes_first_and_every_second_turn() {
        for critical in [[false; 4], [true, false, true, false]] {
            let shown = shown(&critical, Turns::Worst, 8);
            assert_eq!(shown, [0, 1, 0, 2, 0, 3, 0, 1]);
        }
    }

    #[test]
    fn first_page_is_chosen_once_there_are_several() {
        let mut rotation = Rotation::new(at(0));
        let mut tick = |seconds, critical: &[bool]| {
            rotation.tick(at(seconds), critical, Turns::Critical, Some(PERIOD));
            rotation.page()
        };
        // Before the first answer a board has one page.
        assert_eq!(tick(0, &[false]), 0);
        assert_eq!(tick(1, &[false, false, true]), 2);
        assert_eq!(tick(15, &[false, false, true]), 2, "a whole turn");
        assert_eq!(tick(16, &[false, false, true]), 0);
    }

    #[test]
    fn a_page_stays_for_its_turn_and_no_longer() {
        let mut rotation = started(at(100));
        rotation.tick(at(114), &[false; 2], Turns::Critical, Some(PERIOD));
        assert_eq!(rotation.page(), 0);
        rotation.tick(at(115), &[false; 2], Turns::Critical, Some(PERIOD));
        assert_eq!(rotation.page(), 1);
        rotation.tick(at(129), &[false; 2], Turns::Critical, Some(PERIOD));
        assert_eq!(rotation.page(), 1);
    }

    #[test]
    fn trouble_elsewhere_ends_a_long_turn() {
        let long = Some(at(600));
        let mut rotation = started(at(0));
        rotation.tick(at(400), &[false, false, true], Turns::Critical, long);
        assert_eq!(rotation.page(), 2);
        // Trouble itself stays for its whole turn.
        rotation.tick(at(999), &[false, false, true], Turns::Critical, long);
        assert_eq!(rotation.page(), 2);
        rotation.tick(at(1_000), &[false, false, true], Turns::Critical, long);
        assert_eq!(rotation.page(), 1);
    }

    #[test]
    fn without_a_period_only_hands_turn_pages() {
        let mut rotation = Rotation::new(at(0));
        rotation.tick(at(9_999), &[false; 3], Turns::Critical, None);
        assert_eq!(rotation.page(), 0);
        rotation.previous(at(9_999), 3);
        assert_eq!(rotation.page(), 2);
        rotation.next(at(9_999), 3);
        assert_eq!(rotation.page(), 0);
    }

    #[test]
    fn a_pause_holds_and_ends_by_itself() {
        let mut rotation = started(at(0));
        rotation.toggle_pause(at(10));
        rotation.tick(
            at(10) + LONGEST_PAUSE - at(1),
            &[false; 2],
            Turns::Critical,
            Some(PERIOD),
        );
        assert!(rotation.is_paused());
        assert_eq!(rotation.page(), 0);
        rotation.tick(
            at(10) + LONGEST_PAUSE,
            &[false; 2],
            Turns::Critical,
            Some(PERIOD),
        );
        assert!(!rotation.is_paused());
        assert_eq!(rotation.page(), 1);
    }

    #[test]
    fn after_a_pause_the_page_has_a_whole_turn() {
        let mut rotation = started(at(0));
        rotation.toggle_pause(at(10));
        rotation.toggle_pause(at(60));
        rotation.tick(at(74), &[false; 2], Turns::Critical, Some(PERIOD));
        assert_eq!(rotation.page(), 0);
        rotation.tick(at(75), &[false; 2], Turns::Critical, Some(PERIOD));
        assert_eq!(rotation.page(), 1);
    }

    proptest! {
        #[test]
        fn no_page_waits_for_ever_and_trouble_never_two_turns(
            critical in proptest::collection::vec(any::<bool>(), 1..40),
            has_worst: bool,
        ) {
            let pages = critical.len();
            let (turns, called) = match has_worst {
                true => (Turns::Worst, (0..pages).map(|page| page == 0).collect()),
                false => (Turns::Critical, critical.clone()),
            };
            let shown = shown(&critical, turns, 6 * pages as u64 + 6);
            if let Some(first) = called.iter().position(|it| *it) {
                prop_assert_eq!(shown[0], first);
            }
            let longest = |page: usize| {
                let turns: Vec<_> = (0..shown.len()).filter(|turn| shown[*turn] == page).collect();
                let gaps = turns.windows(2).map(|pair| pair[1] - pair[0]);
                gaps.max().map(|gap| gap.max(turns[0]))
            };
            let troubled = called.iter().filter(|it| **it).count();
            for page in 0..pages {
                let most = if pages == 1 { 1 } else { 2 * pages };
                let gap = longest(page);
                prop_assert!(gap.is_some_and(|gap| gap <= most), "{} waits {:?}", page, gap);
            }
            if troubled > 0 {
                for pair in shown.windows(2) {
                    prop_assert!(called[pair[0]] || called[pair[1]], "{:?}", shown);
                }
            }
        }

        #[test]
        fn no_course_of_events_leaves_the_pages(
            events in proptest::collection::vec((0u8..4, 0u64..40, 1usize..9, any::<u16>()), 0..60),
            has_worst: bool,
        ) {
            let turns = if has_worst { Turns::Worst } else { Turns::Critical };
            let mut rotation = Rotation::new(at(0));
            let mut now = at(0);
            for (event, seconds, pages, bits) in events {
                now += at(seconds);
                let critical: Vec<bool> = (0..pages).map(|page| bits >> page & 1 == 1).collect();
                match event {
                    0 => rotation.next(now, pages),
                    1 => rotation.previous(now, pages),
                    2 => rotation.toggle_pause(now),
                    _ => {}
                }
                rotation.tick(now, &critical, turns, Some(PERIOD));
                prop_assert!(rotation.page() < pages);
            }
        }
    }
}
