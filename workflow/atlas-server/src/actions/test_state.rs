//! `TestState`: one state by itself, with its task performed or mocked.

use atlas_asl::model::StateKind;
use atlas_core::Payload;
use atlas_engine::{StateTrial, TrialError, parse_input, runner::Watched};
use serde_json::{Map, Value};

use super::Answer;
use crate::{
    api_error::ApiError,
    app::Caller,
    request::{ARN, DEFINITION, Fields, SENSITIVE_DATA, STATE_NAME},
    test_state::{Level, Secrets, Tested, answer, context_object, items_read, mock, tested},
};

/// `stateConfiguration`.
#[derive(Default)]
struct Configuration<'a> {
    retries_used: u64,
    error_caused_by: Option<&'a str>,
    iterations_failed: Option<usize>,
    item_reader_data: Option<&'a str>,
}

pub(super) async fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let definition = fields.required_text("definition", DEFINITION);
    let role_arn = fields.text("roleArn", ARN);
    let input = fields.text("input", SENSITIVE_DATA);
    let level = fields.word("inspectionLevel", &["INFO", "DEBUG", "TRACE"]);
    let reveals_secrets = fields.flag("revealSecrets").unwrap_or_default();
    let variables = fields.text("variables", SENSITIVE_DATA);
    let state_name = fields.text("stateName", STATE_NAME);
    let mock = mock(&mut fields);
    let context = fields.text("context", SENSITIVE_DATA);
    let configuration = configuration(&mut fields);
    fields.finish()?;

    let tested = tested(definition, state_name)?;
    let mocked = match &mock {
        Some(mock) => {
            if reveals_secrets {
                return Err(ApiError::validation(
                    "TestState does not support RevealSecrets when a mock is specified.",
                ));
            }
            Some(mock.of(&tested)?)
        }
        None => {
            check_without_mock(&tested, role_arn.is_some())?;
            None
        }
    };
    let context = match (context, &mocked) {
        (None, _) => None,
        (Some(context), Some(_)) => Some(context_object(context, &tested)?),
        (Some(_), None) => {
            return Err(ApiError::validation(
                "TestState does not support Context when a mock is not specified.",
            ));
        }
    };
    check_error_caused_by(configuration.error_caused_by, &tested)?;
    if configuration.iterations_failed.is_some()
        && !matches!(tested.state().kind, StateKind::Map(_))
    {
        return Err(ApiError::validation(
            "MapIterationFailureCount is only supported when testing a Map state.",
        ));
    }
    let items_read = items_read(&tested, configuration.item_reader_data)?;
    let input = input.map_or_else(|| Ok(Payload::empty()), parse_input)?;
    let watched = Watched::default();
    let report = caller
        .engine()
        .try_state(StateTrial {
            definition: &tested.machine,
            state: &tested.name,
            role_arn,
            input: input.clone(),
            variables: variables.map_or_else(|| Ok(Vec::new()), read_variables)?,
            context,
            retries_used: configuration.retries_used,
            items_read,
            iterations_failed: configuration.iterations_failed.unwrap_or(0),
            mock: mocked,
            time: caller.time(),
            watched: Some(Watched::clone(&watched)),
        })
        .await
        .map_err(refused)?;
    let level = match level {
        Some("DEBUG") => Level::Debug,
        Some("TRACE") => Level::Trace,
        _ => Level::Info,
    };
    let secrets = if reveals_secrets { Secrets::Revealed } else { Secrets::Omitted };
    Ok(answer(&report, level, &input, watched.get().map(|exchange| (exchange, secrets))))
}

fn configuration<'a>(fields: &mut Fields<'a>) -> Configuration<'a> {
    let Some(structure) = fields.structure("stateConfiguration") else {
        return Configuration::default();
    };
    let mut inside = Fields::new(structure);
    let most = i32::MAX as u64;
    let configuration = Configuration {
        retries_used: inside.number("retrierRetryCount", most).unwrap_or(0) as u64,
        error_caused_by: inside.text("errorCausedByState", STATE_NAME),
        iterations_failed: inside.number("mapIterationFailureCount", most),
        item_reader_data: inside.text("mapItemReaderData", SENSITIVE_DATA),
    };
    fields.absorb(inside);
    configuration
}

/// What cannot be tried without a mock, and what a Task needs then.
fn check_without_mock(tested: &Tested, has_role: bool) -> Result<(), ApiError> {
    match &tested.state().kind {
        StateKind::Map(_) | StateKind::Parallel(_) => Err(ApiError::refused_definition(
            "TestState API does not support Map or Parallel states. Supported state types include: \
             [Task, Wait, Pass, Succeed, Fail, Choice]",
        )),
        StateKind::Task(_) if tested.is_ended_by_others() => Err(ApiError::refused_definition(
            "TestState API does not support Activity tasks, '.sync' or '.waitForTaskToken' \
             integration patterns",
        )),
        StateKind::Task(_) if !has_role => {
            Err(ApiError::validation("RoleArn must be specified when testing a Task state"))
        }
        _ => Ok(()),
    }
}

fn check_error_caused_by(name: Option<&str>, tested: &Tested) -> Result<(), ApiError> {
    match name {
        Some(name) if !tested.holds(name) => Err(ApiError::validation(
            "errorCausedByState must be a state inside the Map or Parallel state under test",
        )),
        Some(_) | None => Ok(()),
    }
}

fn read_variables(text: &str) -> Result<Vec<(Box<str>, Payload)>, ApiError> {
    let fields: Map<String, Value> = serde_json::from_str(text)
        .map_err(|_| ApiError::validation("Variables must be a JSON object"))?;
    Ok(fields
        .into_iter()
        .map(|(name, value)| (name.into_boxed_str(), Payload::from(value)))
        .collect())
}

fn refused(error: TrialError) -> ApiError {
    match error {
        TrialError::Definition(error) => error.into(),
        TrialError::UnknownState(_)
        | TrialError::TooManyFailures
        | TrialError::ResultSize
        | TrialError::NeedsMock => ApiError::validation(error.to_string()),
    }
}
