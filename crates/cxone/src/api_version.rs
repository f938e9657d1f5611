//! The version of CXone's Real-Time Data API.

use std::fmt;

use thiserror::Error;

/// A version, as in `v34.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiVersion {
    major: u8,
    minor: u8,
}

/// A text that is no version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("is not a version")]
pub struct ApiVersionError;

impl ApiVersion {
    /// Reads a version, with or without the `v` and the `.0`.
    ///
    /// # Errors
    /// [`ApiVersionError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, ApiVersionError> {
        let text = text.trim().trim_start_matches(['v', 'V']);
        let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
        let number = |part: &str| {
            let digits = part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|_| digits).ok_or(ApiVersionError)
        };
        let (major, minor) = (number(major)?, number(minor)?);
        if major == 0 {
            return Err(ApiVersionError);
        }
        Ok(Self { major, minor })
    }
}

impl Default for ApiVersion {
    /// The one that the vendor's own JavaScript SDK reads skill activity by.
    fn default() -> Self {
        Self {
            major: 23,
            minor: 0,
        }
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "v{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_people_write_them() {
        let parse = |text| ApiVersion::parse(text).map(|version| version.to_string());
        for text in ["34", "34.0", "v34.0", " V34.0 "] {
            assert_eq!(parse(text), Ok("v34.0".to_owned()), "{text}");
        }
        for wrong in [
            "",
            "v",
            "0",
            "latest",
            "34.0.1",
            "-1",
            "+3",
            "34.",
            "1000",
            "v34/../..",
        ] {
            assert_eq!(parse(wrong), Err(ApiVersionError), "{wrong}");
        }
    }
}
