//! What to do about a database's error.

use std::io::ErrorKind;

use sqlx::Error;

/// The database's words, and what to do where that is known.
pub(crate) fn explain(error: &Error) -> String {
    let words = words(error);
    match remedy(error) {
        Some(remedy) => format!("{words}: {remedy}"),
        None => words,
    }
}

/// The database's words, or the system's.
pub(crate) fn words(error: &Error) -> String {
    match (error, error.as_database_error()) {
        (Error::Io(error), _) => error.to_string(),
        (_, Some(error)) => error.message().to_owned(),
        (_, None) => error.to_string(),
    }
}

/// The code of SQLite's error, without what extends it.
pub(crate) fn sqlite_code(error: &Error) -> Option<i64> {
    let code = error.as_database_error()?.code()?;
    // PostgreSQL's have five places.
    let code = Some(code).filter(|code| code.len() < 5)?;
    Some(code.parse::<i64>().ok()? & 0xff)
}

fn remedy(error: &Error) -> Option<&'static str> {
    if let Some(code) = sqlite_code(error) {
        return of_sqlite(code);
    }
    let code = error.as_database_error().and_then(|error| error.code());
    Some(match (error, code.as_deref()) {
        (Error::Tls(_), _) => TLS,
        (Error::Io(error), _) => match error.kind() {
            ErrorKind::InvalidData => TLS,
            _ => {
                "check host and port (or the socket's folder), that PostgreSQL runs and listens there, and the \
                 firewalls between"
            }
        },
        (_, Some("28000" | "28P01")) => {
            "check user and password (in a URL %40 for @, %2F for /, %25 for %), and pg_hba.conf"
        }
        (_, Some("3D000")) => {
            "make it (`createdb`), or name another one behind the host, as in …@host:5432/queuewall"
        }
        (_, Some("42501")) => {
            "its user has to own the database, or needs GRANT CREATE ON SCHEMA public"
        }
        (_, Some("25006")) => "it is a standby or read-only: name the primary",
        // Of the role (ALTER ROLE … CONNECTION LIMIT), of the database, or of the server.
        (_, Some("53300")) => {
            "each server takes up to 5 connections: raise the limit that this names, of the role, the database or \
             the server (max_connections)"
        }
        (_, Some("57P03")) => "wait until it is up",
        (_, Some("08P01")) => "of PgBouncer: set ignore_startup_parameters = extra_float_digits",
        (_, Some("26000" | "42P05")) => "of PgBouncer: set pool_mode = session",
        _ => return None,
    })
}

const TLS: &str = "check sslmode in the URL: `disable` sends everything in the clear, `require` checks no certificate, \
     `verify-full` needs sslrootcert=FILE where the authority is your own";

fn of_sqlite(code: i64) -> Option<&'static str> {
    Some(match code {
        5 | 6 => "wait for the program that writes it, or end that",
        3 | 8 | 14 => {
            "let the user that runs queuewall (for a command, the server's) write it and its folder, which must \
             not be on a read-only file system; or name another folder with QUEUEWALL_STATE_DIR (server.state_dir)"
        }
        10 => "its disk is full (df -h) or fails (look in the kernel's log, dmesg)",
        11 | 26 => {
            "its file is damaged: stop the server, keep the file, and restore a backup (docs/access.md)"
        }
        13 => "free space on its disk (df -h)",
        _ => return None,
    })
}
