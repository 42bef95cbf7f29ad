//! `UpdateMapRun`: other limits for a map run that runs.

use atlas_core::MapRunLimits;

use super::{Answer, nothing};
use crate::{
    app::Caller,
    arn,
    request::{Fields, LONG_ARN},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let map_run_arn = fields.required_text("mapRunArn", LONG_ARN);
    let count = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
    let limits = MapRunLimits {
        max_concurrency: count(fields.number_within("maxConcurrency", 0, None)),
        tolerated_failure_count: count(fields.number_within("toleratedFailureCount", 0, None)),
        tolerated_failure_percentage: fields.decimal_within(
            "toleratedFailurePercentage",
            0.0,
            100.0,
        ),
    };
    fields.finish()?;
    arn::check(map_run_arn, "mapRun")?;
    caller.engine().update_map_run(map_run_arn, limits)?;
    Ok(nothing())
}
