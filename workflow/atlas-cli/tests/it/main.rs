//! The binary `atlas` as its users have it: what it prints where, and how it exits.

mod harness;

mod run;

mod exec;

mod validate;

mod render;

mod drawings;

mod bad_input;

mod terminal;
