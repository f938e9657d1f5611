//! An environment in memory.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    io,
    path::{Path, PathBuf},
};

use super::{Env, Permissions};

/// Variables and files as a test or the fuzzer wants them.
#[derive(Default)]
pub(in crate::config) struct FakeEnv {
    pub(in crate::config) variables: Vec<(String, String)>,
    pub(in crate::config) files: BTreeMap<PathBuf, String>,
    pub(in crate::config) permissions: Permissions,
    pub(in crate::config) time_zone: Option<String>,
}

impl FakeEnv {
    /// Variables and files that nobody else may read.
    pub(in crate::config) fn new(variables: &[(&str, &str)], files: &[(&str, &str)]) -> Self {
        let variables = variables.iter();
        let files = files.iter();
        Self {
            variables: variables
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
            files: files
                .map(|(path, text)| (path.into(), (*text).into()))
                .collect(),
            ..Self::default()
        }
    }
}

impl Env for FakeEnv {
    fn variables(&self) -> Vec<(OsString, OsString)> {
        self.variables
            .iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.files
            .get(path)
            .map(|text| text.clone().into_bytes())
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn time_zone(&self) -> Option<String> {
        self.time_zone.clone()
    }

    fn permissions(&self, _path: &Path) -> Permissions {
        self.permissions
    }
}
