//! What one process kept, the next one goes on with.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod folders;

mod recovery;

mod resting;

mod logs;

mod no_room;

mod moving;

mod counting;

mod finding;

mod older;

mod erasing;

mod harness;
