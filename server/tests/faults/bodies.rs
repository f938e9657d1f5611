//! Answers with status 200 and a body that is not what it should be.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use queuewall_shared::snapshot::{Cause, QueueState};
use serde_json::{Value, json};

use crate::{
    fault::{Fault, Shows},
    line::{Act, At, Honest, answer, entries, list_name},
    world::World,
};

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];
const UNREADABLE: Shows = Shows::Cause(Cause::Unreadable);

/// Every number that either dialect has.
const NUMBERS: [&str; 17] = [
    "callsWaiting",
    "averageWaitTime",
    "serviceLevel",
    "agentsLoggedOn",
    "agentsAvailable",
    "agentsBusy",
    "agentsLoggedIn",
    "agentsWorking",
    "agentsACW",
    "agentsIdle",
    "agentsUnavailable",
    "contactsActive",
    "queueCount",
    "skillQueueCount",
    "inSLA",
    "outSLA",
    "earliestQueueTime",
];

/// Puts `value` in the place of every number.
fn all_numbers(world: &World, value: Value) {
    world.line.change(At::Reads, move |honest| {
        honest.with_each(|entry| {
            let numbers = entry.iter_mut();
            numbers
                .filter(|(name, _)| NUMBERS.contains(&name.as_str()))
                .for_each(|(_, number)| *number = value.clone());
        })
    });
}

fn body(world: &World, body: impl AsRef<[u8]>) {
    let bytes = answer(200, &JSON, body);
    world
        .line
        .change(At::Reads, move |_| Act::Answer(bytes.clone()));
}

fn twice(honest: &Honest) -> Act {
    honest.with(|json| {
        let entries = entries(json);
        let mut again = entries.clone();
        for entry in again.iter_mut().filter_map(Value::as_object_mut) {
            let numbers = entry.iter_mut().filter(|(_, value)| value.is_number());
            let numbers = numbers.filter(|(name, _)| NUMBERS.contains(&name.as_str()));
            numbers.for_each(|(_, number)| *number = json!(1));
        }
        entries.extend(again);
    })
}

fn bomb() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let zeros = vec![b' '; 1 << 20];
    (0..64).for_each(|_| encoder.write_all(&zeros).unwrap());
    encoder.finish().unwrap()
}

pub(crate) fn faults() -> Vec<Fault> {
    vec![
        Fault::new(
            "truncated JSON",
            |world| {
                world.line.change(At::Reads, |honest| {
                    let half = &honest.body[..honest.body.len() / 2];
                    Act::Answer(answer(200, &JSON, half))
                });
            },
            UNREADABLE,
        ),
        Fault::new(
            "a list for an object",
            |world| body(world, "[1,2]"),
            UNREADABLE,
        ),
        Fault::new(
            "a text for the list",
            |world| {
                world.line.change(At::Reads, |honest| {
                    honest.with(|json| {
                        let name = list_name(json);
                        json[name] = json!("none");
                    })
                });
            },
            UNREADABLE,
        ),
        Fault::new(
            "numbers of wrong types",
            |world| all_numbers(world, json!({"value": [true]})),
            Shows::Blank,
        ),
        Fault::new("an empty body", |world| body(world, ""), UNREADABLE),
        Fault::new(
            "an HTML page",
            |world| body(world, "<html>Sign in</html>"),
            UNREADABLE,
        ),
        Fault::new(
            "an empty list",
            |world| {
                world.line.change(At::Reads, |honest| {
                    honest.with(|json| {
                        entries(json).clear();
                        if json.get("totalRecords").is_some() {
                            json["totalRecords"] = json!(0);
                        }
                    })
                });
            },
            Shows::LeftOut,
        )
        .in_realtime(Shows::Cause(Cause::NothingVisible)),
        Fault::new(
            "a missing queue",
            |world| world.control.omit(&world.truth.ids()[0]),
            Shows::First(QueueState::Open, Cause::LeftOut),
        ),
        Fault::new(
            "duplicate queues",
            |world| world.line.change(At::Reads, twice),
            Shows::Nothing,
        ),
        Fault::new(
            "extra fields",
            |world| {
                world.line.change(At::Reads, |honest| {
                    honest.with_each(|entry| {
                        entry.insert("callsWaitingV2".to_owned(), json!(999));
                        entry.insert("nested".to_owned(), json!({"callsWaiting": 999}));
                    })
                });
            },
            Shows::Nothing,
        ),
        Fault::new(
            "NaN",
            |world| {
                world.line.change(At::Reads, |honest| {
                    let mut json = honest.json();
                    for entry in entries(&mut json)
                        .iter_mut()
                        .filter_map(Value::as_object_mut)
                    {
                        let numbers = entry.iter_mut();
                        numbers
                            .filter(|(name, _)| NUMBERS.contains(&name.as_str()))
                            .for_each(|(_, number)| *number = json!("bare NaN"));
                    }
                    let text = json.to_string().replace("\"bare NaN\"", "NaN");
                    Act::Answer(answer(200, &JSON, text))
                });
            },
            Shows::Blank,
        ),
        Fault::new(
            "NaN as a text",
            |world| all_numbers(world, json!("NaN")),
            Shows::Blank,
        ),
        Fault::new(
            "infinity as a text",
            |world| all_numbers(world, json!("-Infinity")),
            Shows::Blank,
        ),
        Fault::new(
            "negative numbers",
            |world| all_numbers(world, json!(-7)),
            Shows::Blank,
        ),
        Fault::new(
            "huge numbers",
            |world| all_numbers(world, json!(1e300)),
            Shows::Blank,
        ),
        Fault::new(
            "numbers as texts with exponents",
            |world| all_numbers(world, json!("1e-3")),
            Shows::Blank,
        ),
        Fault::new(
            "no numbers",
            |world| {
                world.line.change(At::Reads, |honest| {
                    honest.with_each(|entry| {
                        entry.retain(|name, _| !NUMBERS.contains(&name.as_str()));
                    })
                });
            },
            Shows::Blank,
        ),
        Fault::new(
            "a body of 50 MB",
            |world| {
                let chunk = format!("100000\r\n{}\r\n", " ".repeat(1 << 20));
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
                let bytes = format!(
                    "{head}transfer-encoding: chunked\r\n\r\n{}0\r\n\r\n",
                    chunk.repeat(50)
                );
                let bytes = bytes.into_bytes();
                world
                    .line
                    .change(At::Reads, move |_| Act::Close(bytes.clone()));
            },
            UNREADABLE,
        ),
        Fault::new(
            "a gzip bomb",
            |world| {
                let headers = [JSON[0], ("content-encoding", "gzip")];
                let bytes = answer(200, &headers, bomb());
                world
                    .line
                    .change(At::Reads, move |_| Act::Answer(bytes.clone()));
            },
            UNREADABLE,
        ),
        Fault::new(
            "JSON nested beyond sense",
            |world| {
                body(
                    world,
                    format!("{}{}", "[".repeat(50_000), "]".repeat(50_000)),
                )
            },
            UNREADABLE,
        ),
    ]
}
