//! A trial from its begin to its report.

use std::{fmt, sync::Arc};

use serde_json::{Value, json};

use super::{
    handling, items,
    report::{Ending, Inspection, Report},
};
use crate::{
    Execution, Failure, Identity, Payload, Program, Seed, TaskId, TaskRequest, TaskToken,
    Timestamp,
    branch::BranchId,
    execution::Began,
    failure::{Origin, StateFailure},
    history::Assigned,
    program::{CompiledState, CompiledTask, Io, Kind, StateIndex},
    random::Random,
    shape,
    states::{MAX_PAYLOAD_BYTES, Shaped, choice, fail, task::startable, wait},
    step::Cx,
    variables::Variables,
};
use atlas_asl::resource::{Pattern, Resource};

/// What to try.
#[derive(Debug)]
pub struct TrialRequest {
    /// The machine that the state is in.
    pub program: Arc<Program>,
    /// The state's name; it may be inside a Parallel or Map.
    pub state: String,
    /// The names that its context object shows.
    pub identity: Arc<Identity>,
    /// The state's raw input.
    pub input: Payload,
    /// The variables that it sees.
    pub variables: Vec<(Box<str>, Payload)>,
    /// The context object; one of the trial's own where absent.
    pub context: Option<Value>,
    /// How often the retrier that knows the failure has been used.
    pub retries_used: u64,
    /// What an `ItemReader` has read.
    pub items_read: Option<ItemsRead>,
    /// How many iterations of a Map have failed.
    pub iterations_failed: usize,
    /// Now.
    pub at: Timestamp,
    /// What random numbers are drawn from.
    pub seed: Seed,
}

/// What the `ItemReader` of a Map has read.
#[derive(Debug)]
pub struct ItemsRead {
    /// The items.
    pub items: Vec<Payload>,
    /// `ItemsPointer` led to them.
    pub are_pointed_at: bool,
}

/// The machine has no such state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the machine has no state of this name")]
pub struct UnknownState;

/// How far a state gets by itself.
#[derive(Debug)]
pub enum Begun {
    /// To its end.
    Ended(Box<Report>),
    /// To where something outside is asked for.
    Awaits(Box<Trial>, Awaited),
}

/// What a state asks for.
#[derive(Debug)]
pub enum Awaited {
    /// A task to be done.
    Task(Box<TaskRequest>),
    /// The time to pass.
    Until(Timestamp),
    /// The results of a Parallel's branches.
    Branches,
    /// The results of a Map's iterations.
    Iterations {
        /// For how many items.
        items: usize,
    },
}

/// A state that waits for something outside.
pub struct Trial {
    execution: Execution,
    pub(super) program: Arc<Program>,
    pub(super) id: BranchId,
    pub(super) index: StateIndex,
    pub(super) now: Timestamp,
    pub(super) retries_used: u64,
    pub(super) iterations_failed: usize,
    pub(super) inspection: Inspection,
    /// How many items a Map has.
    pub(super) items: usize,
}

impl Trial {
    /// Takes a state as far as it gets by itself.
    pub fn begin(request: TrialRequest) -> Result<Begun, UnknownState> {
        let TrialRequest { program, state, identity, input, variables, context, .. } = request;
        let is_named = |known: &CompiledState| known.name.as_str() == state;
        let index = program.states.iter().position(is_named).ok_or(UnknownState)?;
        let mut execution = Execution::new(Arc::clone(&program), identity);
        let random = Random::new(request.seed);
        let token = has_token(&program.states[index]).then(|| random.task_token());
        let given = context.unwrap_or_else(|| {
            own_context(&execution.identity, &program.states[index], &input, request.at, &token)
        });
        execution.given_context = Some(given);
        execution.began = Some(Began { at: request.at, input: input.clone(), random });
        let mut known = Variables::default();
        known.assign(&variables);
        let id = Cx::new(&mut execution, &program, request.at).spawn(None, index, input, 0, known);
        let mut trial = Box::new(Self {
            execution,
            program,
            id,
            index,
            now: request.at,
            retries_used: request.retries_used,
            iterations_failed: request.iterations_failed,
            inspection: Inspection { variables, ..Inspection::default() },
            items: 0,
        });
        Ok(match trial.enter(token, request.items_read) {
            Ok(Entered::Left(shaped, next)) => Begun::Ended(Box::new(trial.left(shaped, next))),
            Ok(Entered::Raised(failure)) => {
                Begun::Ended(Box::new(trial.report(Ending::Failed(failure))))
            }
            Ok(Entered::Asks(awaited)) => Begun::Awaits(trial, awaited),
            Err(failed) => Begun::Ended(Box::new(trial.state_failed(failed))),
        })
    }

