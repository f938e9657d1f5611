//! The configuration as a whole: both sources, all problems, and the two samples.

mod access;
mod addresses;
mod agents;
mod alerts;
mod boards;
mod follow_ups;
mod groups;
mod levels;
mod realtime;
mod samples;
mod sources;
mod trust;

use super::{env::fake::FakeEnv, *};
use crate::hours::Hours;
use ::cxone::{Dialect, ReportingV2Settings};
use queuewall_shared::{
    level::{Limits, Metric, Thresholds},
    snapshot::{Display, Theme},
};
use secrecy::ExposeSecret as _;
use std::{collections::BTreeSet, path::Path, time::Duration};

const ENOUGH: [(&str, &str); 3] = [
    ("CXONE_CLIENT_ID", "id"),
    ("CXONE_CLIENT_SECRET", "hunter2"),
    ("CXONE_TENANT_ID", "tenant"),
];

/// The files that the receivers of the sample name.
const OF_RECEIVERS: [(&str, &str); 5] = [
    (
        "slack-url",
        "https://hooks.slack.com/services/T0/B0/hunter2",
    ),
    ("pagerduty-key", "hunter2"),
    ("mail-password", "hunter2"),
    ("webhook-url", "http://10.0.0.7/hunter2"),
    ("webhook-secrets", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
];

fn read(variables: &[(&str, &str)], files: &[(&str, &str)]) -> Result<Loaded, ConfigError> {
    read_from(&FakeEnv::new(variables, files), None)
}

fn read_from(env: &FakeEnv, file: Option<&str>) -> Result<Loaded, ConfigError> {
    let file = file.map(Path::new);
    let environment = Environment::read(env, file);
    Loaded::read(env, environment, file)
}

fn problems(variables: &[(&str, &str)], files: &[(&str, &str)]) -> Vec<String> {
    let error = read(variables, files).unwrap_err();
    error.problems.iter().map(ToString::to_string).collect()
}

fn reporting_v2(config: &Config) -> &ReportingV2Settings {
    match &config.cxone.dialect {
        Dialect::ReportingV2(settings) => settings,
        Dialect::Realtime(_) => panic!("another dialect"),
    }
}

/// The problems of one variable more than is enough.
fn refused(name: &str, value: &str) -> Vec<String> {
    problems(&with(&[(name, value)]), &[])
}

/// What the configuration file alone adds to what is enough.
fn of_file(file: &str) -> Config {
    let loaded = read(&ENOUGH, &[("queuewall.toml", file)]);
    loaded.unwrap().config
}

fn secret(config: &Config) -> &str {
    reporting_v2(config).client_secret.expose_secret()
}

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    ENOUGH.iter().chain(more).copied().collect()
}

/// A sample in which the placeholders are replaced. Of the database's two keys one is enough.
fn filled_in(sample: &str) -> String {
    let sample = sample.replace("your-", "our-");
    sample.replace("\ndatabase_url =", "\n#")
}
