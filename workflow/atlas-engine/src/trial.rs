//! One state tried by itself, outside of any execution: its task is performed or mocked, its wait is
//! waited for, and what came of it is reported.

use std::{future::Future, sync::Arc, time::Duration};

use atlas_asl::{
    model::{ExecutionType, StateMachine},
    resource::{Pattern, Resource},
};
use atlas_core::{
    Failure, Identity, Payload, Program,
    trial::{Awaited, Begun, ItemsRead, Report, Trial, TrialRequest, UnknownState},
};
use serde_json::{Map, Value, json};

use crate::{
    engine::Engine,
    error::EngineError,
    input::parse_input,
    integrations::service_answer::{refused, with_metadata},
    names::uuid,
    runner::{TaskAnswer, TaskCall, Watched},
    start::{StartRequest, Time},
};

/// A state is tried for so long at most (AWS: `TestState`).
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// What to try.
#[derive(Debug)]
pub struct StateTrial<'a> {
    /// The machine that the state is in.
    pub definition: &'a StateMachine,
    /// The state's name.
    pub state: &'a str,
    /// The role that it would run as.
    pub role_arn: Option<&'a str>,
    /// Its raw input.
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
    /// What its task, its branches or its iterations came to; a task is performed where absent.
    pub mock: Option<Mocked>,
    /// How its time passes.
    pub time: Time,
    /// Where the exchange of an HTTP task is left, if somebody wants to see it.
    pub watched: Option<Watched>,
}

/// What a mock says that came of a task, of branches or of iterations.
#[derive(Debug, Clone)]
pub enum Mocked {
    /// A result.
    Result(Payload),
    /// A failure.
    Failure(Failure),
}

/// Why a state cannot be tried so.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// The machine cannot be run.
    #[error(transparent)]
    Definition(EngineError),
    /// The machine has no such state.
    #[error(transparent)]
    UnknownState(#[from] UnknownState),
    /// More iterations are said to have failed than there are.
    #[error(
        "Map iteration failure count must be less than or equal to the number of Map iterations"
    )]
    TooManyFailures,
    /// A Map's mocked result is not as long as its items are many.
    #[error("Input array does not equal the mocked result array's size")]
    ResultSize,
    /// Only a mock can say what comes of it.
    #[error("the state can be tried with a mock only")]
    NeedsMock,
}

impl Engine {
    /// Tries a state.
    pub async fn try_state(&self, trial: StateTrial<'_>) -> Result<Report, TrialError> {
        let inner = &self.inner;
        let program = Program::compile(trial.definition)
            .map_err(|faults| TrialError::Definition(EngineError::InvalidDefinition(faults)))?;
        let identity = self.identity_of_trial(trial.role_arn);
        let begun = Trial::begin(TrialRequest {
            program: Arc::new(program),
            state: trial.state.to_owned(),
            identity: Arc::clone(&identity),
            input: trial.input,
            variables: trial.variables,
            context: trial.context,
            retries_used: trial.retries_used,
            items_read: trial.items_read,
            iterations_failed: trial.iterations_failed,
            at: inner.real_time.clock.now(),
            seed: inner.seed(),
        })?;
        let (state, awaited) = match begun {
            Begun::Ended(report) => return Ok(*report),
            Begun::Awaits(state, awaited) => (state, awaited),
        };
        match (awaited, trial.mock) {
            (Awaited::Until(moment), _) => {
                let millis = moment.millis_since(inner.real_time.clock.now());
                let wait = match trial.time {
                    Time::Real => Duration::from_millis(u64::try_from(millis).unwrap_or(0)),
                    Time::SkippingWaits => Duration::ZERO,
                };
                Ok(match within(LONGEST, tokio::time::sleep(wait)).await {
                    Ok(()) => state.waited(),
                    Err(timeout) => state.failed(timeout),
                })
            }
            (Awaited::Iterations { items }, Some(mock)) => {
                check_iterations(&state, items, trial.iterations_failed, &mock)?;
                Ok(mocked(state, mock))
            }
            (_, Some(mock)) => Ok(mocked(state, mock)),
            (Awaited::Task(request), None) => {
                let seconds = request.timeout_seconds.map(Duration::from_secs);
                let longest = seconds.map_or(LONGEST, |seconds| seconds.min(LONGEST));
                let call = TaskCall { identity, request, watched: trial.watched };
                let answer = within(longest, self.perform_alone(call, trial.time));
                Ok(match answer.await {
                    Ok(TaskAnswer::Answered(output)) => state.succeeded(output),
                    Ok(TaskAnswer::Failed(failure)) | Err(failure) => state.failed(failure),
                })
            }
            (Awaited::Branches | Awaited::Iterations { .. }, None) => Err(TrialError::NeedsMock),
        }
    }

