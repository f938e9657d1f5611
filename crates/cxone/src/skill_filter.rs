//! Which of a tenant's skills are read.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Skills of some channels, in use or not, for incoming contacts or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkillFilter {
    /// The channels; at least one.
    pub media_types: Vec<MediaType>,
    /// Whether skills that are switched off count too.
    pub inactive: bool,
    /// Whether outbound skills count too.
    pub outbound: bool,
}

impl Default for SkillFilter {
    /// Incoming calls.
    fn default() -> Self {
        Self {
            media_types: vec![MediaType::CALL],
            inactive: false,
            outbound: false,
        }
    }
}

impl SkillFilter {
    /// Whether a skill of this kind is read, as far as it is known.
    pub(super) fn lets_read(
        &self,
        media_type: Option<MediaType>,
        is_outbound: Option<bool>,
    ) -> bool {
        self.has(media_type) && (is_outbound != Some(true) || self.outbound)
    }

    /// Whether a media type that is known is one of these.
    pub(super) fn has(&self, media_type: Option<MediaType>) -> bool {
        media_type.is_none_or(|it| self.media_types.contains(&it))
    }
}

/// A channel, by CXone's number for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MediaType(pub(super) u32);

/// A text that is no media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("is not a media type")]
pub struct MediaTypeError;

/// CXone's numbers, and the names that people set.
const NAMES: [(&str, u32); 6] = [
    ("call", 4),
    ("chat", 3),
    ("email", 1),
    ("voicemail", 5),
    ("work-item", 6),
    ("digital", 9),
];

impl MediaType {
    /// Phone calls, and the callbacks among them: those have no number of their own.
    pub const CALL: Self = Self(4);

    /// Chats.
    pub const CHAT: Self = Self(3);

    /// The names that there are, with commas.
    #[must_use]
    pub fn names() -> String {
        NAMES.map(|(name, _)| name).join(", ")
    }

    /// Reads a name or a number.
    ///
    /// # Errors
    /// [`MediaTypeError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, MediaTypeError> {
        let text = text.trim().to_ascii_lowercase().replace(['_', ' '], "-");
        let text = match text.as_str() {
            "e-mail" => "email",
            "voice-mail" => "voicemail",
            "calls" | "phone" | "voice" | "phone-call" | "phonecall" | "voice-call" => "call",
            "workitem" | "work-items" => "work-item",
            "chats" => "chat",
            "emails" | "e-mails" => "email",
            "voicemails" => "voicemail",
            text => text,
        };
        if let Some((_, number)) = NAMES.iter().find(|(name, _)| *name == text) {
            return Ok(Self(*number));
        }
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|number| digits && *number > 0);
        number.map(Self).ok_or(MediaTypeError)
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMES.iter().find(|(_, number)| *number == self.0) {
            Some((name, _)) => formatter.write_str(name),
            None => self.0.fmt(formatter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_read_by_name_or_number() {
        for (text, expected) in [
            ("call", "call"),
            (" Chat ", "chat"),
            ("E-Mail", "email"),
            ("voice mail", "voicemail"),
            ("work_item", "work-item"),
            ("4", "call"),
            ("9", "digital"),
            ("10", "10"),
        ] {
            let found = MediaType::parse(text).map(|it| it.to_string());
            assert_eq!(found, Ok(expected.to_owned()), "{text}");
        }
        for wrong in ["", "0", "-4", "+4", "4.0", "smoke signals"] {
            assert_eq!(MediaType::parse(wrong), Err(MediaTypeError), "{wrong}");
        }
        assert!(MediaType::names().contains("call, chat, email"));
    }
}
