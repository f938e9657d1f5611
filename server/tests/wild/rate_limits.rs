//! Too many requests, of somebody behind a proxy.

use crate::{Wall, assert_dressed, raw};

/// More than the two seconds' worth that may come at once.
const MANY: usize = 3_000;

#[test]
fn proxied_client_over_rate_limit_gets_429_and_others_do_not() {
    let wall = Wall::start(&[
        ("QUEUEWALL_ACCESS", "open"),
        ("QUEUEWALL_TRUSTED_PROXIES", "127.0.0.1"),
    ]);
    let ask = |client: &str, count: usize| {
        let one = |connection: &str| {
            format!(
                "GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nx-forwarded-for: {client}\r\n\
                 connection: {connection}\r\n\r\n"
            )
        };
        let all = one("keep-alive").repeat(count - 1) + &one("close");
        let said = raw::converse(wall.program.address, all.as_bytes(), false);
        raw::answers(&said).unwrap()
    };
    let answers = ask("192.0.2.1", MANY);
    assert_eq!(answers.len(), MANY);
    assert_eq!(answers[0].status, 200);
    let refused: Vec<_> = answers.iter().filter(|it| it.status == 429).collect();
    assert!(!refused.is_empty(), "no end to it");
    for answer in &refused {
        assert_dressed("too much", answer, false);
        assert_eq!(answer.header("retry-after"), "1");
    }
    for client in ["192.0.2.2", "192.0.2.1, 192.0.2.3"] {
        assert_eq!(ask(client, 1)[0].status, 200, "{client}");
    }
    assert_eq!(ask("127.0.0.1", 1)[0].status, 200, "this machine");
    wall.end();
}
