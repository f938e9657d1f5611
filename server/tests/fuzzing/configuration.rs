//! A configuration, as somebody may write one.

use std::{collections::HashSet, time::Duration};

use queuewall_shared::settings::{INCHES, METRES};

use super::{Environment, Loaded, Permissions, env::fake::FakeEnv};

/// Stands between the parts of an input: `queuewall.toml`, variables of the process one a
/// line, `.env`.
const NEXT_PART: &str = "\n%%\n";

/// The one secret that there is.
const SECRET: &str = "hunter2";

/// The file that it lies in.
const SECRET_FILE: &str = "secret";

/// Any configuration: within its bounds, and read again the same; or refused with at least
/// one reason, each with its place and its remedy. And never a secret in any of it.
///
/// # Panics
/// Where that does not hold.
pub fn configuration(input: &[u8]) {
    let Ok(input) = std::str::from_utf8(input) else {
        return;
    };
    let parts: Vec<&str> = input.splitn(3, NEXT_PART).collect();
    let part = |place: usize| parts.get(place).copied().unwrap_or_default();
    let env = FakeEnv {
        variables: variables(part(1)),
        files: [
            ("queuewall.toml".into(), part(0).to_owned()),
            (".env".into(), part(2).to_owned()),
            (SECRET_FILE.into(), format!("{SECRET}\n")),
        ]
        .into(),
        permissions: Permissions {
            others_read: input.len() % 2 == 0,
            ..Permissions::default()
        },
        time_zone: None,
    };
    let read = || Loaded::read(&env, Environment::read(&env, None), None);
    let words = match read() {
        Ok(loaded) => {
            check(&loaded);
            let again = read().expect("it was read before");
            assert_eq!(again.config.live(), loaded.config.live());
            assert_eq!(
                again
                    .requires_restart
                    .differing_from(&loaded.requires_restart),
                [""; 0]
            );
            format!("{loaded:?} {}", loaded.config.warnings.join("\n"))
        }
        Err(error) => {
            assert!(!error.problems.is_empty());
            for problem in &error.problems {
                check_words(&problem.to_string());
            }
            error.to_string()
        }
    };
    if is_secret_only(&parts) {
        assert!(!words.contains(SECRET), "{words}");
    }
}

fn variables(lines: &str) -> Vec<(String, String)> {
    let lines = lines.lines().filter_map(|line| line.split_once('='));
    // The system knows no others.
    let lines = lines.filter(|(name, value)| !name.is_empty() && !value.contains('\0'));
    lines
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// `place: key what: remedy`.
fn check_words(problem: &str) {
    let (place, rest) = problem.split_once(": ").expect("a place");
    assert!(!place.is_empty(), "{problem}");
    let (what, remedy) = rest.rsplit_once(": ").expect("a remedy");
    assert!(
        !what.trim().is_empty() && !remedy.trim().is_empty(),
        "{problem}"
    );
}

fn check(loaded: &Loaded) {
    let config = &loaded.config;
    let seconds = |least, most| Duration::from_secs(least)..=Duration::from_secs(most);
    assert!(seconds(5, 300).contains(&config.poll.interval));
    assert!((2..=600).contains(&config.poll.budget_per_minute));
    assert!(config.cxone.total_timeout < config.poll.interval);
    assert!(config.cxone.connect_timeout < config.cxone.total_timeout);
    assert!(!config.boards.is_empty());
    let mut slugs = HashSet::new();
    for board in &config.boards {
        let is_plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
        assert!((1..=64).contains(&board.slug.len()), "{}", board.slug);
        assert!(board.slug.bytes().all(is_plain), "{}", board.slug);
        assert!(slugs.insert(&board.slug), "{} is there twice", board.slug);
        assert!(!board.title.trim().is_empty());
        let mut ids = HashSet::new();
        for queue in &board.queues {
            assert!(!queue.id.trim().is_empty());
            assert!(ids.insert(queue.id.clone()), "{} is there twice", queue.id);
        }
        let mut names = HashSet::new();
        for group in &board.groups {
            assert!(names.insert(&group.name), "{} is there twice", group.name);
            assert!(!group.queues.is_empty());
            // It is removed as a queue of the next group, too.
            assert!(group.queues.iter().all(|id| ids.remove(id)), "{group:?}");
        }
        let display = &board.display;
        assert!(display.metres.is_none_or(|it| METRES.contains(&it)));
        assert!(display.inches.is_none_or(|it| INCHES.contains(&it)));
        assert!(
            display
                .rotate_seconds
                .is_none_or(|it| (5..=600).contains(&it))
        );
    }
}

/// Whether the secret stands just where secrets belong, or where people put them by
/// mistake: elsewhere it is not treated as a secret.
fn is_secret_only(parts: &[&str]) -> bool {
    let belongs = |line: &str| {
        let line = line.trim_start();
        ["CXONE_CLIENT_SECRET=", "CXONE_ACCESS_KEY_SECRET="]
            .iter()
            .any(|name| line.strip_prefix(name).is_some_and(|it| !it.contains('#')))
            || ["client_secret =", "access_key_secret ="]
                .iter()
                .any(|key| line.starts_with(key))
    };
    let is_secret = |part: &&str| {
        // A value of several lines may hold anything, and so may one that quotes another.
        let is_simple = !["\"\"\"", "'''", "$", "\\"]
            .iter()
            .any(|it| part.contains(it));
        is_simple
            && part
                .lines()
                .all(|line| !line.contains(SECRET) || belongs(line))
    };
    parts
        .iter()
        .all(|part| !part.contains(SECRET) || is_secret(part))
}
