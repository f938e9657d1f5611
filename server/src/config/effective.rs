//! Every setting as it is read, for people: what holds, and where it comes from.

use std::path::Path;

use super::{
    ConfigError, Env, Environment, Loaded,
    file::Table,
    keys::{self, Secrecy, Setting},
    problem::{Spanned, may_hold_secret},
    proxy,
    reader::Reader,
};

/// One setting, or one board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective {
    /// The file's dotted key where there is one, else the variable.
    pub name: String,
    /// The value; `set` for a credential.
    pub value: String,
    /// The variable or the place in a file; `default` where nothing is set.
    pub place: String,
}

/// Every setting that is set or has a default, and what is wrong with them as a whole.
///
/// # Errors
/// When a source cannot be read as a whole.
pub fn effective(
    env: &dyn Env,
    environment: Environment,
    file: Option<&Path>,
) -> Result<(Vec<Effective>, Option<ConfigError>), ConfigError> {
    let reader = Reader::new(env, environment, file)?;
    let settings = keys::SETTINGS.iter();
    let settings = settings.filter_map(|setting| row(&reader, setting));
    let boards = reader.boards().iter().map(|board| {
        let slug = board.texts.get("slug");
        let slug = slug.map_or("?", |slug| slug.value.as_str());
        Effective {
            name: format!("boards: {slug}"),
            value: {
                let queues = match (board.array("queues").len(), board.array("groups").len()) {
                    (0, _) => "every queue".to_owned(),
                    (queues, 0) => format!("queues: {queues}"),
                    (queues, groups) => format!("queues: {queues}, groups: {groups}"),
                };
                match board.texts.get("agents") {
                    Some(agents) => format!("{queues}, agents: {}", agents.value),
                    None => queues,
                }
            },
            place: board.place.clone(),
        }
    });
    let named = |what: &str, table: &Table, key: &str| {
        let text = |key: &str| table.texts.get(key).map(|found| found.value.clone());
        let listed = table.lists.get(key).map(|found| {
            let names = found.value.iter().map(|it| it.value.as_str());
            format!("to {}", names.collect::<Vec<_>>().join(", "))
        });
        Effective {
            name: format!(
                "{what}: {}",
                text("name").or(text("level")).unwrap_or_default()
            ),
            value: text(key).or(listed).unwrap_or_default(),
            place: table.place.clone(),
        }
    };
    let receivers = reader.receivers().iter();
    let receivers = receivers.map(|table| named("receivers", table, "kind"));
    let alerts = reader
        .alerts()
        .iter()
        .map(|table| named("alerts", table, "to"));
    let proxies = proxy::IN_USE.into_iter().filter_map(|names| {
        let found = names.iter();
        let mut found = found.filter_map(|name| reader.environment.proxy_variable(name));
        found
            .find(|found| !found.value.trim().is_empty())
            .map(proxy_row)
    });
    let rows = settings
        .chain(proxies)
        .chain(boards)
        .chain(receivers)
        .chain(alerts)
        .collect();
    let environment = Environment::read(env, file);
    let problems = Loaded::read(env, environment, file).err();
    Ok((rows, problems))
}

/// The row of a proxy or its exceptions.
fn proxy_row(found: &Spanned<String>) -> Effective {
    let value = found.value.trim();
    let is_good = proxy::read(|name| (name == found.key).then(|| value.to_owned())).is_ok();
    Effective {
        name: found.key.clone(),
        value: match value.rsplit_once('@') {
            // Of one that cannot be read, any part may be the password.
            _ if !is_good => "set".to_owned(),
            None => value.to_owned(),
            Some((user, host)) => match user.split_once("://") {
                Some((scheme, _)) => format!("{scheme}://…@{host}"),
                None => format!("…@{host}"),
            },
        },
        place: format!("{} ({})", found.key, found.place),
    }
}

fn row(reader: &Reader<'_>, setting: &Setting) -> Option<Effective> {
    let name = setting.file_key.or(setting.variable)?.to_owned();
    let found = reader.values(setting);
    let Some(first) = found.first() else {
        if let Some(value) = reader.rust_log().filter(|_| *setting == keys::LOG) {
            let place = "RUST_LOG (environment)".to_owned();
            return Some(Effective { name, value, place });
        }
        let place = "default".to_owned();
        let value = setting.default?.to_owned();
        return Some(Effective { name, value, place });
    };
    let is_credential = setting.secrecy != Secrecy::Public;
    let values: Vec<_> = found.iter().map(|found| found.value.trim()).collect();
    let is_text = *setting == keys::TITLE;
    let value = match is_credential || !is_text && values.iter().any(|it| may_hold_secret(it)) {
        true => "set".to_owned(),
        false => values.join(", "),
    };
    let place = match Some(first.key.as_str()) == setting.variable {
        true => format!("{} ({})", first.key, first.place),
        false => first.place.clone(),
    };
    Some(Effective { name, value, place })
}

#[cfg(test)]
mod tests {
    use super::{super::env::fake::FakeEnv, *};

    fn rows(variables: &[(&str, &str)], file: &str) -> (Vec<Effective>, Option<ConfigError>) {
        let env = FakeEnv::new(variables, &[("queuewall.toml", file)]);
        effective(&env, Environment::read(&env, None), None).unwrap()
    }

