//! Looks a setting up in both sources, the environment first, and gathers what is
//! wrong on the way, so that one start reports everything.

use std::{
    collections::BTreeMap,
    fmt::Display,
    io::{self, ErrorKind},
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use super::{
    ConfigError,
    env::{Env, beside},
    environment::Environment,
    file::{self, File, Table},
    keys::{self, Setting},
    problem::{Problem, Spanned},
    requires_restart::Digest,
};
use crate::{
    system_error::{Attempt, remedy},
    text_file,
};

/// The file that is read when nobody names one.
const DEFAULT_FILE: &str = "queuewall.toml";

/// Both sources and the problems so far.
pub(super) struct Reader<'a> {
    pub(super) env: &'a dyn Env,
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<String>,
    /// What settings do, where that needs words.
    pub(super) notes: Vec<String>,
    /// The files that were read, `.env` and the configuration file first.
    pub(super) files: Vec<PathBuf>,
    pub(super) environment: Environment,
    file: File,
    file_path: PathBuf,
    /// By key: the digests of the files that settings name, as they were read.
    contents: BTreeMap<String, Digest>,
}

impl<'a> Reader<'a> {
    /// Reads the file: `named` (of `--config`), else of `QUEUEWALL_CONFIG`, else
    /// `queuewall.toml` where there is one.
    ///
    /// # Errors
    /// Where a source cannot be read as a whole: what its settings are is not known, and
    /// none of them can be called missing.
    pub(super) fn new(
        env: &'a dyn Env,
        mut environment: Environment,
        named: Option<&Path>,
    ) -> Result<Self, ConfigError> {
        let dotenv = environment
            .has_dotenv
            .then(|| environment.dotenv_path().to_owned());
        let (file_path, named_by) = file_path(&environment, named);
        let mut reader = Self {
            env,
            problems: std::mem::take(&mut environment.problems),
            warnings: std::mem::take(&mut environment.warnings),
            notes: Vec::new(),
            files: dotenv.into_iter().collect(),
            environment,
            file: File::default(),
            file_path,
            contents: BTreeMap::new(),
        };
        let is_known = named.is_some() || !reader.environment.is_refused(&keys::CONFIG);
        if is_known && reader.read_file(named_by) && !reader.environment.is_unreadable {
            return Ok(reader);
        }
        Err(ConfigError {
            problems: reader.problems,
        })
    }

    /// Reads the configuration file, if there is one or it was named, and returns whether what
    /// it sets is known. One that was named was chosen, whatever its owner: in a container most
    /// belong to a user outside.
    fn read_file(&mut self, named_by: Option<String>) -> bool {
        let path = self.file_path.clone();
        let name = path.display().to_string();
        let bytes = self.env.read(&path);
        let is_missing = (bytes.as_ref()).is_err_and(|error| error.kind() == ErrorKind::NotFound);
        if is_missing && named_by.is_none() {
            return true;
        }
        let permissions = self.env.permissions(&path);
        if let (None, Some(what)) = (&named_by, permissions.distrust()) {
            let remedy = format!(
                "if you trust it, name it by --config {name} or QUEUEWALL_CONFIG; else run `chown` and `chmod go-w`, so \
                 that only root or the user that runs queuewall can write it"
            );
            self.problems
                .push(Problem::new(&name, "the file", what, remedy));
            return false;
        }
        let text = match bytes.and_then(text_file::decode) {
            Ok(text) => text,
            Err(error) => {
                let remedy = match is_missing {
                    true => "check the path; queuewall.sample.toml is a start",
                    false => remedy(Attempt::Read, &error),
                };
                let place = named_by.as_deref().unwrap_or(&name);
                let what = format_args!("cannot be read ({error})");
                let problem = Problem::new(place, &format!("the file {name}"), what, remedy);
                self.problems.push(problem);
                return false;
            }
        };
        let (file, problems) = file::parse(&text, &name);
        self.problems.extend(problems);
        let Some(file) = file else {
            return false;
        };
        if permissions.others_write {
            self.warnings.push(format!(
                "{name}: other users of this machine can write the file: chmod go-w it"
            ));
        }
        if file.table.is_empty() {
            self.warnings.push(format!(
                "{name}: the file sets nothing, so there is one board, /board/main"
            ));
        }
        self.files.push(path);
        self.file = file;
        true
    }

