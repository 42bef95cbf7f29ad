//! Which invocation of a function an attempt at a state was.

use std::collections::HashMap;

use crate::{
    run::Run,
    trace::{Invocation, Trace},
};

/// The invocations of all traces, each to be taken once.
#[derive(Debug)]
pub(crate) struct Invocations {
    by_function: HashMap<String, Vec<Candidate>>,
}

#[derive(Debug)]
struct Candidate {
    invocation: Invocation,
    execution_arn: Option<String>,
    is_taken: bool,
}

/// Clocks of services differ by some milliseconds.
const SKEW_MS: f64 = 50.0;
/// A trace's segment of an execution begins and ends so close to it.
const SAME_EXECUTION_MS: f64 = 2_000.0;

impl Invocations {
    /// Of these traces. A trace is an execution's where it says so, or where its segment of the machine has the
    /// times of the execution.
    pub(crate) fn of(traces: &[Trace], runs: &[Run]) -> Self {
        let mut by_function: HashMap<String, Vec<Candidate>> = HashMap::new();
        for trace in traces {
            let execution = execution_of(trace, runs);
            for invocation in Invocation::of(trace) {
                let execution_arn = invocation.execution_arn.clone().or_else(|| execution.clone());
                let candidate = Candidate { execution_arn, is_taken: false, invocation };
                by_function
                    .entry(candidate.invocation.function.clone())
                    .or_default()
                    .push(candidate);
            }
        }
        for candidates in by_function.values_mut() {
            candidates.sort_by(|one, other| {
                one.invocation.started_ms.total_cmp(&other.invocation.started_ms)
            });
        }
        Self { by_function }
    }

    /// Takes the invocation of this function that an attempt at a state of this execution was.
    pub(crate) fn take(
        &mut self,
        function: &str,
        execution_arn: &str,
        from_ms: f64,
        until_ms: f64,
    ) -> Option<Invocation> {
        let candidates = self.by_function.get_mut(function)?;
        let within = |it: &&mut Candidate| {
            !it.is_taken
                && it.execution_arn.as_deref().is_none_or(|arn| arn == execution_arn)
                && it.invocation.started_ms >= from_ms - SKEW_MS
                && it.invocation.started_ms <= until_ms + SKEW_MS
                // Whoever has the task token may end the attempt before the function has answered.
                && (it.execution_arn.is_some() || it.invocation.handler_ended_ms <= until_ms + SKEW_MS)
        };
        // What is told to be this execution's goes before what may be anybody's.
        let mut found: Vec<&mut Candidate> = candidates.iter_mut().filter(within).collect();
        found.sort_by_key(|it| it.execution_arn.is_none());
        let found = found.into_iter().next()?;
        found.is_taken = true;
        Some(found.invocation.clone())
    }

    /// What no attempt took, in the order in which they began: invocations of queues, schedules, others.
    pub(crate) fn rest(self) -> Vec<Invocation> {
        let all = self.by_function.into_values().flatten();
        let mut rest: Vec<Invocation> =
            all.filter(|it| !it.is_taken).map(|it| it.invocation).collect();
        rest.sort_by(|one, other| one.started_ms.total_cmp(&other.started_ms));
        rest
    }
}

fn execution_of(trace: &Trace, runs: &[Run]) -> Option<String> {
    let mut best: Option<(f64, &str)> = None;
    for segment in &trace.segments {
        for one in runs.iter().flat_map(Run::executions) {
            if one.machine() != segment.name {
                continue;
            }
            #[expect(clippy::cast_precision_loss, reason = "milliseconds stay far below 2^53")]
            let ms = |moment: i64| moment as f64;
            let ended = one.view.ended_at.map_or(segment.ended_ms, ms);
            let off = (ms(one.view.started_at) - segment.started_ms).abs()
                + (ended - segment.ended_ms).abs();
            if off < SAME_EXECUTION_MS && best.is_none_or(|(least, _)| off < least) {
                best = Some((off, &one.view.execution_arn));
            }
        }
    }
    best.map(|(_, arn)| arn.to_owned())
}
