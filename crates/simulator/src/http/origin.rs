//! The address by which the client came, so that links need not lead it elsewhere.

use hyper::{HeaderMap, header::HOST};

/// `http://host:port` as the client said it, without a slash at the end; empty, so
/// that links are relative, where it said nothing.
pub(crate) fn origin(headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    host.map_or(String::new(), |host| format!("http://{host}"))
}
