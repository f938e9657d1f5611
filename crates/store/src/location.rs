//! Where the store is.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use sqlx::{
    ConnectOptions as _, any::AnyConnectOptions, postgres::PgConnectOptions,
    sqlite::SqliteConnectOptions,
};

/// A database. Neither `Debug` nor `Display` shows a password.
#[derive(Clone)]
pub enum Location {
    /// A SQLite file, which is made where it is missing.
    File(PathBuf),
    /// A PostgreSQL database, 14 or newer.
    Postgres(Box<PgConnectOptions>),
}

/// A database's URL cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LocationError {
    /// It is not `postgres://…`.
    #[error("starts with `postgres://`, as in postgres://user:password@host:5432/queuewall")]
    Scheme,
    /// It is, and cannot be read.
    #[error(
        "is no URL of a PostgreSQL database ({0}); write it as postgres://user:password@host:5432/queuewall, and `%40` for `@` in a password"
    )]
    Invalid(&'static str),
}

impl Location {
    /// The PostgreSQL database of a URL, as libpq writes it: `postgres://` or `postgresql://`.
    ///
    /// # Errors
    /// When the text is no such URL. The error shows nothing of the text.
    pub fn postgres(url: &str) -> Result<Self, LocationError> {
        let url = url.trim();
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(LocationError::Scheme);
        }
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| LocationError::Invalid("a part of it cannot be read"))?;
        Ok(Self::Postgres(Box::new(options)))
    }

    /// The file, of SQLite.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Postgres(_) => None,
        }
    }

    pub(crate) fn options(&self) -> Result<AnyConnectOptions, sqlx::Error> {
        let url = match self {
            Self::File(path) => SqliteConnectOptions::new()
                .filename(path)
                .create_if_missing(true)
                .to_url_lossy(),
            Self::Postgres(options) => options.to_url_lossy(),
        };
        AnyConnectOptions::from_url(&url)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(formatter, "{}", path.display()),
            Self::Postgres(options) => {
                let (host, port) = (options.get_host(), options.get_port());
                match options.get_socket() {
                    Some(socket) => write!(formatter, "postgres:{}", socket.display())?,
                    None => write!(formatter, "postgres://{host}:{port}")?,
                }
                match options.get_database() {
                    Some(database) => write!(formatter, "/{database}"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_is_never_shown() {
        let location = Location::postgres("postgres://wall:s3cret@db.example:5433/qw").unwrap();
        assert_eq!(location.to_string(), "postgres://db.example:5433/qw");
        assert_eq!(format!("{location:?}"), "postgres://db.example:5433/qw");
        for wrong in [
            "mysql://wall:s3cret@db/qw",
            "postgres://wall:s3cret@db:port/qw",
            "s3cret",
        ] {
            let error = Location::postgres(wrong).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
        }
    }
}
