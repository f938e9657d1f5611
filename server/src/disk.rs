//! Disks: waiting for one without keeping the runtime's other tasks waiting, and those of other
//! machines.

use std::path::Path;

use tokio::runtime::{Handle, RuntimeFlavor};

/// Runs `act`, which may wait for a disk, while other threads go on with the tasks of this
/// one. A runtime of one thread, as in tests, waits.
pub(crate) fn wait_for<T>(act: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(act),
        _ => act(),
    }
}

/// Whether a file is on a file system that is known to be another machine's.
#[cfg(target_os = "linux")]
pub(crate) fn is_on_network(file: &Path) -> bool {
    // NFS, SMB, CIFS, SMB2, AFS, Ceph, Lustre and 9P, by linux/magic.h and their sources.
    const KNOWN: [u32; 8] = [
        0x6969,
        0x517b,
        0xff53_4d42,
        0xfe53_4d42,
        0x5346_414f,
        0x00c3_6400,
        0x0bd0_0bd0,
        0x0102_1997,
    ];
    rustix::fs::statfs(file).is_ok_and(|it| KNOWN.contains(&(it.f_type as u32)))
}

/// Not known here.
#[cfg(not(target_os = "linux"))]
pub(crate) fn is_on_network(_: &Path) -> bool {
    false
}
