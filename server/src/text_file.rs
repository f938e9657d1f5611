//! Text files as people and their tools save them: with a byte order mark, with the line
//! ends of Windows, as UTF-16.

use std::{
    borrow::Cow,
    fs::{self, File},
    io::{self, ErrorKind, Read as _},
    path::Path,
};

const BYTE_ORDER_MARK: char = '\u{feff}';

/// How much is read of a file, in bytes. A bundle of every public CA is a quarter of it.
const LONGEST: u64 = 1024 * 1024;

/// Reads a file that a setting names: a regular one, or a pipe, as shells make for `<(…)`.
///
/// # Errors
/// As [`std::fs::read`]; [`ErrorKind::InvalidInput`] for a device or socket, which may have
/// no end, and [`ErrorKind::FileTooLarge`] for more than 1 MiB.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    // Before it is opened, which does something to some devices.
    if is_device(&fs::metadata(path)?) {
        let what = "it is a device or a socket";
        return Err(io::Error::new(ErrorKind::InvalidInput, what));
    }
    let mut bytes = Vec::new();
    (File::open(path)?.take(LONGEST + 1)).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > LONGEST {
        true => Err(io::Error::new(
            ErrorKind::FileTooLarge,
            "it is longer than 1 MiB",
        )),
        false => Ok(bytes),
    }
}

/// `/dev/null` is none: it is an empty file to those who mount it over one.
#[cfg(unix)]
fn is_device(found: &fs::Metadata) -> bool {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    let kind = found.file_type();
    let is_null = || fs::metadata("/dev/null").is_ok_and(|null| null.rdev() == found.rdev());
    kind.is_block_device() || kind.is_socket() || (kind.is_char_device() && !is_null())
}

#[cfg(not(unix))]
fn is_device(_found: &fs::Metadata) -> bool {
    false
}

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
/// As [`read`]; [`io::ErrorKind::InvalidData`] for UTF-16.
pub fn read_pem(path: &Path) -> io::Result<Vec<u8>> {
    pem(read(path)?)
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
    fn file_without_end_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mut content = vec![b'a'; 1024 * 1024];
        fs::write(&path, &content).unwrap();
        assert_eq!(read(&path).unwrap(), content);
        content.push(b'a');
        fs::write(&path, &content).unwrap();
        let error = read(&path).unwrap_err();
        assert_eq!(error.to_string(), "it is longer than 1 MiB");
        assert!(read(folder.path()).is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn device_is_refused_and_a_pipe_is_read_to_its_bound() {
        use std::{io::Write as _, os::fd::AsRawFd as _};
        for device in ["/dev/zero", "/dev/urandom"] {
            let error = read(Path::new(device)).unwrap_err();
            assert_eq!(error.to_string(), "it is a device or a socket");
            assert!(read_pem(Path::new(device)).is_err());
        }
        assert_eq!(read(Path::new("/dev/null")).unwrap(), b"");
        for (length, is_good) in [(7, true), (2 * 1024 * 1024, false)] {
            let (reader, mut writer) = io::pipe().unwrap();
            let writing = std::thread::spawn(move || writer.write_all(&vec![b'a'; length]));
            let path = format!("/dev/fd/{}", reader.as_raw_fd());
            assert_eq!(read(Path::new(&path)).is_ok(), is_good, "{length}");
            drop(reader);
            let _ = writing.join().unwrap();
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
