//! Screens over a stepped clock.

use std::time::SystemTime;

use proptest::prelude::*;
use queuewall_store::screen::KeptScreen;
use tokio::time::Instant;

use super::*;

const BUILD: &str = "2";

struct Building {
    screens: ScreenRegistry,
    start: Moment,
}

impl Building {
    fn new() -> Self {
        let (monotonic, wall) = (Instant::now(), SystemTime::UNIX_EPOCH);
        Self {
            screens: ScreenRegistry::new(DARK_AFTER),
            start: Moment {
                monotonic,
                wall,
                passed: Duration::ZERO,
            },
        }
    }

    fn at(&self, seconds: u64) -> Moment {
        let after = Duration::from_secs(seconds);
        Moment {
            monotonic: self.start.monotonic + after,
            wall: self.start.wall + after,
            passed: after,
        }
    }

    fn hear(&self, second: u64, header: &str) {
        self.hear_by(second, "main", None, header);
    }

    fn hear_by(&self, second: u64, board: &str, link: Option<&str>, header: &str) {
        let report = Report::parse(header).unwrap();
        let address = Some(IpAddr::from([192, 0, 2, 7]));
        let link = link.map(TokenHash::of);
        self.screens
            .heard(&report, board, link, address, self.at(second));
    }

    fn list(&self, second: u64) -> Vec<Screen> {
        self.screens.list(BUILD, self.at(second))
    }

    /// Names (or pages) and states.
    fn states(&self, second: u64) -> Vec<(String, State)> {
        let screens = self.list(second).into_iter();
        screens
            .map(|it| (it.name.unwrap_or(it.page), it.state))
            .collect()
    }
}

fn state(name: &str, state: State) -> (String, State) {
    (name.to_owned(), state)
}

#[test]
fn a_screen_is_what_it_last_said_of_itself() {
    let building = Building::new();
    building.hear(0, "page=a; name=Hall%202; build=1; paint=99; sound=blocked");
    building.hear(
        5,
        "page=a; name=Hall%202; build=2; paint=4900; sound=on; awake=held; errors=3",
    );
    let [screen] = &building.list(15)[..] else {
        panic!("one screen");
    };
    assert_eq!(screen.name.as_deref(), Some("Hall 2"));
    assert_eq!((&*screen.board, screen.errors), ("main", 3));
    assert_eq!(screen.address.unwrap().to_string(), "192.0.2.7");
    assert_eq!(screen.state, State::Live);
    assert_eq!(screen.build.as_deref(), Some("2"));
    assert_eq!(screen.first_seen_age, Duration::from_secs(15));
    assert_eq!(screen.last_seen_age, Duration::from_secs(10));
    assert_eq!(screen.paint_age, Some(Duration::from_millis(4_900)));
    assert_eq!(
        (screen.sound, screen.awake),
        (SoundState::On, WakeLock::Held)
    );
}

#[test]
fn the_worst_stand_first() {
    let building = Building::new();
    building.hear(0, "page=a; name=gone");
    building.hear(20, "page=b; name=lately; build=1");
    building.hear(100, "page=c; name=old; build=1; paint=100");
    building.hear(100, "page=d; name=frozen; build=2; paint=30000");
    building.hear(100, "page=e; name=Well; build=2; paint=29000");
    building.hear(100, "page=f; name=fine");
    building.hear(100, "page=g");
    assert_eq!(
        building.states(101),
        [
            state("gone", State::Dark),
            state("lately", State::Dark),
            state("frozen", State::NotPainting),
            state("old", State::OldBuild),
            state("fine", State::Live),
            state("Well", State::Live),
            state("g", State::Live),
        ]
    );
}

#[test]
fn a_screen_goes_dark_and_comes_back() {
    let building = Building::new();
    building.hear(0, "page=a; name=Hall");
    let dark = DARK_AFTER.as_secs();
    assert_eq!(building.states(dark - 1), [state("Hall", State::Live)]);
    assert_eq!(building.states(dark), [state("Hall", State::Dark)]);
    building.hear(200, "page=b; name=Hall");
    let [screen] = &building.list(200)[..] else {
        panic!("the same screen with a new page");
    };
    assert_eq!(screen.state, State::Live);
    assert_eq!(screen.first_seen_age, Duration::from_secs(200));
}

