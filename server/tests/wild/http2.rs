//! HTTP/2 over TLS, its frames written by hand: pseudo-headers that no library would send.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use crate::{Wall, program::PATIENCE};

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const GO_AWAY: u8 = 7;

/// A whole request: its headers are complete, and no body comes.
const WHOLE: u8 = 0x1 | 0x4;

/// What a stream came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Came {
    Answer,
    Reset,
    End,
}

/// A field as HPACK writes it without table and without Huffman (RFC 7541, 6.2.2).
fn field(block: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    let mut text = |text: &[u8]| {
        if text.len() < 127 {
            block.push(text.len() as u8);
        } else {
            let rest = text.len() - 127;
            block.extend([127, (rest & 127) as u8 | 128, (rest >> 7) as u8]);
        }
        block.extend(text);
    };
    text(name);
    text(value);
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = payload.len() as u32;
    let mut frame = length.to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

fn block(fields: &[(&[u8], &[u8])]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        field(&mut block, name, value);
    }
    block
}

fn connect(to: SocketAddr, pem: &str) -> impl Read + Write {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
        .unwrap();
    let mut config = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let tls = ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    let stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    StreamOwned::new(tls, stream)
}

/// Sends these frames after the preface, and reads until the first stream is decided.
fn converse(to: SocketAddr, pem: &str, frames: &[u8]) -> Came {
    let mut stream = connect(to, pem);
    let settings = frame(SETTINGS, 0, 0, &[]);
    let all = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &settings[..], frames].concat();
    // It may have seen enough before all is sent.
    let _ = stream.write_all(&all).and_then(|()| stream.flush());
    loop {
        let mut head = [0; 9];
        if stream.read_exact(&mut head).is_err() {
            return Came::End;
        }
        let [a, b, c, kind, ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        if stream.read_exact(&mut payload).is_err() {
            return Came::End;
        }
        match kind {
            HEADERS => return Came::Answer,
            RESET => return Came::Reset,
            GO_AWAY => return Came::End,
            _ => {}
        }
    }
}

