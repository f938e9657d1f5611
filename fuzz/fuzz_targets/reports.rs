#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| cxone::fuzzing::reports(input));
libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    queuewall_fuzz::mutate("reports", data, size, most, seed)
});
