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

/// One setting: its variable, its key in the file, or both.
#[derive(Debug)]
pub(super) struct Setting {
    /// The environment variable.
    pub(super) variable: Option<&'static str>,
    /// The dotted key in `queuewall.toml`.
    pub(super) file_key: Option<&'static str>,
    /// What its value in the file looks like.
    pub(super) kind: Kind,
}

impl Setting {
    /// Whether it is one of these.
    pub(super) fn is_among(&self, settings: &[&Self]) -> bool {
        let name = (self.variable, self.file_key);
        settings.iter().any(|it| (it.variable, it.file_key) == name)
    }
}

const fn both(variable: &'static str, file_key: &'static str, kind: Kind) -> Setting {
    Setting {
        variable: Some(variable),
        file_key: Some(file_key),
        kind,
    }
}

const fn variable(variable: &'static str) -> Setting {
    Setting {
        variable: Some(variable),
        file_key: None,
        kind: Kind::Text,
    }
}

pub(super) const DIALECT: Setting = both("CXONE_DIALECT", "cxone.dialect", Kind::Text);
pub(super) const BASE_URL: Setting = both("CXONE_BASE_URL", "cxone.base_url", Kind::Text);
pub(super) const CLIENT_ID: Setting = both("CXONE_CLIENT_ID", "cxone.client_id", Kind::Text);
pub(super) const CLIENT_ID_FILE: Setting = variable("CXONE_CLIENT_ID_FILE");
pub(super) const CLIENT_SECRET: Setting = variable("CXONE_CLIENT_SECRET");
pub(super) const CLIENT_SECRET_FILE: Setting = both(
    "CXONE_CLIENT_SECRET_FILE",
    "cxone.client_secret_file",
    Kind::Text,
);
pub(super) const TENANT_ID: Setting = both("CXONE_TENANT_ID", "cxone.tenant_id", Kind::Text);
pub(super) const TENANT_ID_FILE: Setting = variable("CXONE_TENANT_ID_FILE");
pub(super) const ACCESS_KEY_ID: Setting =
    both("CXONE_ACCESS_KEY_ID", "cxone.access_key_id", Kind::Text);
pub(super) const ACCESS_KEY_ID_FILE: Setting = variable("CXONE_ACCESS_KEY_ID_FILE");
pub(super) const ACCESS_KEY_SECRET: Setting = variable("CXONE_ACCESS_KEY_SECRET");
pub(super) const ACCESS_KEY_SECRET_FILE: Setting = both(
    "CXONE_ACCESS_KEY_SECRET_FILE",
    "cxone.access_key_secret_file",
    Kind::Text,
);
pub(super) const ISSUER: Setting = both("CXONE_ISSUER", "cxone.issuer", Kind::Text);
pub(super) const AREA_URL: Setting = both("CXONE_AREA_URL", "cxone.area_url", Kind::Text);
pub(super) const API_VERSION: Setting = both("CXONE_API_VERSION", "cxone.api_version", Kind::Text);
pub(super) const ALLOWED_DOMAINS: Setting = both(
    "CXONE_ALLOWED_DOMAINS",
    "cxone.allowed_domains",
    Kind::Texts,
);
pub(super) const MEDIA_TYPES: Setting = both("CXONE_MEDIA_TYPES", "cxone.media_types", Kind::Texts);
pub(super) const INACTIVE_SKILLS: Setting =
    both("CXONE_INACTIVE_SKILLS", "cxone.inactive_skills", Kind::Flag);
pub(super) const OUTBOUND_SKILLS: Setting =
    both("CXONE_OUTBOUND_SKILLS", "cxone.outbound_skills", Kind::Flag);
pub(super) const CA_FILE: Setting = both("CXONE_CA_FILE", "cxone.ca_file", Kind::Text);
pub(super) const SKILL_IDS: Setting = both("CXONE_SKILL_IDS", "cxone.skill_ids", Kind::Ids);
pub(super) const TARGET_QUEUE_ID: Setting = variable("TARGET_QUEUE_ID");
pub(super) const POLL_SECONDS: Setting =
    both("QUEUEWALL_POLL_SECONDS", "poll.seconds", Kind::Integer);
pub(super) const BUDGET_PER_MINUTE: Setting = both(
    "QUEUEWALL_BUDGET_PER_MINUTE",
    "poll.budget_per_minute",
    Kind::Integer,
);
pub(super) const LISTEN: Setting = both("QUEUEWALL_LISTEN", "server.listen", Kind::Text);
pub(super) const METRICS_LISTEN: Setting = both(
    "QUEUEWALL_METRICS_LISTEN",
    "server.metrics_listen",
    Kind::Text,
);
pub(super) const STATE_DIR: Setting = both("QUEUEWALL_STATE_DIR", "server.state_dir", Kind::Text);
pub(super) const PUBLIC_URL: Setting =
    both("QUEUEWALL_PUBLIC_URL", "server.public_url", Kind::Text);
pub(super) const ACCESS_MODE: Setting = both("QUEUEWALL_ACCESS", "access.mode", Kind::Text);
pub(super) const PROXY_HEADER: Setting =
    both("QUEUEWALL_PROXY_HEADER", "access.proxy_header", Kind::Text);