#[test]
fn screens_without_a_name_are_told_apart_by_their_pages() {
    let building = Building::new();
    building.hear(0, "page=a");
    building.hear(0, "page=b");
    building.hear(0, "page=c; name=a");
    let names: Vec<_> = building.states(1).into_iter().map(|it| it.0).collect();
    assert_eq!(names, ["a", "a", "b"], "a name is no id");
}

#[test]
fn two_screens_with_one_name_are_detected_restart_is_not() {
    let building = Building::new();
    building.hear(0, "page=a; name=Hall");
    building.hear(5, "page=b; name=Hall");
    building.hear(10, "page=b; name=Hall");
    assert!(!building.list(10)[0].shares_its_name, "it restarted");
    building.hear(12, "page=a; name=Hall");
    assert!(building.list(12)[0].shares_its_name);
    for second in [15, 20, 25, 30, 35, 40, 45, 50, 55, 60] {
        building.hear(second, "page=a; name=Hall");
    }
    assert!(
        !building.list(60)[0].shares_its_name,
        "the other one is gone"
    );
}

#[test]
fn what_a_new_page_does_not_know_yet_is_as_it_was() {
    let building = Building::new();
    building.hear(0, "page=a; name=Hall; build=1");
    building.hear(5, "page=b; name=Hall");
    assert_eq!(building.list(5)[0].build.as_deref(), Some("1"));
}

#[test]
fn those_that_are_gone_for_good_are_forgotten() {
    let building = Building::new();
    building.hear(0, "page=a; name=Hall");
    building.hear(0, "page=b");
    let (hour, week) = (UNNAMED_KEPT.as_secs(), NAMED_KEPT.as_secs());
    assert_eq!(building.list(hour - 1).len(), 2);
    assert_eq!(building.states(hour), [state("Hall", State::Dark)]);
    assert_eq!(building.list(week - 1).len(), 1);
    assert_eq!(building.list(week).len(), 0);
}

#[test]
fn made_up_screens_do_not_push_out_those_that_ask() {
    let building = Building::new();
    for second in 0..20 {
        building.hear(second, "page=a; name=Hall");
        for number in 0..1_000 {
            building.hear(second, &format!("page=x{second}y{number}"));
            building.hear(second, &format!("page=p; name=n{second}y{number}"));
        }
    }
    let list = building.list(20);
    assert!(list.len() <= MOST, "{}", list.len());
    assert!(list.iter().any(|it| it.name.as_deref() == Some("Hall")));
}

#[test]
fn many_pages_report_at_once() {
    let building = Building::new();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let building = &building;
            scope.spawn(move || {
                for round in 0..20 {
                    for page in 0..50 {
                        building.hear(round, &format!("page=t{thread}p{page}"));
                    }
                }
            });
        }
    });
    assert_eq!(building.list(20).len(), 400);
}

proptest! {
    #[test]
    fn whatever_is_said_there_is_a_bounded_list_in_order(
        said in prop::collection::vec((0_u64..200, "page=[a-c]{1,2}(; name=[x-z])?(; paint=[0-9]{1,6})?(; build=[12])?"), 0..40),
    ) {
        let building = Building::new();
        for (second, header) in &said {
            building.hear(*second, header);
        }
        let list = building.list(200);
        prop_assert!(list.len() <= said.len());
        prop_assert!(list.is_sorted_by(|one, two| one.worst_first(two).is_le()));
    }
}

#[test]
fn reports_through_one_link_push_out_no_screen_of_another() {
    let building = Building::new();
    for hall in 0..50 {
        let board = format!("board-{hall}");
        let header = format!("page=p{hall}; name=Hall%20{hall}");
        building.hear_by(0, &board, Some(&format!("link-{hall}")), &header);
    }
    for made_up in 0..4_200 {
        let header = format!("page=m{made_up}; name=Made%20up%20{made_up}");
        building.hear_by(1 + made_up / 1_000, "main", Some("stolen"), &header);
        let header = format!("page=n{made_up}");
        building.hear_by(1 + made_up / 1_000, "main", Some("stolen"), &header);
    }
    let screens = building.list(60);
    let real = screens.iter().filter(|it| it.board != "main").count();
    assert_eq!(real, 50);
    assert!(screens.len() <= MOST);
}

