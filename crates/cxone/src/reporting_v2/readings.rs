//! Live statistics: the question's JSON, and the answer's as readings.

use std::{collections::HashSet, time::Duration};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    Error, QueueReading,
    json::{self, Fields, OddFields, kind, unexpected},
};

/// A mean wait beyond this is no wait: a hundred years.
const LONGEST_WAIT_MS: f64 = 100.0 * 365.0 * 86_400_000.0;

/// The body of a read: one id is sent by another name than many.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Query<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_ids: Option<&'a [String]>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    skill_ids: &'a [String],
}

impl<'a> Query<'a> {
    pub(super) fn new(ids: &'a [String], skill_ids: &'a [String]) -> Self {
        let (queue_id, queue_ids) = match ids {
            [id] => (Some(id.as_str()), None),
            ids => (None, Some(ids)),
        };
        Self {
            queue_id,
            queue_ids,
            skill_ids,
        }
    }
}

/// The readings of an answer, in its order: of two with the same id the first, and
/// none without an id.
pub(super) fn readings(answer: &Value) -> Result<(Vec<QueueReading>, OddFields), Error> {
    let Value::Object(body) = answer else {
        return Err(unexpected(format!(
            "the answer is {}, not an object",
            kind(answer)
        )));
    };
    let entries = match body.get("queues") {
        None if json::has_error(answer) => {
            return Err(unexpected("it has an error instead of queues"));
        }
        None | Some(Value::Null) => &[][..],
        Some(Value::Array(entries)) => entries,
        Some(other) => {
            return Err(unexpected(format!("queues is {}, not a list", kind(other))));
        }
    };
    let (mut odd, mut known) = (OddFields::default(), HashSet::new());
    let mut readings = Vec::with_capacity(entries.len());
    for entry in entries {
        let reading = entry.as_object().and_then(|entry| reading(entry, &mut odd));
        match reading {
            Some(reading) if known.insert(reading.id.clone()) => readings.push(reading),
            Some(_) => odd.note("queueId (twice)"),
            None => odd.note("queueId (missing)"),
        }
    }
    Ok((readings, odd))
}

