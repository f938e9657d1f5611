//! What the token requests of both dialects share: RFC 6749's forms and errors.

use std::{borrow::Cow, collections::HashMap};

use hyper::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use serde_json::json;

use super::answer::Answer;

/// The fields of a token request.
pub(crate) struct Form<'a> {
    fields: HashMap<Cow<'a, str>, Cow<'a, str>>,
}

impl<'a> Form<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// `invalid_request` when it does not say that it is a form.
    pub(crate) fn parse(headers: &HeaderMap, body: &'a [u8]) -> Result<Self, Answer> {
        let kind = headers
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            return Err(invalid_request("the body must be a form"));
        }
        let fields = url::form_urlencoded::parse(body).collect();
        Ok(Self { fields })
    }

    /// A field's value; empty when it is missing.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", AsRef::as_ref)
    }
}

/// The grant that a body names, whatever else is wrong with it.
pub(crate) fn grant_type(body: &[u8]) -> Option<String> {
    url::form_urlencoded::parse(body)
        .find(|(name, _)| name == "grant_type")
        .map(|(_, grant)| grant.into_owned())
}

/// Whether a credential is the expected one; where none is, anything but nothing.
pub(crate) fn fits(given: &str, expected: Option<&str>) -> bool {
    expected.map_or(!given.is_empty(), |expected| given == expected)
}

/// 400: a field is missing or malformed.
pub(crate) fn invalid_request(description: &str) -> Answer {
    bad_request("invalid_request", description)
}

/// 400: what was granted before, or is to be, is not.
pub(crate) fn invalid_grant(description: &str) -> Answer {
    bad_request("invalid_grant", description)
}

/// 400: another grant, or none, was asked for.
pub(crate) fn unsupported_grant(grant: &str, supported: &str) -> Answer {
    if grant.is_empty() {
        return invalid_request("grant_type is missing");
    }
    let description = format!("only {supported} is supported");
    bad_request("unsupported_grant_type", &description)
}

/// 401: the client is unknown, or its secret is wrong.
pub(crate) fn invalid_client() -> Answer {
    let description = "unknown client, or wrong secret";
    refusal(StatusCode::UNAUTHORIZED, "invalid_client", description)
}

/// 200 with an error in it, as some gateways answer.
pub(crate) fn error_as_success() -> Answer {
    refusal(
        StatusCode::OK,
        "invalid_client",
        "unknown client, or wrong secret",
    )
}

fn bad_request(error: &str, description: &str) -> Answer {
    refusal(StatusCode::BAD_REQUEST, error, description)
}

fn refusal(status: StatusCode, error: &str, description: &str) -> Answer {
    Answer::new(
        status,
        &json!({"error": error, "error_description": description}),
    )
}
