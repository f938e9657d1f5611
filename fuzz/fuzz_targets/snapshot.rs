#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| queuewall_shared::fuzzing::snapshot(input));
