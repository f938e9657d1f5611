//! Whom alerts are sent to: `[[receivers]]`. Addresses of webhooks are secrets, and so in files.

use std::{collections::BTreeMap, path::PathBuf};

use queuewall_notify::{PagerDutyEndpoint, Receiver, SigningSecret, SmtpTls, Target};
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};

use super::{
    boards,
    file::Table,
    problem::{Problem, Spanned},
    reader::Reader,
};
use crate::alerts::Receivers;

const KINDS: [&str; 6] = [
    "slack",
    "teams",
    "google-chat",
    "pagerduty",
    "email",
    "webhook",
];

/// The receivers in their order. What is wrong with one is among the problems; its name is known
/// all the same.
pub(super) fn read(reader: &mut Reader<'_>, tables: &[Table]) -> (Receivers, Vec<String>) {
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    let mut digest = Sha256::new();
    let mut receivers = Vec::new();
    let mut names = Vec::new();
    for table in tables {
        for found in table
            .texts
            .values()
            .chain(table.lists.values().flat_map(|it| &it.value))
        {
            digest.update(format!("{}={}\n", found.key, found.value));
        }
        let Some(name) = name(table, &mut taken, &mut reader.problems) else {
            continue;
        };
        names.push(name.clone());
        let mut of = Of {
            reader: &mut *reader,
            table,
            digest: &mut digest,
        };
        let Some(target) = of.target() else {
            continue;
        };
        let flag = table.texts.get("allow_private");
        let allow_private = flag.is_some_and(|found| found.value == "true");
        match Receiver::new(&name, target, allow_private) {
            Ok(receiver) => receivers.push(receiver),
            Err(error) => reader.problems.push(Problem::new(
                &table.place,
                "the receiver",
                format_args!("cannot be used ({error})"),
                "docs/alerts.md has what each kind needs",
            )),
        }
    }
    (Receivers::new(receivers, digest.finalize().into()), names)
}

fn name(
    table: &Table,
    taken: &mut BTreeMap<String, String>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let Some(found) = table.texts.get("name") else {
        problems.push(Problem::new(
            &table.place,
            "receivers.name",
            "is missing",
            "name the receiver, for example name = \"team\"",
        ));
        return None;
    };
    let name = boards::label(Some(found), problems)?;
    if let Some(first) = taken.insert(name.clone(), found.place.clone()) {
        let what = format_args!("is the name of the receiver at {first} too");
        problems.push(found.wrong(what, "give each receiver its own"));
    }
    Some(name)
}

/// Reads one receiver.
struct Of<'o, 'r, 'e> {
    reader: &'o mut Reader<'e>,
    table: &'r Table,
    digest: &'o mut Sha256,
}

