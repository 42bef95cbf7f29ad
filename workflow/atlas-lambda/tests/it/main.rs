//! What functions answer, from outside: processes that behave and that do not, tasks of state
//! machines, `aws lambda invoke`, queues and schedules.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod host;

mod binaries;

mod init;

mod hostile;

mod in_process;

mod tasks;

mod invoke_api;

mod queues;
mod recording;

mod schedules;
