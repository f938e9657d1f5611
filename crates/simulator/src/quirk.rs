//! Odd forms of answers: what real tenants, gateways and proxies have been seen to
//! send, each to be asked for by itself.

use clap::ValueEnum;
use jiff::Timestamp;
use serde_json::{Map, Value};

/// Stands in a text for half of a surrogate pair, which no Rust string can hold.
pub(crate) const LONE_SURROGATE: char = '\u{f8ff}';

/// An odd form of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum)]
pub enum Quirk {
    /// Numbers are strings: "4"
    NumbersAsText,
    /// Flags are strings: "True", "False"
    FlagsAsText,
    /// Flags are numbers: 1, 0
    FlagsAsNumbers,
    /// Flags are letters: "Y", "N"
    FlagsAsLetters,
    /// Fractions of seconds have 0 to 7 digits
    Fractions,
    /// The first queues have names with emoji, of other scripts, very long, or without a visible character
    OddNames,
    /// The first queue's name holds half of a surrogate pair
    LoneSurrogate,
    /// totalRecords is a string
    TotalAsText,
    /// There is no _links; skip and top work
    NoLinks,
    /// Pages are cut off without a next link; skip and top work
    PagesWithoutLink,
    /// Every page has a next link, empty ones too
    LinkOnEveryPage,
    /// A full last page has a next link that answers 404
    #[value(name = "link-to-404")]
    LinkTo404,
    /// A full last page has a next link that answers 400
    #[value(name = "link-to-400")]
    LinkTo400,
    /// A full last page has a next link that answers 204
    #[value(name = "link-to-204")]
    LinkTo204,
    /// An empty list is left out, beside totalRecords 0
    EmptyListLeftOut,
    /// An empty list is 204, without a body
    #[value(name = "empty-is-204")]
    EmptyIs204,
    /// Queues are on the queue list, and in no answer with numbers
    QueuesLeftOut,
    /// inSLA and outSLA are left out
    NoSample,
    /// serverTime stands still
    ServerTimeStands,
    /// serverTime moves on in steps of 30 s
    ServerTimeSteps,
    /// serverTime is 40 s behind
    ServerTimeLags,
    /// The clock of earliestQueueTime is 0.4 s ahead of that of serverTime
    QueueTimeAhead,
    /// Token requests are answered with 200 and an error
    TokenError,
    /// Answers are compressed by gzip, asked for or not
    Gzip,
}

impl Quirk {
    /// Those that can hold at once and leave every number in its place.
    pub const HARMLESS: [Self; 9] = [
        Self::NumbersAsText,
        Self::FlagsAsText,
        Self::Fractions,
        Self::OddNames,
        Self::LoneSurrogate,
        Self::TotalAsText,
        Self::NoLinks,
        Self::QueueTimeAhead,
        Self::Gzip,
    ];
}

/// The quirks in force.
#[derive(Clone, Debug)]
pub(crate) struct Quirks {
    list: Vec<Quirk>,
    /// Since when, in milliseconds of the Unix epoch.
    since_ms: i64,
}

/// Names as tenants have them, and as nobody tests them.
const ODD_NAMES: [&str; 10] = [
    "Sales 🔥",
    "ฝ่ายบริการลูกค้า",
    "ग्राहक सेवा",
    "الدعم الفني",
    "サポート窓口",
    "Поддержка клиентов",
    "\u{200b}",
    "R&D <b>\"VIP\"</b> 👩🏽‍💻",
    "Customer Experience Escalations for Partners of the Northern Region, second level (old)",
    "  Zoë\u{301}  ",
];

impl Quirks {
    /// These, from now on.
    pub(crate) fn new(list: &[Quirk], now_ms: i64) -> Self {
        Self {
            list: list.to_vec(),
            since_ms: now_ms,
        }
    }

    pub(crate) fn has(&self, quirk: Quirk) -> bool {
        self.list.contains(&quirk)
    }

    pub(crate) fn name(&self, index: usize, name: &str) -> String {
        let odd = ODD_NAMES.get(index).filter(|_| self.has(Quirk::OddNames));
        let mut name = odd.map_or(name, |odd| odd).to_owned();
        if index == 0 && self.has(Quirk::LoneSurrogate) {
            name.push(LONE_SURROGATE);
        }
        name
    }

    /// What the API calls now.
    pub(crate) fn server_time_ms(&self, now_ms: i64) -> i64 {
        const STEP_MS: i64 = 30_000;
        const LAG_MS: i64 = 40_000;
        if self.has(Quirk::ServerTimeStands) {
            self.since_ms
        } else if self.has(Quirk::ServerTimeSteps) {
            now_ms - now_ms.rem_euclid(STEP_MS)
        } else if self.has(Quirk::ServerTimeLags) {
            now_ms - LAG_MS
        } else {
            now_ms
        }
    }

    /// How far the clock that knows when calls came is ahead.
    pub(crate) fn queue_time_ahead_ms(&self) -> i64 {
        if self.has(Quirk::QueueTimeAhead) {
            400
        } else {
            0
        }
    }

