//! The HTTP library's errors in the product's words.

use std::{error::Error as StdError, io};

use super::{answer::Peer, resolver::NameNotResolved};
use crate::Error;

/// The most of a library's words that is passed on.
const LONGEST_DETAIL: usize = 200;

/// What went wrong before the last byte of an answer was read.
pub(super) fn classify(error: &reqwest::Error, peer: &Peer) -> Error {
    let host = peer.host.clone();
    if let Some(name) = find::<NameNotResolved>(error) {
        return Error::Dns {
            name: name.host.clone(),
            setting: host.setting,
        };
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return Error::Tls {
            host,
            detail: plain(tls),
        };
    }
    if error.is_timeout() {
        let after = if error.is_connect() {
            peer.connect_timeout
        } else {
            peer.total_timeout
        };
        return Error::TimedOut { host, after };
    }
    if error.is_connect() {
        // Only a handshake reads while it connects: an end there is a TLS failure.
        let ended = |io: &io::Error| io.kind() == io::ErrorKind::UnexpectedEof;
        let broke_off = peer.is_encrypted && all::<io::Error>(error).any(ended);
        let detail = innermost(error);
        return if broke_off {
            Error::Tls { host, detail }
        } else {
            Error::Connect { host, detail }
        };
    }
    if let Some(http) = find::<hyper::Error>(error).filter(|http| http.is_parse()) {
        let content = if http.is_parse_too_large() {
            "more header lines than are read"
        } else {
            "something other than HTTP"
        };
        return Error::NotJson {
            host,
            content: content.to_owned(),
        };
    }
    Error::Truncated { host }
}

/// An error and everything that caused it, outermost first.
fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| {
        // `source` of an `io::Error` leaves out the very error that it wraps.
        match error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(wrapped) => Some(wrapped as &(dyn StdError + 'static)),
            None => error.source(),
        }
    })
}

fn all<'a, T: StdError + 'static>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a T> {
    causes(error).filter_map(|error| error.downcast_ref())
}

fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    all(error).next()
}

/// A library's words on one line of bounded length: a peer may have had a say in
/// them, through its certificate for one.
fn plain(error: &(impl StdError + ?Sized)) -> String {
    error
        .to_string()
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(LONGEST_DETAIL)
        .collect()
}

/// The innermost words of an error.
pub(super) fn innermost(error: &(dyn StdError + 'static)) -> String {
    causes(error).last().map(plain).unwrap_or_default()
}