impl Of<'_, '_, '_> {
    fn target(&mut self) -> Option<Target> {
        let Some(kind) = self.table.texts.get("kind").cloned() else {
            self.missing("kind", &format!("write one of {}", KINDS.join(", ")));
            return None;
        };
        self.refuse_other_keys(&kind);
        match kind.value.trim() {
            "slack" => Some(Target::Slack { url: self.url()? }),
            "teams" => Some(Target::Teams { url: self.url()? }),
            "google-chat" => Some(Target::GoogleChat { url: self.url()? }),
            "webhook" => {
                let secrets = self.secrets();
                Some(Target::Webhook {
                    url: self.url()?,
                    secrets: secrets?,
                })
            }
            "pagerduty" => {
                let remedy = "put PagerDuty's integration key into a file and name that";
                let endpoint = self.region();
                Some(Target::PagerDuty {
                    routing_key: self.secret("routing_key_file", Some(remedy))?,
                    endpoint: endpoint?,
                })
            }
            "email" => self.email(),
            _ => {
                let remedy = format!("write one of {}", KINDS.join(", "));
                self.reader
                    .problems
                    .push(kind.wrong("is not a kind", remedy));
                None
            }
        }
    }

    /// What means nothing for a kind was meant for another.
    fn refuse_other_keys(&mut self, kind: &Spanned<String>) {
        let known: &[&str] = match kind.value.trim() {
            "slack" | "teams" | "google-chat" => &["url_file"],
            "webhook" => &["url_file", "secret_file"],
            "pagerduty" => &["routing_key_file", "region"],
            "email" => &[
                "smtp_host",
                "smtp_port",
                "smtp_tls",
                "username",
                "password_file",
                "from",
                "to",
            ],
            _ => return,
        };
        let texts = self
            .table
            .texts
            .iter()
            .map(|(key, found)| (key, &found.place));
        let lists = self
            .table
            .lists
            .iter()
            .map(|(key, found)| (key, &found.place));
        for (key, place) in texts.chain(lists) {
            let is_common = ["name", "kind", "allow_private"].contains(&key.as_str());
            if !is_common && !known.contains(&key.as_str()) {
                self.reader.problems.push(Problem::new(
                    place,
                    &format!("receivers.{key}"),
                    format_args!("means nothing for the kind {}", kind.value.trim()),
                    "remove it, or correct the kind",
                ));
            }
        }
    }

    fn email(&mut self) -> Option<Target> {
        let server = self.text("smtp_host", "name the mail server");
        let from = self.text("from", "write for example from = \"wall@example.com\"");
        let tls = match self.table.texts.get("smtp_tls") {
            None => Some(SmtpTls::StartTls),
            Some(found) => found.parse(&mut self.reader.problems, |text| match text {
                "starttls" => Ok(SmtpTls::StartTls),
                "tls" => Ok(SmtpTls::Implicit),
                "none" => Ok(SmtpTls::None),
                _ => Err(("is not known", "write starttls, tls or none")),
            }),
        };
        let port = self.table.texts.get("smtp_port").and_then(|found| {
            found.number(&mut self.reader.problems, 1.0..=65_535.0, true, "port")
        });
        let user = self
            .table
            .texts
            .get("username")
            .map(|found| found.value.clone());
        let password = match self.table.texts.contains_key("password_file") {
            true => Some(self.secret("password_file", None)?),
            false => None,
        };
        let to = self.table.lists.get("to").map(|found| {
            let recipients = found.value.iter();
            recipients.map(|found| found.value.clone()).collect()
        });
        if to.is_none() {
            self.missing(
                "to",
                "name recipients, for example to = [\"lead@example.com\"]",
            );
        }
        Some(Target::Email {
            server: server?,
            port: port.map(|port| port as u16),
            tls: tls?,
            user,
            password,
            from: from?,
            to: to?,
        })
    }

    fn url(&mut self) -> Option<SecretString> {
        let remedy = "put the webhook's URL, which is a secret, into a file and name that";
        self.secret("url_file", Some(remedy))
    }

    fn region(&mut self) -> Option<PagerDutyEndpoint> {
        let Some(found) = self.table.texts.get("region") else {
            return Some(PagerDutyEndpoint::Us);
        };
        found.parse(&mut self.reader.problems, |text| match text {
            "us" => Ok(PagerDutyEndpoint::Us),
            "eu" => Ok(PagerDutyEndpoint::Eu),
            _ => Err(("is not a region", "write us or eu")),
        })
    }

    /// The signing secrets, one a line.
    fn secrets(&mut self) -> Option<Vec<SigningSecret>> {
        if !self.table.texts.contains_key("secret_file") {
            return Some(Vec::new());
        }
        let lines = self.content("secret_file")?;
        let mut secrets = Vec::new();
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            match SigningSecret::parse(line) {
                Ok(secret) => secrets.push(secret),
                Err(what) => {
                    let found = self.table.texts.get("secret_file")?;
                    let remedy = "write one secret a line";
                    let what = format_args!("names a file with what is none ({what})");
                    self.reader.problems.push(found.problem(what, remedy));
                    return None;
                }
            }
        }
        Some(secrets)
    }

    /// What stands in the file that the key names; `remedy` where it must be there.
    fn secret(&mut self, key: &str, remedy: Option<&str>) -> Option<SecretString> {
        if !self.table.texts.contains_key(key) {
            if let Some(remedy) = remedy {
                self.missing(key, remedy);
            }
            return None;
        }
        let content = self.content(key)?;
        let content = content.trim();
        if content.is_empty() || content.lines().count() > 1 {
            let found = self.table.texts.get(key)?;
            let what = "names a file that does not hold one line";
            let remedy = "write the secret alone into it";
            self.reader.problems.push(found.problem(what, remedy));
            return None;
        }
        Some(content.into())
    }

    fn content(&mut self, key: &str) -> Option<String> {
        let found = self.table.texts.get(key)?;
        let path: PathBuf = self.reader.beside_file(&found.value);
        let content = self.reader.read_text_of(&found.with(path), true)?;
        self.digest.update(&content);
        Some(content)
    }

    fn text(&mut self, key: &str, remedy: &str) -> Option<String> {
        let found = self.table.texts.get(key).map(|found| found.value.clone());
        if found.is_none() {
            self.missing(key, remedy);
        }
        found
    }

    fn missing(&mut self, key: &str, remedy: &str) {
        let key = format!("receivers.{key}");
        let problem = Problem::new(&self.table.place, &key, "is missing", remedy);
        self.reader.problems.push(problem);
    }
}
