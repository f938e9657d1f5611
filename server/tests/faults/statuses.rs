//! Answers whose status says no.

use std::time::Duration;

use queuewall_shared::snapshot::{Cause, QueueState};

use crate::{
    fault::{Fault, Shows},
    line::{Act, At, answer},
    world::World,
};

const UNREADABLE: Shows = Shows::Cause(Cause::Unreadable);
const TROUBLE: Shows = Shows::Cause(Cause::UpstreamTrouble);
const LIMITED: Shows = Shows::Cause(Cause::RateLimited);
const REJECTED: Shows = Shows::Cause(Cause::SignInRejected);

/// As long as a wish for a pause is granted.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

/// When a queue that CXone did not know is asked for again, while others are known.
const DEAD_RETRY: Duration = Duration::from_secs(600);

fn status(code: u16) -> Vec<u8> {
    answer(code, &[("content-type", "application/json")], "{}")
}

fn retry_after(code: u16, text: &str) -> Vec<u8> {
    answer(code, &[("retry-after", text)], "{}")
}

/// 429 with a date so far from the server's now.
fn limited_until(world: &World, ahead: Duration, behind: Duration) {
    let clock = world.clock.clone();
    world.line.change(At::Reads, move |_| {
        let date = clock.wall() + ahead - behind;
        let bytes = retry_after(429, &httpdate::fmt_http_date(date));
        // A date has whole seconds: the part of one may be missing.
        Act::AnswerAndHold(bytes, ahead.saturating_sub(Duration::from_secs(1)))
    });
}

pub(crate) fn faults() -> Vec<Fault> {
    vec![
        Fault::new(
            "redirect",
            |world| {
                world.line.change(At::Reads, |_| {
                    let elsewhere = [("location", "http://127.0.0.1:9/elsewhere")];
                    Act::Answer(answer(307, &elsewhere, ""))
                });
            },
            UNREADABLE,
        ),
        Fault::new(
            "400",
            |world| world.line.change(At::Reads, |_| Act::Answer(status(400))),
            UNREADABLE,
        ),
        Fault::new(
            "401 (token expired)",
            |world| world.control.revoke_tokens(),
            Shows::Nothing,
        ),
        Fault::new(
            "401 (always)",
            |world| world.line.change(At::Reads, |_| Act::Answer(status(401))),
            REJECTED,
        ),
        Fault::new(
            "401 (the sign-in)",
            |world| {
                world.sign_out();
                world.line.change(At::Tokens, |_| Act::Answer(status(401)));
            },
            REJECTED,
        ),
        Fault::new(
            "403",
            |world| world.line.change(At::Reads, |_| Act::Answer(status(403))),
            Shows::Gone(QueueState::Forbidden, Cause::Forbidden, Cause::Forbidden),
        ),
        Fault::new(
            "404 (one queue)",
            |world| world.control.remove(&world.truth.ids()[0]),
            Shows::First(QueueState::NotFound, Cause::NotFound),
        )
        // The list of skills had it a moment ago.
        .in_realtime(Shows::First(QueueState::Open, Cause::LeftOut))
        .again_after(DEAD_RETRY),
        Fault::new(
            "404 (every queue)",
            |world| {
                let ids = world.truth.ids().iter();
                ids.for_each(|id| world.control.remove(id));
            },
            Shows::Gone(QueueState::NotFound, Cause::NotFound, Cause::NoneFound),
        )
        .in_realtime(Shows::LeftOut),
        Fault::new(
            "429 (seconds)",
            |world| {
                world.line.change(At::Reads, |_| {
                    let pause = Duration::from_secs(40);
                    Act::AnswerAndHold(retry_after(429, "40"), pause)
                });
            },
            LIMITED,
        ),
        Fault::new(
            "429 (a date)",
            |world| limited_until(world, Duration::from_secs(40), Duration::ZERO),
            LIMITED,
        ),
        Fault::new(
            "429 (a date in the past)",
            |world| limited_until(world, Duration::ZERO, Duration::from_secs(3_600)),
            LIMITED,
        ),
        Fault::new(
            "429 (an absurd wait)",
            |world| {
                world.line.change(At::Reads, |_| {
                    Act::AnswerAndHold(retry_after(429, "999999999999"), LONGEST_PAUSE)
                });
            },
            LIMITED,
        ),
        Fault::new(
            "429 (garbage)",
            |world| {
                let answer = |_: &_| Act::Answer(retry_after(429, "-1.5e9 moons"));
                world.line.change(At::Reads, answer);
            },
            LIMITED,
        ),
        Fault::new(
            "429 (no wait said)",
            |world| world.line.change(At::Reads, |_| Act::Answer(status(429))),
            LIMITED,
        ),
        Fault::new(
            "500",
            |world| world.line.change(At::All, |_| Act::Answer(status(500))),
            TROUBLE,
        ),
        Fault::new(
            "502 (an HTML page)",
            |world| {
                let html = [("content-type", "text/html")];
                let page = answer(502, &html, "<html><h1>Bad gateway</h1></html>");
                world
                    .line
                    .change(At::All, move |_| Act::Answer(page.clone()));
            },
            TROUBLE,
        ),
        Fault::new(
            "503",
            |world| {
                world.line.change(At::All, |_| {
                    let pause = Duration::from_secs(20);
                    Act::AnswerAndHold(retry_after(503, "20"), pause)
                });
            },
            TROUBLE,
        ),
    ]
}
