//! A client's id and secret in `Authorization: Basic …` (RFC 7617).

use base64::{Engine, engine::general_purpose::STANDARD};
use hyper::{HeaderMap, header::AUTHORIZATION};

use crate::{http::oauth::fits, options::Credentials};

/// An id and a secret as they came.
pub(crate) struct Basic {
    id: String,
    secret: String,
}

impl Basic {
    /// What the header says; `None` where it is missing, or not of this kind.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let (scheme, encoded) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (id, secret) = decoded.split_once(':')?;
        Some(Self {
            id: id.to_owned(),
            secret: secret.to_owned(),
        })
    }

    /// The client's id, whether or not the secret is right.
    pub(crate) fn client_id(&self) -> &str {
        &self.id
    }

    /// The client's id, when this is the expected client with its secret. RFC 6749,
    /// 2.3.1 has both form-encoded before they are joined; not every client does so.
    pub(crate) fn client(self, expected: &Credentials) -> Option<String> {
        let either = |given: &str, expected: Option<&str>| {
            fits(given, expected) || fits(&form_decoded(given), expected)
        };
        let known = either(&self.id, expected.client_id.as_deref())
            && either(&self.secret, expected.client_secret.as_deref());
        known.then_some(self.id)
    }
}

fn form_decoded(text: &str) -> String {
    // As the name of a field without a value, in which no `=` or `&` is left.
    let field = url::form_urlencoded::parse(text.as_bytes()).next();
    field.map_or(String::new(), |(name, _)| name.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basic(authorization: &str) -> Option<Basic> {
        let headers = [(AUTHORIZATION, authorization.parse().unwrap())];
        Basic::of(&HeaderMap::from_iter(headers))
    }

    #[test]
    fn a_secret_may_be_form_encoded_or_not() {
        let expected = Credentials {
            client_id: Some("me@home".into()),
            client_secret: Some("a:b+c=".into()),
            ..Credentials::default()
        };
        for (pair, client) in [
            ("me@home:a:b+c=", Some("me@home")),
            ("me%40home:a%3Ab%2Bc%3D", Some("me%40home")),
            ("me@home:a:b c=", None),
            ("me@home:", None),
            (":a:b+c=", None),
        ] {
            let basic = basic(&format!("Basic {}", STANDARD.encode(pair))).unwrap();
            assert_eq!(basic.client(&expected).as_deref(), client, "{pair}");
        }
    }

    #[test]
    fn invalid_basic_authorization_names_no_client() {
        let no_colon = format!("Basic {}", STANDARD.encode("me"));
        for wrong in ["Bearer abc", "Basic", "Basic ***", &no_colon] {
            assert!(basic(wrong).is_none(), "{wrong}");
        }
        assert!(basic(&format!("basic {}", STANDARD.encode("me:secret"))).is_some());
    }
}
