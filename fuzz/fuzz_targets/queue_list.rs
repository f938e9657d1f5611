#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| cxone::fuzzing::queue_list(input));
libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    queuewall_fuzz::mutate("queue_list", data, size, most, seed)
});
