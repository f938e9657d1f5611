//! The program's arguments, and what it says when it has started.

use std::net::SocketAddr;

use clap::Parser;
use queuewall_simulator::{ActivityShape, Credentials, DayArgs, Form, Options};

/// A simulated CXone tenant: queues of a contact centre through a working day, over the HTTP of
/// CXone's v2 Reporting API and Real-Time Data API.
#[derive(Parser)]
#[command(
    version,
    after_help = "Examples:\n\
        \x20 queuewall-simulator                                  a busy morning, any credentials\n\
        \x20 queuewall-simulator --start 07:30 --speed 60         a day in 24 minutes\n\
        \x20 queuewall-simulator --queues 250 --rate-limit 10     a large tenant with a low rate limit\n\
        \x20 queuewall-simulator --token-seconds 120 --no-scope   tokens expire, and permit nothing\n\
        \x20 queuewall-simulator --quirk flags-as-text,no-links   odd forms of answers\n\
        \n\
        Every request is logged to stderr (RUST_LOG=warn: none). Ctrl-C or SIGTERM stops it."
)]
pub(crate) struct Arguments {
    /// Listen address and port
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:9090")]
    pub(crate) listen: SocketAddr,
    #[command(flatten)]
    day: DayArgs,
    /// Whole days simulated before that day, a Wednesday
    #[arg(long, value_name = "DAYS", default_value_t = 1, value_parser = clap::value_parser!(u16).range(0..=30))]
    days_before: u16,
    /// Play the demo's script: a critical queue, one that rises, one that recovers, one left out
    #[arg(long)]
    script: bool,
    /// Queues of the tenant, 1 to 5000
    #[arg(long, value_name = "COUNT", default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..=5_000))]
    queues: u16,
    #[command(flatten)]
    credentials: Credentials,
    /// Lifetime of a token in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 3_600)]
    token_seconds: u32,
    /// Lifetime of a refresh token in seconds, at least that of a token
    #[arg(long, value_name = "SECONDS", default_value_t = 7_200)]
    refresh_token_seconds: u32,
    /// Rate limit per client and minute, token requests included; 0: none
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    rate_limit: u32,
    /// Queues per page of the queue list [default: all]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    list_page_size: Option<u16>,
    /// Skills per page of the skills' activity, at most
    #[arg(long, value_name = "COUNT", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..))]
    activity_page_size: u16,
    /// Wrap the skills' activity in resultSet, as older API versions do
    #[arg(long)]
    result_set: bool,
    /// Form of the skills' summaries and agents' states, by API version
    #[arg(long, value_name = "VERSION", value_enum, default_value_t = Form::default())]
    form: Form,
    /// Show no skill, as to an API user without any
    #[arg(long)]
    no_skills: bool,
    /// Omit skills that are no queues: retired, outbound, chat, e-mail, voicemail
    #[arg(long)]
    only_queues: bool,
    /// Answer every read with 403, as without the scope reporting:queue:view or the permission
    #[arg(long)]
    no_scope: bool,
}

impl Arguments {
    /// What they make of the tenant.
    pub(crate) fn options(&self) -> Options {
        Options {
            days_before: self.days_before,
            script: self.script,
            queues: self.queues.into(),
            credentials: self.credentials.clone(),
            token_seconds: self.token_seconds,
            refresh_token_seconds: self.refresh_token_seconds,
            rate_limit_per_minute: (self.rate_limit > 0).then_some(self.rate_limit),
            scope_granted: !self.no_scope,
            list_page_size: self.list_page_size.map(Into::into),
            activity_page_size: self.activity_page_size.into(),
            activity_shape: if self.result_set {
                ActivityShape::ResultSet
            } else {
                ActivityShape::Plain
            },
            form: self.form,
            skills_visible: !self.no_skills,
            other_skills: !self.only_queues,
            ..self.day.options()
        }
    }

