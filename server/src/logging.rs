//! What the program says while it runs: lines of text for people, or one JSON object a
//! line for whatever gathers logs.
//!
//! Logs go to stderr: stdout belongs to answers. No line holds a secret, an address's
//! query, a cookie or an `Authorization`; the tests of `http` and `cxone` look for them.

use std::{
    io::{self, IsTerminal as _, Write as _},
    panic::{self, PanicHookInfo},
    sync::OnceLock,
};

use jiff::Timestamp;
use serde_json::json;
use thiserror::Error;
use tracing::{Subscriber, error, subscriber::SetGlobalDefaultError};
use tracing_subscriber::{EnvFilter, filter::LevelFilter, fmt::MakeWriter};

use crate::config::Environment;

/// What is logged unless somebody says otherwise: our own news.
const DEFAULT_FILTER: &str = "queuewall=info";

/// Why nothing can be logged: cause and remedy.
#[derive(Debug, Error)]
pub enum LogError {
    /// A setting cannot be used.
    #[error("{0}")]
    Setting(String),
    /// Something else in this process logs already.
    #[error("no log can be written: {0}")]
    Taken(#[from] SetGlobalDefaultError),
}

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// For people.
    Text,
    /// An object with `timestamp` (RFC 3339, UTC), `level`, `target`, `message`, and the
    /// line's own fields beside them; `span` holds those of the request that it is about.
    Json,
}

/// How lines look, from the moment that it is known.
static FORMAT: OnceLock<Format> = OnceLock::new();

/// Begins to log: `QUEUEWALL_LOG`, else `RUST_LOG`, says what, and
/// `QUEUEWALL_LOG_FORMAT` says how.
///
/// # Errors
/// When one of them cannot be used.
pub fn start(environment: &Environment) -> Result<(), LogError> {
    let format = Format::parse(environment.log_format())?;
    // First of all: whatever fails from here on is said in this form.
    let format = *FORMAT.get_or_init(|| format);
    let rust_log = std::env::var("RUST_LOG").ok();
    let filter = filter(environment.log_filter(), rust_log.as_deref())?;
    if format == Format::Json {
        // Else it would be many lines of something else among the objects.
        panic::set_hook(Box::new(say_panic));
    }
    let is_terminal = io::stderr().is_terminal();
    let subscriber = subscriber(format, filter, is_terminal, io::stderr);
    Ok(tracing::subscriber::set_global_default(subscriber)?)
}

/// Says why the program gives up: on stderr in the form of the log's lines, and whatever
/// their filter, since nothing follows that would explain it.
pub(crate) fn say_end(message: &str) {
    let format = FORMAT.get().copied().unwrap_or(Format::Text);
    // Without a stderr there is nobody left to tell.
    let _ = writeln!(io::stderr(), "{}", last_line(format, message));
}

fn last_line(format: Format, message: &str) -> String {
    match format {
        Format::Text => format!("error: {message}"),
        Format::Json => json!({
            "timestamp": Timestamp::now().to_string(),
            "level": "ERROR",
            "target": env!("CARGO_CRATE_NAME"),
            "message": message,
        })
        .to_string(),
    }
}

fn say_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(tracing::field::display);
    let words = panic.payload();
    let words = (words.downcast_ref::<&str>().copied())
        .or_else(|| words.downcast_ref::<String>().map(String::as_str));
    error!(
        place,
        "panicked, please report it: {}",
        words.unwrap_or("without a word")
    );
}

fn filter(ours: Option<&str>, rust_log: Option<&str>) -> Result<EnvFilter, LogError> {
    let (name, filter) = match (ours, rust_log) {
        (Some(filter), _) => ("QUEUEWALL_LOG", filter),
        (None, Some(filter)) => ("RUST_LOG", filter),
        (None, None) => ("the default", DEFAULT_FILTER),
    };
    // Any word passes as the name of a target, and would silence all others.
    let unknown = filter.split(',').map(str::trim).find(|part| {
        let is_name = part.contains(['=', '[', ':']) || part.starts_with("queuewall");
        // A number is a level to the library: 0 would be silence, 1 would hide warnings.
        let is_level = part.parse::<LevelFilter>().is_ok() && part.parse::<u8>().is_err();
        !part.is_empty() && !is_name && !is_level
    });
    if let Some(word) = unknown {
        let message = format!(
            "{name} = {filter:?}: {word:?} is not a level: write trace, debug, info, warn, error or off, or for \
             example queuewall=debug"
        );
        return Err(LogError::Setting(message));
    }
    EnvFilter::try_new(with_client(filter)).map_err(|error| {
        let message = format!(
            "{name} = {filter:?} cannot be used ({error}): write for example queuewall=debug"
        );
        LogError::Setting(message)
    })
}

/// The filter, in which `queuewall` includes the client of CXone, a separate crate.
fn with_client(filter: &str) -> String {
    let mut all = filter.to_owned();
    for part in filter.split(',').map(str::trim) {
        let client = match part.strip_prefix("queuewall") {
            Some(level) if level.is_empty() || level.starts_with('=') => level,
            Some(module) => match module.strip_prefix("::cxone") {
                Some(rest) => rest,
                None => continue,
            },
            None => continue,
        };
        all.push_str(",cxone");
        all.push_str(client);
    }
    all
}

impl Format {
    fn parse(text: Option<&str>) -> Result<Self, LogError> {
        match text.map(str::trim) {
            None | Some("text") => Ok(Self::Text),
            Some("json") => Ok(Self::Json),
            Some(other) => Err(LogError::Setting(format!(
                "QUEUEWALL_LOG_FORMAT = {other:?} is no form of log: write text or json"
            ))),
        }
    }
}

