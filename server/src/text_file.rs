//! Text files as people and their tools save them: with a byte order mark, with the line
//! ends of Windows, as UTF-16.

use std::{borrow::Cow, io, path::Path};

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The text without a byte order mark at its beginning.
///
/// # Errors
/// [`io::ErrorKind::InvalidData`] where it is UTF-16, holds NUL characters or is not UTF-8;
/// the error says which, and quotes nothing.
pub fn decode(bytes: Vec<u8>) -> io::Result<String> {
    let invalid = |what: &str| Err(io::Error::new(io::ErrorKind::InvalidData, what));
    if is_utf16(&bytes) {
        return invalid("it is UTF-16 text");
    }
    if bytes.contains(&0) {
        return invalid("it holds NUL characters, as a file that was not written to its end");
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.trim_start_matches(BYTE_ORDER_MARK).to_owned()),
        Err(_) => invalid("it is not UTF-8 text"),
    }
}

/// Reads a PEM file so that the parser finds its blocks: without a byte order mark, blanks
/// and quotes around lines, and with real line breaks where they are written as `\n`.
/// What is not text is returned as it is.
///
/// # Errors
/// As [`std::fs::read`]; [`io::ErrorKind::InvalidData`] for UTF-16.
pub fn read_pem(path: &Path) -> io::Result<Vec<u8>> {
    pem(std::fs::read(path)?)
}

fn pem(bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    if is_utf16(&bytes) {
        return decode(bytes).map(String::into_bytes);
    }
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return Ok(bytes);
    };
    let text: Cow<'_, str> = match text.contains("\\n") {
        true => text.replace("\\r", "").replace("\\n", "\n").into(),
        false => text.into(),
    };
    let around = |c: char| c.is_whitespace() || matches!(c, BYTE_ORDER_MARK | '"' | '\'');
    let lines = text
        .split(['\n', '\r'])
        .map(|line| line.trim_matches(around));
    Ok(lines
        .flat_map(|line| [line, "\n"])
        .collect::<String>()
        .into_bytes())
}

/// By its byte order mark, or by the NULs that ASCII has in it.
fn is_utf16(bytes: &[u8]) -> bool {
    let is_ascii = |low: u8, high: u8| low != 0 && low.is_ascii() && high == 0;
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [a, b, c, d, ..] => {
            (is_ascii(*a, *b) && is_ascii(*c, *d)) || (is_ascii(*b, *a) && is_ascii(*d, *c))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, mark: bool) -> Vec<u8> {
        let mark = mark.then_some(0xfeff);
        let units = mark.into_iter().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn decode_drops_byte_order_mark_and_names_other_encodings() {
        assert_eq!(decode(b"\xef\xbb\xbfa\r\nb".to_vec()).unwrap(), "a\r\nb");
        for (bytes, words) in [
            (utf16("CXONE_CLIENT_ID=a", true), "UTF-16"),
            (utf16("CXONE_CLIENT_ID=a", false), "UTF-16"),
            (b"abc\0\0\0".to_vec(), "NUL"),
            (vec![0; 4096], "NUL"),
            (b"Z\xfcrich".to_vec(), "not UTF-8"),
        ] {
            let error = decode(bytes).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
            assert!(error.to_string().contains(words), "{error}");
        }
    }

    #[test]
    fn pem_is_read_however_it_was_saved() {
        let plain = "-----BEGIN X-----\nAAAA\n-----END X-----\n";
        let blocks = |bytes: &[u8]| {
            let text = String::from_utf8(pem(bytes.to_vec()).unwrap()).unwrap();
            text.lines()
                .filter(|line| !line.is_empty())
                .collect::<Vec<_>>()
                .join("\n")
        };
        let crlf = plain.replace('\n', "\r\n");
        for saved in [
            plain.to_owned(),
            format!("\u{feff}{plain}"),
            format!("\u{feff}{crlf}"),
            crlf,
            plain.replace('\n', "\r"),
            plain.replace('\n', "  \n  "),
            format!("\"{}\"", plain.trim_end().replace('\n', "\\n")),
        ] {
            assert_eq!(blocks(saved.as_bytes()), plain.trim_end(), "{saved:?}");
        }
        assert!(pem(utf16(plain, true)).is_err());
        assert_eq!(
            pem(b"\x30\x82\xff".to_vec()).unwrap(),
            b"\x30\x82\xff",
            "DER"
        );
    }
}
