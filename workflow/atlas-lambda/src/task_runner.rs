//! Tasks of state machines that invoke functions: `lambda:invoke`, with a task token or without, and
//! a function's ARN as the resource.

use std::{future, sync::Arc};

use atlas_asl::resource::{Pattern, Resource};
use atlas_core::{Failure, Payload};
use atlas_engine::{
    Place,
    runner::{Answering, NoRunner, TaskAnswer, TaskCall, TaskRunner},
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    functions::{Functions, no_payload},
    invoke::{InvocationType, InvokeError, InvokeRequest, LogType, client_context},
    name::FunctionName,
    service_answer,
};

/// Performs tasks that invoke functions; hands on everything else.
pub struct LambdaTasks {
    functions: Arc<Functions>,
    otherwise: Arc<dyn TaskRunner>,
    elsewhere: bool,
}

impl LambdaTasks {
    /// Every function that a task can invoke is one of these, as if they were the account's; any
    /// other task fails.
    pub fn new(functions: Arc<Functions>) -> Self {
        Self { functions, otherwise: Arc::new(NoRunner), elsewhere: false }
    }

    /// Hands tasks that invoke no function to `otherwise`.
    #[must_use]
    pub fn or(self, otherwise: Arc<dyn TaskRunner>) -> Self {
        Self { otherwise, ..self }
    }

    /// Hands tasks that invoke a function which is not here to the other runner as well, which may
    /// know a Lambda endpoint.
    #[must_use]
    pub fn with_functions_elsewhere(self) -> Self {
        Self { elsewhere: true, ..self }
    }

    fn is_elsewhere(&self, function: Result<&FunctionName, &InvokeError>) -> bool {
        self.elsewhere && !function.is_ok_and(|name| self.functions.has(name))
    }
}

impl TaskRunner for LambdaTasks {
    fn run(&self, call: TaskCall) -> Answering {
        let place = place_of(&call);
        let parameters = &call.request.parameters;
        let (request, is_integration) = match &*call.request.resource {
            Resource::Function { arn } => (bare(arn, place, parameters), false),
            Resource::Integration {
                service,
                action,
                pattern: Pattern::RequestResponse | Pattern::WaitForTaskToken,
            } if service == "lambda" && action == "invoke" => {
                (integration(place, parameters.value()), true)
            }
            Resource::Integration { .. } | Resource::AwsSdk { .. } | Resource::Activity { .. } => {
                return self.otherwise.run(call);
            }
        };
        if self.is_elsewhere(request.as_ref().map(|request| &request.function)) {
            return self.otherwise.run(call);
        }
        match request {
            Ok(mut request) => {
                request.execution_arn = Some(Arc::clone(&call.identity.execution_arn));
                let functions = Arc::clone(&self.functions);
                Box::pin(async move { perform(&functions, request, is_integration).await })
            }
            Err(error) => Box::pin(future::ready(refused(&error))),
        }
    }
}

async fn perform(
    functions: &Functions,
    request: InvokeRequest,
    is_integration: bool,
) -> TaskAnswer {
    let mut invoked = match functions.invoke(request).await {
        Ok(invoked) => invoked,
        Err(error) => return refused(&error),
    };
    match invoked.outcome.take() {
        Some(Err(error)) => TaskAnswer::Failed(service_answer::failed(&error, is_integration)),
        Some(Ok(body)) if !is_integration => TaskAnswer::Answered(body.into_payload()),
        Some(Ok(body)) => TaskAnswer::Answered(service_answer::answered(&invoked, Some(body))),
        None => TaskAnswer::Answered(service_answer::answered(&invoked, None)),
    }
}

fn refused(error: &InvokeError) -> TaskAnswer {
    let failure: Failure = service_answer::refused(error, &Uuid::new_v4().to_string());
    TaskAnswer::Failed(failure)
}

/// A function's ARN as the resource: the parameters are the payload.
fn bare(arn: &str, place: Place, parameters: &Payload) -> Result<InvokeRequest, InvokeError> {
    Ok(InvokeRequest::new(arn.parse()?, place, parameters.clone()))
}

/// The parameters of `lambda:invoke`.
fn integration(place: Place, parameters: &Value) -> Result<InvokeRequest, InvokeError> {
    let text = |field: &str| parameters.get(field).and_then(Value::as_str);
    let mut function: FunctionName = text("FunctionName").unwrap_or_default().parse()?;
    if let Some(qualifier) = text("Qualifier") {
        function = function.with_qualifier(qualifier);
    }
    let payload = match parameters.get("Payload") {
        None => no_payload(),
        // A text is the request's body as it is; one that is no JSON is taken as a text.
        Some(Value::String(body)) => Payload::parse(body.as_str())
            .unwrap_or_else(|_| Payload::from(Value::from(body.as_str()))),
        Some(payload) => Payload::from(payload.clone()),
    };
    let mut request = InvokeRequest::new(function, place, payload);
    if let Some(name) = text("InvocationType") {
        request.invocation_type = InvocationType::by_name(name)?;
    }
    if text("LogType") == Some("Tail") {
        request.log_type = LogType::Tail;
    }
    request.client_context = text("ClientContext").map(client_context).transpose()?;
    Ok(request)
}

/// The region and account that the execution runs in.
fn place_of(call: &TaskCall) -> Place {
    let account = call.identity.execution_arn.split(':').nth(4).unwrap_or_default();
    Place { region: Arc::clone(&call.identity.region), account: account.into() }
}
