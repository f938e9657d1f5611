//! Every key there is: the one table that the readers, the check for unknown keys
//! and the tests of the two samples share.

use queuewall_shared::metric::{Metric, Unit};

/// What a value looks like in the file, as [`Kind::words`] say. In variables all is text, and
/// a list has commas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Number,
    Flag,
    Id,
    Ids,
    Texts,
    Boards,
    Board,
    Queues,
    Queue,
    Groups,
    Group,
    Levels,
    Limits,
    Limit,
    AgentLimits,
    AgentReasons,
    AgentLimit,
    Receivers,
    Receiver,
    Alerts,
    Alert,
}

impl Kind {
    /// What an array of this kind holds; `None` of what is no array.
    pub(super) const fn of_items(self) -> Option<Self> {
        match self {
            Self::Ids => Some(Self::Id),
            Self::Texts => Some(Self::Text),
            Self::Boards => Some(Self::Board),
            Self::Queues => Some(Self::Queue),
            Self::Groups => Some(Self::Group),
            Self::Receivers => Some(Self::Receiver),
            Self::Alerts => Some(Self::Alert),
            _ => None,
        }
    }

    /// Whether it is one table.
    pub(super) const fn is_table(self) -> bool {
        matches!(
            self,
            Self::Levels | Self::Limits | Self::AgentLimits | Self::AgentReasons | Self::AgentLimit
        )
    }

    /// What is wrong with a value of another shape, and behind the colon an example.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Text => "must be a string: \"text\"",
            Self::Integer => "must be an integer: 30",
            Self::Number => "must be a number: 5",
            Self::Flag => "must be true or false: true",
            Self::Id => "must hold ids, as strings or integers: \"4711\" or 4711",
            Self::Ids => "must be an array: [\"101\", \"102\"]",
            Self::Texts => "must be an array: [\"one\", \"two\"]",
            Self::Boards => "must be an array of tables: [[boards]]",
            Self::Board => "must hold tables: [[boards]]",
            Self::Queues => r#"must be an array: ["4711", { id = 4712, name = "Sales" }]"#,
            Self::Queue => r#"has a queue without an id: { id = "4711", name = "Sales" }"#,
            Self::Groups | Self::Group => "must hold tables: [[boards.groups]]",
            Self::Receivers | Self::Receiver => "must hold tables: [[receivers]]",
            Self::Alerts | Self::Alert => "must hold tables: [[alerts]]",
            Self::Levels => "must be a table: { waiting = { warning = 5, critical = 10 } }",
            Self::Limits => {
                "must be two thresholds, or false for none: { warning = 5, critical = 10 }"
            }
            Self::Limit => "must be a number, or false for none: 5",
            Self::AgentLimits => "must be a table: { unavailable_seconds = { warning = 900 } }",
            Self::AgentReasons => "must be a table: { \"Lunch\" = { warning = 2700 } }",
            Self::AgentLimit => "must be two thresholds: { warning = 900, critical = 1800 }",
        }
    }

    /// Every key of a table of this kind, and what its value looks like.
    pub(super) fn keys(self) -> Vec<(String, Self)> {
        let keys: &[(Self, &str)] = match self {
            Self::Board => &[
                (
                    Self::Text,
                    "slug title timezone notice theme language agents preset hero",
                ),
                (Self::Number, "metres inches"),
                (Self::Integer, "rotate_seconds"),
                (Self::Ids, "skill_ids agent_teams"),
                (Self::Texts, "beside"),
                (Self::Queues, "queues"),
                (Self::Groups, "groups"),
                (Self::Levels, LEVELS),
                (Self::AgentLimits, AGENT_LIMITS),
            ],
            Self::Queue => &[
                (Self::Id, "id"),
                (Self::Text, "name"),
                (Self::Levels, LEVELS),
            ],
            Self::Group => &[
                (Self::Text, "name"),
                (Self::Ids, "queues"),
                (Self::Levels, LEVELS),
            ],
            Self::Receiver => &[
                (
                    Self::Text,
                    "name kind url_file secret_file routing_key_file region smtp_host smtp_tls username password_file \
                     from",
                ),
                (Self::Integer, "smtp_port"),
                (Self::Texts, "to"),
                (Self::Flag, "allow_private"),
            ],
            Self::Alert => &[
                (Self::Text, "name level metric quiet"),
                (Self::Texts, "boards groups to"),
                (Self::Ids, "queues"),
                (Self::Number, "limit for_seconds unread_seconds"),
                (Self::Integer, "dark_screens"),
            ],
            Self::Limits => &[
                (Self::Limit, "warning critical"),
                (Self::Number, "for_seconds"),
            ],
            Self::AgentLimits => &[
                (
                    Self::AgentLimit,
                    "unavailable_seconds after_call_work_seconds on_contact_seconds",
                ),
                (Self::AgentReasons, REASON_SECONDS),
            ],
            Self::AgentLimit => &[(Self::Limit, "warning critical")],
            Self::Levels => {
                let metrics = Metric::JUDGED.map(|metric| (level_key(metric), Self::Limits));
                let judging = JUDGING_KEYS.map(|key| (key.to_owned(), Self::Number));
                let hours = [(HOURS.to_owned(), Self::Text)];
                return metrics.into_iter().chain(judging).chain(hours).collect();
            }
            _ => &[],
        };
        let split = |(kind, keys): &(Self, &'static str)| {
            let (kind, keys) = (*kind, keys.split(' '));
            keys.map(move |key| (key.to_owned(), kind))
        };
        keys.iter().flat_map(split).collect()
    }
}

