//! Step Functions, as the handlers speak to it: starts an execution, ends a step that waits.

mod completion;
mod ports;
mod step_functions;

#[cfg(test)]
mod against_step_functions;
pub use self::{
    completion::{CompletionError, Ending, complete, send_again},
    ports::{Callbacks, Executions, Sent, Started, WorkflowError},
    step_functions::StepFunctions,
};
