//! A function on AWS Lambda: ten lines of binary around these two.

use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde_json::Value;

use super::{Function, FunctionError};
use crate::{
    environment::Environment,
    observe::{self, StandardOutput, TraceParent},
};

/// What the process was started with. From here on its lines go to its standard output.
pub fn start() -> Environment {
    observe::install(std::sync::Arc::new(StandardOutput));
    Environment::of_process()
}

/// Serves `function` until the runtime ends.
pub async fn serve(function: impl Function) -> Result<(), Error> {
    let function = &function;
    let service = service_fn(async |event: LambdaEvent<Value>| {
        // Out of the invocation's own context: the environment variable lags behind it where several
        // run at once (aws-lambda-rust-runtime, issue 1065).
        let parent = event.context.xray_trace_id.as_deref().and_then(TraceParent::from_x_ray);
        let invoked = observe::called_by(parent, function.invoke(event.payload));
        invoked.await.map_err(Diagnostic::from)
    });
    lambda_runtime::run(service).await
}

impl From<FunctionError> for Diagnostic {
    /// Without this the runtime names an error after its Rust type, which no `Catch` can match.
    fn from(error: FunctionError) -> Self {
        Self { error_type: error.error_type, error_message: error.error_message }
    }
}
