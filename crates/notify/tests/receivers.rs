//! Receivers as real servers on local listeners.

use std::time::{Duration, SystemTime};

use queuewall_notify::{
    Kind, Notification, Outbox, PagerDutyEndpoint, Receiver, SendError, Severity, SigningSecret,
    SmtpTls, Target, deliver_once,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// A request's head and body.
type Request = (String, Value);

fn notification(kind: Kind) -> Notification {
    Notification {
        id: "msg_1".into(),
        key: "queuewall/board/1".into(),
        kind,
        event: "queue.critical".into(),
        title: "<!channel> *Zürich* & co: 14 waiting".into(),
        lines: vec!["Longest 6:10".into()],
        at: "2026-01-05T10:02:00Z".parse().expect("a time"),
        board: "board".into(),
        subject: "Sales".into(),
        rule: "longest_wait".into(),
        link: "https://wall.example/b/1".parse().ok(),
        acknowledge: "https://wall.example/ack/s3cret".parse().ok(),
        data: json!({"waiting": 14}),
    }
}

fn critical() -> Notification {
    notification(Kind::Triggered(Severity::Critical))
}

/// Answers each connection with the next answer, the last for ever.
async fn server(answers: &[&str]) -> std::io::Result<(String, UnboundedReceiver<Request>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/s3cret?sig=s3cret", listener.local_addr()?);
    let answers: Vec<String> = answers.iter().map(|&answer| answer.to_owned()).collect();
    let (sender, requests) = unbounded_channel();
    tokio::spawn(async move {
        let mut turn = 0;
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if stream.read_line(&mut line).await.unwrap_or(0) <= 2 {
                    break;
                }
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap_or(0);
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            if stream.read_exact(&mut body).await.is_err() {
                continue;
            }
            let answer = &answers[turn.min(answers.len() - 1)];
            turn += 1;
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = sender.send((head, serde_json::from_slice(&body).unwrap_or_default()));
        }
    });
    Ok((url, requests))
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const ACCEPTED: &str = "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n";

fn slack(url: &str) -> Result<Receiver, queuewall_notify::ReceiverError> {
    Receiver::new("team", Target::Slack { url: url.into() }, true)
}

#[tokio::test]
async fn slack_gets_escaped_text_and_links() -> Outcome {
    let (url, mut requests) = server(&[OK]).await?;
    deliver_once(&slack(&url)?, &critical()).await?;
    let (_, body) = requests.recv().await.ok_or("no request")?;
    assert_eq!(
        body["text"],
        "&lt;!channel&gt; *Zürich* &amp; co: 14 waiting\nLongest 6:10\n\
         <https://wall.example/b/1|Board>\n<https://wall.example/ack/s3cret|Acknowledge>"
    );
    Ok(())
}

#[tokio::test]
async fn answers_are_judged_and_errors_have_no_secrets() -> Outcome {
    for (answer, is_temporary) in [
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nno s3cret!",
            false,
        ),
        (
            "HTTP/1.1 404 Not Found\r\ncontent-length: 17\r\n\r\nchannel_not_found",
            false,
        ),
        (
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n",
            false,
        ),
        (
            "HTTP/1.1 429 Slow\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n",
            true,
        ),
        ("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n", true),
        ("not HTTP\r\n\r\n", true),
    ] {
        let (url, _requests) = server(&[answer]).await?;
        let receiver = slack(&url)?;
        let error = deliver_once(&receiver, &critical())
            .await
            .err()
            .ok_or("delivered")?;
        assert_eq!(error.is_temporary(), is_temporary, "{answer}: {error}");
        assert!(
            !format!("{error} {error:?} {receiver:?}").contains("s3cret"),
            "{error:?}"
        );
        if answer.contains("retry-after") {
            let asked = Some(Duration::from_secs(7));
            assert!(
                matches!(error, SendError::Temporary { retry_after, .. } if retry_after == asked)
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn teams_gets_card_with_markdown_escaped_below_its_limit() -> Outcome {
    let (url, mut requests) = server(&[ACCEPTED]).await?;
    let receiver = Receiver::new("team", Target::Teams { url: url.into() }, true)?;
    let mut long = critical();
    long.lines = vec!["*ü".repeat(900); 40];
    deliver_once(&receiver, &long).await?;
    let (_, body) = requests.recv().await.ok_or("no request")?;
    let blocks = &body["attachments"][0]["content"]["body"];
    assert_eq!(
        blocks[0]["text"],
        "\\<!channel\\> \\*Zürich\\* & co: 14 waiting"
    );
    assert!(blocks[1]["text"].is_string());
    assert!(body.to_string().len() <= 21_000);
    Ok(())
}

#[tokio::test]
async fn google_chat_gets_thread_and_no_mention() -> Outcome {
    let (url, mut requests) = server(&[OK]).await?;
    let receiver = Receiver::new("room", Target::GoogleChat { url: url.into() }, true)?;
    deliver_once(&receiver, &critical()).await?;
    let (head, body) = requests.recv().await.ok_or("no request")?;
    assert!(
        head.contains("messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"),
        "{head}"
    );
    assert_eq!(body["thread"]["threadKey"], "queuewall/board/1");
    assert!(!body["text"].as_str().unwrap_or("<!").contains("<!"));
    Ok(())
}

#[tokio::test]
async fn pagerduty_triggers_and_resolves_with_same_key() -> Outcome {
    let (url, mut requests) = server(&[ACCEPTED]).await?;
    let endpoint = PagerDutyEndpoint::Other(url.parse()?);
    let target = Target::PagerDuty {
        routing_key: "k".into(),
        endpoint,
    };
    let receiver = Receiver::new("pager", target, true)?;
    deliver_once(&receiver, &critical()).await?;
    deliver_once(&receiver, &notification(Kind::Resolved)).await?;
    let (_, trigger) = requests.recv().await.ok_or("no request")?;
    let (_, resolve) = requests.recv().await.ok_or("no request")?;
    assert_eq!(trigger["payload"]["severity"], "critical");
    assert_eq!(trigger["payload"]["group"], "board");
    let key = &trigger["dedup_key"];
    assert_eq!(
        resolve,
        json!({"routing_key": "k", "event_action": "resolve", "dedup_key": key})
    );
    Ok(())
}

#[tokio::test]
async fn webhook_has_a_signature_for_each_secret() -> Outcome {
    let (url, mut requests) = server(&[ACCEPTED]).await?;
    let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
    let secrets = vec![secret.clone(), secret];
    let receiver = Receiver::new(
        "hook",
        Target::Webhook {
            url: url.into(),
            secrets,
        },
        true,
    )?;
    deliver_once(&receiver, &critical()).await?;
    let (head, body) = requests.recv().await.ok_or("no request")?;
    assert!(head.contains("webhook-id: msg_1"), "{head}");
    assert_eq!(head.matches("v1,").count(), 2, "{head}");
    assert_eq!(body["type"], "queue.critical");
    assert_eq!(body["data"]["details"]["waiting"], 14);
    Ok(())
}

#[tokio::test]
async fn private_addresses_are_refused_in_any_spelling() -> Outcome {
    for host in [
        "127.0.0.1",
        "0x7f.1",
        "2130706433",
        "[::ffff:127.0.0.1]",
        "169.254.169.254",
    ] {
        let url = format!("https://{host}/s3cret");
        let secrets = Vec::new();
        let made = Receiver::new(
            "hook",
            Target::Webhook {
                url: url.into(),
                secrets,
            },
            false,
        );
        let error = made.err().ok_or(host)?.to_string();
        assert!(!error.contains("s3cret"), "{error}");
    }
    let url = "https://localhost:1/".into();
    let receiver = Receiver::new(
        "hook",
        Target::Webhook {
            url,
            secrets: Vec::new(),
        },
        false,
    )?;
    let error = deliver_once(&receiver, &critical())
        .await
        .err()
        .ok_or("delivered")?;
    assert!(matches!(error, SendError::Forbidden { .. }), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn outbox_retries_until_the_receiver_takes_it() -> Outcome {
    let busy = "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n";
    let (url, mut requests) = server(&[busy, OK]).await?;
    let outbox = Outbox::new(vec![slack(&url)?]);
    assert!(outbox.send("team", critical()));
    assert!(!outbox.send("nobody", critical()));
    let first = requests.recv().await.ok_or("no request")?;
    let second = requests.recv().await.ok_or("no retry")?;
    assert_eq!(first.1, second.1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn outbox_gives_up_dead_receiver_after_ten_minutes() -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/", listener.local_addr()?);
    drop(listener);
    let outbox = Outbox::new(vec![slack(&url)?]);
    outbox.send("team", critical());
    let start = tokio::time::Instant::now();
    while outbox.status()[0].gave_up == 0 {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(
        (540..=660).contains(&start.elapsed().as_secs()),
        "{:?}",
        start.elapsed()
    );
    let status = &outbox.status()[0];
    assert!(status.failed > 5 && status.pending == 0 && status.last_failure.is_some());
    Ok(())
}

#[tokio::test]
async fn resolved_replaces_trigger_that_was_never_delivered() -> Outcome {
    let (url, mut requests) = server(&[OK]).await?;
    let outbox = Outbox::new(vec![slack(&url)?]);
    // On one thread the task has not begun yet.
    outbox.send("team", critical());
    outbox.send(
        "team",
        Notification {
            title: "over".into(),
            ..notification(Kind::Resolved)
        },
    );
    assert_eq!(outbox.status()[0].pending, 1);
    let (_, body) = requests.recv().await.ok_or("no request")?;
    assert!(
        body["text"]
            .as_str()
            .unwrap_or_default()
            .starts_with("over")
    );
    Ok(())
}

#[tokio::test]
async fn mail_has_encoded_subject_and_no_injected_header() -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = Some(listener.local_addr()?.port());
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await?;
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 hello\r\n").await?;
        let (mut mail, mut in_data) = (String::new(), false);
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok::<_, std::io::Error>(mail);
            }
            let answer = match line.trim_end() {
                "EHLO example.com" => "250 welcome\r\n",
                hello if hello.starts_with("EHLO") => "504 need a name that exists\r\n",
                "DATA" => "354 go on\r\n",
                "." => "250 taken\r\n",
                "QUIT" => return Ok(mail),
                _ if in_data => {
                    mail.push_str(&line);
                    continue;
                }
                _ => "250 fine\r\n",
            };
            in_data = line.trim_end() == "DATA";
            stream.write_all(answer.as_bytes()).await?;
            if line.trim_end() == "." {
                return Ok(mail);
            }
        }
    });
    let target = Target::Email {
        server: "127.0.0.1".into(),
        port,
        tls: SmtpTls::None,
        user: None,
        password: None,
        from: "Wall <wall@example.com>".into(),
        to: vec!["team@example.com".into()],
    };
    let receiver = Receiver::new("mail", target, false)?;
    let mut evil = critical();
    evil.title = "Zürich\r\nBcc: all@example.com".into();
    deliver_once(&receiver, &evil).await?;
    let mail = server.await??;
    assert!(!mail.lines().any(|line| line.starts_with("Bcc:")), "{mail}");
    assert!(
        mail.contains("Subject: =?utf-8?b?") || mail.contains("Subject: =?utf-8?q?"),
        "{mail}"
    );
    for header in [
        "Auto-Submitted: auto-generated",
        "References: <",
        "Message-ID: <",
        "Date: ",
    ] {
        assert!(mail.contains(header), "{header}: {mail}");
    }
    Ok(())
}

#[tokio::test]
async fn webhook_is_switched_off_when_it_answers_gone() -> Outcome {
    let (url, mut requests) = server(&["HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n"]).await?;
    let target = Target::Webhook {
        url: url.into(),
        secrets: Vec::new(),
    };
    let outbox = Outbox::new(vec![Receiver::new("hook", target, true)?]);
    outbox.send("hook", critical());
    requests.recv().await.ok_or("no request")?;
    while !outbox.status()[0].switched_off {
        tokio::task::yield_now().await;
    }
    outbox.send("hook", notification(Kind::Resolved));
    let status = &outbox.status()[0];
    assert_eq!((status.pending, status.sent, status.gave_up), (0, 0, 2));
    let words = status
        .last_failure
        .as_ref()
        .map(|failure| failure.words.clone());
    assert!(words.is_some_and(|words| words.contains("410")));
    Ok(())
}

#[tokio::test]
async fn retry_after_may_be_a_date() -> Outcome {
    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(3_600));
    let answer = format!("HTTP/1.1 429 Slow\r\nretry-after: {date}\r\ncontent-length: 0\r\n\r\n");
    let (url, _requests) = server(&[&answer]).await?;
    let error = deliver_once(&slack(&url)?, &critical())
        .await
        .err()
        .ok_or("delivered")?;
    let SendError::Temporary {
        retry_after: Some(asked),
        ..
    } = error
    else {
        return Err(error.into());
    };
    assert!((3_500..=3_600).contains(&asked.as_secs()), "{asked:?}");
    Ok(())
}
