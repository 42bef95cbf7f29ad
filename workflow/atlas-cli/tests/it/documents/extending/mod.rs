//! The code that docs/extending.md shows, at work: a step, its handler and what that reaches.

mod contract;

mod handler;

mod machine;

mod webhook;

mod run;
