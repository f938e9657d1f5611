//! Every key there is: the one table that the readers, the check for unknown keys
//! and the tests of the two samples share.

use queuewall_shared::metric::{Metric, Unit};

/// What a setting's value looks like in the file. In variables all is text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A string.
    Text,
    /// An integer.
    Integer,
    /// An integer or a decimal fraction.
    Number,
    /// An array of strings or integers; in a variable a comma list.
    Ids,
    /// An array of strings; in a variable a comma list.
    Texts,
    /// `true` or `false`.
    Flag,
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

const fn both(variable: &'static str, file_key: &'static str, kind: Kind) -> Setting {
    Setting {
        file_key: Some(file_key),
        kind,
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
    DIALECT = both("CXONE_DIALECT", "cxone.dialect", Kind::Text).default("reporting-v2");
    BASE_URL = both("CXONE_BASE_URL", "cxone.base_url", Kind::Text);
    CLIENT_ID = both("CXONE_CLIENT_ID", "cxone.client_id", Kind::Text).identity();
    CLIENT_ID_FILE = variable("CXONE_CLIENT_ID_FILE");
    CLIENT_SECRET = variable("CXONE_CLIENT_SECRET").secret();
    CLIENT_SECRET_FILE = both("CXONE_CLIENT_SECRET_FILE", "cxone.client_secret_file", Kind::Text);
    TENANT_ID = both("CXONE_TENANT_ID", "cxone.tenant_id", Kind::Text).identity();
    TENANT_ID_FILE = variable("CXONE_TENANT_ID_FILE");
    ACCESS_KEY_ID = both("CXONE_ACCESS_KEY_ID", "cxone.access_key_id", Kind::Text)
        .identity()
        .realtime_only();
    ACCESS_KEY_ID_FILE = variable("CXONE_ACCESS_KEY_ID_FILE").realtime_only();
    ACCESS_KEY_SECRET = variable("CXONE_ACCESS_KEY_SECRET").secret().realtime_only();
    ACCESS_KEY_SECRET_FILE =
        both("CXONE_ACCESS_KEY_SECRET_FILE", "cxone.access_key_secret_file", Kind::Text)
            .realtime_only();
    ISSUER = both("CXONE_ISSUER", "cxone.issuer", Kind::Text).realtime_only();
    AREA_URL = both("CXONE_AREA_URL", "cxone.area_url", Kind::Text).realtime_only();
    API_VERSION = both("CXONE_API_VERSION", "cxone.api_version", Kind::Text).realtime_only();
    ALLOWED_DOMAINS = both("CXONE_ALLOWED_DOMAINS", "cxone.allowed_domains", Kind::Texts)
        .realtime_only();
    MEDIA_TYPES = both("CXONE_MEDIA_TYPES", "cxone.media_types", Kind::Texts).realtime_only();
    INACTIVE_SKILLS = both("CXONE_INACTIVE_SKILLS", "cxone.inactive_skills", Kind::Flag)
        .realtime_only();
    OUTBOUND_SKILLS = both("CXONE_OUTBOUND_SKILLS", "cxone.outbound_skills", Kind::Flag)
        .realtime_only();
    CA_FILE = both("CXONE_CA_FILE", "cxone.ca_file", Kind::Text);
    SKILL_IDS = both("CXONE_SKILL_IDS", "cxone.skill_ids", Kind::Ids).live();
    TARGET_QUEUE_ID = variable("TARGET_QUEUE_ID").live();
    POLL_SECONDS = both("QUEUEWALL_POLL_SECONDS", "poll.seconds", Kind::Integer)
        .default("30")
        .live();
    BUDGET_PER_MINUTE =
        both("QUEUEWALL_BUDGET_PER_MINUTE", "poll.budget_per_minute", Kind::Integer).default("10");
    LISTEN = both("QUEUEWALL_LISTEN", "server.listen", Kind::Text).default("127.0.0.1:8080");
    METRICS_LISTEN = both("QUEUEWALL_METRICS_LISTEN", "server.metrics_listen", Kind::Text);
    STATE_DIR = both("QUEUEWALL_STATE_DIR", "server.state_dir", Kind::Text)
        .default("queuewall-state, beside the configuration file");
    PUBLIC_URL = both("QUEUEWALL_PUBLIC_URL", "server.public_url", Kind::Text).live();
    ACCESS_MODE = both("QUEUEWALL_ACCESS", "access.mode", Kind::Text);
    PROXY_HEADER = both("QUEUEWALL_PROXY_HEADER", "access.proxy_header", Kind::Text)
        .default("x-forwarded-user");
    TRUSTED_PROXIES = both("QUEUEWALL_TRUSTED_PROXIES", "access.trusted_proxies", Kind::Texts);
    HOSTS = both("QUEUEWALL_HOSTS", "server.hosts", Kind::Texts).live();
    TLS_CERTIFICATE_FILE =
        both("QUEUEWALL_TLS_CERTIFICATE_FILE", "server.tls_certificate_file", Kind::Text)
            .followed();
    TLS_KEY_FILE = both("QUEUEWALL_TLS_KEY_FILE", "server.tls_key_file", Kind::Text).followed();
    BASE_PATH = both("QUEUEWALL_BASE_PATH", "server.base_path", Kind::Text);
    FRAME_ANCESTORS = both("QUEUEWALL_FRAME_ANCESTORS", "server.frame_ancestors", Kind::Texts);
    IDLE_SECONDS = both("QUEUEWALL_IDLE_SECONDS", "server.idle_seconds", Kind::Integer);
    // Live: which file counts. What stands in it is compared by itself.
    CONFIG = variable("QUEUEWALL_CONFIG").live();
    TITLE = variable("QUEUEWALL_TITLE").live();
    TIMEZONE = variable("QUEUEWALL_TIMEZONE").live();
    LOG = variable("QUEUEWALL_LOG").default("queuewall=info");
    LOG_FORMAT = variable("QUEUEWALL_LOG_FORMAT").default("text");
}

/// The file's tables with settings in them.
pub(super) const SECTIONS: [&str; 4] = ["cxone", "poll", "server", "access"];
/// The file's array of boards.
pub(super) const BOARDS: &str = "boards";
/// The keys of one of `[[boards]]`.
pub(super) const BOARD_KEYS: [&str; 12] = [
    "slug",
    "title",
    "timezone",
    "skill_ids",
    "queues",
    "levels",
    "notice",
    "theme",
    "language",
    "metres",
    "inches",
    "rotate_seconds",
];
/// The keys of a queue that is written as a table.
pub(super) const QUEUE_KEYS: [&str; 3] = ["id", "name", "levels"];
/// The table of levels: at the top, in a board, and in a queue.
pub(super) const LEVELS: &str = "levels";
/// The keys in it that hold one number.
pub(super) const JUDGING_KEYS: [&str; 4] = [
    "rise_after",
    "fall_after",
    "margin_percent",
    "minimum_sample",
];
/// The keys of a metric's thresholds.
pub(super) const LIMIT_KEYS: [&str; 2] = ["warning", "critical"];

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

/// Every key in a table of levels.
pub(super) fn level_keys() -> impl Iterator<Item = String> {
    let metrics = Metric::JUDGED.into_iter().map(level_key);
    metrics.chain(JUDGING_KEYS.map(str::to_owned))
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

/// Every variable's name.
pub(super) fn variables() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().filter_map(|setting| setting.variable)
}

/// Every dotted key in the file outside of `[[boards]]`.
pub(super) fn file_keys() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().filter_map(|setting| setting.file_key)
}

/// The known name that `word` was probably meant to be: at most two slips away,
/// and one in short words.
pub(super) fn did_you_mean<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let allowed = (word.chars().count() / 3).min(2);
    known
        .into_iter()
        .map(|name| (strsim::osa_distance(word, name), name))
        .filter(|(slips, _)| *slips <= allowed)
        .min()
        .map(|(_, name)| name)
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
        assert_eq!(did_you_mean("slgu", BOARD_KEYS), Some("slug"));
        assert_eq!(did_you_mean("a", QUEUE_KEYS), None);
    }
}
