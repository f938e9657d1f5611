//! The forms in which versions of the API write the same report.

use clap::ValueEnum;
use serde_json::{Map, Value};

/// How reports are written: numbers, flags, durations and the names of fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, ValueEnum)]
pub enum Form {
    /// As v11.0: numbers and strings mixed, service levels and agents in PascalCase
    V11,
    /// As v21.0: every value is a string, durations in whole seconds; skills' activity too
    V21,
    /// As v30.0: numbers, durations in ISO 8601 with fractions
    #[default]
    V30,
}

/// Fields of skills' summaries that v11.0 has as numbers, besides those of contacts.
const NUMBERS_OF_V11: [&str; 4] = [
    "holdTime",
    "longestQueueDur",
    "serviceLevel",
    "serviceLevelGoal",
];

impl Form {
    /// A duration, before [`spell`](Self::spell).
    pub(crate) fn duration(self, ms: u64) -> Value {
        match self {
            Self::V30 => iso(ms).into(),
            Self::V11 | Self::V21 => (ms / 1_000).into(),
        }
    }

    /// Writes an answer in this form.
    pub(crate) fn spell(self, answer: &mut Value) {
        match self {
            Self::V30 => {}
            Self::V21 => spell_as_text(answer),
            Self::V11 => {
                if let Some(skills) = answer.get_mut("skillSummaries") {
                    for entry in entries(skills) {
                        spell_mixed(entry);
                    }
                }
                for name in ["serviceLevelSummaries", "agentStates"] {
                    if let Some(list) = answer.get_mut(name) {
                        for entry in entries(list) {
                            spell_in_pascal_case(entry);
                        }
                    }
                }
            }
        }
    }
}

fn entries(list: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    let list = list.as_array_mut().into_iter().flatten();
    list.filter_map(Value::as_object_mut)
}

fn spell_as_text(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                // A null stays one where it is no value: no page follows.
                if !(name == "next" && value.is_null()) {
                    spell_as_text(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(spell_as_text),
        Value::Number(number) => *value = number.to_string().into(),
        Value::Bool(flag) => *value = if *flag { "True" } else { "False" }.into(),
        Value::Null => *value = "".into(),
        Value::String(_) => {}
    }
}

fn spell_mixed(entry: &mut Map<String, Value>) {
    for (name, value) in entry {
        let is_number = name.starts_with("contacts") || NUMBERS_OF_V11.contains(&name.as_str());
        if !is_number {
            spell_as_text(value);
        }
    }
}

fn spell_in_pascal_case(entry: &mut Map<String, Value>) {
    let fields = std::mem::take(entry).into_iter();
    entry.extend(fields.map(|(name, value)| {
        let mut letters = name.chars();
        let first = letters.next().map(|it| it.to_ascii_uppercase());
        (first.into_iter().chain(letters).collect(), value)
    }));
}

/// A duration as `P1DT19H18M29.651S`.
fn iso(ms: u64) -> String {
    let (seconds, fraction) = (ms / 1_000, ms % 1_000);
    let parts = [
        (seconds / 86_400, 'D'),
        (seconds / 3_600 % 24, 'H'),
        (seconds / 60 % 60, 'M'),
    ];
    let mut text = "P".to_owned();
    for (number, letter) in parts {
        if letter == 'H' {
            text.push('T');
        }
        if number > 0 {
            text.push_str(&format!("{number}{letter}"));
        }
    }
    let seconds = seconds % 60;
    if fraction > 0 {
        let fraction = format!("{fraction:03}");
        text.push_str(&format!("{seconds}.{}S", fraction.trim_end_matches('0')));
    } else if seconds > 0 || text.ends_with('T') {
        text.push_str(&format!("{seconds}S"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn durations_are_written_in_iso_8601() {
        for (ms, text) in [
            (0, "PT0S"),
            (5_733, "PT5.733S"),
            (500, "PT0.5S"),
            (65_000, "PT1M5S"),
            (3_600_000, "PT1H"),
            (86_400_000, "P1DT0S"),
            (155_909_651, "P1DT19H18M29.651S"),
        ] {
            assert_eq!(iso(ms), text);
        }
    }

    #[test]
    fn each_form_has_its_own_names_and_types() {
        let spelled = |form: Form, list: &str| {
            let mut answer = json!({"_links": {"next": null}, list: [{
                "skillId": 7, "isOutbound": false, "contactsOffered": 9, "agentsAcw": 1,
                "averageTalkTime": form.duration(65_500), "skillName": null,
            }]});
            form.spell(&mut answer);
            assert_eq!(answer["_links"]["next"], Value::Null);
            answer[list][0].clone()
        };
        assert_eq!(
            spelled(Form::V30, "skillSummaries"),
            json!({"skillId": 7, "isOutbound": false, "contactsOffered": 9, "agentsAcw": 1,
                "averageTalkTime": "PT1M5.5S", "skillName": null})
        );
        assert_eq!(
            spelled(Form::V21, "skillSummaries"),
            json!({"skillId": "7", "isOutbound": "False", "contactsOffered": "9",
                "agentsAcw": "1", "averageTalkTime": "65", "skillName": ""})
        );
        assert_eq!(
            spelled(Form::V11, "skillSummaries"),
            json!({"skillId": "7", "isOutbound": "False", "contactsOffered": 9,
                "agentsAcw": "1", "averageTalkTime": "65", "skillName": ""})
        );
        assert_eq!(
            spelled(Form::V11, "serviceLevelSummaries"),
            json!({"SkillId": 7, "IsOutbound": false, "ContactsOffered": 9, "AgentsAcw": 1,
                "AverageTalkTime": 65, "SkillName": null})
        );
    }
}
