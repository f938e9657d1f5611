//! The process itself, by the names that every Prometheus client has for it.

use std::fs;

/// Memory in use, in bytes; `None` where the system has no `/proc`.
pub(super) fn resident_memory_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

/// Open file handles; `None` where the system has no `/proc`.
pub(super) fn open_fds() -> Option<u64> {
    let listed = fs::read_dir("/proc/self/fd").ok()?.count() as u64;
    // One of them was opened to list them.
    Some(listed.saturating_sub(1))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory_and_files() {
        assert!(resident_memory_bytes().is_some_and(|bytes| bytes > 500_000));
        let before = open_fds().unwrap();
        let _files: Vec<_> = (0..50)
            .map(|_| fs::File::open("/proc/self/status").unwrap())
            .collect();
        // Other tests open and close some meanwhile.
        assert!(open_fds().unwrap() >= before.saturating_sub(20) + 30);
    }
}