    /// Whether a Map would bear the iterations that have failed.
    pub fn bears_failures(&self) -> bool {
        items::threshold(self).is_ok()
    }

    /// The task has ended, or the branches, or the iterations, and this is the result.
    pub fn succeeded(mut self, result: Payload) -> Report {
        if let Err(failed) = items::threshold(&self) {
            return self.state_failed(failed);
        }
        let next = self.state().next;
        match self.complete(result) {
            Ok(shaped) => self.left(shaped, next),
            Err(failed) => self.state_failed(failed),
        }
    }

    /// What was asked for has failed.
    pub fn failed(self, failure: Failure) -> Report {
        self.state_failed(StateFailure { failure, origin: Origin::Task })
    }

    /// The time has passed.
    pub fn waited(mut self) -> Report {
        let next = self.state().next;
        let id = self.id;
        let shaped = shape::passed_through(&self.cx(), id);
        match shaped {
            Ok(shaped) => self.left(shaped, next),
            Err(failed) => self.state_failed(failed),
        }
    }

    pub(super) fn cx(&mut self) -> Cx<'_> {
        Cx::new(&mut self.execution, &self.program, self.now)
    }

    pub(super) fn state(&self) -> &CompiledState {
        &self.program.states[self.index]
    }

    fn enter(
        &mut self,
        token: Option<TaskToken>,
        items_read: Option<ItemsRead>,
    ) -> Result<Entered, StateFailure> {
        let id = self.id;
        let program = Arc::clone(&self.program);
        let state = &program.states[self.index];
        // Recorded: a Pass with a `Result` and a Parallel tell nothing of their input's way.
        let is_told = !matches!(state.kind, Kind::Pass { result: Some(_) } | Kind::Parallel { .. });
        if is_told && matches!(state.io, Io::JsonPath(_)) {
            self.inspection.after_input_path = Some(shape::effective_input(&self.cx(), id)?);
        }
        match &state.kind {
            Kind::Task(task) => self.task(state, task, token).map(Entered::Asks),
            Kind::Pass { result } => {
                let result = match result {
                    Some(result) => {
                        self.inspection.result = Some(result.clone());
                        result.clone()
                    }
                    None => self.arguments(None)?,
                };
                Ok(Entered::Left(self.complete(result)?, state.next))
            }
            Kind::Choice { rules, default } => {
                let (shaped, next) = choice::decide(&self.cx(), id, rules, *default)?;
                Ok(Entered::Left(shaped, Some(next)))
            }
            Kind::Wait(until) => {
                wait::until(&self.cx(), id, until).map(|until| Entered::Asks(Awaited::Until(until)))
            }
            Kind::Succeed => Ok(Entered::Left(shape::passed_through(&self.cx(), id)?, None)),
            Kind::Fail { error, cause } => {
                let failure = fail::raised(&self.cx(), id, error.as_ref(), cause.as_ref())?;
                Ok(Entered::Raised(failure))
            }
            Kind::Parallel { .. } => {
                shape::arguments(&self.cx(), id, None)?;
                Ok(Entered::Asks(Awaited::Branches))
            }
            Kind::Map(map) => {
                self.items = items::prepare(self, map, items_read)?;
                Ok(Entered::Asks(Awaited::Iterations { items: self.items }))
            }
        }
    }

    fn task(
        &mut self,
        state: &CompiledState,
        task: &CompiledTask,
        token: Option<TaskToken>,
    ) -> Result<Awaited, StateFailure> {
        let parameters = self.arguments(token.as_ref())?;
        let parameters = startable(&task.resource, parameters)?;
        let id = self.id;
        let cx = self.cx();
        let seconds = |number: Option<&crate::program::Number>, field| {
            number.map(|number| shape::number(&cx, id, number, field)).transpose()
        };
        Ok(Awaited::Task(Box::new(TaskRequest {
            task: TaskId(1),
            state: state.name.clone(),
            resource: Arc::clone(&task.resource),
            parameters,
            token,
            credentials: task
                .credentials
                .as_ref()
                .map(|credentials| shape::template(&cx, id, credentials, "Credentials"))
                .transpose()?,
            retry_count: 0,
            timeout_seconds: seconds(task.timeout.as_ref(), "TimeoutSeconds")?,
            heartbeat_seconds: seconds(task.heartbeat.as_ref(), "HeartbeatSeconds")?,
        })))
    }

    /// What the state works on.
    fn arguments(&mut self, token: Option<&TaskToken>) -> Result<Payload, StateFailure> {
        let id = self.id;
        let arguments = shape::arguments(&self.cx(), id, token)?;
        let step = match (&self.state().io, &self.state().kind) {
            (Io::JsonPath(_), _) => &mut self.inspection.after_parameters,
            (Io::Jsonata(_), Kind::Task(_)) => &mut self.inspection.after_arguments,
            (Io::Jsonata(_), _) => return Ok(arguments),
        };
        *step = Some(arguments.clone());
        Ok(arguments)
    }

    /// The state is done with this result.
    fn complete(&mut self, result: Payload) -> Result<Shaped, StateFailure> {
        let id = self.id;
        let program = Arc::clone(&self.program);
        let state = &program.states[self.index];
        if matches!(state.kind, Kind::Task(_)) {
            self.inspection.result = Some(result.clone());
        }
        let io = match &state.io {
            Io::JsonPath(io) => io,
            Io::Jsonata(io) => return shape::jsonata_result(&self.cx(), id, io, &result),
        };
        let selected = shape::selected(&self.cx(), id, io, result)?;
        self.inspection.after_result_selector = Some(selected.clone());
        let assigned = shape::assigned(&self.cx(), id, io, &selected)?;
        let input = self.execution.branches[&id].input.clone();
        let combined = shape::combine(&io.result_path, &input, &selected)?;
        self.inspection.after_result_path = Some(combined.clone());
        let output = shape::select(&self.cx(), id, &io.output_path, combined)?;
        Ok(Shaped { output, assigned })
    }

    fn left(mut self, shaped: Shaped, next: Option<StateIndex>) -> Report {
        let Shaped { output, assigned } = shaped;
        if output.is_longer_than(MAX_PAYLOAD_BYTES) {
            let failed = StateFailure::too_large(self.state().name.as_str());
            return self.state_failed(failed);
        }
        self.assign(assigned);
        let next = next.map(|next| self.program.states[next].name.clone());
        self.report(Ending::Succeeded { output, next })
    }

    pub(super) fn assign(&mut self, assigned: Option<Assigned>) {
        for (name, value) in assigned.iter().flat_map(|assigned| assigned.iter()) {
            let known = &mut self.inspection.variables;
            match known.iter_mut().find(|(known, _)| known == name) {
                Some((_, held)) => *held = value.clone(),
                None => known.push((name.clone(), value.clone())),
            }
        }
    }

    fn state_failed(mut self, failed: StateFailure) -> Report {
        let ending = handling::ending(&mut self, failed);
        self.report(ending)
    }

    fn report(self, ending: Ending) -> Report {
        Report { ending, inspection: self.inspection }
    }
}

