//! The variables: those of the process, and beneath them the `.env` file, which is read
//! into a map and never set in the process.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
};

use super::{
    dotenv::{self, Line},
    env::{Env, beside},
    keys::{self, Secrecy},
    problem::{Problem, Spanned},
    proxy, value,
};
use crate::{
    system_error::{Attempt, remedy},
    text_file,
};

const PROCESS: &str = "environment";
const DOTENV: &str = ".env";
const UNKNOWN: &str = "is not a variable of Queuewall";
/// Whatever begins so is ours to know.
const OUR_PREFIXES: [&str; 2] = ["CXONE_", "QUEUEWALL_"];

/// Our variables as they were found, and what is wrong with them.
///
/// It has no `Debug`, since the client secret lies in it as plain text.
#[derive(Default)]
pub struct Environment {
    values: BTreeMap<&'static str, Spanned<String>>,
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<String>,
    /// The variables that are given, and were refused: they are not missing.
    refused: BTreeSet<&'static str>,
    /// Where `.env` is looked for.
    dotenv: PathBuf,
    /// Whether it is there and was read.
    pub(super) has_dotenv: bool,
    /// Whether it is there and cannot be read whole: then nothing is known to be missing.
    pub(super) is_unreadable: bool,
    /// Whether the working folder has a `.env` that does not count.
    pub(super) is_passed_over: bool,
}

impl Environment {
    /// Reads the process's variables and `.env`: the one beside the configuration file that
    /// `file` (of `--config`) or the process's `QUEUEWALL_CONFIG` names, else the one in the
    /// working folder. Problems are kept for [`Loaded::read`](super::Loaded::read), so that
    /// commands that need no configuration do not fail for it.
    #[must_use]
    pub fn read(env: &dyn Env, file: Option<&Path>) -> Self {
        let mut environment = Self::default();
        let mut unused = Vec::new();
        for (name, value) in env.variables() {
            unused.extend(environment.take_variable(&name, &value));
        }
        environment.warnings.extend(unused_words(&unused));
        let named = environment.get(&keys::CONFIG);
        let named = file.or(named.map(|found| Path::new(found.value.trim())));
        environment.dotenv = named.map_or(DOTENV.into(), |file| beside(file, DOTENV));
        environment.read_dotenv(env);
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
        let found = self.get(&keys::LOG_FORMAT);
        found.map(|found| found.value.as_str())
    }

    /// Where `.env` is looked for, whether or not it is there.
    pub(super) fn dotenv_path(&self) -> &Path {
        &self.dotenv
    }

    /// A setting's variable. Blank counts as absent, as container files have it.
    pub(super) fn get(&self, setting: &keys::Setting) -> Option<&Spanned<String>> {
        self.get_even_blank(setting)
            .filter(|found| !found.value.trim().is_empty())
    }

    /// A setting's variable, blank or not.
    pub(super) fn get_even_blank(&self, setting: &keys::Setting) -> Option<&Spanned<String>> {
        self.values.get(setting.variable?)
    }

    /// Whether a setting's variable is given, but not in a form that can be used. What is
    /// wrong with it is among the problems.
    pub(super) fn is_refused(&self, setting: &keys::Setting) -> bool {
        let variable = setting.variable;
        variable.is_some_and(|variable| self.refused.contains(variable))
    }

    /// A variable that names a proxy.
    pub(super) fn proxy_variable(&self, name: &str) -> Option<&Spanned<String>> {
        self.values.get(name)
    }

    /// Takes a variable that is known; returns the name of one that only looks like ours: other
    /// programs share the environment (Kubernetes sets `QUEUEWALL_PORT` and more beside any
    /// service that is called queuewall).
    fn take_variable(&mut self, name: &OsStr, value: &OsStr) -> Option<String> {
        let name = name.to_str()?;
        let Some(known) = known(name) else {
            let is_other = !self.is_misspelt(PROCESS, name) && is_ours(name);
            return is_other.then(|| name.to_owned());
        };
        let fault = match value.to_str() {
            None => Some(("is not UTF-8 text", "set it again in UTF-8")),
            Some(value) => value::changed_by_container(known, value),
        };
        match (fault, value.to_str()) {
            (Some((what, remedy)), _) => self.refuse(PROCESS, known, what, remedy),
            (None, value) => self.take(known, value?, PROCESS),
        }
        None
    }

