//! The handlers as they are deployed: built binaries over the Lambda Runtime API, in a whole deployment
//! with its engine, its queues and the services outside.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod deployed;

mod payloads;

mod lead;

mod answers;

mod started_twice;

mod contact_events;

mod redrives;

mod kill_points;

mod engine_killed;
