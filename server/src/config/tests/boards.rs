//! Which boards there are, and how they look.

use super::*;

#[test]
fn board_from_environment_has_comma_separated_ids() {
    let variables = with(&[
        ("TARGET_QUEUE_ID", " 2, 1,,3 "),
        ("CXONE_SKILL_IDS", "9,8,9"),
        ("QUEUEWALL_TITLE", "Help desk"),
        ("QUEUEWALL_TIMEZONE", "America/Argentina/Buenos_Aires"),
    ]);
    let Loaded {
        config, targets, ..
    } = read(&variables, &[]).unwrap();
    let board = &config.boards[0];
    let ids: Vec<_> = board.queues.iter().map(|queue| &queue.id).collect();
    assert_eq!(ids, ["2", "1", "3"]);
    assert_eq!(targets.queue_ids, ["2", "1", "3"]);
    assert_eq!(board.skill_ids, ["8", "9"]);
    assert_eq!(board.title, "Help desk");
    assert_eq!(
        board.timezone.as_deref(),
        Some("America/Argentina/Buenos_Aires")
    );
}

#[test]
fn boards_in_file_replace_environment_board_and_keep_skills() {
    let file = "[[boards]]\nslug = \"a\"\nqueues = [1, { id = 2, name = \"Two\" }]\n\
                [[boards]]\nslug = \"b\"\nskill_ids = []\ntitle = \"B\"\n";
    let variables = with(&[("TARGET_QUEUE_ID", "9"), ("CXONE_SKILL_IDS", "7")]);
    let Loaded {
        config, targets, ..
    } = read(&variables, &[("queuewall.toml", file)]).unwrap();
    let [a, b] = config.boards.as_slice() else {
        panic!("{:?}", config.boards)
    };
    assert_eq!((a.title.as_str(), b.title.as_str()), ("a", "B"));
    assert_eq!(a.skill_ids, ["7"]);
    assert!(b.skill_ids.is_empty() && b.queues.is_empty());
    assert_eq!(a.queues[0].name, None);
    assert_eq!(a.queues[1].name.as_deref(), Some("Two"));
    assert_eq!(targets.queue_ids, ["9"], "stats still reads it");
    assert_eq!(
        config.warnings,
        [
            "environment: TARGET_QUEUE_ID does not change the boards: the configuration file has its own"
        ]
    );
}

#[test]
fn queue_id_that_another_program_changed_is_refused() {
    for (ids, remedy) in [
        ("1.234567e+06 4.711E+3", "in quotes where it is set"),
        ("4711.0 4711.", "decimal point"),
        ("+4711", "a sign"),
        ("null None undefined NaN", "no value"),
        ("\u{ff14}711", "U+FF14"),
        ("\u{664}711", "U+0664"),
        ("47\u{7}11", "U+0007"),
        ("47\u{200b}11", "U+200B"),
        ("\u{202e}4711", "U+202E"),
        (
            "[4711 4711;4712 4711|4712 4711\u{ff0c}4712 <id> $QUEUE",
            "separated by commas",
        ),
    ] {
        for id in ids.split(' ') {
            let problems = refused("TARGET_QUEUE_ID", id);
            assert!(
                matches!(problems.as_slice(), [one] if one.contains(remedy)),
                "{problems:?}"
            );
        }
    }
    for id in ["4711", "11e8-0000", "1e06", "a.b_c:d/e"] {
        read(&with(&[("TARGET_QUEUE_ID", id)]), &[]).unwrap();
    }
}

#[test]
fn bad_slugs_zones_titles_and_ids_are_refused() {
    let file = "[[boards]]\nslug = \"A b\"\n[[boards]]\nslug = \"c\"\ntimezone = \"+02:00\"\n\
                [[boards]]\nslug = \"c\"\ntitle = \"\"\nqueues = [\"a b\"]\n";
    assert_eq!(
        problems(&ENOUGH, &[("queuewall.toml", file)]),
        [
            "queuewall.toml:2: boards.slug = \"A b\" is not a slug: use 1 to 64 of the letters a to z, digits and -",
            "queuewall.toml:5: boards.timezone = \"+02:00\" is not an IANA time zone: write for example \
             Europe/Berlin, America/New_York or UTC",
            "queuewall.toml:7: boards.slug = \"c\" is the slug of the board at queuewall.toml:4 too: give \
             each board its own",
            "queuewall.toml:9: boards.queues = \"a b\" is not an id: copy it from `queuewall queues`, without spaces \
             and quotes; several are separated by commas",
            "queuewall.toml:8: boards.title = \"\" is blank, or has line breaks or other control characters: write some words on one line, or leave the key out",
        ]
    );
}

#[test]
fn board_has_display_settings_and_notice() {
    let file = "[[boards]]\nslug = \"a\"\nnotice = \" Lunch at 12 \"\ntheme = \"contrast\"\n\
                language = \"pt\"\nmetres = 5.5\ninches = 55\nrotate_seconds = 20\n\
                [[boards]]\nslug = \"b\"\n";
    let config = of_file(file);
    assert_eq!(config.boards[0].notice.as_deref(), Some("Lunch at 12"));
    assert_eq!(
        config.boards[0].display,
        Display {
            theme: Some(Theme::Contrast),
            language: Some("pt".into()),
            metres: Some(5.5),
            inches: Some(55.0),
            rotate_seconds: Some(20),
            ..Display::default()
        }
    );
    assert_eq!(config.boards[1].notice, None);
    assert_eq!(config.boards[1].display, Display::default());
}

