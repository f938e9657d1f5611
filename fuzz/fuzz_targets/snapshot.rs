#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| queuewall_shared::fuzzing::snapshot(input));
libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    queuewall_fuzz::mutate("snapshot", data, size, most, seed)
});
