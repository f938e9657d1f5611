//! What to do about a failed read: the settings to check, by the names that the
//! configuration has for them.

use std::time::Duration;

use cxone::{Error, LeftOut, ProxyError, Remedy, Setting};

/// A failed read as logs and the command line show it: what happened, and what to do. A
/// wall shows less.
#[must_use]
pub fn explain(error: &Error) -> String {
    let what = match error {
        Error::TooManyIds { given, limit } => format!(
            "Queuewall asked for {given} queues in one request, of which {limit} are allowed"
        ),
        Error::Redirected { status, host } => {
            format!("{host} redirects (HTTP {status}), which Queuewall does not follow")
        }
        Error::HostRefused { allowed, .. } => {
            return format!(
                "{error}; check CXONE_ISSUER, and CXONE_ALLOWED_DOMAINS ({allowed}) if that host is right"
            );
        }
        _ => error.to_string(),
    };
    format!("{what}: {}", remedy(error))
}

/// Why a board of every queue leaves a queue out: the setting that does it.
#[must_use]
pub fn left_out(reason: &LeftOut) -> String {
    match reason {
        LeftOut::MediaType(media_type) => format!("CXONE_MEDIA_TYPES is without {media_type}"),
        LeftOut::Outbound => "outbound: CXONE_OUTBOUND_SKILLS=true shows it".to_owned(),
        LeftOut::Inactive => "inactive: CXONE_INACTIVE_SKILLS=true shows it".to_owned(),
    }
}

/// What to do about a variable that names a proxy, or the exceptions from it.
#[must_use]
pub fn of_proxy_variable(error: ProxyError) -> &'static str {
    match error {
        ProxyError::Quoted => "remove them",
        ProxyError::Socks => "name a proxy that takes HTTP CONNECT, as http://HOST:PORT",
        ProxyError::Blank | ProxyError::Malformed => {
            "write http://HOST:PORT or http://USER:PASSWORD@HOST:PORT; in user name and password write \
             %40 for @, %3A for :, %2F for /, %23 for #, %3F for ?, %25 for %"
        }
        ProxyError::ExceptionQuoted | ProxyError::ExceptionWithUser => {
            "write names, IP addresses and networks with commas, as in localhost,.example.com,10.0.0.0/8"
        }
    }
}

fn remedy(error: &Error) -> String {
    match error {
        Error::CredentialsRejected { remedy, .. }
        | Error::TokenRefused { remedy, .. }
        | Error::Forbidden { remedy }
        | Error::NothingVisible { remedy }
        | Error::BadRequest { remedy, .. } => of_refusal(*remedy).to_owned(),
        Error::HostRefused { .. } | Error::TooManyIds { .. } => "report it".to_owned(),
        Error::QueueNotFound { .. } => {
            "compare with `queuewall queues`, which lists what this tenant shows".to_owned()
        }
        Error::EndpointNotFound { host, .. } | Error::TooLarge { host, .. } => {
            format!("check {}", name(host.setting))
        }
        Error::TenantNotFound { host, .. } => format!(
            "check CXONE_TENANT_ID, or leave it out, and {}",
            name(host.setting)
        ),
        Error::RateLimited { .. } => "see what else uses these credentials, or raise QUEUEWALL_POLL_SECONDS and lower \
             QUEUEWALL_BUDGET_PER_MINUTE"
            .to_owned(),
        Error::ServerError { .. } => {
            "a running server goes on trying; run a command again once CXone has recovered".to_owned()
        }
        Error::Redirected { host, .. } => format!(
            "check {}, and whether a proxy sends to its log-in page",
            name(host.setting)
        ),
        Error::UnexpectedStatus { .. } => {
            "see whether a proxy answers in its place; if it stays, report it with Queuewall's version"
                .to_owned()
        }
        Error::Dns { setting, .. } => {
            format!("check {}, HTTPS_PROXY, and this machine's DNS", name(*setting))
        }
        Error::Tls { host, detail } => of_tls(detail, name(host.setting)),
        Error::Connect { host, .. } => format!(
            "check {}, the firewall, and HTTPS_PROXY / NO_PROXY",
            name(host.setting)
        ),
        Error::ProxyRefused { status, label, .. } => of_proxy(*status, label),
        Error::TimedOut { after, .. } => format!(
            "check the network, the firewall, HTTPS_PROXY, and CXone's status page{}",
            of_short_time(*after)
        ),
        Error::Truncated { .. } => "check the network, or a proxy that cuts connections".to_owned(),
        Error::NotJson { host, content } => {
            format!("check {}{}", name(host.setting), of_other_content(content))
        }
        Error::MalformedJson { ends_early, .. } => format!(
            "{}if it stays, report it to CXone's support with this line",
            if *ends_early {
                "see whether a proxy cuts answers; "
            } else {
                ""
            }
        ),
        Error::LedgerLost { .. } => {
            "other servers may share the request budget in it; see that the database runs and can be reached"
                .to_owned()
        }
        Error::UnexpectedShape { .. } if error.is_without_tenant() => {
            "set CXONE_TENANT_ID".to_owned()
        }
        Error::UnexpectedShape { .. } => "report it with Queuewall's version".to_owned(),
    }
}

fn name(setting: Setting) -> &'static str {
    match setting {
        Setting::BaseUrl => "CXONE_BASE_URL",
        Setting::Issuer => "CXONE_ISSUER",
        Setting::AreaUrl => "CXONE_AREA_URL",
        Setting::ApiVersion => "CXONE_API_VERSION",
    }
}

