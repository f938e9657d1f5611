//! What to do about a failure that the operating system reports. Every message with an
//! [`io::Error`] in it ends with one of these.

use std::io::{self, ErrorKind};

/// What was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// To read a file or folder.
    Read,
    /// To make or write a file or folder.
    Write,
    /// To listen on an address and port.
    Listen,
}

/// Too many open files, of the process and of the machine; the same on every Unix.
const OPEN_FILES: [i32; 2] = [24, 23];
/// The device failed; the same on every Unix.
const DEVICE: i32 = 5;
/// Linux has no IPv6 (`EAFNOSUPPORT`).
const NO_ADDRESS_FAMILY: i32 = 97;

/// The remedy that fits the error, as the end of a sentence.
#[must_use]
pub fn remedy(attempt: Attempt, error: &io::Error) -> &'static str {
    match error.raw_os_error() {
        Some(code) if OPEN_FILES.contains(&code) => {
            return "raise the limit of open files (ulimit -n; LimitNOFILE= in a systemd unit)";
        }
        Some(DEVICE) => return "the disk fails: look in the kernel's log (dmesg)",
        Some(NO_ADDRESS_FAMILY) if attempt == Attempt::Listen => {
            return "this machine has no IPv6: name an IPv4 address, for example 0.0.0.0";
        }
        _ => {}
    }
    match (error.kind(), attempt) {
        (ErrorKind::AddrInUse, _) => {
            "end the program that uses the port (`ss -ltnp` names it), or choose another port"
        }
        (ErrorKind::AddrNotAvailable, _) => {
            "this machine has no such address: `ip address` lists them, and 0.0.0.0 means all of them"
        }
        (ErrorKind::PermissionDenied, Attempt::Listen) => {
            "ports below 1024 need a privilege: choose one from 1024 on, such as 8080, or grant \
             CAP_NET_BIND_SERVICE; for other ports see what else forbids it (SELinux, a container's profile)"
        }
        (_, Attempt::Listen) => "choose another address and port",
        (ErrorKind::StorageFull, _) => "free space on its disk (df -h; df -i for inodes)",
        (ErrorKind::QuotaExceeded, _) => "free space, or raise the disk quota of its user",
        (ErrorKind::ReadOnlyFilesystem, _) => {
            "it is on a read-only file system: mount that for writing (in a container, a volume), or choose \
             another folder"
        }
        (ErrorKind::IsADirectory, _) => {
            "it is a folder: name a file (a container engine makes a folder where the file to mount is missing)"
        }
        (ErrorKind::NotADirectory, _) => "a part of the path is a file: check the path",
        (ErrorKind::PermissionDenied, Attempt::Read) => {
            "let the user that runs queuewall read it, and enter the folders above it"
        }
        (ErrorKind::PermissionDenied, Attempt::Write) => {
            "let the user that runs queuewall write it and its folder"
        }
        (ErrorKind::InvalidInput | ErrorKind::FileTooLarge, Attempt::Read) => {
            "name a file, or a pipe, of at most 1 MiB"
        }
        (ErrorKind::InvalidData, Attempt::Read) => "save it as UTF-8 text",
        (ErrorKind::NotFound, Attempt::Write) => "make the folder, or check the path",
        _ => "check the path",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remedy_fits_errno() {
        let code = |attempt, code| remedy(attempt, &io::Error::from_raw_os_error(code));
        let kind = |attempt, kind: ErrorKind| remedy(attempt, &kind.into());
        for (remedy, word) in [
            (kind(Attempt::Write, ErrorKind::StorageFull), "free space"),
            (kind(Attempt::Write, ErrorKind::QuotaExceeded), "quota"),
            (
                kind(Attempt::Write, ErrorKind::ReadOnlyFilesystem),
                "read-only",
            ),
            (
                kind(Attempt::Write, ErrorKind::PermissionDenied),
                "write it",
            ),
            (kind(Attempt::Read, ErrorKind::PermissionDenied), "read it"),
            (kind(Attempt::Read, ErrorKind::IsADirectory), "folder"),
            (kind(Attempt::Read, ErrorKind::NotFound), "path"),
            (kind(Attempt::Read, ErrorKind::FileTooLarge), "1 MiB"),
            (kind(Attempt::Listen, ErrorKind::AddrInUse), "uses the port"),
            (
                kind(Attempt::Listen, ErrorKind::AddrNotAvailable),
                "no such address",
            ),
            (kind(Attempt::Listen, ErrorKind::PermissionDenied), "1024"),
            (code(Attempt::Read, 24), "open files"),
            (code(Attempt::Listen, 24), "open files"),
            (code(Attempt::Write, 5), "disk fails"),
        ] {
            assert!(remedy.contains(word), "{word}: {remedy}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn remedy_fits_codes_of_linux() {
        for (attempt, code, word) in [
            (Attempt::Write, 28, "free space"),
            (Attempt::Write, 30, "read-only"),
            (Attempt::Write, 122, "quota"),
            (Attempt::Listen, 97, "IPv6"),
            (Attempt::Listen, 98, "uses the port"),
        ] {
            let remedy = remedy(attempt, &io::Error::from_raw_os_error(code));
            assert!(remedy.contains(word), "{code}: {remedy}");
        }
    }
}
