//! Looks a setting up in both sources, the environment first, and gathers what is
//! wrong on the way, so that one start reports everything.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use super::{
    environment::Environment,
    file::{self, File, FileBoard, FileLevels},
    keys::{self, Setting},
    problem::{Found, Problem},
    settings::Digest,
    surroundings::{Surroundings, beside},
};

/// The file that is read when nobody names one.
const DEFAULT_FILE: &str = "queuewall.toml";

/// Both sources and the problems so far.
pub(super) struct Reader<'a> {
    pub(super) surroundings: &'a dyn Surroundings,
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<String>,
    environment: Environment,
    file: File,
    file_path: PathBuf,
    /// By key: the digests of the files that settings name, as they were read.
    contents: BTreeMap<String, Digest>,
}

impl<'a> Reader<'a> {
    /// Reads the file: `named` (of `--config`), else of `QUEUEWALL_CONFIG`, else
    /// `queuewall.toml` where there is one.
    pub(super) fn new(
        surroundings: &'a dyn Surroundings,
        mut environment: Environment,
        named: Option<&Path>,
    ) -> Self {
        let problems = std::mem::take(&mut environment.problems);
        let warnings = std::mem::take(&mut environment.warnings);
        let (file_path, named_by) = file_path(&environment, named);
        let mut reader = Self {
            surroundings,
            problems,
            warnings,
            environment,
            file: File::default(),
            file_path,
            contents: BTreeMap::new(),
        };
        reader.read_file(named_by);
        reader
    }

    fn read_file(&mut self, named_by: Option<String>) {
        let name = self.file_path.display().to_string();
        let bytes = match self.surroundings.read(&self.file_path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let missing = error.kind() == std::io::ErrorKind::NotFound;
                if named_by.is_some() || !missing {
                    let place = named_by.unwrap_or_else(|| name.clone());
                    self.problems.push(Problem::new(
                        &place,
                        &format!("the file {name}"),
                        format_args!("cannot be read ({error})"),
                        "check the path and its permissions; queuewall.sample.toml is a start",
                    ));
                }
                return;
            }
        };
        match String::from_utf8(bytes) {
            Ok(text) => {
                let (file, problems) = file::parse(&text, &name);
                self.file = file;
                self.problems.extend(problems);
            }
            Err(_) => self.problems.push(Problem::new(
                &name,
                "the file",
                "is not UTF-8 text",
                "save it as UTF-8",
            )),
        }
    }

    /// A setting's variable alone; blank counts as absent.
    pub(super) fn variable(&self, setting: &Setting) -> Option<Found<String>> {
        self.environment.get(setting).cloned()
    }

    /// A setting's variable alone, blank or not.
    pub(super) fn variable_even_blank(&self, setting: &Setting) -> Option<Found<String>> {
        self.environment.get_even_blank(setting).cloned()
    }

    /// A setting's key in the file alone.
    pub(super) fn in_file(&self, setting: &Setting) -> Option<Found<String>> {
        self.file.scalars.get(setting.file_key?).cloned()
    }

    /// A setting from the environment, else from the file.
    pub(super) fn text(&self, setting: &Setting) -> Option<Found<String>> {
        self.variable(setting).or_else(|| self.in_file(setting))
    }

    /// A path: in the environment from the working folder, in the file from the
    /// file's own folder.
    pub(super) fn path(&self, setting: &Setting) -> Option<Found<PathBuf>> {
        self.variable(setting)
            .map(|found| found.with(PathBuf::from(&found.value)))
            .or_else(|| {
                self.in_file(setting)
                    .map(|found| found.with(beside(&self.file_path, &found.value)))
            })
    }

    /// A path in the configuration file's folder, whether or not there is such a file.
    pub(super) fn beside_file(&self, name: &str) -> PathBuf {
        beside(&self.file_path, name)
    }

    /// A list: with commas in the environment, an array in the file.
    pub(super) fn list(&self, setting: &Setting) -> Vec<Found<String>> {
        match self.variable(setting) {
            Some(found) => found
                .value
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| found.with(item.to_owned()))
                .collect(),
            None => (self.list_in_file(setting))
                .map(|found| found.value.clone())
                .unwrap_or_default(),
        }
    }

    /// A list in the file alone.
    pub(super) fn list_in_file(&self, setting: &Setting) -> Option<&Found<Vec<Found<String>>>> {
        self.file.lists.get(setting.file_key?)
    }

    /// Yes or no, or the default. Another word is a problem.
    pub(super) fn flag(&mut self, setting: &Setting, default: bool) -> bool {
        let Some(found) = self.text(setting) else {
            return default;
        };
        match found.value.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => true,
            "false" | "no" | "0" => false,
            _ => {
                let problem = found.wrong("is neither true nor false", "write true or false");
                self.problems.push(problem);
                default
            }
        }
    }

    /// The content of a file that a setting names; `None` after a problem.
    pub(super) fn read_file_of(&mut self, found: &Found<PathBuf>) -> Option<Vec<u8>> {
        let path: &Path = &found.value;
        match self.surroundings.read(path) {
            Ok(bytes) => {
                let digest = Sha256::digest(&bytes).into();
                self.contents.insert(found.key.clone(), digest);
                Some(bytes)
            }
            Err(error) => {
                self.problems.push(found.problem(
                    format_args!("names {}, which cannot be read ({error})", path.display()),
                    "check the path and its permissions",
                ));
                None
            }
        }
    }

    /// What stood in the file that a setting names, when it was read.
    pub(super) fn content_of(&self, found: &Found<String>) -> Option<&Digest> {
        self.contents.get(&found.key)
    }

    /// The file's boards.
    pub(super) fn boards(&self) -> &[FileBoard] {
        &self.file.boards
    }

    /// An integer within bounds, or the default. Out of bounds is a problem.
    pub(super) fn integer(
        &mut self,
        setting: &Setting,
        default: u64,
        bounds: std::ops::RangeInclusive<u64>,
        unit: &str,
    ) -> u64 {
        let Some(found) = self.text(setting) else {
            return default;
        };
        match found.value.trim().parse() {
            Ok(number) if bounds.contains(&number) => number,
            _ => {
                self.problems.push(found.wrong(
                    "is out of bounds",
                    format_args!(
                        "give a whole number from {} to {} ({unit})",
                        bounds.start(),
                        bounds.end()
                    ),
                ));
                default
            }
        }
    }

    /// The file's boards, handed over.
    pub(super) fn take_boards(&mut self) -> Vec<FileBoard> {
        std::mem::take(&mut self.file.boards)
    }

    /// The file's `[levels]`, handed over.
    pub(super) fn take_levels(&mut self) -> FileLevels {
        std::mem::take(&mut self.file.levels)
    }
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
