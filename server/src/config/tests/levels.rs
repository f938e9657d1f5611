//! Levels and their hours.

use super::*;

#[test]
fn levels_of_queue_override_board_then_file_then_defaults() {
    let file = "[levels]\nwaiting = { warning = 6 }\naverage_wait_seconds = { critical = 90.5 }\n\
                fall_after = 3\nmargin_percent = 2.5\nminimum_sample = 20\n\
                [[boards]]\nslug = \"a\"\n\
                queues = [{ id = 1, levels = { waiting = { critical = 20 }, rise_after = 1 } }, 2]\n\
                [boards.levels]\nservice_level_percent = false\n\
                available_agents = { warning = 2, critical = false }\n\
                [[boards]]\nslug = \"b\"\n";
    let config = of_file(file);
    let [a, b] = config.boards.as_slice() else {
        panic!("{:?}", config.boards)
    };
    let mut base = Thresholds::default();
    base.set(Metric::Waiting, Limits::new(6.0, 10.0));
    base.set(Metric::AverageWait, Limits::new(60_000.0, 90_500.0));
    base.fall_after = 3;
    base.margin_percent = 2.5;
    base.minimum_sample = 20;
    assert_eq!(b.levels, base);

    let mut of_board = base;
    of_board.set(Metric::ServiceLevel, Limits::default());
    let only_warning = Limits {
        warning: Some(2.0),
        ..Limits::default()
    };
    of_board.set(Metric::AvailableAgents, only_warning);
    assert_eq!(a.levels, of_board);
    assert_eq!(a.queues[1].levels, None);

    let mut of_queue = of_board;
    of_queue.set(Metric::Waiting, Limits::new(6.0, 20.0));
    of_queue.rise_after = 1;
    assert_eq!(a.queues[0].levels, Some(of_queue));
}

#[test]
fn service_level_without_setting_uses_the_goal_of_cxone() {
    let goal = |levels: &str| {
        let file = format!("{levels}\n[[boards]]\nslug = \"a\"\n");
        let loaded = read(&ENOUGH, &[("queuewall.toml", &file)]).unwrap();
        let levels = loaded.config.boards[0].levels.with_goal(Some(90.0));
        levels.limits(Metric::ServiceLevel).warning
    };
    assert_eq!(goal(""), Some(90.0));
    assert_eq!(goal("[levels]\nwaiting = { warning = 1 }"), Some(90.0));
    assert_eq!(goal("[levels]\nservice_level_percent = {}"), Some(90.0));
    assert_eq!(
        goal("[levels]\nservice_level_percent = { critical = 50 }"),
        Some(80.0)
    );
    assert_eq!(goal("[levels]\nservice_level_percent = false"), None);
}

#[test]
fn what_levels_do_is_said_with_key_and_line() {
    let file = "[levels]\nwaiting = false\n\
                available_agents={warning=false,  critical = 0}\n\
                [[boards]]\nslug = \"sales\"\ntimezone = \"Europe/Berlin\"\n\
                queues = [1, { id = 2, levels = { available_agents = { warning = 3 } } }]\n\
                [boards.levels]\nhours = \" Mo-Fr 08:00-18:00 \"\n\
                available_agents = { for_seconds = 120 }\n\
                [[boards]]\nslug = \"quiet\"\nlevels = { available_agents = false }\n";
    let loaded = read(&ENOUGH, &[("queuewall.toml", file)]).unwrap();
    let busy = "calls wait because no agent is available, so in busy hours most queues will have that level";
    assert_eq!(
        loaded.notes,
        [
            format!(
                "queuewall.toml:3: levels.available_agents: every board: critical while calls wait and 0 agents \
                 are available: {busy}"
            ),
            "queuewall.toml:9: boards.levels.hours: board \"sales\": levels apply Mo-Fr 08:00-18:00 \
             (Europe/Berlin); outside these hours queues have no level"
                .to_owned(),
            "queuewall.toml:10: boards.levels.available_agents: board \"sales\": critical while calls wait \
                 and 0 agents are available, for 120 s"
                .to_owned(),
            "queuewall.toml:7: boards.queues.levels.available_agents: board \"sales\", queue 2: critical while \
                 calls wait and 0 agents are available, warning while calls wait and 3 or fewer agents are \
                 available, for 120 s"
                .to_owned(),
        ]
    );
    assert_eq!(
        loaded.config.warnings,
        [format!(
            "queuewall.toml:3: levels.available_agents is a line of older samples: {busy}: remove the line, or \
             add for_seconds = 120 to it"
        )]
    );
    assert!(
        read(&ENOUGH, &[("queuewall.toml", "[levels]\n")])
            .unwrap()
            .notes
            .is_empty()
    );
}

