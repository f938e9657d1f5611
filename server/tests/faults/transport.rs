//! The network, up to the first byte of an answer and between two of them.

use queuewall_shared::snapshot::Cause;

use crate::{
    fault::{Fault, Shows},
    line::{Act, At, Greeting},
};

const NO_CONNECTION: Shows = Shows::Cause(Cause::NoConnection);
const TIMED_OUT: Shows = Shows::Cause(Cause::TimedOut);

/// An answer's head, and a part of its body.
const HALF: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 4096\r\n\r\n{\"queues\":[";

pub(crate) fn faults() -> Vec<Fault> {
    vec![
        Fault::new("refused", |world| world.refuse(), NO_CONNECTION),
        Fault::new("DNS gone", |world| world.take_name_away(), NO_CONNECTION),
        Fault::new(
            "reset before the answer",
            |world| world.line.change(At::All, |_| Act::Reset(Vec::new())),
            NO_CONNECTION,
        ),
        Fault::new(
            "reset in the body",
            |world| world.line.change(At::Reads, |_| Act::Reset(HALF.into())),
            NO_CONNECTION,
        ),
        Fault::new(
            "closed before the answer",
            |world| world.line.change(At::All, |_| Act::Close(Vec::new())),
            NO_CONNECTION,
        ),
        Fault::new(
            "closed in the body",
            |world| world.line.change(At::Reads, |_| Act::Close(HALF.into())),
            NO_CONNECTION,
        ),
        Fault::new(
            "hang before the answer",
            |world| world.line.change(At::All, |_| Act::Stall(Vec::new())),
            TIMED_OUT,
        ),
        Fault::new(
            "hang in the body",
            |world| world.line.change(At::Reads, |_| Act::Stall(HALF.into())),
            TIMED_OUT,
        ),
        Fault::new(
            "one byte a second",
            |world| {
                let change = |honest: &crate::line::Honest| Act::Trickle(honest.bytes());
                world.line.change(At::Reads, change);
            },
            TIMED_OUT,
        ),
        Fault::new(
            "TLS broken",
            |world| {
                world
                    .line
                    .greet(Greeting::Noise(b"\x16\x03\x01\xff\xff no"))
            },
            NO_CONNECTION,
        )
        .encrypted(),
        Fault::new("TLS expired", |world| world.expire(), NO_CONNECTION).encrypted(),
        Fault::new(
            "another protocol",
            |world| {
                world
                    .line
                    .greet(Greeting::Noise(b"SSH-2.0-OpenSSH_9.6\r\n"))
            },
            Shows::Cause(Cause::Unreadable),
        ),
    ]
}
