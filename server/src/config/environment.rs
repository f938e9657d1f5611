//! The variables: those of the process, and beneath them the `.env` file of the
//! working folder, which is read into a map and never set in the process.

use std::{collections::BTreeMap, ffi::OsStr, io, path::Path};

use super::{
    keys,
    problem::{Found, Problem},
    surroundings::Surroundings,
};

const PROCESS: &str = "environment";
pub(super) const DOTENV: &str = ".env";
/// Whatever begins so is ours to know.
const OUR_PREFIXES: [&str; 2] = ["CXONE_", "QUEUEWALL_"];

/// Our variables as they were found, and what is wrong with them.
///
/// It has no `Debug`, since the client secret lies in it as plain text.
#[derive(Default)]
pub struct Environment {
    values: BTreeMap<&'static str, Found<String>>,
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<String>,
}

impl Environment {
    /// Reads the process's variables and `.env`. Problems are kept for
    /// [`Loaded::read`](super::Loaded::read), so that commands that need no
    /// configuration do not fail for it.
    #[must_use]
    pub fn read(surroundings: &dyn Surroundings) -> Self {
        let mut environment = Self::default();
        for (name, value) in surroundings.variables() {
            environment.take_variable(&name, &value);
        }
        environment.read_dotenv(surroundings);
        environment
    }

    /// `QUEUEWALL_LOG`: what to log, in the form of `RUST_LOG`.
    #[must_use]
    pub fn log_filter(&self) -> Option<&str> {
        self.get(&keys::LOG).map(|found| found.value.as_str())
    }

    /// `QUEUEWALL_LOG_FORMAT`: how a line looks.
    #[must_use]
    pub fn log_format(&self) -> Option<&str> {
        self.get(&keys::LOG_FORMAT)
            .map(|found| found.value.as_str())
    }

    /// A setting's variable. Blank counts as absent, as container files have it.
    pub(super) fn get(&self, setting: &keys::Setting) -> Option<&Found<String>> {
        self.get_even_blank(setting)
            .filter(|found| !found.value.trim().is_empty())
    }

    /// A setting's variable, blank or not.
    pub(super) fn get_even_blank(&self, setting: &keys::Setting) -> Option<&Found<String>> {
        self.values.get(setting.variable?)
    }

    fn take_variable(&mut self, name: &OsStr, value: &OsStr) {
        let Some(name) = name.to_str() else {
            return;
        };
        let Some(known) = keys::variables().find(|known| *known == name) else {
            if is_ours(name) {
                self.unknown_variable(name);
            }
            return;
        };
        match value.to_str() {
            Some(value) => {
                self.values.insert(
                    known,
                    Found {
                        value: value.to_owned(),
                        place: PROCESS.to_owned(),
                        key: known.to_owned(),
                    },
                );
            }
            None => self.problems.push(Problem::new(
                PROCESS,
                name,
                "is not UTF-8 text",
                "set it again in UTF-8",
            )),
        }
    }

    /// A slip of the pen stops the start. A name that resembles none of ours does
    /// not: other programs share the environment (Kubernetes sets
    /// `QUEUEWALL_PORT` beside any service that is called queuewall).
    fn unknown_variable(&mut self, name: &str) {
        match keys::did_you_mean(name, keys::variables()) {
            Some(known) => self.problems.push(Problem::new(
                PROCESS,
                name,
                "is not a variable of Queuewall",
                format_args!("did you mean {known}?"),
            )),
            None => self.warnings.push(format!(
                "{PROCESS}: {name} is not a variable of Queuewall and is not used"
            )),
        }
    }

    fn read_dotenv(&mut self, surroundings: &dyn Surroundings) {
        let text = match surroundings.read(Path::new(DOTENV)) {
            Ok(bytes) => String::from_utf8(bytes).map_err(|_| "is not UTF-8 text".to_owned()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => Err(format!("cannot be read ({error})")),
        };
        match text {
            Ok(text) => self.take_dotenv(text.trim_start_matches('\u{feff}')),
            Err(what) => self.problems.push(Problem::new(
                DOTENV,
                "the file",
                what,
                "mend it, or remove it",
            )),
        }
    }

    fn take_dotenv(&mut self, text: &str) {
        let mut seen = BTreeMap::new();
        for entry in dotenvy::from_read_iter(text.as_bytes()) {
            let (name, value) = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    // The error's own words quote the line, which may hold a secret.
                    self.problems.push(Problem::new(
                        &broken_place(text, &error),
                        "a line",
                        "cannot be read",
                        "write NAME=value, and put a value with spaces or quotes in single quotes",
                    ));
                    continue;
                }
            };
            let occurrence = seen.entry(name.clone()).or_insert(0_usize);
            let (place, line) = place_of(text, &name, *occurrence);
            *occurrence += 1;
            let Some(known) = keys::variables().find(|known| *known == name) else {
                if is_ours(&name) {
                    self.problems.push(unknown_in_dotenv(&place, &name));
                }
                continue;
            };
            if *occurrence > 1 {
                self.problems.push(Problem::new(
                    &place,
                    known,
                    "is given a second time",
                    "keep one of the two",
                ));
                continue;
            }
            // `$` begins a substitution, which quietly eats a part of a secret.
            let is_secret = keys::SECRETS.iter().any(|it| it.variable == Some(known));
            if is_secret && line.contains('$') && !line.contains(['\'', '\\']) {
                self.problems.push(Problem::new(
                    &place,
                    known,
                    "contains a $, which would be replaced",
                    "put the value in single quotes",
                ));
            }
            self.values.entry(known).or_insert(Found {
                value,
                place,
                key: known.to_owned(),
            });
        }
    }
}

