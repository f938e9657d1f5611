//! Which proxies may be trusted, and which of their headers can name a person.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

/// Headers that come with every request, or that clients choose themselves, by how their
/// names begin.
const FOR_EVERYBODY: &str = "
    accept access-control- age alt- authorization cache-control cdn-loop cf-connecting
    cf-ipcountry cf-ray cf-visitor cloudfront- connection content- cookie date device-memory dnt
    downlink dpr early-data ect etag expect expires fastly- forwarded front-end-https host
    http2- if- keep-alive last-event-id link max-forwards origin pragma priority proxy-
    queuewall- range referer rtt save-data sec- server service-worker set-cookie te trace
    traceparent tracestate trailer transfer-encoding true-client-ip upgrade user-agent vary via
    viewport-width warning width x-amz-cf- x-amzn-trace-id x-arr- x-azure-clientip x-azure-ref
    x-azure-socketip x-b3- x-client-ip x-cloud-trace-context x-cluster-client-ip
    x-correlation-id x-envoy- x-forwarded-by x-forwarded-for x-forwarded-host x-forwarded-https
    x-forwarded-path x-forwarded-port x-forwarded-prefix x-forwarded-proto x-forwarded-scheme
    x-forwarded-server x-forwarded-ssl x-forwarded-uri x-original- x-real-ip x-request-id
    x-requested-with x-scheme x-trace x-url-scheme
";
/// Names that would be taken for one of those, and that proxies do name people in.
const OF_PEOPLE: &[&str] = &["x-original-user", "proxy-user", "proxy-remote-user"];

/// Whether a header by this name, in small letters, can say that somebody is signed in.
pub(super) fn may_name_a_person(name: &str) -> bool {
    let is_for_everybody = |start: &str| {
        let rest = name.strip_prefix(start);
        rest.is_some_and(|it| it.is_empty() || it.starts_with('-') || start.ends_with('-'))
    };
    OF_PEOPLE.contains(&name) || !FOR_EVERYBODY.split_whitespace().any(is_for_everybody)
}

/// The network or address that is written so.
///
/// # Errors
/// What is wrong with it, to be said after its value.
pub(super) fn network(text: &str) -> Result<IpNet, &'static str> {
    let text = text.trim();
    let network = text.parse::<IpNet>().ok();
    let network = network.or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    let network = canonical(network.ok_or("is neither an address nor a network")?);
    let is_everybody = match network {
        IpNet::V4(it) => it.prefix_len() < 8 || it.addr().is_unspecified(),
        // Private networks begin with 7 and 10 bits.
        IpNet::V6(it) => {
            let is_private = it.addr().is_unique_local() || it.addr().is_unicast_link_local();
            it.addr().is_unspecified() || it.prefix_len() < if is_private { 7 } else { 16 }
        }
    };
    if is_everybody {
        return Err("would trust the headers of every client");
    }
    Ok(network)
}

/// Whether so many machines are in it that hardly all of them are proxies.
pub(super) fn is_wide(network: IpNet) -> bool {
    match network {
        IpNet::V4(it) => {
            it.prefix_len() < 16 || (it.addr().octets()[..2] == [192, 168] && it.prefix_len() == 16)
        }
        IpNet::V6(it) => it.prefix_len() < 32,
    }
}

/// IPv4 where it is written as IPv6, as peers' addresses are compared.
fn canonical(network: IpNet) -> IpNet {
    if let IpNet::V6(v6) = network
        && let (Some(v4), Some(length)) =
            (v6.addr().to_ipv4_mapped(), v6.prefix_len().checked_sub(96))
        && let Ok(v4) = Ipv4Net::new(v4, length)
    {
        return v4.into();
    }
    network
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trusted_proxies_that_mean_everybody_are_refused() {
        for text in [
            "0.0.0.0/0",
            "::/0",
            "0.0.0.0/1",
            "128.0.0.0/1",
            "::/1",
            "8000::/1",
            "2000::/3",
            "0.0.0.0",
            "::",
            "::ffff:0:0/96",
            "::ffff:0.0.0.0/97",
            "10.0.0.0/7",
            "*",
            "all",
            "10.0.0",
            "",
            "wall.example.com",
            "10.0.0.5:8080",
        ] {
            assert!(network(text).is_err(), "{text}");
        }
    }

    #[test]
    fn trusted_proxies_that_are_a_wide_network_are_warned_of() {
        let narrow = "10.0.0.5 10.0.0.0/24 10.1.0.0/16 172.17.0.0/16 192.168.1.0/24 127.0.0.1 ::1 \
                      2001:db8::/48 fd00:1::5";
        let wide = "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fe80::/10 127.0.0.0/8";
        for (texts, expected) in [(narrow, false), (wide, true)] {
            for text in texts.split(' ') {
                assert_eq!(is_wide(network(text).unwrap()), expected, "{text}");
            }
        }
        let mapped = network("::ffff:10.0.0.0/120").unwrap();
        assert_eq!(mapped, "10.0.0.0/24".parse::<IpNet>().unwrap());
        assert_eq!(
            network("::ffff:10.0.0.5").unwrap(),
            network("10.0.0.5").unwrap()
        );
    }

    #[test]
    fn proxy_header_that_everybody_sends_is_refused() {
        let texts = "
            host cookie user-agent accept accept-language connection origin referer
            authorization x-forwarded-for x-forwarded-proto forwarded via x-real-ip
            sec-fetch-site if-none-match upgrade-insecure-requests content-type x-request-id
            queuewall-screen priority te dnt
        ";
        for name in texts.split_whitespace() {
            assert!(!may_name_a_person(name), "{name}");
        }
        let texts = "
            x-forwarded-user x-forwarded-email x-forwarded-preferred-username
            x-forwarded-groups remote-user x-remote-user x-auth-request-user
            x-auth-request-email x-authentik-username x-webauth-user x-user user from
            x-amzn-oidc-identity x-amzn-oidc-data x-ms-client-principal-name
            x-goog-authenticated-user-email cf-access-authenticated-user-email
            tailscale-user-login x-pomerium-claim-email x-token-user-name ssl-client-s-dn
            x-original-user oidc-claim-sub sm-user iv-user tenant-user
        ";
        for name in texts.split_whitespace() {
            assert!(may_name_a_person(name), "{name}");
        }
    }
}
