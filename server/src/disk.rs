//! Waiting for a disk without keeping the runtime's other tasks waiting.

use tokio::runtime::{Handle, RuntimeFlavor};

/// Runs `act`, which may wait for a disk, while other threads go on with the tasks of this
/// one. A runtime of one thread, as in tests, waits.
pub(crate) fn wait_for<T>(act: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(act),
        _ => act(),
    }
}
