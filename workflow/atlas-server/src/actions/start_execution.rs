//! `StartExecution`. `#Case` at the end of the machine's ARN names a test case of the mock file, as
//! with Step Functions Local.

use atlas_core::Payload;
use atlas_engine::{Engine, EngineError, StartRequest, Started, parse_input};
use serde_json::json;

use super::{Answer, seconds};
use crate::{
    api_error::ApiError,
    app::Caller,
    arn,
    request::{ARN, DATA, Fields, NAME, TRACE_HEADER},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let request = read(&mut fields);
    fields.finish()?;
    let Started { execution_arn, started_at } = request.start(caller, Engine::start)?;
    Ok(json!({ "executionArn": *execution_arn, "startDate": seconds(started_at) }))
}

/// What `StartExecution` and `StartSyncExecution` ask for alike.
pub(super) struct Start<'a> {
    pub(super) machine_arn: &'a str,
    name: Option<&'a str>,
    input: Option<&'a str>,
}

pub(super) fn read<'a>(fields: &mut Fields<'a>) -> Start<'a> {
    let machine_arn = fields.required_text("stateMachineArn", ARN);
    let name = fields.text("name", NAME);
    let input = fields.text("input", DATA);
    fields.text("traceHeader", TRACE_HEADER);
    Start { machine_arn, name, input }
}

impl Start<'_> {
    /// Starts it by one of the engine's two ways.
    pub(super) fn start(
        self,
        caller: &Caller,
        start: fn(&Engine, StartRequest) -> Result<Started, EngineError>,
    ) -> Result<Started, ApiError> {
        let Self { machine_arn, name, input } = self;
        arn::check(machine_arn, "stateMachine")?;
        let input = input.map_or_else(|| Ok(Payload::empty()), parse_input)?;
        let (machine, case) = machine_arn.split_once('#').unzip();
        if case.is_some() {
            caller.app.refresh_mocks()?;
        }
        let request = StartRequest {
            state_machine: machine_arn.to_owned(),
            name: name.map(str::to_owned),
            input,
            case: None,
            time: caller.time_of(machine.unwrap_or(machine_arn)),
        };
        Ok(start(caller.engine(), request)?)
    }
}
