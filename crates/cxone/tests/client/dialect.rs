//! The dialects, each with its own words for the same things: so that one test holds
//! for all of them.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use cxone::{
    AccessKey, AllowedDomains, ApiVersion, BaseUrl, Dialect, Host, RealtimeSettings, Remedy,
    ReportingV2Settings, Setting, Settings, SignInMethod, SkillFilter,
};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::scripted::{Reply, Scripted, Seen};

/// What every scripted tenant issues, and the secrets that it is sent.
pub(crate) const CANARY_TOKEN: &str = "canary-token-5f2c";
pub(crate) const CANARY_REFRESH_TOKEN: &str = "canary-refresh-77aa";
pub(crate) const CANARY_SECRET: &str = "canary&secret=9b1e";
pub(crate) const CANARY_KEY: &str = "canary+key=c0de==";

pub(crate) const OPENID: &str = "/.well-known/openid-configuration";
pub(crate) const TOKEN: &str = "/auth/token";
pub(crate) const CXONE: &str = "/.well-known/cxone-configuration?tenantId=tenant-1";
pub(crate) const KEY_TOKEN: &str = "/authentication/v1/token/access-key";
pub(crate) const ACTIVITY: &str = "/incontactAPI/services/v23.0/skills/activity";
pub(crate) const CALLS: &str =
    "/incontactAPI/services/v23.0/skills/activity?mediaTypeId=4&isOutbound=false";

/// A dialect and a way to sign in to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Spoken {
    ReportingV2,
    /// `realtime`, by the password grant.
    Realtime,
    /// `realtime`, by the access key alone.
    KeyOnly,
}

/// A request on the way to the first read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// Path and query.
    pub(crate) target: &'static str,
    /// The setting that its errors name.
    pub(crate) setting: Setting,
}

impl Spoken {
    pub(crate) const ALL: [Self; 3] = [Self::ReportingV2, Self::Realtime, Self::KeyOnly];

    pub(crate) fn settings(self, base_url: &str) -> Settings {
        let address = || BaseUrl::parse(base_url).unwrap();
        let secret = || SecretString::from(CANARY_SECRET);
        let realtime = |sign_in| {
            Dialect::Realtime(Box::new(RealtimeSettings {
                access_key: AccessKey {
                    id: "key 1".to_owned(),
                    secret: SecretString::from(CANARY_KEY),
                },
                sign_in,
                issuer: address(),
                api_url: None,
                tenant_id: None,
                api_version: ApiVersion::default(),
                allowed_domains: AllowedDomains::default(),
                skills: SkillFilter::default(),
            }))
        };
        let dialect = match self {
            Self::ReportingV2 => Dialect::ReportingV2(ReportingV2Settings {
                base_url: address(),
                client_id: "client 1".to_owned(),
                client_secret: secret(),
                tenant_id: "tenant-1".to_owned(),
            }),
            Self::Realtime => realtime(SignInMethod::Password {
                client_id: "client 1".to_owned(),
                client_secret: secret(),
            }),
            Self::KeyOnly => realtime(SignInMethod::KeyOnly {
                area_url: address(),
            }),
        };
        Settings {
            connect_timeout: Duration::from_secs(20),
            total_timeout: Duration::from_secs(20),
            ..Settings::new(dialect, "cxone-tests/1")
        }
    }

    /// Every request up to the first read, in order.
    pub(crate) fn steps(self) -> Vec<Step> {
        let step = |target, setting| Step { target, setting };
        let read = |setting| step(self.read(), setting);
        match self {
            Self::ReportingV2 => vec![step(self.token(), Setting::BaseUrl), read(Setting::BaseUrl)],
            Self::Realtime => vec![
                step(OPENID, Setting::Issuer),
                step(self.token(), Setting::Issuer),
                step(CXONE, Setting::Issuer),
                read(Setting::Issuer),
            ],
            Self::KeyOnly => vec![
                step(self.token(), Setting::AreaUrl),
                step(CXONE, Setting::Issuer),
                read(Setting::Issuer),
            ],
        }
    }

    /// How many requests a sign-in takes.
    pub(crate) fn steps_of_sign_in(self) -> usize {
        let is_token = |step: &Step| step.target == self.token();
        1 + self.steps().iter().position(is_token).unwrap()
    }

    pub(crate) fn token(self) -> &'static str {
        match self {
            Self::ReportingV2 => crate::tenant::TOKEN,
            Self::Realtime => TOKEN,
            Self::KeyOnly => KEY_TOKEN,
        }
    }

    pub(crate) fn read(self) -> &'static str {
        match self {
            Self::ReportingV2 => crate::tenant::REALTIME,
            Self::Realtime | Self::KeyOnly => CALLS,
        }
    }

    /// A token's answer.
    pub(crate) fn issues(self, token: &str, expires_in: &Value) -> Reply {
        let mut body =
            json!({"access_token": token, "token_type": "Bearer", "expires_in": expires_in});
        if self != Self::ReportingV2 {
            body["id_token"] = id_token("tenant-1").into();
            body["refresh_token"] = CANARY_REFRESH_TOKEN.into();
        }
        Reply::json(&body)
    }

    /// What everything but a read answers while all is well.
    pub(crate) fn good(self, seen: &Seen) -> Option<Reply> {
        let origin = format!("http://{}", seen.header("host").unwrap_or_default());
        match seen.target.as_str() {
            OPENID => Some(Reply::json(
                &json!({"issuer": origin, "token_endpoint": format!("{origin}{TOKEN}")}),
            )),
            CXONE => Some(Reply::json(&json!({"api_endpoint": origin, "area": "na1"}))),
            target if target == self.token() => Some(self.issues(CANARY_TOKEN, &json!(3600))),
            _ => None,
        }
    }

    /// A read's answer, of these queues with one call waiting in each.
    pub(crate) fn queues(self, ids: &[&str]) -> Reply {
        Reply::json(&match self {
            Self::ReportingV2 => crate::tenant::queues(ids),
            Self::Realtime | Self::KeyOnly => {
                let skill = |id: &&str| json!({"skillId": id, "queueCount": 1, "mediaTypeId": 4});
                let skills: Vec<_> = ids.iter().map(skill).collect();
                json!({"totalRecords": skills.len(), "skillActivity": skills})
            }
        })
    }

    /// A tenant that lets anybody in and answers reads by `read`.
    pub(crate) async fn tenant(
        self,
        read: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Scripted {
        Scripted::start(move |seen| self.good(seen).unwrap_or_else(|| read(seen))).await
    }
}

/// An identity token of a tenant, as good as any: nobody checks its signature.
pub(crate) fn id_token(tenant_id: &str) -> String {
    let claims = json!({"sub": "user:1", "tenantId": tenant_id}).to_string();
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
}

/// Stands for any remedy: those of the dialects differ.
pub(crate) const ANY: Remedy = Remedy::Ids;

/// The error without its remedy.
pub(crate) fn plain(mut error: cxone::Error) -> cxone::Error {
    match &mut error {
        cxone::Error::CredentialsRejected { remedy, .. }
        | cxone::Error::TokenRefused { remedy, .. }
        | cxone::Error::Forbidden { remedy }
        | cxone::Error::NothingVisible { remedy }
        | cxone::Error::BadRequest { remedy, .. } => *remedy = ANY,
        _ => {}
    }
    error
}

/// The other side as errors name it.
pub(crate) fn host(server: &Scripted, setting: Setting) -> Host {
    Host {
        name: server.address().to_string(),
        setting,
    }
}
