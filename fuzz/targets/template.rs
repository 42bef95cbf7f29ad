//! Any bytes, taken as what `any_input::template` says.

#![no_main]

// A panic that is caught ends nothing; one that is not ends the process all the same.
libfuzzer_sys::fuzz_target!(init: drop(std::panic::take_hook()), |input: &[u8]| any_input::template::check(input));
