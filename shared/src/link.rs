//! How the page gets on with its server: when to ask, when to give up on an
//! answer, and when to stop believing what is on the screen. A state machine that
//! is told the time and never reads it.

use std::time::Duration;

/// The page asks this often.
pub const POLL_EVERY: Duration = Duration::from_secs(5);
/// A request without an answer is given up after this: before the next one's turn.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(4);
/// So many polls missed in a row, and the server counts as lost.
pub const MISSES_UNTIL_LOST: u32 = 3;
/// Silence for so long, and the server counts as lost however the polls went:
/// three polls, and a second for the third one's answer.
pub const SILENCE_UNTIL_LOST: Duration = Duration::from_secs(16);
/// A longer pause between two ticks means that the page did not run: the machine
/// slept, or the tab was frozen.
pub const LONGEST_TICK: Duration = Duration::from_secs(10);
/// From one poll of a server that counts as lost to the next: two turns, with which a wall
/// is live again within 15 s of its server's return.
pub const POLL_LOST_EVERY: Duration = Duration::from_secs(10);
/// Ticks come only about once a second: a poll this nearly due is due.
const TICK_SLACK: Duration = Duration::from_millis(500);
/// The next turn is at least so far from the latest request.
const TURN_SLACK: Duration = Duration::from_secs(1);
/// A request this young is kept when the network or the tab comes back.
const YOUNG_REQUEST: Duration = Duration::from_secs(1);

/// One moment on both of the page's clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageTime {
    /// Time since the page was opened. It never jumps, but in some browsers it
    /// stands still while the machine sleeps.
    pub monotonic: Duration,
    /// Time since 1970 by the screen's own clock. It may be wrong and may jump, and
    /// serves only to notice that the machine slept.
    pub wall: Duration,
}

/// What the page has to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    Wait,
    /// Ask the server; a request under way is dropped, its answer no longer counts.
    Poll,
    /// Drop the request under way: it has missed its time. [`Link::missed`] is due.
    GiveUp,
}

/// Whether what is on the screen may be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// The first answer is still awaited.
    Connecting,
    /// Answers come.
    Ok,
    /// The page did not run for a while; the next answer makes it good.
    Resuming,
    /// The server does not answer.
    Lost,
}

/// Why a poll was missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No connection came about, or it broke.
    Unreachable,
    /// No answer within [`ANSWER_WITHIN`].
    TimedOut,
    /// The server's answer with this HTTP status, which is no board.
    Status(u16),
    /// An answer with this HTTP status that is not the server's: a proxy's, a sign-in
    /// page's.
    Foreign(u16),
    /// An answer that is not the JSON this page understands.
    Unreadable,
}

/// The page's dealings with its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    state: LinkState,
    last_tick: PageTime,
    in_flight_since: Option<Duration>,
    next_poll_at: Duration,
    silent_since: Duration,
    last_answer_at: Option<Duration>,
    missed: u32,
    failure: Option<Failure>,
}

impl Link {
    /// A page that was just opened; its first poll is due at once.
    #[must_use]
    pub fn new(now: PageTime) -> Self {
        Self {
            state: LinkState::Connecting,
            last_tick: now,
            in_flight_since: None,
            next_poll_at: now.monotonic,
            silent_since: now.monotonic,
            last_answer_at: None,
            missed: 0,
            failure: None,
        }
    }

    /// To be called about once a second.
    pub fn tick(&mut self, now: PageTime) -> Action {
        let pause = (now.monotonic.saturating_sub(self.last_tick.monotonic))
            .max(now.wall.saturating_sub(self.last_tick.wall));
        self.last_tick = now;
        if pause > LONGEST_TICK {
            // The silence was the page's own: it does not speak against the server.
            self.silent_since = now.monotonic;
            if self.state == LinkState::Ok {
                self.state = LinkState::Resuming;
            }
            return self.poll(now);
        }
        if now.monotonic.saturating_sub(self.silent_since) >= SILENCE_UNTIL_LOST {
            self.state = LinkState::Lost;
        }
        match self.in_flight_since {
            Some(since) if now.monotonic.saturating_sub(since) >= ANSWER_WITHIN => Action::GiveUp,
            Some(_) => Action::Wait,
            None if now.monotonic + TICK_SLACK >= self.next_poll_at => self.poll(now),
            None => Action::Wait,
        }
    }

    /// The tab or the network came back: no reason to wait for the next poll.
    pub fn wake(&mut self, now: PageTime) -> Action {
        let young = |since| now.monotonic.saturating_sub(since) < YOUNG_REQUEST;
        // A wake after a sleep must not hide the sleep.
        match self.tick(now) {
            Action::Poll => Action::Poll,
            _ if self.in_flight_since.is_some_and(young) => Action::Wait,
            _ => self.poll(now),
        }
    }