    fn take(&mut self, variable: &'static str, value: &str, place: &str) {
        self.values.entry(variable).or_insert(Spanned {
            value: value.to_owned(),
            place: place.to_owned(),
            key: variable.to_owned(),
        });
    }

    fn report(&mut self, place: &str, key: &str, what: &str, remedy: &str) {
        let problem = Problem::new(place, key, what, remedy);
        self.problems.push(problem);
    }

    fn refuse(&mut self, place: &str, variable: &'static str, what: &str, remedy: &str) {
        self.report(place, variable, what, remedy);
        self.refused.insert(variable);
    }

    /// Reports a name that was probably meant to be one of ours, and refuses that.
    fn is_misspelt(&mut self, place: &str, name: &str) -> bool {
        let meant = meant(name);
        if let Some(known) = meant {
            self.refused.insert(known);
            self.report(place, name, UNKNOWN, &format!("did you mean {known}?"));
        }
        meant.is_some()
    }

    fn read_dotenv(&mut self, env: &dyn Env) {
        let path = self.dotenv.clone();
        let name = path.display().to_string();
        let bytes = match env.read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.note_passed_over(env, None);
                return;
            }
            Err(error) => return self.unreadable(&name, &error),
        };
        self.note_passed_over(env, Some(&bytes));
        if let Some(what) = env.permissions(&path).distrust() {
            self.is_unreadable = true;
            let remedy =
                format!("chmod 600 it, and let it belong to the user that runs queuewall: {name}");
            return self.report(&name, "the file", &what, &remedy);
        }
        match text_file::decode(bytes) {
            Ok(text) => {
                self.has_dotenv = true;
                let has_secret = self.take_dotenv(&text, &name);
                if has_secret && env.permissions(&path).others_read {
                    self.warnings.push(format!(
                        "{name}: other users of this machine can read the file, which holds a secret: chmod 600 it"
                    ));
                }
            }
            Err(error) => self.unreadable(&name, &error),
        }
    }

    fn unreadable(&mut self, name: &str, error: &io::Error) {
        self.is_unreadable = true;
        let remedy = remedy(Attempt::Read, error);
        let what = format!("cannot be read ({error})");
        self.report(name, "the file", &what, remedy);
    }

    /// Another `.env` in the working folder does not count; its owner may think so.
    fn note_passed_over(&mut self, env: &dyn Env, read: Option<&[u8]>) {
        if self.dotenv != Path::new(DOTENV) {
            let other = env.read(Path::new(DOTENV)).ok();
            self.is_passed_over = other.is_some_and(|other| Some(other.as_slice()) != read);
        }
        if self.is_passed_over {
            self.warnings.push(format!(
                "{DOTENV}: the file in the working folder is not read, since the configuration file is named: what \
                 counts is {}",
                self.dotenv.display()
            ));
        }
    }

    /// Returns whether a secret stands in it.
    fn take_dotenv(&mut self, text: &str, name: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut has_secret = false;
        for line in dotenv::read(text, |name: &str| known(name).is_some()) {
            match line {
                Ok(line) => {
                    let is_blank = line.value.is_ok_and(|value| value.text.is_empty());
                    has_secret |= !is_blank
                        && keys::of_variable(line.name)
                            .is_some_and(|it| it.secrecy == Secrecy::Secret);
                    self.take_line(&line, name, &mut seen);
                }
                // What stands in it may be a secret, and what it was to set is not known.
                Err(number) => {
                    self.is_unreadable = true;
                    let remedy = "write NAME=value, or begin a comment with #";
                    let place = format!("{name}:{number}");
                    self.report(&place, "the line", "is not NAME=value", remedy);
                }
            }
        }
        has_secret
    }

    fn take_line(&mut self, line: &Line<'_>, file: &str, seen: &mut BTreeSet<&'static str>) {
        let place = format!("{file}:{}", line.number);
        let Some(known) = known(line.name) else {
            if !self.is_misspelt(&place, line.name) && is_ours(line.name) {
                let remedy = "remove it; .env.sample lists every variable";
                self.report(&place, line.name, UNKNOWN, remedy);
            }
            return;
        };
        if !seen.insert(known) {
            let remedy = "keep one of the two";
            return self.refuse(&place, known, "is given a second time", remedy);
        }
        let value = line.value.and_then(|value| match value.cut {
            Some(fault) if may_hold_hash(known) => Err(fault),
            _ => Ok(value.text),
        });
        match value {
            Ok(value) => self.take(known, value, &place),
            Err(fault) => {
                let in_file = keys::file_variable(known);
                let remedy = fault.remedy.words(known, in_file);
                self.refuse(&place, known, fault.what, &remedy);
            }
        }
    }
}

