//! Signatures after Standard Webhooks.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::hmac;
use secrecy::{ExposeSecret as _, SecretSlice};

/// The key that a webhook is signed with.
#[derive(Clone, Debug)]
pub struct SigningSecret(SecretSlice<u8>);

impl SigningSecret {
    /// Reads `whsec_` and the base64 of 24 to 64 bytes.
    ///
    /// # Errors
    /// What is wrong with it, without a part of it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let encoded = text.trim().strip_prefix("whsec_").ok_or(
            "a signing secret begins with `whsec_`: make one with \
             `echo whsec_$(openssl rand -base64 32)`",
        )?;
        let key = STANDARD
            .decode(encoded)
            .map_err(|_| "what follows `whsec_` in a signing secret is base64")?;
        if !(24..=64).contains(&key.len()) {
            return Err("a signing secret has 24 to 64 bytes");
        }
        Ok(Self(key.into()))
    }

    /// The signature of one attempt.
    pub(crate) fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.expose_secret());
        let tag = hmac::sign(&key, format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(tag))
    }
}

#[cfg(test)]
mod tests {
    use super::SigningSecret;

    #[test]
    fn published_vector_of_standard_webhooks_is_signed_alike() {
        let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("key");
        let body = r#"{"test": 2432232314}"#;
        assert_eq!(
            secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
        assert!(!format!("{secret:?}").contains("MfKQ"));
    }

    #[test]
    fn short_or_unprefixed_secrets_are_refused() {
        assert!(SigningSecret::parse("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").is_err());
        assert!(SigningSecret::parse("whsec_c2hvcnQ=").is_err());
    }
}
