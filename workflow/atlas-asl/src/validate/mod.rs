//! What is wrong with a machine that has the right shape: what AWS refuses, and what it takes and hurts.
//!
//! The parser says what is missing, unknown or mistyped. The rules here see the typed model, so they
//! judge machines from a builder as well as parsed ones. Each stands in a file of its own.

mod context;
mod contract;
mod fields;
mod integrations;
mod rules;
mod texts;
mod variable_references;

pub use contract::{Contract, NoContract};
pub use variable_references::variable_references;

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::model::{ExecutionType, StateMachine};
use crate::parse::{Parsed, parse};
use context::Context;

/// Reads a definition and judges it: the machine, where the text is one at all, and everything that is
/// wrong with it, by line and column.
///
/// Where the parser has found a fault already, the rules do not name it again.
pub fn check(
    text: &str,
    kind: ExecutionType,
    contract: &dyn Contract,
) -> (Option<StateMachine>, Vec<Diagnostic>) {
    let Parsed { machine, places, mut diagnostics } = parse(text);
    if let Some(machine) = &machine {
        let mut found = find(machine, kind, contract);
        places.locate(&mut found);
        let pointers: BTreeSet<_> =
            diagnostics.iter().map(|known| (known.code, known.pointer.clone())).collect();
        let positions: BTreeSet<_> =
            diagnostics.iter().map(|known| (known.code, known.position)).collect();
        found.retain(|new| {
            !pointers.contains(&(new.code, new.pointer.clone()))
                && !positions.contains(&(new.code, new.position))
        });
        diagnostics.append(&mut found);
    }
    diagnostics.sort_by(|left, right| {
        left.position.cmp(&right.position).then_with(|| by_place(left, right))
    });
    diagnostics.dedup();
    (machine, diagnostics)
}

/// Everything that is wrong with a machine of this kind, at every depth, by place.
///
/// The diagnostics have pointers but no positions: `Places::locate` adds them where the machine was
/// parsed from a text.
pub fn validate(
    machine: &StateMachine,
    kind: ExecutionType,
    contract: &dyn Contract,
) -> Vec<Diagnostic> {
    let mut found = find(machine, kind, contract);
    found.sort_by(by_place);
    found.dedup();
    found
}

fn find(machine: &StateMachine, kind: ExecutionType, contract: &dyn Contract) -> Vec<Diagnostic> {
    let cx = Context::new(machine, kind, contract);
    let mut found = Vec::new();
    for rule in rules::ALL {
        rule(&cx, &mut found);
    }
    found
}

fn by_place(left: &Diagnostic, right: &Diagnostic) -> Ordering {
    let key = |found: &Diagnostic| (found.severity, found.code);
    let by_pointer = left.pointer.cmp(&right.pointer);
    by_pointer
        .then_with(|| key(left).cmp(&key(right)))
        .then_with(|| left.message.cmp(&right.message))
}

#[cfg(test)]
mod tests;
