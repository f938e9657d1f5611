//! Where the store is.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use sqlx::{
    ConnectOptions as _, any::AnyConnectOptions, postgres::PgConnectOptions,
    sqlite::SqliteConnectOptions,
};

/// A database. Neither `Debug` nor `Display` shows a password.
#[derive(Clone)]
pub enum Location {
    /// A SQLite file.
    File(PathBuf),
    /// A PostgreSQL database, 14 or newer: its URL, and what that says.
    Postgres(Box<(AnyConnectOptions, PgConnectOptions)>),
}

/// What a URL may say behind `?`, besides `options[…]`. libpq knows more.
const PARAMETERS: [&str; 18] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

/// A database's URL cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LocationError {
    /// It is not `postgres://…`.
    #[error(
        "must start with `postgres://`, without a driver's name (`+asyncpg`, `jdbc:`), as in \
         postgres://user:password@host:5432/queuewall"
    )]
    Scheme,
    /// It is, and cannot be read.
    #[error(
        "is no URL of a PostgreSQL database; write it as postgres://user:password@host:5432/queuewall, and in user and \
         password %40 for @, %2F for /, %3F for ?, %23 for #, %25 for %"
    )]
    Invalid,
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
        let start = url.find("://").map_or(0, |scheme| scheme + 3);
        let end = url[start..].find(['/', '?', '#']);
        let (authority, path) = url.split_at(end.map_or(url.len(), |end| start + end));
        let before_values = path.split('=').next().unwrap_or_default();
        // What comes before an `@` there was meant as the password.
        if before_values.contains(['@', '#']) {
            return Err(LocationError::Invalid);
        }
        // The parser wants a host, though the path says which socket it is.
        let host = if authority.ends_with('@') {
            "localhost"
        } else {
            ""
        };
        let (path, parameters) = path.split_once('?').unwrap_or((path, ""));
        // The driver would log the values of others.
        let known: Vec<_> = (parameters.split('&').filter(|it| is_known(it))).collect();
        let url = format!("{authority}{host}{path}?{}", known.join("&"));
        let read = || Some(Box::new((url.parse().ok()?, url.parse().ok()?)));
        read().map(Self::Postgres).ok_or(LocationError::Invalid)
    }

    /// The names of a URL's parameters that are not known, and change nothing.
    pub fn unknown_parameters(url: &str) -> impl Iterator<Item = &str> {
        let (_, parameters) = url.trim().split_once('?').unwrap_or_default();
        let unknown = parameters.split('&').filter(|it| !is_known(it));
        unknown.filter_map(|it| it.split('=').next().filter(|name| !name.is_empty()))
    }

    /// Whether a password is in it.
    #[must_use]
    pub fn has_password(&self) -> bool {
        let Self::Postgres(postgres) = self else {
            return false;
        };
        let url = postgres.0.to_url_lossy();
        url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password")
    }

    /// The file, of SQLite.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Postgres(_) => None,
        }
    }

    pub(crate) fn options(&self, is_made: bool) -> Result<AnyConnectOptions, sqlx::Error> {
        match self {
            Self::File(path) => {
                let options = SqliteConnectOptions::new().filename(path);
                AnyConnectOptions::from_url(&options.create_if_missing(is_made).to_url_lossy())
            }
            // As it was written: one that sqlx makes of what it read lacks parts of it.
            Self::Postgres(postgres) => Ok(postgres.0.clone()),
        }
    }
}

/// Whether the driver knows the parameter `name=value`.
fn is_known(parameter: &str) -> bool {
    let name = parameter.split('=').next().unwrap_or_default();
    PARAMETERS.contains(&name) || name.starts_with("options[")
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(formatter, "{}", path.display()),
            Self::Postgres(postgres) => {
                let options = &postgres.1;
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
    fn unknown_parameters_are_named_without_their_values_and_left_out() {
        let url =
            "postgres://me@db/qw?passwd=secret&sslmode=require&sslpassword=x&connect_timeout=5";
        let unknown: Vec<_> = Location::unknown_parameters(url).collect();
        assert_eq!(unknown, ["passwd", "sslpassword", "connect_timeout"]);
        let Ok(Location::Postgres(location)) = Location::postgres(url) else {
            panic!("it is a URL");
        };
        let options = location.0.to_url_lossy();
        assert_eq!(options.query(), Some("sslmode=require"));
        assert_eq!(
            Location::unknown_parameters("postgres://me@db/qw?").count(),
            0
        );
    }

    #[test]
    fn url_may_name_socket_ipv6_or_any_user() {
        for (url, shown) in [
            (
                "postgres://me@/qw?host=/run/postgresql",
                "postgres:/run/postgresql/qw",
            ),
            (
                "postgres://%2Frun%2Fpostgresql/qw",
                "postgres:/run/postgresql/qw",
            ),
            ("postgres://me@[::1]:5433/qw", "postgres://[::1]:5433/qw"),
            (
                "postgresql://db/qw?host=::1&sslmode=require",
                "postgres://::1:5432/qw",
            ),
            (
                "postgres://a%2Fb:p@ss@db/qw?user=me@azure",
                "postgres://db:5432/qw",
            ),
        ] {
            let location = Location::postgres(url).unwrap();
            assert_eq!(location.to_string(), shown);
            location.options(true).unwrap();
            assert_eq!(location.has_password(), url.contains("p@ss"), "{url}");
        }
    }

    #[test]
    fn password_is_never_shown() {
        let location = Location::postgres("postgres://wall:s3cret@db.example:5433/qw").unwrap();
        assert_eq!(location.to_string(), "postgres://db.example:5433/qw");
        assert_eq!(format!("{location:?}"), "postgres://db.example:5433/qw");
        for wrong in [
            "mysql://wall:s3cret@db/qw",
            "postgres://wall:s3cret@db:port/qw",
            "postgres://wall:1/s3cret@db/qw",
            "postgres://wall:1?s3cret@db/qw",
            "postgres://wall:1#s3cret@db/qw",
            "postgresql+asyncpg://wall:s3cret@db/qw",
            "s3cret",
        ] {
            let error = Location::postgres(wrong).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
        }
    }
}