/// How far the state got.
enum Entered {
    Left(Shaped, Option<StateIndex>),
    /// A Fail state does as it says.
    Raised(Failure),
    Asks(Awaited),
}

fn has_token(state: &CompiledState) -> bool {
    match &state.kind {
        Kind::Task(task) => {
            matches!(*task.resource, Resource::Activity { .. })
                || task.resource.pattern() == Pattern::WaitForTaskToken
        }
        Kind::Pass { .. }
        | Kind::Choice { .. }
        | Kind::Wait(_)
        | Kind::Succeed
        | Kind::Fail { .. }
        | Kind::Parallel { .. }
        | Kind::Map(_) => false,
    }
}

/// Recorded (test_map_state_failure_count): that of an EXPRESS execution, without `RedriveCount`.
fn own_context(
    identity: &Identity,
    state: &CompiledState,
    input: &Payload,
    now: Timestamp,
    token: &Option<TaskToken>,
) -> Value {
    let moment = now.to_string();
    let mut context = json!({
        "Execution": {
            "Id": *identity.execution_arn,
            "Input": input.value(),
            "StartTime": moment,
            "Name": *identity.execution_name,
            "RoleArn": *identity.role_arn,
        },
        "StateMachine": {
            "Id": *identity.state_machine_arn,
            "Name": *identity.state_machine_name,
        },
        "State": { "Name": state.name.as_str(), "EnteredTime": moment },
    });
    if matches!(state.kind, Kind::Task(_) | Kind::Parallel { .. } | Kind::Map(_)) {
        context["State"]["RetryCount"] = 0.into();
    }
    if let Some(token) = token {
        context["Task"] = json!({ "Token": token.expose() });
    }
    context
}

impl fmt::Debug for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trial").field("state", &self.state().name).finish_non_exhaustive()
    }
}
