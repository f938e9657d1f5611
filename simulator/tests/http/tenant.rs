//! A running tenant with a client that has signed in where it needs to.
#![expect(
    clippy::unwrap_used,
    reason = "clippy sees tests only in functions marked so, and all of this is one"
)]

use std::time::Duration;

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

    pub(crate) async fn list(&self, token: &str, address: &str) -> Response {
        let request = self.client.get(address).bearer_auth(token);
        request.send().await.unwrap()
    }
}

pub(crate) async fn queues_of(answer: Response) -> Vec<Value> {
    let answer: Value = answer.json().await.unwrap();
    answer["queues"].as_array().unwrap().clone()
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