#[test]
fn report_cannot_replace_a_screen_of_another_link() {
    let building = Building::new();
    building.hear_by(0, "sales", Some("a"), "page=a; name=Hall");
    building.hear_by(60, "main", Some("b"), "page=b; name=Hall");
    let screens = building.list(60);
    let found: Vec<_> = screens.iter().map(|it| (&*it.board, it.state)).collect();
    assert_eq!(found, [("sales", State::Dark), ("main", State::Live)]);
    assert!(screens.iter().all(|it| !it.shares_its_name), "one is dark");

    building.hear_by(60, "sales", Some("c"), "page=c; name=Hall");
    let screens = building.list(60);
    let found: Vec<_> = screens.iter().map(|it| (&*it.board, it.state)).collect();
    assert_eq!(
        found,
        [("main", State::Live), ("sales", State::Live)],
        "let in again"
    );
    assert!(screens.iter().all(|it| it.shares_its_name));
}

#[test]
fn without_links_a_named_screen_changes_its_board_and_stays_one() {
    let building = Building::new();
    building.hear_by(0, "sales", None, "page=a; name=Hall");
    building.hear_by(5, "main", None, "page=b; name=Hall");
    let [screen] = &building.list(5)[..] else {
        panic!("one screen");
    };
    assert_eq!(
        (&*screen.board, screen.first_seen_age),
        ("main", Duration::from_secs(5))
    );
}

/// Several servers on one database, which keeps what each of them wrote.
struct Servers {
    servers: Vec<Building>,
    turns: Vec<u64>,
    kept: HashMap<ScreenKey, (u64, KeptScreen)>,
}

impl Servers {
    fn new(count: usize) -> Self {
        let servers: Vec<_> = (0..count).map(|_| Building::new()).collect();
        Self {
            turns: vec![0; count],
            servers,
            kept: HashMap::new(),
        }
    }

    /// A server's turn, as [`shared::SharedScreens`] takes it.
    fn share(&mut self, server: usize, second: u64) {
        let (place, name) = (&self.servers[server], format!("server-{server}"));
        let now = place.at(second);
        let (turn, heard, removed) = place.screens.news(self.turns[server], &name, now);
        self.turns[server] = turn + 1;
        place.screens.forget_removed(turn);
        for key in removed {
            self.kept.remove(&key);
        }
        for screen in heard {
            self.kept.insert(screen.key.clone(), (second, screen));
        }
        self.take_over(server, second);
    }

    fn take_over(&self, server: usize, second: u64) {
        let aged = |(written, screen): &(u64, KeptScreen)| {
            let by_ms = i64::try_from(second - written).unwrap() * 1_000;
            let mut screen = screen.clone();
            screen.first_age_ms += by_ms;
            screen.last_age_ms += by_ms;
            screen
        };
        let mut kept: Vec<_> = self.kept.values().map(aged).collect();
        kept.sort_by_key(|screen| -screen.last_age_ms);
        let place = &self.servers[server];
        place.screens.take_over(&kept, place.at(second));
    }

    fn only(&self, server: usize, second: u64) -> Screen {
        let screens = self.servers[server].list(second);
        assert_eq!(screens.len(), 1, "{screens:?}");
        screens.into_iter().next().unwrap()
    }
}

#[test]
fn screen_that_changes_servers_at_each_poll_is_one_screen() {
    let mut servers = Servers::new(2);
    for poll in 0..60 {
        // It restarts half way.
        let page = if poll < 30 { "a" } else { "b" };
        let (second, server) = (poll * 5, usize::try_from(poll % 2).unwrap());
        servers.servers[server].hear(second, &format!("page={page}; name=Hall; build=2"));
        for server in [0, 1] {
            servers.share(server, second + 2);
        }
        // Twice, since the second one's news came after the first one's turn.
        servers.share(0, second + 3);
        for server in [0, 1] {
            let screen = servers.only(server, second + 4);
            assert_eq!(screen.state, State::Live);
            assert!(!screen.shares_its_name, "{second}");
            assert_eq!(screen.last_seen_age, Duration::from_secs(4));
            assert_eq!(screen.first_seen_age, Duration::from_secs(second + 4));
        }
    }
    let server = servers.only(0, 300).server;
    assert_eq!(server.as_deref(), Some("server-1"), "which heard it last");
}

