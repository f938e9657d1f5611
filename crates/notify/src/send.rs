//! One attempt.

use std::{
    error::Error as _,
    time::{Duration, SystemTime},
};

use jiff::Timestamp;
use reqwest::{Response, StatusCode, header};
use secrecy::ExposeSecret as _;

use crate::{
    address::Forbidden,
    error::SendError,
    format, mail,
    notification::Notification,
    receiver::{Channel, Receiver, Target},
};

/// How long an attempt takes at most.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(15);
/// How much of an answer is read.
const ANSWER_BYTES: usize = 1_024;

/// Sends `n` once, now.
///
/// # Errors
/// When it was not delivered; see [`SendError`].
pub async fn deliver_once(receiver: &Receiver, n: &Notification) -> Result<(), SendError> {
    let host = receiver.host();
    let body = match receiver.target() {
        Target::Slack { .. } => format::slack(n),
        Target::Teams { .. } => format::teams(n),
        Target::GoogleChat { .. } => format::google_chat(n),
        Target::PagerDuty { routing_key, .. } => {
            format::pagerduty(n, routing_key.expose_secret().trim())
        }
        Target::Webhook { .. } => format::webhook(n),
        Target::Email { .. } => return mail::send(receiver, n).await,
    };
    let Channel::Http { client, url } = &receiver.channel else {
        return mail::send(receiver, n).await;
    };
    let mut request = client
        .post(url.clone())
        .header(header::CONTENT_TYPE, "application/json");
    if let Target::Webhook { secrets, .. } = receiver.target() {
        let at = Timestamp::now().as_second();
        request = request
            .header("webhook-id", &n.id)
            .header("webhook-timestamp", at);
        if !secrets.is_empty() {
            let all: Vec<_> = secrets
                .iter()
                .map(|key| key.sign(&n.id, at, &body))
                .collect();
            request = request.header("webhook-signature", all.join(" "));
        }
    }
    let answer = request
        .body(body)
        .send()
        .await
        .map_err(|error| no_answer(host, &error))?;
    judge(host, receiver.target(), answer).await
}

/// What is said where no answer came. The library's own words have the URL.
fn no_answer(host: &str, error: &reqwest::Error) -> SendError {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(forbidden) = cause.downcast_ref::<Forbidden>() {
            let words = forbidden.words().to_owned();
            return SendError::Forbidden {
                host: host.to_owned(),
                words,
            };
        }
        source = cause.source();
    }
    if error.is_builder() {
        return refused(host, "the request cannot be made".to_owned());
    }
    let words = if error.is_timeout() {
        "no answer within 15 seconds"
    } else if error.is_connect() {
        "no connection: its name, port or certificate"
    } else {
        "the connection broke off"
    };
    SendError::Temporary {
        host: host.to_owned(),
        words: words.to_owned(),
        retry_after: None,
    }
}

fn refused(host: &str, words: String) -> SendError {
    SendError::Refused {
        host: host.to_owned(),
        words,
    }
}

async fn judge(host: &str, target: &Target, answer: Response) -> Result<(), SendError> {
    let status = answer.status();
    let is_slack = matches!(target, Target::Slack { .. });
    if status.is_success() {
        if !is_slack {
            return Ok(());
        }
        let text = beginning(answer).await;
        return match text.trim() {
            "ok" => Ok(()),
            other => Err(refused(host, format!("answered 200{}", said(other)))),
        };
    }
    if status == StatusCode::GONE && matches!(target, Target::Webhook { .. }) {
        return Err(SendError::Gone {
            host: host.to_owned(),
        });
    }
    if status.is_redirection() {
        let words = format!(
            "answered {} (a redirect, which is not followed)",
            status.as_u16()
        );
        return Err(refused(host, words));
    }
    let again = status.is_server_error()
        || matches!(
            status,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT
        );
    let retry_after = retry_after(&answer);
    let mut words = format!("answered {}", status.as_u16());
    if is_slack {
        words.push_str(&said(beginning(answer).await.trim()));
    }
    if again {
        return Err(SendError::Temporary {
            host: host.to_owned(),
            words,
            retry_after,
        });
    }
    Err(refused(host, words))
}

/// Slack's reason, where it is one of its words: an answer may say back what it was sent.
fn said(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_lowercase() || c == '_';
    if (1..=40).contains(&text.len()) && text.chars().all(is_word) {
        return format!(" ({text})");
    }
    String::new()
}

/// The first bytes of an answer, within the attempt's time.
async fn beginning(mut answer: Response) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < ANSWER_BYTES {
        let Ok(Some(chunk)) = answer.chunk().await else {
            break;
        };
        bytes.extend_from_slice(&chunk[..chunk.len().min(ANSWER_BYTES - bytes.len())]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `Retry-After`: seconds, or a date.
fn retry_after(answer: &Response) -> Option<Duration> {
    let text = answer
        .headers()
        .get(header::RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    date.duration_since(SystemTime::now()).ok()
}
