//! Any bytes, taken as what `any_input::path` says.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| any_input::path::check(input));
