//! Tokens that are odd, and sign-ins that fail.

use queuewall_shared::snapshot::Cause;
use serde_json::{Value, json};

use crate::{
    fault::{Fault, Shows},
    line::{Act, At, answer},
    world::World,
};

/// Signs out, and issues tokens that say this of their life.
fn expires_in(world: &World, value: Option<Value>) {
    world.sign_out();
    world.line.change(At::Tokens, move |honest| {
        honest.with(|json| {
            let fields = json.as_object_mut().unwrap();
            match &value {
                Some(value) => fields.insert("expires_in".to_owned(), value.clone()),
                None => fields.remove("expires_in"),
            };
        })
    });
}

fn sign_in(world: &World, act: fn() -> Act) {
    world.sign_out();
    world.line.change(At::Tokens, move |_| act());
}

pub(crate) fn faults() -> Vec<Fault> {
    vec![
        Fault::new(
            "a token without expires_in",
            |world| expires_in(world, None),
            Shows::Nothing,
        ),
        Fault::new(
            "expires_in 0",
            |world| expires_in(world, Some(json!(0))),
            Shows::Nothing,
        ),
        Fault::new(
            "expires_in negative",
            |world| expires_in(world, Some(json!(-3_600))),
            Shows::Nothing,
        ),
        Fault::new(
            "expires_in huge",
            |world| expires_in(world, Some(json!(1e300))),
            Shows::Nothing,
        ),
        Fault::new(
            "expires_in 1",
            |world| expires_in(world, Some(json!(1))),
            Shows::Nothing,
        ),
        Fault::new(
            "an answer without a token",
            |world| sign_in(world, || Act::Answer(answer(200, &[], "{}"))),
            Shows::Cause(Cause::Unreadable),
        ),
        Fault::new(
            "500 from the sign-in",
            |world| sign_in(world, || Act::Answer(answer(500, &[], "{}"))),
            Shows::Cause(Cause::UpstreamTrouble),
        ),
        Fault::new(
            "429 from the sign-in",
            |world| sign_in(world, || Act::Answer(answer(429, &[], "{}"))),
            Shows::Cause(Cause::RateLimited),
        ),
        Fault::new(
            "a sign-in that hangs",
            |world| sign_in(world, || Act::Stall(Vec::new())),
            Shows::Cause(Cause::TimedOut),
        ),
    ]
}
