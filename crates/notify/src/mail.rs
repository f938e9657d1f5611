//! Mail.

use std::net::SocketAddr;

use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::header::{ContentType, Header, HeaderName, HeaderValue},
    transport::smtp::{
        self,
        authentication::Credentials,
        client::{Tls, TlsParameters},
        extension::ClientId,
    },
};
use ring::digest;
use secrecy::ExposeSecret as _;

use crate::{
    address::{self, Forbidden},
    error::SendError,
    format,
    notification::Notification,
    receiver::{Channel, Receiver, SmtpTls, Target},
    send::TIMEOUT,
};

/// Keeps answering machines quiet (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Sends `n` once.
pub(crate) async fn send(receiver: &Receiver, n: &Notification) -> Result<(), SendError> {
    match tokio::time::timeout(TIMEOUT, attempt(receiver, n)).await {
        Ok(result) => result,
        Err(_) => Err(temporary(receiver, "no answer within 15 seconds")),
    }
}

async fn attempt(receiver: &Receiver, n: &Notification) -> Result<(), SendError> {
    let message = message(receiver, n).ok_or_else(|| refused(receiver, "no mail can be made"))?;
    let transport = transport(receiver).await?;
    transport
        .send(message)
        .await
        .map(drop)
        .map_err(|error| failed(receiver, &error))
}

async fn transport(receiver: &Receiver) -> Result<AsyncSmtpTransport<Tokio1Executor>, SendError> {
    let (
        Channel::Mail {
            server, port, from, ..
        },
        Target::Email {
            tls,
            user,
            password,
            ..
        },
    ) = (&receiver.channel, receiver.target())
    else {
        return Err(refused(receiver, "it is no mail receiver"));
    };
    let found = tokio::net::lookup_host((server.as_str(), *port)).await;
    let all: Vec<_> = found
        .map_err(|_| temporary(receiver, "its name cannot be resolved"))?
        .collect();
    let mut found = all.iter().copied();
    // A network without IPv6 is more common than a mail server without IPv4.
    let address: SocketAddr = found
        .find(SocketAddr::is_ipv4)
        .or_else(|| all.first().copied())
        .ok_or_else(|| temporary(receiver, "its name has no address"))?;
    address::check(address.ip(), true).map_err(|forbidden: Forbidden| SendError::Forbidden {
        host: receiver.host().to_owned(),
        words: forbidden.words().to_owned(),
    })?;
    let parameters = || {
        TlsParameters::new(server.clone())
            .map_err(|_| refused(receiver, "the machine's certificates cannot be read"))
    };
    let tls = match tls {
        SmtpTls::StartTls => Tls::Required(parameters()?),
        SmtpTls::Implicit => Tls::Wrapper(parameters()?),
        SmtpTls::None => Tls::None,
    };
    // By the address that was checked; the certificate is checked for the name.
    let mut builder =
        AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.ip().to_string())
            .port(*port)
            .tls(tls)
            .timeout(Some(TIMEOUT))
            // Servers refuse `localhost` and names that do not exist.
            .hello_name(ClientId::Domain(from.email.domain().to_owned()));
    if let (Some(user), Some(password)) = (user, password) {
        let password = password.expose_secret().to_owned();
        builder = builder.credentials(Credentials::new(user.clone(), password));
    }
    Ok(builder.build())
}

fn message(receiver: &Receiver, n: &Notification) -> Option<Message> {
    let Channel::Mail { from, to, .. } = &receiver.channel else {
        return None;
    };
    let domain = from.email.domain();
    // The thread is the alert's: mail programs put together what refers to the same message.
    let thread = format!("<{}@{domain}>", hash(&n.key));
    let mut builder = Message::builder()
        .from(from.clone())
        .subject(format::one_line(&n.title, 200))
        .message_id(Some(format!("<{}@{domain}>", hash(&n.id))))
        .references(thread.clone())
        .in_reply_to(thread)
        .date_now()
        .header(AutoSubmitted)
        .header(ContentType::TEXT_PLAIN);
    for mailbox in to {
        builder = builder.to(mailbox.clone());
    }
    let mut text = format::one_line(&n.title, 1_000);
    for line in format::lines(n) {
        text.push_str("\r\n");
        text.push_str(&line);
    }
    for (label, url) in [("Board", &n.link), ("Acknowledge", &n.acknowledge)] {
        if let Some(url) = url {
            text.push_str(&format!("\r\n\r\n{label}: {url}"));
        }
    }
    text.push_str("\r\n");
    builder.body(text).ok()
}

/// An identifier that no text can break out of.
fn hash(text: &str) -> String {
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    digest
        .as_ref()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The server's answer may have the user's name or more: its code is said.
fn failed(receiver: &Receiver, error: &smtp::Error) -> SendError {
    let code = error
        .status()
        .map(|code| format!("the mail server answered {code}"));
    let words = code.unwrap_or_else(|| "no connection: its port, encryption or certificate".into());
    if error.is_permanent() || error.is_client() {
        return refused(receiver, &words);
    }
    temporary(receiver, &words)
}

fn refused(receiver: &Receiver, words: &str) -> SendError {
    SendError::Refused {
        host: receiver.host().to_owned(),
        words: words.to_owned(),
    }
}

fn temporary(receiver: &Receiver, words: &str) -> SendError {
    let words = words.to_owned();
    SendError::Temporary {
        host: receiver.host().to_owned(),
        words,
        retry_after: None,
    }
}