/// Who may read a setting's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Secrecy {
    /// Anybody who may run the command line.
    Public,
    /// Says who signs in: shown as `set`.
    Identity,
    /// Opens CXone: shown as `set`, and the file must not hold it.
    Secret,
}

/// When a change of a setting takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Applies {
    /// With the next start.
    AtStart,
    /// When a running server reads its configuration again.
    AtReload,
    /// By itself, when the file that it names changes; another name with the next start.
    WithItsFile,
}

/// One setting: its variable, its key in the file, or both.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Setting {
    /// The environment variable.
    pub(super) variable: Option<&'static str>,
    /// The dotted key in `queuewall.toml`.
    pub(super) file_key: Option<&'static str>,
    /// What its value in the file looks like.
    pub(super) kind: Kind,
    /// What holds where nothing is set, as the setting would be written.
    pub(super) default: Option<&'static str>,
    pub(super) secrecy: Secrecy,
    pub(super) applies: Applies,
    /// Whether it means something in the dialect `realtime` alone.
    pub(super) is_realtime_only: bool,
}

impl Setting {
    const fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    const fn default(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    const fn identity(mut self) -> Self {
        self.secrecy = Secrecy::Identity;
        self
    }

    const fn secret(mut self) -> Self {
        self.secrecy = Secrecy::Secret;
        self
    }

    const fn live(mut self) -> Self {
        self.applies = Applies::AtReload;
        self
    }

    const fn followed(mut self) -> Self {
        self.applies = Applies::WithItsFile;
        self
    }

    const fn realtime_only(mut self) -> Self {
        self.is_realtime_only = true;
        self
    }
}

const fn both(variable: &'static str, file_key: &'static str) -> Setting {
    Setting {
        file_key: Some(file_key),
        ..self::variable(variable)
    }
}

const fn variable(variable: &'static str) -> Setting {
    Setting {
        variable: Some(variable),
        file_key: None,
        kind: Kind::Text,
        default: None,
        secrecy: Secrecy::Public,
        applies: Applies::AtStart,
        is_realtime_only: false,
    }
}

macro_rules! settings {
    ($($name:ident = $setting:expr;)+) => {
        $(pub(super) const $name: Setting = $setting;)+
        /// Every setting outside of `[[boards]]`.
        pub(super) const SETTINGS: &[&Setting] = &[$(&$name),+];
    };
}

settings! {
    DIALECT = both("CXONE_DIALECT", "cxone.dialect").default("reporting-v2");
    BASE_URL = both("CXONE_BASE_URL", "cxone.base_url");
    CLIENT_ID = both("CXONE_CLIENT_ID", "cxone.client_id").identity();
    CLIENT_ID_FILE = variable("CXONE_CLIENT_ID_FILE");
    CLIENT_SECRET = variable("CXONE_CLIENT_SECRET").secret();
    CLIENT_SECRET_FILE = both("CXONE_CLIENT_SECRET_FILE", "cxone.client_secret_file");
    TENANT_ID = both("CXONE_TENANT_ID", "cxone.tenant_id").identity();
    TENANT_ID_FILE = variable("CXONE_TENANT_ID_FILE");
    ACCESS_KEY_ID = both("CXONE_ACCESS_KEY_ID", "cxone.access_key_id").identity().realtime_only();
    ACCESS_KEY_ID_FILE = variable("CXONE_ACCESS_KEY_ID_FILE").realtime_only();
    ACCESS_KEY_SECRET = variable("CXONE_ACCESS_KEY_SECRET").secret().realtime_only();
    ACCESS_KEY_SECRET_FILE = both("CXONE_ACCESS_KEY_SECRET_FILE", "cxone.access_key_secret_file")
        .realtime_only();
    ISSUER = both("CXONE_ISSUER", "cxone.issuer").realtime_only();
    AREA_URL = both("CXONE_AREA_URL", "cxone.area_url").realtime_only();
    API_VERSION = both("CXONE_API_VERSION", "cxone.api_version").realtime_only();
    ALLOWED_DOMAINS = both("CXONE_ALLOWED_DOMAINS", "cxone.allowed_domains")
        .kind(Kind::Texts).realtime_only();
    MEDIA_TYPES = both("CXONE_MEDIA_TYPES", "cxone.media_types").kind(Kind::Texts).realtime_only();
    INACTIVE_SKILLS = both("CXONE_INACTIVE_SKILLS", "cxone.inactive_skills")
        .kind(Kind::Flag).realtime_only();
    OUTBOUND_SKILLS = both("CXONE_OUTBOUND_SKILLS", "cxone.outbound_skills")
        .kind(Kind::Flag).realtime_only();
    CA_FILE = both("CXONE_CA_FILE", "cxone.ca_file");
    SKILL_IDS = both("CXONE_SKILL_IDS", "cxone.skill_ids").kind(Kind::Ids).live();
    TARGET_QUEUE_ID = variable("TARGET_QUEUE_ID").live();
    POLL_SECONDS = both("QUEUEWALL_POLL_SECONDS", "poll.seconds")
        .kind(Kind::Integer).default("30").live();
    BUDGET_PER_MINUTE = both("QUEUEWALL_BUDGET_PER_MINUTE", "poll.budget_per_minute")
        .kind(Kind::Integer).default("10");
    LISTEN = both("QUEUEWALL_LISTEN", "server.listen").default("127.0.0.1:8080");
    METRICS_LISTEN = both("QUEUEWALL_METRICS_LISTEN", "server.metrics_listen");
    METRICS_QUEUES = both("QUEUEWALL_METRICS_QUEUES", "server.metrics_queues").kind(Kind::Integer);
    STATE_DIR = both("QUEUEWALL_STATE_DIR", "server.state_dir")
        .default("queuewall-state, beside the configuration file");
    PUBLIC_URL = both("QUEUEWALL_PUBLIC_URL", "server.public_url").live();
    ACCESS_MODE = both("QUEUEWALL_ACCESS", "access.mode");
    PROXY_HEADER = both("QUEUEWALL_PROXY_HEADER", "access.proxy_header")
        .default("x-forwarded-user");
    TRUSTED_PROXIES = both("QUEUEWALL_TRUSTED_PROXIES", "access.trusted_proxies").kind(Kind::Texts);
    DATABASE_URL = both("QUEUEWALL_DATABASE_URL", "store.database_url").secret();
    DATABASE_URL_FILE = both("QUEUEWALL_DATABASE_URL_FILE", "store.database_url_file");
    MINUTE_DAYS = both("QUEUEWALL_MINUTE_DAYS", "store.minute_days")
        .kind(Kind::Integer).default("35");
    QUARTER_HOUR_DAYS = both("QUEUEWALL_QUARTER_HOUR_DAYS", "store.quarter_hour_days")
        .kind(Kind::Integer).default("400");
    BACKFILL_DAYS = both("QUEUEWALL_BACKFILL_DAYS", "store.backfill_days")
        .kind(Kind::Integer).default("7").live().realtime_only();
    SERVER_TIMEZONE = both("QUEUEWALL_SERVER_TIMEZONE", "server.timezone").live();
    HOSTS = both("QUEUEWALL_HOSTS", "server.hosts").kind(Kind::Texts).live();
    TLS_CERTIFICATE_FILE = both("QUEUEWALL_TLS_CERTIFICATE_FILE", "server.tls_certificate_file")
        .followed();
    TLS_KEY_FILE = both("QUEUEWALL_TLS_KEY_FILE", "server.tls_key_file").followed();
    BASE_PATH = both("QUEUEWALL_BASE_PATH", "server.base_path");
    FRAME_ANCESTORS = both("QUEUEWALL_FRAME_ANCESTORS", "server.frame_ancestors").kind(Kind::Texts);
    IDLE_SECONDS = both("QUEUEWALL_IDLE_SECONDS", "server.idle_seconds").kind(Kind::Integer);
    // Live: which file counts. What stands in it is compared by itself.
    CONFIG = variable("QUEUEWALL_CONFIG").live();
    TITLE = variable("QUEUEWALL_TITLE").live();
    TIMEZONE = variable("QUEUEWALL_TIMEZONE").live();
    LOG = variable("QUEUEWALL_LOG").default("queuewall=info");
    LOG_FORMAT = variable("QUEUEWALL_LOG_FORMAT").default("text");
}

/// The file's tables with settings in them.
pub(super) const SECTIONS: [&str; 5] = ["cxone", "poll", "server", "access", "store"];
/// The file's array of boards.
pub(super) const BOARDS: &str = "boards";
/// The file's array of receivers.
pub(super) const RECEIVERS: &str = "receivers";
/// The file's array of alerts.
pub(super) const ALERTS: &str = "alerts";
/// The table of levels.
pub(super) const LEVELS: &str = "levels";
/// The table of agents' limits.
pub(super) const AGENT_LIMITS: &str = "agent_limits";
/// The table in it of limits by the tenant's own word.
pub(super) const REASON_SECONDS: &str = "reason_seconds";
/// The key in it that says when levels hold.
pub(super) const HOURS: &str = "hours";
/// The keys in it that hold one number.
pub(super) const JUDGING_KEYS: [&str; 4] = [
    "fall_after",
    "margin_percent",
    "minimum_sample",
    "rise_after",
];

/// The key in it that holds a metric's two thresholds: its name with the unit in which the file
/// gives them.
pub(super) fn level_key(metric: Metric) -> String {
    let unit = match metric.unit() {
        Unit::Calls | Unit::Agents => "",
        Unit::Milliseconds => "_seconds",
        Unit::Percent => "_percent",
    };
    format!("{}{unit}", metric.as_str())
}

/// The setting with this variable.
pub(super) fn of_variable(variable: &str) -> Option<&'static Setting> {
    let mut settings = SETTINGS.iter().copied();
    settings.find(|setting| setting.variable == Some(variable))
}

