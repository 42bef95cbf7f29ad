//! What is seen of histories: small ones in words, and all that were recorded from AWS.

mod harness;

mod sequences;

mod containers;

mod redrives;

mod children;

mod recorded;
