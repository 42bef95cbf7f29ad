//! The interpreter at its one boundary: facts in, commands and history out.

mod harness;

mod state_types;

mod data;

mod variables;

mod context;

mod retry;

mod catch;

mod timeouts;

mod tasks;

mod waits;

mod parallel;

mod map;

mod map_run;

mod limits;

mod recovery;

mod redrive;

mod any_order;