/// The variable that names a file with the value of the given one, if there is one.
pub(super) fn file_variable(variable: &str) -> Option<&'static str> {
    variables().find(|it| it.strip_suffix("_FILE") == Some(variable))
}

/// The variable for a key that the file must not hold, its value being a secret.
pub(super) fn secret(file_key: &str) -> Option<&'static str> {
    match file_key {
        "cxone.client_secret" => CLIENT_SECRET.variable,
        "cxone.access_key_secret" => ACCESS_KEY_SECRET.variable,
        _ => None,
    }
}

/// Whether a receiver's key would hold a secret, which has a file of its own.
pub(super) fn is_secret(key: &str) -> bool {
    let file = format!("{key}_file");
    Kind::Receiver
        .keys()
        .iter()
        .any(|(known, _)| *known == file)
}

/// Every variable's name.
pub(super) fn variables() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().filter_map(|setting| setting.variable)
}

/// Every dotted key in the file outside of `[[boards]]`.
pub(super) fn file_keys() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().filter_map(|setting| setting.file_key)
}

/// Ends of keys that are easily left out.
const UNITS: [&str; 3] = ["seconds", "percent", "minute"];

/// The known name that `word` was probably meant to be: the one of the same words in another order
/// or without a unit; else one at most two slips away, and one in short words; else the one that
/// is so near in another order, or without a unit.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let known: Vec<_> = known.into_iter().collect();
    let nearest = |of: fn(&str) -> String| {
        let word = of(word);
        let allowed = (word.chars().count() / 3).min(2);
        let slips = |name: &&'a str| (strsim::osa_distance(&word, &of(name)), *name);
        let near = known
            .iter()
            .map(slips)
            .filter(|(slips, _)| *slips <= allowed);
        let mut near: Vec<_> = near.collect();
        near.sort_unstable();
        near
    };
    let by_words = nearest(words);
    // First, since agents_available is not meant to be agents_unavailable.
    if let [(0, name)] | [(0, name), (1.., _), ..] = by_words[..] {
        return Some(name);
    }
    if let Some((_, name)) = nearest(str::to_owned).first() {
        return Some(name);
    }
    match by_words[..] {
        [(_, name)] => Some(name),
        [(first, name), (second, _), ..] if first < second => Some(name),
        _ => None,
    }
}