fn reading(entry: &Map<String, Value>, odd: &mut OddFields) -> Option<QueueReading> {
    let mut fields = Fields::new(entry, odd);
    Some(QueueReading {
        id: fields.id("queueId")?,
        name: fields.text("name"),
        waiting: fields.count("callsWaiting"),
        average_wait: fields
            .number_up_to("averageWaitTime", LONGEST_WAIT_MS)
            .map(|wait_ms| Duration::from_millis(wait_ms.round() as u64)),
        agents_logged_on: fields.count("agentsLoggedOn"),
        agents_available: fields.count("agentsAvailable"),
        agents_busy: fields.count("agentsBusy"),
        service_level_percent: fields.number_up_to("serviceLevel", 100.0),
        // This dialect has no more.
        ..QueueReading::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::any_json::any_json;
    use proptest::prelude::*;
    use serde_json::json;

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    fn read(body: Value) -> Vec<QueueReading> {
        readings(&body).unwrap().0
    }

    fn read_one(mut entry: Value) -> QueueReading {
        entry["queueId"] = json!("q");
        read(json!({ "queues": [entry] })).remove(0)
    }

    #[test]
    fn one_id_is_sent_alone_and_many_as_a_list() {
        let query = |ids: &[&str], skills: &[&str]| {
            serde_json::to_value(Query::new(&strings(ids), &strings(skills))).unwrap()
        };
        assert_eq!(query(&["a"], &[]), json!({"queueId": "a"}));
        assert_eq!(query(&["a", "b"], &[]), json!({"queueIds": ["a", "b"]}));
        assert_eq!(
            query(&["a"], &["s", "t"]),
            json!({"queueId": "a", "skillIds": ["s", "t"]})
        );
    }

    #[test]
    fn a_whole_entry_becomes_a_whole_reading() {
        let body = json!({"queues": [{
            "queueId": "q1", "name": "Sales", "agentsLoggedOn": 12, "agentsAvailable": 3, "agentsBusy": 7,
            "callsWaiting": 4, "averageWaitTime": 92_000, "serviceLevel": 83.5, "newField": {"x": 1}
        }], "generatedAt": "2026-01-05T10:00:00Z"});
        assert_eq!(
            readings(&body).unwrap(),
            (
                vec![QueueReading {
                    id: "q1".into(),
                    name: Some("Sales".into()),
                    waiting: Some(4),
                    average_wait: Some(Duration::from_secs(92)),
                    agents_logged_on: Some(12),
                    agents_available: Some(3),
                    agents_busy: Some(7),
                    service_level_percent: Some(83.5),
                    ..QueueReading::default()
                }],
                OddFields::default()
            )
        );
    }

    #[test]
    fn missing_null_and_impossible_numbers_are_unknown() {
        let unknown = QueueReading {
            id: "q".into(),
            ..QueueReading::default()
        };
        assert_eq!(read_one(json!({})), unknown);
        for bad in [
            json!(null),
            json!(-1),
            json!(1e300),
            json!("x"),
            json!(true),
            json!([1]),
            json!({}),
        ] {
            let entry = json!({
                "agentsLoggedOn": bad, "agentsAvailable": bad, "agentsBusy": bad, "callsWaiting": bad,
                "averageWaitTime": bad, "serviceLevel": bad
            });
            assert_eq!(read_one(entry), unknown, "{bad}");
        }
        assert_eq!(
            read_one(json!({"serviceLevel": 100.1})).service_level_percent,
            None
        );
        // A hundred years, and a millisecond more.
        let wait = |ms: u64| read_one(json!({ "averageWaitTime": ms })).average_wait;
        let longest = Duration::from_secs(3_153_600_000);
        assert_eq!(wait(3_153_600_000_000), Some(longest));
        assert_eq!(wait(3_153_600_000_001), None);
    }

    #[test]
    fn a_true_zero_stays_a_zero() {
        let reading = read_one(json!({
            "callsWaiting": 0, "averageWaitTime": 0, "serviceLevel": -0.0, "agentsBusy": "0"
        }));
        assert_eq!(reading.waiting, Some(0));
        assert_eq!(reading.average_wait, Some(Duration::ZERO));
        assert_eq!(
            reading.service_level_percent.map(f64::to_bits),
            Some(0.0_f64.to_bits())
        );
        assert_eq!(reading.agents_busy, Some(0));
    }

    #[test]
    fn a_wrong_field_spoils_no_other_and_is_noted_by_name() {
        let body =
            json!({"queues": [{"queueId": 7, "callsWaiting": {}, "agentsBusy": 2, "name": 5}]});
        let (readings, odd) = readings(&body).unwrap();
        assert_eq!(
            (readings[0].id.as_str(), readings[0].agents_busy),
            ("7", Some(2))
        );
        assert_eq!((readings[0].waiting, &readings[0].name), (None, &None));
        let mut expected = OddFields::default();
        expected.note("callsWaiting");
        expected.note("name");
        assert_eq!(odd, expected);
    }

    #[test]
    fn the_first_of_two_wins_and_an_entry_without_id_is_skipped() {
        let body = json!({"queues": [
            {"queueId": "a", "callsWaiting": 1}, {"callsWaiting": 2}, 3, null, {"queueId": null},
            {"queueId": "a", "callsWaiting": 4}, {"queueId": 5}, {"queueId": "5", "callsWaiting": 6}
        ]});
        let found: Vec<_> = read(body)
            .into_iter()
            .map(|reading| (reading.id, reading.waiting))
            .collect();
        assert_eq!(found, [("a".to_owned(), Some(1)), ("5".to_owned(), None)]);
    }

    #[test]
    fn no_list_is_an_empty_one_and_another_type_an_error() {
        for empty in [json!({}), json!({"queues": null}), json!({"queues": []})] {
            assert_eq!(read(empty), []);
        }
        for wrong in [
            json!(null),
            json!([]),
            json!("queues"),
            json!(1),
            json!({"queues": {}}),
            json!({"queues": "none"}),
            json!({"queues": 0}),
        ] {
            assert!(
                matches!(readings(&wrong), Err(Error::UnexpectedShape { .. })),
                "{wrong}"
            );
        }
    }

    /// Whether a 0 was really there: its digits, and nothing but zeros among them.
    fn says_zero(entry: &Value, name: &str) -> bool {
        match &entry[name] {
            Value::Number(number) => number.as_f64().is_some_and(|number| number.abs() < 0.5),
            Value::String(text) => {
                let digits: Vec<_> = text.chars().filter(char::is_ascii_digit).collect();
                !digits.is_empty() && (digits[0] == '0' || text.trim().starts_with(['.', '-', '+']))
            }
            _ => false,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn any_json_is_a_reading_or_a_named_error(body in any_json()) {
            match readings(&body) {
                Ok((readings, _)) => for reading in readings {
                    prop_assert!(!reading.id.trim().is_empty());
                    prop_assert!(reading.service_level_percent.is_none_or(|it| (0.0..=100.0).contains(&it)));
                },
                Err(Error::UnexpectedShape { .. }) => {}
                Err(other) => prop_assert!(false, "{other:?}"),
            }
        }

        #[test]
        fn no_zero_is_made_up(entry in proptest::collection::hash_map(
            prop_oneof![
                Just("callsWaiting"), Just("averageWaitTime"), Just("serviceLevel"),
                Just("agentsLoggedOn"), Just("agentsAvailable"), Just("agentsBusy"),
            ],
            any_json(),
            0..7,
        )) {
            let entry = Value::Object(entry.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
            let reading = read_one(entry.clone());
            for (is_zero, name) in [
                (reading.waiting == Some(0), "callsWaiting"),
                (reading.average_wait == Some(Duration::ZERO), "averageWaitTime"),
                (reading.service_level_percent == Some(0.0), "serviceLevel"),
                (reading.agents_logged_on == Some(0), "agentsLoggedOn"),
                (reading.agents_available == Some(0), "agentsAvailable"),
                (reading.agents_busy == Some(0), "agentsBusy"),
            ] {
                prop_assert!(!is_zero || says_zero(&entry, name), "{name} of {entry}");
            }
        }
    }
}