fn of_refusal(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::ApiClient => {
            "check CXONE_CLIENT_ID, CXONE_CLIENT_SECRET and CXONE_TENANT_ID, and that the API client allows the client \
             credentials grant"
        }
        Remedy::AccessKeyOrApplication => {
            "check CXONE_ACCESS_KEY_ID and CXONE_ACCESS_KEY_SECRET, that the access key and its user are active, and \
             that CXONE_CLIENT_ID and CXONE_CLIENT_SECRET are those of the registered application"
        }
        Remedy::Application => {
            "check CXONE_CLIENT_ID and CXONE_CLIENT_SECRET: they are those that CXone gave for the registered \
             application, not the access key's"
        }
        Remedy::AccessKey => {
            "check CXONE_ACCESS_KEY_ID and CXONE_ACCESS_KEY_SECRET, and that the access key and its user are active"
        }
        Remedy::AccessKeyOrArea => {
            "check CXONE_ACCESS_KEY_ID and CXONE_ACCESS_KEY_SECRET, that the access key and its user are active, and \
             that CXONE_AREA_URL is your tenant's area"
        }
        Remedy::ApiClientTenant => {
            "check that CXONE_BASE_URL and CXONE_TENANT_ID belong to the same tenant; if another try some seconds later \
             works, it was only CXone's clocks that differ"
        }
        Remedy::AccessKeyTenant => {
            "check that the access key's user is active, and that CXONE_ISSUER, and CXONE_BASE_URL where it is set, are \
             your tenant's; if another try some seconds later works, it was only CXone's clocks that differ"
        }
        Remedy::ApiClientChanged => {
            "reads worked with these settings since this start, so something changed in CXone: see under \
             Administration > Security > API Clients whether the API client was deactivated, has expired, lost its \
             scope or was given a new secret; a new secret is read at the next start"
        }
        Remedy::AccessKeyChanged => {
            "reads worked with these settings since this start, so something changed in CXone: see whether the access \
             key, its user or the registered application was deactivated, has expired, lost permissions or was given a \
             new secret; a new secret is read at the next start"
        }
        Remedy::QueueScope => {
            "grant this API client the scope reporting:queue:view under Administration > Security > API Clients"
        }
        Remedy::SkillPermission => {
            "give the role of the access key's user the permission to view ACD skills, under Admin > Security > Roles \
             & Permissions"
        }
        Remedy::ReportPermission => {
            "give the role of the access key's user the permissions to view skills, users and reports, under Admin > \
             Security > Roles & Permissions; CXone does not document which of them this needs"
        }
        Remedy::VisibleQueues => {
            "check CXONE_TENANT_ID, and what the API client may see under Administration > Security > API Clients"
        }
        Remedy::VisibleSkills => {
            "give the role of the access key's user the permission to view ACD skills, and check that its Restricted \
             Access leaves it the campaigns, under Admin > Security > Roles & Permissions"
        }
        Remedy::SkillFilter => {
            "check CXONE_MEDIA_TYPES and CXONE_OUTBOUND_SKILLS, and the permissions of the access key's user: \
             `queuewall queues` lists what there is to see"
        }
        Remedy::LeftOut => {
            "the configuration leaves out every queue that there is: `queuewall check` says why"
        }
        Remedy::Ids => "check the queue and skill ids",
        Remedy::VersionOrMediaTypes => "check CXONE_API_VERSION and CXONE_MEDIA_TYPES",
    }
}

/// What to check, by the TLS library's words.
fn of_tls(detail: &str, setting: &str) -> String {
    let says = |words: &[&str]| words.iter().any(|word| detail.contains(word));
    if says(&["CaUsedAsEndEntity"]) {
        "it shows a CA's own certificate, which no setting makes good: give that server one that its CA issued"
            .to_owned()
    } else if says(&["not valid for name", "NotValidForName"]) {
        format!("its certificate is for another name: check {setting}")
    } else if says(&["expired", "not valid yet"]) {
        "check this machine's clock; if it is right, that certificate has to be renewed".to_owned()
    } else if says(&[
        "HandshakeFailure",
        "ProtocolVersion",
        "peer is incompatible",
    ]) {
        "it speaks no TLS that is safe: TLS 1.3, or 1.2 with ECDHE, is needed; a company proxy in between has to \
         be updated"
            .to_owned()
    } else if says(&["corrupt message"]) {
        format!(
            "it does not speak TLS: check {setting}, and HTTPS_PROXY, which begins with http:// for most proxies"
        )
    } else {
        "behind a company proxy set CXONE_CA_FILE to its CA certificate; else check the machine's clock".to_owned()
    }
}

fn of_proxy(status: u16, setting: &str) -> String {
    match status {
        407 => format!("check user name and password in {setting}"),
        400..=499 => format!(
            "ask the proxy's administrator to allow CONNECT to this host, or check {setting} and NO_PROXY"
        ),
        500..=599 => "the proxy does not reach the host: ask the proxy's administrator".to_owned(),
        _ => format!("check {setting}: it may name something that is no proxy"),
    }
}

/// The time limits of a connection and of a request where the interval leaves room for them.
const USUAL_LIMITS: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(10)];

fn of_short_time(after: Duration) -> &'static str {
    if after >= USUAL_LIMITS[1] || after == USUAL_LIMITS[0] {
        ""
    } else {
        "; it has more time where QUEUEWALL_POLL_SECONDS is 11 or more"
    }
}

fn of_other_content(content: &str) -> &'static str {
    match content {
        content if content.starts_with("an HTML page") => {
            "; a proxy's, firewall's or log-in page may stand in between"
        }
        content if content.ends_with("(HTTP 403)") => {
            "; a firewall or proxy may refuse this machine: ask who runs it; if none does, check the credentials"
        }
        content if content.contains("compressed") || content.contains("damaged") => {
            "; a proxy may stand in between that compresses bodies unasked"
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests;
