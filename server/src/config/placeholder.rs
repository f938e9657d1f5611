//! Values and addresses that were never filled in.

/// How a template begins and ends.
const TEMPLATES: [(&str, char); 7] = [
    ("<", '>'),
    ("{", '}'),
    ("[", ']'),
    ("${", '}'),
    ("$(", ')'),
    ("%", '%'),
    ("__", '_'),
];
/// What a request to fill something in begins with.
const REQUESTS: &str = "your change replace insert enter paste placeholder todo";
/// Whole values, in small letters and without marks.
const WORDS: &str = "yourclientid yourclientsecret yourtenantid youraccesskeyid youraccesskeysecret yoursecret \
     changeme changeit replaceme clientid clientsecret tenantid accesskeyid accesskeysecret tbd fixme none null \
     undefined redacted";

/// Whether the value is one that a sample, a template or a person put there to be replaced.
pub(super) fn is_value(value: &str) -> bool {
    let is_template = TEMPLATES
        .iter()
        .any(|(open, close)| value.len() > 1 && value.starts_with(open) && value.ends_with(*close));
    let is_long = value.chars().count() >= 3 || value.starts_with('…');
    let is_filler = |c: char| value.chars().all(|it| it == c);
    let is_filler = is_long && "xX*.…-_?".chars().any(is_filler);
    let lower = value.to_lowercase();
    let words: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
    let is_request = (REQUESTS.split(' '))
        .filter_map(|word| lower.strip_prefix(word))
        .any(|rest| rest.is_empty() || rest.starts_with([' ', '-', '_', '.']));
    is_template || is_filler || is_request || WORDS.split(' ').any(|word| word == words)
}

/// CXone's own domains.
const DOMAINS: [&str; 3] = [
    ".niceincontact.com",
    ".nice-incontact.com",
    ".nicecxone.com",
];
/// What stands for a tenant's host in CXone's documentation, as in `api-{area}`, and in ours.
const PARTS: [&str; 7] = [
    "area", "cluster", "region", "tenant", "domain", "host", "xx",
];
/// Domains that nobody can have.
const RESERVED: &str = ".example.com .example.org .example.net .example.edu .example .invalid";

/// Whether the host of the address is one of a sample or template. `test` and `localhost`
/// are meant as they are.
pub(super) fn is_address(text: &str) -> bool {
    let text = text.trim();
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.contains(['<', '>', '{', '}', '$', '%', '…']) {
        return true;
    }
    // Not of an IPv6 address.
    let is_bracketed = host.starts_with('[')
        && host.contains(|c: char| c.is_ascii_alphabetic() && !c.is_ascii_hexdigit());
    let host = host
        .split(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let is_reserved = |end: &str| format!(".{host}").ends_with(end);
    let parts = || host.split(['.', '-', '_']);
    let is_yours = |part: &str| {
        let rest = part.strip_prefix("your");
        rest.is_some_and(|rest| rest.is_empty() || PARTS.contains(&rest))
    };
    let is_part = DOMAINS
        .iter()
        .filter_map(|domain| host.strip_suffix(domain))
        .any(|name| {
            let name = name
                .split_once('-')
                .filter(|(kind, _)| ["api", "home"].contains(kind))
                .map_or(name, |(_, name)| name);
            PARTS.contains(&name)
        });
    is_bracketed
        || is_value(&host)
        || host == "host"
        || RESERVED.split(' ').any(is_reserved)
        || parts().any(is_yours)
        || is_part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholder_is_recognised() {
        let texts = "your-client-id|your-client-secret|your-tenant-id|your-access-key-id|\
            your-access-key-secret|YOUR_CLIENT_ID|your client id|yourclientid|YourClientId|\
            <client-id>|<your client id>|{client_id}|{{ secret }}|${CXONE_CLIENT_SECRET}|\
            $(cat secret)|%SECRET%|[tenant]|changeme|change-me|CHANGE_ME|changeit|\
            replace-me|replace_with_secret|xxx|XXXXXXXX|…|...|****|???|----|TODO|tbd|\
            insert-secret-here|client-id|client_secret|__CLIENT_ID__|{\"client_id\": 1}";
        for text in texts.split('|') {
            assert!(is_value(text), "{text}");
        }
    }

    #[test]
    fn placeholder_address_is_recognised_and_real_ones_are_not() {
        let texts = "
            https://api-your-region.niceincontact.com https://your-tenant.niceincontact.com/
            https://api.your_region.nice-incontact.com https://yourtenant.nice-incontact.com
            your-region https://your-cxone-host https://YOUR-REGION.nice-incontact.com
            https://AREA.nice-incontact.com https://api-area.niceincontact.com
            https://api-{area}.niceincontact.com https://api-{cluster}.nice-incontact.com
            https://{cluster}.nice-incontact.com https://api-${CLUSTER}.niceincontact.com
            https://$REGION.nice-incontact.com https://api-{0}.niceincontact.com
            https://{}.nice-incontact.com https://api-cluster.niceincontact.com
            https://home-region.nice-incontact.com https://api-xx.niceincontact.com
            https://<region>.nice-incontact.com
            https://api-<cluster>.niceincontact.com/inContactAPI
            https://[region].nice-incontact.com https://%REGION%.nice-incontact.com
            https://example.com https://api.example.com:8443/x http://Example.org
            https://cxone.example https://api.cxone.invalid https://HOST https://…
            https://... https://xxx <region> changeme
        ";
        for text in texts.split_whitespace() {
            assert!(is_address(text), "{text}");
        }
        let texts = "https://api-us-02.nice-incontact.com https://na1.nice-incontact.com \
            https://api-na1.niceincontact.com https://api-c32.nice-incontact.com/ \
            https://b2.nice-incontact.com https://cxone.niceincontact.com \
            https://cxone-gov.niceincontact.com \
            https://api.c1.nice-incontact.com/inContactAPI/ https://cluster.corp.test \
            https://region.company.net/area https://gateway.yourschool.org \
            https://exampleton.com https://my-example.com http://localhost:8089 \
            http://127.0.0.1:1 http://[::1]:1 https://[fd00::a]/ https://tenant.test \
            https://10.0.0.1/cxone";
        for text in texts.split(' ').chain([""]) {
            assert!(!is_address(text), "{text}");
        }
    }
}
