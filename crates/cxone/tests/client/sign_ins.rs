//! The ways to sign in to `realtime`: by the password grant for a registered
//! application, by the access key alone, and by a refresh token.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use cxone::{AccessKey, Dialect, Remedy, Settings, SignInMethod, budget::RequestBudget};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    dialect::{
        ACTIVITY, CANARY_KEY, CANARY_REFRESH_TOKEN, CANARY_SECRET, CANARY_TOKEN, CXONE, KEY_TOKEN,
        OPENID, Spoken, TOKEN, id_token,
    },
    failures::broken_at,
    scripted::{Reply, Scripted, Seen},
    tenant::{SteppedClock, client, http, ids},
};

/// What a Basic header makes of a pair.
fn basic(client_id: &str, client_secret: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    format!(
        "Basic {}",
        STANDARD.encode(format!("{client_id}:{client_secret}"))
    )
}

/// The settings of the password grant, with another application.
fn application(server: &Scripted, id: &str, secret: &str) -> Settings {
    let mut settings = Spoken::Realtime.settings(&http(server));
    if let Dialect::Realtime(settings) = &mut settings.dialect {
        settings.sign_in = SignInMethod::Password {
            client_id: id.to_owned(),
            client_secret: SecretString::from(secret),
        };
    }
    settings
}

fn token_requests(server: &Scripted) -> Vec<Seen> {
    let seen = server.seen().into_iter();
    seen.filter(|seen| seen.target == TOKEN).collect()
}

fn refusal(error: &str) -> Reply {
    Reply::new(
        401,
        "application/json",
        json!({ "error": error }).to_string(),
    )
}

