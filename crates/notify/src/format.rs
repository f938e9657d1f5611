//! The bodies: one function a target. See each vendor's limits beside it.

use serde_json::{Value, json};

use crate::notification::{Kind, Notification};

/// Teams takes about 28 KB, counted after its own additions.
const TEAMS_BYTES: usize = 21_000;
/// Slack takes about 40,000 characters, Google Chat 32,000 bytes: nobody reads as much.
const CHAT_BYTES: usize = 8_000;
/// Standard Webhooks asks for less than 20 kB.
const WEBHOOK_BYTES: usize = 19_000;
const PAGERDUTY_BYTES: usize = 500_000;
/// PagerDuty's limit of a summary, in characters.
const TITLE_CHARACTERS: usize = 1_000;
const LINE_CHARACTERS: usize = 1_000;

/// `text` on one line and without control characters, cut at a character boundary.
pub(crate) fn one_line(text: &str, most: usize) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    if text.chars().count() <= most {
        return text.chars().map(clean).collect();
    }
    let kept = text.chars().take(most.saturating_sub(1)).map(clean);
    kept.chain(['…']).collect()
}

fn title(n: &Notification) -> String {
    one_line(&n.title, TITLE_CHARACTERS)
}

/// All lines that are shown: `lines` and who acknowledged.
pub(crate) fn lines(n: &Notification) -> Vec<String> {
    let by = match &n.kind {
        Kind::Acknowledged { by } => Some(format!("Acknowledged by {by}")),
        _ => None,
    };
    let all = n.lines.iter().chain(by.as_ref());
    all.map(|line| one_line(line, LINE_CHARACTERS)).collect()
}

/// Makes the body with as many of the lines as fit into `most` bytes.
fn fitting(n: &Notification, most: usize, make: impl Fn(&[String]) -> Value) -> String {
    let mut lines = lines(n);
    loop {
        let body = make(&lines).to_string();
        if body.len() <= most || lines.pop().is_none() {
            return body;
        }
    }
}

/// Slack: `&`, `<` and `>` are all that it gives a meaning, such as `<!channel>`.
pub(crate) fn slack(n: &Notification) -> String {
    let escape = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    };
    fitting(n, CHAT_BYTES, |lines| {
        let text = chat_text(n, lines, escape);
        json!({"text": text, "unfurl_links": false, "unfurl_media": false})
    })
}

/// Google Chat: it has no escapes, so that an invisible space takes the meaning away.
pub(crate) fn google_chat(n: &Notification) -> String {
    let escape = |text: &str| {
        let mut escaped = String::with_capacity(text.len());
        for c in text.chars() {
            escaped.push(c);
            if matches!(c, '<' | '*' | '_' | '~' | '`') {
                escaped.push('\u{200b}');
            }
        }
        escaped
    };
    fitting(n, CHAT_BYTES, |lines| {
        let key = one_line(&n.key, TITLE_CHARACTERS);
        json!({"text": chat_text(n, lines, escape), "thread": {"threadKey": key}})
    })
}

fn chat_text(n: &Notification, lines: &[String], escape: impl Fn(&str) -> String) -> String {
    let mut text = escape(&title(n));
    for line in lines {
        text.push('\n');
        text.push_str(&escape(line));
    }
    for (url, label) in links(n) {
        // The part before `|` must have none itself.
        let url = url.replace('|', "%7C");
        text.push_str(&format!("\n<{url}|{label}>"));
    }
    text
}

fn links(n: &Notification) -> Vec<(&str, &'static str)> {
    let link = n.link.as_ref().map(|url| (url.as_str(), "Board"));
    let acknowledge = n
        .acknowledge
        .as_ref()
        .map(|url| (url.as_str(), "Acknowledge"));
    link.into_iter().chain(acknowledge).collect()
}

/// Teams: an adaptive card, whose text blocks read some of Markdown.
pub(crate) fn teams(n: &Notification) -> String {
    let color = match n.kind {
        Kind::Triggered(crate::Severity::Critical) => "attention",
        Kind::Triggered(crate::Severity::Warning) => "warning",
        Kind::Resolved => "good",
        Kind::Acknowledged { .. } | Kind::Test => "default",
    };
    fitting(n, TEAMS_BYTES, |lines| {
        let mut blocks = vec![json!({
            "type": "TextBlock", "text": markdown(&title(n)), "weight": "Bolder",
            "size": "Medium", "wrap": true, "style": "heading", "color": color,
        })];
        for line in lines {
            blocks.push(json!({"type": "TextBlock", "text": markdown(line), "wrap": true}));
        }
        let actions: Vec<_> = links(n)
            .into_iter()
            .map(|(url, label)| json!({"type": "Action.OpenUrl", "title": label, "url": url}))
            .collect();
        json!({"type": "message", "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard", "version": "1.2",
                "body": blocks, "actions": actions, "msteams": {"width": "full"},
            },
        }]})
    })
}

/// Escapes what Markdown gives a meaning, and a list's mark at the start.
fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    for (at, c) in text.chars().enumerate() {
        let is_list = match c {
            '-' | '+' => at == 0,
            '.' | ')' => at == digits && digits > 0,
            _ => false,
        };
        if is_list
            || matches!(
                c,
                '\\' | '*' | '_' | '[' | ']' | '~' | '`' | '#' | '<' | '>'
            )
        {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// PagerDuty's Events API, version 2.
pub(crate) fn pagerduty(n: &Notification, routing_key: &str) -> String {
    let key: String = n.key.chars().take(255).collect();
    let (action, severity) = match &n.kind {
        Kind::Triggered(severity) => ("trigger", severity.as_str()),
        Kind::Test => ("trigger", "info"),
        Kind::Resolved => ("resolve", ""),
        Kind::Acknowledged { .. } => ("acknowledge", ""),
    };
    let mut event = json!({"routing_key": routing_key, "event_action": action, "dedup_key": key});
    if action != "trigger" {
        return event.to_string();
    }
    let details = json!({"lines": lines(n), "numbers": n.data});
    let details = if details.to_string().len() > PAGERDUTY_BYTES {
        Value::Null
    } else {
        details
    };
    event["payload"] = json!({
        "summary": title(n), "source": "queuewall", "severity": severity,
        "timestamp": n.at.to_string(), "component": n.subject, "group": n.board,
        "class": n.rule, "custom_details": details,
    });
    event["client"] = json!("Queuewall");
    if let Some(link) = &n.link {
        event["client_url"] = json!(link.as_str());
    }
    let links: Vec<_> = links(n)
        .into_iter()
        .map(|(href, text)| json!({"href": href, "text": text}))
        .collect();
    event["links"] = Value::Array(links);
    event.to_string()
}

/// Standard Webhooks: `type`, `timestamp`, `data`.
pub(crate) fn webhook(n: &Notification) -> String {
    let with = |lines: &[String], details: &Value| {
        json!({"type": n.event, "timestamp": n.at.to_string(), "data": {
            "key": n.key, "state": n.kind.as_str(), "title": title(n), "lines": lines,
            "board": n.board, "subject": n.subject, "rule": n.rule,
            "link": n.link.as_ref().map(url::Url::as_str),
            "acknowledge": n.acknowledge.as_ref().map(url::Url::as_str),
            "details": details,
        }})
    };
    let whole = fitting(n, WEBHOOK_BYTES, |lines| with(lines, &n.data));
    if whole.len() <= WEBHOOK_BYTES {
        return whole;
    }
    fitting(n, WEBHOOK_BYTES, |lines| with(lines, &Value::Null))
}