#[test]
fn a_display_that_cannot_be_is_refused() {
    let file = "[[boards]]\nslug = \"a\"\nnotice = \"a\\nb\"\ntheme = \"blue\"\n\
                language = \"xx\"\nmetres = 0.2\ninches = inf\nrotate_seconds = 4\n";
    assert_eq!(
        problems(&ENOUGH, &[("queuewall.toml", file)]),
        [
            "queuewall.toml:6: boards.metres = 0.2 is out of bounds: give a number from 0.3 to 30 \
             (metres to the screen)",
            "queuewall.toml:7: boards.inches = \"inf\" is not a number: give a number from 5 to 150 \
             (inches across the screen)",
            "queuewall.toml:8: boards.rotate_seconds = 4 is out of bounds: give a number from 5 to 600 \
             (seconds a page)",
            "queuewall.toml:4: boards.theme = \"blue\" is not a theme: write dark, light or contrast",
            "queuewall.toml:5: boards.language = \"xx\" is not a language of the page: write one of \
             en, de, es, fr, pt",
            "queuewall.toml:3: boards.notice = \"a\\nb\" is blank, or has line breaks or other control characters: write some words on one line, \
             or leave the key out",
        ]
    );
}

#[test]
fn numbers_of_a_board_are_its_own_before_those_of_its_preset() {
    let of = |keys: &str| {
        let file = format!("[[boards]]\nslug = \"a\"\n{keys}\n");
        let display = of_file(&file).boards[0].display.clone();
        let beside = display.beside.map(|beside| {
            let names: Vec<_> = Vec::from(beside)
                .iter()
                .map(|it: &Metric| it.as_str())
                .collect();
            names.join(" ")
        });
        (display.hero.map(Metric::as_str), beside)
    };
    for unchanged in ["", "preset = \"supervisor\""] {
        assert_eq!(of(unchanged), (None, None), "{unchanged}");
    }
    let (agents, service) = ("preset = \"agents\"", "preset = \"service\"");
    for (keys, hero, beside) in [
        (agents, "service_level_today", "handled service_level"),
        (
            service,
            "service_level_today",
            "abandon_rate average_speed_of_answer offered handled",
        ),
        ("hero = \"service_level\"", "service_level", "average_wait"),
        ("beside = [\"offered\"]", "waiting", "offered"),
        ("beside = []", "waiting", ""),
        (
            &format!("{service}\nhero = \"abandon_rate\""),
            "abandon_rate",
            "average_speed_of_answer offered handled",
        ),
        (
            &format!("{agents}\nbeside = [\"available_agents\"]"),
            "service_level_today",
            "available_agents",
        ),
    ] {
        assert_eq!(of(keys), (Some(hero), Some(beside.to_owned())), "{keys}");
    }
}

#[test]
fn numbers_that_cannot_be_shown_are_refused_with_remedy() {
    let file = "[[boards]]\nslug = \"a\"\npreset = \"agent\"\nhero = \"service_level_percent\"\n\
                [[boards]]\nslug = \"b\"\npreset = \"night\"\nhero = \"handled\"\nbeside = [\n\"calls\",\n\
                \"handled\",\n\"offered\", \"offered\",\n\"agents_available\"]\n\
                [[boards]]\nslug = \"c\"\nbeside = \"handled\"\n";
    let all = Metric::ALL.map(Metric::as_str).join(", ");
    assert_eq!(
        problems(&ENOUGH, &[("queuewall.toml", file)]),
        [
            "queuewall.toml:16: boards.beside must be an array: write for example [\"one\", \"two\"]",
            "queuewall.toml:3: boards.preset = \"agent\" is not a preset: did you mean agents?",
            "queuewall.toml:4: boards.hero = \"service_level_percent\" is not a metric: did you mean service_level?",
            "queuewall.toml:7: boards.preset = \"night\" is not a preset: write one of supervisor, agents, service",
            "queuewall.toml:9: boards.beside has 5 metrics: keep 4 of them: a tile has no room for more",
            &format!(
                "queuewall.toml:10: boards.beside = \"calls\" is not a metric: write one of {all}"
            ),
            "queuewall.toml:11: boards.beside = \"handled\" is the large number of the tile already: leave it out, or \
             choose another hero",
            "queuewall.toml:12: boards.beside = \"offered\" is there twice: keep one of the two",
            "queuewall.toml:13: boards.beside = \"agents_available\" is not a metric: did you mean available_agents?",
        ]
    );
}

#[test]
fn todays_numbers_without_the_realtime_dialect_are_warned_of() {
    let file = "[[boards]]\nslug = \"a\"\nbeside = [\"handled\", \"service_level\", \"offered\"]\n\
                [[boards]]\nslug = \"b\"\nhero = \"service_level\"\n";
    assert_eq!(
        of_file(file).warnings,
        [
            "board \"a\": its tiles show no value of handled, offered: only the dialect realtime has today's numbers; \
             choose others by boards.hero and boards.beside, or set cxone.dialect"
        ]
    );
}
