//! The sample files set nothing, and each line of theirs can be set.

use super::*;

#[test]
fn the_sample_of_variables_names_every_one_and_each_can_be_set() {
    let sample = include_str!("../../../../.env.sample");
    let commented_out = |line: &&str| line.starts_with("#CXONE") || line.starts_with("#QUEUEWALL");
    let named: BTreeSet<_> = sample
        .lines()
        .filter(|line| !line.starts_with('#') || commented_out(line) || line.starts_with("#TARGET"))
        .filter_map(|line| line.trim_start_matches('#').split_once('='))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(named, keys::variables().collect());
    // As it stands, and with every commented line but the files and the other dialect's
    // set.
    let is_for_now = |line: &&str| {
        let name = line.trim_start_matches('#').split('=').next();
        let is_realtimes = name
            .and_then(keys::of_variable)
            .is_some_and(|it| it.is_realtime_only);
        !is_realtimes && !line.contains("_FILE=") && !line.contains("_CONFIG=")
    };
    let all: String = sample
        .lines()
        .filter(is_for_now)
        .map(|line| match line.strip_prefix('#') {
            Some(set) if named.iter().any(|name| set.starts_with(name)) => format!("{set}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    for text in [sample, all.as_str()] {
        let config = read(&[], &[(".env", &filled_in(text))]).unwrap().config;
        assert!(config.warnings.is_empty());
        assert_eq!(reporting_v2(&config).client_id, "our-client-id");
    }
    let all = read(&[], &[(".env", &filled_in(&all))]).unwrap();
    assert_eq!(all.targets.queue_ids.len(), 2);
    let as_it_stands = problems(&[], &[(".env", sample)]);
    assert_eq!(as_it_stands.len(), 3, "{as_it_stands:?}");
    for problem in as_it_stands {
        assert!(problem.contains(" is a placeholder: put"), "{problem}");
    }
}

#[test]
fn sample_file_sets_nothing_as_it_stands() {
    let sample = include_str!("../../../../queuewall.sample.toml");
    let plain = read(&ENOUGH, &[]).unwrap();
    let with_sample = read(&ENOUGH, &[("queuewall.toml", sample)]).unwrap();
    assert_eq!(with_sample.config.live(), plain.config.live());
    assert_eq!(with_sample.config.access, plain.config.access);
    assert_eq!(with_sample.config.server, plain.config.server);
    assert_eq!(
        with_sample
            .requires_restart
            .differing_from(&plain.requires_restart),
        [""; 0]
    );
    assert!(with_sample.config.warnings[0].contains("the file sets nothing"));
}

#[test]
fn container_sample_loads_as_container_engines_hand_it_over() {
    let sample = filled_in(include_str!("../../../../deploy/container.env.sample"));
    let lines = sample.lines().filter(|line| !line.starts_with('#'));
    let variables: Vec<_> = lines.filter_map(|line| line.split_once('=')).collect();
    assert!(read(&variables, &[]).unwrap().config.warnings.is_empty());
}

#[test]
fn sample_file_holds_every_key_and_loads_uncommented() {
    let sample = include_str!("../../../../queuewall.sample.toml");
    let sample = &realtime::uncommented(sample);
    let table: toml::Table = sample.parse().unwrap();
    let mut named = BTreeSet::new();
    for section in keys::SECTIONS {
        for key in table[section].as_table().unwrap().keys() {
            named.insert(format!("{section}.{key}"));
        }
    }
    assert_eq!(named, keys::file_keys().map(str::to_owned).collect());
    let keys_of = |table: &toml::Value| -> BTreeSet<String> {
        table.as_table().unwrap().keys().cloned().collect()
    };
    let holds_all = |table: &toml::Value, kind: keys::Kind| {
        let known = kind.keys().into_iter().map(|(key, _)| key);
        assert_eq!(keys_of(table), known.collect(), "{kind:?}");
    };
    let levels = &table[keys::LEVELS];
    holds_all(levels, keys::Kind::Levels);
    holds_all(&levels["available_agents"], keys::Kind::Limits);
    holds_all(&table[keys::AGENT_LIMITS], keys::Kind::AgentLimits);
    let board = &table[keys::BOARDS][0];
    holds_all(board, keys::Kind::Board);
    holds_all(&board["queues"][1], keys::Kind::Queue);
    holds_all(&board["groups"][0], keys::Kind::Group);
    let all_of = |key: &str, kind: keys::Kind| {
        let known = kind.keys().into_iter().map(|(key, _)| key);
        let tables = table[key].as_array().unwrap().iter();
        let named: BTreeSet<_> = tables.flat_map(keys_of).collect();
        assert_eq!(named, known.collect(), "{kind:?}");
    };
    all_of(keys::RECEIVERS, keys::Kind::Receiver);
    all_of(keys::ALERTS, keys::Kind::Alert);

    let sample = filled_in(sample);
    let files = [
        ("queuewall.toml", sample.as_str()),
        ("cxone-client-secret", "hunter2\n"),
        ("company-ca.pem", ""),
        ("tls.pem", ""),
        ("tls-key.pem", ""),
        ("database-url", "postgres://wall:hunter2@db/queuewall"),
    ];
    let files = [&files[..], &OF_RECEIVERS].concat();
    let config = read(&[], &files).unwrap().config;
    assert_eq!(config.boards[0].queues[1].id, "4712");
    assert_eq!(config.boards[1].slug, "all");
    let mut said = Thresholds::default();
    for metric in Metric::JUDGED {
        said.set(metric, said.limits(metric));
    }
    assert_eq!(
        config.boards[1].levels, said,
        "what the sample's [levels] says is what holds anyway"
    );
    let limits = |levels: Thresholds| levels.limits(Metric::Waiting);
    let [plain, changed] = config.boards[0].queues.as_slice() else {
        panic!("{:?}", config.boards[0].queues)
    };
    assert_eq!(limits(config.boards[0].levels), Limits::new(8.0, 16.0));
    assert_eq!(plain.levels, None);
    assert_eq!(limits(changed.levels.unwrap()), Limits::new(8.0, 20.0));
}