#[test]
fn hours_of_queue_override_board_then_file() {
    let file = "[levels]\nhours = \"08:00-20:00\"\n\
                [[boards]]\nslug = \"a\"\ntimezone = \"Europe/Berlin\"\n\
                queues = [{ id = 1, levels = { hours = \"00:00-24:00\" } }, 2]\n\
                levels = { hours = \"Mo-Fr 08:00-18:00\" }\n\
                [[boards]]\nslug = \"b\"\ntimezone = \"America/New_York\"\n";
    let config = of_file(file);
    let hours = |text| Some(Hours::parse(text).unwrap());
    let [a, b] = config.boards.as_slice() else {
        panic!("{:?}", config.boards)
    };
    assert_eq!(
        (&a.hours, &b.hours),
        (&hours("Mo-Fr 08:00-18:00"), &hours("08:00-20:00"))
    );
    assert_eq!(
        (&a.queues[0].hours, &a.queues[1].hours),
        (&hours("00:00-24:00"), &None)
    );
    assert_eq!(a.queues[0].levels, Some(a.levels));

    let board = read(
        &with(&[("QUEUEWALL_TIMEZONE", "UTC")]),
        &[("queuewall.toml", "[levels]\nhours = \"08:00-20:00\"\n")],
    );
    assert_eq!(board.unwrap().config.boards[0].hours, hours("08:00-20:00"));
}

#[test]
fn hours_that_cannot_be_or_lack_a_zone_are_refused() {
    let file = "[levels]\nhours = \"Mo-Fr\"\n[[boards]]\nslug = \"a\"\ntimezone = \"UTC\"\n\
                queues = [{ id = 1, levels = { hours = \"Mi 08:00-18:00\" } }]\n\
                [boards.levels]\nhours = 8\n";
    let remedy = "write for example Mo-Fr 08:00-18:00, Sa 09:00-13:00";
    assert_eq!(
        problems(&ENOUGH, &[("queuewall.toml", file)]),
        [
            "queuewall.toml:8: boards.levels.hours must be a string: write for example \"text\""
                .to_owned(),
            format!(
                "queuewall.toml:2: levels.hours = \"Mo-Fr\" has \"Mo-Fr\", which is not a range of times such as \
                 08:00-18:00: {remedy}"
            ),
            format!(
                "queuewall.toml:6: boards.queues.levels.hours = \"Mi 08:00-18:00\" has \"Mi\", which is not a \
                 day: {remedy}"
            ),
        ]
    );
    let file = "[levels]\nhours = \"08:00-20:00\"\n";
    assert_eq!(
        problems(&ENOUGH, &[("queuewall.toml", file)]),
        [
            "queuewall.toml:2: levels.hours = \"08:00-20:00\" needs a time zone, and neither board \"main\" nor the \
             machine has one: set QUEUEWALL_TIMEZONE"
        ]
    );
    let file = format!("{file}[[boards]]\nslug = \"a\"\n");
    assert_eq!(
        problems(&ENOUGH, &[("queuewall.toml", &file)]),
        [
            "queuewall.toml:2: levels.hours = \"08:00-20:00\" needs a time zone, and neither board \"a\" nor the \
             machine has one: add for example timezone = \"Europe/Berlin\" to the board"
        ]
    );
}