#[test]
fn malformed_http2_ends_only_its_stream_or_connection() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (certificate, key) = (
        folder.path().join("cert.pem"),
        folder.path().join("key.pem"),
    );
    std::fs::write(&certificate, own.cert.pem()).unwrap();
    std::fs::write(&key, own.signing_key.serialize_pem()).unwrap();
    let wall = Wall::start(&[
        ("QUEUEWALL_ACCESS", "open"),
        (
            "QUEUEWALL_TLS_CERTIFICATE_FILE",
            certificate.to_str().unwrap(),
        ),
        ("QUEUEWALL_TLS_KEY_FILE", key.to_str().unwrap()),
    ]);
    let pem = own.cert.pem();
    let ask = |fields: &[(&[u8], &[u8])]| {
        let headers = frame(HEADERS, WHOLE, 1, &block(fields));
        converse(wall.program.address, &pem, &headers)
    };
    let method: (&[u8], &[u8]) = (b":method", b"GET");
    let scheme: (&[u8], &[u8]) = (b":scheme", b"https");
    let path: (&[u8], &[u8]) = (b":path", b"/healthz");
    let name: (&[u8], &[u8]) = (b":authority", b"localhost");
    let good = [method, scheme, path, name];
    assert_eq!(ask(&good), Came::Answer);

    let long = [b'a'; 12_000];
    let longer = [b'a'; 16_300];
    for (what, fields, came) in [
        ("no path", vec![method, scheme, name], Came::Reset),
        (
            "an empty path",
            vec![method, scheme, (b":path", b""), name],
            Came::Reset,
        ),
        (
            "a path that is none",
            vec![method, scheme, (b":path", b"healthz"), name],
            Came::Reset,
        ),
        (
            "a path with a space",
            vec![method, scheme, (b":path", b"/a b"), name],
            Came::Reset,
        ),
        (
            "bytes in the path",
            vec![method, scheme, (b":path", b"/board/\xff"), name],
            Came::End,
        ),
        (
            "a long path",
            vec![method, scheme, (b":path", &long), name],
            Came::Reset,
        ),
        ("no method", vec![scheme, path, name], Came::Reset),
        (
            "an empty method",
            vec![(b":method", b""), scheme, path, name],
            Came::End,
        ),
        (
            "another method",
            vec![(b":method", b"get"), scheme, path, name],
            Came::Answer,
        ),
        ("no scheme", vec![method, path, name], Came::Reset),
        (
            "another scheme",
            vec![method, (b":scheme", b"ftp"), path, name],
            Came::Answer,
        ),
        (
            "no scheme that could be",
            vec![method, (b":scheme", b"\x01"), path, name],
            Came::Reset,
        ),
        ("no name", vec![method, scheme, path], Came::Answer),
        (
            "another name",
            vec![method, scheme, path, (b":authority", b"evil.example")],
            Came::Answer,
        ),
        (
            "no name that could be",
            vec![method, scheme, path, (b":authority", b"a b@")],
            Came::Reset,
        ),
        (
            "a pseudo-header twice",
            vec![method, method, scheme, path, name],
            Came::Reset,
        ),
        (
            "one that is none",
            vec![method, scheme, path, name, (b":odd", b"1")],
            Came::End,
        ),
        (
            "one of an answer",
            vec![method, scheme, path, name, (b":status", b"200")],
            Came::Reset,
        ),
        (
            "one after a header",
            vec![method, scheme, (b"x", b"1"), path, name],
            Came::Reset,
        ),
        (
            "a name in capitals",
            vec![method, scheme, path, name, (b"X-Big", b"1")],
            Came::End,
        ),
        (
            "a line break",
            vec![method, scheme, path, name, (b"x", b"1\r\ny: 2")],
            Came::End,
        ),
        (
            "of a connection",
            vec![method, scheme, path, name, (b"connection", b"close")],
            Came::Reset,
        ),
        (
            "chunks",
            vec![
                method,
                scheme,
                path,
                name,
                (b"transfer-encoding", b"chunked"),
            ],
            Came::Reset,
        ),
        (
            "a tunnel",
            vec![(b":method", b"CONNECT"), name],
            Came::Answer,
        ),
        (
            "a protocol",
            vec![
                (b":method", b"CONNECT"),
                scheme,
                path,
                name,
                (b":protocol", b"websocket"),
            ],
            Came::Reset,
        ),
        (
            "a host too",
            vec![method, scheme, path, name, (b"host", b"evil.example")],
            Came::Answer,
        ),
        (
            "much",
            vec![method, scheme, path, name, (b"x", &longer)],
            Came::Answer,
        ),
        ("nothing", vec![], Came::Reset),
    ] {
        assert_eq!(ask(&fields), came, "{what}");
        assert_eq!(ask(&good), Came::Answer, "after {what}");
    }
    for (what, frames) in [
        ("data of no stream", frame(DATA, 0, 1, b"x")),
        (
            "headers of stream 0",
            frame(HEADERS, WHOLE, 0, &block(&good)),
        ),
        (
            "headers of our own stream",
            frame(HEADERS, WHOLE, 2, &block(&good)),
        ),
        ("HPACK that is none", frame(HEADERS, WHOLE, 1, &[0xff; 40])),
        ("a frame that is too large", frame(DATA, 0, 1, &[0; 20_000])),
        ("settings of the wrong size", frame(SETTINGS, 0, 0, &[0; 5])),
        ("no frame", b"GET / HTTP/1.1\r\n\r\n".to_vec()),
    ] {
        assert_eq!(
            converse(wall.program.address, &pem, &frames),
            Came::End,
            "{what}"
        );
        assert_eq!(ask(&good), Came::Answer, "after {what}");
    }
    wall.program.end();
}