    fn poll(&mut self, now: PageTime) -> Action {
        self.in_flight_since = Some(now.monotonic);
        Action::Poll
    }

    /// The request under way was answered.
    pub fn answered(&mut self, now: PageTime) {
        let sent = self.in_flight_since.take().unwrap_or(now.monotonic);
        self.state = LinkState::Ok;
        self.next_poll_at = self.turn_after(sent);
        self.silent_since = now.monotonic;
        self.last_answer_at = Some(now.monotonic);
        self.missed = 0;
        self.failure = None;
    }

    /// The request under way failed.
    pub fn missed(&mut self, now: PageTime, failure: Failure) {
        let sent = self.in_flight_since.take().unwrap_or(now.monotonic);
        self.missed += 1;
        self.failure = Some(failure);
        if self.missed >= MISSES_UNTIL_LOST {
            self.state = LinkState::Lost;
        }
        // Rarer only after a poll of the lost server, so that a short blip is over quickly.
        let longer = if self.missed > MISSES_UNTIL_LOST {
            POLL_LOST_EVERY - POLL_EVERY
        } else {
            Duration::ZERO
        };
        self.next_poll_at = self.turn_after(sent) + longer;
    }

    /// This screen's next turn after a request. Turns are [`POLL_EVERY`] apart, counted from
    /// when the page was opened and never shifted: not by a late answer, not by a lost
    /// server, not by a network that comes back to all screens at once. So two thousand
    /// screens that were opened one after the other never fall into step.
    fn turn_after(&self, sent: Duration) -> Duration {
        let earliest = sent + TURN_SLACK;
        // Half a millennium; 128 bits are divided by a KB of code.
        let nanos = |time: Duration| time.as_nanos() as u64;
        let turns =
            |time: Duration| u32::try_from(nanos(time) / nanos(POLL_EVERY)).unwrap_or(u32::MAX);
        match earliest.checked_sub(self.next_poll_at) {
            Some(passed) => self.next_poll_at + POLL_EVERY * (turns(passed) + 1),
            None => {
                let ahead = self.next_poll_at - earliest;
                self.next_poll_at - POLL_EVERY * turns(ahead)
            }
        }
    }

    /// Whether what is on the screen may be believed.
    #[must_use]
    pub fn state(&self) -> LinkState {
        self.state
    }