#[test]
fn two_screens_with_one_name_are_detected_across_servers() {
    let mut servers = Servers::new(2);
    for second in [0, 5, 10] {
        servers.servers[0].hear(second, "page=a; name=Hall");
        servers.servers[1].hear(second + 2, "page=b; name=Hall");
        for server in [0, 1, 0] {
            servers.share(server, second + 3);
        }
    }
    assert!(servers.only(0, 14).shares_its_name);
}

#[test]
fn dark_screens_are_remembered_after_a_restart() {
    let mut servers = Servers::new(2);
    let first = &servers.servers[0];
    first.hear(0, "page=a; name=Hall; build=1; sound=blocked; errors=3");
    first.hear_by(0, "sales", Some("link"), "page=b; name=Hall");
    first.hear_by(0, "sales", Some("other"), "page=c; name=Hall");
    first.hear(0, "page=d");
    servers.share(0, 1);
    servers.take_over(1, 600);
    let restarted = &servers.servers[1];
    let (before, after) = (servers.servers[0].list(600), restarted.list(600));
    assert_eq!(before.len(), 4);
    let mut names = after.clone();
    names.iter_mut().for_each(|it| it.server = None);
    assert_eq!(names, before);
    // The same link and board: the same screen.
    restarted.hear_by(601, "sales", Some("link"), "page=e; name=Hall");
    let back = restarted.list(601).pop().unwrap();
    assert_eq!((back.state, back.server), (State::Live, None));
    assert_eq!(back.first_seen_age, Duration::from_secs(601));
    assert_eq!(restarted.list(601).len(), 4);
}

#[test]
fn screens_that_are_gone_or_replaced_do_not_come_back() {
    let mut servers = Servers::new(2);
    servers.servers[0].hear_by(0, "sales", None, "page=a; name=Hall");
    servers.servers[0].hear(0, "page=b");
    servers.share(0, 1);
    servers.servers[1].hear_by(5, "main", None, "page=a; name=Hall");
    // It has not heard of the removal: its own screen is older.
    servers.take_over(1, 6);
    assert_eq!(servers.servers[1].list(6).len(), 2);
    servers.share(1, 6);
    servers.share(0, 7);
    for server in [0, 1] {
        let screens = servers.servers[server].list(7);
        let boards: Vec<_> = screens
            .iter()
            .filter_map(|it| it.name.as_ref().map(|_| &*it.board))
            .collect();
        assert_eq!(boards, ["main"]);
    }
    let hour = UNNAMED_KEPT.as_secs();
    servers.take_over(0, hour);
    assert_eq!(servers.servers[0].list(hour).len(), 1);
}

#[test]
fn screen_heard_after_the_clock_was_set_back_is_dark() {
    let mut servers = Servers::new(2);
    servers.servers[0].hear(0, "page=a; name=Hall");
    servers.share(0, 1);
    let kept = servers.kept.values_mut().next().unwrap();
    kept.1.last_age_ms -= 3_600_000;
    servers.take_over(1, 2);
    assert_eq!(servers.only(1, 2).state, State::Dark);
}

#[test]
fn screens_are_news_until_they_are_written() {
    let building = Building::new();
    let news = |from, second| {
        let (turn, heard, _) = building.screens.news(from, "", building.at(second));
        (turn + 1, heard.len())
    };
    building.hear(0, "page=a; name=Hall");
    let (_, count) = news(0, 1);
    assert_eq!(count, 1);
    let (next, count) = news(0, 2);
    assert_eq!(count, 1, "the first was not written");
    building.hear(3, "page=b; name=Door");
    let (next, count) = news(next, 4);
    assert_eq!(count, 1);
    assert_eq!(news(next, 5).1, 0);
}