    /// Whether a setting was given and refused: what is wrong with it is among the
    /// problems, and it is not missing.
    pub(super) fn is_refused(&self, setting: &Setting) -> bool {
        let names = [setting.file_key, setting.variable];
        let is_in_file = |name: &str| self.file.refused.contains(name);
        self.environment.is_refused(setting) || names.into_iter().flatten().any(is_in_file)
    }

    /// A setting's variable alone; blank counts as absent.
    pub(super) fn variable(&self, setting: &Setting) -> Option<Spanned<String>> {
        self.environment.get(setting).cloned()
    }

    /// A setting's variable alone, blank or not.
    pub(super) fn variable_even_blank(&self, setting: &Setting) -> Option<Spanned<String>> {
        self.environment.get_even_blank(setting).cloned()
    }

    /// What the process's `RUST_LOG` says, which counts where `QUEUEWALL_LOG` is not set.
    pub(super) fn rust_log(&self) -> Option<String> {
        let mut variables = self.env.variables().into_iter();
        let (_, value) = variables.find(|(name, _)| name == "RUST_LOG")?;
        value.into_string().ok()
    }

    /// A setting's key in the file alone.
    pub(super) fn in_file(&self, setting: &Setting) -> Option<Spanned<String>> {
        self.file.table.texts.get(setting.file_key?).cloned()
    }

    /// A setting from the environment, else from the file.
    pub(super) fn text(&self, setting: &Setting) -> Option<Spanned<String>> {
        self.variable(setting).or_else(|| self.in_file(setting))
    }

    /// What `parse` makes of a setting; `None` where it is not set, and after a problem.
    pub(super) fn parse<T, W: Display, R: Display>(
        &mut self,
        setting: &Setting,
        parse: impl FnOnce(&str) -> Result<T, (W, R)>,
    ) -> Option<T> {
        self.text(setting)?.parse(&mut self.problems, parse)
    }

    /// What `parse` makes of each of a list that has no problem.
    pub(super) fn parse_list<T, W: Display, R: Display>(
        &mut self,
        setting: &Setting,
        mut parse: impl FnMut(&str) -> Result<T, (W, R)>,
    ) -> Vec<T> {
        let found = self.list(setting);
        let parsed = (found.iter()).filter_map(|it| it.parse(&mut self.problems, &mut parse));
        parsed.collect()
    }

    /// A path: in the environment from the working folder, in the file from the
    /// file's own folder.
    pub(super) fn path(&self, setting: &Setting) -> Option<Spanned<PathBuf>> {
        if let Some(found) = self.variable(setting) {
            return Some(found.with(PathBuf::from(&found.value)));
        }
        let found = self.in_file(setting)?;
        Some(found.with(beside(&self.file_path, &found.value)))
    }

    /// A path in the configuration file's folder, whether or not there is such a file.
    pub(super) fn beside_file(&self, name: &str) -> PathBuf {
        beside(&self.file_path, name)
    }

    /// A list: with commas in the environment, an array in the file.
    pub(super) fn list(&self, setting: &Setting) -> Vec<Spanned<String>> {
        let Some(found) = self.variable(setting) else {
            let found = self.list_in_file(setting);
            return found.map(|found| found.value.clone()).unwrap_or_default();
        };
        let items = found.value.split(',').map(str::trim);
        let items = items.filter(|item| !item.is_empty());
        items.map(|item| found.with(item.to_owned())).collect()
    }

    /// How many values a setting is given; `None` where it is not given.
    pub(super) fn given(&self, setting: &Setting) -> Option<Spanned<usize>> {
        let count = self.values(setting).len();
        let list = || Some(self.list_in_file(setting)?.with(count));
        let text = self.text(setting).map(|found| found.with(count));
        text.or_else(list)
    }

    fn list_in_file(&self, setting: &Setting) -> Option<&Spanned<Vec<Spanned<String>>>> {
        self.file.table.lists.get(setting.file_key?)
    }

    /// A list, or the one value of a setting that is none.
    pub(super) fn values(&self, setting: &Setting) -> Vec<Spanned<String>> {
        match setting.kind.of_items() {
            Some(_) => self.list(setting),
            None => self.text(setting).into_iter().collect(),
        }
    }