/// Whether a `#` may be a part of the variable's value. In the others (numbers, ids,
/// addresses, words) it can only begin a comment.
fn may_hold_hash(variable: &str) -> bool {
    proxy::VARIABLES.contains(&variable)
        || keys::of_variable(variable)
            .is_some_and(|it| *it == keys::TITLE || it.secrecy != Secrecy::Public)
}

/// A variable that is read: ours, and those that every program has for proxies.
fn known(name: &str) -> Option<&'static str> {
    (keys::variables().chain(proxy::VARIABLES)).find(|known| *known == name)
}

/// The warning of variables that only look like ours, one for all of them.
fn unused_words(names: &[String]) -> Option<String> {
    let words = match names {
        [] => return None,
        [_] => "is not a variable of Queuewall and is not used",
        _ => "are not variables of Queuewall and are not used",
    };
    Some(format!("{PROCESS}: {} {words}", names.join(", ")))
}

fn is_ours(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    OUR_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// The variable that was meant by another name: a slip, small letters, or what the writers
/// of `--env-file` files leave around it.
fn meant(name: &str) -> Option<&'static str> {
    let bare =
        name.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '"' | '\''));
    let bare = bare
        .strip_prefix("export ")
        .unwrap_or(bare)
        .trim()
        .to_ascii_uppercase();
    let begins = |prefix: &str| bare.starts_with(prefix);
    if !is_ours(&bare) && !begins("TARGET_QUEUE") {
        return None;
    }
    keys::did_you_mean(&bare, keys::variables())
}

#[cfg(test)]
mod tests {
    use super::{super::env::fake::FakeEnv, *};

    fn read(variables: &[(&str, &str)], dotenv: &str) -> Environment {
        let env = FakeEnv::new(variables, &[(DOTENV, dotenv)]);
        Environment::read(&env, None)
    }