    #[test]
    fn effective_settings_name_their_places_and_hide_credentials() {
        let variables = [
            ("CXONE_CLIENT_ID", "client"),
            ("CXONE_CLIENT_SECRET", "hunter2"),
            ("CXONE_BASE_URL", "https://user:hunter2@host"),
            ("CXONE_TENANT_ID", "tenant"),
            ("TARGET_QUEUE_ID", "1,2"),
            ("CXONE_ISSUER", "https://host/?token=hunter2"),
        ];
        let file = "[poll]\nseconds = 60\n[server]\nhosts = [\"a\", \"b\"]\n[[boards]]\nslug = \"sales\"\nqueues = [1]\n";
        let (rows, problems) = rows(&variables, file);
        let of = |name: &str| {
            let row = rows.iter().find(|row| row.name == name).unwrap();
            (row.value.as_str(), row.place.as_str())
        };
        assert_eq!(
            of("CXONE_CLIENT_SECRET"),
            ("set", "CXONE_CLIENT_SECRET (environment)")
        );
        assert_eq!(of("cxone.client_id").0, "set");
        assert_eq!(of("poll.seconds"), ("60", "queuewall.toml:2"));
        assert_eq!(of("server.hosts").0, "a, b");
        assert_eq!(of("poll.budget_per_minute"), ("10", "default"));
        assert_eq!(of("TARGET_QUEUE_ID").0, "1,2");
        assert_eq!(of("boards: sales"), ("queues: 1", "queuewall.toml:5"));
        assert!(!format!("{rows:?}").contains("hunter"));
        assert!(
            problems
                .unwrap()
                .to_string()
                .contains("CXONE_BASE_URL is refused")
        );
    }

    #[test]
    fn effective_proxies_are_listed_without_passwords() {
        let variables = [
            ("HTTPS_PROXY", " "),
            ("https_proxy", "http://user:canary@proxy:8080"),
            ("ALL_PROXY", "http://other:8080"),
            ("NO_PROXY", "localhost,.example.com"),
        ];
        let of = |variables: &[(&str, &str)]| {
            let (rows, _) = rows(variables, "");
            let proxies = rows
                .into_iter()
                .filter(|row| row.name.to_uppercase().ends_with("_PROXY"));
            proxies
                .map(|row| (row.name, row.value, row.place))
                .collect::<Vec<_>>()
        };
        let row = |name: &str, value: &str| {
            (
                name.to_owned(),
                value.to_owned(),
                format!("{name} (environment)"),
            )
        };
        assert_eq!(of(&[]), []);
        assert_eq!(
            of(&variables),
            [
                row("https_proxy", "http://…@proxy:8080"),
                row("NO_PROXY", "localhost,.example.com"),
            ]
        );
        for (value, shown) in [
            ("user:canary@proxy", "…@proxy"),
            ("proxy:8080", "proxy:8080"),
            ("http://user:canary", "set"),
            ("http://user:can@ary@proxy", "set"),
            ("socks5://user:canary@proxy", "set"),
        ] {
            assert_eq!(of(&[("ALL_PROXY", value)]), [row("ALL_PROXY", shown)]);
        }
    }

    #[test]
    fn effective_defaults_are_those_of_the_configuration() {
        let (rows, _) = rows(&[], "");
        let defaults = rows
            .iter()
            .filter(|row| row.place == "default" && row.name != "server.state_dir");
        for row in defaults {
            let setting = keys::SETTINGS
                .iter()
                .find(|it| it.file_key == Some(&row.name) || it.variable == Some(&row.name));
            let variable = setting.and_then(|setting| setting.variable).unwrap();
            let read = |variables: &[(&str, &str)]| {
                let enough = [
                    ("CXONE_CLIENT_ID", "a"),
                    ("CXONE_CLIENT_SECRET", "b"),
                    ("CXONE_TENANT_ID", "c"),
                ];
                let env = FakeEnv::new(&[&enough, variables].concat(), &[]);
                let environment = Environment::read(&env, None);
                let mut config = Loaded::read(&env, environment, None).unwrap().config;
                // Some settings do nothing in this dialect.
                config.warnings.clear();
                format!("{config:?}")
            };
            assert_eq!(read(&[]), read(&[(variable, &row.value)]), "{variable}");
        }
    }

    #[test]
    fn log_filter_of_rust_log_is_shown_where_it_counts() {
        let log = |variables: &[(&str, &str)]| {
            let (rows, _) = rows(variables, "");
            let row = rows.into_iter().find(|row| row.name == "QUEUEWALL_LOG");
            row.map(|row| (row.value, row.place)).unwrap()
        };
        let ours = ("QUEUEWALL_LOG", "warn");
        let rust = ("RUST_LOG", "queuewall=debug");
        let row = |value: &str, place: &str| (value.to_owned(), place.to_owned());
        assert_eq!(log(&[]), row("queuewall=info", "default"));
        assert_eq!(
            log(&[rust]),
            row("queuewall=debug", "RUST_LOG (environment)")
        );
        assert_eq!(
            log(&[rust, ours]),
            row("warn", "QUEUEWALL_LOG (environment)")
        );
    }
}
