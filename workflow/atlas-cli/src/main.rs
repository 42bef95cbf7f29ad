//! The binary.

#![cfg_attr(not(test), expect(dead_code, reason = "the commands that draw are still to come"))]

mod label;

mod duration;

mod graph;

mod skeleton;

mod span;

mod tree;

mod axis;
mod timeline;

mod time_spent;

fn main() {}
