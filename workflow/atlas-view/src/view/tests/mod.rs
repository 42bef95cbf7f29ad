//! What is seen of histories: small ones in words, and all that were recorded from AWS.

pub(crate) mod harness;

mod sequences;

mod containers;

mod redrives;

mod children;

pub(crate) mod recorded;
