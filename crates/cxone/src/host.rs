//! The other side of a request, as errors name it.

use std::fmt;

/// A host, and the setting to check where it is the wrong one. Shows as its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Its name, with the port where that is not the scheme's own.
    pub name: String,
    /// The setting that led to it.
    pub setting: &'static str,
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}
