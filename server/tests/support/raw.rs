//! HTTP/1 as bytes: requests that no library would write, and answers taken apart.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpStream},
};

use crate::program::PATIENCE;

/// One answer as it came.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A header's value, by its name in lower case; empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut headers = self.headers.iter();
        headers
            .find_map(|(is, value)| (is == name).then_some(value.as_str()))
            .unwrap_or_default()
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends `request`, and reads until the server closes. With `ends`, the server is told that
/// nothing more will come.
pub(crate) fn converse(to: SocketAddr, request: &[u8], ends: bool) -> Vec<u8> {
    let mut stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // A server that has seen enough closes before it has read all: what it said counts.
    let _ = stream.write_all(request);
    if ends {
        let _ = stream.shutdown(Shutdown::Write);
    }
    let mut said = Vec::new();
    let mut bytes = [0; 4096];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return said,
            Ok(count) => said.extend_from_slice(&bytes[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return said,
            Err(error) => panic!("neither an answer nor an end: {error}"),
        }
    }
}

/// Takes apart all that a server said on one connection.
///
/// # Errors
/// What is no HTTP.
pub(crate) fn answers(mut said: &[u8]) -> Result<Vec<Answer>, String> {
    let mut answers = Vec::new();
    while !said.is_empty() {
        let end = said.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.ok_or("a head without an end")?;
        let head = std::str::from_utf8(&said[..end]).map_err(|_| "a head that is no text")?;
        said = &said[end + 4..];
        let mut lines = head.split("\r\n");
        let start = lines.next().unwrap_or_default();
        let status = start
            .strip_prefix("HTTP/1.1 ")
            .or(start.strip_prefix("HTTP/1.0 "))
            .and_then(|rest| rest.get(..3)?.parse().ok())
            .filter(|status| (100..600).contains(status))
            .ok_or_else(|| format!("no start: {start:?}"))?;
        let mut headers = Vec::new();
        for line in lines {
            let (name, value) = line
                .split_once(": ")
                .ok_or(format!("no header: {line:?}"))?;
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let mut answer = Answer {
            status,
            headers,
            body: Vec::new(),
        };
        let length = answer.header("content-length").parse::<usize>();
        // After a HEAD, and with a 304, a length is that of a body which does not come.
        let is_bodiless = said.is_empty() || said.starts_with(b"HTTP/1.");
        if let (Ok(length), false) = (length, is_bodiless) {
            answer.body = said.get(..length).ok_or("a body cut short")?.to_vec();
            said = &said[length..];
        }
        answers.push(answer);
    }
    Ok(answers)
}