pub(super) const TRUSTED_PROXIES: Setting = both(
    "QUEUEWALL_TRUSTED_PROXIES",
    "access.trusted_proxies",
    Kind::Texts,
);
pub(super) const HOSTS: Setting = both("QUEUEWALL_HOSTS", "server.hosts", Kind::Texts);
pub(super) const TLS_CERTIFICATE_FILE: Setting = both(
    "QUEUEWALL_TLS_CERTIFICATE_FILE",
    "server.tls_certificate_file",
    Kind::Text,
);
pub(super) const TLS_KEY_FILE: Setting =
    both("QUEUEWALL_TLS_KEY_FILE", "server.tls_key_file", Kind::Text);
pub(super) const BASE_PATH: Setting = both("QUEUEWALL_BASE_PATH", "server.base_path", Kind::Text);
pub(super) const FRAME_ANCESTORS: Setting = both(
    "QUEUEWALL_FRAME_ANCESTORS",
    "server.frame_ancestors",
    Kind::Texts,
);
pub(super) const IDLE_SECONDS: Setting = both(
    "QUEUEWALL_IDLE_SECONDS",
    "server.idle_seconds",
    Kind::Integer,
);
pub(super) const CONFIG: Setting = variable("QUEUEWALL_CONFIG");
pub(super) const TITLE: Setting = variable("QUEUEWALL_TITLE");
pub(super) const TIMEZONE: Setting = variable("QUEUEWALL_TIMEZONE");
pub(super) const LOG: Setting = variable("QUEUEWALL_LOG");
pub(super) const LOG_FORMAT: Setting = variable("QUEUEWALL_LOG_FORMAT");

/// Every setting outside of `[[boards]]`.
pub(super) const SETTINGS: [&Setting; 42] = [
    &DIALECT,
    &BASE_URL,
    &CLIENT_ID,
    &CLIENT_ID_FILE,
    &CLIENT_SECRET,
    &CLIENT_SECRET_FILE,
    &TENANT_ID,
    &TENANT_ID_FILE,
    &ACCESS_KEY_ID,
    &ACCESS_KEY_ID_FILE,
    &ACCESS_KEY_SECRET,
    &ACCESS_KEY_SECRET_FILE,
    &ISSUER,
    &AREA_URL,
    &API_VERSION,
    &ALLOWED_DOMAINS,
    &MEDIA_TYPES,
    &INACTIVE_SKILLS,
    &OUTBOUND_SKILLS,
    &CA_FILE,
    &SKILL_IDS,
    &TARGET_QUEUE_ID,
    &POLL_SECONDS,
    &BUDGET_PER_MINUTE,
    &LISTEN,
    &METRICS_LISTEN,
    &STATE_DIR,
    &PUBLIC_URL,
    &ACCESS_MODE,
    &PROXY_HEADER,
    &TRUSTED_PROXIES,
    &HOSTS,
    &TLS_CERTIFICATE_FILE,
    &TLS_KEY_FILE,
    &BASE_PATH,
    &FRAME_ANCESTORS,
    &IDLE_SECONDS,
    &CONFIG,
    &TITLE,
    &TIMEZONE,
    &LOG,
    &LOG_FORMAT,
];

/// Those that mean something in the dialect `realtime` alone.
pub(super) const REALTIME_ONLY: [&Setting; 11] = [
    &ACCESS_KEY_ID,
    &ACCESS_KEY_ID_FILE,
    &ACCESS_KEY_SECRET,
    &ACCESS_KEY_SECRET_FILE,
    &ISSUER,
    &AREA_URL,
    &API_VERSION,
    &ALLOWED_DOMAINS,
    &MEDIA_TYPES,
    &INACTIVE_SKILLS,
    &OUTBOUND_SKILLS,
];

/// Those that a running server takes over; the others hold until it starts anew.
pub(super) const LIVE: [&Setting; 8] = [
    &SKILL_IDS,
    &TARGET_QUEUE_ID,
    &TITLE,
    &TIMEZONE,
    &POLL_SECONDS,
    &HOSTS,
    &PUBLIC_URL,
    // Which file counts; what stands in it is compared by itself.
    &CONFIG,
];

/// Those that name files which a running server reads again by itself.
pub(super) const FOLLOWED: [&Setting; 2] = [&TLS_CERTIFICATE_FILE, &TLS_KEY_FILE];

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

/// Settings whose values are credentials.
pub(super) const CREDENTIALS: [&Setting; 5] = [
    &CLIENT_ID,
    &CLIENT_SECRET,
    &TENANT_ID,
    &ACCESS_KEY_ID,
    &ACCESS_KEY_SECRET,
];

/// The variable that names a file with the value of the given one, if there is one.
pub(super) fn file_variable(variable: &str) -> Option<&'static str> {
    variables().find(|it| it.strip_suffix("_FILE") == Some(variable))
}

/// Whether a variable's value is a secret.
pub(super) fn is_secret(variable: &str) -> bool {
    [CLIENT_SECRET.variable, ACCESS_KEY_SECRET.variable].contains(&Some(variable))
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
