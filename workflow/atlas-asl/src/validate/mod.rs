//! What is wrong with a machine that has the right shape: what AWS refuses, and what it takes and hurts.
//!
//! The parser says what is missing, unknown or mistyped. The rules here see the typed model, so they
//! judge machines from a builder as well as parsed ones. Each stands in a file of its own.

mod context;
mod contract;
mod fields;
mod functions;
mod integrations;
mod rules;
mod texts;

pub use contract::{Contract, NoContract};

use crate::diagnostic::Diagnostic;
use crate::model::{ExecutionType, StateMachine};
use context::Context;

/// Everything that is wrong with a machine of this kind, at every depth, by place.
///
/// The diagnostics have pointers but no positions: `Places::locate` adds them where the machine was
/// parsed from a text.
pub fn validate(
    machine: &StateMachine,
    kind: ExecutionType,
    contract: &dyn Contract,
) -> Vec<Diagnostic> {
    let cx = Context::new(machine, kind, contract);
    let mut found = Vec::new();
    for rule in rules::ALL {
        rule(&cx, &mut found);
    }
    found.sort_by(|left, right| {
        (&left.pointer, left.severity, left.code, &left.message).cmp(&(
            &right.pointer,
            right.severity,
            right.code,
            &right.message,
        ))
    });
    found.dedup();
    found
}