/// A name's words in one order and without a unit: the same of `agents_available` and
/// `available_agents`, of `for` and `for_seconds`.
fn words(name: &str) -> String {
    let words = name.split(['_', '-', '.']);
    let mut words: Vec<_> = words.filter(|word| !UNITS.contains(word)).collect();
    words.sort_unstable();
    words.join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let of = |word| did_you_mean(word, variables());
        assert_eq!(of("CXONE_CLEINT_ID"), Some("CXONE_CLIENT_ID"));
        assert_eq!(of("CXONE_CLIENTSECRET"), Some("CXONE_CLIENT_SECRET"));
        assert_eq!(of("QUEUEWALL_POLL_SECOND"), Some("QUEUEWALL_POLL_SECONDS"));
        // What Kubernetes sets in every container beside a service "queuewall".
        for foreign in [
            "QUEUEWALL_PORT",
            "QUEUEWALL_SERVICE_HOST",
            "QUEUEWALL_SERVICE_PORT",
            "QUEUEWALL_PORT_8080_TCP",
        ] {
            assert_eq!(of(foreign), None, "{foreign}");
        }
        assert_eq!(did_you_mean("slgu", ["slug", "title"]), Some("slug"));
        assert_eq!(did_you_mean("a", ["id", "name"]), None);
    }

    #[test]
    fn words_in_another_order_or_without_a_unit_are_recognised() {
        let levels = Kind::Levels.keys();
        let of = |word| did_you_mean(word, levels.iter().map(|(name, _)| name.as_str()));
        for (word, meant) in [
            ("agents_available", Some("available_agents")),
            ("agents_availible", Some("available_agents")),
            ("logged_on_agents", Some("agents_logged_on")),
            ("longest_wait", Some("longest_wait_seconds")),
            ("wait_average", Some("average_wait_seconds")),
            ("service_level", Some("service_level_percent")),
            ("agents", None),
            ("seconds", None),
        ] {
            assert_eq!(of(word), meant, "{word}");
        }
        assert_eq!(
            did_you_mean("for", ["warning", "for_seconds"]),
            Some("for_seconds")
        );
        assert_eq!(did_you_mean("wait", ["wait_seconds", "wait_percent"]), None);
    }
}