fn subscriber<W>(
    format: Format,
    filter: EnvFilter,
    is_terminal: bool,
    writer: W,
) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer);
    match format {
        Format::Text => Box::new(builder.with_ansi(is_terminal).finish()),
        Format::Json => Box::new(
            builder
                .json()
                .flatten_event(true)
                .with_current_span(true)
                // There is one at most: the request.
                .with_span_list(false)
                .finish(),
        ),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::{Arc, Mutex, Once, PoisonError};

    use serde_json::Value;
    use tracing::{subscriber::DefaultGuard, warn, warn_span};

    use super::*;

    #[derive(Clone, Default)]
    pub(crate) struct Said(Arc<Mutex<Vec<u8>>>);

    impl Said {
        /// Gathers what this thread logs, as JSON and by `filter`, while the guard lives.
        pub(crate) fn gather(filter: &str) -> (Self, DefaultGuard) {
            Self::gather_as(Format::Json, filter)
        }

        fn gather_as(format: Format, filter: &str) -> (Self, DefaultGuard) {
            keep_callsites_enabled();
            let said = Self::default();
            let writer = said.clone();
            let filter = EnvFilter::try_new(filter).unwrap();
            let subscriber = subscriber(format, filter, false, move || writer.clone());
            let guard = tracing::subscriber::set_default(subscriber);
            (said, guard)
        }

        pub(crate) fn text(&self) -> String {
            let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            String::from_utf8(bytes.clone()).unwrap()
        }

        pub(crate) fn lines(&self) -> Vec<Value> {
            let text = self.text();
            let object = |line| serde_json::from_str(line).unwrap();
            text.lines().map(object).collect()
        }
    }

    /// Keeps tests of other threads, which log to nobody, from disabling what this one
    /// gathers: tracing asks once whether a line is wanted, and remembers the answer.
    pub(crate) fn keep_callsites_enabled() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            // It takes every line and does nothing with it.
            let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry());
        });
    }

    impl io::Write for Said {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            said.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn say() {
        warn_span!("request", id = "7").in_scope(|| warn!(asked = 3, "two\nlines \"quoted\""));
    }

    #[test]
    fn json_log_line_has_time_level_target_message_and_fields() {
        let (said, guard) = Said::gather("queuewall=info");
        say();
        drop(guard);
        let lines = said.lines();
        let [line] = lines.as_slice() else {
            panic!("{lines:?}")
        };
        let time = line["timestamp"].as_str().unwrap();
        assert!(
            time.parse::<Timestamp>().is_ok() && time.ends_with('Z'),
            "{time}"
        );
        assert_eq!(line["level"], "WARN");
        assert_eq!(line["target"], module_path!());
        assert_eq!(line["message"], "two\nlines \"quoted\"");
        assert_eq!(line["asked"], 3);
        assert_eq!(line["span"]["id"], "7");
    }

    #[test]
    fn a_line_of_text_names_its_request_too() {
        let (said, guard) = Said::gather_as(Format::Text, "queuewall=info");
        say();
        drop(guard);
        let text = said.text();
        assert!(text.contains("WARN request{id=\"7\"}: "), "{text}");
        assert!(text.contains("asked=3"), "{text}");
    }

    #[test]
    fn start_up_error_is_logged_as_json_in_json_format() {
        let message = "queuewall.toml:5: boards.timezone = \"+02:00\" is no zone\nwrite another";
        assert_eq!(
            last_line(Format::Text, message),
            format!("error: {message}")
        );
        let line = last_line(Format::Json, message);
        assert_eq!(line.lines().count(), 1);
        let line: Value = serde_json::from_str(&line).unwrap();
        assert!(
            line["timestamp"]
                .as_str()
                .unwrap()
                .parse::<Timestamp>()
                .is_ok()
        );
        assert_eq!(line["level"], "ERROR");
        assert_eq!(line["target"], "queuewall");
        assert_eq!(line["message"], message);
    }

    #[test]
    fn filter_for_queuewall_is_one_for_its_client() {
        for (filter, all) in [
            ("queuewall", "queuewall,cxone"),
            (DEFAULT_FILTER, "queuewall=info,cxone=info"),
            (
                "warn, queuewall::cxone=debug",
                "warn, queuewall::cxone=debug,cxone=debug",
            ),
            ("info,queuewall::http=debug", "info,queuewall::http=debug"),
        ] {
            assert_eq!(with_client(filter), all);
        }
    }

    #[test]
    fn a_form_or_filter_that_cannot_be_is_refused_with_the_remedy() {
        assert_eq!(Format::parse(None).unwrap(), Format::Text);
        assert_eq!(Format::parse(Some(" json ")).unwrap(), Format::Json);
        assert_eq!(
            Format::parse(Some("xml")).unwrap_err().to_string(),
            "QUEUEWALL_LOG_FORMAT = \"xml\" is no form of log: write text or json"
        );
        for word in [
            "verbose",
            "warning",
            "all",
            "info,queuewal",
            "'info'",
            "0",
            "1",
        ] {
            let refused = filter(Some(word), None).unwrap_err();
            assert!(matches!(refused, LogError::Setting(_)), "{word}");
        }
        for good in ["info", "WARN", "off", "queuewall", "warn,hyper=debug"] {
            assert!(filter(Some(good), None).is_ok(), "{good}");
        }
        let refused = filter(None, Some("queuewall=loud")).unwrap_err();
        let words = refused.to_string();
        assert!(words.starts_with("RUST_LOG = \"queuewall=loud\" "));
        assert!(filter(None, None).is_ok());
    }
}
