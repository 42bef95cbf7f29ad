//! `DeleteStateMachineVersion`: done as well where there is no such version. What runs goes on.

use atlas_engine::{QualifiedArn, Qualifier};

use super::{Answer, nothing};
use crate::{
    api_error::ApiError,
    app::Caller,
    arn,
    request::{Fields, LONG_ARN},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let version_arn = fields.required_text("stateMachineVersionArn", LONG_ARN);
    fields.finish()?;
    arn::check(version_arn, "stateMachine")?;
    match QualifiedArn::parse(version_arn) {
        QualifiedArn { machine_arn, qualifier: Some(Qualifier::Version(number)) } => {
            caller.engine().delete_version(machine_arn, number)?;
            Ok(nothing())
        }
        _ => Err(ApiError::invalid_arn(version_arn)),
    }
}
