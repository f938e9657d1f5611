//! What a read of the skills' activity asks for.

use std::{borrow::Cow, str::FromStr};

use hyper::Uri;
use jiff::Timestamp;
use url::form_urlencoded::{self, Serializer};

use crate::skill::Skill;

/// The query, understood. What is not named in it does not narrow the answer.
#[derive(Debug, Default)]
pub(crate) struct Query {
    media_type: Option<u64>,
    outbound: Option<bool>,
    fields: Vec<String>,
    /// Skills that are as they were at this time, in milliseconds of the Unix epoch,
    /// are not wanted.
    pub(crate) updated_since_ms: Option<i64>,
    /// How many skills to pass over.
    pub(crate) skip: usize,
    /// How many skills to answer, at most; from 1 on.
    pub(crate) top: Option<usize>,
}

impl Query {
    /// Understands an address; keys that the contract does not name are passed over.
    ///
    /// # Errors
    /// Which key has a value that makes no sense, for a 400.
    pub(crate) fn parse(uri: &Uri) -> Result<Self, String> {
        let mut query = Self::default();
        for (key, value) in pairs(uri) {
            match key.as_ref() {
                "mediaTypeId" => query.media_type = Some(parse(&key, &value)?),
                "isOutbound" => {
                    query.outbound = Some(parse(&key, &value.to_ascii_lowercase())?);
                }
                "fields" => query.fields = value.split(',').map(|f| f.trim().into()).collect(),
                "updatedSince" => {
                    let since: Timestamp = parse(&key, &value)?;
                    query.updated_since_ms = Some(since.as_millisecond());
                }
                "skip" => query.skip = parse(&key, &value)?,
                "top" => match parse(&key, &value)? {
                    0 => return Err(wrong(&key)),
                    top => query.top = Some(top),
                },
                _ => {}
            }
        }
        query.fields.retain(|field| !field.is_empty());
        Ok(query)
    }

    /// Whether a skill is of the kind asked for.
    pub(crate) fn wants(&self, skill: &Skill) -> bool {
        let kind = skill.kind();
        let medium = self.media_type.is_none_or(|number| number == kind.medium.0);
        let direction = self
            .outbound
            .is_none_or(|outbound| outbound == kind.outbound);
        medium && direction
    }

    /// Whether a field is to be in the answer.
    pub(crate) fn wants_field(&self, name: &str) -> bool {
        self.fields.is_empty()
            || self
                .fields
                .iter()
                .any(|field| field.eq_ignore_ascii_case(name))
    }
}

/// The same address, on the page after `skip` skills.
pub(crate) fn page(uri: &Uri, skip: usize, top: usize) -> String {
    let kept = pairs(uri).filter(|(key, _)| key != "skip" && key != "top");
    let query = Serializer::new(String::new())
        .extend_pairs(kept)
        .append_pair("skip", &skip.to_string())
        .append_pair("top", &top.to_string())
        .finish();
    format!("{}?{query}", uri.path())
}

/// Its keys and values.
pub(crate) fn pairs(uri: &Uri) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
}

fn parse<T: FromStr>(key: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| wrong(key))
}

fn wrong(key: &str) -> String {
    format!("{key} has a value that makes no sense")
}
