//! The mock of a `TestState`: whether the state takes one, and whether what it says fits.

use atlas_asl::model::StateKind;
use atlas_core::{Failure, Payload};
use atlas_engine::Mocked;
use serde_json::Value;

use super::{Tested, integration, schema};
use crate::{
    api_error::ApiError,
    request::{CAUSE, ERROR, Fields, SENSITIVE_DATA},
};

/// How a mocked result is held to the API model of what it mocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Required fields are there, and what is there fits.
    Strict,
    /// What is there fits.
    Present,
    /// Not at all.
    Off,
}

/// A mock as it was sent.
#[derive(Debug, Default)]
pub(crate) struct Sent<'a> {
    result: Option<&'a str>,
    error_output: Option<ErrorOutput<'a>>,
    mode: Option<Mode>,
}

#[derive(Debug)]
struct ErrorOutput<'a> {
    error: Option<&'a str>,
    cause: Option<&'a str>,
}

/// Reads `mock`.
pub(crate) fn mock<'a>(fields: &mut Fields<'a>) -> Option<Sent<'a>> {
    let mut inside = Fields::new(fields.structure("mock")?);
    let result = inside.text("result", SENSITIVE_DATA);
    let mode = inside.word("fieldValidationMode", &["STRICT", "PRESENT", "NONE"]);
    let error_output = inside.structure("errorOutput").map(|output| {
        let mut output = Fields::new(output);
        let (error, cause) = (output.text("error", ERROR), output.text("cause", CAUSE));
        inside.absorb(output);
        ErrorOutput { error, cause }
    });
    fields.absorb(inside);
    let mode = mode.map(|mode| match mode {
        "PRESENT" => Mode::Present,
        "NONE" => Mode::Off,
        _ => Mode::Strict,
    });
    Some(Sent { result, error_output, mode })
}

impl Sent<'_> {
    /// What the mock says, if the state takes it.
    pub(crate) fn of(&self, tested: &Tested) -> Result<Mocked, ApiError> {
        let kind = &tested.state().kind;
        if !matches!(kind, StateKind::Task(_) | StateKind::Parallel(_) | StateKind::Map(_)) {
            let name = kind.state_type().as_str();
            return Err(ApiError::validation(format!(
                "State type '{name}' is not supported when a mock is specified"
            )));
        }
        match (self.result, &self.error_output) {
            (Some(result), None) => self.result(result, tested),
            (None, Some(output)) => failure(output),
            (None, None) => Err(ApiError::validation(
                "One of the following fields is required for a test mock: [result, errorOutput].",
            )),
            (Some(_), Some(_)) => Err(ApiError::validation(
                "A test mock should have only one of the following fields: [result, errorOutput].",
            )),
        }
    }

    fn result(&self, result: &str, tested: &Tested) -> Result<Mocked, ApiError> {
        let result = Payload::parse(result)
            .map_err(|_| ApiError::validation("Mocked result must be valid JSON"))?;
        let not_an_array = || ApiError::validation("Mocked result must be an array.");
        match &tested.state().kind {
            StateKind::Parallel(parallel) => {
                let results = result.value().as_array().ok_or_else(not_an_array)?;
                if results.len() != parallel.branches.len() {
                    return Err(ApiError::validation(
                        "Mocked result must contain the same number of items as number of Parallel \
                         branches.",
                    ));
                }
            }
            StateKind::Map(map) if map.result_writer.is_some() => {
                if !result.value().is_object() {
                    return Err(ApiError::validation("Mocked result must be a JSON object."));
                }
            }
            StateKind::Map(_) => {
                if !result.value().is_array() {
                    return Err(not_an_array());
                }
            }
            _ => self.check(result.value(), tested)?,
        }
        Ok(Mocked::Result(result))
    }

    fn check(&self, result: &Value, tested: &Tested) -> Result<(), ApiError> {
        let mode = self.mode.unwrap_or(Mode::Strict);
        if mode == Mode::Off {
            return Ok(());
        }
        let resource = tested.resource();
        let Some(model) = resource.as_ref().and_then(integration::response_model) else {
            return Ok(());
        };
        if !result.is_object() {
            return Err(ApiError::validation("Mocked result must be a valid JSON object."));
        }
        schema::check(&model, result, mode).map_err(|misfit| {
            ApiError::validation(format!("Mock result schema validation error: {misfit}"))
        })
    }
}

fn failure(output: &ErrorOutput<'_>) -> Result<Mocked, ApiError> {
    let Some(error) = output.error.filter(|error| !error.is_empty()) else {
        return Err(ApiError::validation("An error was not specified in the mocked error output."));
    };
    let cause = output.cause.map(str::to_owned);
    Ok(Mocked::Failure(Failure { error: Some(error.to_owned()), cause }))
}