fn is_ours(name: &str) -> bool {
    OUR_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

fn unknown_in_dotenv(place: &str, name: &str) -> Problem {
    let remedy = match keys::did_you_mean(name, keys::variables()) {
        Some(known) => format!("did you mean {known}?"),
        None => "remove it; .env.sample lists every variable".to_owned(),
    };
    Problem::new(place, name, "is not a variable of Queuewall", remedy)
}

/// Where the given occurrence of a variable stands, and that line.
fn place_of<'a>(text: &'a str, name: &str, occurrence: usize) -> (String, &'a str) {
    let sets_it = |line: &str| {
        let line = line.trim_start();
        let line = line
            .strip_prefix("export ")
            .map_or(line, |rest| rest.trim_start());
        line.strip_prefix(name)
            .is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    text.lines()
        .enumerate()
        .filter(|(_, line)| sets_it(line))
        .nth(occurrence)
        .map_or((DOTENV.to_owned(), ""), |(index, line)| {
            (format!("{DOTENV}:{}", index + 1), line)
        })
}

fn broken_place(text: &str, error: &dotenvy::Error) -> String {
    let dotenvy::Error::LineParse(broken, _) = error else {
        return DOTENV.to_owned();
    };
    match text.find(broken.trim()) {
        Some(start) => format!("{DOTENV}:{}", 1 + text[..start].matches('\n').count()),
        None => DOTENV.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::surroundings::pretended::Pretended, *};

    fn read(variables: &[(&str, &str)], dotenv: &str) -> Environment {
        Environment::read(&Pretended {
            variables: variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            files: [(DOTENV.into(), dotenv.to_owned())].into(),
            open_to_others: false,
        })
    }

    fn problems(environment: &Environment) -> Vec<String> {
        environment
            .problems
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_variable_of_the_process_wins_over_dotenv() {
        let environment = read(
            &[("CXONE_CLIENT_ID", "process"), ("PATH", "/bin")],
            "# ours\nCXONE_CLIENT_ID=file\nexport CXONE_TENANT_ID='ten ant'\nOTHER=1\n",
        );
        let of = |setting| {
            let found = environment.get(setting).unwrap();
            (found.value.as_str(), found.place.as_str())
        };
        assert_eq!(of(&keys::CLIENT_ID), ("process", "environment"));
        assert_eq!(of(&keys::TENANT_ID), ("ten ant", ".env:3"));
        assert!(environment.problems.is_empty() && environment.warnings.is_empty());
    }

    #[test]
    fn an_unknown_variable_of_ours_is_named_and_a_slip_stops() {
        let environment = read(
            &[("QUEUEWALL_PORT", "tcp://x"), ("CXONE_CLIENTID", "a")],
            "QUEUEWALL_TITEL=x\nQUEUEWALL_NONSENSE=y\n",
        );
        assert_eq!(
            problems(&environment),
            [
                "environment: CXONE_CLIENTID is not a variable of Queuewall: did you mean CXONE_CLIENT_ID?",
                ".env:1: QUEUEWALL_TITEL is not a variable of Queuewall: did you mean QUEUEWALL_TITLE?",
                ".env:2: QUEUEWALL_NONSENSE is not a variable of Queuewall: remove it; .env.sample lists every variable",
            ]
        );
        assert_eq!(
            environment.warnings,
            ["environment: QUEUEWALL_PORT is not a variable of Queuewall and is not used"]
        );
    }

    #[test]
    fn a_broken_or_double_line_is_named_without_its_content() {
        let environment = read(
            &[],
            "CXONE_TENANT_ID=a\nCXONE_CLIENT_SECRET=hunter two\nCXONE_TENANT_ID=b\n",
        );
        let problems = problems(&environment);
        assert_eq!(problems.len(), 2);
        assert!(
            problems[0].starts_with(".env:2: a line cannot be read: write"),
            "{problems:?}"
        );
        assert_eq!(
            problems[1],
            ".env:3: CXONE_TENANT_ID is given a second time: keep one of the two"
        );
        assert!(!format!("{problems:?}").contains("hunter"));
    }

    #[test]
    fn a_secret_that_the_dotenv_rules_would_eat_into_is_refused() {
        let environment = read(&[], "CXONE_CLIENT_SECRET=ab$cd\n");
        assert_eq!(
            problems(&environment),
            [
                ".env:1: CXONE_CLIENT_SECRET contains a $, which would be replaced: put the value in single quotes"
            ]
        );
        let quoted = read(&[], "CXONE_CLIENT_SECRET='ab$cd'\n");
        assert_eq!(quoted.get(&keys::CLIENT_SECRET).unwrap().value, "ab$cd");
        assert!(quoted.problems.is_empty());
    }
}