    fn problems(environment: &Environment) -> Vec<String> {
        let problems = environment.problems.iter();
        problems.map(ToString::to_string).collect()
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
    fn foreign_variables_with_our_prefix_are_one_warning() {
        let kubernetes = [
            ("QUEUEWALL_PORT", "tcp://10.0.0.1:8080"),
            ("QUEUEWALL_SERVICE_HOST", "10.0.0.1"),
            ("CXONE_PORT_443_TCP", "tcp://10.0.0.2:443"),
        ];
        assert_eq!(
            read(&kubernetes, "").warnings,
            [
                "environment: QUEUEWALL_PORT, QUEUEWALL_SERVICE_HOST, CXONE_PORT_443_TCP are not variables of \
                 Queuewall and are not used"
            ]
        );
    }

    #[test]
    fn a_broken_or_double_line_is_named_without_its_content() {
        let environment = read(
            &[],
            "CXONE_TENANT_ID=a\nCXONE_CLIENT_SECRET: hunter2==\nCXONE_TENANT_ID=b\n",
        );
        let problems = problems(&environment);
        assert_eq!(
            problems,
            [
                ".env:2: the line is not NAME=value: write NAME=value, or begin a comment with #",
                ".env:3: CXONE_TENANT_ID is given a second time: keep one of the two",
            ]
        );
    }

    #[test]
    fn ambiguous_value_is_refused_with_remedy_that_works() {
        for (value, remedy) in [
            ("hunter$2", "single quotes: CXONE_CLIENT_SECRET='…'"),
            ("\"hunter$2\"", "single quotes: CXONE_CLIENT_SECRET='…'"),
            ("hunter\\n2", "single quotes"),
            ("hunter two", "single quotes"),
            ("hunter #2", "a comment on its own line"),
            ("hunter # our secret", "a comment on its own line"),
            ("hunter'2", "double quotes: CXONE_CLIENT_SECRET=\"…\""),
            ("hunter$2 # don't", "name that in CXONE_CLIENT_SECRET_FILE"),
            ("'hunter", "close the quote"),
        ] {
            let environment = read(&[], &format!("\nCXONE_CLIENT_SECRET={value}\r\n"));
            let problems = problems(&environment);
            assert_eq!(problems.len(), 1, "{value}: {problems:?}");
            assert!(
                problems[0].starts_with(".env:2: CXONE_CLIENT_SECRET "),
                "{problems:?}"
            );
            assert!(problems[0].contains(remedy), "{problems:?}");
            assert!(!problems[0].contains("hunter"), "{problems:?}");
            assert!(environment.is_refused(&keys::CLIENT_SECRET));
        }
        let quoted = read(&[], "CXONE_CLIENT_SECRET='hunter$2 # \"x\" \\n'\n");
        let secret = quoted.get(&keys::CLIENT_SECRET).unwrap();
        assert_eq!(secret.value, "hunter$2 # \"x\" \\n");
        assert!(quoted.problems.is_empty());
    }

    #[test]
    fn comment_behind_plain_setting_is_cut() {
        let environment = read(
            &[],
            "QUEUEWALL_POLL_SECONDS=60 # seconds\nQUEUEWALL_TITLE=Team #1\n",
        );
        assert_eq!(environment.get(&keys::POLL_SECONDS).unwrap().value, "60");
        let problems = problems(&environment);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with(".env:2: QUEUEWALL_TITLE has a # in it"));
    }

    #[test]
    fn name_that_container_engines_hand_over_changed_is_known() {
        for name in [
            "export CXONE_CLIENT_ID",
            "CXONE_CLIENT_ID ",
            "\u{feff}CXONE_CLIENT_ID",
            "cxone_client_id",
            "\"CXONE_CLIENT_ID",
        ] {
            let environment = read(&[(name, "a")], "");
            let problems = problems(&environment);
            assert_eq!(problems.len(), 1, "{name:?}");
            assert!(
                problems[0].ends_with("did you mean CXONE_CLIENT_ID?"),
                "{problems:?}"
            );
            assert!(environment.is_refused(&keys::CLIENT_ID));
        }
        assert_eq!(
            problems(&read(&[("TARGET_QUEUE_IDS", "1")], "TARGET_QEUE_ID=1\n")).len(),
            1
        );
    }

    #[test]
    fn quoted_variable_of_process_is_refused_by_name() {
        let environment = read(
            &[
                ("TARGET_QUEUE_ID", "'1,2'"),
                ("CXONE_CLIENT_SECRET", "“hunter2”"),
            ],
            "",
        );
        let problems = problems(&environment);
        assert!(
            problems[0].starts_with("environment: TARGET_QUEUE_ID is in quotes: remove the quotes")
        );
        assert!(problems[1].starts_with("environment: CXONE_CLIENT_SECRET is in quotes"));
        assert!(!format!("{problems:?}").contains("hunter"));
    }
}
