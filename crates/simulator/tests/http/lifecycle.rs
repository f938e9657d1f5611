//! Starting, stopping, and addresses that the contract does not have.

use std::io::ErrorKind;

use queuewall_simulator::{Fault, Options};
use tokio::net::{TcpListener, TcpStream};

use crate::tenant::{ACTIVITY, Tenant, good_form};

#[tokio::test]
async fn other_addresses_and_methods_are_refused() {
    let tenant = Tenant::frozen().await;
    let other = tenant.client.get(tenant.url("/api/v2/agents"));
    assert_eq!(other.send().await.unwrap().status(), 404);
    let get = tenant
        .client
        .get(tenant.url("/oauth2/token"))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (get.status().as_u16(), &get.headers()["allow"]),
        (405, &"POST".parse().unwrap())
    );
    let post = tenant
        .client
        .post(tenant.url("/api/v2/queues"))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (post.status().as_u16(), &post.headers()["allow"]),
        (405, &"GET".parse().unwrap())
    );
    let post = tenant.client.post(tenant.url(ACTIVITY));
    assert_eq!(post.send().await.unwrap().status(), 405);
    let get = tenant.client.get(tenant.url("/auth/token"));
    assert_eq!(get.send().await.unwrap().status(), 405);
    assert!(tenant.control.requests().is_empty());
}

#[tokio::test]
async fn shutdown_frees_the_port_and_closes_hanging_connections() {
    let tenant = Tenant::frozen().await;
    let address = tenant.simulator.address();
    tenant.control.fail_with(Fault::Hang);
    let hanging = tokio::spawn(tenant.token_request(&good_form()).send());
    while tenant.control.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    tenant.simulator.shutdown().await;
    assert!(hanging.await.unwrap().is_err());
    let refused = TcpStream::connect(address).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn dropping_it_stops_it_and_its_kept_connections() {
    let tenant = Tenant::frozen().await;
    let address = tenant.simulator.address();
    tenant.sign_in().await;
    let (client, url) = (tenant.client.clone(), tenant.url("/api/v2/queues"));
    drop(tenant.simulator);
    assert!(client.get(url).send().await.is_err());
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn the_base_url_of_an_unspecified_address_can_be_reached() {
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let simulator = queuewall_simulator::Simulator::start(listener, Options::default());
    let port = simulator.address().port();
    assert_eq!(simulator.base_url(), format!("http://127.0.0.1:{port}"));
}
