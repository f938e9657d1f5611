//! The secret of a link, and the hash that is kept of it.

use std::{
    fmt,
    hash::{Hash, Hasher},
    hint::black_box,
    io,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::{TryRngCore as _, rngs::OsRng};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest as _, Sha256};

/// 128 bits: nobody guesses one.
const BYTES: usize = 16;

/// A link's secret: 22 characters that need no escape in an address or a cookie.
#[derive(Clone, Debug)]
pub struct Token(SecretString);

impl Token {
    /// A new one, from the system's random source.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn generate() -> io::Result<Self> {
        let mut bytes = [0; BYTES];
        fill(&mut bytes)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes).into()))
    }

    /// What somebody says is one.
    pub(super) fn of(text: &str) -> Self {
        Self(text.into())
    }

    /// The secret, for the one address or answer that it belongs into.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is kept of it.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(self.expose())
    }
}

/// What somebody says is one.
impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(String::deserialize(deserializer)?.into()))
    }
}

/// Random bytes, of the system's own source.
pub(super) fn fill(bytes: &mut [u8]) -> io::Result<()> {
    OsRng
        .try_fill_bytes(bytes)
        .map_err(|error| io::Error::other(format!("the system has no random numbers: {error}")))
}

/// SHA-256 of a token: tells whether somebody has the token, and does not tell it. A
/// token is random enough to need neither salt nor a slow hash.
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of what somebody says is a token.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// Of what [`to_hex`](Self::to_hex) wrote.
    pub(crate) fn from_hex(hex: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if hex.len() != 2 * bytes.len() || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(hex.get(2 * place..2 * place + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// In hexadecimal.
    pub(crate) fn to_hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// In constant time.
impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(&other.0);
        pairs.fold(0, |all, (a, b)| black_box(all | (a ^ b))) == 0
    }
}

impl Eq for TokenHash {}

impl Hash for TokenHash {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(&self.0);
    }
}

impl Serialize for TokenHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for TokenHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let hex = String::deserialize(deserializer)?;
        Self::from_hex(&hex).ok_or_else(|| D::Error::custom("no SHA-256 in hexadecimal"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_128_bits_needs_no_escape_and_is_never_printed() {
        let (one, other) = (Token::generate().unwrap(), Token::generate().unwrap());
        assert_ne!(one.expose(), other.expose());
        assert_eq!(URL_SAFE_NO_PAD.decode(one.expose()).unwrap().len(), 16);
        assert_eq!(one.expose().len(), 22);
        assert!(!format!("{one:?} {:?}", one.hash()).contains(one.expose()));
    }

    #[test]
    fn hashes_are_written_as_hexadecimal_and_nothing_else_is_read() {
        let hash = TokenHash::of("abc");
        let json = serde_json::to_string(&hash).unwrap();
        assert!(json.starts_with("\"ba7816bf8f01cfea"), "{json}");
        assert_eq!(serde_json::from_str::<TokenHash>(&json).unwrap(), hash);
        assert_ne!(hash, TokenHash::of("abd"));
        for wrong in [
            "\"\"",
            "\"ba78\"",
            &json.replace('b', "g"),
            &json.replace("ba", "é"),
        ] {
            assert!(serde_json::from_str::<TokenHash>(wrong).is_err(), "{wrong}");
        }
    }
}