#[test]
fn hours_of_board_without_zone_follow_the_machines() {
    let file = "[levels]\nhours = \"08:00-20:00\"\n";
    let board = "[[boards]]\nslug = \"a\"\n[[boards]]\nslug = \"b\"\ntimezone = \"UTC\"\n";
    let read = |file: &str, zone: &str, tz: &[(&str, &str)]| {
        let mut env = FakeEnv::new(&with(tz), &[("queuewall.toml", file)]);
        env.time_zone = Some(zone.to_owned());
        read_from(&env, None).unwrap()
    };
    let loaded = read(&format!("{file}{board}"), "Europe/Berlin", &[]);
    let zones = loaded
        .config
        .boards
        .iter()
        .map(|board| board.timezone.as_deref());
    assert!(zones.eq([Some("Europe/Berlin"), Some("UTC")]));
    let told = "board \"a\": levels.hours follow the machine's time zone Europe/Berlin, since the board has none";
    assert!(
        loaded.notes.contains(&told.to_owned()),
        "{:?}",
        loaded.notes
    );
    assert_eq!(loaded.config.warnings, [""; 0]);

    for (tz, is_warned) in [(&[][..], true), (&[("TZ", "UTC")], false)] {
        let loaded = read(file, "Etc/UTC", tz);
        assert_eq!(loaded.config.boards[0].timezone.as_deref(), Some("Etc/UTC"));
        let warnings = &loaded.config.warnings;
        assert_eq!(warnings.len(), usize::from(is_warned), "{warnings:?}");
        assert!(
            warnings
                .iter()
                .all(|warning| warning.contains("TIMEZONE or TZ"))
        );
    }
    // Without hours a screen has its own clock.
    assert_eq!(
        read(board, "Europe/Berlin", &[]).config.boards[0].timezone,
        None
    );
}

#[test]
fn the_environments_board_takes_the_files_levels() {
    let file = "[levels]\nwaiting = false\n";
    let config = of_file(file);
    let levels = config.boards[0].levels;
    assert_eq!(levels.limits(Metric::Waiting), Limits::default());
}

#[test]
fn thresholds_out_of_bounds_or_order_are_refused_all_at_once() {
    let file = "[levels]\nwaiting = { warning = 0, critical = 2.5 }\nrise_after = 0\n\
                margin_percent = 51\nminimum_sample = -1\n\
                [[boards]]\nslug = \"a\"\nqueues = [\n\
                { id = 1, levels = { waiting = { critical = 5 } } },\n\
                { id = 2, levels = { service_level_percent = { warning = 60, critical = 80 } } },\n\
                { id = 3, levels = { longest_wait_seconds = { warning = 300.5 } } },\n\
                { id = 4, levels = { available_agents = { warning = 0, critical = 0 } } }]\n";
    assert_eq!(
        problems(&ENOUGH, &[("queuewall.toml", file)]),
        [
            "queuewall.toml:2: levels.waiting.warning = 0 is out of bounds: give a whole number from 1 to 10000 (calls)",
            "queuewall.toml:2: levels.waiting.critical = 2.5 is not a whole number: give a whole number from 1 to 10000 (calls)",
            "queuewall.toml:4: levels.margin_percent = 51 is out of bounds: give a number from 0 to 50 (percent)",
            "queuewall.toml:5: levels.minimum_sample = -1 is out of bounds: give a whole number from 0 to 1000 (calls)",
            "queuewall.toml:3: levels.rise_after = 0 is out of bounds: give a whole number from 1 to 20 (readings in a row)",
            "queuewall.toml:9: boards.queues.levels.waiting.critical = 5 makes warning 5 and critical 5 calls: \
             give a warning below critical, or false for one of the two",
            "queuewall.toml:10: boards.queues.levels.service_level_percent.warning = 60 makes warning 60 and critical 80 \
             percent: give a warning above critical, or false for one of the two",
            "queuewall.toml:11: boards.queues.levels.longest_wait_seconds.warning = 300.5 makes warning 300.5 and \
             critical 300 seconds: give a warning below critical, or false for one of the two",
            "queuewall.toml:12: boards.queues.levels.available_agents.warning = 0 makes warning 0 and critical 0 \
             agents: give a warning above critical, or false for one of the two",
        ]
    );
}
