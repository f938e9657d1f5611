//! What is looked for, in every form that a program might write it in, and where.

use std::{collections::HashMap, fmt::Write as _};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE},
};

/// A secret, and what it is called in place of being shown.
#[derive(Clone, Debug)]
pub(crate) struct Canary {
    name: &'static str,
    value: String,
}

impl Canary {
    pub(crate) fn new(name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        assert!(value.len() >= 20, "{name} could be found by chance");
        Self { name, value }
    }

    pub(crate) fn value(&self) -> &str {
        &self.value
    }

    /// Every way in which it might be written.
    fn forms(&self) -> Vec<(&'static str, Vec<u8>)> {
        let value = self.value.as_bytes();
        let each = |write: fn(&mut String, u8)| {
            let mut text = String::new();
            value.iter().for_each(|byte| write(&mut text, *byte));
            text
        };
        let debug = format!("{:?}", self.value);
        let json = serde_json::to_string(&self.value).unwrap();
        let numbers = format!("{value:?}");
        let form: String = url::form_urlencoded::byte_serialize(value).collect();
        let mut forms = vec![
            ("as it is", self.value.clone()),
            ("in Debug", debug.trim_matches('"').to_owned()),
            (
                "in Debug of Debug",
                format!("{debug:?}").trim_matches(['"', '\\']).to_owned(),
            ),
            ("in JSON", json.trim_matches('"').to_owned()),
            ("as numbers", numbers.trim_matches(['[', ']']).to_owned()),
            ("in a form", form.clone()),
            ("in an address", form.replace('+', "%20")),
            (
                "all in percent signs",
                each(|text, byte| write!(text, "%{byte:02X}").unwrap()),
            ),
            (
                "in small percent signs",
                each(|text, byte| write!(text, "%{byte:02x}").unwrap()),
            ),
            (
                "in hexadecimal",
                each(|text, byte| write!(text, "{byte:02x}").unwrap()),
            ),
            (
                "in capital hexadecimal",
                each(|text, byte| write!(text, "{byte:02X}").unwrap()),
            ),
            (
                "in escapes",
                each(|text, byte| write!(text, "\\x{byte:02x}").unwrap()),
            ),
            (
                "in Unicode escapes",
                each(|text, byte| write!(text, "\\u{byte:04x}").unwrap()),
            ),
            ("backwards", self.value.chars().rev().collect()),
        ];
        // Within a longer text it may begin at any of three places of a group of four.
        for skipped in 0..3 {
            let padded = [&b"xx"[..skipped], value].concat();
            for (name, engine) in [
                ("in base64", &STANDARD),
                ("in base64 for addresses", &URL_SAFE),
            ] {
                let text = engine.encode(&padded[..padded.len() / 3 * 3]);
                forms.push((name, text[[0, 2, 3][skipped]..].to_owned()));
            }
        }
        let bytes = forms
            .into_iter()
            .map(|(name, text)| (name, text.into_bytes()));
        bytes.collect()
    }
}

/// All that was said anywhere.
#[derive(Default)]
pub(crate) struct Catch(Vec<(String, Vec<u8>)>);

impl Catch {
    /// What was said in `place`.
    pub(crate) fn add(&mut self, place: impl Into<String>, said: impl Into<Vec<u8>>) {
        self.0.push((place.into(), said.into()));
    }

    /// The same in the one place where `canary` belongs, once.
    pub(crate) fn add_but(&mut self, place: impl Into<String>, said: &[u8], canary: &Canary) {
        let place = place.into();
        let text = String::from_utf8(said.to_vec()).unwrap();
        assert_eq!(text.matches(canary.value()).count(), 1, "{place}");
        self.add(place, text.replacen(canary.value(), "…", 1));
    }

    pub(crate) fn bytes(&self) -> usize {
        self.0.iter().map(|(_, said)| said.len()).sum()
    }
}

/// Finds canaries.
pub(crate) struct Net {
    forms: Vec<(String, Vec<u8>)>,
    /// By their first bytes, so that each place is read once for all of them.
    by_start: HashMap<[u8; 4], Vec<usize>>,
}

impl Net {
    pub(crate) fn of(canaries: &[Canary]) -> Self {
        let mut forms = Vec::new();
        for canary in canaries {
            for (form, bytes) in canary.forms() {
                forms.push((format!("{} {form}", canary.name), bytes));
            }
        }
        let mut by_start: HashMap<_, Vec<_>> = HashMap::new();
        for (place, (_, form)) in forms.iter().enumerate() {
            let start = form.first_chunk().copied().unwrap();
            by_start.entry(start).or_default().push(place);
        }
        Self { forms, by_start }
    }

    /// What stands in `said` that must not.
    fn find(&self, said: &[u8]) -> Option<&str> {
        said.windows(4).enumerate().find_map(|(at, start)| {
            let places = self.by_start.get(start)?;
            let mut forms = places.iter().map(|place| &self.forms[*place]);
            let (name, _) = forms.find(|(_, form)| said[at..].starts_with(form))?;
            Some(name.as_str())
        })
    }

    /// That nothing of it was caught anywhere, and that the net has no hole.
    pub(crate) fn assert_empty(&self, catch: &Catch) {
        for (name, form) in &self.forms {
            let planted = [b"before ", form.as_slice(), b" after"].concat();
            assert!(self.find(&planted).is_some(), "a hole in the net: {name}");
        }
        let caught: Vec<_> = catch
            .0
            .iter()
            .filter_map(|(place, said)| Some(format!("{place}: {}", self.find(said)?)))
            .collect();
        assert!(caught.is_empty(), "{caught:#?}");
    }
}