    /// Yes or no, or the default. Another word is a problem.
    pub(super) fn flag(&mut self, setting: &Setting, default: bool) -> bool {
        let flag = self.parse(setting, |text| match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Ok(true),
            "false" | "no" | "0" => Ok(false),
            _ => Err(("is neither true nor false", "write true or false")),
        });
        flag.unwrap_or(default)
    }

    /// The content of a file that a setting names; `None` after a problem. What a secret's
    /// file is called is not quoted where there is no such file: it may be the secret.
    pub(super) fn read_file_of(
        &mut self,
        found: &Spanned<PathBuf>,
        is_secret: bool,
    ) -> Option<Vec<u8>> {
        let path: &Path = &found.value;
        let bytes = match self.env.read(path) {
            Ok(bytes) => bytes,
            Err(error) if is_secret && !is_there(&error) => {
                self.problems.push(found.problem(
                    format_args!("names a file that is not there ({error})"),
                    "name the path of a file that holds the secret, not the secret itself",
                ));
                return None;
            }
            Err(error) => return self.unreadable(found, &error),
        };
        self.files.push(path.to_owned());
        let digest = Sha256::digest(&bytes).into();
        self.contents.insert(found.key.clone(), digest);
        let others = self.env.permissions(path);
        let what = match (others.others_write, is_secret && others.others_read) {
            (true, _) => "write: chmod go-w it",
            (false, true) => {
                "read: chmod 600 it, or mount it with that mode (Kubernetes: defaultMode)"
            }
            (false, false) => return Some(bytes),
        };
        let path = path.display();
        let what = format_args!("names {path}, which other users of this machine can {what}");
        self.warnings.push(found.warning(what));
        Some(bytes)
    }

    /// The same, as text.
    pub(super) fn read_text_of(
        &mut self,
        found: &Spanned<PathBuf>,
        is_secret: bool,
    ) -> Option<String> {
        let bytes = self.read_file_of(found, is_secret)?;
        let text = text_file::decode(bytes);
        text.map_or_else(|error| self.unreadable(found, &error), Some)
    }

    fn unreadable<T>(&mut self, found: &Spanned<PathBuf>, error: &io::Error) -> Option<T> {
        let path = found.value.display();
        self.problems.push(found.problem(
            format_args!("names {path}, which cannot be read ({error})"),
            remedy(Attempt::Read, error),
        ));
        None
    }

    /// What stood in the file that a setting names, when it was read.
    pub(super) fn content_of(&self, found: &Spanned<String>) -> Option<&Digest> {
        self.contents.get(&found.key)
    }

    /// The file's boards.
    pub(super) fn boards(&self) -> &[Table] {
        self.file.table.array(keys::BOARDS)
    }

    /// The file's receivers.
    pub(super) fn receivers(&self) -> &[Table] {
        self.file.table.array(keys::RECEIVERS)
    }

    /// The file's alerts.
    pub(super) fn alerts(&self) -> &[Table] {
        self.file.table.array(keys::ALERTS)
    }

    /// An integer within bounds, or the default. Out of bounds is a problem.
    pub(super) fn integer(
        &mut self,
        setting: &Setting,
        default: u64,
        bounds: RangeInclusive<u64>,
        unit: &str,
    ) -> u64 {
        let bounds = *bounds.start() as f64..=*bounds.end() as f64;
        let number = self.text(setting);
        let number = number.and_then(|it| it.number(&mut self.problems, bounds, true, unit));
        number.map_or(default, |number| number as u64)
    }

    /// The file's boards and levels, handed over.
    pub(super) fn take_tables(&mut self) -> Table {
        Table {
            tables: std::mem::take(&mut self.file.table.tables),
            ..Table::default()
        }
    }
}

/// Whether there is a file by that name, or at least may be.
fn is_there(error: &io::Error) -> bool {
    use ErrorKind::{InvalidFilename, NotADirectory, NotFound};
    ![NotFound, NotADirectory, InvalidFilename].contains(&error.kind())
}

/// Where the configuration file is, and who named it, if anybody did.
pub(super) fn file_path(
    environment: &Environment,
    named: Option<&Path>,
) -> (PathBuf, Option<String>) {
    match (named, environment.get(&keys::CONFIG)) {
        (Some(path), _) => (path.to_owned(), Some("--config".to_owned())),
        (None, Some(found)) => (
            PathBuf::from(found.value.trim()),
            Some(format!("{}: {}", found.place, found.key)),
        ),
        (None, None) => (PathBuf::from(DEFAULT_FILE), None),
    }
}