#[tokio::test]
async fn the_password_grant_is_sent_as_the_contract_says() {
    let server = Spoken::Realtime
        .tenant(|_| Spoken::Realtime.queues(&["1"]))
        .await;
    client(application(&server, "app", "simple-secret"))
        .sign_in()
        .await
        .unwrap();
    let [token] = &token_requests(&server)[..] else {
        panic!("one request")
    };
    assert_eq!(token.method, "POST");
    assert_eq!(
        token.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(
        token.header("authorization"),
        Some(basic("app", "simple-secret").as_str())
    );
    assert_eq!(
        token.body, "grant_type=password&username=key+1&password=canary%2Bkey%3Dc0de%3D%3D",
        "an = in a key would break it otherwise"
    );
}

#[tokio::test]
async fn client_secret_is_sent_form_encoded_or_raw_as_accepted() {
    let encoded = basic("client+1", "canary%26secret%3D9b1e");
    let plain = basic("client 1", CANARY_SECRET);
    for taken in [encoded.clone(), plain.clone()] {
        let expected = taken.clone();
        let server = Scripted::start(move |seen| {
            let is_taken = seen.header("authorization") == Some(taken.as_str());
            if seen.target == TOKEN && !is_taken {
                return refusal("invalid_client");
            }
            Spoken::Realtime.good(seen).unwrap()
        })
        .await;
        let clock = SteppedClock::new();
        let client = cxone::connect(
            Spoken::Realtime.settings(&http(&server)),
            Arc::new(RequestBudget::new(100)),
            Arc::new(clock.clone()),
        )
        .unwrap();
        client.sign_in().await.unwrap();
        let first = token_requests(&server);
        let tries = if expected == encoded { 1 } else { 2 };
        assert_eq!(first.len(), tries);
        assert_eq!(first[0].header("authorization"), Some(encoded.as_str()));
        clock.suspend(Duration::from_secs(4_000));
        client.sign_in().await.unwrap();
        let later = token_requests(&server);
        assert_eq!(later.len(), tries + 1, "what was taken is remembered");
        assert_eq!(
            later[tries].header("authorization"),
            Some(expected.as_str())
        );
    }
}

#[tokio::test]
async fn each_refusal_names_what_to_check() {
    for (spoken, error, remedy) in [
        (Spoken::ReportingV2, "invalid_client", Remedy::ApiClient),
        (Spoken::Realtime, "invalid_client", Remedy::Application),
        (Spoken::Realtime, "unauthorized_client", Remedy::Application),
        (Spoken::Realtime, "invalid_grant", Remedy::AccessKey),
        (
            Spoken::Realtime,
            "something_else",
            Remedy::AccessKeyOrApplication,
        ),
        // What the grant is called is no secret, though it is sent as one is.
        (
            Spoken::Realtime,
            "password_expired",
            Remedy::AccessKeyOrApplication,
        ),
        (Spoken::KeyOnly, "invalid_grant", Remedy::AccessKeyOrArea),
    ] {
        let server = broken_at(spoken, spoken.token(), refusal(error)).await;
        let refused = client(spoken.settings(&http(&server))).sign_in().await;
        assert!(
            matches!(
                &refused,
                Err(cxone::Error::CredentialsRejected { oauth_error: Some(code), remedy: found, .. })
                    if code == error && *found == remedy
            ),
            "{refused:?}"
        );
    }
}

/// The settings with secrets that could pass for error codes, and those.
fn with_words(spoken: Spoken, server: &Scripted) -> (Settings, Vec<&'static str>) {
    let mut settings = spoken.settings(&http(server));
    let words = match &mut settings.dialect {
        Dialect::ReportingV2(settings) => {
            settings.client_secret = SecretString::from("client_secret");
            vec!["client_secret"]
        }
        Dialect::Realtime(settings) => {
            settings.access_key = AccessKey {
                id: "key_id".to_owned(),
                secret: SecretString::from("key_secret"),
            };
            let mut words = vec!["key_id", "key_secret"];
            if let SignInMethod::Password { client_secret, .. } = &mut settings.sign_in {
                *client_secret = SecretString::from("client_secret");
                words.push("client_secret");
            }
            words
        }
    };
    (settings, words)
}

#[tokio::test]
async fn secret_echoed_as_oauth_error_code_is_not_reported() {
    for spoken in Spoken::ALL {
        for word in ["key_id", "key_secret", "client_secret"] {
            let code = format!("wrong_{word}");
            let server = broken_at(spoken, spoken.token(), refusal(&code)).await;
            let (settings, words) = with_words(spoken, &server);
            let told = match client(settings).sign_in().await {
                Err(cxone::Error::CredentialsRejected { oauth_error, .. }) => oauth_error,
                other => panic!("{other:?}"),
            };
            let expected = (!words.contains(&word)).then_some(code);
            assert_eq!(told, expected, "{spoken:?}");
        }
    }
}

#[tokio::test]
async fn a_refused_key_costs_one_request() {
    let server = broken_at(Spoken::Realtime, TOKEN, refusal("invalid_grant")).await;
    client(Spoken::Realtime.settings(&http(&server)))
        .sign_in()
        .await
        .unwrap_err();
    assert_eq!(server.count(TOKEN), 1, "the application is not in question");
}

#[tokio::test]
async fn the_access_key_alone_is_sent_as_the_contract_says() {
    let server = Spoken::KeyOnly
        .tenant(|_| Spoken::KeyOnly.queues(&["1"]))
        .await;
    let client = client(Spoken::KeyOnly.settings(&http(&server)));
    client.read_queues(&ids(&["1"]), &[]).await.unwrap();
    let seen = server.seen();
    assert_eq!(
        (seen[0].method.as_str(), seen[0].target.as_str()),
        ("POST", KEY_TOKEN)
    );
    assert_eq!(seen[0].header("content-type"), Some("application/json"));
    assert_eq!(seen[0].header("authorization"), None);
    assert_eq!(
        serde_json::from_str::<Value>(&seen[0].body).unwrap(),
        json!({"accessKeyId": "key 1", "accessKeySecret": CANARY_KEY})
    );
    assert_eq!(seen[1].target, CXONE);
    assert_eq!(server.count(OPENID), 0, "nothing but the API is looked for");
}

#[tokio::test]
async fn an_answer_in_javascripts_spelling_is_read_too() {
    let body = json!({
        "accessToken": CANARY_TOKEN, "expiresIn": 600, "idToken": id_token("tenant-1")
    });
    let server = broken_at(Spoken::KeyOnly, KEY_TOKEN, Reply::json(&body)).await;
    let client = client(Spoken::KeyOnly.settings(&http(&server)));
    client.read_queues(&ids(&["q"]), &[]).await.unwrap();
    let bearer = format!("Bearer {CANARY_TOKEN}");
    let read = server.seen().pop().unwrap();
    assert_eq!(read.header("authorization"), Some(bearer.as_str()));
}

/// What becomes of a token that is about to end, when the token endpoint answers the
/// refresh and what follows by `script`: the grants asked for, and the result.
async fn refreshed(
    spoken: Spoken,
    script: fn(usize, &Seen) -> Reply,
) -> (Vec<String>, Result<(), cxone::Error>) {
    let asked = AtomicUsize::new(0);
    let server = Scripted::start(move |seen| {
        if seen.target == spoken.token() {
            return match asked.fetch_add(1, Ordering::Relaxed) {
                0 => spoken.issues(CANARY_TOKEN, &json!(3600)),
                number => script(number, seen),
            };
        }
        let good = spoken.good(seen);
        good.unwrap_or_else(|| spoken.queues(&["q"]))
    })
    .await;
    let clock = SteppedClock::new();
    let mut settings = spoken.settings(&http(&server));
    if spoken == Spoken::Realtime {
        settings = application(&server, "app", "simple-secret");
    }
    let budget = Arc::new(RequestBudget::new(100));
    let client = cxone::connect(settings, budget, Arc::new(clock.clone())).unwrap();
    client.sign_in().await.unwrap();
    clock.step(Duration::from_secs(3_400));
    let result = client.read_queues(&ids(&["q"]), &[]).await.map(drop);
    let grants = server
        .seen()
        .into_iter()
        .filter(|seen| seen.target == spoken.token())
        .map(|seen| seen.body.split('&').next().unwrap_or_default().to_owned())
        .skip(1)
        .collect();
    (grants, result)
}

#[tokio::test]
async fn expiring_token_is_refreshed_or_replaced_by_new_sign_in() {
    let good = |_: usize, _: &Seen| Spoken::Realtime.issues("new", &json!(3600));
    let (grants, result) = refreshed(Spoken::Realtime, good).await;
    assert_eq!(
        (grants, result),
        (vec!["grant_type=refresh_token".to_owned()], Ok(()))
    );

    let refused = |number: usize, seen: &Seen| match number {
        1 => {
            assert_eq!(
                seen.body,
                format!("grant_type=refresh_token&refresh_token={CANARY_REFRESH_TOKEN}")
            );
            refusal("invalid_grant")
        }
        _ => Spoken::Realtime.issues("new", &json!(3600)),
    };
    let (grants, result) = refreshed(Spoken::Realtime, refused).await;
    assert_eq!(grants, ["grant_type=refresh_token", "grant_type=password"]);
    assert_eq!(result, Ok(()));

    let without_a_token = |number: usize, _: &Seen| match number {
        1 => Reply::json(&json!({})),
        _ => Spoken::Realtime.issues("new", &json!(3600)),
    };
    let (grants, _) = refreshed(Spoken::Realtime, without_a_token).await;
    assert_eq!(grants, ["grant_type=refresh_token", "grant_type=password"]);

    let in_trouble = |_: usize, _: &Seen| Reply::status(503);
    let (grants, result) = refreshed(Spoken::Realtime, in_trouble).await;
    assert_eq!(
        grants,
        ["grant_type=refresh_token"],
        "CXone is not asked twice"
    );
    assert_eq!(result, Ok(()), "the old token still holds");
}

#[tokio::test]
async fn refresh_answer_may_omit_tenant_and_refresh_token() {
    let asked = AtomicUsize::new(0);
    let server = Scripted::start(move |seen| {
        if seen.target == TOKEN && asked.fetch_add(1, Ordering::Relaxed) > 0 {
            // As OAuth 2.0 has it: opaque, and nothing else.
            return Reply::json(&json!({"access_token": "opaque", "expires_in": 3600}));
        }
        let good = Spoken::Realtime.good(seen);
        good.unwrap_or_else(|| Spoken::Realtime.queues(&["q"]))
    })
    .await;
    let clock = SteppedClock::new();
    let settings = application(&server, "app", "simple-secret");
    let budget = Arc::new(RequestBudget::new(100));
    let client = cxone::connect(settings, budget, Arc::new(clock.clone())).unwrap();
    for _ in 0..3 {
        client.read_queues(&ids(&["q"]), &[]).await.unwrap();
        clock.step(Duration::from_secs(3_400));
    }
    let grants: Vec<_> = token_requests(&server)
        .into_iter()
        .map(|seen| seen.body.split('&').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        grants,
        [
            "grant_type=password",
            "grant_type=refresh_token",
            "grant_type=refresh_token"
        ]
    );
    assert_eq!(server.count(CXONE), 1);
}

#[tokio::test]
async fn refused_client_secret_is_tried_in_one_encoding_per_sign_in() {
    let server = broken_at(Spoken::Realtime, TOKEN, refusal("invalid_client")).await;
    let client = client(Spoken::Realtime.settings(&http(&server)));
    for tries in [2, 3, 4, 5] {
        client.sign_in().await.unwrap_err();
        assert_eq!(server.count(TOKEN), tries);
    }
    let forms: std::collections::BTreeSet<_> = token_requests(&server)[2..]
        .iter()
        .map(|seen| seen.header("authorization").unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        forms.len(),
        2,
        "in turn, so that either is found once it is right"
    );
}

#[tokio::test]
async fn access_key_signs_in_again_instead_of_refreshing() {
    let good = |_: usize, _: &Seen| Spoken::KeyOnly.issues("new", &json!(3600));
    let (bodies, result) = refreshed(Spoken::KeyOnly, good).await;
    assert_eq!(result, Ok(()));
    assert_eq!(bodies.len(), 1);
    assert!(bodies[0].contains("accessKeyId"), "{bodies:?}");
}

#[tokio::test]
async fn stepwise_sign_in_reports_steps_up_to_the_first_failure() {
    for spoken in Spoken::ALL {
        let names = match spoken {
            Spoken::ReportingV2 => vec!["sign-in"],
            Spoken::Realtime => vec!["issuer", "sign-in", "discovery"],
            Spoken::KeyOnly => vec!["sign-in", "discovery"],
        };
        let server = spoken.tenant(|_| Reply::status(500)).await;
        let steps = client(spoken.settings(&http(&server)))
            .sign_in_stepwise()
            .await;
        let found: Vec<_> = steps.iter().map(|step| step.name).collect();
        assert_eq!(found, names, "{spoken:?}");
        assert!(steps.iter().all(|step| step.outcome.is_ok()), "{steps:?}");
        assert_eq!(server.count(ACTIVITY), 0);

        for (failing, step) in spoken.steps().into_iter().take(names.len()).enumerate() {
            let server = broken_at(spoken, step.target, Reply::status(500)).await;
            let steps = client(spoken.settings(&http(&server)))
                .sign_in_stepwise()
                .await;
            assert_eq!(steps.len(), failing + 1, "{spoken:?}: {steps:?}");
            assert!(steps[failing].outcome.is_err());
            assert!(steps[..failing].iter().all(|step| step.outcome.is_ok()));
        }
    }
}
