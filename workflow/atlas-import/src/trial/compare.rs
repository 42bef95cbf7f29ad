//! The same cases for two definitions: what differs, what else is called, and what time is saved.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use atlas_asl::model::{ExecutionType, StateMachine};
use atlas_core::{Outcome, Payload, Program};
use serde_json::Value;

use super::{
    Answers, GivenCase, Latencies, Ran,
    cases::{all, shape},
    run::{Runnable, run},
    sameness::{calls, shortened, told},
};
use crate::limits::MOST_WORK;

/// What came of trying.
#[derive(Debug, Clone, Default)]
pub struct Trial {
    /// How many cases both ran.
    pub cases: usize,
    /// Whether there were more cases than are tried.
    pub is_cut: bool,
    /// How many of them ended, in the original, as `SUCCEEDED`.
    pub succeeded: usize,
    /// How many did not end.
    pub unended: usize,
    /// Cases that came out otherwise.
    pub differences: Vec<Difference>,
    /// Calls that the rewritten one makes and the original does not, by state, and in how many cases.
    pub further_calls: BTreeMap<String, usize>,
    /// Calls that the original makes where something fails and the rewritten one does not, by state.
    pub left_out_calls: BTreeMap<String, usize>,
    /// The case by which time is told: the first that succeeded in the original.
    pub timed: Option<Timed>,
    /// The first case that did not succeed in the original.
    pub unsuccessful: Option<Unsuccessful>,
}

/// A case that does not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsuccessful {
    /// The case.
    pub case: String,
    /// How it ends.
    pub ended: String,
}

/// A case that came out otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The case.
    pub case: String,
    /// How the original ended, or what it called.
    pub original: String,
    /// How the rewritten one did.
    pub rewritten: String,
}

/// How long both took in one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timed {
    /// The case.
    pub case: String,
    /// Milliseconds of the original.
    pub original_millis: i64,
    /// Milliseconds of the rewritten one.
    pub rewritten_millis: i64,
    /// States entered in the original.
    pub original_entered: usize,
    /// States entered in the rewritten one.
    pub rewritten_entered: usize,
    /// Child executions of EXPRESS, whose states are among neither.
    pub express_children: usize,
    /// The most bytes of a state's data in the original.
    pub original_bytes: usize,
    /// The most bytes in the rewritten one.
    pub rewritten_bytes: usize,
}

/// Why a definition cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot be run here: {0}")]
pub struct NotRunnable(pub String);

/// Runs the same cases for both definitions.
///
/// `definition` is the original as JSON, of which made-up documents are shaped.
pub fn compare(
    definition: &Value,
    original: &StateMachine,
    rewritten: &StateMachine,
    execution_type: ExecutionType,
    given: &[GivenCase],
    latencies: &Latencies,
) -> Result<Trial, NotRunnable> {
    let first = compiled(original)?;
    let second = compiled(rewritten)?;
    let mut trial = Trial::default();
    let mut left = MOST_WORK;
    let mut judge = |name: &str, input: &Value, answers: &dyn Answers| {
        if left == 0 {
            trial.is_cut = true;
            return;
        }
        let of = |machine| {
            run(machine, execution_type, Payload::from(input.clone()), answers, latencies)
        };
        let (original, rewritten) = (of(&first), of(&second));
        left = left.saturating_sub(original.work + rewritten.work);
        add(&mut trial, name, &original, &rewritten);
    };
    if given.is_empty() {
        let shape = shape(definition);
        let (cases, is_cut) = all(original, rewritten, &shape);
        for case in &cases {
            judge(&case.name, &case.input(), case);
        }
        trial.is_cut |= is_cut;
    } else {
        for case in given {
            judge(&case.name, &case.input, &*case.answers);
        }
    }
    Ok(trial)
}

fn compiled(machine: &StateMachine) -> Result<Runnable, NotRunnable> {
    let program = Program::compile(machine).map_err(|faults| {
        let first = faults.first().map(ToString::to_string);
        NotRunnable(first.unwrap_or_default())
    })?;
    Ok(Runnable { program: Arc::new(program), timeout_seconds: machine.timeout_seconds })
}

fn add(trial: &mut Trial, name: &str, original: &Ran, rewritten: &Ran) {
    trial.cases += 1;
    let succeeded = matches!(original.outcome, Some(Outcome::Succeeded { .. }));
    let before = told(original.outcome.as_ref());
    if !succeeded && trial.unsuccessful.is_none() {
        trial.unsuccessful =
            Some(Unsuccessful { case: name.to_owned(), ended: shortened(&before) });
    }
    if original.outcome.is_none() {
        trial.unended += 1;
        return;
    }
    if succeeded && trial.timed.is_none() {
        trial.timed = Some(Timed {
            case: name.to_owned(),
            original_millis: original.millis,
            rewritten_millis: rewritten.millis,
            original_entered: original.entered,
            rewritten_entered: rewritten.entered,
            express_children: original.express_children,
            original_bytes: original.most_bytes,
            rewritten_bytes: rewritten.most_bytes,
        });
    }
    trial.succeeded += usize::from(succeeded);
    let after = told(rewritten.outcome.as_ref());
    if before != after {
        trial.differences.push(Difference {
            case: name.to_owned(),
            original: before,
            rewritten: after,
        });
        return;
    }
    let (mut missing, known) = (calls(original), calls(rewritten));
    let mut further = Vec::new();
    for (call, count) in &known {
        let made = missing.remove(call).unwrap_or_default();
        if made > *count {
            missing.insert(call.clone(), made - count);
        } else if made < *count {
            further.push(call);
        }
    }
    let is_otherwise = |state: &str| further.iter().any(|(known, _)| *known == state);
    // Where something fails, what runs beside it may be cut off before its next call.
    let wrong = missing.keys().find(|(state, _)| !original.has_failed_call || is_otherwise(state));
    if let Some((state, parameters)) = wrong {
        let otherwise = further.iter().find(|(known, _)| known == state);
        trial.differences.push(Difference {
            case: name.to_owned(),
            original: format!("`{state}` is called with {parameters}"),
            rewritten: otherwise.map_or_else(
                || format!("`{state}` is not called so"),
                |(_, parameters)| format!("`{state}` is called with {parameters}"),
            ),
        });
        return;
    }
    let left_out: BTreeSet<&str> = missing.keys().map(|(state, _)| *state).collect();
    for state in left_out {
        *trial.left_out_calls.entry(state.to_owned()).or_default() += 1;
    }
    let states: BTreeSet<&str> = further.iter().map(|(state, _)| *state).collect();
    for state in states {
        *trial.further_calls.entry(state.to_owned()).or_default() += 1;
    }
}
