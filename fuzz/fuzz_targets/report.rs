#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| queuewall_shared::fuzzing::report(input));
libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    queuewall_fuzz::mutate("report", data, size, most, seed)
});
