//! A running tenant with a client that has signed in where it needs to.
#![expect(
    clippy::unwrap_used,
    reason = "clippy sees tests only in functions marked so, and all of this is one"
)]

use std::time::Duration;

use jiff::Timestamp;
use queuewall_simulator::{Control, Options, Simulator};
use reqwest::{Client, RequestBuilder, Response, redirect::Policy};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A simulator and a client of it.
pub(crate) struct Tenant {
    pub(crate) simulator: Simulator,
    pub(crate) control: Control,
    pub(crate) client: Client,
}

impl Tenant {
    pub(crate) async fn start(options: Options) -> Self {
        // An error means that another test has installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let simulator = Simulator::start(listener, options);
        let client = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .build()
            .unwrap();
        Self {
            control: simulator.control(),
            simulator,
            client,
        }
    }

    /// A tenant in which the day stands still.
    pub(crate) async fn frozen() -> Self {
        Self::start(Options {
            speed: 0.0,
            ..Options::default()
        })
        .await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.simulator.base_url())
    }

    pub(crate) fn token_request(&self, form: &[(&str, &str)]) -> RequestBuilder {
        self.client.post(self.url("/oauth2/token")).form(form)
    }

    pub(crate) async fn sign_in(&self) -> String {
        self.sign_in_as("client").await
    }

    pub(crate) async fn sign_in_as(&self, client_id: &str) -> String {
        let mut form = good_form();
        form[1].1 = client_id;
        let answer = self.token_request(&form).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let answer: Value = answer.json().await.unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    pub(crate) fn read_request(&self, token: &str, body: &Value) -> RequestBuilder {
        self.client
            .post(self.url("/api/v2/reporting/queues/realtime"))
            .bearer_auth(token)
            .json(body)
    }

    pub(crate) async fn read(&self, token: &str, body: Value) -> Response {
        self.read_request(token, &body).send().await.unwrap()
    }

    /// The answered queues, which must come.
    pub(crate) async fn queues(&self, token: &str, ids: &[String]) -> Vec<Value> {
        let answer = self.read(token, json!({"queueIds": ids})).await;
        assert_eq!(answer.status(), 200);
        queues_of(answer).await
    }

    /// A request to `/auth/token` by a client that says who it is.
    pub(crate) fn grant_request(&self, form: &[(&str, &str)]) -> RequestBuilder {
        let request = self.client.post(self.url("/auth/token")).form(form);
        request.basic_auth("client", Some("secret"))
    }

    /// The tokens of a password grant, which must be given.
    pub(crate) async fn sign_in_by_password(&self) -> Value {
        json_of(self.grant_request(&password_form())).await
    }

    /// The access token of a password grant.
    pub(crate) async fn user_token(&self) -> String {
        text(&self.sign_in_by_password().await["access_token"])
    }

    pub(crate) fn activity_request(&self, token: &str, address: &str) -> RequestBuilder {
        let request = self.client.get(address).bearer_auth(token);
        request.header("accept", "application/json")
    }

    /// The skills' activity, which must come; the query is without its `?`.
    pub(crate) async fn activity(&self, token: &str, query: &str) -> Value {
        let address = self.url(&format!("{ACTIVITY}?{query}"));
        json_of(self.activity_request(token, &address)).await
    }

    /// The activity of every skill of calls that come in, active or not.
    pub(crate) async fn skills(&self, token: &str) -> Vec<Value> {
        let query = "mediaTypeId=4&isOutbound=false";
        let answer = self.activity(token, query).await;
        list(&answer["skillActivity"]).to_vec()
    }

    pub(crate) async fn list(&self, token: &str, address: &str) -> Response {
        let request = self.client.get(address).bearer_auth(token);
        request.send().await.unwrap()
    }
}

pub(crate) async fn queues_of(answer: Response) -> Vec<Value> {
    let answer: Value = answer.json().await.unwrap();
    answer["queues"].as_array().unwrap().clone()
}

/// Where the skills' activity is, in the latest version.
pub(crate) const ACTIVITY: &str = "/incontactAPI/services/v34.0/skills/activity";

pub(crate) fn password_form() -> [(&'static str, &'static str); 3] {
    [
        ("grant_type", "password"),
        ("username", "KEY"),
        ("password", "key-secret"),
    ]
}

pub(crate) fn refresh_form(token: &str) -> [(&str, &str); 2] {
    [("grant_type", "refresh_token"), ("refresh_token", token)]
}

/// The answer, which must be a good one.
pub(crate) async fn json_of(request: RequestBuilder) -> Value {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.url());
    answer.json().await.unwrap()
}

pub(crate) async fn status_of(request: RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

/// A sign-in must be refused, in the form that OAuth has for it.
pub(crate) async fn refused(request: RequestBuilder, status: u16, error: &str, case: &str) {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), status, "{case}");
    assert_eq!(answer.headers()["cache-control"], "no-store", "{case}");
    let challenged = answer.headers().contains_key("www-authenticate");
    assert_eq!(challenged, status == 401, "{case}");
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["error"], error, "{case}");
    assert!(answer["error_description"].is_string(), "{case}");
}

/// A field that must be a list.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// The ids of an answer with skills' activity, as text.
pub(crate) fn skill_ids(answer: &Value) -> Vec<String> {
    let skills = list(&answer["skillActivity"]).iter();
    skills.map(|skill| id_text(&skill["skillId"])).collect()
}

/// A field that must be a time as CXone writes it: UTC, with milliseconds.
pub(crate) fn time(value: &Value) -> Timestamp {
    let time: Timestamp = value.as_str().unwrap().parse().unwrap();
    assert_eq!(*value, format!("{time:.3}"));
    time
}

/// A field that must be text.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

pub(crate) fn good_form() -> [(&'static str, &'static str); 4] {
    [
        ("grant_type", "client_credentials"),
        ("client_id", "client"),
        ("client_secret", "secret"),
        ("tenant_id", "tenant"),
    ]
}

pub(crate) fn id_text(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

/// Lets time pass at once. The clock runs on afterwards, so that no timer fires
/// early while a socket is waited for.
pub(crate) async fn skip(duration: Duration) {
    tokio::time::pause();
    tokio::time::advance(duration).await;
    tokio::time::resume();
}
