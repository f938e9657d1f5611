//! Links from page to page, as an answer names them.

use serde_json::Value;

use super::List;
use crate::{BaseUrl, CallKind, Setting, fuzzing::check_refusal};

/// That the next page of a list, where a body names one, is at the list's own address, over
/// TLS and below its gateway's path: the token goes along.
pub(crate) fn check_next_page(body: &Value, path: &str) {
    let base_url = BaseUrl::parse("https://api.example.com/gateway").expect("an address");
    let first = base_url.endpoint(path);
    let list = List {
        base_url: &base_url,
        setting: Setting::BaseUrl,
        kind: CallKind::QueueList,
        first: first.clone(),
        top: None,
        name: "list",
    };
    let link = match list.next_link(body) {
        Ok(Some(link)) => link,
        Ok(None) => return,
        Err(error) => return check_refusal(&error),
    };
    assert!(!link.trim().is_empty());
    if let Some(next) = base_url.follow(&first, &link) {
        let page = next.as_str();
        assert!(
            page.starts_with("https://api.example.com/gateway/"),
            "{page}"
        );
        assert!(next.username().is_empty() && next.password().is_none());
        assert!(next.fragment().is_none());
        // The same link, resolved from there, leads to the same page or to none.
        assert_eq!(
            base_url.follow(&first, page).as_ref(),
            Some(&next),
            "{page}"
        );
    }
}
