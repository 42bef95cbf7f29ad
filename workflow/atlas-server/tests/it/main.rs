//! The API over a real connection, in one binary.

mod asked_for;
mod client;
mod conformance;
mod console;
mod gaps;
mod guard;
mod hostile;
mod lead_to_call;
mod logging;
mod map_runs;
mod other_service;
mod protocol;
mod recorded_lambdas;
mod recorded_lifecycle;
mod recorded_test_state;
mod replay;
mod sdks;
mod test_state;
mod versions;
mod written_cases;
