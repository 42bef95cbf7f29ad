//! What the interpreter makes of a visit's data.

use std::sync::Arc;

use atlas_asl::parse::parse_value;
use atlas_core::{
    Failure, Payload, Program, Seed, Timestamp,
    trial::{Awaited, Begun, Report, Trial, TrialRequest},
};
use serde_json::{Map, Value};

use super::{
    known::{context, identity, payloads, variables},
    recorded::Recorded,
    token::Token,
};
use crate::{
    ExecutionView, History, Told,
    view::{Visit, WaitsFor},
};

/// What is computed with: the execution, and its machine made ready to run.
pub(crate) struct Computed<'a> {
    pub(super) view: &'a ExecutionView,
    pub(super) told: &'a Told,
    pub(super) history: &'a History,
    program: Arc<Program>,
}

impl<'a> Computed<'a> {
    /// Says why where nothing can be computed.
    pub(super) fn of(
        view: &'a ExecutionView,
        told: &'a Told,
        history: &'a History,
        definition: Option<&Value>,
    ) -> Result<Self, String> {
        let definition = definition
            .ok_or("the definition is not known, so only what the history tells is shown")?;
        Ok(Self { view, told, history, program: program(definition)? })
    }

    /// Takes a visit's state as far as its recorded result or failure takes it.
    pub(super) fn report(
        &self,
        visit: &Visit,
        recorded: &Recorded,
        variables: &Map<String, Value>,
        item: Option<&Value>,
        token: Option<&Token>,
    ) -> Result<Report, String> {
        let input = recorded.input.clone().ok_or("its input is not in the history")?;
        let token = token.map(Token::shown);
        let context = context(self.view, self.told, self.history, visit, item, token);
        let begun = self.begin(visit, input, variables, context)?;
        let (trial, awaited) = match begun {
            Begun::Ended(report) => return Ok(*report),
            Begun::Awaits(trial, awaited) => (trial, awaited),
        };
        Ok(match (&recorded.result, awaited) {
            (_, Awaited::Until(_)) => trial.waited(),
            (Some(result), _) => trial.succeeded(Payload::from(result.clone())),
            (None, Awaited::Task(_) | Awaited::Branches | Awaited::Iterations { .. }) => {
                let failure = visit.failure.clone().unwrap_or_default();
                trial.failed(Failure { error: failure.error, cause: failure.cause })
            }
        })
    }

    fn wait_until(&self, visit: &Visit) -> Option<i64> {
        let input = self.history.event(visit.id)?.document("input")?;
        let variables = variables(self.view, self.history, visit);
        let context = context(self.view, self.told, self.history, visit, None, None);
        match self.begin(visit, input, &variables, context).ok()? {
            Begun::Awaits(_, Awaited::Until(until)) => Some(until.as_millis()),
            Begun::Awaits(..) | Begun::Ended(_) => None,
        }
    }

    fn begin(
        &self,
        visit: &Visit,
        input: Value,
        variables: &Map<String, Value>,
        context: Value,
    ) -> Result<Begun, String> {
        let request = TrialRequest {
            program: Arc::clone(&self.program),
            state: visit.name.clone(),
            identity: identity(self.view, self.history),
            input: Payload::from(input),
            variables: payloads(variables),
            context: Some(context),
            // What became of a failure is known; that it was not tried again is what is asked for.
            retries_used: u64::MAX,
            items_read: None,
            iterations_failed: 0,
            at: Timestamp::from_millis(
                visit.attempts.last().map_or(visit.entered_at, |attempt| attempt.started_at),
            ),
            // What is drawn from it is not shown.
            seed: Seed([0; 32]),
        };
        Trial::begin(request).map_err(|_| format!("the definition has no state `{}`", visit.name))
    }
}

/// Says when the time of open Wait states is over, where only their input, a variable or the context object does.
pub(crate) fn add_timers(
    view: &mut ExecutionView,
    told: &Told,
    history: &History,
    definition: &Value,
) {
    let is_unknown = |visit: &Visit| {
        let waits = visit.waits.as_ref();
        waits.is_some_and(|it| it.waits_for == WaitsFor::Timer && it.deadline.is_none())
    };
    if !view.visits.iter().any(is_unknown) {
        return;
    }
    let mut timers = Vec::new();
    if let Ok(computed) = Computed::of(view, told, history, Some(definition)) {
        let open = view.visits.iter().enumerate().filter(|(_, visit)| is_unknown(visit));
        timers.extend(open.filter_map(|(at, visit)| Some((at, computed.wait_until(visit)?))));
    }
    for (at, deadline) in timers {
        if let Some(waits) = &mut view.visits[at].waits {
            waits.deadline = Some(deadline);
        }
    }
}

fn program(definition: &Value) -> Result<Arc<Program>, String> {
    let (machine, faults) = parse_value(definition);
    let fault = || faults.first().map(|fault| fault.message.clone()).unwrap_or_default();
    let machine = machine.ok_or_else(|| format!("the definition cannot be read: {}", fault()))?;
    let program = Program::compile(&machine).map_err(|faults| {
        let fault = faults.first().map(|fault| fault.message.clone()).unwrap_or_default();
        format!("the definition cannot be run: {fault}")
    })?;
    Ok(Arc::new(program))
}