    /// Recorded (test_map_state_failure_count): names of its own, as of an EXPRESS execution.
    fn identity_of_trial(&self, role_arn: Option<&str>) -> Arc<Identity> {
        let inner = &self.inner;
        let (machine, name) = (uuid(inner.random()), uuid(inner.random()));
        let place = &inner.place;
        Arc::new(Identity {
            alias_arn: None,
            version_arn: None,
            execution_arn: format!(
                "arn:aws:states:{}:{}:express:{machine}:{name}",
                place.region, place.account
            )
            .into(),
            execution_name: name.into(),
            state_machine_arn: place.state_machine_arn(&machine).into(),
            state_machine_name: machine.into(),
            role_arn: role_arn.map_or_else(
                || format!("arn:aws:iam::{}:role/atlas", place.account).into(),
                Into::into,
            ),
            region: Arc::clone(&place.region),
            execution_type: ExecutionType::Express,
            map_run_arn: None,
        })
    }

    async fn perform_alone(&self, call: TaskCall, time: Time) -> TaskAnswer {
        match &*call.request.resource {
            Resource::Integration { service, action, pattern: Pattern::RequestResponse }
                if service == "states" && action == "startExecution" =>
            {
                let started = self.start_alone(call.request.parameters.value(), time);
                started.unwrap_or_else(|error| {
                    TaskAnswer::Failed(refused(&error, &uuid(self.inner.random())))
                })
            }
            _ => self.inner.runner.run(call).await,
        }
    }

    fn start_alone(&self, parameters: &Value, time: Time) -> Result<TaskAnswer, EngineError> {
        let text = |field: &str| parameters.get(field).and_then(Value::as_str);
        let input = match parameters.get("Input") {
            None | Some(Value::Null) => Payload::empty(),
            Some(Value::String(input)) => parse_input(input)?,
            Some(input) => Payload::from(input.clone()),
        };
        let started = self.start(StartRequest {
            state_machine: text("StateMachineArn").unwrap_or_default().to_owned(),
            name: text("Name").map(str::to_owned),
            input,
            case: None,
            time,
        })?;
        let mut answer = Map::new();
        answer.insert("ExecutionArn".into(), (*started.execution_arn).into());
        let seconds = started.started_at.as_millis() as f64 / 1000.0;
        answer.insert("StartDate".into(), json!(seconds));
        let bytes = json!(answer).to_string().len();
        let request_id = uuid(self.inner.random());
        let answer = with_metadata(answer, bytes, &request_id, started.started_at);
        Ok(TaskAnswer::Answered(Payload::from(answer)))
    }
}

fn check_iterations(
    state: &Trial,
    items: usize,
    failed: usize,
    mock: &Mocked,
) -> Result<(), TrialError> {
    if failed > items {
        return Err(TrialError::TooManyFailures);
    }
    // Recorded in 2026: what fails because of its iterations may have a result of any size.
    if !state.bears_failures() {
        return Ok(());
    }
    match mock {
        Mocked::Result(result) => match result.value().as_array().map(Vec::len) {
            // Recorded (test_map_state_failure_count): a failed iteration may have a result, too.
            Some(results) if results != items && results != items - failed => {
                Err(TrialError::ResultSize)
            }
            Some(_) | None => Ok(()),
        },
        Mocked::Failure(_) => Ok(()),
    }
}

fn mocked(state: Box<Trial>, mock: Mocked) -> Report {
    match mock {
        Mocked::Result(result) => state.succeeded(result),
        Mocked::Failure(failure) => state.failed(failure),
    }
}

async fn within<T>(longest: Duration, work: impl Future<Output = T>) -> Result<T, Failure> {
    tokio::time::timeout(longest, work)
        .await
        .map_err(|_elapsed| Failure { error: Some("States.Timeout".to_owned()), cause: None })
}