    /// The text printed at start; never a secret that was given.
    pub(crate) fn greeting(&self, base_url: &str, first_queue: &str) -> String {
        let known = &self.credentials;
        let client_id = known.client_id.as_deref().unwrap_or("demo");
        let tenant_id = known.tenant_id.as_deref().unwrap_or("demo");
        let key_id = known.access_key_id.as_deref().unwrap_or("demo");
        let secret = match known.client_secret {
            Some(_) => "<the --client-secret given>",
            None => "demo",
        };
        let key_secret = match known.access_key_secret {
            Some(_) => "<the --access-key-secret given>",
            None => "demo",
        };
        let (queues, day) = (self.queues, &self.day);
        let (start, speed, seed) = (day.start, day.speed, day.seed);
        format!(
            "Simulated CXone tenant at {base_url}\n\
             Queues: {queues} (the first is {first_queue}); time: {start}, speed {speed}; seed {seed}\n\
             \n\
             Point a server at it with\n\
             \x20 CXONE_BASE_URL={base_url}\n\
             \x20 CXONE_CLIENT_ID={client_id}\n\
             \x20 CXONE_CLIENT_SECRET={secret}\n\
             \x20 CXONE_TENANT_ID={tenant_id}\n\
             \x20 TARGET_QUEUE_ID={first_queue}   (leave it out for every queue)\n\
             \n\
             or, by the dialect realtime, with\n\
             \x20 CXONE_DIALECT=realtime\n\
             \x20 CXONE_ISSUER={base_url}\n\
             \x20 CXONE_ACCESS_KEY_ID={key_id}\n\
             \x20 CXONE_ACCESS_KEY_SECRET={key_secret}\n\
             \x20 CXONE_CLIENT_ID={client_id}\n\
             \x20 CXONE_CLIENT_SECRET={secret}\n\
             \x20 (without client id and secret: CXONE_AREA_URL={base_url})\n\
             \n\
             Ctrl-C ends it.\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use queuewall_simulator::Quirk;

    #[test]
    fn the_defaults_are_the_librarys() {
        let arguments = Arguments::parse_from(["queuewall-simulator"]);
        let (given, library) = (arguments.options(), Options::default());
        assert_eq!(format!("{given:?}"), format!("{library:?}"));
    }

    #[test]
    fn the_greeting_names_both_dialects_and_keeps_the_secrets() {
        let arguments = [
            "queuewall-simulator",
            "--client-secret=hush-hush",
            "--access-key-secret=hush-too",
            "--access-key-id=KEY",
        ];
        let greeting = Arguments::parse_from(arguments).greeting("http://127.0.0.1:1", "352669");
        assert!(!greeting.contains("hush"), "{greeting}");
        assert!(greeting.contains("CXONE_BASE_URL=http://127.0.0.1:1\n"));
        assert!(greeting.contains("CXONE_ISSUER=http://127.0.0.1:1\n"));
        assert!(greeting.contains("CXONE_ACCESS_KEY_ID=KEY\n"));
    }

    #[test]
    fn switches_turn_the_options_that_they_name() {
        let options = |switch| Arguments::parse_from(["queuewall-simulator", switch]).options();
        assert!(!options("--no-scope").scope_granted);
        assert!(!options("--no-skills").skills_visible);
        assert!(!options("--only-queues").other_skills);
        let shape = options("--result-set").activity_shape;
        assert_eq!(shape, ActivityShape::ResultSet);
        assert_eq!(options("--activity-page-size=7").activity_page_size, 7);
        let quirks = options("--quirk=gzip,link-to-404").quirks;
        assert_eq!(quirks, [Quirk::Gzip, Quirk::LinkTo404]);
        assert_eq!(options("--all-quirks").quirks, Quirk::HARMLESS);
        assert_eq!(options("--form=v21").form, Form::V21);
        assert_eq!(options("--days-before=7").days_before, 7);
        assert!(options("--script").script);
        let seconds = options("--refresh-token-seconds=90").refresh_token_seconds;
        assert_eq!(seconds, 90);
    }

    #[test]
    fn values_out_of_range_are_refused() {
        for wrong in [
            "--queues=0",
            "--queues=5001",
            "--speed=-1",
            "--speed=nan",
            "--speed=3601",
            "--days-before=31",
            "--quirk=unheard-of",
            "--start=25:00",
            "--activity-page-size=0",
        ] {
            let arguments = ["queuewall-simulator", wrong];
            assert!(Arguments::try_parse_from(arguments).is_err(), "{wrong}");
        }
    }
}
