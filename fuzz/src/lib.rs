//! How inputs are changed: by libFuzzer, which looks at coverage and knows no language, and
//! in turn with it by what the tests do, which leaves inputs readable.

use std::sync::OnceLock;

use queuewall_replay::Changes;

/// Changes the first `size` bytes of `data`, of which `most` may be used; how many are.
pub fn mutate(target: &str, data: &mut [u8], size: usize, most: usize, seed: u32) -> usize {
    static CHANGES: OnceLock<Changes> = OnceLock::new();
    if seed % 2 == 0 {
        return libfuzzer_sys::fuzzer_mutate(data, size, most);
    }
    let changes = CHANGES.get_or_init(|| Changes::of(target));
    let changed = changes.of_seed(&data[..size], seed);
    let length = changed.len().min(most);
    data[..length].copy_from_slice(&changed[..length]);
    length
}
