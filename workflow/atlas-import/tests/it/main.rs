//! Definitions and templates as teams have them, examined.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod examining;

mod parallel;

mod retries;

mod timeouts;

mod removed;

mod maps;

mod made_up;

mod any_chain;

mod files;

mod restored;

mod refused;