    /// The status that follows a full last page, where a link leads there.
    pub(crate) fn status_behind_the_end(&self) -> Option<u16> {
        let links = [
            (Quirk::LinkTo404, 404),
            (Quirk::LinkTo400, 400),
            (Quirk::LinkTo204, 204),
        ];
        let found = links.into_iter().find(|(quirk, _)| self.has(*quirk));
        found.map(|(_, status)| status)
    }

    /// Spells an answer as these quirks have it.
    pub(crate) fn spell(&self, answer: &mut Value) {
        self.spell_field("", answer);
    }

    fn spell_field(&self, name: &str, value: &mut Value) {
        match value {
            Value::Object(fields) => self.spell_object(fields),
            Value::Array(items) => {
                for item in items {
                    self.spell_field(name, item);
                }
            }
            Value::Number(number) => {
                let quirk = match name {
                    "totalRecords" => Quirk::TotalAsText,
                    _ => Quirk::NumbersAsText,
                };
                if self.has(quirk) {
                    *value = number.to_string().into();
                }
            }
            Value::Bool(flag) => {
                let flag = *flag;
                if self.has(Quirk::FlagsAsText) {
                    *value = if flag { "True" } else { "False" }.into();
                } else if self.has(Quirk::FlagsAsNumbers) {
                    *value = u8::from(flag).into();
                } else if self.has(Quirk::FlagsAsLetters) {
                    *value = if flag { "Y" } else { "N" }.into();
                }
            }
            Value::String(text) if name.ends_with("Time") && self.has(Quirk::Fractions) => {
                *value = with_another_fraction(text).into();
            }
            Value::String(_) | Value::Null => {}
        }
    }

    fn spell_object(&self, fields: &mut Map<String, Value>) {
        if self.has(Quirk::NoLinks) {
            fields.remove("_links");
        }
        if self.has(Quirk::NoSample) {
            fields.retain(|name, _| name != "inSLA" && name != "outSLA");
        }
        for (name, value) in fields {
            self.spell_field(name, value);
        }
    }
}

/// The same time with as few digits as it takes, or with seven.
fn with_another_fraction(text: &str) -> String {
    match text.parse::<Timestamp>() {
        Ok(time) if time.as_millisecond() % 3 == 0 => format!("{time:.7}"),
        Ok(time) => time.to_string(),
        Err(_) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn spelled(quirks: &[Quirk], mut answer: Value) -> Value {
        Quirks::new(quirks, 0).spell(&mut answer);
        answer
    }

    #[test]
    fn each_spelling_changes_its_own_kind() {
        let answer = json!({
            "totalRecords": 1, "_links": {"next": null},
            "skillActivity": [{"queueCount": 4, "isActive": true, "inSLA": 3, "serviceLevel": 87.5}],
        });
        let skill = |quirk: Quirk| spelled(&[quirk], answer.clone())["skillActivity"][0].clone();
        assert_eq!(skill(Quirk::NumbersAsText)["queueCount"], "4");
        assert_eq!(skill(Quirk::NumbersAsText)["serviceLevel"], "87.5");
        assert_eq!(skill(Quirk::FlagsAsText)["isActive"], "True");
        assert_eq!(skill(Quirk::FlagsAsNumbers)["isActive"], 1);
        assert_eq!(skill(Quirk::FlagsAsLetters)["isActive"], "Y");
        assert_eq!(skill(Quirk::NoSample).get("inSLA"), None);
        let whole = |quirk| spelled(&[quirk], answer.clone());
        assert_eq!(whole(Quirk::TotalAsText)["totalRecords"], "1");
        assert_eq!(whole(Quirk::NumbersAsText)["totalRecords"], 1);
        assert_eq!(whole(Quirk::NoLinks).get("_links"), None);
        assert_eq!(whole(Quirk::Fractions), answer);
    }

    #[test]
    fn fractions_have_different_lengths_and_the_same_time() {
        let spell = |time: &str| {
            let answer = spelled(&[Quirk::Fractions], json!({"serverTime": time}));
            answer["serverTime"].as_str().unwrap().to_owned()
        };
        assert_eq!(
            spell("2026-01-05T10:00:00.000Z"),
            "2026-01-05T10:00:00.0000000Z"
        );
        assert_eq!(spell("2026-01-05T10:00:01.000Z"), "2026-01-05T10:00:01Z");
        assert_eq!(
            spell("2026-01-05T10:00:00.720Z"),
            "2026-01-05T10:00:00.7200000Z"
        );
        assert_eq!(spell("2026-01-05T10:00:00.520Z"), "2026-01-05T10:00:00.52Z");
        assert_eq!(spell("soon"), "soon");
    }

    #[test]
    fn server_time_stands_steps_or_lags() {
        let at = |quirk, now_ms| Quirks::new(&[quirk], 12_345).server_time_ms(now_ms);
        assert_eq!(at(Quirk::ServerTimeStands, 99_999), 12_345);
        assert_eq!(at(Quirk::ServerTimeSteps, 99_999), 90_000);
        assert_eq!(at(Quirk::ServerTimeLags, 99_999), 59_999);
        assert_eq!(at(Quirk::Gzip, 99_999), 99_999);
    }
}
