//! Every road through the pipeline is taken, and each call that a function or a machine makes is noted with what it
//! reaches. What the roles of the rendered template allow has to be exactly that.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../../../handlers/tests/it/payloads.rs"]
mod payloads;

mod accesses;

mod listener;

mod stage;

mod scenes;

mod deployed;

mod exactly;