    /// Why the latest poll failed, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        self.failure
    }

    /// When the server last answered, on the monotonic clock.
    #[must_use]
    pub fn last_answer_at(&self) -> Option<Duration> {
        self.last_answer_at
    }

    /// When the next poll is due, on the monotonic clock; `None` while one is under
    /// way.
    #[must_use]
    pub fn next_poll_at(&self) -> Option<Duration> {
        match self.in_flight_since {
            Some(_) => None,
            None => Some(self.next_poll_at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: f64) -> PageTime {
        PageTime {
            monotonic: Duration::from_secs_f64(seconds),
            wall: Duration::from_secs_f64(1_000.0 + seconds),
        }
    }

    /// Ticks once a second from `from` to `to`, each poll answered or refused at once.
    fn run(link: &mut Link, from: u32, to: u32, answers: bool) -> Vec<u32> {
        let mut polls = Vec::new();
        for second in from..=to {
            let now = at(f64::from(second));
            if link.tick(now) == Action::Poll {
                polls.push(second);
                if answers {
                    link.answered(now);
                } else {
                    link.missed(now, Failure::Unreachable);
                }
            }
        }
        polls
    }

    #[test]
    fn it_polls_at_once_and_then_every_five_seconds() {
        let mut link = Link::new(at(0.0));
        assert_eq!(link.state(), LinkState::Connecting);
        assert_eq!(link.last_answer_at(), None);
        assert_eq!(run(&mut link, 0, 20, true), [0, 5, 10, 15, 20]);
        assert_eq!(link.state(), LinkState::Ok);
        assert_eq!(link.last_answer_at(), Some(at(20.0).monotonic));
        assert_eq!(link.next_poll_at(), Some(at(25.0).monotonic));
    }

    #[test]
    fn two_missed_polls_grey_no_wall_and_the_third_does() {
        let mut link = Link::new(at(0.0));
        run(&mut link, 0, 0, true);
        assert_eq!(run(&mut link, 1, 14, false), [5, 10]);
        assert_eq!(link.state(), LinkState::Ok);
        assert_eq!(run(&mut link, 15, 15, false), [15]);
        assert_eq!(link.state(), LinkState::Lost);
        assert_eq!(link.failure(), Some(Failure::Unreachable));
        assert_eq!(link.last_answer_at(), Some(Duration::ZERO));
    }

    #[test]
    fn a_server_that_hangs_is_lost_after_sixteen_silent_seconds() {
        let mut link = Link::new(at(0.0));
        run(&mut link, 0, 0, true);
        let mut given_up = Vec::new();
        for second in 1..=16 {
            let now = at(f64::from(second));
            if link.tick(now) == Action::GiveUp {
                given_up.push(second);
                link.missed(now, Failure::TimedOut);
            }
            assert_eq!(link.state() == LinkState::Lost, second == 16, "{second}");
        }
        assert_eq!(given_up, [9, 14]);
    }

    #[test]
    fn a_lost_server_is_asked_less_often_and_found_again() {
        let mut link = Link::new(at(0.0));
        run(&mut link, 0, 0, true);
        assert_eq!(
            run(&mut link, 1, 80, false),
            [5, 10, 15, 20, 30, 40, 50, 60, 70, 80]
        );
        assert_eq!(run(&mut link, 81, 100, true), [90, 95, 100]);
        assert_eq!(link.state(), LinkState::Ok);
        assert_eq!(link.failure(), None);
    }

    #[test]
    fn sleep_is_detected_on_either_clock_and_ends_with_next_answer() {
        for (monotonic, wall) in [(30.0, 30.0), (1.0, 30.0), (30.0, 1.0)] {
            let mut link = Link::new(at(0.0));
            run(&mut link, 0, 1, true);
            let mut woken = at(1.0);
            woken.monotonic += Duration::from_secs_f64(monotonic);
            woken.wall += Duration::from_secs_f64(wall);
            assert_eq!(link.tick(woken), Action::Poll);
            assert_eq!(link.state(), LinkState::Resuming);
            link.answered(woken);
            assert_eq!(link.state(), LinkState::Ok);
        }
    }

    #[test]
    fn a_page_that_is_slow_to_tick_has_not_slept() {
        let longest = LONGEST_TICK.as_secs_f64();
        for (pause, state) in [
            (longest, LinkState::Ok),
            (longest + 0.001, LinkState::Resuming),
        ] {
            let mut link = Link::new(at(0.0));
            run(&mut link, 0, 0, true);
            assert_eq!(link.tick(at(pause)), Action::Poll);
            assert_eq!(link.state(), state, "{pause} s");
        }
    }

    #[test]
    fn a_request_from_before_a_sleep_is_replaced() {
        let mut link = Link::new(at(0.0));
        assert_eq!(link.tick(at(0.0)), Action::Poll);
        assert_eq!(link.tick(at(60.0)), Action::Poll);
        assert_eq!(link.next_poll_at(), None);
    }

    #[test]
    fn waking_polls_at_once_but_not_twice() {
        let mut link = Link::new(at(0.0));
        run(&mut link, 0, 1, true);
        assert_eq!(link.wake(at(2.0)), Action::Poll);
        assert_eq!(link.wake(at(2.1)), Action::Wait);
        assert_eq!(link.wake(at(2.999)), Action::Wait);
        assert_eq!(link.wake(at(3.0)), Action::Poll);
        // A request that hangs since the network went is replaced when it comes back.
        assert_eq!(link.wake(at(4.0)), Action::Poll);
    }

    #[test]
    fn waking_after_a_sleep_still_distrusts_the_screen() {
        let mut link = Link::new(at(0.0));
        run(&mut link, 0, 1, true);
        assert_eq!(link.wake(at(600.0)), Action::Poll);
        assert_eq!(link.state(), LinkState::Resuming);
    }

    #[test]
    fn a_clock_set_back_is_no_sleep() {
        let mut link = Link::new(at(0.0));
        run(&mut link, 0, 1, true);
        let mut now = at(2.0);
        now.wall = Duration::from_secs(5);
        assert_eq!(link.tick(now), Action::Wait);
        assert_eq!(link.state(), LinkState::Ok);
    }

    proptest! {
        #[test]
        fn screen_keeps_its_poll_offset_after_any_events(
            opened in 0.0f64..5.0,
            events in prop::collection::vec((0u8..4, 1u32..40), 1..60),
        ) {
            let mut link = Link::new(at(opened));
            let mut now = opened;
            for (event, seconds) in events {
                for _ in 0..seconds {
                    now += 1.0;
                    let action = match event {
                        0 => link.wake(at(now)),
                        _ => link.tick(at(now)),
                    };
                    match (action, event) {
                        (Action::Poll, 1) => link.missed(at(now), Failure::Unreachable),
                        (Action::Poll, 2) => {}
                        (Action::Poll, _) => link.answered(at(now)),
                        (Action::GiveUp, _) => link.missed(at(now), Failure::TimedOut),
                        (Action::Wait, _) => {}
                    }
                }
                if let Some(next) = link.next_poll_at() {
                    let beside = (next.as_secs_f64() - opened) / 5.0;
                    prop_assert!((beside - beside.round()).abs() < 1e-6, "{next:?}");
                    let wait = next.saturating_sub(at(now).monotonic);
                    prop_assert!(wait <= POLL_LOST_EVERY + TURN_SLACK, "{wait:?}");
                }
            }
        }
    }
}
