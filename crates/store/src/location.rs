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

/// How a SQLite file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// To be written; it is made where there is none.
    Make,
    /// To be written.
    Write,
    /// To be read, while other programs may write it.
    Read,
    /// To be read, where no program has it open, and it has no log: SQLite then makes no file
    /// beside it, and notices no change.
    Alone,
    /// The same with its log.
    AloneWithLog,
}

/// SQLite's access to files that takes no locks.
const WITHOUT_LOCKS: &str = if cfg!(windows) {
    "win32-none"
} else {
    "unix-none"
};

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
    /// One of its parameters has a value that is none.
    #[error("has a wrong value behind `{0}=`: {1}")]
    Parameter(&'static str, &'static str),
}

/// The parameters that take some values only, and these.
const VALUES: [(&str, &str); 5] = [
    ("sslmode", SSL_MODES),
    ("ssl-mode", SSL_MODES),
    ("port", "write a number up to 65535"),
    ("hostaddr", "write an IP address, without brackets"),
    ("statement-cache-capacity", "write a number"),
];
const SSL_MODES: &str = "write disable, allow, prefer, require, verify-ca or verify-full";

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
        let read = |parameters: &[&str]| {
            let url = format!("{authority}{host}{path}?{}", parameters.join("&"));
            Some(Box::new((url.parse().ok()?, url.parse().ok()?)))
        };
        read(&known).map(Self::Postgres).ok_or_else(|| {
            // One that cannot be read even alone, though the rest can, is the one at fault.
            let is_wrong = |it: &&&str| read(&[]).is_some() && read(&[**it]).is_none();
            let wrong = known.iter().find(is_wrong);
            let named = |(name, _): &&(&str, &str)| {
                wrong.is_some_and(|wrong| wrong.split('=').next() == Some(*name))
            };
            match VALUES.iter().find(named) {
                Some((name, values)) => LocationError::Parameter(name, values),
                None => LocationError::Invalid,
            }
        })
    }

    /// Whether a PostgreSQL database is not named: the server then takes the one whose name is
    /// the user's.
    #[must_use]
    pub fn lacks_database(&self) -> bool {
        match self {
            Self::File(_) => false,
            Self::Postgres(postgres) => postgres.1.get_database().is_none(),
        }
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

    pub(crate) fn options(&self, mode: Mode) -> Result<AnyConnectOptions, sqlx::Error> {
        let options = match self {
            Self::File(path) => {
                let options = SqliteConnectOptions::new().filename(path);
                let options = match mode {
                    Mode::Make => options.create_if_missing(true),
                    Mode::Write => options,
                    Mode::Read => options.read_only(true),
                    Mode::Alone => options.read_only(true).immutable(true),
                    Mode::AloneWithLog => options.read_only(true).vfs(WITHOUT_LOCKS),
                };
                AnyConnectOptions::from_url(&options.to_url_lossy())
            }
            // As it was written: one that sqlx makes of what it read lacks parts of it.
            Self::Postgres(postgres) => Ok(postgres.0.clone()),
        };
        // A slow statement is none of an administrator's warnings: what waits too long says so.
        options.map(AnyConnectOptions::disable_statement_logging)
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
            location.options(Mode::Make).unwrap();
            assert_eq!(location.has_password(), url.contains("p@ss"), "{url}");
        }
    }

    #[test]
    fn parameter_with_a_wrong_value_is_named_with_what_it_takes() {
        for (parameter, allowed) in [
            ("sslmode=s3cret", "disable, allow, prefer, require"),
            ("ssl-mode=", "verify-ca or verify-full"),
            ("port=70000", "65535"),
            ("hostaddr=s3cret", "an IP address"),
            ("statement-cache-capacity=many", "a number"),
        ] {
            let url = format!("postgres://me:p@db/qw?application_name=a&{parameter}");
            let error = Location::postgres(&url).unwrap_err().to_string();
            let name = parameter.split_once('=').unwrap().0;
            assert!(error.contains(&format!("`{name}=`")), "{error}");
            assert!(error.contains(allowed), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
        Location::postgres("postgres://me@db/qw?sslmode=Verify-Full").unwrap();
        // The rest is at fault too, and was at first.
        let error = Location::postgres("postgres://me@db:port/qw?sslmode=x").unwrap_err();
        assert!(matches!(error, LocationError::Invalid));
    }

    #[test]
    fn statements_are_not_logged_however_slow() {
        let file = Location::File("queuewall.db".into());
        let postgres = Location::postgres("postgres://me@db/qw").unwrap();
        for location in [file, postgres] {
            let settings = location.options(Mode::Write).unwrap().log_settings;
            assert_eq!(settings.slow_statements_level.to_string(), "OFF");
        }
    }

    #[test]
    fn database_is_named_in_the_path_or_a_parameter() {
        for (url, lacks) in [
            ("postgres://me@db", true),
            ("postgres://me@db/", true),
            ("postgres://me@db/?sslmode=require", true),
            ("postgres://me@db/qw", false),
            ("postgres://me@db?dbname=qw", false),
        ] {
            assert_eq!(Location::postgres(url).unwrap().lacks_database(), lacks);
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
