//! Any JSON that a server may send, for property tests.

use proptest::prelude::*;
use serde_json::Value;

const KEYS: [&str; 24] = [
    "queues",
    "entities",
    "queueId",
    "id",
    "name",
    "callsWaiting",
    "averageWaitTime",
    "serviceLevel",
    "agentsLoggedOn",
    "agentsAvailable",
    "agentsBusy",
    "_links",
    "next",
    "nextUri",
    "href",
    "resultSet",
    "skillActivity",
    "skillId",
    "queueCount",
    "serverTime",
    "earliestQueueTime",
    "tenantId",
    "token_endpoint",
    "other",
];

/// Values of every type and shape, with the contract's names among their keys.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0u64..2_000).prop_map(Value::from),
        "[-+0-9.eEinfaN ]{0,12}".prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        let key = proptest::sample::select(&KEYS[..]).prop_map(str::to_owned);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((key, inner), 0..10)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}
