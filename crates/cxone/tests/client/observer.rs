//! What an observer is told of requests.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use cxone::{CallKind, CallOutcome, Connector, Observer, Settings, budget::RequestBudget};

use crate::{
    failures::SHORT_TIMEOUT,
    scripted::Reply,
    tenant::{SteppedClock, http, ids, queues, settings, tenant},
};

#[derive(Default)]
struct RecordedCalls(Mutex<Vec<(CallKind, CallOutcome)>>);

impl Observer for RecordedCalls {
    fn request_ended(&self, kind: CallKind, outcome: CallOutcome, _took: Duration) {
        self.0.lock().unwrap().push((kind, outcome));
    }
}

/// The calls recorded during `reads` reads.
async fn recorded_calls(settings: Settings, reads: usize) -> Vec<(CallKind, CallOutcome)> {
    let calls = Arc::new(RecordedCalls::default());
    let budget = Arc::new(RequestBudget::new(100));
    let client = Connector::new(settings, budget, Arc::new(SteppedClock::new()))
        .observer(calls.clone())
        .connect()
        .unwrap();
    for _ in 0..reads {
        let _ = client.read_queues(&ids(&["1"]), &[]).await;
    }
    std::mem::take(&mut calls.0.lock().unwrap())
}

#[tokio::test]
async fn observer_is_told_of_sign_in_and_reads() {
    let server = tenant(|_| Reply::json(&queues(&["1"]))).await;
    let expected = [CallKind::SignIn, CallKind::Readings, CallKind::Readings];
    assert_eq!(
        recorded_calls(settings(&http(&server)), 2).await,
        expected.map(|kind| (kind, CallOutcome::Answered))
    );
}

#[tokio::test]
async fn observer_is_told_of_every_outcome() {
    let too_large = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", u32::MAX);
    for (outcome, reply) in [
        (CallOutcome::Answered, Reply::json(&queues(&["1"]))),
        (
            CallOutcome::Answered,
            Reply::new(200, "text/html", "<html>"),
        ),
        (CallOutcome::Refused, Reply::status(403)),
        (CallOutcome::Refused, Reply::status(404)),
        (CallOutcome::RateLimited, Reply::status(429)),
        (CallOutcome::ServerError, Reply::status(500)),
        (CallOutcome::Redirected, Reply::status(302)),
        (CallOutcome::TimedOut, Reply::then_stall("")),
        (CallOutcome::NoConnection, Reply::then_reset("")),
        (
            CallOutcome::NoConnection,
            Reply::then_close("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"),
        ),
        (CallOutcome::Unreadable, Reply::then_stall(&too_large)),
        (
            CallOutcome::Unreadable,
            Reply::then_close("SSH-2.0-OpenSSH_9.6\r\n"),
        ),
    ] {
        let is_stalled = outcome == CallOutcome::TimedOut;
        let server = tenant(move |_| reply.clone()).await;
        let mut settings = settings(&http(&server));
        if is_stalled {
            settings.total_timeout = SHORT_TIMEOUT;
        }
        let calls = recorded_calls(settings, 1).await;
        assert_eq!(calls.last(), Some(&(CallKind::Readings, outcome)));
    }
}
